"""Where a source spec came from: read and check `specs/<vendor>/provenance.toml`, and change members so that comments, order and spacing stay."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomlkit

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.records import Text, read_records


def read_toml(vendor: Vendor) -> dict[str, Any]:
    """Read the provenance file of one vendor as plain data.

    Raises:
        PipelineError: the file is missing, not UTF-8 or not TOML; the message names the line.
    """
    where = vendor.show(vendor.provenance)
    try:
        return tomllib.loads(vendor.provenance.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PipelineError("no such file", where=where, todo="Write it as docs/spec-conventions.md shows.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PipelineError(f"not TOML: {problem}", where=where, todo="Correct that line.") from None


def edit_provenance(text: str, members: Mapping[str, str | int | date], sha256: Mapping[str, str] | None = None) -> str:
    """Return the text with root members and, if given, the whole of `[sha256]` replaced."""
    document = tomlkit.parse(text)
    for name, value in members.items():
        document[name] = value
    if sha256 is not None:
        hashes = document.setdefault("sha256", tomlkit.table())
        hashes.clear()
        hashes.update(dict(sorted(sha256.items())))
    return tomlkit.dumps(document)


_ADDRESS = r"https?://[\w.-]+(:\d+)?(/\S*)?"
Address = Annotated[str, msgspec.Meta(pattern=f"^{_ADDRESS}$")]
Inside = Annotated[str, msgspec.Meta(pattern=r"^(?!/)(?!(.*/)?\.\.(/|$))\S")]
"""A path below the vendor's folder."""
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name one page that was consulted and how much of it was read."""

    address: Text
    read: Text


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record where one vendor's source spec came from.

    `received` is where a downloaded source was read, `origin` the address at which the vendor publishes it, and `confirmed` who says so;
    the last two are empty while nobody does.
    """

    vendor: str
    kind: Literal["hand-written", "transcribed", "downloaded"]
    title: Text
    documentation: Address
    retrieved: date
    reviewed: date
    terms: Text
    operations: Annotated[int, msgspec.Meta(ge=1)] | None = None
    download: Annotated[str, msgspec.Meta(pattern=f"^({_ADDRESS})?$")] = ""
    received: str = ""
    origin: Annotated[str, msgspec.Meta(pattern=f"^({_ADDRESS})?$")] = ""
    confirmed: str = ""
    pages: tuple[Page, ...] = ()
    sha256: dict[Inside, Sha256] = {}


def read_provenance(vendor: Vendor) -> Provenance:
    """Read the provenance of one vendor.

    Raises:
        PipelineError: the file is missing, is not TOML, or a member is missing, unknown or wrong.
    """
    where = vendor.show(vendor.provenance)
    record = read_records(
        read_toml(vendor), Provenance, where=where, todo="Correct it as docs/spec-conventions.md shows."
    )
    if record.vendor != vendor.slug:
        found = f"vendor is {record.vendor!r}, the folder {vendor.slug!r}"
        raise PipelineError(found, where=where, todo="Make them equal.")
    return record


def hash_file(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_hashes(vendor: Vendor) -> list[str]:
    """Compare the recorded hashes of a downloaded source with its files; other sources have none, they are ours to edit.

    Raises:
        PipelineError: the provenance file itself is missing or wrong.
    """
    record = read_provenance(vendor)
    if record.kind != "downloaded":
        return []
    faults = []
    for name in sorted({*record.sha256, vendor.source.name}):
        path, recorded = vendor.specs / name, record.sha256.get(name)
        if recorded is None:
            faults.append(f"{name} is not listed under [sha256]")
        elif not path.is_file():
            faults.append(f"{name} is listed under [sha256], but there is no such file")
        elif recorded != hash_file(path):
            faults.append(
                f"{name} is recorded with sha256 {recorded[:12]}…, but the file has {hash_file(path)[:12]}…: correct it with an overlay"
            )
    return faults
