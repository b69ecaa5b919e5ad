"""When to repeat a call, after how long, and under which idempotency header: one value per logical call, made by the client unless the caller gives one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..declared.operation import SAFE_METHODS
from ..errors import ArgumentError, TransportFailure
from ..types import Unset
from ..wire.values import text_of

if TYPE_CHECKING:
    from ..clock import Clock
    from ..declared.operation import Operation
    from ..headers import Headers
    from ..options import CallOptions
    from ..wire.messages import RawResponse

RETRY_STATUSES = frozenset((408, 429, 500, 502, 503, 504)) | frozenset(range(520, 531)) - {528}
_REFUSALS = (501, 505)  # the server does not know how: nothing was done
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
_MOST = 1e9  # thirty years, in seconds: a wait that every clock of the system can still be asked for
PATIENCE = 86_400.0  # longer than a day no call waits for the vendor, whatever its budget


def may_repeat(operation: Operation[object], options: CallOptions | None, keyed: bool) -> bool:
    """Say whether repeating this call is safe: by its method, its idempotency header, or the caller's word for a natural key.

    Raises `ArgumentError` when the caller vouches for an operation that declares no natural key.
    """
    if options is not None and options.repeat:
        declared = operation.idempotency
        if declared is None or declared.kind != "natural":
            raise ArgumentError(
                f"{operation.id} declares no natural key, so repeat=True is refused; it could count twice.",
                argument="repeat",
            )
        return True
    return keyed or operation.method in SAFE_METHODS


def repeatable_failure(failure: TransportFailure, safe: bool) -> bool:
    """Say whether a connection failure may be followed by another attempt."""
    if failure.problem in ("tls", "proxy", "too-large", "encoding", "protocol"):
        return False
    return safe or not failure.sent


def may_have_worked(outcome: RawResponse | TransportFailure) -> bool:
    """Say whether an attempt may have taken effect though its answer does not say so: none came, or that of a server in trouble."""
    if isinstance(outcome, TransportFailure):
        return outcome.sent
    return outcome.status >= 500 and outcome.status not in _REFUSALS


def backoff(repeat: int, clock: Clock) -> float:
    """Return the wait before repeat number `repeat` (from 1), in seconds: doubling, capped, with half of it jittered."""
    ceiling = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (repeat - 1))
    return ceiling * (0.5 + 0.5 * clock.random())


def retry_after(headers: Headers, clock: Clock) -> float | None:
    """Return the wait the server asks for, in seconds from now; None when it names none that can be read.

    Whole and decimal seconds and HTTP dates are understood; a moment in the past gives 0, more than thirty years give thirty years.
    """
    text = headers.get("retry-after")
    if text is None:
        return None
    text = text.strip()
    seconds = _number(text)
    if seconds is None:
        moment = http_date(text)
        seconds = None if moment is None else moment - clock.time()
    return None if seconds is None or seconds != seconds else min(max(0.0, seconds), _MOST)


def _number(text: str) -> float | None:
    if not text.isascii() or "_" in text:  # which float would read too
        return None
    try:
        return float(text)
    except ValueError:
        return None


def http_date(text: str) -> float | None:
    """Return the seconds since 1970 of a date as header fields hold it; None when it is none."""
    from email.utils import mktime_tz, parsedate_tz

    try:
        parsed = parsedate_tz(text)
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def idempotency_value(
    operation: Operation[object], headers: Mapping[str, object], options: CallOptions | None
) -> tuple[str, str] | None:
    """Return name and value of the idempotency header of this call, or None where the operation has none.

    The caller's header parameter comes first, then `CallOptions.idempotency_key`, then a fresh UUID.
    Raises `ArgumentError` for a key given to an operation that would not send it.
    """
    given = options.idempotency_key if options is not None else None
    declared = operation.idempotency
    if declared is None or declared.kind == "natural":
        if given is not None:
            raise ArgumentError(
                f"{operation.id} has no idempotency header, so idempotency_key would have no effect.",
                argument="idempotency_key",
            )
        return None
    for name, value in headers.items():
        if name.lower() == declared.header.lower() and value is not None and not isinstance(value, Unset):
            return declared.header, text_of(value, name)
    if given is None:
        from uuid import uuid4

        given = str(uuid4())
    return declared.header, given
