"""The parts of docs/contributing.md, run as they stand there in a copy of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common.layout import ROOT
from tests.docs.pages import Command, Edit, read_part, read_steps
from tests.review.repository import Repository, install_tools

PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
PARTS = ("Add a vendor", "Add an operation", "Fix a wrong fact")


def own_files() -> list[str]:
    """Return the files of this repository as git knows them; an unpacked source archive has nothing else."""
    if not (ROOT / ".git").exists():
        outside = {".nox", "node_modules", "__pycache__", "build", "dist"}
        paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        return [path.as_posix() for path in paths if not outside & set(path.parts)]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a copy of this repository, committed on `main`."""
    folder = tmp_path_factory.mktemp("guide") / "repository"
    for name in own_files():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "scripts/node/node_modules").symlink_to(install_tools(), target_is_directory=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.append(".git/info/exclude", "scripts/node/node_modules\n")
    repository.commit("the repository")
    return repository


def perform(repository: Repository, step: Command | Edit) -> None:
    """Do one step of the page; a command has to succeed."""
    if isinstance(step, Edit):
        step.apply(repository.folder)
        return
    done = run_nox(repository.folder, *step.words)
    assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"


def run_nox(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a printed command, with the packages that are installed already."""
    assert words[:2] == ("nox", "-s")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment = {**outside, "LOYALTY_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "nox", "--noxfile", str(folder / "noxfile.py"), *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("title", PARTS)
def test_a_part_has_at_most_ten_steps(title: str) -> None:
    """Every part is short, and its steps are numbered without a gap."""
    numbers = [int(number) for number in re.findall(r"^\*\*(\d+)\. ", read_part(PAGE, title), re.MULTILINE)]
    assert list(range(1, len(numbers) + 1)) == numbers
    assert 1 < len(numbers) <= 10


def test_the_parts_work_as_printed(copy: Repository) -> None:
    """A vendor, then an operation, then a fix: every command succeeds, and the review names what was made."""
    expected = {
        "Add a vendor": "New vendor with 1 operation.",
        "Add an operation": "getMember",
        "Fix a wrong fact": "search",
    }
    for title in PARTS:
        for step in read_steps(read_part(PAGE, title)):
            perform(copy, step)
        report = (copy.folder / "build/review/report.md").read_text(encoding="utf-8")
        assert expected[title] in report
        copy.commit(title)
