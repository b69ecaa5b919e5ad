"""Values and replies made from the effective spec's own examples and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from .documents import JSON, Document, to_json
from .exchange import Reply
from .nodes import MAX_DEPTH, NOTHING, Node
from .spec import Operation, is_json, preferred

_TEXTS = {
    "date-time": "2026-01-31T18:30:00Z",
    "date": "2026-01-31",
    "time": "18:30:00Z",
    "email": "ada@example.com",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "dGV4dA==",
}
# What is tried where a pattern stands without an example.
_SHORT = ("text", "0", "A", "1234", "12345678", "AB12", "GBP", "#102030", "12:30", "+442079460000", f"{1:024x}")


def example_replies(operation: Operation) -> Iterator[Reply]:
    """Yield candidates for a success reply, the best first; the last one is made from the schema alone."""
    status, response = operation.success
    headers = required_headers(response)
    media_type, media = preferred(response.at("content"))
    if not media_type:
        yield Reply(status=status, headers=headers, is_example=True)
        return
    for body in _bodies(media):
        content = body if is_json(media_type) else (body if isinstance(body, str) else to_json(body)).encode()
        sent = "application/octet-stream" if "*" in media_type else media_type
        yield Reply(content, status=status, headers=headers, media_type=sent, is_example=True)


def example_body(operation: Operation) -> Any:
    """Return an example of the JSON that an operation takes; None where it takes none."""
    media_type, media = preferred(operation.taken)
    return next(_bodies(media)) if is_json(media_type) else None


def written(media: Node) -> Iterator[JSON]:
    """Yield the examples that stand beside a schema."""
    if "example" in media:
        yield media["example"]
    for example in media.at("examples").values():
        if isinstance(example, dict) and "value" in example:
            yield example["value"]


def required_headers(response: Node) -> dict[str, str]:
    """Make the headers that a response must have, of printable ASCII whatever the spec holds."""
    found = {}
    for name in response.at("headers"):
        header = response.at("headers", name)
        if header.get("required") and name.lower() != "content-type":
            value = header["example"] if "example" in header else build(header.at("schema"))
            found[name] = re.sub(r"[^\x20-\x7e]", "", value if isinstance(value, str) else to_json(value))
    return found


def build(schema: Node, *, lean: bool = False) -> Any:
    """Make a value for a schema: its own example, else one built from its members; `lean` builds the required ones only."""
    return _Builder(("const", "example", "default", "examples", "enum"), lean).build(schema, ())


def fit(schema: Node, value: Any, depth: int = 0) -> Any:
    """Fit a value to a schema: without members that it does not name or allow to be null, with neutral ones for those it demands."""
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [fit(schema.at("items"), each, depth + 1) for each in value]
    if not isinstance(value, dict) or depth >= MAX_DEPTH:
        return value
    members = schema.members
    is_open = not members or bool(schema.keys() & {"oneOf", "anyOf"} or schema.get("additionalProperties"))
    fitted = {}
    for name, each in value.items():
        inner = members.get(name, NOTHING)
        is_named = name in members or (is_open and not name.startswith("$"))
        if is_named and (each is not None or "null" in inner.kinds or not inner.kinds):
            fitted[name] = fit(inner, each, depth + 1)
    for name in sorted(schema.needed - fitted.keys()):
        inner = members.get(name, NOTHING)
        if "null" in inner.kinds:
            fitted[name] = None
        elif "object" in inner.kinds:
            fitted[name] = fit(inner, {}, depth + 1)
        else:
            neutral = _Builder(("const", "default", "enum"), lean=True).build(inner, ())
            fitted[name] = neutral if inner.fits(neutral) else build(inner)
    return fitted


def _bodies(media: Node) -> Iterator[JSON]:
    yield from written(media)
    schema = media.at("schema")
    yield from schema.get("examples") or []
    yield build(schema)
    yield build(schema, lean=True)


@frozen
class _Builder:
    """Takes the first of the `words` that a schema has; a `lean` object has its required members only, whatever its examples say."""

    words: tuple[str, ...]
    lean: bool

    def build(self, schema: Node, above: tuple[Node, ...]) -> JSON:
        """Make a value; `above` are the schemas around it, which a member must not begin anew for ever."""
        if len(above) > MAX_DEPTH:
            return None
        is_object = "properties" in schema or "allOf" in schema
        for word in () if self.lean and is_object else self.words:
            value: Any = schema.get(word)
            if word in ("examples", "enum"):
                if value:
                    return next(iter(value.values() if isinstance(value, dict) else value))  # type: ignore[no-any-return]
            elif word in schema:
                return value  # type: ignore[no-any-return]
        inside = (*above, schema)
        for word in ("oneOf", "anyOf"):
            if schema.get(word) and "properties" not in schema:
                choice = schema[word][0]
                return self.build(choice if isinstance(choice, Node) else NOTHING, inside)
        return self._made(schema, inside)

    def _made(self, schema: Node, above: tuple[Node, ...]) -> JSON:
        kinds = schema.kinds
        if "object" in kinds or "properties" in schema or "allOf" in schema:
            if "allOf" in schema and kinds and "object" not in kinds:
                return self.build(schema["allOf"][0], above)
            made: Document = dict.fromkeys(schema.needed, "text")
            for name, inner in schema.members.items():
                is_left_out = self.lean or id(inner) in map(id, above) or inner.get("writeOnly") or len(above) > 6
                if name in schema.needed or not is_left_out:
                    made[name] = self.build(inner, above)
            name = str(schema.at("discriminator").get("propertyName"))
            if name in made and not schema.member(name).keys() & {
                *self.words
            }:  # any word but one of the known ones would be wrong
                made[name] = next(iter(schema.at("discriminator", "mapping")), made[name])
            return made
        if "array" in kinds:
            items = schema.at("items")
            count = max(schema.get("minItems", 0), 0 if self.lean or id(items) in map(id, above) else 1)
            return [self.build(items, above) for _ in range(min(count, 20))]
        if "string" in kinds:
            return _string(schema)
        if kinds & {"integer", "number"}:
            low = schema.get("minimum", schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else None)
            value: int | float = low if low is not None else min(1, schema.get("maximum", 1))
            step = schema.get("multipleOf")
            return -(-value // step) * step if step else value
        return True if "boolean" in kinds else None


def _string(rules: Document) -> str:
    low, high = rules.get("minLength", 0), rules.get("maxLength")
    pattern = rules.get("pattern")
    if isinstance(pattern, str):
        for candidate in (*_SHORT, *_TEXTS.values(), *(letter * max(low, 1) for letter in "aA0")):
            try:
                if re.search(pattern, candidate) and low <= len(candidate) <= (high or 10**6):
                    return str(candidate)
            except re.error:
                break
    return str(_TEXTS.get(str(rules.get("format")), "text").ljust(low, "x")[:high])
