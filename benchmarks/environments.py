"""Environments below `build/bench/`: one per peer, with only what it declares, every module compiled."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.layout import BUILD, LOCKS
from scripts.common.problems import PipelineError

# Children get nothing of the caller's Python settings: no path, no coverage, no proxy.
_KEPT = ("HOME", "JAVA_HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TMPDIR")


@dataclass(frozen=True)
class Environment:
    """One environment, made from `locks/<lock>.txt`."""

    lock: str

    @property
    def folder(self) -> Path:
        return BUILD / "environments" / self.lock

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def packages(self) -> Path:
        """Where installed packages lie."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def clean_environment() -> dict[str, str]:
    """Return the variables measured programs run under; they write no bytecode, as all of it is there."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0"}


def make(environment: Environment) -> Environment:
    """Make an environment unless exactly it is there.

    Raises:
        PipelineError: pip cannot install what the lock names.
    """
    lock = LOCKS / f"{environment.lock}.txt"
    wanted = f"{sys.version}\n{lock.read_text(encoding='utf-8')}"
    stamp = environment.folder / "installed.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return environment
    venv.EnvBuilder(clear=True, with_pip=False).create(environment.folder)
    pip = [sys.executable, "-m", "pip", "--python", str(environment.python), "install", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--disable-pip-version-check", "--compile", "-r", str(lock)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PipelineError(
            f"pip failed: {last[:300]}", where=f"benchmarks/locks/{lock.name}", todo="Check the network."
        )
    stamp.write_text(wanted, encoding="utf-8")
    return environment


def place(environment: Environment, package: Path) -> None:
    """Put a package, compiled, into an environment, unless exactly it is there."""
    target = environment.packages / package.name
    stamp = environment.folder / f"{package.name}.sha256"
    digest = hash_tree(package)
    if target.is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(package, target, ignore=shutil.ignore_patterns("__pycache__"))
    command = [str(environment.python), "-m", "compileall", "-q", str(target)]
    subprocess.run(command, env={**clean_environment(), "PYTHONDONTWRITEBYTECODE": ""}, check=True)
    stamp.write_text(digest, encoding="utf-8")


def hash_tree(*places: Path) -> str:
    """Return one SHA-256 over names and bytes of the files below some folders, bytecode left out."""
    total = hashlib.sha256()
    for place_ in places:
        for path in sorted(place_.rglob("*")) if place_.is_dir() else [place_]:
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(place_.parent).as_posix()}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()
