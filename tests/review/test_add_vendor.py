"""The documented path to a fifth vendor: the commands and files of docs/contributing.md, run as they stand there."""

from __future__ import annotations

import ast
import re
import shlex
import time
from dataclasses import dataclass

import pytest

from scripts.common.layout import ROOT
from tests.review.repository import Repository, copy_pipeline

PAGE = ROOT / "docs" / "contributing.md"
_BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"`(?P<path>[\w/.-]+)`:$")


@dataclass(frozen=True)
class Write:
    """Hold a file the page tells to write."""

    path: str
    text: str


@dataclass(frozen=True)
class Run:
    """Hold a command the page tells to run."""

    words: tuple[str, ...]


def read_steps() -> list[Write | Run]:
    """Return the files and commands of `Add a vendor`, in their order."""
    page = PAGE.read_text(encoding="utf-8")
    part = page[page.index("\n## Add a vendor\n") : page.index("\n## Accept a break\n")]
    steps: list[Write | Run] = []
    for block in _BLOCK.finditer(part):
        if block["language"] == "sh":
            steps += [
                Run(tuple(shlex.split(line, comments=True))) for line in block["text"].splitlines() if line.strip()
            ]
            continue
        named = _FILE.search(block["before"])
        assert named, f"no file is named before: {block['text'][:40]!r}"
        steps.append(Write(named["path"], block["text"]))
    return steps


def session_modules() -> dict[str, str]:
    """Return session → module it runs, read from noxfile.py."""
    found: dict[str, str] = {}
    for node in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            for call in (item for item in ast.walk(node) if isinstance(item, ast.Call)):
                words = [item.value for item in call.args if isinstance(item, ast.Constant)]
                if words[:1] == ["-m"] and isinstance(call.func, ast.Name) and call.func.id == "python":
                    found.setdefault(node.name, str(words[1]))
    return found


def perform(repository: Repository, step: Write | Run) -> None:
    """Do one step; a command has to succeed."""
    if isinstance(step, Write):
        path = repository.folder / step.path
        assert path.parent.is_dir(), f"the folder of {step.path} was not scaffolded"
        path.write_text(step.text, encoding="utf-8")
        return
    words = list(step.words)
    if words[:2] == ["python", "-m"]:
        repository.must(*words[2:])
        return
    assert words[:2] == ["nox", "-s"], step
    session, arguments = words[2], words[4:]
    if session == "tests":
        repository.must("pytest", "-q", "-p", "no:cacheprovider", *(f"tests/clients/{name}" for name in arguments))
    else:
        repository.must(session_modules()[session], *arguments)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository with the pipeline and no vendor, committed."""
    repository = copy_pipeline(tmp_path_factory.mktemp("vendor") / "repository")
    (repository.folder / "changes").mkdir()
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.append(".git/info/exclude", "scripts/node/node_modules\n")
    repository.commit("the pipeline")
    return repository


def test_the_page_has_every_step() -> None:
    """The path writes four files and runs the scaffold, the checks, the tests and the review."""
    steps = read_steps()
    files = [step.path for step in steps if isinstance(step, Write)]
    sessions = [step.words[2] for step in steps if isinstance(step, Run) and step.words[0] == "nox"]
    assert [
        "docs/evidence/acme.md",
        "specs/acme/openapi.yaml",
        "overlays/acme/10-types.yaml",
        "tests/clients/acme/test_first_call.py",
    ] == files
    assert ["scaffold", "validate", "regenerate", "lint", "tests", "changelog", "review"] == sessions


def test_the_documented_path_gives_a_working_client(empty: Repository) -> None:
    """Run as documented, the commands give a client whose first call works; the scaffolded test fails before that."""
    started = time.monotonic()
    steps = read_steps()
    perform(empty, steps[0])
    early = empty.run("pytest", "-q", "-p", "no:cacheprovider", "tests/clients/acme")
    assert (1, True) == (early.returncode, "write the first call of acme" in early.stdout)
    for step in steps[1:]:
        perform(empty, step)
    report = (empty.folder / "build/review/report.md").read_text(encoding="utf-8")
    assert "New vendor with 1 operation." in report
    packages = [f"generated/acme/{path.name}" for path in sorted(empty.folder.glob("generated/acme/acme_*"))]
    assert ["generated/acme/acme_client", "generated/acme/acme_models"] == packages
    assert packages == re.findall(
        r"generated/acme/acme_\w+", (empty.folder / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert 600 > time.monotonic() - started
