"""What an overlay action did to the transcription, in its smallest parts, and whether the vendor's file needs each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scripts.common.document import METHODS, mapping, resolve, resolve_pointer
from scripts.common.jsonpath import Place, value_at
from scripts.spec.steps import GONE, Touch

Kind = Literal["set", "remove", "append", "drop"]
State = Literal["has", "lacks", "differs"]
_MISSING: Any = object()
# What is written for people; it corrects no call.
WORDS = frozenset({"title", "summary", "description", "example", "examples", "externalDocs", "$comment", "contact"})
# What says how sure the transcription was of what its page says; the vendor's own file needs none of it.
_DOUBTS = frozenset({"x-provenance", "x-confidence", "x-undocumented", "x-expected", "x-evidence-ids"})


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

    @property
    def is_doubt(self) -> bool:
        return self.key in _DOUBTS or any(step in _DOUBTS for step in self.holder)


def edits_of(touch: Touch) -> list[Edit]:
    """List the changes at one place that an action touched."""
    if not touch.place:
        return [edit for edit in _between(touch.before, touch.after, ()) if not edit.is_doubt]
    holder, key = touch.place[:-1], touch.place[-1]
    if touch.after is GONE:
        found = [Edit("drop" if isinstance(key, int) else "remove", holder, key, touch.before, None)]
    else:
        found = list(_changed(touch.before, touch.after, holder, key))
    return [edit for edit in found if not edit.is_doubt]


def _changed(before: Any, after: Any, holder: Place, key: str | int) -> Iterator[Edit]:
    if isinstance(before, dict | list) and type(before) is type(after):
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
            if plain(self._theirs, node) == plain(self._ours, {"$ref": edit.new}):
                return "has"
            return "lacks" if plain(self._theirs, node) == plain(self._before, {"$ref": edit.old}) else "differs"
        if edit.kind in ("append", "drop"):
            there = isinstance(node, list) and self._find(edit.new if edit.kind == "append" else edit.old, node)
            return "has" if bool(there) == (edit.kind == "append") else "lacks"
        current = node.get(edit.key, _MISSING) if isinstance(node, dict) else _MISSING
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
        return "lacks" if self._was(edit.old, current) or edit.is_words else "differs"

    def _at_last(self, edit: Edit) -> Any:
        try:
            return value_at(self._final, edit.holder).get(edit.key, _MISSING)
        except (LookupError, AttributeError, TypeError):
            return _MISSING

    def _find(self, item: Any, others: list[Any]) -> bool:
        wanted = resolve(self._ours, item) if isinstance(item, dict) else item
        for other in others:
            found = resolve(self._theirs, other) if isinstance(other, dict) else other
            if isinstance(wanted, dict) and isinstance(found, dict) and "in" in wanted:
                if (wanted.get("in"), wanted.get("name")) == (found.get("in"), found.get("name")):
                    return True
            elif isinstance(wanted, dict) and isinstance(found, dict) and {"name"} <= wanted.keys() & found.keys():
                if wanted["name"] == found["name"]:
                    return True
            elif self._same(item, other):
                return True
        return False

    def _was(self, old: Any, their: Any) -> bool:
        return bool(plain(self._before, old) == plain(self._theirs, their))

    def _same(self, our: Any, their: Any) -> bool:
        return bool(plain(self._ours, our) == plain(self._theirs, their))


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
    return {
        key: plain(document, value, depth, named=key == "properties" and not named)
        for key, value in mapping(node).items()
        if named or not (key in WORDS or str(key).startswith("x-"))
    }
