"""Render schemas: a table of members, nested where a member has members of its own, linked where it is a component."""

from __future__ import annotations

import json
from typing import Any

from scripts.common.jsonpath import Place
from scripts.review.preview.facts import Facts, member_facts, schema_facts, type_text
from scripts.review.preview.marks import chip, gone, state, was
from scripts.review.preview.markup import Markup, anchor, code, join, prose, tag
from scripts.review.preview.notes import Notes

_DEEPEST = 8
_SHOWN_ELSEWHERE = frozenset({"type", "description", "required", "values", "confidence"})


class SchemaWriter:
    """Render schemas of one document against those of its base; `compared` is false for a vendor without base."""

    def __init__(self, notes: Notes, *, compared: bool) -> None:
        self._notes = notes
        self._compared = compared

    def link(self, schema: Any) -> Markup:
        """Write the type of a schema, its components as links."""
        if isinstance(schema, dict):
            reference = str(schema.get("$ref", ""))
            if reference.startswith("#/components/schemas/"):
                name = reference.rpartition("/")[2]
                return tag("a", name, href=f"#{anchor('schema', name)}", class_="ref")
            for word, between in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
                if schema.get(word):
                    parts = [self.link(item) for item in schema[word]]
                    return join(
                        *(part for index, item in enumerate(parts) for part in ((between, item) if index else (item,)))
                    )
            if "items" in schema and "array" in (schema.get("type") or []):
                null = " | null" if "null" in schema["type"] else ""
                return join("list of ", self.link(schema["items"]), null)
        return tag("span", type_text(schema), class_="type")

    def members(self, schema: Any, base: Any, place: Place, *, depth: int = 0) -> Markup:
        """Render the members of an object, of the items of a list, or of each variant of a union."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return Markup("")
        base = base if isinstance(base, dict) else None
        parts: list[Markup] = []
        properties, old = schema.get("properties") or {}, (base or {}).get("properties") or {}
        if properties or old:
            rows = [self._member(name, schema, base, (*place, "properties", name), depth) for name in properties]
            parts.append(tag("div", *rows, class_="members"))
            if base is not None:
                parts.append(gone([name for name in old if name not in properties], "member"))
        if isinstance(schema.get("items"), dict):
            parts.append(self.members(schema["items"], (base or {}).get("items"), (*place, "items"), depth=depth + 1))
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            inner = self.members(
                extra, (base or {}).get("additionalProperties"), (*place, "additionalProperties"), depth=depth + 1
            )
            parts.append(tag("div", tag("p", "Other members: ", self.link(extra), class_="small"), inner))
        for word in ("allOf", "oneOf", "anyOf"):
            for index, item in enumerate(schema.get(word) or []):
                others = (base or {}).get(word) or []
                parts.append(
                    self.members(
                        item, others[index] if index < len(others) else None, (*place, word, index), depth=depth + 1
                    )
                )
        return join(*parts)

    def _member(
        self, name: str, schema: dict[str, Any], base: dict[str, Any] | None, place: Place, depth: int
    ) -> Markup:
        node = schema["properties"][name]
        before: Facts | None = None
        old = ((base or {}).get("properties") or {}).get(name)
        if old is not None:
            before = member_facts(old, required=name in ((base or {}).get("required") or []))
        required = name in (schema.get("required") or [])
        facts = member_facts(node, required=required)
        mark = state(before, facts, compared=self._compared and base is not None)
        inner = self.members(node, old, place, depth=depth + 1)
        return tag(
            "div",
            tag(
                "div",
                tag("code", name, class_="name"),
                " ",
                self.link(node),
                required_word(required),
                confidence(node),
                chip(mark),
                class_="line",
            ),
            description(node),
            limits(facts),
            was(before, facts) if mark else None,
            self._notes.take(place),
            tag("div", inner, class_="nested") if inner else None,
            class_=f"member {mark}".rstrip(),
        )

    def component(self, name: str, schema: Any, base: Any) -> Markup:
        """Render one component schema as an entry of its own."""
        facts = schema_facts(schema)
        before = schema_facts(base) if base is not None else None
        place: Place = ("components", "schemas", name)
        members = self.members(schema, base, place)
        mark = state(before, facts, compared=self._compared)
        if not mark and self._compared and base is not None and base != schema:
            mark = "changed"
        own = join(
            description(schema), limits(facts), was(before, facts), members, self._notes.take(place), sample(schema)
        )
        corrected = 'class="correction"' in own
        return tag(
            "details",
            tag(
                "summary",
                tag("code", name, class_="name"),
                " ",
                tag("span", type_text(schema), class_="type"),
                chip(mark),
                tag("span", "corrected", class_="chip corrected") if corrected else None,
            ),
            tag("div", own, class_="body"),
            id=anchor("schema", name),
            class_=f"entry schema {mark}".rstrip(),
            data_kind="schema",
        )


def description(node: Any) -> Markup:
    """Render the description of a part, or nothing."""
    return (
        tag("div", prose(node["description"]), class_="about")
        if isinstance(node, dict) and node.get("description")
        else Markup("")
    )


def required_word(required: bool) -> Markup:
    """Write whether a part is required."""
    return tag("span", "required", class_="required") if required else Markup("")


def confidence(node: Any) -> Markup:
    """Write the grade of a part as a badge."""
    word = node.get("x-confidence") if isinstance(node, dict) else None
    return tag("span", f"{word} confidence", class_=f"grade {word}") if word else Markup("")


def limits(facts: Facts) -> Markup:
    """Write values and limits on one line."""
    parts = [join("one of ", tag("code", facts["values"]))] if "values" in facts else []
    parts += [join(f"{word} ", code(value)) for word, value in facts.items() if word not in _SHOWN_ELSEWHERE]
    line = join(*(part for index, item in enumerate(parts) for part in ((" · ", item) if index else (item,))))
    return tag("p", line, class_="small") if parts else Markup("")


def sample(schema: Any) -> Markup:
    """Write the first example of a schema."""
    examples = schema.get("examples") if isinstance(schema, dict) else None
    if not isinstance(examples, list) or not examples or not isinstance(examples[0], dict | list):
        return Markup("")
    return tag(
        "details",
        tag("summary", "Example"),
        tag("pre", json.dumps(examples[0], indent=2, ensure_ascii=False, default=str)),
        class_="sample",
    )
