"""The files of the base revision, read through git into a temporary folder: the working tree is never touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.common.problems import PipelineError


def resolve_base(revision: str | None, *, root: Path) -> str:
    """Return the commit to compare with: of the revision, or the merge base with `origin/main` or `main`.

    Raises:
        PipelineError: there is no such revision, or no `main` to take as base.
    """
    tries: dict[str, tuple[str, ...]]
    if revision is not None:
        tries = {repr(revision): ("rev-list", "-1", "--end-of-options", revision, "--")}
    else:
        tries = {name: ("merge-base", "HEAD", name) for name in ("origin/main", "main")}
    heard = []
    for name, arguments in tries.items():
        done = _git(root, *arguments)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.decode().strip()
        heard.append(f"no revision {name} (git says: {_said(done) or 'no common commit'})")
    shallow = _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    found, todo = ", ".join(heard), "Fetch it, or name a commit, a branch or a tag."
    if shallow:
        found, todo = f"this clone is shallow: {found}", f"Run `git fetch --unshallow`. {todo}"
    raise PipelineError(found, where="review --base", todo=todo)


@contextmanager
def base_tree(commit: str, *, root: Path) -> Iterator[Path]:
    """Give a temporary folder with the files of one commit.

    Raises:
        PipelineError: git cannot read the commit.
    """
    with tempfile.TemporaryDirectory(prefix="review-base-") as folder:
        if _must(root, "ls-tree", commit):  # of an empty commit git makes no archive that can be read
            with tarfile.open(fileobj=io.BytesIO(_must(root, "archive", "--format=tar", commit))) as archive:
                archive.extractall(folder, filter="data")
        yield Path(folder)


def _must(root: Path, *arguments: str) -> bytes:
    done = _git(root, *arguments)
    if done.returncode:
        found = f"git {arguments[0]} failed: {_said(done)}"
        raise PipelineError(found, where=root.name, todo="Run the review inside a clone of the repository.")
    return done.stdout


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join(done.stderr.decode(errors="replace").split())
