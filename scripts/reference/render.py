"""Render a document as one HTML page that loads nothing and reads without script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scripts.common.document import components, mapping, resolve
from scripts.common.jsonpath import Place
from scripts.reference.behaviour import behaviour_told, csv_columns, limits_told
from scripts.reference.markup import Ids, is_web_address, prose
from scripts.reference.notes import Note, Placed, correction_notes
from scripts.reference.operations import Operation, OperationReader
from scripts.reference.python_calls import Key, PythonCall
from scripts.reference.schemas import Schema, SchemaReader
from scripts.spec.grades import GRADES
from scripts.spec.steps import Step

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Entry:
    """Hold one component schema."""

    id: str
    name: str
    place: Place
    schema: Schema


@dataclass(frozen=True)
class Tag:
    """Hold the operations of one tag."""

    id: str
    name: str
    description: str
    operations: list[Operation]


def render(
    document: dict[str, Any],
    *,
    slug: str = "",
    calls: Mapping[Key, PythonCall] | None = None,
    steps: Sequence[Step] = (),
    changes: Sequence[Note] | None = None,
) -> str:
    """Return the page of an OpenAPI 3.1 document, with or without extensions of ours.

    `calls` are the Python calls by (method, path), `steps` what overlay actions did, `changes` a list for the top of the page (None for none),
    of which those with a place are noted there as well.
    """
    ids = Ids()
    schemas = SchemaReader(document, ids, in_python=bool(calls))
    entries = [
        Entry(ids.of("schema", name), str(name), place, schemas.read(node, place))
        for name, node in components(document, "schemas").items()
        for place in [("components", "schemas", name)]
    ]
    operations = OperationReader(document, slug, ids, schemas, dict(calls or {})).read()
    shown = {place for part in operations for place in part.places()}
    shown |= {place for entry in entries for place in entry.schema.places()}
    noted = [change for change in changes or () if change.place]
    placed = Placed([*correction_notes(list(steps), shown), *noted], shown)
    homes = {entry.place: entry.id for entry in entries} | {operation.place: operation.id for operation in operations}
    template = _environment().get_template("base.html.jinja")
    return template.render(
        _overview(document, slug),
        tags=_tags(document, operations, ids),
        entries=entries,
        operations=operations,
        grades=[grade for grade in GRADES if any(operation.grade == grade for operation in operations)],
        kinds={operation.id: _kinds(operation, placed) for operation in operations},
        schema_kinds={entry.id: placed.under(entry.place) for entry in entries},
        notes=placed.at,
        changes=changes,
        corrected="correction" in placed.under(()),
        home=lambda place: homes.get(place[:3], ""),
    )


def _overview(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """Return what stands at the top of a page."""
    info = mapping(document.get("info"))
    schemes = components(document, "securitySchemes")
    return {
        "title": str(info.get("title") or slug or "API"),
        "info": info,
        "servers": list(map(mapping, _listed(document.get("servers")))),
        "schemes": [(name, resolve(document, raw)) for name, raw in schemes.items()],
        "limits": limits_told(document.get("x-rate-limit")),
    }


def content_policy() -> str:
    """Return the content security policy of every page: its own style and script by hash, and nothing else."""
    style, script = (_hash(_asset(name)) for name in ("page.css", "page.js"))
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def _kinds(operation: Operation, placed: Placed) -> list[str]:
    parts = [
        content.shown.place
        for message in [*([operation.body] if operation.body else []), *operation.replies]
        for content in message.contents
    ]
    return placed.under(operation.place, *parts)


def _tags(document: dict[str, Any], operations: list[Operation], ids: Ids) -> list[Tag]:
    described = {
        str(item.get("name")): str(item.get("description") or "")
        for item in map(mapping, _listed(document.get("tags")))
    }
    names = list(dict.fromkeys([*described, *(operation.tag for operation in operations)]))
    found = [
        Tag(ids.of("tag", name), name, described.get(name, ""), [item for item in operations if item.tag == name])
        for name in names
    ]
    return [tag for tag in found if tag.operations]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = prose
    environment.globals.update(
        policy=content_policy(),
        style=_asset("page.css"),
        script=_asset("page.js"),
        is_web_address=is_web_address,
        behaviour_told=behaviour_told,
        csv_columns=csv_columns,
        mapping=mapping,
    )
    return environment
