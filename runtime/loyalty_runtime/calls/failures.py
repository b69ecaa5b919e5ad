"""From a failed call to the error that is raised: nothing of the request but its template goes into the text.

The vendor's own words are found where the documented error type has them, masked and bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    DecodeError,
    RateLimitError,
    UncertainOutcomeError,
    status_error_class,
    uncertain_class,
)
from ..headers import is_secret_name, request_id
from ..secret import MASK
from ..wire.decoding import Misfit, decode_error
from .retry import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..clock import Clock
    from ..declared.operation import Operation
    from ..errors import Question, TransportFailure
    from ..wire.messages import RawResponse
    from .call import Call

E = TypeVar("E", bound=APIError)


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


def status_error(
    operation: Operation[Any], response: RawResponse, clock: Clock, secrets: Iterable[str] | None = ()
) -> APIStatusError:
    """Return the error of a reply that is not a success, with its body decoded where that works.

    The text holds the vendor's code and message without these `secrets`; None leaves the words out.
    """
    status = response.status
    problem = f"answered {status}"
    if 300 <= status < 400 and "location" in response.headers:
        problem += " to another place; redirects are followed only by GET and on the same server"
    body = decode_error(operation.responses, response)
    words = "" if secrets is None else vendor_words(body, secrets)
    if words:
        problem += f" ({words})"
    question = response.question
    error = _made(status_error_class(status), question, problem, body=body, **_place(operation), **_reply(response))
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
    error = _made(DecodeError, response.question, problem, **_place(operation), **_reply(response))
    error.json_path = misfit.path
    return error


def connection_error(call: Call, failure: TransportFailure) -> APIError:
    """Return the error of an attempt that brought no complete reply."""
    place = {**_place(call.operation), "attempts": call.attempts}
    problem = f"failed: {failure.detail}"
    if failure.problem in ("too-large", "encoding"):
        return _made(DecodeError, call.question, problem, status=failure.status, **place)
    kind = APITimeoutError if failure.problem in ("timeout", "pool") else APIConnectionError
    error = _made(kind, call.question, problem, **place)
    error.sent = failure.sent or isinstance(error, UncertainOutcomeError)
    error.problem = failure.problem
    return error


def timeout_error(call: Call, problem: str) -> APITimeoutError:
    """Return the error of a call whose time budget ended between attempts."""
    error = _made(APITimeoutError, call.question, problem, attempts=call.attempts, **_place(call.operation))
    error.sent = call.attempts > 0
    return error


def limit_error(call: Call, wait: float) -> APIStatusError:
    """Return the error of a call that the client's own limiter would hold longer than its budget: a `RateLimitError`, unless an attempt was made before."""
    problem = f"was held back: the rate limit frees a request in {wait:.1f} s, beyond the time budget of the call"
    place = {**_place(call.operation), "attempts": call.attempts}
    error: APIStatusError = _made(RateLimitError, call.question, problem, status=429, **place)
    error.retry_after = wait
    if isinstance(error, RateLimitError):
        error.local = True
    return error


def _made(kind: type[E], question: Question | None, problem: str, **fields: Any) -> E:
    """Return an error; that of a call which may have taken effect is an `UncertainOutcomeError` besides."""
    if question is None or not question.doubtful:
        return kind(problem, **fields)
    error = uncertain_class(kind)(f"{problem}; whether it took effect is not known, .resolve() asks", **fields)
    error._question = question
    return cast("E", error)


_LONGEST = 200
# The names such members have in documented error types; the first that is there counts.
_CODES = ("code", "error_code", "errorCode", "error")
_MESSAGES = ("message", "error_message", "errorMessage", "error_description", "detail", "title")


def vendor_words(body: object, secrets: Iterable[str] = ()) -> str:
    """Return code and message of a decoded error body, as `E42: Not enough points`; empty where its type names neither.

    `body` is an object of the documented error type; for anything else, which no spec describes, the words stay out.
    Credentials (`secrets` and whatever looks like one), e-mail addresses and long numbers are masked; at most 200 characters.
    """
    to_dict = getattr(body, "to_dict", None)
    if to_dict is None:
        return ""
    members = to_dict()
    known = getattr(type(body), "MEMBERS", members)
    words = [_first(members, names, known) for names in (_CODES, _MESSAGES)]
    text = ": ".join(word for word in dict.fromkeys(words) if word)
    return masked(text, secrets)


def _first(members: dict[str, object], names: tuple[str, ...], known: Iterable[str]) -> str:
    for name in names:
        value = members.get(name) if name in known else None
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return one line of at most 200 characters without credentials, e-mail addresses and long numbers."""
    import re

    text = "".join(character if character.isprintable() else " " for character in text[: 20 * _LONGEST])
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(secret, MASK)

    text = re.sub(r"(?i)\b(bearer|basic)\s+\S+", rf"\1 {MASK}", text)
    for name in filter(
        is_secret_name, re.findall(r"([\w-]+)(?=[\"']?\s*[:=])", text)
    ):  # also behind another, `E42: pin=1234`
        text = re.sub(rf"((?<![\w-]){name}[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+", rf"\1{MASK}", text)
    text = re.sub(r"[^\s@<>\"'(),;:]+(?:@|%40)[^\s@<>\"'(),;]+", MASK, text)
    text = re.sub(r"(?<![\w.])(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{20,}", MASK, text)
    text = re.sub(r"\+?\d(?:[ ./()-]{0,2}\d){5,}", MASK, text)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
