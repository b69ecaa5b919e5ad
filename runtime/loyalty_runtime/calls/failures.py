"""From a failed call to the error that is raised: nothing of the request but its template goes into the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    DecodeError,
    RateLimitError,
    status_error_class,
)
from ..wire.decoding import Misfit, decode_error
from .retry import retry_after

if TYPE_CHECKING:
    from ..clock import Clock
    from ..declared.operation import Operation
    from ..errors import TransportFailure
    from ..headers import Headers
    from ..wire.messages import RawResponse
    from .call import Call

E = TypeVar("E", bound=APIError)

_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-trace-id", "cf-ray")


def request_id(headers: Headers) -> str | None:
    """Return the id the server gave the request, cut to 128 printable characters."""
    for name in _REQUEST_IDS:
        value = headers.get(name)
        if value:
            return "".join(c for c in value if "!" <= c <= "~")[:128] or None
    return None


def _place(operation: Operation[Any]) -> dict[str, Any]:
    return {
        "vendor": operation.vendor,
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
    }


def _reply(response: RawResponse) -> dict[str, Any]:
    return {
        "status": response.status,
        "raw": response.content,
        "headers": response.headers,
        "request_id": request_id(response.headers),
        "attempts": response.attempts,
    }


def status_error(operation: Operation[Any], response: RawResponse, clock: Clock) -> APIStatusError:
    """Return the error of a reply that is not a success, with its body decoded where that works."""
    status = response.status
    problem = f"answered {status}"
    if 300 <= status < 400 and "location" in response.headers:
        problem += " to another place; redirects are followed only by GET and on the same server"
    body = decode_error(operation.responses, response)
    error = reply_error(status_error_class(status), operation, response, problem, body)
    error.retry_after = retry_after(response.headers, clock)
    return error


def operation_error(kind: type[E], operation: Operation[Any], problem: str) -> E:
    """Return an error about an operation, without a reply."""
    return kind(problem, **_place(operation))


def reply_error(
    kind: type[E], operation: Operation[Any], response: RawResponse, problem: str, body: object = None
) -> E:
    """Return an error about a reply that arrived."""
    return kind(problem, body=body, **_place(operation), **_reply(response))


def decode_failure(operation: Operation[Any], response: RawResponse, misfit: Misfit) -> DecodeError:
    """Return the error of a reply that does not fit."""
    problem = f"answered {response.status}, but at {misfit.path} {misfit}"
    error = reply_error(DecodeError, operation, response, problem)
    error.json_path = misfit.path
    return error


def connection_error(call: Call, failure: TransportFailure) -> APIError:
    """Return the error of an attempt that brought no complete reply."""
    place = _place(call.operation)
    if failure.problem in ("too-large", "encoding"):
        return DecodeError(f"failed: {failure.detail}", status=failure.status, attempts=call.attempts, **place)
    kind = APITimeoutError if failure.problem in ("timeout", "pool") else APIConnectionError
    error = kind(f"failed: {failure.detail}", attempts=call.attempts, **place)
    error.sent = failure.sent
    return error


def timeout_error(call: Call, problem: str) -> APITimeoutError:
    """Return the error of a call whose time budget ended between attempts."""
    error = APITimeoutError(problem, attempts=call.attempts, **_place(call.operation))
    error.sent = call.attempts > 0
    return error


def limit_error(call: Call, wait: float) -> RateLimitError:
    """Return the error of a call that the client's own limiter would hold longer than its budget."""
    error = RateLimitError(
        f"was held back: the rate limit frees a request in {wait:.1f} s, beyond the time budget of the call",
        status=429,
        attempts=call.attempts,
        **_place(call.operation),
    )
    error.retry_after = wait
    error.local = True
    return error
