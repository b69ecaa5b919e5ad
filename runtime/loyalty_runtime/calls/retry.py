"""When to repeat a call, and after how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ArgumentError

if TYPE_CHECKING:
    from ..clock import Clock
    from ..declared.operation import Operation
    from ..errors import TransportFailure
    from ..headers import Headers
    from ..options import CallOptions

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
RETRY_STATUSES = frozenset((408, 429, 500, 502, 503, 504)) | frozenset(range(520, 531)) - {528}
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0


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


def backoff(repeat: int, clock: Clock) -> float:
    """Return the wait before repeat number `repeat` (from 1), in seconds: doubling, capped, with half of it jittered."""
    ceiling = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (repeat - 1))
    return ceiling * (0.5 + 0.5 * clock.random())


def retry_after(headers: Headers, clock: Clock) -> float | None:
    """Return the wait the server asks for, in seconds from now; None when it names none that can be read.

    Whole and decimal seconds and HTTP dates are understood; a moment in the past gives 0.
    """
    text = headers.get("retry-after")
    if text is None:
        return None
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = _http_date(text)
        return None if moment is None else max(0.0, moment - clock.time())
    return None if seconds != seconds else max(0.0, seconds)


def _http_date(text: str) -> float | None:
    from email.utils import mktime_tz, parsedate_tz

    parsed = parsedate_tz(text)
    if parsed is None:
        return None
    try:
        return float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None
