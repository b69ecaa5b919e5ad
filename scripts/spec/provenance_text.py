"""The text of `specs/<vendor>/provenance.toml`: read it, and change members so that comments, order and spacing stay."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError


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
