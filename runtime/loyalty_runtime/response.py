"""The whole reply of a call, for callers who want more than the decoded value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .calls.replies import plain_json, received
from .headers import request_id
from .wire.decoding import decode_error

if TYPE_CHECKING:
    from .calls.replies import Reading
    from .declared.operation import Operation
    from .headers import Headers
    from .wire.messages import RawResponse

T = TypeVar("T")
_MISSING = object()


class Response(Generic[T]):
    """Status, header fields and body of a reply; error statuses are not raised until `parsed` is read."""

    __slots__ = ("_operation", "_parsed", "_raw", "_reading")

    def __init__(self, operation: Operation[T], raw: RawResponse, reading: Reading) -> None:
        self._operation = operation
        self._raw = raw
        self._reading = reading
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
            self._parsed = received(self._operation, self._raw, self._reading)[0]
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
            raise self._reading.status_error(self._operation, self._raw)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            "A reply belongs to its client and is not pickled; pickle .parsed, .json() or .content instead."
        )

    def __repr__(self) -> str:
        return f"<Response {self.status} of {self._operation.vendor} {self._operation.id}>"
