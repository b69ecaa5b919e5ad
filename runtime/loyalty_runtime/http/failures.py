"""From what went wrong on a connection to a failure in neutral words: host and kind of the cause, no library's exception or text."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

from ..errors import TransportFailure

if TYPE_CHECKING:
    from ..errors import TransportProblem
    from ..wire.messages import Request

_CERTIFICATE = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed by an unknown authority",
    19: "its certificate comes from an unknown authority",
    20: "its certificate comes from an unknown authority",
    21: "its certificate comes from an unknown authority",
    23: "its certificate was revoked",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
_CONNECTING = {
    errno.ECONNREFUSED: "refused the connection",
    errno.EHOSTUNREACH: "cannot be reached: no route to the host",
    errno.ENETUNREACH: "cannot be reached: no route to its network",
    errno.EADDRNOTAVAIL: "cannot be reached: no local address or port is free",
    errno.EMFILE: "cannot be reached: this process has too many files open",
    errno.ETIMEDOUT: "did not answer the connection in time",
    errno.EACCES: "cannot be reached: this machine forbids the connection",
    errno.EPERM: "cannot be reached: this machine forbids the connection",
}


_FOR_EVER = 1e8  # seconds; what clocks of sockets and locks cannot count


class Progress:
    """How far a call has come, so that a failure says truly whether anything was sent.

    `deadline` is the moment, by `time.monotonic`, at which the attempt ends; `connect_seconds` what connecting may take of it;
    `limit` the moment that counts in the present phase; `peer` is the proxy while only that is spoken to.
    """

    __slots__ = ("connect_seconds", "deadline", "limit", "peer", "phase", "sent")

    def __init__(self, request: Request, now: float) -> None:
        timeout = request.timeout
        self.limit = self.deadline = None if timeout is None or timeout > _FOR_EVER else now + timeout
        self.connect_seconds = request.connect_timeout
        self.phase = "waiting"  # then: looking up, connecting, tunnelling, securing, sending, reading
        self.peer = ""
        self.sent = False


_LATE = {
    "waiting": ("pool", "no connection of the pool became free in time"),
    "looking up": ("timeout", "looking up the name took too long"),
    "connecting": ("timeout", "connecting took too long"),
    "tunnelling": ("timeout", "no tunnel came in time"),
    "securing": ("timeout", "the TLS handshake took too long"),
    "sending": ("timeout", "the request could not be sent in time"),
    "reading": ("timeout", "no complete answer came in time"),
}


def late(progress: Progress, host: str) -> TransportFailure:
    """Return the failure of an attempt whose time is up."""
    problem, detail = _LATE[progress.phase]
    return TransportFailure(problem, f"{progress.peer or host}: {detail}", sent=progress.sent)  # type: ignore[arg-type]


def broken(error: OSError, progress: Progress, host: str) -> TransportFailure:
    """Return the failure for an error of a socket, of TLS or of name look-up."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return late(progress, host)
    host = progress.peer or host
    if progress.phase == "securing" and isinstance(error, ssl.SSLEOFError | ConnectionError):
        return TransportFailure("connect", f"{host}: it closed the connection during the TLS handshake", sent=False)
    if isinstance(error, ssl.SSLError):
        return TransportFailure("tls", f"{host}: {_tls(error)}", sent=progress.sent)
    if isinstance(error, socket.gaierror):
        again = error.errno == socket.EAI_AGAIN
        words = "its name cannot be looked up now" if again else "its name was not found"
        return TransportFailure("connect", f"{host}: {words}", sent=False)
    number = error.errno
    problem: TransportProblem
    if not progress.sent:
        problem = "refused" if number in (errno.ECONNREFUSED, None) else "connect"
        reset = "closed the connection before anything was sent"
        return TransportFailure(problem, f"{host} {_CONNECTING.get(number or 0, reset)}", sent=False)
    if progress.phase == "sending":
        return TransportFailure("write", f"{host} broke the connection while the request was sent", sent=True)
    words = "reset the connection" if number in (errno.ECONNRESET, errno.EPIPE) else "broke the connection"
    return TransportFailure("cut", f"{host} {words} before the answer was complete", sent=True)


def too_large(limit: int) -> TransportFailure:
    """Return the failure for a body above the limit."""
    return TransportFailure("too-large", f"the body is larger than {limit} bytes", sent=True)


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _CERTIFICATE.get(error.verify_code) or f"its certificate was not accepted ({error.verify_message})"
        return f"{words}; nothing was sent"
    reason = (error.reason or "").upper()
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"):
        return "it does not speak TLS on this port"
    if "ALERT" in reason:
        name = reason.partition("ALERT_")[2].replace("_", " ").lower()
        return f"it ended TLS with the alert '{name}'"
    return f"TLS failed ({reason.replace('_', ' ').lower() or 'no reason given'})"
