"""Descriptors that generated code declares: what an operation is, and how its replies are read.

They are frozen and do no work at import; nothing here opens a socket or knows a vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from ..frozen import Frozen

if TYPE_CHECKING:
    from typing import Required, TypedDict, Unpack

    class OperationFields(TypedDict, total=False):
        """The keywords every kind of operation takes."""

        vendor: Required[str]
        id: Required[str]
        method: Required[str]
        path: Required[str]
        security: Security
        responses: Replies | None
        query_styles: Mapping[str, QueryStyle] | None
        rate_limits: tuple[RateLimit, ...] | None
        idempotency: Idempotency | None
        deprecated: bool


R_co = TypeVar("R_co", covariant=True)
"""What a reply is decoded to."""
I_co = TypeVar("I_co", covariant=True)
"""One item of a list."""
F_co = TypeVar("F_co", covariant=True)
"""What asking for the state of long-running work is decoded to."""

Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives (OR) of scheme names that go together (AND); an empty alternative is anonymous access."""

QueryStyle: TypeAlias = Literal["form", "csv", "space", "pipe", "deep"]
"""`form` repeats the name (explode: true), `csv` joins by comma, `space` and `pipe` by theirs, `deep` is deepObject."""


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


class Reply(Generic[R_co]):
    """How one documented reply is read.

    `decode` gets the parsed JSON value of a JSON media type, `str` of a text one, otherwise `bytes`.
    Without it the plain value is the result; `media=None` documents a reply without a body, the result is None.
    """

    __slots__ = ("decode", "kind", "media")

    def __init__(
        self,
        decode: Callable[..., R_co] | None = None,
        *,
        media: str | None = "application/json",
    ) -> None:
        self.decode = decode
        self.media = media
        self.kind: Literal["json", "text", "bytes", "none"] = media_kind(media)


def media_kind(media: str | None) -> Literal["json", "text", "bytes", "none"]:
    """Class a media type by how its body is read."""
    if media is None:
        return "none"
    plain = media.partition(";")[0].strip().lower()
    if plain.endswith(("/json", "+json")):
        return "json"
    return "text" if plain.startswith("text/") else "bytes"


Replies: TypeAlias = "Mapping[int | str, Reply[object] | tuple[Reply[object], ...]]"


class Operation(Frozen, Generic[R_co]):
    """One operation of a vendor.

    `path` is the template; `security` the alternatives of scheme names; `query_styles` names only parameters that are not `form`.
    `responses` maps a status (`200`, `"4XX"`, `"default"`) to a `Reply`, or to several by media type.
    `rate_limits` replace the vendor's own when given.
    """

    __slots__ = (
        "_parts",
        "deprecated",
        "id",
        "idempotency",
        "method",
        "path",
        "query_styles",
        "rate_limits",
        "responses",
        "security",
        "vendor",
    )
    vendor: str
    id: str
    method: str
    path: str
    security: Security
    responses: Replies
    query_styles: Mapping[str, QueryStyle]
    rate_limits: tuple[RateLimit, ...] | None
    idempotency: Idempotency | None
    deprecated: bool
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
        rate_limits: tuple[RateLimit, ...] | None = None,
        idempotency: Idempotency | None = None,
        deprecated: bool = False,
    ) -> None:
        self._fill(
            vendor=vendor,
            id=id,
            method=method.upper(),
            path=path,
            security=security,
            responses=responses or {},
            query_styles=query_styles or {},
            rate_limits=rate_limits,
            idempotency=idempotency,
            deprecated=deprecated,
            _parts=tuple(path.replace("}", "{").split("{")),
        )

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(f"Operation {self.id!r} is not pickled; import it from its generated module instead.")

    @property
    def parts(self) -> tuple[str, ...]:
        """The path template taken apart: even positions are literal, odd ones are parameter names."""
        return self._parts


class PagedOperation(Operation[R_co], Generic[R_co, I_co]):
    """An operation that lists items page by page.

    `items` is the path of the item list in Python attribute names of the decoded reply (`"data"`, `""` for the reply
    itself); `pagination` uses the names on the wire.
    """

    __slots__ = ("items", "pagination")
    pagination: Pagination
    items: str

    def __init__(
        self,
        *,
        pagination: Pagination,
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


class CursorLinks(Frozen):
    """Pages by a cursor that the reply carries under `next` (null at the end)."""

    __slots__ = ("items", "next", "parameter", "size")
    items: str
    parameter: str
    next: str
    size: str

    def __init__(self, *, items: str, parameter: str, next: str, size: str = "") -> None:
        self._fill(items=items, parameter=parameter, next=next, size=size)


class StartKey(CursorLinks):
    """Pages by the key of the next item (absent at the end)."""

    __slots__ = ()


class PageLinks(Frozen):
    """Pages by number, with the current and the last number in the reply."""

    __slots__ = ("current", "items", "last", "parameter", "size")
    items: str
    parameter: str
    current: str
    last: str
    size: str

    def __init__(self, *, items: str, parameter: str, current: str, last: str, size: str = "") -> None:
        self._fill(items=items, parameter=parameter, current=current, last=last, size=size)


class PageNumber(Frozen):
    """Pages by number; nothing in the reply tells the last one, an empty or short page does."""

    __slots__ = ("first", "items", "parameter", "size")
    items: str
    parameter: str
    first: int
    size: str

    def __init__(self, *, items: str, parameter: str, first: int = 1, size: str = "") -> None:
        self._fill(items=items, parameter=parameter, first=first, size=size)


class Range(Frozen):
    """Pages by half-open positions; the total may stand in a response header."""

    __slots__ = ("end", "items", "start", "total_header")
    items: str
    start: str
    end: str
    total_header: str

    def __init__(self, *, items: str, start: str, end: str, total_header: str = "") -> None:
        self._fill(items=items, start=start, end=end, total_header=total_header)


Pagination: TypeAlias = CursorLinks | PageLinks | PageNumber | Range
