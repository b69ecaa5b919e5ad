"""What the review says of overlays, grades and numbered inconsistencies, on temporary vendors without a generator."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.review.actions import compare_actions
from scripts.review.grades import compare_evidence
from scripts.review.model import Change
from scripts.review.side import Side, load_side
from scripts.spec.overlay import Action
from scripts.spec.steps import run_steps
from tests.review.repository import ACME

SPEC = "specs/acme/openapi.yaml"
TYPES = "overlays/acme/10-types.yaml"
LEDGER = "overlays/acme/ledger.yaml"


@pytest.fixture(scope="module")
def before() -> Side:
    """Return the invented vendor as it is."""
    return load_side(Vendor("acme", ACME))


@pytest.fixture
def edit(tmp_path: Path) -> Callable[[str, str, str], Side]:
    """Return a function that changes one text of the vendor and reads it."""
    folder = tmp_path / "repository"
    shutil.copytree(ACME, folder)

    def change(path: str, old: str, new: str) -> Side:
        file = folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_side(Vendor("acme", folder))

    return change


def ids(changes: list[Change]) -> list[str]:
    """Return the rules and subjects of changes."""
    return [f"{change.rule} {change.subject}" for change in changes]


def test_nothing_changed(before: Side) -> None:
    """A vendor compared with itself has neither changes nor faults of its overlays."""
    assert [] == [*compare_actions("acme", before, before), *compare_evidence("acme", before, before)]


POINTS = "        points: {type: string, description: 'Balance, in whole points.', examples: ['12']}\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "expected", "statuses"),
    [
        (
            TYPES,
            "    x-until: The vendor corrects the type.\n",
            "    x-expect: {type: text}\n",
            "stale",
            ["stale", "applied", "applied", "applied"],
        ),
        (
            SPEC,
            "points: {type: string,",
            "points: {type: integer,",
            "unnecessary",
            ["unnecessary", "applied", "applied", "applied"],
        ),
        (SPEC, POINTS, "", "unmatched", ["unmatched", "unmatched", "unmatched", "applied"]),
    ],
    ids=["the vendor corrected what x-expect states", "the source says so by itself", "the part is gone"],
)
def test_an_action_that_does_not_apply_is_told(
    path: str,
    old: str,
    new: str,
    expected: str,
    statuses: list[str],
    before: Side,
    edit: Callable[[str, str, str], Side],
) -> None:
    """It is named and must be corrected, no entry can accept it; what the other actions did still counts."""
    after = edit(path, old, new)
    assert f"action-{expected} A-01" in ids(compare_actions("acme", before, after))
    assert statuses == [step.status for step in after.steps]
    assert [] != after.problems
    assert "401" in after.document["paths"]["/members"]["get"]["responses"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("update: {type: integer}", "update: {type: number}", ["action-changed A-01"]),
        ("x-evidence: Overview (A0 2).", "x-evidence: Overview (A0 3).", []),
        (
            "['/members','/members/{memberId}','/perks']",
            "['/members','/perks']",
            ["action-removed A-03", "action-added A-03"],
        ),
        (
            "  - target: $.components.schemas.Member.properties.points.examples\n    x-id: A-01\n",
            "  - target: $.components.schemas.Member.properties.points.examples\n    x-id: A-02\n",
            ["action-removed A-01", "action-added A-02"],
        ),
    ],
)
def test_changed_actions(
    old: str, new: str, expected: list[str], before: Side, edit: Callable[[str, str, str], Side]
) -> None:
    """An action that does something else, acts elsewhere or is another one, is told; other words are not."""
    assert expected == ids(compare_actions("acme", before, edit(TYPES, old, new)))


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            SPEC,
            "method: stated, path: partial, confidence: medium",
            "method: stated, path: inferred, confidence: medium",
            ["grade-lowered getMember"],
        ),
        (SPEC, "path: inferred, confidence: low", "path: inferred, confidence: high", ["grade-raised listPerks"]),
        (LEDGER, "treatment: open\n  reason: Whether", "treatment: client\n  reason: Whether", ["number-treated A-04"]),
        (LEDGER, "treatment: source", "treatment: open", ["number-reopened A-02"]),
        ("docs/evidence/acme.md", "- **A-05** The", "- **A-06** A sixth.\n- **A-05** The", []),
    ],
)
def test_evidence(
    path: str, old: str, new: str, expected: list[str], before: Side, edit: Callable[[str, str, str], Side]
) -> None:
    """Grades that moved, and numbers treated or reopened are told; nothing of it breaks."""
    changes = compare_evidence("acme", before, edit(path, old, new))
    assert expected == ids(changes)
    assert not any(change.breaks for change in changes)


def test_a_number_nobody_treats_is_a_problem(edit: Callable[[str, str, str], Side]) -> None:
    """An inconsistency that an operation names, without action or reason, is named."""
    after = edit("overlays/acme/ledger.yaml", "A-05:", "A-06:")
    assert any(problem.startswith("A-05 has no overlay action") for problem in after.problems)


def test_an_action_that_fails_halfway_leaves_nothing_behind() -> None:
    """What an action changed at its first target is put back when it fails at the second."""
    source = {"a": {"x": {"n": 1}, "y": {"n": [1]}}}
    action = Action("20-x.yaml", 1, "$.a[*]", ("A-01",), "x", "x", {"update": {"n": 2}})
    steps, document = run_steps(source, [action])
    assert ("broken", {"a": {"x": {"n": 1}, "y": {"n": [1]}}}) == (steps[0].status, document)
    assert {"a": {"x": {"n": 1}, "y": {"n": [1]}}} == source
