"""What the tests of the pipeline share: a tiny repository of one vendor, copied anew for whoever changes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import check, regenerate, validate
from scripts.common.layout import ROOT, Vendor
from scripts.common.problems import run

TINY = Path(__file__).parent / "tiny"

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def run_command(name: str, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the pipeline on another repository, as a user does; warnings are errors there too."""
    command = [sys.executable, "-W", "error", "-m", f"scripts.{name}", "--root", str(root), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def acme(tmp_path: Path) -> Vendor:
    """Copy the tiny repository and return its vendor."""
    return copy_tiny(tmp_path / "repository")


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs a command in this process, which is much faster; a traceback would end the test."""
    mains = {"check": check.main, "regenerate": regenerate.main, "validate": validate.main}

    def call(name: str, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", [name, "--root", str(root), *arguments])
        code = run(mains[name])
        return subprocess.CompletedProcess([name], code, *capsys.readouterr())

    return call


def assert_refused(done: subprocess.CompletedProcess[str], start: str) -> str:
    """Check that a command ended with one line and exit code 1, and return the line."""
    lines = done.stderr.splitlines()
    assert (1, 1) == (done.returncode, len(lines)), done.stderr
    assert start == lines[0][: len(start)]
    assert "Traceback" not in done.stdout + done.stderr
    return lines[0]


@pytest.fixture(scope="session")
def command() -> Command:
    """Return the function that runs a command of the pipeline."""
    return run_command


@pytest.fixture(scope="session")
def tiny() -> Callable[[Path], Vendor]:
    """Return the function that copies the tiny repository."""
    return copy_tiny


def write_folder(path: Path, **files: str) -> Path:
    """Write a folder of text files."""
    path.mkdir(parents=True)
    for name, text in files.items():
        (path / name).write_text(text)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, without caches, with its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def copy_tiny(folder: Path) -> Vendor:
    """Copy the tiny repository into a new folder."""
    shutil.copytree(TINY, folder)
    return Vendor("acme", folder)
