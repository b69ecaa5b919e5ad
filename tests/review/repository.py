"""A temporary clone of this repository with one small invented vendor, for tests that change it and run the real commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from scripts.common.layout import ROOT
from scripts.common.node import install_node_tools

ACME = Path(__file__).parent / "acme"
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **dict.fromkeys(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"], "Ada Lovelace"),
    **dict.fromkeys(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"], "ada@example.com"),
}
_NOT_COPIED = shutil.ignore_patterns("node_modules", "__pycache__")


class Repository:
    """Hold a repository in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str) -> str:
        """Run git and return what it printed."""
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=True, env={**os.environ, **_GIT}
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit everything and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the repository's own scripts, as its sessions do."""
        paths = [self.folder, self.folder / "runtime", *sorted(self.folder.glob("generated/*"))]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "120",
        }
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, env=environment, timeout=300
        )

    def must(self, module: str, *arguments: str) -> str:
        """Run a module that has to succeed and return what it printed."""
        done = self.run(module, *arguments)
        assert done.returncode == 0, f"{module} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text that stands exactly once in a file."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: {old!r} stands {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        """Add text at the end of a file, which may be new."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)


def copy_pipeline(folder: Path) -> Repository:
    """Copy the pipeline, the runtime and the settings into a folder, without any vendor."""
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=_NOT_COPIED)
    shutil.copytree(ROOT / "runtime", folder / "runtime", ignore=_NOT_COPIED)
    for name in ("pyproject.toml", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "docs" / "evidence").mkdir(parents=True)
    # Installed once, used by every copy.
    (folder / "scripts" / "node" / "node_modules").symlink_to(install_tools(), target_is_directory=True)
    return Repository(folder)


def install_tools() -> Path:
    """Install the Node tools of this repository, one process at a time, and return their folder."""
    with FileLock(Path(tempfile.gettempdir()) / "loyalty-clients-node-tools.lock"):
        return install_node_tools().parent


def make_acme(folder: Path) -> Repository:
    """Return a repository with the invented vendor, regenerated and committed on `main`."""
    repository = copy_pipeline(folder)
    shutil.copytree(ACME, folder, dirs_exist_ok=True)
    repository.must("scripts.regenerate")
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.append(".git/info/exclude", "scripts/node/node_modules\n")
    repository.commit("acme: an invented vendor")
    return repository
