"""What a process made by fork must not share with its parent: sockets, locks, work of threads that do not exist in it."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Renewed(Protocol):
    """An object whose state is made anew in a child process."""

    def renew(self) -> None:
        """Forget everything that belongs to the parent process."""
        ...


_objects: weakref.WeakSet[Renewed] = weakref.WeakSet()


def renew_after_fork(owner: Renewed) -> None:
    """Call the object's `renew` in every child process, before anything else runs there."""
    _objects.add(owner)


class Lock:
    """A lock of the threads of one process: in a child it is free, though a thread of the parent may hold it for good."""

    def __init__(self) -> None:
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[bool]:
        """Hold the lock, if it comes free in time; say whether it did."""
        lock = self._lock  # the same one to the end, whatever process this is then
        held = lock.acquire(timeout=-1 if seconds is None else min(max(seconds, 0), threading.TIMEOUT_MAX))
        try:
            yield held
        finally:
            if held:
                lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


making = Lock()
"""Held while a transport is made."""


def _renew() -> None:
    for owner in list(_objects):
        owner.renew()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew)
