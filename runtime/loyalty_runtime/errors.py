"""The error tree.

`str()` of an error names vendor, operation, method, path template, status, attempts and request id.
It never holds a body, a query, a path value, a header value or a credential; those that were received are attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .types import UNSET

if TYPE_CHECKING:
    from typing import Protocol

    from .clock import Clock
    from .headers import Headers
    from .outcomes import Outcome

    class Question(Protocol):
        """What can be asked about a call whose answer was lost."""

        doubtful: bool

        def doubt(self, clock: Clock, started: float) -> None: ...

        def ask(self, client: Any, *, wait: float) -> Outcome: ...

        async def settle(self, client: Any, *, wait: float, budget: float | None = None) -> Outcome: ...


_E = TypeVar("_E", bound="LoyaltyError")
TransportProblem = Literal[
    "refused", "pool", "connect", "proxy", "tls", "timeout", "cut", "write", "protocol", "too-large", "encoding"
]


class LoyaltyError(Exception):
    """Base of every error this package raises."""

    def __reduce__(self) -> tuple[object, ...]:
        # The constructors take keywords only, which the default way of unpickling cannot give.
        return (_rebuild, (type(self), self.args, self.__dict__))


class ArgumentError(LoyaltyError, ValueError):
    """A wrong argument, found before anything was sent; `argument` names it."""

    def __init__(self, message: str, *, argument: str) -> None:
        super().__init__(message)
        self.argument = argument


def unreadable(error: OSError) -> LoyaltyError:
    """Return what to raise for a part of this package that cannot be imported, as where a process has too many files open."""
    return LoyaltyError(f"A part of this package cannot be read: {error.strerror or type(error).__name__}.")


class StoreError(LoyaltyError):
    """A store that processes share, for limits or tokens, cannot be used; nothing was sent."""


class WebhookError(LoyaltyError):
    """A webhook's message that is not the vendor's (`signed` is False), or that is and holds something else."""

    def __init__(self, message: str, *, signed: bool) -> None:
        super().__init__(message)
        self.signed = signed


class NotSent(LoyaltyError):
    """Nothing was sent, as `dry_run` wants it; `method`, `url`, `headers` and `body` show what would have been, with credentials masked."""

    def __init__(self, message: str, *, method: str, url: str, headers: dict[str, str], body: str) -> None:
        super().__init__(message)
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body


class InferredOperationWarning(UserWarning):
    """An operation is called whose method or path the vendor does not state."""


class FieldProblem(ValueError):
    """Raised by a generated model for a member that does not fit; `member` is its name on the wire."""

    def __init__(self, member: str, problem: str = "") -> None:
        super().__init__(problem or member)
        self.member = member


class MisfitError(LoyaltyError, AttributeError):
    """A member of a model was read that did not come, or came as something else than its type.

    `model` and `member` name it (as on the wire), `value` is what came, `UNSET` where nothing did; the text shows only its kind and size.
    """

    def __init__(self, model: str, member: str, value: object = UNSET) -> None:
        super().__init__(
            f"{model}.{member[:60]}: {kind_of_json(value)} came, which does not fit; `to_dict()` gives it back."
        )
        if value is UNSET:
            self.args = (
                f"{model}.{member[:60]} is missing in what came; use `in` or `getattr` with a default to ask.",
            )
        self.model = model
        self.member = member
        self.value = value


def kind_of_json(value: object) -> str:
    """Say what a JSON value is, without its content."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, Mapping):
        return f"an object of {len(value)} members"
    return f"an array of {len(value)} items" if isinstance(value, list) else type(value).__name__


class APIError(LoyaltyError):
    """Something went wrong between this client and the vendor.

    `cursor` is set where the walk over a list failed: `resume(cursor)` of the list goes on with the page that did not come.
    """

    cursor: str | None = None

    def __init__(
        self,
        problem: str,
        *,
        vendor: str = "",
        operation: str = "",
        method: str = "",
        path: str = "",
        status: int | None = None,
        body: object = None,
        raw: bytes = b"",
        headers: Headers | None = None,
        request_id: str | None = None,
        attempts: int = 0,
    ) -> None:
        self.vendor = vendor
        self.operation = operation
        self.method = method
        self.path = path
        self.status = status
        self.body = body
        self.raw = raw
        self.headers = headers
        self.request_id = request_id
        self.attempts = attempts
        where = " ".join(part for part in (vendor, operation) if part)
        what = " ".join(part for part in (method, path) if part)
        tail = f" after {attempts} attempts" if attempts > 1 else ""
        if request_id:
            tail += f" (request id {request_id})"
        prefix = f"{where}: " if where else ""
        super().__init__(f"{prefix}{what + ' ' if what else ''}{problem}{tail}")


class APIConnectionError(APIError):
    """No complete answer arrived; the text names the host and what happened, `problem` is its kind.

    `sent` is False when the request provably never left.
    """

    sent: bool = True
    problem: TransportProblem | None = None


class APITimeoutError(APIConnectionError):
    """The time budget of the call ran out."""


class UncertainOutcomeError(APIConnectionError):
    """A call that changes something may have taken effect: it was sent and no answer came, or one of a gateway, or one cut or unreadable.

    It is also an `APITimeoutError`, an `APIStatusError` or a `DecodeError` where the call ended as one.
    `resolve()` asks the vendor; making the call again before may count it twice.
    `outcome` is what was found out already, by the option `resolve=True` or the last asking; None before.
    """

    outcome: Outcome | None = None
    _question: Question | None = None

    def resolve(self, *, wait: float = 0.0, client: Any = None) -> Outcome:
        """Read back whether the call took effect; for errors of synchronous clients.

        `wait` is how many seconds it may go on asking for a call that does not show; `client` is needed where the error was pickled.
        Raises `LoyaltyError` without a client that can be asked; whatever goes wrong with reading is a `StillUnknown`.
        """
        self.outcome = self._asked().ask(client, wait=wait)
        return self.outcome

    async def aresolve(self, *, wait: float = 0.0, client: Any = None) -> Outcome:
        """Read back whether the call took effect, as `resolve` does; for errors of asynchronous clients."""
        self.outcome = await self._asked().settle(client, wait=wait)
        return self.outcome

    def _asked(self) -> Question:
        if self._question is None:
            raise LoyaltyError("This error was made without a call, so there is nothing to ask about.")
        return self._question


class DecodeError(APIError):
    """The answer arrived but does not fit; `json_path` says where, `raw` keeps the body."""

    json_path: str = "$"


class PaginationError(APIError):
    """A list cannot be walked further: its cursor repeats or does not move."""


class JobFailedError(APIError):
    """Long-running work ended in failure; `body` holds what the vendor says about it."""


class APIStatusError(APIError):
    """The vendor answered with a status that is not a success.

    `body` is the documented error type where the operation documents one and the body fits it,
    otherwise the plain JSON value, otherwise None; `raw` always holds the bytes.
    `retry_after` is the wait the vendor asks for, in seconds, or None.
    """

    status: int
    retry_after: float | None = None


class BadRequestError(APIStatusError):
    """Status 400."""


class AuthenticationError(APIStatusError):
    """Status 401, or credentials refused by the token endpoint (then `status` is its status)."""


class PermissionDeniedError(APIStatusError):
    """Status 403."""


class NotFoundError(APIStatusError):
    """Status 404."""


class ConflictError(APIStatusError):
    """Status 409."""


class UnprocessableEntityError(APIStatusError):
    """Status 422."""


class RateLimitError(APIStatusError):
    """Status 429, or the client's own limiter refused to wait so long (`local` is True, nothing was sent)."""

    local: bool = False


class InternalServerError(APIStatusError):
    """A status of 500 or above."""


class UncertainTimeoutError(UncertainOutcomeError, APITimeoutError):
    """The time budget ran out after the call was sent."""


class UncertainStatusError(UncertainOutcomeError, APIStatusError):
    """A status came that does not say whether the call took effect: an attempt before it may have."""

    status: int


class UncertainServerError(UncertainStatusError, InternalServerError):
    """A server or gateway in trouble answered, with a status of 500 or above."""


class UncertainReplyError(UncertainOutcomeError, DecodeError):
    """The answer arrived and cannot be read."""


def uncertain_class(kind: type[APIError]) -> type[UncertainOutcomeError]:
    """Return the class of an error of a call that may have taken effect, which would otherwise be of this class."""
    if issubclass(kind, APITimeoutError):
        return UncertainTimeoutError
    if issubclass(kind, APIStatusError):
        return UncertainServerError if issubclass(kind, InternalServerError) else UncertainStatusError
    return UncertainReplyError if issubclass(kind, DecodeError) else UncertainOutcomeError


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_error_class(status: int) -> type[APIStatusError]:
    """Return the error class of a status; odd codes give `APIStatusError`, 500 and above `InternalServerError`."""
    found = _BY_STATUS.get(status)
    if found is not None:
        return found
    return InternalServerError if status >= 500 else APIStatusError


def copy_error(error: _E) -> _E:
    """Return an equal error without traceback or context, so that several waiters can each raise their own."""
    return _rebuild(type(error), error.args, dict(error.__dict__))


def _rebuild(cls: type[_E], args: tuple[object, ...], state: dict[str, object]) -> _E:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class TransportFailure(LoyaltyError):
    """What a transport raises instead of its library's exceptions; the engine turns it into an `APIError`.

    `sent` is False when no byte of the request can have reached the server.
    """

    def __init__(self, problem: TransportProblem, detail: str, *, sent: bool, status: int | None = None) -> None:
        super().__init__(detail)
        self.problem: TransportProblem = problem
        self.detail = detail
        self.sent = sent
        self.status = status
