"""Who asks while a reply is read learns of its misfits: members that are missing though required, or do not fit their types."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The object or list it stands in, the name on the wire (empty: the whole), what came (`UNSET` where it is missing).
Found = tuple[object, str, object]


class _Watch(threading.local):
    """The misfits of the read that is under way in this thread, where somebody asked for them."""

    found: list[Found] | None = None


_watch = _Watch()


@contextmanager
def watching() -> Iterator[list[Found]]:
    """Collect the misfits of a read, which never waits for anything."""
    before = _watch.found
    found: list[Found] = []
    _watch.found = found
    try:
        yield found
    finally:
        _watch.found = before


def note(holder: object, member: str, came: object) -> None:
    """Tell of a misfit."""
    if _watch.found is not None:
        _watch.found.append((holder, member, came))
