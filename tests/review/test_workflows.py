"""The workflow files: pinned, without rights they do not need, and calling sessions that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import ROOT, find_vendors
from scripts.common.yaml_io import load_yaml

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
every = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of every job of a workflow."""
    for job in load_yaml(path)["jobs"].values():
        yield from job["steps"]


def sessions() -> set[str]:
    """Return the names of the nox sessions, read from noxfile.py."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if any("session" in ast.unparse(item) for item in node.decorator_list)}


def called_sessions(text: str) -> set[str]:
    """Return the sessions that commands in a text name."""
    found: set[str] = set()
    for words in re.findall(r"(?:\bnox|noxfile\.py) -s ((?:[a-z_]+ ?)+)", text):
        found.update(words.split())
    return found


def test_there_are_workflows() -> None:
    """A review of every pull request, its comment, and the weekly look at the vendors' files."""
    assert {"comment.yml", "review.yml", "weekly.yml"} <= {path.name for path in WORKFLOWS}


@every
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """Every action is a full commit with the version beside it."""
    lines = [
        line.strip().removeprefix("- ") for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]
    assert [] == [line for line in lines if not PINNED.fullmatch(line)]


def test_one_action_has_one_commit() -> None:
    """All workflows use the same version of an action."""
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = {match[0] for match in re.findall(r"uses: (([\w./-]+)@\w+ # \S+)", text)}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


@every
def test_no_text_of_an_event_reaches_a_shell(path: Path) -> None:
    """Scripts read events through environment variables, so that a title cannot become a command."""
    assert [] == [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


@every
def test_rights_are_stated(path: Path) -> None:
    """Every workflow says what it may do; the default is to read."""
    document = load_yaml(path)
    assert document["permissions"] in ({}, {"contents": "read"})
    granted = {
        name
        for job in document["jobs"].values()
        for name, level in job.get("permissions", {}).items()
        if level == "write"
    }
    assert {"comment.yml": {"pull-requests"}, "weekly.yml": {"issues"}}.get(path.name, set()) == granted


@every
def test_jobs_end(path: Path) -> None:
    """No job runs for hours."""
    assert all(job["timeout-minutes"] <= 30 for job in load_yaml(path)["jobs"].values())


@every
def test_the_token_is_not_left_in_the_clone(path: Path) -> None:
    """Later steps cannot push with the token of the checkout."""
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@every
def test_sessions_exist(path: Path) -> None:
    """Every session a workflow runs is one of noxfile.py."""
    assert set() == called_sessions(path.read_text(encoding="utf-8")) - sessions()


def test_the_review_runs_where_it_must() -> None:
    """Specs, overlays, templates and scripts are watched."""
    paths = load_yaml(ROOT / ".github/workflows/review.yml")["on"]["pull_request"]["paths"]
    assert {"specs/**", "overlays/**", "generated/**", "scripts/**"} <= set(paths)


def test_the_comment_follows_the_review() -> None:
    """The second workflow waits for the first by its name."""
    name = load_yaml(ROOT / ".github/workflows/review.yml")["name"]
    assert [name] == load_yaml(ROOT / ".github/workflows/comment.yml")["on"]["workflow_run"]["workflows"]


def test_the_weekly_run_reads_what_can_be_downloaded() -> None:
    """Every vendor whose source is not hand-written is looked at."""
    from scripts.spec.provenance import read_provenance

    expected = [vendor.slug for vendor in find_vendors() if read_provenance(vendor).kind != "hand-written"]
    assert expected == load_yaml(ROOT / ".github/workflows/weekly.yml")["jobs"]["fetch"]["strategy"]["matrix"]["vendor"]


def test_the_issue_form_asks_what_is_needed() -> None:
    """Vendor, place, expected, seen and a way to reproduce are required; the vendors are those of the repository."""
    form = load_yaml(ROOT / ".github/ISSUE_TEMPLATE/spec-disagrees.yml")
    fields = {item["id"]: item for item in form["body"] if "id" in item}
    required = {name for name, item in fields.items() if item["validations"]["required"]}
    assert {"vendor", "where", "expected", "seen", "reproduce"} == required
    assert [vendor.slug for vendor in find_vendors()] == sorted(fields["vendor"]["attributes"]["options"])


@pytest.mark.parametrize(
    "path",
    [ROOT / "docs" / name for name in ("contributing.md", "versioning.md")] + [ROOT / "changes" / "README.md"],
    ids=lambda path: path.name,
)
def test_documented_commands_exist(path: Path) -> None:
    """Every session and every module a page names is there."""
    text = path.read_text(encoding="utf-8")
    assert set() == called_sessions(text) - sessions()
    modules = {name.replace(".", "/") for name in re.findall(r"python -m (scripts[\w.]*)", text)}
    missing = [
        name for name in modules if not ((ROOT / f"{name}.py").is_file() or (ROOT / name / "__main__.py").is_file())
    ]
    assert [] == missing


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "docs").glob("*.md")) + sorted((ROOT / "docs/decisions").glob("*.md")),
    ids=lambda path: path.name,
)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    """Relative links of the documentation point at files that are there."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", prose)
    assert [] == [target for target in targets if not (path.parent / target).exists()]
