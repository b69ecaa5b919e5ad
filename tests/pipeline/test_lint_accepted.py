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


def finding(pointer: str, *, rule: str = "no-ambiguous-paths", vendor: str = "acme") -> LintFinding:
    """Make a finding."""
    return LintFinding(vendor, rule, "warn", pointer, "message")


def entry(pointer: str, *, rule: str = "no-ambiguous-paths", vendor: str = "acme") -> dict[str, str]:
    """Make an acceptance."""
    return {"vendor": vendor, "rule": rule, "pointer": pointer, "reason": "because"}


def stale(vendor: Vendor) -> None:
    """Commit an effective spec of other sources."""
    vendor.generated.mkdir(parents=True)
    (vendor.generated / "openapi.yaml").write_text("openapi: 3.1.0\n")


@pytest.mark.parametrize(
    ("breaker", "message"),
    [
        (
            lambda vendor: None,
            "generated/acme/openapi.yaml: it is not what the sources give. Run `nox -s regenerate -- acme` first.",
        ),
        (stale, "generated/acme/openapi.yaml: it is not what the sources give. Run `nox -s regenerate -- acme` first."),
        (
            lambda vendor: (stale(vendor), vendor.source.write_text("info: [")),
            "specs/acme/openapi.yaml:2: not valid YAML",
        ),
    ],
    ids=["nothing generated", "another source", "broken source"],
)
def test_only_a_true_effective_spec_is_linted(acme: Vendor, breaker: Callable[[Vendor], object], message: str) -> None:
    """A spec that its sources no longer give is refused: its findings would be those of yesterday."""
    breaker(acme)
    with pytest.raises(PipelineError) as caught:
        lint.lint(acme)
    assert message == str(caught.value)[: len(message)]


def test_nothing_accepted() -> None:
    """Without acceptances every finding stays."""
    findings = [finding("#/paths/a"), finding("#/info")]
    assert (findings, []) == split_accepted(findings, "acme", [])


@pytest.mark.parametrize("accepted", ["#/paths/a", "#/paths", "#/paths/", "#/paths/a/get", "#"])
def test_accepted_place_and_what_lies_in_it(accepted: str) -> None:
    """An acceptance covers its place and everything inside it."""
    assert ([], []) == split_accepted([finding("#/paths/a/get")], "acme", [entry(accepted)])


@pytest.mark.parametrize("accepted", ["#/paths/a", "#/pat", "#/paths/ab/get/x"])
def test_other_places_stay(accepted: str) -> None:
    """An acceptance covers no neighbour whose name only begins alike, and says that it is of no use."""
    left, faults = split_accepted([finding("#/paths/ab/get")], "acme", [entry(accepted)])
    assert [finding("#/paths/ab/get")] == left
    assert [
        f"scripts/lint_accepted.yaml: acme no-ambiguous-paths {accepted} matches nothing any more: remove it"
    ] == faults


def test_other_rules_stay() -> None:
    """An acceptance covers one rule."""
    left, faults = split_accepted(
        [finding("#/info", rule="info-license")], "acme", [entry("#/info", rule="info-contact")]
    )
    assert ([finding("#/info", rule="info-license")], 1) == (left, len(faults))


def test_other_vendors_are_passed_over() -> None:
    """Acceptances of another vendor neither cover findings nor count as unused."""
    findings = [finding("#/info")]
    assert (findings, []) == split_accepted(findings, "acme", [entry("#/info", vendor="other")])


def test_an_acceptance_may_cover_several() -> None:
    """One acceptance takes out every finding of its rule inside its place."""
    assert ([finding("#/info")], []) == split_accepted(
        [finding("#/paths/a"), finding("#/paths/b"), finding("#/info")], "acme", [entry("#/paths")]
    )


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
