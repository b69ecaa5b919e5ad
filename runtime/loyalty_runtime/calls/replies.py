"""From a received reply to the value a caller gets: the one way for calls, pages and long-running work."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from ..wire.decoding import Misfit, parse_json, read_reply
from .failures import decode_failure, status_error

if TYPE_CHECKING:
    from ..clock import Clock
    from ..declared.operation import Operation
    from ..wire.messages import RawResponse

T = TypeVar("T")


def received(operation: Operation[T], raw: RawResponse, clock: Clock, *, strict: bool = False) -> tuple[T, object]:
    """Return the decoded value of a reply, and the plain JSON value it was made from (`UNSET` where it is no JSON).

    Raises the status error of a reply that is no success, and `DecodeError`; with `strict` also for a member that does not fit.
    """
    if raw.status >= 300:
        raise status_error(operation, raw, clock)
    misfit: Misfit
    try:
        return cast("tuple[T, object]", read_reply(operation.responses, raw, strict=strict))
    except Misfit as error:
        misfit = error
    raise decode_failure(operation, raw, misfit)


def plain_json(operation: Operation[T], raw: RawResponse) -> object:
    """Return the body of a reply as a JSON value, whatever its status and documented type; raise `DecodeError`."""
    misfit: Misfit
    try:
        return parse_json(raw)
    except Misfit as error:
        misfit = error
    raise decode_failure(operation, raw, misfit)
