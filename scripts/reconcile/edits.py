"""What an overlay action did to the transcription, in its smallest parts, and whether the vendor's file needs each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scripts.common.document import METHODS, mapping, resolve, resolve_pointer
from scripts.common.jsonpath import Place, value_at
from scripts.spec.steps import GONE, Touch

Kind = Literal["set", "remove", "append", "drop"]
State = Literal["has", "lacks", "differs"]
_MISSING: Any = object()
# What is written for people; it corrects no call.
WORDS = frozenset(
    {"title", "summary", "description", "tags", "example", "examples", "externalDocs", "$comment", "contact"}
)
# How sure the transcription was of what its page says, which the vendor's own file needs not, and what names.yaml says.
DOUBTS = frozenset({"x-client-method", "x-provenance", "x-confidence", "x-undocumented", "x-expected"})


@dataclass(frozen=True)
class Edit:
    """Hold one change: of the member `key` of `holder`, a place of ours, or of an item of the list at `holder`.

    `old` is `_MISSING` for what was not there before.
    """

    kind: Kind
    holder: Place
    key: str | int
    old: Any
    new: Any

    @property
    def is_words(self) -> bool:
        """It changes only what people read, or how sure we said to be."""
        return (
            self.key in WORDS
            or str(self.key).startswith("x-")
            or any(step in ("examples",) for step in self.holder[-2:])
        )

    @property
    def is_presence(self) -> bool:
        """It makes or takes an operation, a path or a component: the vendor's file says which there are; a component goes where it is referred to."""
        components = (
            self.holder[:1] == ("components",) and len(self.holder) < 3 and self.holder[1:] != ("securitySchemes",)
        )
        return components or self.holder == ("paths",) or (self.holder[:1] == ("paths",) and self.key in METHODS)


def edits_of(touches: Iterable[Touch], before: dict[str, Any], after: dict[str, Any]) -> list[Edit]:
    """List the changes at the places that an action touched, each once; of a list of plain values what came and what went."""
    found: list[Edit] = []
    done: set[Place] = set()
    for touch in touches:
        place = touch.place
        while place and isinstance(place[-1], int) and not isinstance(touch.before, dict | list):
            place, touch = place[:-1], Touch(place[:-1], value_at(before, place[:-1]), value_at(after, place[:-1]))
        if place in done:
            continue
        done.add(place)
        if not place:
            found += _between(touch.before, touch.after, ())
        elif touch.after is GONE:
            kind: Kind = "drop" if isinstance(place[-1], int) else "remove"
            found.append(Edit(kind, place[:-1], place[-1], touch.before, None))
        else:
            found += _changed(touch.before, touch.after, place[:-1], place[-1])
    return [edit for edit in found if (DOUBTS | {"x-evidence-ids"}).isdisjoint((edit.key, *edit.holder))]


def _changed(before: Any, after: Any, holder: Place, key: str | int) -> Iterator[Edit]:
    if isinstance(before, dict | list) and type(before) is type(after) and key != "type":
        yield from _between(before, after, (*holder, key))
    elif before != after:
        yield Edit("set", holder, key, before, after)


def _between(before: Any, after: Any, place: Place) -> Iterator[Edit]:
    if isinstance(before, dict):
        for key in before.keys() | after.keys():
            if key not in after:
                yield Edit("remove", place, key, before[key], None)
            elif key not in before:
                yield Edit("set", place, key, _MISSING, after[key])
            else:
                yield from _changed(before[key], after[key], place, key)
    else:
        yield from (Edit("append", place, -1, _MISSING, item) for item in after if item not in before)
        yield from (Edit("drop", place, -1, item, None) for item in before if item not in after)


def type_for(edit: Edit, current: Any) -> Any:
    """Return the type that a schema of the file has after an edit of ours: without what went, with what came."""
    if edit.key != "type" or edit.kind != "set" or edit.old is _MISSING or not isinstance(current, str | list):
        return edit.new
    left = [kind for kind in _listed(current) if kind not in _types(edit.old) - _types(edit.new)]
    made = [*(kind for kind in _listed(edit.new) if kind not in _types(edit.old) | set(left)), *left]
    made.sort(key=lambda kind: kind == "null")
    return made if len(made) > 1 else made[0]


def _listed(kinds: Any) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []


def _types(kinds: Any) -> set[str]:
    return set(_listed(kinds))


class Judge:
    """Compare what an action wants with what the vendor's file says, references of both followed and words for people left out."""

    def __init__(
        self, before: dict[str, Any], after: dict[str, Any], final: dict[str, Any], theirs: dict[str, Any]
    ) -> None:
        self._before, self._ours, self._final, self._theirs = before, after, final, theirs

    def state(self, edit: Edit, holder: Place) -> State:
        """Say whether the file has the change already at `holder`, lacks it, or says something else there."""
        node = value_at(self._theirs, holder)
        if edit.key == "$ref":  # the file may say the same inline
            if self._same({"$ref": edit.new}, node):
                return "has"
            return "lacks" if self._was({"$ref": edit.old}, node) or self._was({"$ref": edit.new}, node) else "differs"
        if edit.kind in ("append", "drop"):
            item = edit.new if edit.kind == "append" else edit.old
            there = isinstance(node, list) and any(self.is_item(item, other) for other in node)
            return "has" if there == (edit.kind == "append") else "lacks"
        current = node.get(edit.key, _MISSING) if isinstance(node, dict) else _MISSING
        if edit.key == "type" and edit.kind == "set" and isinstance(current, str | list) and edit.old is not _MISSING:
            gone, come = _types(edit.old) - _types(edit.new), _types(edit.new) - _types(edit.old)
            if come <= _types(current) and not gone & _types(current):
                return "has"
            return "lacks" if gone <= _types(current) else "differs"
        if edit.kind == "remove":
            again = self._at_last(edit)
            if current is _MISSING or again is not _MISSING:  # what a later action writes again is that one's matter
                stays = current is _MISSING or not self._was(edit.old, current)
                return "has" if stays or plain(self._final, again) == plain(self._theirs, current) else "lacks"
            return "lacks" if self._was(edit.old, current) else "differs"
        if current is _MISSING:
            return "lacks"
        if self._same(edit.new, current) or edit.old is _MISSING:
            return "has"  # what the page left out, the vendor's file says itself
        if edit.is_words:
            return "lacks" if edit.old == current else "has"  # the file has words of its own
        return "lacks" if self._was(edit.old, current) else "differs"

    def _at_last(self, edit: Edit) -> Any:
        try:
            return value_at(self._final, edit.holder).get(edit.key, _MISSING)
        except (LookupError, AttributeError, TypeError):
            return _MISSING

    def is_item(self, our: Any, their: Any) -> bool:
        """Tell whether an item of a list of theirs is one of ours: a parameter by its place and name, a thing by its name, anything else by all of it."""
        wanted, found = (
            resolve(document, item) if isinstance(item, dict) else item
            for document, item in ((self._ours, our), (self._theirs, their))
        )
        if (
            isinstance(wanted, dict)
            and isinstance(found, dict)
            and ("in" in wanted or {"name"} <= wanted.keys() & found.keys())
        ):
            return (wanted.get("in"), wanted.get("name")) == (found.get("in"), found.get("name"))
        return self._same(our, their)

    def _was(self, old: Any, their: Any) -> bool:
        return within(plain(self._theirs, their), plain(self._before, old))

    def _same(self, our: Any, their: Any) -> bool:
        return bool(plain(self._ours, our) == plain(self._theirs, their))


def within(their: Any, our: Any) -> bool:
    """Tell whether what the file says of a part, both plain, is all ours; an empty schema says nothing, a type without null nothing of null."""
    if their in ({}, our):
        return True
    if not isinstance(their, dict) or not isinstance(our, dict) or not their.keys() <= our.keys():
        return False
    return all(
        within(value, our[key]) or (key == "type" and isinstance(value, str) and {value} == _types(our[key]) - {"null"})
        for key, value in their.items()
    )


def plain(document: dict[str, Any], node: Any, depth: int = 6, *, named: bool = False) -> Any:
    """Return a value without words for people and extensions, local references followed a few levels, lists of names sorted."""
    if isinstance(node, list):
        items = [plain(document, item, depth) for item in node]
        return sorted(items, key=str) if all(isinstance(item, str) for item in items) else items
    if isinstance(node, str) and node.startswith("#/components/"):
        try:
            return plain(document, resolve_pointer(document, node), depth - 1) if depth else {}
        except LookupError:
            return node
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return plain(document, resolve(document, node), depth - 1) if depth else {}
    made = {
        key: plain(document, value, depth, named=key == "properties" and not named)
        for key, value in mapping(node).items()
        if named or not (key in WORDS or str(key).startswith("x-"))
    }
    return made if named else _one_form(made)


def _one_form(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in one of the ways to write it: the parts of `allOf` as one, and what may be null by its type."""
    parts = schema.get("allOf")
    if isinstance(parts, list) and all(
        isinstance(part, dict) and not {"oneOf", "anyOf"} & part.keys() for part in parts
    ):
        own = {key: value for key, value in schema.items() if key != "allOf"}
        schema = {}
        for part in (*parts, own):
            members = {**schema.get("properties", {}), **part.get("properties", {})}
            demanded = sorted({*schema.get("required", []), *part.get("required", [])}, key=str)
            schema |= part | ({"properties": members} if members else {}) | ({"required": demanded} if demanded else {})
    for word in ("anyOf", "oneOf"):
        parts = schema.get(word)
        left = [part for part in parts if part != {"type": "null"}] if isinstance(parts, list) else []
        if len(left) == 1 < len(parts or []) and isinstance(left[0], dict) and "type" in left[0]:
            rest = {key: value for key, value in schema.items() if key != word}
            schema = {**left[0], **rest, "type": sorted({*_listed(left[0]["type"]), "null"})}
    return schema
