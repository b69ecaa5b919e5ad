"""`nox -s changelog`: assemble the fragments into CHANGELOG.md, or propose a fragment from what changed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError, run
from scripts.common.report import console
from scripts.review.__main__ import review_tree
from scripts.review.base import base_tree, resolve_base
from scripts.review.fragments import FOLDER, MARK, Fragment, fragment_path, propose, read_fragments
from scripts.review.model import Impact
from scripts.review.versioning import Version, read_version

NAME = "CHANGELOG.md"
VERSION_FILES = ("pyproject.toml", "runtime/loyalty_runtime/_version.py")
_NEXT = re.compile(r"^## ", re.MULTILINE)
_VERSION_LINE = re.compile(r'^(?P<head>(?:version|__version__) = ")(?P<version>[^"]+)(?P<tail>")$', re.MULTILINE)


def assemble(fragments: Sequence[Fragment], *, version: Version, day: date) -> str:
    """Write the section of one version: vendors in alphabetical order, what breaks first."""
    lines = [f"## {version} ({day.isoformat()})", ""]
    for vendor in sorted({name for fragment in fragments for name in fragment.sections}):
        entries = [entry for fragment in fragments for entry in fragment.sections.get(vendor, [])]
        lines += [
            f"### {vendor}",
            "",
            *sorted(dict.fromkeys(entries), key=lambda entry: not entry.startswith(f"- {MARK}")),
            "",
        ]
    return "\n".join(lines)


def insert(changelog: str, section: str) -> str:
    """Put a section above the newest one.

    Raises:
        PipelineError: the changelog has that version already.
    """
    heading = section.splitlines()[0].partition(" (")[0]
    if any(line.partition(" (")[0] == heading for line in changelog.splitlines()):
        found = f"{heading.removeprefix('## ')} is there already"
        raise PipelineError(found, where=NAME, todo="Name another version with --version.")
    match = _NEXT.search(changelog)
    if match is None:
        return changelog.rstrip("\n") + "\n\n" + section
    return changelog[: match.start()] + section + "\n" + changelog[match.start() :]


def set_version(text: str, version: Version, *, where: str) -> str:
    """Replace the version a file states.

    Raises:
        PipelineError: the file has no such line, or more than one.
    """
    result, count = _VERSION_LINE.subn(rf"\g<head>{version}\g<tail>", text)
    if count != 1:
        raise PipelineError(f"{count} lines state the version", where=where, todo="Keep exactly one.")
    return result


def release(root: Path, *, version: Version | None, day: date, preview: bool) -> str:
    """Assemble the fragments: write the changelog, move the version, delete the fragments; `preview` only returns the section.

    Raises:
        PipelineError: there is no fragment, or the version is smaller than the fragments ask for.
    """
    fragments = read_fragments(root)
    if not fragments:
        raise PipelineError(
            "there is no fragment", where=FOLDER, todo="Write one with `nox -s changelog -- --propose NAME`."
        )
    released = read_version(root)
    least = released.after(max(fragment.bump for fragment in fragments))
    version = version or least
    if version < least:
        raise PipelineError(f"{version} is too small", where="--version", todo=f"The fragments need {least} at least.")
    section = assemble(fragments, version=version, day=day)
    if preview:
        return section
    path = root / NAME
    new = {path: insert(path.read_text(encoding="utf-8"), section)}
    for name in VERSION_FILES:
        if (root / name).is_file():
            new[root / name] = set_version((root / name).read_text(encoding="utf-8"), version, where=name)
    for target, text in new.items():  # every text is made before the first is written
        target.write_text(text, encoding="utf-8", newline="\n")
    for fragment in fragments:
        fragment_path(root, fragment.name).unlink()
    return section


def write_proposal(root: Path, *, name: str, base: str | None) -> Path:
    """Write a fragment from what changed against the base, for a person to edit.

    Raises:
        PipelineError: the file is there already, or users would notice nothing.
    """
    path = fragment_path(root, name)
    if path.exists():
        raise PipelineError(
            "the fragment is there already", where=f"{FOLDER}/{name}.md", todo="Edit it, or choose another name."
        )
    with base_tree(resolve_base(base, root=root), root=root) as folder:
        review, _ = review_tree(folder, root, with_lint=False)
    new = [vendor for vendor in review.vendors if vendor.state == "added"]
    text = propose(review.changes)
    for vendor in new:
        text = text or f"bump: {Impact.MINOR.word}\n"
        text += f"\n## {vendor.vendor}\n\n- First client, operations: {vendor.operations}.\n"
    if not text:
        raise PipelineError("users of the clients would notice nothing", where=FOLDER, todo="No fragment is needed.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s changelog --", description="Assemble the fragments into CHANGELOG.md, or propose a fragment."
    )
    parser.add_argument("--propose", metavar="NAME", help="write changes/NAME.md from what changed against the base")
    parser.add_argument("--base", help="the revision to compare with (default: the merge base with main)")
    parser.add_argument("--version", help="the version to release (default: what the fragments need)")
    parser.add_argument("--date", type=date.fromisoformat, help="the day of the release (default: today, UTC)")
    parser.add_argument("--preview", action="store_true", help="print the section and write nothing")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to work on (default: this one)")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    if options.propose:
        path = write_proposal(root, name=options.propose, base=options.base)
        entries = sum(line.startswith("- ") for line in path.read_text(encoding="utf-8").splitlines())
        console.print(f"changes/{path.name}: {entries} entries proposed. Shorten them to what users need to know.")
        return 0
    version = Version.parse(options.version, where="--version") if options.version else None
    section = release(root, version=version, day=options.date or datetime.now(UTC).date(), preview=options.preview)
    if options.preview:
        print(section, end="")
    else:
        console.print(
            f"{NAME}: {section.splitlines()[0].removeprefix('## ')} written, fragments removed, version moved."
        )
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
