"""The linter reads what the sources give; a finding is accepted only at its place, with a reason, and only as long as it is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec import lint
from scripts.spec.lint import Acceptance, LintFinding, read_accepted, split_accepted


def finding(pointer: str) -> LintFinding:
    """Make a finding."""
    return LintFinding("acme", "no-ambiguous-paths", "warn", pointer, "message")


def entry(pointer: str, *, rule: str = "no-ambiguous-paths", vendor: str = "acme") -> Acceptance:
    """Make an acceptance."""
    return Acceptance(vendor, rule, pointer, "because")


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
        lint.read_fresh(acme)
    assert message == str(caught.value)[: len(message)]


A, AB = "#/paths/a/get", "#/paths/ab/get"
UNUSED = "scripts/lint_accepted.yaml: acme {rule} {pointer} matches nothing any more: remove it"
ACCEPTED: dict[str, tuple[list[str], Acceptance | None, list[str]]] = {
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
def test_acceptance(found: list[str], accepted: Acceptance | None, left: list[str]) -> None:
    """An acceptance takes out the findings of its rule at its place and inside it, and one of this vendor that takes out none says so."""
    unused = accepted is not None and found == left and accepted.vendor == "acme"
    faults = [UNUSED.format(rule=accepted.rule, pointer=accepted.pointer)] if accepted and unused else []
    expected = ([finding(pointer) for pointer in left], faults)
    assert expected == split_accepted([finding(pointer) for pointer in found], "acme", [accepted] if accepted else [])


@pytest.mark.parametrize("reason", ["", ", reason: ' '", ", reason: 5"])
def test_incomplete_acceptance(reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An acceptance without a reason is refused with its place in the list."""
    path = tmp_path / "accepted.yaml"
    path.write_text(f"- {{vendor: a, rule: r, pointer: '#/a'{reason}}}\n")
    monkeypatch.setattr(lint, "ACCEPTED", path)
    with pytest.raises(PipelineError, match=r"lint_accepted\.yaml: .*reason.* Give vendor, rule, pointer and reason\."):
        read_accepted()
