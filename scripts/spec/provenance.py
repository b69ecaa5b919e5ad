"""Where a source spec came from: read and check `specs/<vendor>/provenance.toml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.provenance_text import parse_toml

Kind = Literal["hand-written", "transcribed", "downloaded"]

KINDS: tuple[Kind, ...] = ("hand-written", "transcribed", "downloaded")

_TEXTS = ("vendor", "kind", "title", "documentation", "download", "terms")
_DATES = ("retrieved", "reviewed")
_OPTIONAL = frozenset({"download", "operations", "pages", "sha256"})
_MEMBERS = (*_TEXTS, *_DATES, "operations", "pages", "sha256")


@dataclass(frozen=True)
class Page:
    """Name one page that was consulted and how much of it was read."""

    address: str
    read: str


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Record where one vendor's source spec came from."""

    vendor: str
    kind: Kind
    title: str
    documentation: str
    retrieved: date
    reviewed: date
    terms: str
    operations: int | None = None
    download: str = ""
    pages: tuple[Page, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mismatch:
    """Name a source file whose recorded hash is not its hash; `None` stands for the side that is missing."""

    path: str
    recorded: str | None
    actual: str | None

    def __str__(self) -> str:
        if self.recorded is None:
            return f"{self.path} is not listed under [sha256]"
        if self.actual is None:
            return f"{self.path} is listed under [sha256], but there is no such file"
        return f"{self.path} is recorded with sha256 {self.recorded[:12]}…, but the file has {self.actual[:12]}…: correct it with an overlay"


def read_provenance(vendor: Vendor) -> Provenance:
    """Read the provenance of one vendor.

    Raises:
        PipelineError: the file is missing, is not TOML, or a member is missing, unknown or wrong.
    """
    return parse_provenance(read_text(vendor), vendor=vendor.slug, where=vendor.show(vendor.provenance))


def read_text(vendor: Vendor) -> str:
    """Read the provenance file of one vendor as it stands.

    Raises:
        PipelineError: the file is missing or not UTF-8.
    """
    where = vendor.show(vendor.provenance)
    try:
        return vendor.provenance.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PipelineError("no such file", where=where, todo="Write it as docs/spec-conventions.md shows.") from None
    except UnicodeDecodeError as problem:
        raise PipelineError(f"not UTF-8 (byte {problem.start})", where=where, todo="Save it as UTF-8.") from None


def parse_provenance(text: str, *, vendor: str, where: str) -> Provenance:
    """Turn the text of a provenance file into a record.

    Raises:
        PipelineError: the text is not TOML, or a member is missing, unknown or wrong.
    """
    raw = parse_toml(text, where=where)
    unknown = [name for name in raw if name not in _MEMBERS]
    if unknown:
        todo = f"Correct its name or remove it; known members: {', '.join(_MEMBERS)}."
        raise PipelineError(f"unknown member {unknown[0]!r}", where=where, todo=todo)
    missing = [name for name in _MEMBERS if name not in raw and name not in _OPTIONAL]
    if missing:
        raise PipelineError(f"{missing[0]!r} is missing", where=where, todo="Add it as docs/spec-conventions.md shows.")
    texts = {name: _text(raw.get(name, ""), name, where) for name in _TEXTS}
    for name in ("title", "documentation", "terms"):
        if not texts[name].strip():
            raise PipelineError(f"{name!r} is empty", where=where, todo="Fill it in.")
    for name in ("documentation", "download"):
        if texts[name]:
            _check_address(texts[name], name, where)
    if texts["vendor"] != vendor:
        found = f"vendor is {texts['vendor']!r}, the folder {vendor!r}"
        raise PipelineError(found, where=where, todo="Make them equal.")
    operations = raw.get("operations")
    if operations is not None and (type(operations) is not int or operations < 1):  # true is an int to Python
        raise PipelineError(f"operations is {operations!r}", where=where, todo="Write their number, 1 or more.")
    return Provenance(
        vendor=vendor,
        kind=_kind(texts["kind"], where),
        title=texts["title"],
        documentation=texts["documentation"],
        download=texts["download"],
        terms=texts["terms"],
        retrieved=_date(raw["retrieved"], "retrieved", where),
        reviewed=_date(raw["reviewed"], "reviewed", where),
        operations=operations,
        pages=_pages(raw.get("pages", []), where),
        sha256=_hashes(raw.get("sha256", {}), where),
    )


def hash_file(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_hashes(vendor: Vendor) -> tuple[Mismatch, ...]:
    """Compare the recorded hashes of a downloaded source with its files; other sources have none, they are ours to edit.

    Raises:
        PipelineError: the provenance file itself is missing or wrong.
    """
    record = read_provenance(vendor)
    if record.kind != "downloaded":
        return ()
    found: list[Mismatch] = []
    for name in sorted({*record.sha256, vendor.source.name}):
        path = vendor.specs / name
        recorded, actual = record.sha256.get(name), hash_file(path) if path.is_file() else None
        if recorded != actual:
            found.append(Mismatch(name, recorded, actual))
    return tuple(found)


def _text(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise PipelineError(f"{name} is {value!r}, not a text", where=where, todo="Write it in quotes.")
    return value


def _kind(value: str, where: str) -> Kind:
    for kind in KINDS:
        if value == kind:
            return kind
    raise PipelineError(f"kind is {value!r}", where=where, todo=f"Use one of: {', '.join(KINDS)}.")


def _date(value: Any, name: str, where: str) -> date:
    if type(value) is not date:  # a point in time is a date to Python as well; the record keeps days only
        todo = "Write a date without quotes, such as 2026-11-21."
        raise PipelineError(f"{name} is {str(value)!r}, not a date", where=where, todo=todo)
    return value


def _check_address(value: str, name: str, where: str) -> None:
    try:
        parts = urlsplit(value)
        complete = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        complete = False
    if not complete:
        todo = "Write a complete address, starting with https://."
        raise PipelineError(f"{name} is {value!r}", where=where, todo=todo)


def _pages(value: Any, where: str) -> tuple[Page, ...]:
    pages = []
    for number, item in enumerate(value if isinstance(value, list) else [value], start=1):
        if not isinstance(item, dict) or set(item) != {"address", "read"}:
            todo = "Give exactly `address` and `read` under [[pages]]."
            raise PipelineError(f"page {number} is not a pair of address and read", where=where, todo=todo)
        page = Page(_text(item["address"], "address", where), _text(item["read"], "read", where))
        if not page.address.strip() or not page.read.strip():
            raise PipelineError(f"page {number} has an empty member", where=where, todo="Fill it in.")
        pages.append(page)
    return tuple(pages)


def _hashes(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise PipelineError("sha256 is not a table", where=where, todo="Start it with a line [sha256].")
    for path, digest in value.items():
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            todo = "List paths relative to the vendor's folder."
            raise PipelineError(f"[sha256] lists {path!r}, outside the folder", where=where, todo=todo)
        if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            todo = "Run nox -s fetch with this vendor again."
            raise PipelineError(f"[sha256] of {path!r} is not 64 hexadecimal digits", where=where, todo=todo)
    return dict(value)
