"""The version rule of the distribution (docs/versioning.md says it in words), and `nox -s changelog`: move the version and write CHANGELOG.md from the fragments
in `changes/`, with towncrier.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError, run
from scripts.review.model import Impact


def next_version(version: Version, impact: Impact) -> Version:
    """Return the next version for changes of this impact: before 1.0 a break moves the middle number, anything else the last one."""
    major, minor, patch = version.major, version.minor, version.micro
    if impact is Impact.NONE:
        return version
    if impact is Impact.MAJOR:
        return Version(f"{major + 1}.0.0" if major else f"0.{minor + 1}.0")
    return Version(f"{major}.{minor + 1}.0" if impact is Impact.MINOR and major else f"{major}.{minor}.{patch + 1}")


def read_version(root: Path) -> Version:
    """Read the version of the distribution from `pyproject.toml`.

    Raises:
        PipelineError: there is none that can be read.
    """
    where = "pyproject.toml"
    try:
        return Version(tomllib.loads((root / where).read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise PipelineError(
            f"project.version cannot be read: {problem}", where=where, todo="Write three numbers, such as 0.2.0."
        ) from None


FOLDER = "changes"
KINDS = {"breaking": Impact.MAJOR, "added": Impact.MINOR, "changed": Impact.PATCH}
_VERSION_FILES = ("pyproject.toml", "runtime/loyalty_runtime/_version.py")
_VERSION = re.compile(r'^((?:version|__version__) = ")[^"]+', re.MULTILINE)


def read_fragments(root: Path) -> dict[str, Impact]:
    """Return the fragments by their file, with how much of the version each moves.

    Raises:
        PipelineError: a file is not named `<words>.<kind>.md`, or says nothing.
    """
    found = {}
    for path in sorted((root / FOLDER).glob("*.md")):
        if path.name == "README.md":
            continue
        kind = path.stem.rpartition(".")[2]
        if path.name.count(".") != 2 or kind not in KINDS or not path.read_text(encoding="utf-8").strip():
            raise PipelineError(
                "it is no fragment",
                where=f"{FOLDER}/{path.name}",
                todo=f"Name it <words>.<kind>.md, with a kind of {', '.join(KINDS)}, and say what users notice.",
            )
        found[path.name] = KINDS[kind]
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s changelog --",
        description="Move the version and write CHANGELOG.md from the fragments in changes/.",
    )
    parser.add_argument("--draft", action="store_true", help="print the section and write nothing")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    fragments = read_fragments(root)
    if not fragments:
        raise PipelineError("there is no fragment", where=FOLDER, todo=f"{FOLDER}/README.md says how to write one.")
    version = next_version(read_version(root), max(fragments.values()))
    command = [sys.executable, "-m", "towncrier", "build", "--dir", str(root), "--version", str(version)]
    done = subprocess.run([*command, "--draft" if options.draft else "--yes"], check=False)
    if done.returncode:
        raise PipelineError("towncrier failed", where=FOLDER, todo="Correct what it names above.")
    for name in () if options.draft else _VERSION_FILES:
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(_VERSION.sub(rf"\g<1>{version}", text, count=1), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
