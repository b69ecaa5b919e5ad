"""A branch with twelve seeded changes, run through the real commands in a temporary clone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.review.conftest import Seeded, clone, review
from tests.review.repository import Repository
from tests.review.seeds import SEEDS, Seed

EXPECTED = Path(__file__).with_name("expected_report.md")


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_each_seed_is_classified(seed: Seed, seeded: Seeded) -> None:
    """Every seed is reported under its ids, as breaking or not as it is."""
    found = {identifier: seeded.changes[identifier]["breaks"] for identifier in seed.ids}
    assert dict.fromkeys(seed.ids, seed.breaks) == found


def test_nothing_else_breaks(seeded: Seeded) -> None:
    """The breaks of the report are those of the breaking seeds, no more and no less."""
    expected = {identifier for seed in SEEDS if seed.breaks for identifier in seed.ids}
    assert expected == {identifier for identifier, change in seeded.changes.items() if change["breaks"]}


def test_there_are_six_and_six_on_every_layer() -> None:
    """The seeds are what the test claims: six that break and six that do not, on four layers each."""
    layers = {breaks: sorted(seed.layer for seed in SEEDS if seed.breaks is breaks) for breaks in (True, False)}
    expected = ["overlay", "overlay", "provenance", "spec", "spec", "template"]
    assert {True: expected, False: expected} == layers


def test_the_report(seeded: Seeded) -> None:
    """The report is the recorded one, but for the commit and the size of generated code."""
    assert EXPECTED.read_text(encoding="utf-8") == neutral(seeded.report, seeded.base)


def test_templates_are_named(seeded: Seeded) -> None:
    """Changed templates are listed, also the one that only rewords a docstring."""
    assert ["Templates changed: `facade/client.py.jinja`, `model.py.jinja`."] == seeded.data["pipeline"]


def test_the_session_fails_on_breaks_nobody_accepted(seeded: Seeded) -> None:
    """Exit code 1, one line an unaccepted break, no traceback."""
    assert 1 == seeded.exit_code
    assert all(line.startswith("error: ") for line in seeded.errors.splitlines())
    assert len(seeded.data["unaccepted"]) == seeded.errors.count("error: not accepted: ")


def test_griffe_and_the_snapshot_agree(seeded: Seeded) -> None:
    """What griffe can see it saw too, under the same id."""
    assert ["griffe", "snapshot"] == seeded.changes["acme/python/function-removed/perks.delete"]["seen_by"]


def test_a_preview_is_written(seeded: Seeded) -> None:
    """Every vendor has a page."""
    assert (seeded.repository.folder / "build/review/acme.html").stat().st_size > 10_000


def test_the_working_tree_stays_as_it_is(seeded: Seeded) -> None:
    """The review writes below build/ only, and leaves index and branch alone."""
    assert "" == seeded.repository.git("status", "--porcelain")
    assert "change" == seeded.repository.git("branch", "--show-current")


@pytest.fixture
def copy(seeded: Seeded, tmp_path: Path) -> Repository:
    """Return a clone of the branch that a test may change."""
    repository = clone(seeded.repository, tmp_path / "clone")
    repository.git("fetch", "--quiet", str(seeded.repository.folder), "main:main")
    return repository


def test_accepted_breaks_and_a_fragment_let_it_pass(seeded: Seeded, copy: Repository) -> None:
    """With an entry for every break and a fragment of the right size, the session passes; proposing writes that fragment."""
    breaks = "\n".join(f"  - '{identifier}'" for identifier in seeded.data["unaccepted"])
    accepted = f"- id:\n{breaks}\n  reason: The vendor corrected its pages.\n  version: 0.2.0\n"
    (copy.folder / "changes").mkdir()
    (copy.folder / "changes/accepted-breaks.yaml").write_text(accepted, encoding="utf-8")
    copy.must("scripts.review.changelog", "--propose", "acme-corrections")
    result = review(copy, "--no-lint", "--no-preview")
    assert (0, True, []) == (result.exit_code, result.data["passes"], result.data["problems"])


def test_ids_survive_a_rebase(seeded: Seeded, copy: Repository) -> None:
    """The same change on another base has the same ids."""
    copy.git("switch", "--quiet", "main")
    copy.edit(
        "specs/acme/openapi.yaml", "description: People who collect points.", "description: All who collect points."
    )
    copy.edit("docs/evidence/acme.md", "# Acme Points API: evidence\n", "# Acme Points API: evidence\n\nA line more.\n")
    copy.must("scripts.regenerate", "--effective-only")
    copy.commit("acme: reword the tag")
    copy.git("switch", "--quiet", "change")
    copy.git("rebase", "--quiet", "--strategy-option=theirs", "main")
    copy.must("scripts.regenerate", "--effective-only")
    result = review(copy, "--no-lint", "--no-preview")
    assert seeded.base != result.base
    assert seeded.data["unaccepted"] == result.data["unaccepted"]


def test_drift_fails(copy: Repository) -> None:
    """A spec that was changed without regenerating is named."""
    copy.edit(
        "specs/acme/openapi.yaml", "description: People who collect points.", "description: All who collect points."
    )
    result = review(copy, "--no-lint", "--no-preview")
    expected = "acme: generated/acme/openapi.yaml: it is not what the source and the overlays give now. Run `nox -s regenerate -- acme` and commit the result."
    assert expected in result.data["problems"]


def test_an_unchanged_vendor_takes_one_line(base_repository: Repository, tmp_path: Path) -> None:
    """Where nothing changed, the report says so in one line and the session passes."""
    repository = clone(base_repository, tmp_path / "clone")
    result = review(repository, "--base", "HEAD")
    assert result.report.endswith("## Unchanged\n\n- `acme`: unchanged.\n")
    assert 0 == result.exit_code


def test_a_removed_vendor_breaks(base_repository: Repository, tmp_path: Path) -> None:
    """Removing a vendor is one break that names its packages."""
    repository = clone(base_repository, tmp_path / "clone")
    for name in ("specs", "overlays", "generated"):
        shutil.rmtree(repository.folder / name / "acme")
    result = review(repository, "--base", "HEAD")
    assert ["acme/python/package-removed/acme_client"] == result.data["unaccepted"]


def test_an_unknown_base_is_one_line(base_repository: Repository) -> None:
    """A revision that does not exist ends the session with one line."""
    done = base_repository.run("scripts.review", "--base", "nowhere")
    expected = "error: review --base: no revision 'nowhere'. Fetch it, or name a commit, a branch or a tag.\n"
    assert (1, expected) == (done.returncode, done.stderr)


def test_an_option_as_base_is_refused(base_repository: Repository) -> None:
    """A base that looks like an option of git is not passed on as one."""
    done = base_repository.run("scripts.review", "--base=--output=/dev/null")
    assert (1, 1) == (done.returncode, done.stderr.count("\n"))


def test_report_json_is_stable(seeded: Seeded) -> None:
    """A second run writes the same bytes."""
    again = review(seeded.repository)
    assert json.dumps(seeded.data) == json.dumps(again.data)


def neutral(report: str, base: str) -> str:
    """Replace what differs from run to run: the commit, and the number of generated lines, which our templates decide."""
    text = report.replace(base[:12], "BASE")
    return re.sub(r"Generated: \d+ files, \+\d+ −\d+ lines\.", "Generated: N files, +N −N lines.", text)


def test_a_moved_source_gives_the_text_of_an_issue(base_repository: Repository, tmp_path: Path) -> None:
    """A source that is not the committed one is told; one that is, is not."""
    repository = clone(base_repository, tmp_path / "clone")
    target = repository.folder / "build/review/moved-acme.md"
    assert "acme: the source is the committed one.\n" == repository.must("scripts.review", "--moved", "acme")
    assert not target.exists()
    repository.edit("specs/acme/openapi.yaml", "points: {type: string,", "points: {type: integer,")
    repository.must("scripts.review", "--moved", "acme")
    assert "Overlay actions: 3 apply, 1 do not." in target.read_text(encoding="utf-8")
