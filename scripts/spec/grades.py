"""How sure we are of each operation: the five grades, and `specs/<vendor>/grades.yaml`, which raises or completes them.

The file maps `METHOD path` of the effective spec to members of `x-provenance`; each member it gives replaces that of the source and its overlays.
`nox -s observe` and `nox -s reconcile` write it; without the file the grades are those of the source again.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.records import Text
from scripts.common.yaml_io import dump_yaml, load_yaml

Grades = dict[str, dict[str, Any]]

GRADES = (
    "inferred",
    "partial",
    "reported",
    "observed",
    "stated",
)  # weakest first; docs/spec-conventions.md defines them
CONFIDENCES = ("low", "medium", "high")
_MEMBERS = frozenset({"method", "path", "confidence", "source", "title", "reason", "alternatives", "newer", "observed"})
_WORDS = {"method": GRADES, "path": GRADES, "confidence": CONFIDENCES}
_HEADER = """How sure we are of operations, beyond what the source of {slug} says: written by `nox -s observe` and `nox -s reconcile`, reviewed by a person.
Each entry goes over x-provenance of its operation in the effective spec."""


def operation_grade(known: Mapping[str, Any]) -> str:
    """Return the grade of method and path together: the weaker of the two, or partial when the vendor writes one of them."""
    halves = [str(known.get(half, "stated")) for half in ("method", "path")]
    weaker = min(halves, key=lambda grade: GRADES.index(grade) if grade in GRADES else -1)
    return "partial" if weaker == "inferred" and "stated" in halves else weaker


def check_grades(document: Mapping[str, Any]) -> list[str]:
    """Return the faults of every `x-provenance`: grades and confidence that do not exist, no source, no reason where one is due."""
    faults = []
    for method, path, operation in operations(dict(document)):
        known = operation.get("x-provenance")
        if known is None:  # the vendor's own file
            continue
        for member, words in _WORDS.items():
            if known.get(member) not in words:
                found = f"x-provenance.{member} is {known.get(member)!r}"
                faults.append(f"{method} {path}: {found}. Use one of: {', '.join(words)}.")
        if not known.get("source"):
            faults.append(f"{method} {path}: x-provenance has no source. Name the page and its lines.")
        if {known.get("method"), known.get("path")} & {"inferred", "partial"} and not known.get("reason"):
            faults.append(f"{method} {path}: x-provenance has no reason. Say why it is written so.")
    return faults


def as_published(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return `x-provenance` of every operation of a downloaded source by its record: the vendor's word once a person or an address of the vendor vouches for it."""
    if record.get("confirmed"):
        source = f"the vendor's own file, {record.get('origin')}, retrieved {record.get('retrieved')}"
        return {"method": "stated", "path": "stated", "confidence": "high", "source": source}
    source = f"a file received from {record.get('received') or record.get('download')} on {record.get('retrieved')}, whose origin nobody has confirmed"
    return {"method": "reported", "path": "reported", "confidence": "medium", "source": source}


class Observed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say in which traffic an operation was seen: hash of the capture's bytes, host, day, number of exchanges."""

    capture: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    host: Text
    date: date
    count: Annotated[int, msgspec.Meta(ge=1)]


def load_grades(path: Path, *, name: str) -> Grades:
    """Read a file of grades; no file means no grades.

    Raises:
        PipelineError: what is no `METHOD path`, no member of x-provenance or no grade, every place at once.
    """
    raw = load_yaml(path, name=name) if path.is_file() else {}
    if not isinstance(raw, dict):
        raise PipelineError(
            "the file is not a mapping of operations", where=name, todo="Write `METHOD path:` with members below it."
        )
    faults = [fault for key, entry in raw.items() for fault in _faults(str(key), entry)]
    if faults:
        todo = f"Known members: {', '.join(sorted(_MEMBERS))}; grades: {', '.join(GRADES)}."
        raise PipelineError(faults[0], where=name, todo=todo, others=faults[1:])
    return raw


def _faults(key: str, entry: Any) -> list[str]:
    method, _, route = key.partition(" ")
    if not method.isupper() or not route.startswith("/"):
        return [f"{key!r} is not an operation such as `GET /users`"]
    if not isinstance(entry, dict) or not entry or not entry.keys() <= _MEMBERS:
        return [f"the members of {key!r} are not those of x-provenance"]
    faults = [
        f"{key!r} has the {member} {entry[member]!r}"
        for member, words in _WORDS.items()
        if member in entry and entry[member] not in words
    ]
    if "observed" in {entry.get("method"), entry.get("path")} and "observed" not in entry:
        faults.append(f"{key!r} is observed, but does not say where: give `observed`")
    if "observed" in entry:
        try:
            msgspec.convert(entry["observed"], Observed)
        except msgspec.ValidationError as problem:
            faults.append(f"{key!r}, observed: {problem}")
    return faults


def dump_grades(grades: Mapping[str, Any], *, slug: str) -> str:
    """Write a file of grades."""
    return dump_yaml(dict(grades), header=_HEADER.format(slug=slug))


def apply_grades(document: dict[str, Any], vendor: Vendor) -> None:
    """Put the grades of a vendor's file on the operations of its effective spec, which is changed.

    Raises:
        PipelineError: the file is broken, or a grade has no operation.
    """
    where = vendor.show(vendor.grades)
    left = load_grades(vendor.grades, name=where)
    for method, path, operation in operations(document):
        entry = left.pop(f"{method} {path}", None)
        if entry is not None:
            operation["x-provenance"] = {**(operation.get("x-provenance") or {}), **copy.deepcopy(entry)}
    if left:
        found = [f"{key} is no operation of the effective spec" for key in left]
        todo = f"Remove the entry, or run nox -s reconcile -- {vendor.slug}."
        raise PipelineError(found[0], where=where, todo=todo, others=found[1:])
