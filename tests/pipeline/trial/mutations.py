"""Spoil documents by chance, the same way for the same number: what no author would write, and what every parser meets."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from scripts.trial.make import read

Holder = dict[Any, Any] | list[Any]

_WORDS = ("$ref", "type", "allOf", "oneOf", "enum", "items", "properties", "schema", "in", "name", "x-pagination")
_VALUES: list[Any] = json.loads("""[
  null, true, false, 0, -1, 1e308, 1180591620717411303424, "", " ", "\\n", "é\\u2028", "\\u0000", "{", "{a}", "%", "\\"\\"\\"",
  [], {}, [[]], [null], [1, "1"], {"": {}}, {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/components/schemas/No"}, {"$ref": 1},
  {"type": "object"}, {"allOf": []}, {"enum": []}, {"enum": [null]}, {"type": ["null"]}, {"type": "any"},
  "null", "object", "array", "string", "query", "path", "file", "(a+)+$", "[", "https://", "*/*", "2XX", "date-time"
]""")
_VALUES.append("a" * 5_000)


def spoilt(seeds: list[Path], number: int) -> tuple[str, bytes]:
    """Return name and bytes of the spoilt document of this number."""
    chance = Random(number)  # noqa: S311 - chance that can be repeated
    seed = seeds[number % len(seeds)]
    content = seed.read_bytes()
    if chance.random() < 0.15:
        return f"{number}-{seed.name}", _bytes(content, chance)
    document = read(seed.name, content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        if document:
            _spoil(document, chance)
    return f"{number}-{seed.stem}.json", json.dumps(document, default=str).encode()


def _bytes(content: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(content))
    end = min(len(content), start + chance.choice((1, 2, 10, 100)))
    middle = chance.choice((b"", content[start:end] * 2, b"\x00", b"\xff", b"\t", b"- ", b": ", b"&a *a ", b"<<: *a\n"))
    return content[:start] + middle + content[end:]


def _spoil(document: dict[Any, Any], chance: Random) -> None:
    places = list(_places(document))
    holder, key = chance.choice(places)
    other, elsewhere = chance.choice(places)
    alike = [value for value in (*_VALUES, *(node[name] for node, name in places)) if type(value) is type(holder[key])]
    match chance.randrange(16):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = copy.deepcopy(chance.choice(_VALUES))
        case 3:
            holder[key] = copy.deepcopy(other[elsewhere])
        case 4 if isinstance(holder, dict):
            holder[chance.choice((*_WORDS, str(elsewhere)))] = holder.pop(key)
        case 5 if isinstance(holder, dict):
            holder[chance.choice(_WORDS)] = copy.deepcopy(chance.choice((other[elsewhere], *_VALUES)))
        case 6:
            holder[key] = [holder[key]]
        case _ if alike:
            holder[key] = copy.deepcopy(chance.choice(alike))
        case _:
            holder[key] = {str(chance.choice((key, *_WORDS))): holder[key]}


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)
