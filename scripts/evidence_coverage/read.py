"""Read `docs/evidence/<vendor>-operations.yaml`, in any of its layouts, into facts.

The layouts differ in the names of their members, so one table of members reads them all.
A member that no line of the table knows is an error: nothing of the evidence goes unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.layout import Vendor
from scripts.common.yaml_io import load_yaml
from scripts.evidence_coverage import bodies
from scripts.evidence_coverage.fact import Fact
from scripts.evidence_coverage.members import Entry, Reader

# What the scripts have no use for: identity (read elsewhere), words about the page, and what another member says as well.
PROSE = {
    *("id", "operation_id", "title", "summary", "depth", "method", "path"),
    *("path_as_printed", "path_note", "body_note", "query_note", "notes", "missing", "other_sources", "source_kind"),
    "roles",  # the same roles stand under `security`
}


@dataclass(frozen=True)
class Evidence:
    """Hold the facts of one operation; a catalogued one is listed in the evidence but is no part of the spec."""

    name: str
    operation_id: str | None
    method: str
    path: str
    catalogued: bool
    facts: tuple[Fact, ...]


def evidence_file(vendor: Vendor) -> Any:
    """Return the vendor's file of operations as it stands."""
    page = vendor.evidence.with_name(f"{vendor.slug}-operations.yaml")
    return load_yaml(page, name=vendor.show(page))


def read_evidence(entries: list[Entry]) -> list[Evidence]:
    """Read all operations.

    Raises:
        PipelineError: an entry has a member or a notation that is not known.
    """
    # Where a file marks members that may be absent, the others are always there; a file of mere samples says neither.
    marks = any(key.endswith("?") for key in _keys(entries))
    return [_read(entry, marks) for entry in entries]


def _keys(node: object) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield str(key)
        yield from _keys(value)


def _read(entry: Entry, marks: bool) -> Evidence:
    operation_id = entry.get("operation_id") or entry.get("id")
    name = str(operation_id or entry["title"])
    catalogued = entry.get("depth") == "compact"
    reader = Reader(name, marks=marks)
    if not catalogued:
        reader.add("operation", (), "method", entry["method"])
        reader.add("operation", (), "path", entry["path"])
        for key, value in entry.items():
            if key in _MEMBERS:
                _MEMBERS[key](reader, value)
            elif key not in PROSE:
                raise reader.unknown("the member", key)
    return Evidence(name, operation_id, str(entry["method"]), str(entry["path"]), catalogued, tuple(reader.facts))


def _attribute(attribute: str) -> Callable[[Reader, Any], None]:
    return lambda reader, value: reader.add("operation", (), attribute, value)


def _tags(reader: Reader, tags: list[str]) -> None:
    for tag in tags:
        reader.add("tag", (tag,), "there", True)


def _also_at(reader: Reader, places: list[Entry]) -> None:
    for place in places:
        _tags(reader, [place["tag"]])
        _lines(reader, place["seed_lines"])


def _confidence(reader: Reader, value: str | Entry) -> None:
    for key, level in value.items() if isinstance(value, dict) else [("", value)]:
        reader.add("operation", (), f"{key or 'grade'} confidence", level)


def _lines(reader: Reader, lines: list[int] | list[str]) -> None:
    pair = all(isinstance(line, int) for line in lines)
    for line in ["-".join(map(str, lines))] if pair else lines:
        reader.add("operation", (), "source", re.sub(r"^\w+:", "", str(line)))


def _source(reader: Reader, text: str) -> None:
    for address in re.findall(r"https?://[^\s,;()]+", re.sub(r"\(.*?\)", "", text)):
        reader.add("operation", (), "source", address)
    if not text.startswith("deduced"):
        for line in re.findall(r"\.(?:txt|rst):(\d+)", text):
            reader.add("operation", (), "source", line)


def _reason(reader: Reader, text: str) -> None:
    reader.add("operation", (), "reason", bool(text))


def _alternatives(reader: Reader, values: list[str]) -> None:
    for value in values:
        found = re.search(r"/\S*", value)
        reader.add("operation", (), "alternative", found[0] if found else value)
    reader.add("operation", (), "alternatives at least", len(values))


def _security(reader: Reader, schemes: list[str] | list[Entry]) -> None:
    pairs = [next(iter(item.items())) if isinstance(item, dict) else (item, []) for item in schemes]
    for scheme, roles in pairs:
        reader.add("security", (scheme,), "roles", roles)
    reader.add("security", (), "alternatives", sorted(scheme for scheme, _ in pairs))


def _auth(reader: Reader, kind: str) -> None:
    reader.add("security", (), "kind", kind)


def _version(reader: Reader, facts: Entry) -> None:
    way = ("x-api-version",)
    reader.add("header parameter", way, "there", facts["header_declared"])
    for key, attribute in (("prose_minimum", "number in words"), ("header_block_minimum", "lowest version")):
        if facts[key] is not None:
            reader.add("header parameter", way, attribute, facts[key])


def _parameters(place: str | None = None) -> Callable[[Reader, Any], None]:
    def read(reader: Reader, items: list[Entry]) -> None:
        for item in items:
            reader.field(f"{place or item['in']} parameter", (item["name"],), item)

    return read


def _unlisted_parameters(reader: Reader, names: list[str]) -> None:
    for name in names:
        reader.add("path parameter", (name,), "there", True)
        reader.add("path parameter", (name,), "required", True)
        reader.add("path parameter", (name,), "marked as inferred", True)


def _renamed_parameters(reader: Reader, names: list[str]) -> None:
    for name in names:
        reader.add("path parameter", (name,), "there", True)


_MEMBERS: dict[str, Callable[[Reader, Any], None]] = {
    "tags": _tags,
    "also_at": _also_at,
    "grade": _attribute("grade"),
    "confidence": _confidence,
    "reason": _reason,
    "reasoning": _reason,
    "alternatives": _alternatives,
    "source": _source,
    "vendor_doc": _source,
    "seed_lines": _lines,
    "deprecated": _attribute("deprecated"),
    "deprecation_note": lambda reader, text: reader.add("operation", (), "end announced", True),
    "beyond_seed": _attribute("newer"),
    "issues": _attribute("inconsistencies"),
    "security": _security,
    "auth": _auth,
    "x_api_version": _version,
    "params": _parameters(),
    "query": _parameters("query"),
    "query_params": _parameters("query"),
    "path_params": _parameters("path"),
    "header_params": _parameters("header"),
    "path_params_not_on_page": _unlisted_parameters,
    "path_params_renamed_from": _renamed_parameters,
    "request_content_type": lambda reader, value: reader.add("body", (), "media type", value),
    "body": bodies.body,
    "request_body": bodies.body,
    "responses": bodies.replies,
    "response": bodies.printed_reply,
    "response_headers_shown": bodies.reply_headers,
}
