"""Apply Overlay 1.1 documents, strictly.

By the standard: actions in order; `update` and `copy` merge recursively, arrays append, primitives replace; `copy` has exactly one source;
`remove: false` removes nothing. Stricter here: an action that matches nothing, changes nothing, mixes kinds of targets or merges what
does not fit is an error, each name of a union or alternative of a filter must match and change
something, and every action names the inconsistency it treats and its evidence.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.common.jsonpath import Place, find_places, show_place, split_query, value_at
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml

_INFO = ("title", "version")
_VERSION = re.compile(r"1\.[01]\.\d+")  # the standard: a patch number makes no difference
_ROOT = {"overlay", "info", "extends", "actions"}
_MEMBERS = {"target", "description", "update", "remove", "copy"}
_OURS = {"x-id", "x-evidence", "x-expect", "x-until", "x-confidence"}
_LONGEST = 500  # characters of a target in a message
_SHOWN = 80  # characters of a value in a message
_KINDS: dict[type, str] = {dict: "object", list: "array"}


@dataclass(frozen=True)
class Action:
    """Hold one action of an overlay document with the place it stands at."""

    file: str
    number: int
    target: str
    ids: tuple[str, ...]
    description: str
    evidence: str
    body: dict[str, Any] = field(repr=False)

    @property
    def where(self) -> str:
        return f"{self.file}, action {self.number} ({', '.join(self.ids)}), {self.target[:_LONGEST]}"

    def error(self, found: str, todo: str) -> PipelineError:
        return PipelineError(found, where=self.where, todo=todo)


@dataclass(frozen=True)
class Applied:
    """Tell which places one action matched."""

    action: Action
    places: tuple[Place, ...]


def load_actions(path: Path, *, name: str) -> list[Action]:
    """Read one overlay document and check its form.

    Raises:
        PipelineError: not an Overlay 1.x document, or an action lacks `target`, a change, `description`, `x-id` or `x-evidence`.
    """
    document = load_yaml(path, name=name)
    if not isinstance(document, dict) or not _VERSION.fullmatch(str(document.get("overlay"))):
        raise PipelineError(
            "not an Overlay document of version 1.0 or 1.1", where=name, todo="Start it with `overlay: 1.1.0`."
        )
    info = document.get("info")
    if not isinstance(info, dict) or not all(info.get(key) and _kind(info[key]) == "primitive" for key in _INFO):
        raise PipelineError("info.title or info.version is no text", where=name, todo="Add both.")
    if unknown := [key for key in document if key not in _ROOT and not str(key).startswith("x-")]:
        raise PipelineError(
            f"unknown member {unknown[0]!r}", where=name, todo=f"Known members: {', '.join(sorted(_ROOT))}."
        )
    extends = document.get("extends", "")
    if not isinstance(extends, str) or not _is_of(extends, Path(name).parent.name):
        raise PipelineError(
            f"it extends {extends!r}, which is not the spec it is applied to",
            where=name,
            todo=f"Write `extends: ../../specs/{Path(name).parent.name}/openapi.yaml`, or leave it out.",
        )
    raw = document.get("actions")
    if not isinstance(raw, list) or not raw:
        raise PipelineError("it has no actions", where=name, todo="Add an action or delete the file.")
    return [_read_action(item, name, number) for number, item in enumerate(raw, start=1)]


def _is_of(extends: str, vendor: str) -> bool:
    """Tell whether an overlay of overlays/<vendor> extends the spec of that vendor; an address is the vendor's own."""
    return not extends or not vendor or "://" in extends or Path(extends).parent.name == vendor


def _read_action(item: Any, name: str, number: int) -> Action:
    where = f"{name}, action {number}"
    if not isinstance(item, dict) or not isinstance(item.get("target"), str):
        raise PipelineError("the action has no target", where=where, todo="Add a JSONPath under `target`.")
    for member in ("x-id", "x-evidence", "description"):
        if not item.get(member):
            raise PipelineError(
                f"the action has no {member}",
                where=where,
                todo="Say which inconsistency it treats, what was wrong, and what shows it.",
            )
    unknown = sorted(set(item) - _MEMBERS - _OURS)
    if unknown:
        raise PipelineError(
            f"the action has an unknown member {unknown[0]!r}",
            where=where,
            todo=f"Known members: {', '.join(sorted(_MEMBERS | _OURS))}. "
            "Other extensions are refused: a misspelt one of these would be lost.",
        )
    if not isinstance(item.get("remove", False), bool):
        raise PipelineError(f"remove is {item['remove']!r}", where=where, todo="Write true or false, or leave it out.")
    changes = [member for member in ("update", "copy") if member in item] + (["remove"] if item.get("remove") else [])
    if len(changes) != 1 and not (changes == [] and "remove" in item):
        raise PipelineError(
            f"the action has {len(changes)} changes" + (", of which the standard passes over one" if changes else ""),
            where=where,
            todo="Give exactly one of update, copy and `remove: true`.",
        )
    ids = item["x-id"] if isinstance(item["x-id"], list) else [item["x-id"]]
    return Action(
        name, number, item["target"], tuple(map(str, ids)), str(item["description"]), str(item["x-evidence"]), item
    )


def apply_overlay(document: Any, actions: list[Action]) -> tuple[Any, list[Applied]]:
    """Apply the actions to a copy of the document and report what each of them matched.

    Raises:
        PipelineError: an action matches nothing, changes nothing, is stale (`x-expect`), or asks for an impossible merge.
    """
    result = copy.deepcopy(document)
    return result, [Applied(action, tuple(_apply(result, action))) for action in actions]


def _apply(document: Any, action: Action) -> list[Place]:
    places = _matches(document, action)
    named = _named_places(document, action)
    body = action.body
    if "x-expect" in body:
        for place in places:
            found = value_at(document, place)
            if not _same(found, body["x-expect"]):
                raise action.error(
                    f"the overlay is stale: {show_place(place)} is {_show(found)}, not {_show(body['x-expect'])} as x-expect states",
                    "Compare with the vendor's page: drop the action if the vendor corrected it, else update x-expect.",
                )
    if body.get("remove") is True:
        _remove(document, places, action)
        return places
    if "update" not in body and "copy" not in body:  # `remove: false` alone
        raise action.error("the action changes nothing", "Remove the action.")
    change = body["update"] if "update" in body else _copy_source(document, action)
    changed = {place for place in places if _merge_at(document, place, change, action)}
    if not changed:
        raise action.error("the action changes nothing: the source already says so", "Remove the action.")
    for part, own in named:
        if changed.isdisjoint(own):
            raise action.error(f"{part} changes nothing: the source already says so", "Take it out of the target.")
    return places


def _matches(document: Any, action: Action) -> list[Place]:
    try:
        places = find_places(action.target, document)
    except ValueError as problem:
        raise action.error(str(problem), "Correct the target.") from None
    if not places:
        raise action.error(
            "the target matches nothing", "Correct the target, or remove the action if the vendor removed the part."
        )
    kinds = {_kind(value_at(document, place)) for place in places}
    if len(kinds) > 1:
        raise action.error(f"the target mixes {' and '.join(sorted(kinds))}", "Select nodes of one kind.")
    return places


def _named_places(document: Any, action: Action) -> list[tuple[str, list[Place]]]:
    """List what each name of a union and each alternative of a filter matches by itself."""
    named = [(part, find_places(alone, document)) for part, alone in split_query(action.target)]
    for part, own in named:
        if not own:
            raise action.error(f"{part} in the target matches nothing", "Correct it, or take it out of the target.")
    return named


def _copy_source(document: Any, action: Action) -> Any:
    query = action.body["copy"]
    try:
        sources = find_places(str(query), document)
    except ValueError as problem:
        raise action.error(f"copy: {problem}", "Correct `copy`.") from None
    if len(sources) != 1:
        raise action.error(f"copy selects {len(sources)} nodes", "Select exactly one node.")
    return copy.deepcopy(value_at(document, sources[0]))


def _remove(document: Any, places: list[Place], action: Action) -> None:
    if () in places:
        raise action.error("the action removes the whole document", "Select a part of it.")
    # Later items of an array first, and deeper nodes before their parents, so that no place shifts before its turn.
    for place in sorted(places, key=_reverse_order, reverse=True):
        parent = value_at(document, place[:-1])
        del parent[place[-1]]


def _reverse_order(place: Place) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in place]


def _merge_at(document: Any, place: Place, change: Any, action: Action) -> bool:
    current = value_at(document, place)
    before = copy.deepcopy(current)
    merged = _merge(current, copy.deepcopy(change), action, place, top=True)
    if place:
        value_at(document, place[:-1])[place[-1]] = merged
    return not _same(before, merged)


def _merge(current: Any, change: Any, action: Action, place: Place, *, top: bool = False) -> Any:
    if isinstance(current, dict) and isinstance(change, dict):
        for key, value in change.items():
            current[key] = _merge(current[key], value, action, (*place, key)) if key in current else value
        return current
    if isinstance(current, list):
        # At the target an array takes the value as one new item unless it is an array; below it, array meets array.
        if isinstance(change, list):
            current.extend(change)
        elif top:
            current.append(change)
        else:
            raise action.error(
                f"{show_place(place)} is an array and the update a {_kind(change)}", "Write the update as an array."
            )
        return current
    if _kind(current) == "primitive" and _kind(change) == "primitive":
        return change
    raise action.error(
        f"{show_place(place)} is {_article(current)} and the update {_article(change)}",
        "Remove it first, then add the new value.",
    )


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _same(left: Any, right: Any) -> bool:
    """Compare as JSON: true is not 1, and the order of members counts for nothing."""
    if type(left) is not type(right) and not (_number(left) and _number(right)):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "primitive")


def _article(value: Any) -> str:
    return {"object": "an object", "array": "an array", "primitive": "a primitive value"}[_kind(value)]


def read_overlays(paths: list[Path], names: list[str]) -> Iterator[Action]:
    """Yield the actions of several overlay documents in the order they are applied."""
    for path, name in zip(paths, names, strict=True):
        yield from load_actions(path, name=name)
