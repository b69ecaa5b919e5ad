"""Enums: texts or whole numbers, each once, under names that differ."""

from __future__ import annotations

import re
from typing import Any

from scripts.common.names import numbered
from scripts.generate.adapt.walks import Notes, schemas_of

_SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "%": "PERCENT",
    "=": "EQUAL",
    "<": "LESS",
    ">": "GREATER",
    "!": "NOT",
    "": "EMPTY",
    " ": "SPACE",
}


def enums(document: dict[str, Any], notes: Notes) -> None:
    """An enum holds either texts or whole numbers, each once, under names that differ; any other is its plain type."""
    for place, part in schemas_of(document):
        values = part.get("enum")
        if not isinstance(values, list):
            continue
        kind = part.get("type")
        kinds: list[Any] = kind if isinstance(kind, list) else [kind]
        if (
            "string" in kinds
            and any(isinstance(item, int | float) for item in values)
            and not {"integer", "number"} & set(kinds)
        ):
            values = [
                item if item is None else ("true" if item is True else "false" if item is False else str(item))
                for item in values
            ]
            notes.add(place, "the values of the enum are texts")
        unique = [
            item
            for index, item in enumerate(values)
            if not any(type(item) is type(other) and item == other for other in values[:index])
        ]
        real = [item for item in unique if item is not None]
        texts, numbers = all(isinstance(item, str) for item in real), all(type(item) is int for item in real)
        if not real or not (texts or numbers):
            del part["enum"]
            part.pop("x-enum-varnames", None)
            if real and all(isinstance(item, bool) for item in real):
                part.setdefault("type", "boolean")
            notes.add(place, "an enum of other values than texts or whole numbers is its plain type")
            continue
        part["enum"] = unique
        if texts and not isinstance(part.get("x-enum-varnames"), list):
            part["x-enum-varnames"] = names = enum_names([str(item) for item in real])
            if names != [_words(str(item)) for item in real]:
                notes.add(place, "the members of the enum get names that differ")


def _words(value: str) -> str:
    """Write a text in upper case with `_` between its words: `favouriteLocations` → `FAVOURITE_LOCATIONS`."""
    return re.sub(r"[^0-9A-Z]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", value).upper()).strip("_")


def enum_names(values: list[str]) -> list[str]:
    """Return names for the members of an enum of texts: their words, or more where that would make two equal or none."""
    plain = [_words(value) for value in values]
    names: list[str] = []
    for value, name in zip(values, plain, strict=True):
        signs = "_".join(
            _SIGNS.get(letter, f"U{ord(letter):04X}")
            for letter in value
            if not letter.isascii() or not letter.isalnum()
        )
        wanted = name or signs or "EMPTY"
        if plain.count(name) > 1 and not (name and re.sub(r"[^0-9A-Z]+", "_", value).strip("_") == name):
            lower = value.isascii() and value.islower() and value.isalnum()
            wanted = (
                f"{name}_LOWER"
                if lower
                else f"{_SIGNS.get(value[:1], 'OTHER')}_{name}"
                if value[:1] in _SIGNS
                else wanted
            )
        if wanted[:1].isdigit():
            wanted = f"VALUE_{wanted}"
        names.append(numbered(wanted, names.__contains__))
    return names
