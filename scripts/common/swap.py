"""Folders that are replaced whole: made beside the old one, swapped in by two renames, healed after a process that was killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def temporary_folder(final: Path) -> Iterator[Path]:
    """Give an empty folder beside the one it will replace, to one process at a time; it is removed at the end if it is still there."""
    with alone(final):
        folder = _beside(final, "new")
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def swap_in(new: Path, old: Path) -> None:
    """Replace a folder by another with two renames; if the second fails, the first is undone."""
    aside = _beside(old, "before")
    if old.exists():
        shutil.rmtree(aside, ignore_errors=True)
        old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        if aside.exists():
            aside.rename(old)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def heal(parent: Path) -> list[str]:
    """Bring back the folders whose swap was killed between its renames; return their names."""
    healed: list[str] = []
    for aside in sorted(parent.glob(".*-before")):
        final = parent / aside.name.removeprefix(".").removesuffix("-before")
        with suppress(TimeoutError), alone(final, wait=0):  # held: another process is at it
            if not final.exists():
                aside.rename(final)
                healed.append(final.name)
    return healed


@contextmanager
def alone(final: Path, wait: float = -1) -> Iterator[None]:
    """Hold a folder against other processes; raises `TimeoutError` where it is held for longer than `wait` seconds."""
    from filelock import FileLock  # here, since a wheel is built without it

    path = _beside(final, "lock")
    with FileLock(path, timeout=wait):
        try:
            yield
        finally:
            # Removed while it is held: whoever waits for it sees that, and takes a new one. Windows keeps an open file.
            with suppress(OSError):
                path.unlink()


def _beside(final: Path, what: str) -> Path:
    return final.with_name(f".{final.name}-{what}")
