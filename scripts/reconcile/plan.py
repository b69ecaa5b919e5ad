"""Everything that replacing a transcription by the vendor's file changes, worked out before a file is written."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scripts.common.document import mapping, operations
from scripts.common.jsonpath import Place, show_place, value_at
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml
from scripts.generate.derive import find_all
from scripts.reconcile.carry import NAME, carried, carried_schemas, make_overlay
from scripts.reconcile.credentials import match_schemes, with_scheme, with_schemes
from scripts.reconcile.known_names import Classes, lost_classes, name_operations, name_schemas, those_of
from scripts.reconcile.match import Matching, match_operations
from scripts.reconcile.moves import Move, Mover
from scripts.reconcile.operation import read_operations
from scripts.reconcile.overlay_files import rewrite
from scripts.reconcile.records import make_grades, make_ledger, number_of
from scripts.reconcile.twins import Twins
from scripts.spec.bundle import bundle
from scripts.spec.grades import dump_grades, load_grades
from scripts.spec.names import Names, dump_names, load_names, put_names
from scripts.spec.normalise import normalise
from scripts.spec.overlay import Action, Applied, apply_overlay, read_overlays
from scripts.spec.provenance import Provenance, check_hashes, read_provenance
from scripts.spec.shapes import Fault, find_misshapen
from scripts.spec.steps import GONE, Step, Touch, walk_steps
from scripts.spec.upgrade import upgrade

_Done = tuple[Step, dict[str, Any], dict[str, Any]]  # of an action: what it did, the transcription before and after


@dataclass
class Plan:
    """Hold what was found out, the new text of each file (None: it goes), and what a person must still look at."""

    vendor: Vendor
    record: Provenance
    matching: Matching
    moves: list[Move] = field(default_factory=list)
    files: dict[Path, str | None] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    doubts: list[str] = field(default_factory=list)

    def changed(self) -> dict[Path, str | None]:
        """Return the files that are not as they should be."""
        return {
            path: text
            for path, text in self.files.items()
            if text != (path.read_text("utf-8") if path.is_file() else None)
        }


def make_plan(vendor: Vendor) -> Plan:
    """Compare the transcription, as its overlays corrected it, with the vendor's file, and work out what changes.

    Raises:
        PipelineError: the source is not downloaded, there is no transcription, or a file is broken.
    """
    record = read_provenance(vendor)
    if record.kind != "downloaded":
        found, todo = f"the source is {record.kind}, not downloaded", f"Run nox -s fetch -- {vendor.slug} first."
        raise PipelineError(found, where=vendor.show(vendor.provenance), todo=todo)
    transcription = vendor.transcribed / vendor.source.name
    if not transcription.is_file():
        found, where = "there is no transcription to compare with", vendor.show(transcription)
        raise PipelineError(found, where=where, todo="Restore it from the history.")
    if wrong := check_hashes(vendor):
        todo = f"Restore it with git or nox -s fetch -- {vendor.slug}."
        raise PipelineError(wrong[0], where=vendor.show(vendor.source), todo=todo, others=wrong[1:])
    source = upgrade(
        bundle(vendor.source, name=vendor.show(vendor.source), number_keys=True), where=vendor.show(vendor.source)
    )
    written = bundle(transcription, name=vendor.show(transcription))
    steps = list(walk_steps(written, _actions(vendor, vendor.transcribed / "overlays")))
    ours = normalise(steps[-1][2] if steps else written)
    matching = match_operations(read_operations(ours), read_operations(source))
    fewest = min(len(operations(ours)), len(operations(source)))
    if len(matching.matches) < fewest / 4:
        found = f"only {len(matching.matches)} of {len(operations(ours))} operations are in the vendor's file"
        todo = f"It looks like the file of another API: restore specs/{vendor.slug} with git, and fetch the right one."
        raise PipelineError(found, where=vendor.show(vendor.source), todo=todo)
    plan = Plan(vendor, record, matching)
    _complete(plan, *_settled(plan, source, ours, steps))
    return plan


def _actions(vendor: Vendor, folder: Path) -> list[Action]:
    files = sorted(path for path in folder.glob("[0-9][0-9]-*.yaml") if path.name != NAME)
    # Named as in overlays/, wherever they are kept.
    return list(read_overlays(files, [vendor.show(vendor.overlay_folder / path.name) for path in files]))


@dataclass
class _Draft:
    """Hold what is left out since it would make the result invalid: actions, and (place, member) of what is carried over, each with the fault."""

    without: dict[tuple[str, int], str] = field(default_factory=dict)
    barred: dict[tuple[Place, str], str] = field(default_factory=dict)


def _settled(
    plan: Plan, source: dict[str, Any], ours: dict[str, Any], steps: list[_Done]
) -> tuple[Classes, dict[str, Any], list[dict[str, Any]]]:
    """Decide on every action and complete the file, without what would make the result invalid; return our classes, the result and what is carried over."""
    pairs = {m.before.operation_id: (m.after.path, m.after.method.lower()) for m in plan.matching.matches}
    schemes = match_schemes(Twins(ours, source, pairs))
    ours, steps = with_schemes(ours, schemes), [_with_schemes(done, schemes) for done in steps]
    draft, classes, own = _Draft(), Classes(ours), None
    while True:
        mover = Mover(source, ours, pairs)
        plan.moves = _moves(plan.vendor, mover, steps, draft.without)
        number = number_of(plan.vendor, plan.record)[0]
        actions = carried(Twins(ours, mover.theirs, pairs), schemes, number=number, barred=draft.barred)
        made = [Action(NAME, place, body["target"], (), "", "", body) for place, body in enumerate(actions, start=1)]
        theirs, applied = apply_overlay(mover.theirs, made)
        if wrong := [str(fault) for fault in find_misshapen(theirs)]:
            todo = "Correct it with an overlay action, then run it again."
            raise PipelineError(wrong[0], where=plan.vendor.show(plan.vendor.source), todo=todo, others=wrong[1:])
        known = those_of(load_names(plan.vendor), theirs)
        calls = {**name_operations(ours, theirs, plan.matching.matches), **known.operations}
        named = copy.deepcopy(theirs)
        put_names(named, Names(calls))
        schemas = name_schemas(Twins(ours, named, pairs), classes, carried_schemas(actions))
        plan.names = Names(calls, {**schemas, **known.schemas})
        named = copy.deepcopy(theirs)
        wrong = put_names(named, plan.names)
        named = normalise(named)
        faults = find_all(named, own or ())
        if faults and own is None:  # those of the file itself are not ours to mend
            whole = normalise(copy.deepcopy(source))
            own = {str(fault) for fault in find_all(whole)}
            if own:
                own |= {str(fault) for fault in find_all(whole, own)}
                faults = find_all(named, own)
        if not (_barred(faults, applied, draft) or _spoiler(faults, plan.moves, draft)):
            break
    plan.doubts += [doubt for move in plan.moves for doubt in move.doubts] + wrong
    plan.doubts += [f"the spec is not valid: {fault}" for fault in faults]
    grouped: dict[str, list[str]] = {}
    for (place, member), fault in draft.barred.items():
        grouped.setdefault(f"{member} is not carried over: {fault}", []).append(show_place(place))
    plan.doubts += [f"{why}, at {', '.join(places)}" for why, places in grouped.items()]
    return classes, theirs, actions


def _with_schemes(done: _Done, names: Mapping[str, str]) -> _Done:
    """Return what an action did, with the file's names of security schemes."""
    step, before, after = done[0], with_schemes(done[1], names), with_schemes(done[2], names)
    touches = []
    for touch in step.touches:
        place = with_scheme(touch.place, names)
        touches.append(Touch(place, value_at(before, place), GONE if touch.after is GONE else value_at(after, place)))
    return replace(step, touches=tuple(touches)), before, after


def _barred(faults: list[Fault], applied: list[Applied], draft: _Draft) -> bool:
    """Bar what is carried over to the places of faults; return whether anything is."""
    found = {
        (place, key): fault.message
        for fault in faults
        for one in applied
        for place in filter(None, one.places)
        for key in mapping(one.action.body.get("update"))
        if fault.place[: len(place) + 1] == (*place, key)
    }
    draft.barred |= found
    return bool(found)


def _spoiler(faults: list[Fault], moves: list[Move], draft: _Draft) -> bool:
    """Leave out the last of the actions that touch the place of a fault most nearly; return whether there is one."""
    for fault in filter(lambda one: one.place, faults):
        near = [
            (len(place), number)
            for number, move in enumerate(moves)
            for place in move.places
            if fault.place[: len(place)] == place or place[: len(fault.place)] == fault.place
        ]
        if near:
            action = moves[max(near)[1]].action
            draft.without[action.file, action.number] = str(fault)
            return True
    return False


def _moves(vendor: Vendor, mover: Mover, steps: list[_Done], without: Mapping[tuple[str, int], str]) -> list[Move]:
    """Decide on every action there is; one that was not made for the transcription stays if it applies."""
    made = {(step.action.file, repr(step.action.body)): (step, before, after) for step, before, after in steps}
    moves = []
    for action in _actions(vendor, vendor.overlay_folder):
        found = made.get((action.file, repr(action.body)))
        if fault := without.get((action.file, action.number)):
            line = f"{action.where}: it goes, since with it the spec is not valid: {fault}"
            moves.append(Move(action, "dropped", reason="the file has no valid place for it", doubts=(line,)))
        elif found:
            step, before, after = found
            moves.append(mover.decide(Step(action, step.status, step.touches, step.error), before, after))
        else:
            moves.append(mover.keep(action))
    return moves


def _complete(plan: Plan, ours: Classes, theirs: dict[str, Any], actions: list[dict[str, Any]]) -> None:
    """Write overlays, names, grades and records, and list what is left to a person."""
    vendor, record = plan.vendor, plan.record
    number, page = number_of(vendor, record)
    overlay = make_overlay(actions, slug=vendor.slug, today=str(record.retrieved))
    plan.files[vendor.overlay_folder / NAME] = dump_yaml(overlay) if actions else None
    named = copy.deepcopy(theirs)
    put_names(named, plan.names)
    gone = {single.operation.key for single in plan.matching.only_before}
    made = Classes(named)
    plan.doubts += [
        f"{place} is read as a class of its own: {name} is shaped otherwise" for place, name in made.apart().items()
    ]
    if lost := lost_classes(ours, made, gone):
        plan.doubts.append(
            f"classes without a counterpart in the file, users who import them lose them: {', '.join(lost)}"
        )
    plan.files[vendor.names] = dump_names(plan.names, slug=vendor.slug)
    grades = make_grades(plan.matching.matches, theirs, load_grades(vendor.grades, name=vendor.show(vendor.grades)))
    plan.files[vendor.grades] = dump_grades(grades, slug=vendor.slug) if grades else None
    plan.files |= rewrite(vendor, plan.moves)
    _record(plan, theirs, number if actions else "", page if actions else None)


def _record(plan: Plan, theirs: dict[str, Any], number: str, page: str | None) -> None:
    treated = {number for move in plan.moves if move.fate != "dropped" for number in move.action.ids} | {number}
    dropped = {number: move.reason for move in plan.moves if move.fate == "dropped" for number in move.action.ids}
    before = {number for move in _actions(plan.vendor, plan.vendor.transcribed / "overlays") for number in move.ids}
    dropped |= dict.fromkeys(before - dropped.keys(), "the file says it itself")
    ledger = make_ledger(plan.vendor, theirs, treated, dropped, plan.record)
    if ledger is not None:
        plan.files[plan.vendor.ledger] = ledger
    if page is not None:
        plan.files[plan.vendor.evidence] = page
    plan.doubts += [
        f"{single.operation.key} is only in the transcription{_alike(single.candidates)}"
        for single in plan.matching.only_before
    ]
    plan.doubts += [
        f"{match.before.key} was matched with {match.after.key} by likeness only"
        for match in plan.matching.matches
        if match.by == "likeness"
    ]


def _alike(candidates: Iterable[tuple[Any, float]]) -> str:
    names = ", ".join(other.key for other, _ in candidates)
    return f"; it resembles {names}" if names else ""
