"""The notations in which the evidence writes types: `string|null`, `Array of strings`, `number[]`, `"Bearer"`, `string, e.g. DONE`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Trait = tuple[tuple[str, ...], str, object]  # (way below the subject, attribute, value)

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_PLURALS = {"strings": "string", "numbers": "number", "objects": "object", "integers": "integer", "booleans": "boolean"}
_NAMED = re.compile(r"([A-Za-z][\w ]*?) \(object\)(?: or |$)")
_PAIR = " = 2 items"


def declared(text: str) -> Iterator[Trait]:
    """Yield what the declared type of a parameter or member says.

    Raises:
        ValueError: the notation is unknown.
    """
    text = text.strip()
    if re.fullmatch(r'"[^"]*"', text):
        yield (), "enum", [text[1:-1]]
        return
    if text.startswith("Array of "):
        yield from _array(text.removeprefix("Array of "))
        return
    if text.endswith("[]"):
        yield (), "type", ["array"]
        yield from _below(declared(text[:-2]))
        return
    named = _names(re.sub(r" \([A-Z][\w ]*\)$", "", text))
    if named:
        yield (), "allows", "object"
        yield (), "variants", named
        return
    if other := re.search(r"in the table; (\w+) \S+ in the payload", text):
        yield (), "allows", other[1]
    plain = _plain(text)
    if plain == "Date":  # one page types a number so; taken as it stands
        yield (), "type", ["string"]
        yield (), "format", "date"
    elif plain == "any":
        yield (), "type", ["any"]
    elif plain:
        parts = re.split(r"\||, | or ", plain)
        if not set(parts) <= set(TYPES):
            raise ValueError(f"unknown notation of a type: {text!r}")
        yield from _union(parts)
    if text.startswith("string, date"):
        yield (), "format", "date-time" if "date-time" in text else "date"


def sampled(text: str) -> Iterator[Trait]:
    """Yield what a value of a sample says: the schema has to allow its type.

    Raises:
        ValueError: the notation is unknown.
    """
    kind, _, value = text.partition(", e.g. ")
    if kind == "string(date-time)":
        kind = "string"
        yield (), "format", "date-time"
    if kind not in TYPES:
        raise ValueError(f"unknown notation of a sample: {text!r}")
    yield (), "allows", kind
    if value:
        yield (), "sample", value


def _plain(text: str) -> str:
    """Leave out remarks: `string (sic; …)`, `object: field name -> …`, `integer, Unix seconds`, `string in the table; …`."""
    text = re.split(r" ?\(|;|:| in the table", text)[0].strip()
    head, _, tail = text.partition(", ")
    return head if tail and tail not in TYPES else text


def _names(text: str) -> list[str]:
    found = _NAMED.findall(text)
    return found if found and _NAMED.sub("", text) == "" else []


def _array(text: str) -> Iterator[Trait]:
    yield (), "type", ["array"] if not text.endswith(" or null") else ["array", "null"]
    text = text.removesuffix(" or null")
    while text.endswith((" non-empty", " unique")):
        text, _, word = text.rpartition(" ")
        yield ((), "minItems", 1) if word == "non-empty" else ((), "uniqueItems", True)
    if text.endswith(_PAIR):
        text = text.removesuffix(_PAIR)
        yield (), "minItems", 2
        yield (), "maxItems", 2
    if ruled := re.fullmatch(r"(\w+)\[ items = 2 items ]", text):
        yield ("[]",), "type", [_PLURALS[ruled[1]]]
        yield ("[]",), "minItems", 2
        yield ("[]",), "maxItems", 2
        return
    if nested := re.fullmatch(r"(\w+)\[ items\[ items = 2 items ] ]", text):  # arrays of arrays of pairs
        yield ("[]",), "type", ["array"]
        yield ("[]", "[]"), "minItems", 2
        yield ("[]", "[]"), "maxItems", 2
        yield ("[]", "[]", "[]"), "type", [_PLURALS[nested[1]]]
        return
    if named := _names(text):
        yield ("[]",), "allows", "object"
        yield ("[]",), "variants", named
        return
    parts = [_PLURALS.get(part, "") for part in text.split(" or ")]
    if "" in parts:
        raise ValueError(f"unknown notation of an array: {text!r}")
    yield from _below(_union(parts))


def _union(parts: list[str]) -> Iterator[Trait]:
    """Take `object or object or string`: kinds the page lists without showing what is in them."""
    if len(parts) - ("null" in parts) < 2:
        yield (), "type", sorted(parts)
        return
    for kind in sorted(set(parts)):
        yield (), "allows", kind
    yield (), "variants", parts


def _below(traits: Iterable[Trait]) -> Iterator[Trait]:
    for way, attribute, value in traits:
        yield ("[]", *way), attribute, value
