"""Documents whose names, texts, values and schemas are of kinds that Python, file systems, HTTP or the generators do not take as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.trial.fleet import judge_each
from scripts.trial.verdict import Verdict

DOCUMENTS = ("odd", "kinds", "wire")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """Try each document once."""
    files = [str(Path(__file__).with_name(f"{name}.yaml")) for name in DOCUMENTS]
    return dict(zip(DOCUMENTS, judge_each(files, jobs=2), strict=True))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_operation_conforms(name: str, verdicts: dict[str, Verdict]) -> None:
    """Each goes through, called and read in every documented way."""
    assert ("works", []) == (verdicts[name].outcome, verdicts[name].faults)


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
def test_what_is_adapted_is_said(place: str, words: str, verdicts: dict[str, Verdict]) -> None:
    """Each of them is listed with its place."""
    assert [True] == [words in note for note in verdicts["odd"].adapted if f"{place}:" in note]
