"""Which places of the vendor's file say what a place of the transcription says.

The operations are matched already; below them both documents are walked side by side, references followed. A component of one side may stand
inline in the other, in several places: every place that refers to it counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scripts.common.document import METHODS, mapping, members_of, resolve, split_pointer, walk
from scripts.common.jsonpath import Place, value_at
from scripts.common.names import known_id

_DEEP = 40
_ALIKE = 0.5  # from here on two schemas are the same
_UNIONS = ("allOf", "oneOf", "anyOf")


class Twins:
    """Find places of `theirs` for places of `ours`; `pairs` maps our operationIds to (path, method) of theirs."""

    def __init__(self, ours: dict[str, Any], theirs: dict[str, Any], pairs: Mapping[str, tuple[str, str]]) -> None:
        self.ours, self.theirs, self.pairs = ours, theirs, pairs
        self._sites: dict[Place, list[Place]] | None = None
        self._known: dict[Place, list[Place]] = {}

    def of(self, place: Place) -> list[Place]:
        """Return the places of theirs that correspond to a place of ours, each once, references followed; empty where there is none."""
        if place not in self._known:
            self._known[place] = []  # a place that leads back to itself adds nothing
            self._known[place] = list(dict.fromkeys(self._find(place)))
        return self._known[place]

    def _find(self, place: Place) -> list[Place]:
        if place[:1] == ("paths",) and len(place) > 1:
            return self._in_paths(place)
        if place[:1] == ("components",) and len(place) > 2 and place[1] != "securitySchemes":
            starts = [found for site in self._sites_of(place[:3]) for found in self.of(site)]
            same = literal(self.theirs, [str(step) for step in place[:3]])
            if same and self._alike(value_at(self.ours, place[:3]), value_at(self.theirs, same)) >= _ALIKE:
                starts.insert(0, same)
            return self._below(place[:3], starts, place[3:])
        return self._below((), [()], place)

    def _in_paths(self, place: Place) -> list[Place]:
        item = mapping(mapping(self.ours.get("paths")).get(str(place[1])))
        if len(place) > 2 and place[2] in METHODS:
            found = self.pairs.get(known_id(mapping(item.get(str(place[2])))))
            return self._below(place[:3], [("paths", *found)] if found else [], place[3:])
        methods = [method for method in item if method in METHODS]
        if len(place) == 2:
            return [twin[:2] for method in methods for twin in self.of((*place, method))]
        return [twin for method in methods for twin in self.of((*place[:2], method, *place[2:]))]

    def _sites_of(self, component: Place) -> list[Place]:
        if self._sites is None:
            self._sites = {}
            for part in walk(self.ours):
                reference = part.node.get("$ref") if isinstance(part.node, dict) else None
                if isinstance(reference, str) and reference.startswith("#/"):
                    self._sites.setdefault(tuple(split_pointer(reference)), []).append(part.place)
        return self._sites.get(component, [])

    def _below(self, our: Place, starts: list[Place], rest: Place) -> list[Place]:
        found = [self._walk(our, self.follow(start), rest) for start in starts]
        return [place for place in found if place is not None]

    def _walk(self, our: Place, their: Place, rest: Place) -> Place | None:
        steps = list(rest)
        while steps:
            taken, following = self._step(our, their, steps)
            if following is None:
                return None
            our, steps = (*our, *steps[:taken]), steps[taken:]
            their = self.follow(following)
        return their

    def _step(self, our: Place, their: Place, steps: list[str | int]) -> tuple[int, Place | None]:
        """Take the next one or two steps, where the second alone would not say what is meant."""
        key = steps[0]
        their = self.inside(their, key)
        node = value_at(self.theirs, their)
        if len(steps) > 1 and key in _UNIONS and isinstance(node, dict) and isinstance(steps[1], int):
            return 2, self._part(value_at(self.ours, our)[key], their, str(key), steps[1])
        if len(steps) > 1 and key == "parameters" and isinstance(steps[1], int) and len(our) == 3:
            return 2, self._parameter(our, their, steps[1])
        if len(steps) > 1 and key == "properties":
            return 2, self._member(their, str(steps[1]), _DEEP)
        if len(steps) > 1 and key in ("responses", "content", "security") and key in node:
            named = {"responses": same_status, "content": same_media}.get(str(key))
            if named:
                other = named(str(steps[1]), list(mapping(node[key])))
                return 2, (*their, key, other) if other is not None else None
            return 2, _same_item(value_at(self.ours, (*our, *steps[:2])), node[key], (*their, key))
        there = (isinstance(node, dict) and key in node) or (
            isinstance(node, list) and isinstance(key, int) and key < len(node)
        )
        if isinstance(node, list) and isinstance(key, int) and our[-1:] != ("prefixItems",):
            return 1, _same_item(value_at(self.ours, (*our, key)), node, their)
        return 1, (*their, key) if there else None

    def _parameter(self, our: Place, their: Place, index: int) -> Place | None:
        item = value_at(self.ours, our[:2])
        declared = [*(item.get("parameters") or []), *(value_at(self.ours, our).get("parameters") or [])]
        own = value_at(self.ours, our).get("parameters") or []
        listed = own if index < len(own) else declared
        if index >= len(listed):
            return None
        wanted = _named(resolve(self.ours, listed[index]), str(our[1]))
        for owner in (their, their[:2]):
            for number, raw in enumerate(value_at(self.theirs, owner).get("parameters") or []):
                if _named(resolve(self.theirs, raw), str(their[1])) == wanted:
                    return (*owner, "parameters", number)
        return None

    def _member(self, their: Place, name: str, depth: int) -> Place | None:
        their = self.follow(their)
        node = mapping(value_at(self.theirs, their))
        if name in mapping(node.get("properties")):
            return (*their, "properties", name)
        parts = [(*their, word, number) for word in _UNIONS for number in range(len(node.get(word) or []))]
        found = (self._member(part, name, depth - 1) for part in (parts if depth else ()))
        return next((place for place in found if place is not None), None)

    def _part(self, ours: list[Any], their: Place, word: str, number: int) -> Place | None:
        """Return the part of a union that says the same: the one of its name, or most alike, or in its place where both have as many.

        It is the whole where theirs is one object.
        """
        node = value_at(self.theirs, their)
        parts = node.get(word)
        if not isinstance(parts, list):
            return their if "properties" in node else None
        likeness = [self._alike(ours[number], part) for part in parts]
        best = max(likeness, default=0.0)
        if best >= _ALIKE and likeness.count(best) == 1:
            number = likeness.index(best)
        elif len(parts) != len(ours):
            return None
        return *their, word, number

    def _alike(self, our: Any, their: Any) -> float:
        """Return how alike two schemas are, from 0 to 1: by their members, those without any by their types; equal names count a little."""
        names = {mapping(part).get("$ref") for part in (our, their)}
        left, right = members_of(self.ours, our).keys(), members_of(self.theirs, their).keys()
        if left or right:
            return len(left & right) / len(left | right) + (len(names) == 1 and bool(left & right)) * 0.01
        kinds = [mapping(resolve(document, part)) for document, part in ((self.ours, our), (self.theirs, their))]
        return float(kinds[0].get("type") == kinds[1].get("type"))

    def follow(self, place: Place) -> Place:
        """Follow references of theirs to the place where something else stands."""
        for _ in range(_DEEP):
            node = value_at(self.theirs, place)
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            found = literal(self.theirs, split_pointer(reference))
            if found is None:
                break
            place = found
        return place

    def inside(self, place: Place, key: str | int) -> Place:
        """Follow unions of theirs with one part, and maybe null, to what has the member `key`, or as far as they lead."""
        for _ in range(_DEEP):
            node = value_at(self.theirs, place)
            part = _only_part(node) if isinstance(node, dict) and key not in node else None
            if part is None:
                break
            place = self.follow((*place, *part))
        return place


def _only_part(node: dict[str, Any]) -> Place | None:
    for word in _UNIONS if "properties" not in node else ():
        parts = node.get(word) or []
        left = [number for number, part in enumerate(parts) if part != {"type": "null"}]
        if len(left) == 1 and len(parts) == (1 if word == "allOf" else 2):
            return word, left[0]
    return None


def is_component(place: Place) -> bool:
    """Tell whether a place is that of a component itself."""
    return place[:1] == ("components",) and len(place) == 3


def literal(document: Any, steps: list[str]) -> Place | None:
    """Return the steps of a pointer as a place of a document, None where nothing is there."""
    place: list[str | int] = []
    for step in steps:
        key: Any = int(step) if isinstance(document, list) and step.isdecimal() else step
        try:
            document = document[key]
        except (LookupError, TypeError):
            return None
        place.append(key)
    return tuple(place)


def same_status(status: str, others: list[str]) -> str | None:
    """Return which of some statuses says the same: itself, or the first of its range, or the range it is in."""
    upper = status.upper()
    if status in others:
        return status
    alike = [
        other for other in others if other[:1] == upper[:1] and (upper.endswith("XX") or other.upper().endswith("XX"))
    ]
    if not alike and upper[:1] == "2":
        alike = [other for other in others if other[:1] == "2"]
    return min(alike, default=None)


def same_media(media: str, others: list[str]) -> str | None:
    """Return which of some media types says the same: itself, one of JSON for one of JSON, or the only one."""
    if media in others:
        return media
    alike = [other for other in others if ("json" in other) == ("json" in media)]
    return alike[0] if len(alike) == 1 else None


def _named(parameter: dict[str, Any], path: str) -> tuple[str, Any]:
    """Return by what a parameter is the same: its place and name; one of the path by its position, if the path has it."""
    place, name = str(parameter.get("in")), str(parameter.get("name"))
    order = re.findall(r"\{([^{}]*)\}", path)
    if place == "path":
        return place, order.index(name) if name in order else name
    return place, name.lower() if place == "header" else name


def _same_item(item: Any, others: list[Any], place: Place) -> Place | None:
    """Return the place of the item of a list that is the same: an equal one, a requirement of the same schemes, or a thing of the same name."""
    for number, other in enumerate(others):
        if item == other:
            return (*place, number)
    if isinstance(item, dict):
        for key in ("name", "url", "$ref"):
            for number, other in enumerate(others):
                if key in item and isinstance(other, dict) and other.get(key) == item[key]:
                    return (*place, number)
        if place[-1:] == ("security",):
            for number, other in enumerate(others):
                if set(mapping(other)) <= set(item) or set(item) <= set(mapping(other)):
                    return (*place, number)
    return None
