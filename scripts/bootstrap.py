"""Start nox on a machine that has only Python, pip and git: `python3 noxfile.py -s tests`.

nox goes into an environment of its own below `.nox/`, from the locked list, so the system's Python stays as it is.
Only the standard library is imported here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "locks" / "nox.txt"
HOME = ROOT / ".nox" / "bootstrap"


class InstallError(Exception):
    """Say that a locked list could not be installed, and why."""


def main(arguments: list[str]) -> int:
    """Install nox below `.nox/` unless it is there, and run it with the arguments."""
    python = str(HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    if not is_installed(HOME, LOCK):
        try:
            _make_environment()
            install(python, LOCK)
        except (InstallError, subprocess.CalledProcessError, OSError) as problem:
            print(f"error: nox could not be installed: {problem}", file=sys.stderr)
            return 1
        remember(HOME, LOCK)
    command = [python, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), *arguments]
    return subprocess.run(command, check=False).returncode


def is_installed(home: Path, lock: Path) -> bool:
    """Tell whether an environment holds exactly a locked list, for the Python that runs now."""
    stamp = home / "installed-from.txt"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _stamp(lock)


def remember(home: Path, lock: Path) -> None:
    """Write down that an environment holds a locked list."""
    (home / "installed-from.txt").write_text(_stamp(lock), encoding="utf-8")


def _stamp(lock: Path) -> str:
    return f"# Python {sys.version_info[0]}.{sys.version_info[1]}\n" + lock.read_text(encoding="utf-8")


def install(python: str, lock: Path, options: Sequence[str] = ()) -> None:
    """Install a locked list with pip, which prints how far it is.

    Raises:
        InstallError: pip failed, and has printed why.
    """
    name = f"{lock.parent.name}/{lock.name}"
    print(f"Installing {name} (once) …", file=sys.stderr, flush=True)
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    if subprocess.run([*command, "-r", str(lock), *options], check=False, env=pip_environment()).returncode:
        raise InstallError(f"pip says above why {name} fails. Check pip and the network, then run again.")


def pip_environment() -> dict[str, str]:
    """Return the environment without settings that send an install elsewhere, such as PIP_USER=1."""
    elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV")
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {**kept, "PIP_USER": "0"}


def _make_environment() -> None:
    try:
        venv.create(HOME, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError):
        # Some systems ship Python without ensurepip; virtualenv brings its own pip.
        with tempfile.TemporaryDirectory() as folder:
            install(sys.executable, LOCK, ["--target", folder])
            command = [sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(HOME)]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": folder})
