"""One row of an answer table, and the tests every table goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty_runtime import errors
from tests.clients.packages import operations
from tests.clients.recording import Recorder
from tests.clients.replies import perform, same, to_plain, type_name
from tests.clients.rows import Row
from tests.clients.vendors import Client

# What a status that is no number stands for here.
_SERVED = {"2XX": 202, "default": 418}
_ERRORS = {401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError", 429: "RateLimitError"}


@dataclass(frozen=True)
class Answered:
    """A documented answer: the class its body is read as, the body (None for none), and the error it raises."""

    status: int | str
    type: str
    body: object
    error: str | None = None

    @property
    def served(self) -> int:
        """Return the status the server sends."""
        return self.status if isinstance(self.status, int) else _SERVED[self.status]


def refusals(body: object, kind: str, *statuses: int | str) -> list[Answered]:
    """Return answers with the same body, and the error class of each status."""
    return [
        Answered(
            status, kind, body, _ERRORS.get(status, "APIStatusError") if isinstance(status, int) else "APIStatusError"
        )
        for status in statuses
    ]


def flat(table: Mapping[str, Sequence[Answered]]) -> list[tuple[str, Answered]]:
    """Return (operation, answer) for every row of a table."""
    return [(name, answered) for name, rows in table.items() for answered in rows]


def names(table: Mapping[str, Sequence[Answered]]) -> list[str]:
    """Return a name for every row of a table."""
    return [f"{name}-{answered.status}" for name, answered in flat(table)]


def documented(client: Client) -> dict[str, set[int | str]]:
    """Return the statuses each operation of a client documents."""
    return {descriptor.id: set(descriptor.responses) for descriptor in operations(client).values()}


def check_answer(client: Client, row: Row, answered: Answered, recorder: Recorder, *, asynchronous: bool) -> None:
    """Let the server give an answer and demand the stated class, body and error."""
    recorder.answer(answered.served, b"" if answered.body is None else answered.body)
    outcome = perform(client, row, recorder, asynchronous=asynchronous)
    if answered.error is None:
        assert outcome.error is None
        seen = outcome.value
    else:
        error = outcome.status_error
        assert getattr(errors, answered.error) is type(error)
        assert (answered.served, row.operation) == (error.status, error.operation)
        seen = error.body
    assert answered.type == type_name(seen)
    assert same(answered.body, to_plain(seen)), to_plain(seen)
