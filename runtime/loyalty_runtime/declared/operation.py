"""Descriptors that generated code declares: what an operation is, and how its replies are read.

They are frozen and do no work at import; nothing here opens a socket or knows a vendor.
Generated code reaches all of them through this module, also those that live elsewhere; pages and outcome checks are imported where an operation has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from ..frozen import Frozen
from ..wire.reply import R_co as R_co
from ..wire.reply import Reply as Reply
from .lazy import lazy_names

if TYPE_CHECKING:
    from typing import Required, TypedDict, Unpack

    from ..wire.encoding import PathStyle, QueryStyle
    from ..wire.reply import Replies
    from .outcome import OutcomeCheck as OutcomeCheck
    from .pages import BelowKey as BelowKey
    from .pages import CursorLinks as CursorLinks
    from .pages import PageLinks as PageLinks
    from .pages import PageNumber as PageNumber
    from .pages import PageStyle
    from .pages import Range as Range
    from .pages import StartKey as StartKey
    from .servers import Server as Server

    class OperationFields(TypedDict, total=False):
        """The keywords every kind of operation takes."""

        vendor: Required[str]
        id: Required[str]
        method: Required[str]
        path: Required[str]
        security: Security
        responses: Replies | None
        query_styles: Mapping[str, QueryStyle] | None
        path_styles: Mapping[str, PathStyle] | None
        servers: Mapping[str, Server] | None
        rate_limits: tuple[RateLimit, ...] | None
        idempotency: Idempotency | None
        outcome_check: OutcomeCheck | None
        deprecated: bool
        safe: bool
        inferred: str
else:
    _PAGES = ("BelowKey", "CursorLinks", "PageLinks", "PageNumber", "Range", "StartKey")
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            **dict.fromkeys(_PAGES, f"{__package__}.pages"),
            "OutcomeCheck": f"{__package__}.outcome",
            "Server": f"{__package__}.servers",
        },
    )


I_co = TypeVar("I_co", covariant=True)
"""One item of a list."""
F_co = TypeVar("F_co", covariant=True)
"""What asking for the state of long-running work is decoded to."""

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives (OR) of scheme names that go together (AND); an empty alternative is anonymous access."""


class RateLimit(Frozen):
    """So many requests in so many seconds, for one credential."""

    __slots__ = ("requests", "seconds")
    requests: int
    seconds: float

    def __init__(self, requests: int, seconds: float) -> None:
        self._fill(requests=requests, seconds=seconds)


class Idempotency(Frozen):
    """What makes repeating safe: a header with one value per logical call, or a natural key in the body.

    `seconds` is how long the vendor remembers the value; later repeats are not sent.
    """

    __slots__ = ("header", "kind", "member", "seconds")
    kind: Literal["nonce", "key", "natural"]
    header: str
    member: str
    seconds: float | None

    def __init__(
        self,
        kind: Literal["nonce", "key", "natural"],
        *,
        header: str = "",
        member: str = "",
        seconds: float | None = None,
    ) -> None:
        self._fill(kind=kind, header=header, member=member, seconds=seconds)


class Operation(Frozen, Generic[R_co]):
    """One operation of a vendor.

    `path` is the template; `security` the alternatives of scheme names.
    `query_styles` names only parameters that are not `form`, `path_styles` only those that are not `simple`.
    `servers` are the operation's own, by name, the first the default; a base URL given to the client replaces them too.
    `responses` maps a status (`200`, `"4XX"`, `"default"`) to a `Reply`, or to several by media type.
    `rate_limits` replace the vendor's own when given.
    `outcome_check` is the read that settles whether a call took effect whose answer was lost.
    `safe` says that it changes nothing though its method could; `inferred` what of its address no vendor states, such as `path is`.
    """

    __slots__ = (
        "_parts",
        "deprecated",
        "id",
        "idempotency",
        "inferred",
        "method",
        "outcome_check",
        "path",
        "path_styles",
        "query_styles",
        "rate_limits",
        "responses",
        "safe",
        "security",
        "servers",
        "vendor",
    )
    vendor: str
    id: str
    method: str
    path: str
    security: Security
    responses: Replies
    query_styles: Mapping[str, QueryStyle]
    path_styles: Mapping[str, PathStyle]
    servers: Mapping[str, Server]
    rate_limits: tuple[RateLimit, ...] | None
    idempotency: Idempotency | None
    outcome_check: OutcomeCheck | None
    deprecated: bool
    safe: bool
    inferred: str
    _parts: tuple[str, ...]

    def __init__(
        self,
        *,
        vendor: str,
        id: str,
        method: str,
        path: str,
        security: Security = ((),),
        responses: Replies | None = None,
        query_styles: Mapping[str, QueryStyle] | None = None,
        path_styles: Mapping[str, PathStyle] | None = None,
        servers: Mapping[str, Server] | None = None,
        rate_limits: tuple[RateLimit, ...] | None = None,
        idempotency: Idempotency | None = None,
        outcome_check: OutcomeCheck | None = None,
        deprecated: bool = False,
        safe: bool = False,
        inferred: str = "",
    ) -> None:
        self._fill(
            vendor=vendor,
            id=id,
            method=method.upper(),
            path=path,
            security=security,
            responses=responses or {},
            query_styles=query_styles or {},
            path_styles=path_styles or {},
            servers=servers or {},
            rate_limits=rate_limits,
            idempotency=idempotency,
            outcome_check=outcome_check,
            deprecated=deprecated,
            safe=safe,
            inferred=inferred,
            _parts=_taken_apart(path),
        )

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(f"Operation {self.id!r} is not pickled; import it from its generated module instead.")

    @property
    def changes(self) -> bool:
        """Say whether a call may change something."""
        return self.method not in SAFE_METHODS and not self.safe

    @property
    def parts(self) -> tuple[str, ...]:
        """The path template taken apart: even positions are literal, odd ones are parameter names."""
        return self._parts


def _taken_apart(path: str) -> tuple[str, ...]:
    parts = path.replace("}", "{").split("{")
    if not (path.isascii() and " " not in path):
        from urllib.parse import quote  # few vendors have such paths, and everybody would pay for the import

        parts[::2] = [quote(part, safe="/%:@!$&'()*+,;=~-._?") for part in parts[::2]]
    return tuple(parts)


class PagedOperation(Operation[R_co], Generic[R_co, I_co]):
    """An operation that lists items page by page.

    `items` is the path of the item list in Python attribute names of the decoded reply (`"data"`, `""` for the reply
    itself); `pagination` uses the names on the wire.
    """

    __slots__ = ("items", "pagination")
    pagination: PageStyle
    items: str

    def __init__(
        self,
        *,
        pagination: PageStyle,
        items: str,
        **fields: Unpack[OperationFields],
    ) -> None:
        super().__init__(**fields)
        self._fill(pagination=pagination, items=items)


class LongOperation(Operation[R_co], Generic[R_co, F_co]):
    """An operation that starts work; `long_running` says how to follow it."""

    __slots__ = ("long_running",)
    long_running: LongRunning[F_co]

    def __init__(
        self,
        *,
        long_running: LongRunning[F_co],
        **fields: Unpack[OperationFields],
    ) -> None:
        super().__init__(**fields)
        self._fill(long_running=long_running)


class LongRunning(Frozen, Generic[F_co]):
    """How work that was started is followed: names are members on the wire, dotted where nested.

    `poll` returns the operation that asks for the state (a function, so that its module is imported only when needed).
    A status outside `done` and `failed` means that the work goes on; a non-null `error` member means failure.
    """

    __slots__ = ("done", "error", "failed", "id", "parameter", "poll", "result", "status")
    id: str
    poll: Callable[[], Operation[F_co]]
    parameter: str
    status: str
    done: tuple[str, ...]
    failed: tuple[str, ...]
    error: str
    result: str

    def __init__(
        self,
        *,
        id: str,
        poll: Callable[[], Operation[F_co]],
        parameter: str,
        status: str,
        done: tuple[str, ...],
        failed: tuple[str, ...] = (),
        error: str = "",
        result: str = "",
    ) -> None:
        self._fill(
            id=id, poll=poll, parameter=parameter, status=status, done=done, failed=failed, error=error, result=result
        )
