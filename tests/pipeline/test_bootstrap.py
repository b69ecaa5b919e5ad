"""The start on a machine that has only Python, pip and git."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import bootstrap
from scripts.common.layout import ROOT


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Move the environment to an empty folder and record commands instead of running them."""
    found: list[list[str]] = []

    def record(command: list[str], **arguments: Any) -> subprocess.CompletedProcess[str]:
        found.append(command)
        return subprocess.CompletedProcess(command, 0)

    def install(python: str, lock: Path, options: list[str] | None = None) -> None:
        found.append([python, "install", lock.name, *(options or [])])

    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr(bootstrap, "install", install)
    monkeypatch.setattr("scripts.bootstrap.subprocess.run", record)
    return found


def no_pip(*arguments: Any, **options: Any) -> None:
    """Fail like a Python without ensurepip."""
    raise subprocess.CalledProcessError(1, "ensurepip")


def fake_python(folder: Path, code: str) -> str:
    """Return a command that runs the code whatever it is asked for."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_nox_is_installed_once(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The locked list goes into an environment of its own; the second start installs nothing."""
    monkeypatch.setattr("scripts.bootstrap.venv.create", lambda *arguments, **options: None)
    assert 0 == bootstrap.main(["-s", "tests"])
    assert 0 == bootstrap.main(["-s", "check"])
    assert [["install", "nox.txt"], ["-s", "tests"], ["-s", "check"]] == [words[-2:] for words in commands]


def test_without_ensurepip_virtualenv_makes_the_environment(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Python cannot make an environment with pip, virtualenv from the same list does, without touching the system."""
    monkeypatch.setattr("scripts.bootstrap.venv.create", no_pip)
    assert 0 == bootstrap.main([])
    assert [sys.executable, "install", "nox.txt", "--target"] == commands[0][:4]
    assert [sys.executable, "-m", "virtualenv"] == commands[1][:3]


def test_settings_of_pip_do_not_send_it_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PIP_USER=1 and its kind, which many machines set, do not break the first command."""
    for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"):
        monkeypatch.setenv(name, "1")
    seen = tmp_path / "seen.json"
    code = f"import json, os, pathlib\npathlib.Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))"
    bootstrap.install(fake_python(tmp_path, code), tmp_path / "list.txt")
    found = json.loads(seen.read_text(encoding="utf-8"))
    assert ["0", None, None] == [found.get(name) for name in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX")]


def test_a_failure_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed installation shows pip's reason and says what to do, without a traceback."""
    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr("scripts.bootstrap.venv.create", lambda *arguments, **options: None)
    (tmp_path / "bin").mkdir()
    fake_python(tmp_path / "bin", "print('ERROR: no such version')\nraise SystemExit(1)")
    assert 1 == bootstrap.main([])
    expected = "error: nox could not be installed: pip says above why locks/nox.txt fails. Check pip and the network, then run again."
    assert expected == capsys.readouterr().err.splitlines()[-1]


def test_an_older_python_is_named() -> None:
    """An older Python reads what it needs, before anything is installed."""
    code = "import runpy, sys; sys.version_info = (3, 10, 13, 'final', 0); runpy.run_path('noxfile.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (1, "error: this repository needs Python 3.11 or newer, this is 3.10.13\n") == (done.returncode, done.stderr)
