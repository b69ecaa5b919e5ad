"""Where limits and tokens are kept: in memory, or in a store that processes share.

A permit counts from the moment it is taken until a window after its call has ended: in between the request reaches the server, so no
window there can hold more requests than the limit, whatever the network and the scheduler do.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from ..errors import StoreError
from ..http.fork import renew_after_fork

if TYPE_CHECKING:
    from ..declared.operation import RateLimit

MARGIN = 0.005  # seconds; servers that count milliseconds see windows that much shorter
LONGEST_LEASE = 60.0  # seconds after which a call that never ended, since its process was killed, counts as ended


class Kept:
    """A token in a store, with the seconds it is still to be used for."""

    __slots__ = ("refresh", "seconds", "value")

    def __init__(self, value: str, seconds: float, refresh: str | None) -> None:
        self.value = value
        self.seconds = seconds
        self.refresh = refresh

    def __repr__(self) -> str:
        return "<Kept ***>"


class Store(Protocol):
    """What a store can do; `patience` is how long it may take, in seconds. Raises `StoreError`."""

    def take(self, key: str, limits: tuple[RateLimit, ...], permit: str, lease: float, patience: float) -> float:
        """Take a permit for at most `lease` seconds and return 0, or take none and return the seconds to wait."""
        ...

    def done(self, key: str, permit: str, *, sent: bool, patience: float) -> None:
        """Say that the call of a permit has ended; one that was not sent is given back."""
        ...

    def claim(self, key: str, name: str, refused: str | None, lease: float, patience: float) -> Kept | float:
        """Return the kept token unless it is the refused one; else 0 for the one who is to ask for a new one, or seconds to wait."""
        ...

    def refresh_token(self, key: str, patience: float) -> str | None:
        """Return the refresh token of the last token, if there is one."""
        ...

    def keep(self, key: str, name: str, token: Kept | None, patience: float) -> None:
        """Keep the token that was asked for, or end the claim without one."""
        ...

    def close(self) -> None:
        """Give back what the store holds open."""
        ...


class MemoryLimits:
    """The permits of one credential in this process, by the client's own clock."""

    def __init__(self, limits: tuple[RateLimit, ...]) -> None:
        self.limits = limits
        self._ended: deque[float] = deque(maxlen=max((limit.requests for limit in limits), default=0))
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Forget the calls of the parent process that are under way."""
        self._lock = threading.Lock()
        self._running = 0

    def take(self, now: float) -> float:
        """Take a permit and return 0, or take none and return the seconds to wait."""
        with self._lock:
            wait = 0.0
            for limit in self.limits:
                place = limit.requests - self._running
                if place <= 0:
                    wait = max(wait, limit.seconds + MARGIN)
                elif len(self._ended) >= place:
                    wait = max(wait, self._ended[-place] + limit.seconds + MARGIN - now)
            if wait > 0:
                return wait
            self._running += 1
            return 0.0

    def done(self, now: float, *, sent: bool) -> None:
        """Say that a call has ended; one that was not sent is given back."""
        with self._lock:
            self._running = max(self._running - 1, 0)
            if sent:
                self._ended.append(now)


def store_error(what: str, problem: str) -> StoreError:
    """Return the error for a store that cannot be used."""
    return StoreError(f"The {what} that processes share cannot be used: {problem}. Nothing was sent.")
