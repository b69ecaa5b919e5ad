"""The ledger accounts for every number of the evidence exactly once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.effective import make_effective
from scripts.spec.ledger import Entry, evidence_numbers, make_ledger, read_reasons


def test_numbers_of_a_page() -> None:
    """Bold numbers count, each once and in their order; a number in running text does not."""
    assert ["A-02", "A-01"] == evidence_numbers(
        "- **A-02** x, see A-09\n- **A-01** y\n- **A-02** again\n**A-1x** **a-03**"
    )


def ledger_of(vendor: Vendor) -> tuple[list[Entry], list[str]]:
    """Return the ledger of a vendor and its faults."""
    effective = make_effective(vendor)
    return make_ledger(vendor, [item.action for item in effective.applied], effective.document)


def test_complete(acme: Vendor) -> None:
    """Each number shows the actions that treat it, or the reason why none does."""
    entries = [
        Entry("A-01", "overlay", "10-types.yaml #1, 10-types.yaml #2"),
        Entry("A-02", "none", "The page contradicts nothing."),
    ]
    assert (entries, []) == ledger_of(acme)


def new_numbers(acme: Vendor) -> None:
    """Number two more inconsistencies, of which an operation names one."""
    acme.evidence.write_text(acme.evidence.read_text() + "- **A-03** New.\n- **A-04** Of another API.\n")
    named(acme, "[A-01, A-02, A-03]")


def named(acme: Vendor, numbers: str) -> None:
    """Have the operation name other numbers."""
    acme.source.write_text(acme.source.read_text().replace("[A-01, A-02]", numbers))


def reason(acme: Vendor, number: str) -> None:
    """Add a reason for a number."""
    acme.ledger.write_text(acme.ledger.read_text() + f"{number}: {{treatment: none, reason: Nothing.}}\n")


def treat_unknown(acme: Vendor) -> None:
    """Have an action treat a number that the evidence lacks."""
    path = acme.overlays()[0]
    path.write_text(path.read_text().replace("x-id: A-01", "x-id: [A-01, A-77]", 1))


LEDGER = "overlays/acme/ledger.yaml"
FAULTS: dict[str, tuple[Callable[[Vendor], object], str]] = {
    "no entry": (new_numbers, f"A-03 has no overlay action and no entry in {LEDGER}: add one of them"),
    "no file": (lambda acme: acme.ledger.unlink(), f"A-02 has no overlay action and no entry in {LEDGER}: add one"),
    "two entries": (lambda acme: reason(acme, "A-01"), f" and also listed in {LEDGER}: keep one"),
    "no operation": (
        lambda acme: named(acme, "[A-01]"),
        f"A-02 stands in {LEDGER}, but no operation names it in x-evi",
    ),
    "unknown to an operation's page": (
        lambda acme: named(acme, "[A-01, A-02, A-77]"),
        "A-77 stands in x-evidence-ids, but the evidence has no such number",
    ),
    "unknown to an action's page": (treat_unknown, "A-77 is treated by overlays/acme/10-types.yaml, action 1 (A-01, A"),
    "unknown to a reason's page": (lambda acme: reason(acme, "A-77"), f"A-77 stands in {LEDGER}, but the evidence has"),
}


@pytest.mark.parametrize(("change", "fault"), FAULTS.values(), ids=FAULTS)
def test_faults(change: Callable[[Vendor], object], fault: str, acme: Vendor) -> None:
    """A number without an entry, with two, of no operation, or unknown to the evidence is one fault that names it."""
    change(acme)
    assert [True] == [fault in found for found in ledger_of(acme)[1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A-02: {treatment: none}", "Object missing required field `reason` - at `$[...]`"),
        ("A-02: {treatment: none, reason: ' '}", "Expected another form of text - at `$[...].reason`"),
        ("A-02: {treatment: maybe, reason: x}", "Invalid enum value 'maybe' - at `$[...].treatment`"),
        ("- A-02", "Expected `object`, got `array`"),
    ],
)
def test_malformed_reasons(acme: Vendor, text: str, message: str) -> None:
    """An entry without treatment or reason is refused in one line."""
    acme.ledger.write_text(text + "\n")
    with pytest.raises(PipelineError) as caught:
        read_reasons(acme)
    assert f"{LEDGER}: {message}. Give each number a treatment (source, client, none or open) and a reason." == str(
        caught.value
    )
