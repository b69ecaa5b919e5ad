"""A branch with seeded changes, run through the real commands in a temporary clone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.review.base import base_tree
from tests.review.conftest import Seeded, clone, review
from tests.review.repository import Repository
from tests.review.seeds import SEEDS

EXPECTED = Path(__file__).with_name("expected_report.md")


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed["name"])
def test_each_seed_is_classified(seed: dict[str, Any], seeded: Seeded) -> None:
    """Every seed is reported under its ids, as breaking or not as it is."""
    found = {identifier: seeded.changes[identifier]["breaks"] for identifier in seed["ids"]}
    assert dict.fromkeys(seed["ids"], seed["breaks"]) == found


def test_the_report(seeded: Seeded) -> None:
    """The report is the recorded one, but for the commit and the version, which a release moves."""
    report = seeded.report.replace(seeded.base[:12], "BASE")
    following = re.findall(r"The next version is (\S+) ", report)
    assert 1 == len(following)
    assert EXPECTED.read_text(encoding="utf-8") == report.replace(following[0], "NEXT")


def test_the_report_of_many_changes_fits_one_screen(seeded: Seeded) -> None:
    """Breaks with what users must do, and what is to be corrected, are there before anything is unfolded."""
    unfolded = re.sub(r"(?s)<summary>.*?</details>", "", seeded.report)
    assert (True, True) == (len(seeded.data["vendors"][0]["changes"]) >= 20, unfolded.count("\n") <= 45)
    assert all(line in unfolded for line in ("## Breaking changes", "## To correct", "Use `cost` wherever"))


def test_the_session_fails_on_breaks_nobody_accepted(seeded: Seeded) -> None:
    """Exit code 1, one line an unaccepted break, no traceback; it writes below build/ only, and leaves index and branch alone."""
    assert 1 == seeded.exit_code
    assert all(line.startswith("error: ") for line in seeded.errors.splitlines())
    assert len(seeded.data["unaccepted"]) == seeded.errors.count("error: not accepted: ")
    assert "" == seeded.repository.git("status", "--porcelain")
    assert "change" == seeded.repository.git("branch", "--show-current")


@pytest.fixture
def copy(seeded: Seeded, tmp_path: Path) -> Repository:
    """Return a clone of the branch that a test may change."""
    repository = clone(seeded.repository, tmp_path / "clone")
    repository.git("fetch", "--quiet", str(seeded.repository.folder), "main:main")
    return repository


def test_accepting_lets_it_pass(seeded: Seeded, copy: Repository) -> None:
    """The entries of the report can be pasted, and a fragment does the rest."""
    printed = seeded.report.partition("```yaml\n")[2].partition("```")[0]
    entries = printed.replace("…", "The vendor corrected its pages.")
    copy.append("changes/accepted-breaks.yaml", entries)
    copy.append("changes/corrections.breaking.md", "- acme: corrected.\n")
    result = review(copy, "--no-preview")
    assert (0, True, []) == (result.exit_code, result.data["passes"], result.data["problems"])


def test_previews_are_linked_and_those_of_other_branches_go(seeded: Seeded, copy: Repository) -> None:
    """The report links the page of each vendor that changed; a run removes the pages of the run before."""
    assert "Previews: [acme](preview/acme.html)." in seeded.report
    assert (seeded.repository.folder / "build/review/preview/acme.html").is_file()
    old = copy.folder / "build/review/preview/gone.html"
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    assert "Previews:" not in review(copy, "--no-preview").report
    assert not old.exists()


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
    result = review(copy, "--no-preview")
    assert seeded.base != result.base
    assert seeded.data["unaccepted"] == result.data["unaccepted"]


def test_drift_fails(copy: Repository) -> None:
    """A spec that was changed without regenerating is named."""
    copy.edit(
        "specs/acme/openapi.yaml", "description: People who collect points.", "description: All who collect points."
    )
    result = review(copy, "--no-preview")
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


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["--base", "nowhere"],
            "review --base: no revision 'nowhere' (git says: fatal: bad revision 'nowhere'). Fetch it, or name a commit, a branch or a tag.",
        ),
        (
            ["--base=--output=/dev/null"],
            "review --base: no revision '--output=/dev/null' (git says: fatal: bad revision '--output=/dev/null'). "
            "Fetch it, or name a commit, a branch or a tag.",
        ),
    ],
    ids=["unknown", "an option of git"],
)
def test_wrong_arguments_are_one_line(arguments: list[str], expected: str, base_repository: Repository) -> None:
    """What cannot be answered ends the session with one line, in git's own words where git was asked."""
    done = base_repository.run("scripts.review", *arguments)
    assert (1, f"error: {expected}\n") == (done.returncode, done.stderr)


def test_a_shallow_clone_says_so(base_repository: Repository, tmp_path: Path) -> None:
    """Where the base is missing because the clone is shallow, the message says how to get it."""
    base_repository.git("clone", "--quiet", "--depth=1", base_repository.folder.as_uri(), str(tmp_path / "shallow"))
    done = Repository(tmp_path / "shallow").run("scripts.review", "--base", "HEAD^1")
    assert (1, True) == (
        done.returncode,
        "this clone is shallow: " in done.stderr and "Run `git fetch --unshallow`." in done.stderr,
    )


def test_a_base_without_a_file_is_an_empty_folder(base_repository: Repository) -> None:
    """Of a branch that began empty everything is new."""
    tree = base_repository.git("hash-object", "-w", "-t", "tree", "/dev/null").strip()
    commit = base_repository.git("commit-tree", tree, "-m", "empty").strip()
    with base_tree(commit, root=base_repository.folder) as folder:
        assert [] == list(folder.iterdir())
