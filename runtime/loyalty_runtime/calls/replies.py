"""From a received reply to the value a caller gets: the one way for calls, pages and long-running work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..headers import request_id
from ..wire.decoding import Misfit, misfits, parse_json, read_reply
from ..wire.misfits import watching

if TYPE_CHECKING:
    from typing import Unpack

    from ..clock import Clock
    from ..declared.operation import Operation
    from ..errors import APIStatusError, DecodeError
    from ..events import Facts, Kind
    from ..wire.messages import Origin, RawResponse
    from .credentials import Credentials
    from .watch import Watch

T = TypeVar("T")


class Reading:
    """What a client's settings say about reading replies."""

    __slots__ = ("clock", "credentials", "error_details", "origin", "strict", "watch")

    def __init__(
        self, clock: Clock, credentials: Credentials, *, error_details: bool, strict: bool, watch: Watch, origin: Origin
    ) -> None:
        self.clock = clock
        self.watch = watch
        self.origin = origin
        self.credentials = credentials
        self.error_details = error_details
        self.strict = strict

    def status_error(self, operation: Operation[Any], raw: RawResponse) -> APIStatusError:
        """Return the error of a reply that is not a success."""
        from .failures import status_error

        return status_error(operation, raw, self.clock, self.credentials if self.error_details else None)

    def tell(self, kind: Kind, operation: Operation[Any], raw: RawResponse, **facts: Unpack[Facts]) -> None:
        """Tell what was read from a reply."""
        facts |= {"call": raw.call, "status": raw.status}
        facts["request_id"] = request_id(raw.headers) if self.watch.observers else None
        self.watch.tell(kind, operation, self.origin, **facts)

    def misfit(self, operation: Operation[Any], raw: RawResponse, misfit: Misfit) -> DecodeError:
        """Tell of a reply that does not fit, and return its error."""
        from .failures import decode_failure

        self.tell("misfit", operation, raw, failure=f"at {misfit.path} {misfit}", problem="misfit")
        if raw.question is not None:
            # A success that cannot be read may be that of somebody else, such as a gateway.
            raw.question.doubtful = True
        return decode_failure(operation, raw, misfit)

    def __repr__(self) -> str:
        return "<Reading>"


def received(operation: Operation[T], raw: RawResponse, reading: Reading) -> tuple[T, object]:
    """Return the decoded value of a reply, and the plain JSON value it was made from (`UNSET` where it is no JSON).

    Raises the status error of a reply that is no success, and `DecodeError`; with `strict` also for a member that does not fit.
    """
    if raw.status >= 300:
        raise reading.status_error(operation, raw)
    if reading.strict or not reading.watch.hears("misfit"):
        return _read(operation, raw, reading)
    with watching() as found:
        value, plain = _read(operation, raw, reading)
    for misfit in misfits(found, plain):
        reading.tell("misfit", operation, raw, failure=f"at {misfit.path} {misfit}", problem="misfit")
    return value, plain


def _read(operation: Operation[T], raw: RawResponse, reading: Reading) -> tuple[T, object]:
    misfit: Misfit
    try:
        return cast("tuple[T, object]", read_reply(operation.responses, raw, strict=reading.strict))
    except Misfit as error:
        misfit = error
    raise reading.misfit(operation, raw, misfit)


def plain_json(operation: Operation[T], raw: RawResponse) -> object:
    """Return the body of a reply as a JSON value, whatever its status and documented type; raise `DecodeError`."""
    misfit: Misfit
    try:
        return parse_json(raw)
    except Misfit as error:
        misfit = error
    from .failures import decode_failure

    raise decode_failure(operation, raw, misfit)
