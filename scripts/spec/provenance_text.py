"""Change members of a provenance file in its text, so that comments, order and spacing stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from scripts.common.problems import PipelineError

_ENTRY = re.compile(r"[^=]*=\s*(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\"'#\s]+)(?P<comment>\s*#.*)?\s*")


def parse_toml(text: str, *, where: str) -> dict[str, Any]:
    """Parse TOML text.

    Raises:
        PipelineError: the text is not TOML; the message names the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise PipelineError(f"not TOML: {problem}", where=where, todo="Correct that line.") from None


def edit_provenance(
    text: str,
    *,
    where: str,
    members: Mapping[str, str | int | date] | None = None,
    sha256: Mapping[str, str] | None = None,
) -> str:
    """Return the text with the given root members and, if given, the whole of `[sha256]` replaced.

    Raises:
        PipelineError: the text is not TOML, or its layout is beyond an edit by lines.
    """
    expected = parse_toml(text, where=where)
    for name, value in (members or {}).items():
        text = _set_member(text, name, value)
        expected[name] = value
    if sha256 is not None:
        text = _set_hashes(text, sha256)
        expected["sha256"] = dict(sha256)
    # The edit is by lines, so a value over several lines could fool it: what came out must say what was meant.
    if parse_toml(text, where=where) != expected:
        todo = "Write each member on one line, and [sha256] as a table of its own at the end."
        raise PipelineError("the layout of the file cannot be edited safely", where=where, todo=todo)
    return text


def _set_member(text: str, name: str, value: str | int | date) -> str:
    lines = text.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if line.startswith("[")), len(lines))
    for number in range(end):
        if re.match(rf"{re.escape(name)}\s*=", lines[number]):
            match = _ENTRY.fullmatch(lines[number])
            comment = (match["comment"] or "").rstrip() if match else ""
            lines[number] = f"{name} = {_write(value)}{comment}\n"
            return "".join(lines)
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"{name} = {_write(value)}\n")
    return "".join(lines)


def _set_hashes(text: str, sha256: Mapping[str, str]) -> str:
    entries = [f"{_write(path)} = {_write(digest)}\n" for path, digest in sorted(sha256.items())]
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if re.match(r"\[sha256\]\s*(#.*)?$", line)), None)
    if start is None:
        return "".join([text.rstrip("\n"), "\n\n[sha256]\n", *entries])
    end = next((number for number in range(start + 1, len(lines)) if lines[number].startswith("[")), len(lines))
    notes = [line for line in lines[start + 1 : end] if line.startswith("#")]
    gap = ["\n"] if end < len(lines) else []
    return "".join([*lines[:start], lines[start].rstrip("\n") + "\n", *notes, *entries, *gap, *lines[end:]])


def _write(value: str | int | date) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
    return value.isoformat() if isinstance(value, date) else str(value)
