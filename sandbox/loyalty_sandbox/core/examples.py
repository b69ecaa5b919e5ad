"""Values and replies made from the effective spec's own examples and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from .documents import JSON, Document, to_json
from .exchange import Reply
from .spec import MAX_DEPTH, Operation, Place, Spec

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
_SHORT = ("text", "0", "A", "1234", "12345678", "AB12", "GBP", "#102030", "12:30", "+442079460000")
_CANDIDATES = (*_SHORT, f"{1:024x}", _TEXTS["uuid"])


def example_replies(spec: Spec, operation: Operation) -> Iterator[Reply]:
    """Yield candidates for a success reply, the best first; the last one is made from the schema alone."""
    status, response = spec.success(operation)
    headers = required_headers(spec, response)
    media_type = preferred_media(response["content"])
    if media_type is None:
        yield Reply(status=status, headers=headers, is_example=True)
        return
    for body in _bodies(spec, response["content"][media_type]):
        content = body if media_type.endswith("json") else (body if isinstance(body, str) else to_json(body)).encode()
        sent = "application/octet-stream" if "*" in media_type else media_type
        yield Reply(content, status=status, headers=headers, media_type=sent, is_example=True)


def example_bodies(spec: Spec, operation: Operation) -> Iterator[JSON]:
    """Yield the examples that stand beside the schema of a success reply."""
    content = spec.success(operation)[1]["content"]
    media_type = preferred_media(content)
    yield from _written(spec, content[media_type]) if media_type else ()


def example_body(spec: Spec, operation: Operation) -> Any:
    """Return an example of the JSON that an operation takes; None where it takes none."""
    media_type = preferred_media(operation.body["content"])
    if media_type is None or not media_type.endswith("json"):
        return None
    return next(_bodies(spec, operation.body["content"][media_type]))


def preferred_media(content: Place) -> str | None:
    """Return the JSON type of a `content` object, or its first type; None without any."""
    keys = [str(key) for key in content.value]
    return next((key for key in keys if key.partition(";")[0].strip().endswith("json")), keys[0] if keys else None)


def required_headers(spec: Spec, response: Place) -> dict[str, str]:
    """Make the headers that a response must have, of printable ASCII whatever the spec holds."""
    found = {}
    for name in response["headers"].value:
        header = spec.follow(response["headers"][name])
        if header.value.get("required") and name.lower() != "content-type":
            value = header.value["example"] if "example" in header.value else build(spec, header["schema"])
            found[name] = re.sub(r"[^\x20-\x7e]", "", value if isinstance(value, str) else to_json(value))
    return found


def build(spec: Spec, schema: Place, *, lean: bool = False) -> Any:
    """Make a value for a schema: its own example, else one built from its members; `lean` builds the required ones only."""
    return _Builder(spec, ("const", "example", "default", "examples", "enum"), lean).build(schema, ())


def build_neutral(spec: Spec, schema: Place) -> Any:
    """Make a value that says nothing: null where it may be null, else one from the rules of the schema without its examples."""
    if "null" in spec.kinds(schema):
        return None
    value = _Builder(spec, ("const", "default", "enum"), lean=True).build(schema, ())
    fits = not schema.pointer or next(spec.schemas.errors(schema.pointer, value), None) is None
    return value if fits else build(spec, schema)


def _written(spec: Spec, media: Place) -> Iterator[JSON]:
    if "example" in media.value:
        yield media.value["example"]
    for name in media["examples"].value:
        example = spec.follow(media["examples"][name]).value
        if isinstance(example, dict) and "value" in example:
            yield example["value"]


def _bodies(spec: Spec, media: Place) -> Iterator[JSON]:
    yield from _written(spec, media)
    schema = spec.follow(media["schema"])
    if isinstance(schema.value, dict):
        yield from schema.value.get("examples") or []
    yield build(spec, schema)
    yield build(spec, schema, lean=True)


@frozen
class _Builder:
    """Takes the first of the `words` that a schema has; a `lean` object has its required members only, whatever its examples say."""

    spec: Spec
    words: tuple[str, ...]
    lean: bool

    def build(self, schema: Place, above: tuple[str, ...]) -> JSON:
        """Make a value; `above` are the schemas around it, which a member must not begin anew for ever."""
        found = self.spec.follow(schema)
        rules = found.value
        if not isinstance(rules, dict) or len(above) > MAX_DEPTH:
            return None
        is_object = "properties" in rules or "allOf" in rules
        for word in () if self.lean and is_object else self.words:
            value: Any = rules.get(word)
            if word in ("examples", "enum"):
                if value:
                    return next(iter(value.values() if isinstance(value, dict) else value))  # type: ignore[no-any-return]
            elif word in rules:
                return value  # type: ignore[no-any-return]
        inside = (*above, found.pointer)
        for word in ("oneOf", "anyOf"):
            if rules.get(word) and "properties" not in rules:
                return self.build(found[word][0], inside)
        return self._made(found, inside)

    def _made(self, found: Place, above: tuple[str, ...]) -> JSON:
        kinds, rules = self.spec.kinds(found), found.value
        if "object" in kinds or "properties" in rules or "allOf" in rules:
            if "allOf" in rules and kinds and "object" not in kinds:
                return self.build(found["allOf"][0], above)
            return self._object(found, above)
        if "array" in kinds:
            items = self.spec.items(found)
            count = max(rules.get("minItems", 0), 0 if self.lean or items.pointer in above else 1)
            return [self.build(items, above) for _ in range(min(count, 20))]
        if "string" in kinds:
            return _string(rules)
        if kinds & {"integer", "number"}:
            return _number(rules)
        return True if "boolean" in kinds else None

    def _object(self, schema: Place, above: tuple[str, ...]) -> Document:
        members: Document = {}
        required = self.spec.required(schema)
        for name, inner in self.spec.properties(schema).items():
            target = self.spec.follow(inner)
            hidden = isinstance(target.value, dict) and target.value.get("writeOnly")
            if name in required or not (self.lean or target.pointer in above or hidden or len(above) > 6):
                members[name] = self.build(inner, above)
        return {**dict.fromkeys(required, "text"), **members}


def _number(rules: Document) -> int | float:
    low = rules.get("minimum", rules["exclusiveMinimum"] + 1 if "exclusiveMinimum" in rules else None)
    value: int | float = low if low is not None else min(1, rules.get("maximum", 1))
    step = rules.get("multipleOf")
    return -(-value // step) * step if step else value


def _string(rules: Document) -> str:
    low, high = rules.get("minLength", 0), rules.get("maxLength")
    pattern = rules.get("pattern")
    if isinstance(pattern, str):
        for candidate in (*_CANDIDATES, *(letter * max(low, 1) for letter in "aA0")):
            try:
                if re.search(pattern, candidate) and low <= len(candidate) <= (high or 10**6):
                    return str(candidate)
            except re.error:
                break
    return str(_TEXTS.get(str(rules.get("format")), "text").ljust(low, "x")[:high])
