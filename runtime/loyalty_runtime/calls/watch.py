"""Who is told what happens: the log under `loyalty_runtime`, the observers of a client, the file that records.

The logging module is not imported here: where nobody has imported it, nobody has set up a handler either.
"""

from __future__ import annotations

import sys
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from logging import Logger
    from typing import Unpack

    from ..declared.operation import Operation
    from ..events import Event, Facts, Kind
    from ..wire.messages import Origin

_LEVELS = {"wait": 20, "token": 20}
_DEBUG = 10
_LOGGED = frozenset(("attempt", "wait", "token", "misfit"))
next_call = count(1).__next__
_logger: Logger | None = None


def logger() -> Logger | None:
    """Return the logger, or None where the program does not use logging."""
    global _logger  # noqa: PLW0603 - asked for several times in each call
    if _logger is None and "logging" in sys.modules:
        _logger = sys.modules["logging"].getLogger("loyalty_runtime")
    return _logger


class Watch:
    """Tells events; costs a look at the log where nobody listens."""

    __slots__ = ("observers",)

    def __init__(self, observers: Sequence[Callable[[Event], object]]) -> None:
        self.observers = tuple(observers)

    def hears(self, kind: Kind) -> bool:
        """Say whether anybody listens to events of this kind."""
        return bool(self.observers) or self._log(kind) is not None

    def _log(self, kind: Kind) -> Logger | None:
        log = logger() if kind in _LOGGED else None
        return log if log is not None and log.isEnabledFor(_LEVELS.get(kind, _DEBUG)) else None

    def tell(self, kind: Kind, operation: Operation[object], origin: Origin, **facts: Unpack[Facts]) -> None:
        """Make an event and give it to the log and to every observer; an observer that fails is reported to the log only."""
        log = self._log(kind)
        if log is None and not self.observers:
            return
        from ..events import Event

        event = Event(
            kind,
            vendor=operation.vendor,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            server=repr(origin),
            **facts,
        )
        if log is not None:
            log.log(_LEVELS.get(kind, _DEBUG), "%s", event)
        for observer in self.observers:
            try:
                observer(event)
            except Exception:  # noqa: BLE001 - an observer is somebody else's code
                found = logger()
                if found is not None:
                    found.exception("An observer of loyalty_runtime failed; the call goes on.")
