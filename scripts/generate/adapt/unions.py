"""Unions with members beside their variants: the generators make a class of each variant, and lose what stands beside it."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

from scripts.common.document import components, reached, referred_name
from scripts.common.jsonpath import Place
from scripts.common.names import class_name, numbered
from scripts.generate.adapt.notes import Notes
from scripts.generate.adapt.parts import merged_parts, referred
from scripts.generate.adapt.walks import deref, live_schemas, own_values

_PREFIX = "#/components/schemas/"


_ROUNDS = 10  # a component that is made may hold such unions too


def shared_members(document: dict[str, Any], notes: Notes) -> None:
    """The members beside the variants become members of each; a union of one variant is that variant."""
    for _ in range(_ROUNDS):
        before = len(components(document, "schemas"))
        _share(document, notes)
        if len(components(document, "schemas")) == before:
            break


def _share(document: dict[str, Any], notes: Notes) -> None:
    named = components(document, "schemas")
    parents = {
        name: {target for item in (deref(document, schema).get("allOf") or []) for target in referred(item)}
        for name, schema in named.items()
    }
    for place, part in live_schemas(document):
        word = "oneOf" if part.get("oneOf") else "anyOf"
        own = {key: part[key] for key in ("properties", "required", "allOf") if part.get(key)}
        variants = part.get(word) or []
        if not (
            {"properties", "allOf"} & own.keys() and variants and all(_is_plain(document, item) for item in variants)
        ):
            continue
        names = [name for item in variants for name in referred(item)]
        if names and (
            place[:2] != ("components", "schemas") or any(place[2] in reached(parents, name) for name in names)
        ):
            continue  # a variant that is made of the union has its members already
        made = [merged_parts(document, {"allOf": [copy.deepcopy(own), item]}) for item in variants]
        if any(item is None for item in made):
            continue
        if len(made) == 1:
            part.update(made[0] or {})
            del part[word]
            part.pop("discriminator", None)
        else:
            new = dict(zip(names, _named(named, place, names), strict=True))
            part[word] = [
                {"$ref": _PREFIX + new[referred(item)[0]]} if referred(item) else whole
                for item, whole in zip(variants, made, strict=True)
            ]
            named.update(
                {new[referred(item)[0]]: whole for item, whole in zip(variants, made, strict=True) if referred(item)}
            )
            _follow(document, part.get("discriminator"), new)
            for key in own:
                del part[key]
        notes.add(place, "the members beside the variants are members of each")


def _is_plain(document: dict[str, Any], variant: Any) -> bool:
    """Tell whether a variant is one object."""
    schema = deref(document, variant)
    return ("properties" in schema or "allOf" in schema or schema.get("type") == "object") and not schema.keys() & {
        "oneOf",
        "anyOf",
    }


def _named(named: dict[str, Any], place: Place, names: list[str]) -> list[str]:
    """Return a name for each variant with the members beside it: that of the schema, of the member it stands in, and its own."""
    words = [str(step) for before, step in pairwise(place) if before == "properties" or step == "items"]
    taken = {class_name(key) for key in named}
    found: list[str] = []
    for name in names:
        found.append(numbered(class_name(" ".join([str(place[2]), *words[-2:], name])), taken.__contains__, ""))
        taken.add(found[-1])
    return found


def _follow(document: dict[str, Any], chosen: Any, new: dict[str, str]) -> None:
    if isinstance(chosen, dict):
        stated = chosen.get("mapping") or {
            value: name for name in new for value in own_values(document, name, chosen.get("propertyName"))
        }
        targets = {value: referred_name(str(target)) for value, target in stated.items()}
        chosen["mapping"] = {value: _PREFIX + new.get(target, target) for value, target in targets.items()}
