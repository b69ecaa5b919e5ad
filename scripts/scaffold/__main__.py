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
from urllib.parse import urlsplit

import tomlkit

from scripts.common.layout import ROOT, Vendor
from scripts.common.problems import PipelineError, run
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

_SPEC = """\
openapi: 3.1.0
info:
  title: {title}
  summary: …
  description: What the API does, in our own words.
  version: 1.0.0
  x-client-name: {name}
servers:
- url: {server}
  description: Production.
  x-name: production
security:
- token: []
tags: []
paths: {{}}
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
      description: …
      x-argument: token
"""

_LEDGER = """\
# Every number of docs/evidence/{slug}.md that no overlay action treats:
#
# {letter}-01:
#   treatment: source   # source, client, none or open
#   reason: Why no action is needed.
{{}}
"""


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
    spec = {**words, "title": json.dumps(words["title"], ensure_ascii=False)}
    texts = {
        vendor.ledger: _LEDGER,
        vendor.evidence: _EVIDENCE,
        vendor.root / "tests" / "fixtures" / vendor.slug / "operations.yaml": _TABLE,
    }
    return {
        vendor.source: _SPEC.format(**spec),
        vendor.provenance: tomlkit.dumps(record),
        **{path: text.format(slug=vendor.slug, **words) for path, text in texts.items()},
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


if __name__ == "__main__":
    sys.exit(run(main))
