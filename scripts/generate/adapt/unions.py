"""Unions with members beside their variants: the generators make a class of each variant, and lose what stands beside it."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

from scripts.common.document import components, reached, referred_name
from scripts.common.jsonpath import Place
from scripts.common.names import class_name, numbered
from scripts.generate.adapt.parts import merged_parts, referred
from scripts.generate.adapt.walks import Notes, deref, live_schemas, own_values

_PREFIX = "#/components/schemas/"


_UNIONS = ("oneOf", "anyOf")
_ROUNDS = 10  # what is made may hold such unions too


def base_unions(document: dict[str, Any], notes: Notes) -> None:
    """A base that is the union of its children is in their `allOf` what it holds besides."""
    named = components(document, "schemas")
    leads = {
        name: {target for word in ("allOf", *_UNIONS) for item in schema.get(word) or [] for target in referred(item)}
        for name, schema in named.items()
    }

    def bare(name: str, part: Any) -> Any:
        target = next(iter(referred(part)), "")
        if name not in reached(leads, target):
            return part
        kept = copy.deepcopy(named[target])
        for word in _UNIONS:
            variants = [inner for item in kept.get(word) or [] for inner in referred(item)]
            if any(name in {inner, *reached(leads, inner)} for inner in variants):
                del kept[word]
        if not kept.keys() & set(_UNIONS):
            kept.pop("discriminator", None)
        if kept.get("allOf"):
            kept["allOf"] = [bare(target, item) for item in kept["allOf"]]
        return kept

    made = {
        name: [bare(name, item) for item in schema["allOf"] if name not in referred(item)]
        for name, schema in named.items()
        if schema.get("allOf")
    }
    for name, parts in made.items():
        if parts != named[name]["allOf"]:
            named[name]["allOf"] = parts
            notes.add(("components", "schemas", name), "parts that lead back to it count without their unions")


def shared_members(document: dict[str, Any], notes: Notes) -> None:
    """The members beside the variants become members of each; a union of one variant is that variant."""
    for _ in range(_ROUNDS):
        if not _share(document, notes):
            break


def _share(document: dict[str, Any], notes: Notes) -> bool:
    """Tell whether a union was changed: it may be a variant of another."""
    named = components(document, "schemas")
    changed = False
    for place, part in live_schemas(document):
        word = "oneOf" if part.get("oneOf") else "anyOf"
        own = {key: part[key] for key in ("properties", "required", "allOf") if part.get(key)}
        variants = [leaf for item in part.get(word) or [] for leaf in _leaves(document, item, 0)]
        if not (
            {"properties", "allOf"} & own.keys() and variants and all(_is_plain(document, item) for item in variants)
        ):
            continue
        made = [merged_parts(document, {"allOf": [copy.deepcopy(own), item]}) for item in variants]
        if any(item is None for item in made):
            continue
        if len(made) == 1:
            part.update(made[0] or {})
            del part[word]
            part.pop("discriminator", None)
        else:
            # A variant that is made of the union has its members already.
            pairs = [
                (item, item if _has_all(document, item, whole) else whole)
                for item, whole in zip(variants, made, strict=True)
            ]
            names = [name for item, whole in pairs if whole is not item for name in referred(item)]
            if names and place[:2] != ("components", "schemas"):
                continue
            new = dict(zip(names, _named(named, place, names), strict=True))
            named.update({new[name]: whole for item, whole in pairs if whole is not item for name in referred(item)})
            part[word] = [
                {"$ref": _PREFIX + new[referred(item)[0]]} if whole is not item and referred(item) else whole
                for item, whole in pairs
            ]
            if new:
                _follow(document, part.get("discriminator"), new)
            for key in own:
                del part[key]
        changed = True
        notes.add(place, "the members beside the variants are members of each")
    return changed


def _leaves(document: dict[str, Any], variant: Any, depth: int) -> list[Any]:
    """Return a variant, or those of the union that it is."""
    schema = deref(document, variant)
    inner = [item for word in _UNIONS for item in schema.get(word) or []]
    if not inner or {"properties", "allOf"} & schema.keys() or depth > _ROUNDS:
        return [variant]
    return [leaf for item in inner for leaf in _leaves(document, item, depth + 1)]


def _has_all(document: dict[str, Any], variant: Any, whole: Any) -> bool:
    """Tell whether a variant alone is as much as with the members beside it."""
    alone = merged_parts(document, {"allOf": [variant]}) or {}
    same = alone.get("properties") == whole.get("properties")
    return same and {*alone.get("required", [])} == {*whole.get("required", [])}


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
