"""Render what operations share: bodies and replies by media type, and the components that hold them."""

from __future__ import annotations

import json
from typing import Any

from scripts.common.jsonpath import Place
from scripts.review.preview.facts import parameter_facts, type_text
from scripts.review.preview.marks import chip, state
from scripts.review.preview.markup import Markup, anchor, code, join, tag
from scripts.review.preview.notes import Notes
from scripts.review.preview.schemas import SchemaWriter, confidence, description, limits, required_word

Operation = dict[str, Any]
_KINDS = {"responses": "reply", "parameters": "parameter", "requestBodies": "body"}


class SharedWriter:
    """Render contents, and shared components once; operations link to them."""

    def __init__(self, document: Operation, base: Operation | None, notes: Notes, schemas: SchemaWriter) -> None:
        self._components = document.get("components") or {}
        self._base = (base.get("components") or {}) if base is not None else None
        self._notes = notes
        self._schemas = schemas
        self._corrected: set[str] = set()

    def link(self, raw: Operation) -> Markup:
        """Link to the shared component a part refers to, saying whether an overlay corrected it."""
        reference = str(raw.get("$ref", ""))
        if not reference:
            return Markup("")
        corrected = tag("span", "corrected", class_="chip corrected") if reference in self._corrected else None
        return tag(
            "a", "shared", corrected, href=f"#{anchor('shared', *reference.split('/')[-2:])}", class_="shared small"
        )

    def components(self) -> list[Markup]:
        """Render every shared reply, parameter and body as an entry of its own."""
        entries = []
        for kind, word in _KINDS.items():
            for name, part in (self._components.get(kind) or {}).items():
                entries.append(self._component(kind, word, name, part))
        return entries

    def _component(self, kind: str, word: str, name: str, part: Operation) -> Markup:
        place: Place = ("components", kind, name)
        old = ((self._base or {}).get(kind) or {}).get(name)
        facts = parameter_facts(part) if kind == "parameters" else {}
        body = join(
            tag(
                "p",
                tag("code", str(part.get("name"))),
                f" {part.get('in')} ",
                tag("span", type_text(part.get("schema")), class_="type"),
            )
            if facts
            else None,
            description(part),
            limits(facts) if facts else None,
            headers(part),
            self.contents(place, part, old or {}),
            self._notes.take(place),
        )
        corrected = 'class="correction"' in body
        if corrected:
            self._corrected.add(f"#/components/{kind}/{name}")
        mark = state(
            {"": json.dumps(old, default=str)} if old is not None else None,
            {"": json.dumps(part, default=str)},
            compared=self._base is not None,
        )
        head = (
            tag("span", word, class_="method"),
            tag("code", name, class_="name"),
            required_word(bool(part.get("required"))),
            chip(mark),
        )
        note = tag("span", "corrected", class_="chip corrected") if corrected else None
        return tag(
            "details",
            tag("summary", *head, note),
            tag("div", body, class_="body"),
            id=anchor("shared", kind, name),
            class_=f"entry {mark}".rstrip(),
            data_kind="shared",
        )

    def contents(self, place: Place, owner: Operation, before: Operation) -> Markup:
        """Render the content of a body or a reply by media type."""
        parts = []
        for media, content in (owner.get("content") or {}).items():
            schema = content.get("schema")
            old = ((before.get("content") or {}).get(media) or {}).get("schema")
            here: Place = (*place, "content", media, "schema")
            inner = (
                Markup("")
                if isinstance(schema, dict) and "$ref" in schema
                else self._schemas.members(schema, old, here)
            )
            was_type, now = type_text(old), type_text(schema)
            changed = old is not None and was_type != now
            parts.append(
                tag(
                    "div",
                    tag(
                        "p",
                        code(media),
                        " ",
                        self._schemas.link(schema),
                        confidence(schema),
                        chip("changed") if changed else None,
                    ),
                    tag("ul", tag("li", "type was ", code(was_type), ", is ", code(now)), class_="was")
                    if changed
                    else None,
                    inner,
                    samples(content),
                    self._notes.take(here),
                )
            )
        return join(*parts)


def headers(reply: Operation) -> Markup:
    """Write the headers of a reply on one line."""
    names = list(reply.get("headers") or {})
    return tag("p", f"Headers: {', '.join(names)}", class_="small") if names else Markup("")


def samples(content: Operation) -> Markup:
    """Write the named examples of a media type."""
    parts = []
    for name, example in (content.get("examples") or {}).items():
        value = example.get("value") if isinstance(example, dict) else example
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
        title = str(example.get("summary") or name) if isinstance(example, dict) else name
        parts.append(tag("details", tag("summary", f"Example: {title}"), tag("pre", text), class_="sample"))
    return join(*parts)
