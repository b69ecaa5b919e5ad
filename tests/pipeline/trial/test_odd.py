"""A document whose names, texts and values are of kinds that Python, file systems or HTTP do not take as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.trial.fleet import judge_each
from scripts.trial.verdict import Verdict

ODD = Path(__file__).with_name("odd.yaml")


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    """Try the document once."""
    return next(iter(judge_each([str(ODD)], jobs=1)))


def test_every_operation_conforms(verdict: Verdict) -> None:
    """Paths beyond ASCII, hosts with an underscore, and texts that end with a quotation mark or a backslash go through."""
    assert ("works", 4, []) == (verdict.outcome, verdict.conform, verdict.faults)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("['paths']['/files']['get']", "which is too long"),
        ("['code']", "written as code of another language"),
        ("['ecma']", "is not checked"),
        ("['kind']", "a constant of this kind is any value of its type"),
        ("['list']", "a constant of this kind is any value of its type"),
        ("['fixed']", "an enum of other values than texts or whole numbers is its plain type"),
    ],
)
def test_what_is_adapted_is_said(place: str, words: str, verdict: Verdict) -> None:
    """Each of them is listed with its place."""
    assert [True] == [words in note for note in verdict.adapted if f"{place}:" in note]
