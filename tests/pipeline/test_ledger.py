"""The ledger accounts for every number of the evidence exactly once."""

from __future__ import annotations

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.effective import make_effective
from scripts.spec.ledger import Entry, evidence_numbers, make_ledger, read_reasons


def faults_of(vendor: Vendor) -> list[str]:
    """Return the faults of a vendor's ledger."""
    effective = make_effective(vendor)
    return make_ledger(vendor, [item.action for item in effective.applied], effective.document)[1]


def test_numbers_of_a_page() -> None:
    """Bold numbers count, each once and in their order; a number in running text does not."""
    assert ["A-02", "A-01"] == evidence_numbers(
        "- **A-02** x, see A-09\n- **A-01** y\n- **A-02** again\n**A-1x** **a-03**"
    )


def test_complete(acme: Vendor) -> None:
    """Each number shows the actions that treat it, or the reason why none does."""
    effective = make_effective(acme)
    entries, faults = make_ledger(acme, [item.action for item in effective.applied], effective.document)
    assert [
        Entry("A-01", "overlay", "10-types.yaml #1, 10-types.yaml #2"),
        Entry("A-02", "none", "The page contradicts nothing."),
    ] == entries
    assert faults == []


def test_unlisted(acme: Vendor) -> None:
    """A number that an operation names and nobody treats is a fault; one that concerns no operation is none."""
    acme.evidence.write_text(acme.evidence.read_text() + "- **A-03** New.\n- **A-04** Of another API.\n")
    acme.source.write_text(acme.source.read_text().replace("[A-01, A-02]", "[A-01, A-02, A-03]"))
    assert ["A-03 has no overlay action and no entry in overlays/acme/ledger.yaml: add one of them"] == faults_of(acme)


def test_doubled(acme: Vendor) -> None:
    """A number with an action and a reason is a fault."""
    acme.ledger.write_text(acme.ledger.read_text() + "A-01: {treatment: none, reason: Nothing.}\n")
    assert ["A-01 is treated by overlays/acme/10-types.yaml, action 1 (A-01)"] == [
        fault.split(", $")[0] for fault in faults_of(acme)
    ]
    assert faults_of(acme)[0].endswith(" and also listed in overlays/acme/ledger.yaml: keep one")


def test_reason_without_an_operation(acme: Vendor) -> None:
    """A reason for a number that no operation names is a fault."""
    acme.source.write_text(acme.source.read_text().replace("[A-01, A-02]", "[A-01]"))
    assert [
        "A-02 stands in overlays/acme/ledger.yaml, but no operation names it in x-evidence-ids: add it there or drop the entry"
    ] == faults_of(acme)


def test_unknown_number_of_an_operation(acme: Vendor) -> None:
    """A number that an operation names and the evidence does not have is a fault."""
    acme.source.write_text(acme.source.read_text().replace("[A-01, A-02]", "[A-01, A-02, A-77]"))
    assert ["A-77 stands in x-evidence-ids, but the evidence has no such number"] == faults_of(acme)


def test_unknown_number_of_an_action(acme: Vendor) -> None:
    """An action that treats a number unknown to the evidence is a fault."""
    path = acme.overlays()[0]
    path.write_text(path.read_text().replace("x-id: A-01", "x-id: [A-01, A-77]", 1))
    assert [True] == [
        fault.endswith(", but the evidence has no such number") and fault.startswith("A-77 is treated by ")
        for fault in faults_of(acme)
    ]


def test_unknown_number_of_a_reason(acme: Vendor) -> None:
    """A reason for a number unknown to the evidence is a fault."""
    acme.ledger.write_text(acme.ledger.read_text() + "A-77: {treatment: none, reason: Nothing.}\n")
    assert ["A-77 stands in overlays/acme/ledger.yaml, but the evidence has no such number"] == faults_of(acme)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A-02: {treatment: none}", "A-02 has no reason. Say why no action is needed."),
        ("A-02: {treatment: none, reason: ' '}", "A-02 has no reason. Say why no action is needed."),
        ("A-02: {treatment: maybe, reason: x}", "A-02 has no known treatment. Use one of source, client, none, open."),
        ("A-02: {reason: x}", "A-02 has no known treatment. Use one of source, client, none, open."),
        ("A-02: none", "A-02 has no known treatment. Use one of source, client, none, open."),
        ("- A-02", "the ledger is not a mapping. Write each number as a key with treatment and reason below it."),
        ("text", "the ledger is not a mapping. Write each number as a key with treatment and reason below it."),
    ],
)
def test_malformed_reasons(acme: Vendor, text: str, message: str) -> None:
    """An entry without treatment or reason is refused in one line."""
    acme.ledger.write_text(text + "\n")
    with pytest.raises(PipelineError) as caught:
        read_reasons(acme)
    assert f"overlays/acme/ledger.yaml: {message}" == str(caught.value)


@pytest.mark.parametrize("treatment", ["source", "client", "none", "open"])
def test_treatments(acme: Vendor, treatment: str) -> None:
    """The four treatments are accepted; a reason of several lines becomes one."""
    acme.ledger.write_text(f"A-02:\n  treatment: {treatment}\n  reason: |-\n    One.\n    Two.\n")
    assert {"A-02": (treatment, "One. Two.")} == read_reasons(acme)


def test_no_ledger_file(acme: Vendor) -> None:
    """Without a ledger the numbers it would explain are faults, not an error."""
    acme.ledger.unlink()
    assert ["A-02 has no overlay action and no entry in overlays/acme/ledger.yaml: add one of them"] == faults_of(acme)
