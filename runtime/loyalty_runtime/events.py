"""What happens during a call, as one object each: for logging, observers and tracing. No body, id or secret is in any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .frozen import Frozen

if TYPE_CHECKING:
    from typing import TypeAlias, TypedDict, Unpack

    Kind: TypeAlias = Literal["start", "attempt", "wait", "token", "page", "download", "misfit", "end"]

    class Facts(TypedDict, total=False):
        """What an event may tell besides its kind and place."""

        call: int
        attempt: int
        status: int | None
        failure: str | None
        problem: str | None
        seconds: float
        size: int | None
        request_id: str | None


_UNKNOWN: Facts = {
    "call": 0,
    "attempt": 0,
    "status": None,
    "failure": None,
    "problem": None,
    "seconds": 0.0,
    "size": None,
    "request_id": None,
}


class Event(Frozen):
    """One thing that happened in a call.

    `kind` is `start` and `end` of a logical call, `attempt` (one request with its outcome), `wait` (before a repeat or for a rate limit),
    `token` (a new one came), `page` (of a list), `download` (a file is complete), `misfit` (a reply that does not fit, `failure` says where).
    `call` is a number that all events of one logical call share; `path` is the template; `server` is scheme, host and port.
    `seconds` is how long it took, for `wait` how long it will; `size` the bytes or, of a page, the items received.
    `status` is set where a reply came; `failure` says in words what went wrong, or why there is a wait, `problem` is its kind, such as
    `refused` or the name of the error's class.
    """

    __slots__ = (
        "attempt",
        "call",
        "failure",
        "kind",
        "method",
        "operation",
        "path",
        "problem",
        "request_id",
        "seconds",
        "server",
        "size",
        "status",
        "vendor",
    )
    kind: Kind
    call: int
    vendor: str
    operation: str
    method: str
    path: str
    server: str
    attempt: int
    status: int | None
    failure: str | None
    problem: str | None
    seconds: float
    size: int | None
    request_id: str | None

    def __init__(
        self,
        kind: Kind,
        *,
        vendor: str,
        operation: str,
        method: str,
        path: str,
        server: str,
        **facts: Unpack[Facts],
    ) -> None:
        place = {"vendor": vendor, "operation": operation, "method": method, "path": path, "server": server}
        self._fill(kind=kind, **place, **{**_UNKNOWN, **facts})

    def __str__(self) -> str:
        return _TEXTS[self.kind](self)


_TEXTS = {
    "start": lambda event: f"{event.vendor} {event.operation}: {event.method} {event.path} begins",
    "attempt": lambda event: (
        f"{event.vendor} {event.operation}: {event.method} {event.path}, attempt {event.attempt}: {event.status or event.failure}"
    ),
    "wait": lambda event: f"{event.vendor} {event.operation} waits {event.seconds:.1f} s {event.failure}",
    "token": lambda event: (
        f"{event.vendor}: token {f'request ended with {event.failure}' if event.failure else 'fetched'}"
    ),
    "page": lambda event: f"{event.vendor} {event.operation}: page of {event.size} items",
    "download": lambda event: f"{event.vendor} {event.operation}: file complete",
    "misfit": lambda event: f"{event.vendor} {event.operation}: misfit, {event.failure}",
    "end": lambda event: (
        f"{event.vendor} {event.operation}: ended with {event.status or event.failure} after {event.seconds:.3f} s"
    ),
}
