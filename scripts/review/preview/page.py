"""Put the page together: search, changes, operations by tag, shared parts, schemas."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from scripts.common.document import operations, split_pointer
from scripts.review.compare import Compared
from scripts.review.model import Change
from scripts.review.preview.markup import Markup, anchor, code, join, prose, tag
from scripts.review.preview.notes import Notes
from scripts.review.preview.operations import OperationWriter, removed_operation
from scripts.review.preview.schemas import SchemaWriter
from scripts.review.preview.shared import SharedWriter
from scripts.review.wire import match_operations

ASSETS = Path(__file__).parent
_WORDS = {
    "new": "new",
    "changed": "changed",
    "corrected": "corrected",
    "inferred": "inferred",
    "partial": "partial",
    "stated": "stated",
}


def write_preview(compared: Compared) -> str:
    """Return the page of one vendor; it loads nothing from anywhere.

    Raises:
        ValueError: the vendor is gone, so there is nothing to show.
    """
    if compared.after is None:
        raise ValueError(compared.review.vendor)
    document = compared.after.document
    base = compared.before.document if compared.before is not None and not compared.review.unchanged else None
    notes = Notes(compared.after.steps)
    schemas = SchemaWriter(notes, compared=base is not None)
    shared = SharedWriter(document, base, notes, schemas)
    schema_entries = _schemas(document, base, schemas)
    shared_entries = shared.components()
    sections = _sections(document, base, OperationWriter(document, base, notes, shared), compared.review.vendor)
    count = len(operations(document))
    title = str(document["info"].get("title", compared.review.vendor))
    main = join(
        tag("h1", title),
        tag(
            "p",
            f"{count} operations, {len(schema_entries)} schemas. Overlays: {notes.actions} actions for {len(notes.numbers)} inconsistencies.",
            class_="small",
        ),
        _changes(compared, base is not None),
        tag("details", tag("summary", "About this API"), _about(document, notes), class_="overview"),
        *(
            join(tag("h2", name, id=anchor("tag", name)), tag("div", prose(about), class_="about"), *entries)
            for name, about, entries in sections
        ),
        join(tag("h2", "Shared replies and parameters", id="shared"), *shared_entries) if shared_entries else None,
        tag("h2", "Schemas", id="schemas"),
        *schema_entries,
    )
    return _page(title, compared.review.vendor, _menu(document, sections, schema_entries), main, count)


def _sections(
    document: dict[str, Any], base: dict[str, Any] | None, writer: OperationWriter, vendor: str
) -> list[tuple[str, str, list[Markup]]]:
    old = {(method, path): operation for method, path, operation in operations(base)} if base is not None else {}
    pairs = match_operations(vendor, base, document)[0] if base is not None else {}
    about = {item["name"]: str(item.get("description", "")) for item in document.get("tags") or []}
    by_tag: dict[str, list[Markup]] = {name: [] for name in about}
    for method, path, operation in operations(document):
        name = (operation.get("tags") or ["other"])[0]
        key = pairs.get((method, path))
        by_tag.setdefault(name, []).append(writer.write(method, path, operation, (*key, old[key]) if key else None))
    for key, operation in old.items():
        if key not in pairs.values():
            name = (operation.get("tags") or ["other"])[0]
            by_tag.setdefault(name, []).append(removed_operation(*key, operation))
    return [(name, about.get(name, ""), entries) for name, entries in by_tag.items() if entries]


def _schemas(document: dict[str, Any], base: dict[str, Any] | None, writer: SchemaWriter) -> list[Markup]:
    new = (document.get("components") or {}).get("schemas") or {}
    old = ((base or {}).get("components") or {}).get("schemas") or {}
    return [writer.component(name, schema, old.get(name)) for name, schema in new.items()]


def _changes(compared: Compared, is_compared: bool) -> Markup:
    if compared.review.state == "added":
        return tag("p", "A new vendor: there is nothing to compare with.", class_="changes")
    if not is_compared:
        return tag("p", "Unchanged against the base.", class_="changes")
    told = [change for change in compared.review.changes if not change.editorial]
    wordings = len(compared.review.changes) - len(told)
    told.sort(key=lambda change: (-change.impact, change.layer != "spec", change.id))
    items = [
        tag("li", tag("span", "breaks", class_="chip breaks") if change.breaks else None, _linked(change))
        for change in told
    ]
    breaking = sum(change.breaks for change in told)
    more = tag("p", f"{wordings} more change only wording or examples.", class_="small") if wordings else None
    summary = tag("summary", f"{len(told)} changes against the base, {breaking} breaking")
    return tag("details", summary, tag("ol", *items), more, class_="changes", open=len(told) <= 60)


def _linked(change: Change) -> Markup:
    text = prose(change.message)
    target = _target(change)
    layer = tag("span", change.layer, class_="layer")
    return join(layer, tag("a", "show", href=f"#{target}", class_="small") if target else None, text)


def _target(change: Change) -> str:
    """Return the anchor of the entry a change is about."""
    parts = split_pointer(change.pointer) if change.pointer else []
    if parts[:2] == ["components", "schemas"] and len(parts) > 2:
        return anchor("schema", parts[2])
    if parts[:1] == ["components"] and len(parts) > 2:
        return anchor("shared", parts[1], parts[2])
    if parts[:1] == ["paths"] and len(parts) > 2:
        return anchor("operation", change.subject.partition(".")[0])
    return ""


def _about(document: dict[str, Any], notes: Notes) -> Markup:
    servers = [
        tag(
            "li",
            code(str(item.get("url"))),
            f" {item.get('x-name', '')} ",
            tag("span", str(item.get("description", "")), class_="small"),
        )
        for item in document.get("servers") or []
    ]
    schemes = [
        tag(
            "li", code(name), f" {scheme.get('type')} ", tag("span", str(scheme.get("description", "")), class_="small")
        )
        for name, scheme in ((document.get("components") or {}).get("securitySchemes") or {}).items()
    ]
    return join(
        tag("div", prose(document["info"].get("description")), class_="about"),
        tag("h4", "Servers"),
        tag("ul", *servers),
        tag("h4", "Credentials"),
        tag("ul", *schemes),
        notes.take(()),
    )


def _menu(document: dict[str, Any], sections: list[tuple[str, str, list[Markup]]], schemas: list[Markup]) -> Markup:
    names: dict[str, list[tuple[str, str]]] = {}
    for method, path, operation in operations(document):
        names.setdefault((operation.get("tags") or ["other"])[0], []).append(
            (method, str(operation.get("operationId") or f"{method} {path}"))
        )
    groups = [
        tag(
            "details",
            tag("summary", name, tag("span", str(len(names.get(name, []))), class_="count")),
            *(
                tag(
                    "a",
                    tag("span", method, class_=f"method {method.lower()}"),
                    identifier,
                    href=f"#{anchor('operation', identifier)}",
                )
                for method, identifier in names.get(name, [])
            ),
        )
        for name, _, _ in sections
    ]
    listed = [
        tag("a", name, href=f"#{anchor('schema', name)}")
        for name in ((document.get("components") or {}).get("schemas") or {})
    ]
    return join(
        *groups, tag("details", tag("summary", "Schemas", tag("span", str(len(schemas)), class_="count")), *listed)
    )


def _page(title: str, vendor: str, menu: Markup, main: Markup, count: int) -> str:
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("preview.css", "preview.js"))
    policy = f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; base-uri 'none'; form-action 'none'"
    chips = [tag("button", word, type="button", data_filter=word, aria_pressed="false") for word in _WORDS]
    head = join(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("title", f"{title}: spec preview"),
        Markup(f"<style>{style}</style>"),
    )
    search = tag(
        "div",
        Markup(
            '<input type="search" id="search" placeholder="Search operations and schemas" aria-label="Search" autocomplete="off">'
        ),
        tag("div", *chips, class_="filters"),
        tag("p", f"{count} operations", id="found", role="status", class_="small"),
        class_="search",
    )
    body = join(
        tag(
            "aside",
            tag("p", vendor, class_="vendor"),
            search,
            tag(
                "details",
                tag("summary", "Contents"),
                tag("nav", menu, aria_label="Contents"),
                class_="contents",
                open=True,
            ),
            class_="side",
        ),
        tag("main", main),
        Markup(f"<script>{script}</script>"),
    )
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
