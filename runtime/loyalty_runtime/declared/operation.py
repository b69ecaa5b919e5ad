"""Descriptors that generated code declares: what an operation is, and how its replies are read.

They are frozen and do no work at import; nothing here opens a socket or knows a vendor.
Generated code reaches all of them through this module, also those that live elsewhere; pages are imported where an operation has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from ..frozen import NONE, Frozen
from ..wire.reply import R_co as R_co
from ..wire.reply import Reply as Reply
from .lazy import lazy_names

if TYPE_CHECKING:
    from ..wire.encoding import PathStyle, QueryStyle
    from ..wire.reply import Replies
    from .pages import BelowKey as BelowKey
    from .pages import CursorLinks as CursorLinks
    from .pages import PageLinks as PageLinks
    from .pages import PageNumber as PageNumber
    from .pages import PageStyle
    from .pages import Range as Range
    from .pages import StartKey as StartKey
    from .servers import Server as Server

else:
    _PAGES = ("BelowKey", "CursorLinks", "PageLinks", "PageNumber", "Range", "StartKey")
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            **dict.fromkeys(_PAGES, f"{__package__}.pages"),
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

    requests: int
    seconds: float


class Idempotency(Frozen):
    """What makes repeating safe: a header with one value per logical call, or a natural key in the body.

    `seconds` is how long the vendor remembers the value; later repeats are not sent.
    """

    kind: Literal["nonce", "key", "natural"]
    header: str = ""
    member: str = ""
    seconds: float | None = None


class Operation(Frozen, Generic[R_co], kw_only=True):
    """One operation of a vendor.

    `path` is the template; `security` the alternatives of scheme names.
    `query_styles` names only parameters that are not `form`, `path_styles` only those that are not `simple`.
    `servers` are the operation's own, by name, the first the default; a base URL given to the client replaces them too.
    `responses` maps a status (`200`, `"4XX"`, `"default"`) to a `Reply`, or to several by media type.
    `rate_limits` replace the vendor's own when given.
    `outcome_check` is the read that settles whether a call took effect whose answer was lost.
    `safe` says that it changes nothing though its method could; `inferred` what of its address no vendor states, such as `path is`.
    """

    vendor: str
    id: str
    method: str
    path: str
    security: Security = ((),)
    responses: Replies = NONE
    query_styles: Mapping[str, QueryStyle] = NONE
    path_styles: Mapping[str, PathStyle] = NONE
    servers: Mapping[str, Server] = NONE
    rate_limits: tuple[RateLimit, ...] | None = None
    idempotency: Idempotency | None = None
    outcome_check: OutcomeCheck | None = None
    deprecated: bool = False
    safe: bool = False
    inferred: str = ""

    def _complete(self) -> None:
        self._fill(method=self.method.upper())

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(f"Operation {self.id!r} is not pickled; import it from its generated module instead.")

    @property
    def changes(self) -> bool:
        """Say whether a call may change something."""
        return self.method not in SAFE_METHODS and not self.safe

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The path template taken apart: even positions are literal, odd ones are parameter names."""
        parts = self.path.replace("}", "{").split("{")
        if not (self.path.isascii() and " " not in self.path):
            from urllib.parse import quote  # few vendors have such paths, and everybody would pay for the import

            parts[::2] = [quote(part, safe="/%:@!$&'()*+,;=~-._?") for part in parts[::2]]
        return tuple(parts)


class PagedOperation(Operation[R_co], Generic[R_co, I_co], kw_only=True):
    """An operation that lists items page by page.

    `items` is the path of the item list in Python attribute names of the decoded reply (`"data"`, `""` for the reply
    itself); `pagination` uses the names on the wire.
    """

    pagination: PageStyle
    items: str


class LongOperation(Operation[R_co], Generic[R_co, F_co], kw_only=True):
    """An operation that starts work; `long_running` says how to follow it."""

    long_running: LongRunning[F_co]


class LongRunning(Frozen, Generic[F_co], kw_only=True):
    """How work that was started is followed: names are members on the wire, dotted where nested.

    `poll` returns the operation that asks for the state (a function, so that its module is imported only when needed).
    A status outside `done` and `failed` means that the work goes on; a non-null `error` member means failure.
    """

    id: str
    poll: Callable[[], Operation[F_co]]
    parameter: str
    status: str
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    error: str = ""
    result: str = ""


class OutcomeCheck(Frozen, kw_only=True):
    """How reading back shows that a call took effect.

    `read` returns the operation to read with (a function, so that its module is imported only when needed). `path`, `query` and `headers`
    are its arguments; they and the values of `entry` and `same` are constants, or expressions such as `$request.body#/user` for an argument of the call.
    `items` is the dotted member with the entries, empty for the reply itself. An entry whose members equal `entry` is this call's, unless it
    differs in one of `same`; those that the call did not give are left out.
    With `gone`, the call took effect when there is no such entry. `absent` are statuses that say so.
    `time` is the dotted member of an entry with its time: an older one is another call's.
    `settle` is after how many seconds a call that does not show will not show any more.
    """

    read: Callable[[], Any]
    entry: Mapping[str, object]
    settle: float
    path: Mapping[str, object] = NONE
    query: Mapping[str, object] = NONE
    headers: Mapping[str, object] = NONE
    items: str = ""
    same: Mapping[str, object] = NONE
    gone: bool = False
    absent: tuple[int, ...] = ()
    certain: bool = False
    time: str = ""
