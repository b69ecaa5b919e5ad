"""`nox -s scaffold`: make the folders, the record and the client table of a new vendor."""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.common.layout import ROOT, Vendor
from scripts.common.problems import PipelineError, run
from scripts.common.yaml_io import dump_yaml
from scripts.scaffold.lists import add_packages
from scripts.spec.ledger import evidence_numbers

_SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EVIDENCE = """\
# {title}: evidence

Subject: … (what the API is, in our own words).
Every fact is restated; names, values, addresses and numbers are as published.

## 1. Sources

| tag | what | read |
| --- | --- | --- |
| S0 | {documentation} | not yet |

## 2. Facts

Host, media types, credentials, limits, pages, errors, operations: each with its source and the line it stands at.

## 3. Inconsistencies

Each gets a number, `{letter}-01` upwards, in bold at the start of its line.
An overlay action names the number in `x-id`, or `overlays/{slug}/ledger.yaml` says why no action is needed.
"""

_TABLE = """\
# What the client of {name} sends and reads, one row an operation: written from `docs/evidence/{slug}.md`.
client: {name}
credentials: {{token: artificial-token-0001}}
authentication: {{authorization: Bearer artificial-token-0001}}
servers:
- {{url: {server}}}
operations: {{}}
"""

_LEDGER = """\
# Every number of docs/evidence/{slug}.md that no overlay action treats:
#
# {letter}-01:
#   treatment: source   # source, client, none or open
#   reason: Why no action is needed.
{{}}
"""


def class_name(slug: str) -> str:
    """Return the default name of a client: `acme_points` → `AcmePoints`."""
    return "".join(word.capitalize() for word in slug.split("_"))


def check_slug(slug: str, *, root: Path) -> None:
    """Refuse a slug that cannot name packages or is taken.

    Raises:
        PipelineError: naming what is wrong.
    """
    if not _SLUG.fullmatch(slug) or keyword.iskeyword(slug) or len(slug) > 30:
        todo = "Use lower snake case that starts with a letter, at most 30 characters, such as acme_points."
        raise PipelineError(f"{slug!r} cannot be a slug", where="scaffold", todo=todo)
    vendor = Vendor(slug, root)
    for path in (
        vendor.specs,
        vendor.overlay_folder,
        vendor.evidence,
        vendor.generated,
        root / "tests" / "fixtures" / slug,
    ):
        if path.exists():
            raise PipelineError(
                f"{vendor.show(path)} exists", where="scaffold", todo="Choose another slug, or work on that vendor."
            )


def free_letter(root: Path) -> str:
    """Return the first letter whose numbers no evidence page uses."""
    pages = [path.read_text(encoding="utf-8") for path in (root / "docs" / "evidence").glob("*.md")]
    taken = {number[0] for text in pages for number in evidence_numbers(text)}
    return next((letter for letter in _LETTERS if letter not in taken), "X")


def plan(
    vendor: Vendor, *, title: str, name: str, documentation: str, server: str, letter: str, day: date
) -> dict[Path, str]:
    """Return every file of a new vendor with its text; `pyproject.toml` is the only one that exists already."""
    words = {"slug": vendor.slug, "name": name, "title": title, "documentation": documentation, "letter": letter}
    pyproject = vendor.root / "pyproject.toml"
    return {
        vendor.source: dump_yaml(_spec(title, name, server)),
        vendor.provenance: _provenance(vendor.slug, title, documentation, day),
        vendor.ledger: _LEDGER.format(**words),
        vendor.evidence: _EVIDENCE.format(**words),
        vendor.root / "tests" / "fixtures" / vendor.slug / "operations.yaml": _TABLE.format(**words, server=server),
        pyproject: add_packages(pyproject.read_text(encoding="utf-8"), vendor.slug),
    }


def _spec(title: str, name: str, server: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "summary": "…",
            "description": "What the API does, in our own words.",
            "version": "1.0.0",
            "x-client-name": name,
        },
        "servers": [{"url": server, "description": "Production.", "x-name": "production"}],
        "security": [{"token": []}],
        "tags": [],
        "paths": {},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "…", "x-argument": "token"},
            }
        },
    }


def _provenance(slug: str, title: str, documentation: str, day: date) -> str:
    return "\n".join(
        [
            f"vendor = {_quote(slug)}",
            'kind = "hand-written"',
            f"title = {_quote(title)}",
            f"documentation = {_quote(documentation)}",
            'download = ""',
            f"retrieved = {day.isoformat()}",
            f"reviewed = {day.isoformat()}",
            'terms = "not looked up yet"',
            "",
            "[[pages]]",
            f"address = {_quote(documentation)}",
            'read = "not yet"',
            "",
        ]
    )


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
    parser.add_argument("--letter", help="letter of its inconsistencies (default: the first free one)")
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
    name = options.class_name or class_name(options.slug)
    if not name.isidentifier() or not name[0].isupper():
        raise PipelineError(f"{name!r} cannot be a class", where="--class-name", todo="Use a name such as AcmePoints.")
    letter = options.letter or free_letter(root)
    if letter not in _LETTERS or len(letter) != 1:
        raise PipelineError(f"{letter!r} is no capital letter", where="--letter", todo="Use one letter from A to Z.")
    vendor = Vendor(options.slug, root)
    files = plan(
        vendor,
        title=options.title or f"{name} API",
        name=name,
        documentation=options.documentation,
        server=options.server,
        letter=letter,
        day=datetime.now(UTC).date(),
    )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(vendor.show(path))
    print(
        f"{len(files)} files written. Next: docs/contributing.md, `Add a vendor`; the client table names what it lacks."
    )
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
