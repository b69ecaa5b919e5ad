"""One vendor as it stands on one side of the comparison: source, effective spec, what each overlay action did, ledger, provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.bundle import bundle
from scripts.spec.effective import is_download, make_effective
from scripts.spec.ledger import Entry, make_ledger
from scripts.spec.normalise import normalise
from scripts.spec.overlay import read_overlays
from scripts.spec.provenance import Provenance, read_provenance
from scripts.spec.steps import Step, run_steps


@dataclass(frozen=True, kw_only=True)
class Side:
    """Hold one vendor on one side; `problems` says why parts of it could not be read."""

    vendor: Vendor
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
        document=document or normalise(stepped),
        text=text,
        steps=steps,
        ledger=entries,
        provenance=provenance,
        problems=[*problems, *faults],
    )
