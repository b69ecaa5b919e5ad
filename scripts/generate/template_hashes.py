"""The hashes of the upstream templates that ours replace: after an upgrade of the generator they show what to read again.

`python -m scripts.generate.template_hashes` prints what changed; `--accept` records the present state after the review.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable

from scripts.common.problems import run
from scripts.common.yaml_io import dump_json
from scripts.generate.client import TEMPLATES

RECORD = TEMPLATES / "upstream.json"


def upstream_hashes() -> dict[str, str]:
    """Return template name → SHA-256 of every template of the installed generator."""
    root = files("openapi_python_client").joinpath("templates")

    def walk(folder: Traversable, prefix: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in folder.iterdir():
            name = f"{prefix}{item.name}"
            if item.is_dir():
                found.update(walk(item, f"{name}/"))
            elif item.name.endswith(".jinja"):
                found[name] = hashlib.sha256(item.read_bytes()).hexdigest()
        return found

    return dict(sorted(walk(root, "").items()))


def changed_templates() -> dict[str, str]:
    """Return template name → what happened to it upstream since the record was made."""
    recorded: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    present = upstream_hashes()
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja")}
    found: dict[str, str] = {}
    for name in sorted(recorded.keys() | present.keys()):
        if recorded.get(name) != present.get(name):
            what = "new" if name not in recorded else "gone" if name not in present else "changed"
            found[name] = f"{what} upstream" + (", and replaced by ours: compare the two" if name in ours else "")
    return found


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description="Show which templates of the generator changed since ours were compared with them."
    )
    parser.add_argument("--accept", action="store_true", help="record the installed templates as compared")
    if parser.parse_args().accept:
        RECORD.write_text(dump_json(upstream_hashes()), encoding="utf-8", newline="\n")
        print(f"recorded {len(upstream_hashes())} templates in scripts/generate/templates/upstream.json")
        return 0
    changed = changed_templates()
    for name, what in changed.items():
        print(f"error: {name}: {what}", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(run(main))
