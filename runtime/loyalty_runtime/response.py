"""The whole reply of a call, for callers who want more than the decoded value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .calls.failures import request_id, status_error
from .calls.replies import plain_json, received
from .wire.decoding import decode_error

if TYPE_CHECKING:
    from .clock import Clock
    from .declared.operation import Operation
    from .headers import Headers
    from .wire.messages import RawResponse

T = TypeVar("T")
_MISSING = object()


class Response(Generic[T]):
    """Status, header fields and body of a reply; error statuses are not raised until `parsed` is read."""

    __slots__ = ("_clock", "_operation", "_parsed", "_raw", "_strict")

    def __init__(self, operation: Operation[T], raw: RawResponse, clock: Clock, strict: bool = False) -> None:
        self._operation = operation
        self._raw = raw
        self._clock = clock
        self._strict = strict
        self._parsed: object = _MISSING

    @property
    def status(self) -> int:
        """The status as a plain number, also an odd one."""
        return self._raw.status

    @property
    def headers(self) -> Headers:
        """The header fields, case-insensitive."""
        return self._raw.headers

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return self._raw.content

    @property
    def request_id(self) -> str | None:
        """The id the server gave the request, if any."""
        return request_id(self._raw.headers)

    @property
    def attempts(self) -> int:
        """How many times the request was sent."""
        return self._raw.attempts

    @property
    def ok(self) -> bool:
        """Say whether the status is a success."""
        return 200 <= self._raw.status < 300

    @property
    def parsed(self) -> T:
        """The decoded value; raises the status error of an error status, and `DecodeError`."""
        if self._parsed is _MISSING:
            self.raise_for_status()
            self._parsed = received(self._operation, self._raw, self._clock, strict=self._strict)[0]
        return self._parsed  # type: ignore[return-value]

    @property
    def error_body(self) -> object:
        """The decoded body of an error status, None for a success."""
        return None if self.ok else decode_error(self._operation.responses, self._raw)

    def json(self) -> object:
        """Return the body as a JSON value; raise `DecodeError`."""
        return plain_json(self._operation, self._raw)

    def raise_for_status(self) -> None:
        """Raise the status error unless the status is a success."""
        if not self.ok:
            raise status_error(self._operation, self._raw, self._clock)

    def __repr__(self) -> str:
        return f"<Response {self.status} of {self._operation.vendor} {self._operation.id}>"
