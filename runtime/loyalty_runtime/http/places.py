"""Who may use which connection to a server: bookkeeping without input and output, the same for threads and for tasks.

Each call costs a constant number of steps, however many wait and however many connections there are.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any, Generic, TypeVar

C = TypeVar("C")

WAITING, HOLDING, REFUSED, DONE = range(4)


class Ticket(Generic[C]):
    """One call's claim to a place. While it holds one, `connection` is a kept connection, or None where one has to be opened."""

    __slots__ = ("connection", "state", "wake")

    def __init__(self) -> None:
        self.connection: C | None = None
        self.state = DONE
        self.wake: Any = None  # what the pool wakes the waiting call with


class Places(Generic[C]):
    """The places of one server: at most `limit`, of which `keep` may be idle for `seconds`.

    The connection used last is used first, so that surplus ones run out; calls that wait are served in their order.
    Connections to close are put into `doomed`, for the caller to close outside of any lock.
    """

    __slots__ = ("_keep", "_limit", "_seconds", "closed", "doomed", "idle", "taken", "waiting")

    def __init__(self, *, limit: int, keep: int, seconds: float) -> None:
        self._limit = limit
        self._keep = keep
        self._seconds = seconds
        self.taken = 0
        self.closed = False
        self.idle: deque[tuple[C, float]] = deque()
        self.waiting: OrderedDict[Ticket[C], None] = OrderedDict()
        self.doomed: list[C] = []

    def take(self, ticket: Ticket[C], now: float) -> None:
        """Give the ticket a place, or let it wait; after `close` it is refused."""
        if self.closed:
            ticket.state = REFUSED
            return
        self._expire(now)
        if self.idle:
            ticket.connection = self.idle.pop()[0]
            ticket.state = HOLDING
        elif self.taken < self._limit:
            self.taken += 1
            ticket.state = HOLDING
        else:
            ticket.state = WAITING
            self.waiting[ticket] = None

    def give(self, ticket: Ticket[C], connection: C | None, now: float) -> Ticket[C] | None:
        """End the ticket in whatever state it is; return the waiting one that got its place and is to be woken.

        `connection` is what can be used again, None where nothing can.
        """
        state, ticket.state, ticket.connection = ticket.state, DONE, None
        if state == WAITING:
            self.waiting.pop(ticket, None)
        if state != HOLDING:
            return None
        if self.waiting:
            heir, _ = self.waiting.popitem(last=False)
            heir.connection = connection
            heir.state = HOLDING
            return heir
        if connection is not None and not self.closed and len(self.idle) < self._keep and self._seconds > 0:
            self.idle.append((connection, now + self._seconds))
            self._expire(now)
            return None
        self.taken -= 1
        if connection is not None:
            self.doomed.append(connection)
        return None

    def _expire(self, now: float) -> None:
        # The oldest stand at the left, as the last one used is the first one taken.
        while self.idle and self.idle[0][1] <= now:
            self.doomed.append(self.idle.popleft()[0])
            self.taken -= 1

    def close(self) -> list[Ticket[C]]:
        """Refuse every further ticket; return the waiting ones, which are refused too and to be woken. Places in use stay so."""
        self.closed = True
        self.doomed.extend(connection for connection, _ in self.idle)
        self.taken -= len(self.idle)
        self.idle.clear()
        refused = list(self.waiting)
        self.waiting.clear()
        for ticket in refused:
            ticket.state = REFUSED
        return refused
