"""The start on a machine that has only Python, pip and git."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import bootstrap


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Move the environment to an empty folder and record commands instead of running them."""
    found: list[list[str]] = []

    def record(command: list[str], **arguments: Any) -> subprocess.CompletedProcess[str]:
        found.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed-from.txt")
    monkeypatch.setattr("scripts.bootstrap.subprocess.run", record)
    return found


def no_pip(*arguments: Any, **options: Any) -> None:
    """Fail like a Python without ensurepip."""
    raise subprocess.CalledProcessError(1, "ensurepip")


def test_nox_is_installed_once(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The locked list is installed with hashes into an environment of its own; the second start installs nothing."""
    monkeypatch.setattr("scripts.bootstrap.venv.create", lambda *arguments, **options: None)
    assert 0 == bootstrap.main(["-s", "tests"])
    assert "--require-hashes" in commands[0]
    assert ["-s", "tests"] == commands[1][-2:]
    assert 0 == bootstrap.main(["-s", "check"])
    assert 3 == len(commands)


def test_without_ensurepip_virtualenv_makes_the_environment(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Python cannot make an environment with pip, virtualenv from the same locked list does, without touching the system."""
    monkeypatch.setattr("scripts.bootstrap.venv.create", no_pip)
    assert 0 == bootstrap.main([])
    assert [sys.executable, "-m", "pip", "install"] == commands[0][:4]
    assert {"--target", "--require-hashes"} <= set(commands[0])
    assert [sys.executable, "-m", "virtualenv"] == commands[1][:3]


def test_a_failure_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed installation says what to do, without a traceback."""
    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed-from.txt")
    monkeypatch.setattr("scripts.bootstrap.venv.create", lambda *arguments, **options: None)
    monkeypatch.setattr("scripts.bootstrap.subprocess.run", no_pip)
    assert 1 == bootstrap.main([])
    assert "error: nox could not be installed" in capsys.readouterr().err.splitlines()[-1]
