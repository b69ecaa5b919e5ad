"""What happens during a call, as one object each: for logging, observers and tracing. No body, id or secret is in any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .frozen import Frozen

if TYPE_CHECKING:
    from typing import TypeAlias, TypedDict

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


class Event(Frozen):
    """One thing that happened in a call.

    `kind` is `start` and `end` of a logical call, `attempt` (one request with its outcome), `wait` (before a repeat or for a rate limit),
    `token` (a new one came), `page` (of a list), `download` (a file is complete), `misfit` (a reply that does not fit, `failure` says where).
    `call` is a number that all events of one logical call share; `path` is the template; `server` is scheme, host and port.
    `seconds` is how long it took, for `wait` how long it will; `size` the bytes or, of a page, the items received.
    `status` is set where a reply came; `failure` says in words what went wrong, or why there is a wait, `problem` is its kind, such as
    `refused` or the name of the error's class.
    """

    kind: Kind
    vendor: str
    operation: str
    method: str
    path: str
    server: str
    call: int = 0
    attempt: int = 0
    status: int | None = None
    failure: str | None = None
    problem: str | None = None
    seconds: float = 0.0
    size: int | None = None
    request_id: str | None = None

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
