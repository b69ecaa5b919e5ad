"""The linter reads what the sources give; a finding is accepted only at its place, with a reason, and only as long as it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml
from scripts.spec import lint
from scripts.spec.lint import LintFinding, read_accepted, split_accepted


def finding(pointer: str) -> LintFinding:
    """Make a finding."""
    return LintFinding("acme", "no-ambiguous-paths", "warn", pointer, "message")


def entry(pointer: str, *, rule: str = "no-ambiguous-paths", vendor: str = "acme") -> dict[str, str]:
    """Make an acceptance."""
    return {"vendor": vendor, "rule": rule, "pointer": pointer, "reason": "because"}


def stale(vendor: Vendor) -> None:
    """Commit an effective spec of other sources."""
    vendor.generated.mkdir(parents=True)
    (vendor.generated / "openapi.yaml").write_text("openapi: 3.1.0\n")


def broken(vendor: Vendor) -> None:
    """Break the source of a committed effective spec."""
    stale(vendor)
    vendor.source.write_text("info: [")


@pytest.mark.parametrize(
    ("breaker", "message"),
    [
        (
            lambda vendor: None,
            "generated/acme/openapi.yaml: it is not what the sources give. Run `nox -s regenerate -- acme` first.",
        ),
        (stale, "generated/acme/openapi.yaml: it is not what the sources give. Run `nox -s regenerate -- acme` first."),
        (
            broken,
            "specs/acme/openapi.yaml:2: not valid YAML",
        ),
    ],
    ids=["nothing generated", "another source", "broken source"],
)
def test_only_a_true_effective_spec_is_linted(acme: Vendor, breaker: Callable[[Vendor], object], message: str) -> None:
    """A spec that its sources no longer give is refused: its findings would be those of yesterday."""
    breaker(acme)
    with pytest.raises(PipelineError) as caught:
        lint.check_fresh(acme)
    assert message == str(caught.value)[: len(message)]


A, AB = "#/paths/a/get", "#/paths/ab/get"
UNUSED = "scripts/lint_accepted.yaml: acme {rule} {pointer} matches nothing any more: remove it"
ACCEPTED: dict[str, tuple[list[str], dict[str, str] | None, list[str]]] = {
    "nothing is accepted": ([A, AB], None, [A, AB]),
    "its place": ([A], entry("#/paths/a/get"), []),
    "what lies in it": ([A], entry("#/paths/a"), []),
    "with a slash": ([A], entry("#/paths/"), []),
    "the whole document": ([A], entry("#"), []),
    "several": (["#/paths/a", "#/paths/b", "#/info"], entry("#/paths"), ["#/info"]),
    "a neighbour that begins alike": ([AB], entry("#/paths/a"), [AB]),
    "half a name": ([AB], entry("#/pat"), [AB]),
    "a deeper place": ([AB], entry("#/paths/ab/get/x"), [AB]),
    "another rule": ([A], entry(A, rule="info-contact"), [A]),
    "another vendor": ([A], entry(A, vendor="other"), [A]),
}


@pytest.mark.parametrize(("found", "accepted", "left"), ACCEPTED.values(), ids=ACCEPTED)
def test_acceptance(found: list[str], accepted: dict[str, str] | None, left: list[str]) -> None:
    """An acceptance takes out the findings of its rule at its place and inside it, and one of this vendor that takes out none says so."""
    unused = accepted is not None and found == left and accepted["vendor"] == "acme"
    faults = [UNUSED.format(**accepted)] if accepted and unused else []
    expected = ([finding(pointer) for pointer in left], faults)
    assert expected == split_accepted([finding(pointer) for pointer in found], "acme", [accepted] if accepted else [])


@pytest.mark.parametrize("member", ["vendor", "rule", "pointer", "reason"])
@pytest.mark.parametrize("value", [None, "", "  ", 5])
def test_incomplete_acceptance(member: str, value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An acceptance that lacks a member is refused with its number."""
    path = tmp_path / "accepted.yaml"
    path.write_text(dump_yaml([entry("#/a"), {**entry("#/b"), member: value}]))
    monkeypatch.setattr(lint, "ACCEPTED", path)
    with pytest.raises(PipelineError) as caught:
        read_accepted()
    assert f"scripts/lint_accepted.yaml: entry 2 has no {member}. Give vendor, rule, pointer and reason." == str(
        caught.value
    )
