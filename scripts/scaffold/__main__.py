"""`nox -s scaffold`: make the folders, the record and the client table of a new vendor."""

from __future__ import annotations

import argparse
import json
import keyword
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import NonExistentKey

from scripts.common.layout import ROOT, Vendor
from scripts.common.problems import PipelineError, run
from scripts.spec.ledger import evidence_numbers

_SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEMPLATES = Path(__file__).parent / "templates"
# Where pyproject.toml lists the generated packages, and what is added there.
_LISTS = (
    ("tool.hatch.build.targets.wheel.packages", ("generated/{slug}/{slug}_client", "generated/{slug}/{slug}_models")),
    ("tool.hatch.build.dev-mode-dirs", ("generated/{slug}",)),
    ("tool.mypy.mypy_path", ("generated/{slug}",)),
    ("tool.pyright.extraPaths", ("generated/{slug}",)),
)


def check_slug(slug: str, *, root: Path) -> None:
    """Refuse a slug that cannot name packages or is taken.

    Raises:
        PipelineError: naming what is wrong.
    """
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug) or len(slug) > 30:
        todo = "Use lower snake case that starts with a letter, at most 30 characters, such as acme_points."
        raise PipelineError(f"{slug!r} cannot be a slug", where="scaffold", todo=todo)
    vendor = Vendor(slug, root)
    for path in (vendor.specs, vendor.overlay_folder, vendor.evidence, root / "tests" / "fixtures" / slug):
        if path.exists():
            todo = "Choose another slug, or work on that vendor."
            raise PipelineError(f"{vendor.show(path)} exists", where="scaffold", todo=todo)


def free_letter(root: Path) -> str:
    """Return the first letter whose numbers no evidence page uses."""
    pages = [path.read_text(encoding="utf-8") for path in (root / "docs" / "evidence").glob("*.md")]
    taken = {number[0] for text in pages for number in evidence_numbers(text)}
    return next((letter for letter in _LETTERS if letter not in taken), "X")


def plan(vendor: Vendor, **words: str) -> dict[Path, str]:
    """Return every file of a new vendor with its text, from title, name, documentation, server, letter and day; `pyproject.toml` is the only one that exists already."""
    documentation, day = words["documentation"], date.fromisoformat(words["day"])
    record = {
        "vendor": vendor.slug,
        "kind": "hand-written",
        "title": words["title"],
        "documentation": documentation,
        "download": "",
        "retrieved": day,
        "reviewed": day,
        "terms": "not looked up yet",
        "pages": [{"address": documentation, "read": "not yet"}],
    }
    pyproject = vendor.root / "pyproject.toml"
    quoted = json.dumps(words["title"], ensure_ascii=False)
    places = {
        "openapi.yaml": vendor.source,
        "ledger.yaml": vendor.ledger,
        "evidence.md": vendor.evidence,
        "operations.yaml": vendor.root / "tests" / "fixtures" / vendor.slug / "operations.yaml",
    }
    texts = {path: Template((_TEMPLATES / name).read_text(encoding="utf-8")) for name, path in places.items()}
    return {
        **{path: text.substitute(slug=vendor.slug, quoted=quoted, **words) for path, text in texts.items()},
        vendor.provenance: tomlkit.dumps(record),
        pyproject: add_packages(pyproject.read_text(encoding="utf-8"), vendor.slug),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s scaffold --",
        description="Make the folders, the record and the client table of a new vendor.",
    )
    parser.add_argument("slug", help="lower snake case; becomes <slug>_client")
    parser.add_argument("--documentation", required=True, help="address of the vendor's documentation")
    parser.add_argument("--server", required=True, help="address of the vendor's API")
    parser.add_argument("--title", help="name of the API (default: from the slug)")
    parser.add_argument("--class-name", help="class of the client (default: from the slug)")
    parser.add_argument("--letter", choices=[*_LETTERS], help="of its inconsistencies (default: the first free one)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    check_slug(options.slug, root=root)
    for member in ("documentation", "server"):
        address = urlsplit(getattr(options, member))
        if address.scheme != "https" or not address.hostname:
            raise PipelineError(
                f"{getattr(options, member)!r} is no https address", where=f"--{member}", todo="Write it in full."
            )
    name = options.class_name or "".join(word.capitalize() for word in options.slug.split("_"))
    if not name.isidentifier() or not name[0].isupper():
        raise PipelineError(f"{name!r} cannot be a class", where="--class-name", todo="Use a name such as AcmePoints.")
    vendor = Vendor(options.slug, root)
    files = plan(
        vendor,
        title=options.title or f"{name} API",
        name=name,
        documentation=options.documentation,
        server=options.server,
        letter=options.letter or free_letter(root),
        day=datetime.now(UTC).date().isoformat(),
    )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(vendor.show(path))
    print(
        f"{len(files)} files written. Next: docs/contributing.md, `Add a vendor`; the client table names what it lacks."
    )
    return 0


def add_packages(text: str, slug: str) -> str:
    """Return pyproject.toml with the packages of a vendor in every list that names generated packages.

    Raises:
        PipelineError: a list is missing.
    """
    document = tomlkit.parse(text)
    for place, patterns in _LISTS:
        node: Any = document
        try:
            for name in place.split("."):
                node = node[name]
        except NonExistentKey:
            raise PipelineError(
                f"there is no list {place}", where="pyproject.toml", todo="Restore it; the scaffold adds to it."
            ) from None
        for pattern in patterns:
            node.append(pattern.format(slug=slug))
    return tomlkit.dumps(document)


if __name__ == "__main__":
    sys.exit(run(main))
