"""Start nox on a machine that has only Python, pip and git: `python3 noxfile.py -s tests`.

nox goes into an environment of its own below `.nox/`, from the locked list, so the system's Python stays as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "locks" / "nox.txt"
HOME = ROOT / ".nox" / "bootstrap"
STAMP = HOME / "installed-from.txt"


def main(arguments: list[str]) -> int:
    """Install nox below `.nox/` unless it is there, and run it with the arguments."""
    python = HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not STAMP.is_file() or STAMP.read_bytes() != LOCK.read_bytes():
        print("Installing nox into .nox/ (once) …", file=sys.stderr)
        try:
            _make_environment()
            subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)], check=True
            )
        except (subprocess.CalledProcessError, OSError) as problem:
            print(
                f"error: nox could not be installed: {problem}. Check pip and the network, then run again.",
                file=sys.stderr,
            )
            return 1
        STAMP.write_bytes(LOCK.read_bytes())
    return subprocess.run(
        [str(python), "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), *arguments], check=False
    ).returncode


def _make_environment() -> None:
    try:
        venv.create(HOME, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError):
        # Some systems ship Python without ensurepip; virtualenv brings its own pip.
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--target",
                    folder,
                    "--require-hashes",
                    "-r",
                    str(LOCK),
                ],
                check=True,
            )
            subprocess.run(
                [sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(HOME)],
                check=True,
                env={**os.environ, "PYTHONPATH": folder},
            )
