"""Everything that replacing a transcription by the vendor's file changes, worked out before a file is written."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.carry import NAME, carried, carried_schemas, make_overlay
from scripts.reconcile.known_names import lost_classes, name_operations, name_schemas
from scripts.reconcile.match import Matching, match_operations
from scripts.reconcile.moves import Move, Mover
from scripts.reconcile.operation import read_operations
from scripts.reconcile.overlay_files import rewrite
from scripts.reconcile.records import make_grades, make_ledger, number_of
from scripts.reconcile.twins import Twins
from scripts.reconcile.verdict import Verdict, judge
from scripts.spec.bundle import bundle
from scripts.spec.grades import dump_grades, load_grades
from scripts.spec.names import Names, dump_names, put_names
from scripts.spec.normalise import normalise
from scripts.spec.overlay import Action, apply_overlay, read_overlays
from scripts.spec.provenance import Provenance, read_provenance
from scripts.spec.steps import Step, run_steps
from scripts.spec.structure import check_structure
from scripts.spec.upgrade import upgrade


@dataclass
class Plan:
    """Hold what was found out, the new text of each file (None: it goes), and what a person must still look at."""

    vendor: Vendor
    record: Provenance
    matching: Matching
    verdicts: list[Verdict]
    moves: list[Move]
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
    source = upgrade(
        bundle(vendor.source, name=vendor.show(vendor.source), number_keys=True), where=vendor.show(vendor.source)
    )
    written = bundle(transcription, name=vendor.show(transcription))
    steps = list(_steps(written, _actions(vendor, vendor.transcribed / "overlays")))
    ours = normalise(steps[-1][2] if steps else written)
    matching = match_operations(read_operations(ours), read_operations(source))
    plan = Plan(vendor, record, matching, [judge(match) for match in matching.matches], [])
    pairs = {match.before.operation_id: (match.after.path, match.after.method.lower()) for match in matching.matches}
    mover = Mover(source, ours, pairs)
    _move(plan, mover, steps)
    _complete(plan, mover, ours, source)
    return plan


def _actions(vendor: Vendor, folder: Path) -> list[Action]:
    files = sorted(path for path in folder.glob("[0-9][0-9]-*.yaml") if path.name != NAME)
    # Named as in overlays/, wherever they are kept.
    return list(read_overlays(files, [vendor.show(vendor.overlay_folder / path.name) for path in files]))


def _steps(
    document: dict[str, Any], actions: Iterable[Action]
) -> Iterable[tuple[Step, dict[str, Any], dict[str, Any]]]:
    for action in actions:
        before = document
        (step,), document = run_steps(before, [action])
        yield step, before, document


def _move(plan: Plan, mover: Mover, steps: list[tuple[Step, dict[str, Any], dict[str, Any]]]) -> None:
    """Decide on every action there is; one that was not made for the transcription stays if it applies."""
    made = {(step.action.file, repr(step.action.body)): (step, before, after) for step, before, after in steps}
    for action in _actions(plan.vendor, plan.vendor.overlay_folder):
        found = made.get((action.file, repr(action.body)))
        if found:
            step, before, after = found
            move = mover.decide(Step(action, step.status, step.touches, step.error), before, after)
        else:
            move = _as_it_stands(mover, action)
        plan.moves.append(move)
        plan.doubts += move.doubts


def _as_it_stands(mover: Mover, action: Action) -> Move:
    try:
        mover.theirs, _ = apply_overlay(mover.theirs, [action])
    except PipelineError as problem:
        if "the source already says so" in problem.found:
            return Move(action, "dropped", reason="the file says it itself")
        return Move(action, "kept", doubts=(f"{action.where}: {problem.found}. {problem.todo}",))
    return Move(action, "kept")


def _complete(plan: Plan, mover: Mover, ours: dict[str, Any], source: dict[str, Any]) -> None:
    """Carry over, name, grade and record, on the vendor's file as the overlays leave it."""
    vendor, record = plan.vendor, plan.record
    number, page = number_of(vendor, record)
    actions = carried(Twins(ours, mover.theirs, mover.pairs), number=number)
    overlay = make_overlay(actions, slug=vendor.slug, today=str(record.retrieved))
    path = vendor.overlay_folder / NAME
    plan.files[path] = dump_yaml(overlay) if actions else None
    made = [Action(NAME, place, body["target"], (number,), "", "", body) for place, body in enumerate(actions, start=1)]
    theirs = normalise(apply_overlay(mover.theirs, made)[0])
    faults = check_structure(theirs)
    own = check_structure(normalise(source)) if faults else []
    plan.doubts += [f"overlays make the spec invalid: {fault}" for fault in faults if fault not in own]
    calls = name_operations(ours, theirs, plan.matching.matches)
    named = copy.deepcopy(theirs)
    plan.doubts += put_names(named, Names({**calls}))
    schemas = name_schemas(Twins(ours, named, mover.pairs), carried_schemas(actions))
    plan.names = Names({**calls}, schemas)
    named = copy.deepcopy(theirs)
    plan.doubts += put_names(named, plan.names)
    gone = {single.operation.key for single in plan.matching.only_before}
    plan.doubts += [
        f"the class {name} has no counterpart in the file: users who import it lose it"
        for name in lost_classes(ours, named, gone)
    ]
    plan.files[vendor.names] = dump_names(plan.names, slug=vendor.slug)
    grades = make_grades(plan.verdicts, theirs, load_grades(vendor.grades, name=vendor.show(vendor.grades)))
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
