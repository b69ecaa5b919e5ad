"""What becomes of each overlay action: kept as it is, kept at other places of the vendor's file, or dropped since the file needs it no more."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from scripts.common.document import join_pointer, resolve
from scripts.common.jsonpath import Place, quoted, show_place, value_at, write_query
from scripts.common.problems import PipelineError
from scripts.reconcile.edits import Edit, Judge, edits_of, type_for
from scripts.reconcile.twins import Twins, is_component, same_media, same_status
from scripts.spec.overlay import Action
from scripts.spec.steps import Step, apply_in_place, copied

Fate = Literal["kept", "moved", "dropped"]


@dataclass(frozen=True)
class Move:
    """Hold the fate of one action: the actions that take its place, why, what a person must look at, and the places it touches."""

    action: Action
    fate: Fate
    actions: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    doubts: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass
class Mover:
    """Decide action after action, on the vendor's file as the actions before left it."""

    theirs: dict[str, Any]
    final: dict[str, Any]  # the transcription as all its overlays leave it
    pairs: Mapping[str, tuple[str, str]]

    def decide(self, step: Step, ours: dict[str, Any], after: dict[str, Any]) -> Move:
        """Return what becomes of an action that turned `ours` into `after`, and apply what is left of it."""
        twins, judge = Twins(ours, self.theirs, self.pairs), Judge(ours, after, self.final, self.theirs)
        due: dict[Place, list[Edit]] = {}
        differing: dict[str, list[Place]] = {}
        found = 0
        all_edits = edits_of(step.touches, ours, after)
        only_words = all(edit.is_words for edit in all_edits)
        words: list[tuple[Place, Edit]] = []
        placeless: list[str] = []
        for edit in all_edits:
            if edit.is_presence:
                continue
            for holder in [twins.inside(holder, edit.key) for holder in twins.of(edit.holder)]:
                found += 1
                own, lost = without_placeless(in_their_words(edit, holder, self.theirs), holder, after)
                placeless += lost
                if lost and not own.new:
                    continue
                state = judge.state(own, holder)
                if state == "differs" and not own.is_words:
                    differing.setdefault(str(own.key), []).append(holder)
                elif state == "lacks" and (not own.is_words or only_words):
                    due.setdefault(holder, []).append(own)
                elif state == "lacks":
                    words.append((holder, own))
        for holder, edit in words:
            if any(holder[: len(place)] == place or place[: len(holder)] == holder for place in due):
                due.setdefault(holder, []).append(edit)
        doubts = [
            f"{step.action.where}: of {key} the file says something else, neither as it was nor as it was corrected, at "
            f"{show_place(places[0])}{f' and {len(places) - 1} more places' if len(places) > 1 else ''}"
            for key, places in differing.items()
        ] + [f"{step.action.where}: {line}" for line in placeless]
        if not due:
            reason = (
                "; ".join(placeless) or "the file says it itself" if found else "the file has nothing it could be about"
            )
            return Move(step.action, "dropped", reason=reason, doubts=tuple(doubts))
        bodies = self._write(step.action, due, twins, judge, after)
        if not bodies:
            return Move(step.action, "dropped", reason="the file has nothing of it", doubts=tuple(doubts))
        return self._move(step.action, bodies, tuple(doubts))

    def keep(self, action: Action) -> Move:
        """Return what becomes of an action that was not made for the transcription: it stays if it applies."""
        made = copied(self.theirs)
        try:
            places = apply_in_place(made, [action])
        except PipelineError as problem:
            if "the source already says so" in problem.found:
                return Move(action, "dropped", reason="the file says it itself")
            return Move(action, "kept", doubts=(f"{action.where}: {problem.found}. {problem.todo}",))
        self.theirs = made
        return Move(action, "kept", places=places)

    def _move(self, action: Action, bodies: list[dict[str, Any]], doubts: tuple[str, ...]) -> Move:
        made, as_it_is = copied(self.theirs), copied(self.theirs)
        try:
            places = apply_in_place(made, [replace(action, target=body["target"], body=body) for body in bodies])
        except PipelineError as problem:
            line = f"{action.where}: {problem.found}"
            return Move(action, "dropped", reason="it fits nowhere", doubts=(*doubts, line))
        same = False
        with suppress(PipelineError):
            apply_in_place(as_it_is, [action])
            same = as_it_is == made
        self.theirs = made
        return Move(action, "kept" if same else "moved", () if same else tuple(bodies), doubts=doubts, places=places)

    def _write(
        self, action: Action, due: dict[Place, list[Edit]], twins: Twins, judge: Judge, after: dict[str, Any]
    ) -> list[dict[str, Any]]:
        head = {
            key: value
            for key, value in action.body.items()
            if key not in ("target", "update", "remove", "copy", "x-expect", "x-confidence")
        }
        removals: list[tuple[Place, Any]] = []
        updates: dict[Place, Any] = {}
        for holder, edits in due.items():
            for edit in edits:
                if edit.key == "$ref":
                    removals.append((holder, None))
                    referred = {"$ref": edit.new}  # a component itself cannot be a reference to what it may be
                    made = resolve(after, referred) if is_component(holder) else referred
                    updates.setdefault(holder[:-1], {})[holder[-1]] = translated(made, twins)
                elif edit.kind == "remove":
                    removals.append(((*holder, edit.key), None))
                elif edit.kind == "drop":
                    removals += [
                        ((*holder, number), None)
                        for number, item in enumerate(value_at(self.theirs, holder))
                        if judge.is_item(edit.old, item)
                    ]
                elif edit.kind == "append":
                    updates.setdefault(holder, []).append(translated(edit.new, twins))
                else:
                    there = value_at(self.theirs, holder).get(edit.key)
                    made = type_for(edit, there)
                    if there is not None and (isinstance(there, list) or _kind(there) is not _kind(made)):
                        removals.append(((*holder, edit.key), None))
                    updates.setdefault(holder, {})[edit.key] = translated(made, twins)
        bodies = [{"target": write_query(place, self.theirs), **head, "remove": True} for place, _ in removals]
        groups: dict[str, list[Place]] = {}
        for place, update in updates.items():
            groups.setdefault(json.dumps(update, sort_keys=True, default=str), []).append(place)
        for places in groups.values():
            update = updates[places[0]]
            # A list takes one new item as it is, several as a list; an item that is a list itself is one of several.
            for target in queries(places, self.theirs):
                bodies.append({"target": target, **head, "update": copy.deepcopy(update)})
        return bodies


def translated(node: Any, twins: Twins) -> Any:
    """Return a value of ours with its references at components of theirs; one that they lack is carried over under our name."""
    if isinstance(node, list):
        return [translated(item, twins) for item in node]
    if isinstance(node, str) and node.startswith("#/components/"):
        return _reference(node, twins)
    return {key: translated(value, twins) for key, value in node.items()} if isinstance(node, dict) else node


def _reference(reference: str, twins: Twins) -> str:
    found = twins.of(tuple(reference[2:].split("/")))
    return next((join_pointer(place) for place in found if is_component(place)), reference)


def in_their_words(edit: Edit, holder: Place, theirs: dict[str, Any]) -> Edit:
    """Return an edit with statuses, media types and the parameters of its path as the vendor's file has them."""
    same = {"responses": same_status, "content": same_media}.get(str(holder[-1]) if holder else "")
    if same and isinstance(edit.key, str) and edit.kind == "set":
        edit = replace(edit, key=same(edit.key, list(value_at(theirs, holder))) or edit.key)
    if holder[:1] != ("paths",) or edit.holder[:1] != ("paths",):
        return edit
    ours = {our: their for their, our in renamed_parameters(str(edit.holder[1]), str(holder[1])).items()}
    if edit.key == "name" and edit.new in ours:
        return replace(edit, new=ours[edit.new])
    if isinstance(edit.new, list):
        return replace(edit, new=[_renamed(item, ours) for item in edit.new])
    return replace(edit, new=_renamed(edit.new, ours))


def without_placeless(edit: Edit, holder: Place, ours: dict[str, Any]) -> tuple[Edit, list[str]]:
    """Return an edit without the parameters of the path that the vendor's path has no place for, and a line for each of them."""
    if holder[:1] != ("paths",) or "parameters" not in (edit.key, *holder[-1:]):
        return edit, []
    known = re.findall(r"\{([^{}]*)\}", str(holder[1]))
    items = edit.new if isinstance(edit.new, list) else [edit.new]
    lost = [
        found for item in items if (found := resolve(ours, item)).get("in") == "path" and found.get("name") not in known
    ]
    lines = [
        f"the vendor's path {holder[1]} has no place for {part.get('name')}, which calls have given" for part in lost
    ]
    kept = [item for item in items if resolve(ours, item) not in lost]
    return (replace(edit, new=kept if isinstance(edit.new, list) else None) if lost else edit), lines


def _kind(value: Any) -> type:
    return type(value) if isinstance(value, dict | list) else str


def _renamed(item: Any, names: Mapping[str, str]) -> Any:
    is_placed = isinstance(item, dict) and item.get("in") == "path" and item.get("name") in names
    return {**item, "name": names[item["name"]]} if is_placed else item


def renamed_parameters(ours: str, theirs: str) -> dict[str, str]:
    """Return the parameters of their path that have another name in ours, by their position."""
    names = [re.findall(r"\{([^{}]*)\}", path) for path in (theirs, ours)]
    return {their: our for their, our in zip(*names, strict=False) if their != our}


def queries(places: list[Place], document: dict[str, Any]) -> list[str]:
    """Write places as few queries: those that differ in the path of the operation alone share one."""
    groups: dict[Any, list[Place]] = {}
    for place in places:
        shared = place[:1] == ("paths",) and not any(isinstance(step, int) for step in place)
        groups.setdefault(("paths", *place[2:]) if shared else ("", *place), []).append(place)
    found = []
    for first, *others in groups.values():
        query = write_query(first, document)
        if others:
            own, *more = dict.fromkeys(quoted(str(place[1])) for place in (first, *others))
            query = query.replace(own, ", ".join([own, *more]), 1)
        found.append(query)
    return found
