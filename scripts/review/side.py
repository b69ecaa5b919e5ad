"""One vendor as it stands on one side of the comparison: source, effective spec, what each overlay action did, ledger, provenance."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Literal

from scripts.common.document import operations
from scripts.common.jsonpath import Place, find_places, value_at
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.bundle import bundle
from scripts.spec.effective import is_download, make_effective
from scripts.spec.ledger import Entry, make_ledger
from scripts.spec.normalise import normalise
from scripts.spec.overlay import Action, apply_overlay, read_overlays
from scripts.spec.provenance import Provenance, read_provenance

Status = Literal["applied", "stale", "unnecessary", "unmatched", "broken"]
GONE: Any = object()  # the value at a place that is no more

_WORDS: tuple[tuple[str, Status], ...] = (
    ("the overlay is stale", "stale"),
    ("changes nothing", "unnecessary"),
    ("matches nothing", "unmatched"),
)


@dataclass(frozen=True)
class Touch:
    """Hold what one action did at one place."""

    place: Place
    before: Any
    after: Any


@dataclass(frozen=True)
class Step:
    """Hold what one overlay action did, or why it did nothing."""

    action: Action
    status: Status
    touches: tuple[Touch, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Side:
    """Hold one vendor on one side; `problems` says why parts of it could not be read."""

    vendor: Vendor
    source: dict[str, Any]
    document: dict[str, Any]
    text: str
    steps: list[Step] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    provenance: Provenance | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        return operations(self.document)


def load_side(vendor: Vendor, *, touches: bool = True) -> Side:
    """Read one vendor from its folders, as far as that goes: an overlay that does not apply becomes a problem, not an end.

    Without `touches` the steps of overlays that all apply do not say what each of them changed, which takes its time.

    Raises:
        PipelineError: the source itself, an overlay file or the ledger cannot be read.
    """
    files = vendor.overlays()
    actions = list(read_overlays(files, [vendor.show(path) for path in files]))
    problems: list[str] = []
    try:
        effective = make_effective(vendor)
        source, document, text = effective.source, effective.document, effective.text
    except PipelineError as problem:
        source = bundle(vendor.source, name=vendor.show(vendor.source), number_keys=is_download(vendor))
        document, text = {}, ""
        problems.append(str(problem))
    if touches or not document:
        steps, stepped = run_steps(source, actions)
    else:
        steps, stepped = [Step(action, "applied") for action in actions], document
    problems += [step.error for step in steps if step.status != "applied" and step.error not in problems]
    entries, faults = make_ledger(vendor, actions, document or stepped)
    try:
        provenance: Provenance | None = read_provenance(vendor)
    except PipelineError as problem:
        provenance = None
        problems.append(str(problem))
    return Side(
        vendor=vendor,
        source=source,
        document=document or normalise(stepped),
        text=text,
        steps=steps,
        ledger=entries,
        provenance=provenance,
        problems=[*problems, *faults],
    )


class _Borrowed:
    """Stand for a document that is changed in place: a copy for every action would cost seconds on a large spec."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return self._document


def run_steps(source: dict[str, Any], actions: list[Action]) -> tuple[list[Step], dict[str, Any]]:
    """Apply the actions one by one, passing over those that fail, and keep what each of them found and left."""
    document = copy.deepcopy(source)
    steps: list[Step] = []
    for action in actions:
        before: list[tuple[Place, Any]] = []
        try:
            before = [
                (place, copy.deepcopy(value_at(document, place))) for place in find_places(action.target, document)
            ]
            apply_overlay(_Borrowed(document), [action])
        except (PipelineError, ValueError) as problem:
            _restore(document, before)
            steps.append(Step(action, _status(str(problem)), error=str(problem)))
            continue
        gone = action.body.get("remove") is True
        touches = (
            Touch(place, old, GONE if gone else copy.deepcopy(value_at(document, place))) for place, old in before
        )
        steps.append(Step(action, "applied", tuple(touches)))
    return steps, document


def _restore(document: dict[str, Any], before: list[tuple[Place, Any]]) -> None:
    """Put back what an action changed at its first places before it failed at a later one."""
    for place, old in before:
        if place:
            value_at(document, place[:-1])[place[-1]] = old


def _status(error: str) -> Status:
    for words, status in _WORDS:
        if words in error:
            return status
    return "broken"
