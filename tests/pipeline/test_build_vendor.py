"""Generated folders are replaced as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.workers import in_worker
from scripts.generate import build_vendor
from scripts.generate.build_vendor import check_effective, regenerate_vendor
from scripts.generate.derive import refuse
from scripts.spec.effective import Effective, make_effective
from tests.pipeline.conftest import write_folder


def names(path: Path) -> list[str]:
    """List what lies in a folder, without the lock."""
    return sorted(item.name for item in path.iterdir())


def test_failing_stage_replaces_nothing(acme: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stages announce themselves; when one fails after the effective spec was written, the old files stay and nothing is left beside them."""
    told: list[str] = []
    write_folder(acme.generated, old="1")

    def fail(target: str, *arguments: object) -> object:
        if target.endswith(":prepare"):
            return in_worker(target, *arguments)
        raise PipelineError("the generator warns")

    monkeypatch.setattr(build_vendor, "in_worker", fail)
    with pytest.raises(PipelineError, match="the generator warns"):
        regenerate_vendor(acme, force=False, step=told.append)
    assert (["old"], ["acme"]) == (names(acme.generated), names(acme.generated.parent))
    assert ["effective spec", "client and models"] == told


def effective_with(acme: Vendor, **members: object) -> Effective:
    """Return the effective spec of the tiny vendor with some members replaced."""
    effective = make_effective(acme)
    return Effective(effective.source, {**effective.document, **members}, effective.text, effective.applied)


def test_ten_faults_are_enough() -> None:
    """Of many faults the first ten are written out, with the number of the others and the command that lists them."""
    with pytest.raises(PipelineError) as caught:
        refuse([f"$[{number}]: bad" for number in range(12)], where="acme", more="`nox -s validate -- acme`")
    lines = str(caught.value).splitlines()
    assert ("acme: $[0]: bad. Correct the source, or add an overlay action.", 11) == (lines[0], len(lines))
    assert ["  $[9]: bad", "  and 2 more: `nox -s validate -- acme` lists them"] == lines[-2:]


def test_what_is_adapted_stands_in_the_manifest(acme: Vendor) -> None:
    """A form that the generators cannot read is adapted on a copy, and noted with its place."""
    components = make_effective(acme).document["components"]
    components["schemas"]["Response"] = {"description": "x", "type": "object", "properties": {"a": True}}
    adapted = check_effective(acme, effective_with(acme, components=components)).adapted
    expected = [
        "$['components']['schemas']['Response']['properties']['a']: a boolean schema is any value, or none",
        "$['components']['schemas']['Response']: named ResponseModel in Python",
    ]
    assert expected == adapted
