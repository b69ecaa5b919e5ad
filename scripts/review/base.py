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

PARTS = ("specs", "overlays", "generated", "docs/evidence", "runtime", "changes", "pyproject.toml")


def resolve_base(revision: str | None, *, root: Path) -> str:
    """Return the commit to compare with: of the revision, or the merge base with `origin/main` or `main`.

    Raises:
        PipelineError: there is no such revision, or no `main` to take as base.
    """
    shallow = _git(root, "rev-parse", "--is-shallow-repository") == "true"
    hint = " This clone is shallow: run `git fetch --unshallow` first." if shallow else ""
    if revision is not None:
        commit, said = _try_git(root, "rev-list", "-1", "--end-of-options", revision, "--")
        if commit is None:
            raise PipelineError(
                f"no revision {revision!r} (git says: {said})",
                where="review --base",
                todo=f"Fetch it, or name a commit, a branch or a tag.{hint}",
            )
        return commit
    heard = []
    for name in ("origin/main", "main"):
        commit, said = _try_git(root, "merge-base", "HEAD", name)
        if commit is not None:
            return commit
        heard.append(f"{name}: {said or 'no common commit'}")
    raise PipelineError(
        f"there is no main branch to compare with (git says of {'; of '.join(heard)})",
        where="review",
        todo=f"Name a revision with --base.{hint}",
    )


@contextmanager
def base_tree(commit: str, *, root: Path) -> Iterator[Path]:
    """Give a temporary folder with the files of one commit that a review reads.

    Raises:
        PipelineError: git cannot read the commit.
    """
    present = set(
        (
            _git(root, "ls-tree", "--name-only", commit) + "\n" + _git(root, "ls-tree", "--name-only", commit, "docs/")
        ).split("\n")
    )
    parts = [part for part in PARTS if part in present]
    with tempfile.TemporaryDirectory(prefix="review-base-") as name:
        folder = Path(name)
        if parts:
            done = subprocess.run(
                ["git", "archive", "--format=tar", commit, "--", *parts], cwd=root, capture_output=True, check=False
            )
            if done.returncode:
                raise PipelineError(
                    f"git archive failed: {done.stderr.decode(errors='replace').strip()}",
                    where=commit[:12],
                    todo="Check the repository.",
                )
            try:
                with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
                    archive.extractall(folder, filter="data")
            except tarfile.TarError as problem:
                raise PipelineError(
                    f"its files cannot be unpacked: {problem}", where=commit[:12], todo="Choose another base."
                ) from None
        yield folder


def changed_files(commit: str, *paths: str, root: Path) -> list[str]:
    """List what differs between a commit and the working tree below some paths, new files that git does not know included."""
    tracked = _git(root, "diff", "--name-only", "--no-renames", commit, "--", *paths)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "--", *paths)
    return sorted({line for line in (tracked + "\n" + new).splitlines() if line})


def _git(root: Path, *arguments: str) -> str:
    found, said = _try_git(root, *arguments, empty=True)
    if found is None:
        raise PipelineError(
            f"git {arguments[0]} failed: {said}",
            where=root.name,
            todo="Run the review inside a clone of the repository.",
        )
    return found


def _try_git(root: Path, *arguments: str, empty: bool = False) -> tuple[str | None, str]:
    """Return what git printed, or None, and what it said on one line; `empty` takes no output for an answer."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None, "git is not installed"
    said = " ".join(done.stderr.split())
    answered = done.returncode == 0 and (empty or bool(done.stdout.strip()))
    return (done.stdout.strip() if answered else None), said
