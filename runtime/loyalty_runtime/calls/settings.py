"""The settings of a client, declared once: their keys are the names a constructor takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..clock import Clock
from ..errors import ArgumentError
from ..frozen import Frozen
from ..options import DEFAULT_RETRIES, DEFAULT_TIMEOUT, check_retries, check_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike
    from typing import Literal, TypedDict

    from ..declared.vendor import Vendor
    from ..events import Event
    from ..http.connections import ConnectionOptions
    from ..types import Unset
    from ..wire.transports import AsyncTransport, Transport
    from .har import HarFile
    from .limits import RateLimiter
    from .tokenstore import TokenStore
else:

    class TypedDict:
        """Stand in for typing's, which would compile every annotation at import."""

        def __init_subclass__(cls, *, total: bool) -> None: ...


class CommonSettings(TypedDict, total=False):
    """Settings every client takes, sync or async.

    `base_url` or the name of a declared `server` (with its `variables`) says where to call.
    `token_url` overrides where tokens are fetched; by default a given base_url carries the token path too.
    `limiter` keeps the vendor's rate limits: by default one in memory for the whole process, None for none.
    `token_store` keeps tokens for several processes; by default each client has its own.
    `allow_http` permits plain HTTP to another machine.
    `error_details=False` leaves the vendor's words out of the text of errors.
    `read_only=True` refuses operations that are not safe, `dry_run=True` every one, after showing what would be sent.
    `inferred` says what happens before an operation whose address is inferred: `"warn"` (once for each), `"refuse"` or `"allow"`.
    `observers` are called with each event; `record` names a HAR file that the traffic is written to, redacted.
    `http` names the library whose transport sends: `httpx`, or its continuation `httpx2`, which is an extra.
    `max_body` is the largest reply that is read, in bytes after decompression.
    `strict` raises `DecodeError` for any member of a reply that is missing though required or does not fit its type; without it
    such a member raises `MisfitError` where it is read.
    """

    base_url: str | None
    server: str | None
    variables: Mapping[str, str] | None
    token_url: str | None
    timeout: float | None
    max_retries: int
    headers: Mapping[str, str] | None
    limiter: RateLimiter | Unset | None
    token_store: TokenStore | None
    connections: ConnectionOptions | None
    http: Literal["httpx", "httpx2"]
    max_body: int
    allow_http: bool
    error_details: bool
    read_only: bool
    dry_run: bool
    inferred: Literal["warn", "refuse", "allow"]
    observers: Sequence[Callable[[Event], object]]
    record: str | PathLike[str] | HarFile | None
    strict: bool
    clock: Clock | None


class ClientSettings(CommonSettings, total=False):
    """Settings of a synchronous client."""

    transport: Transport | None


class AsyncClientSettings(CommonSettings, total=False):
    """Settings of an asynchronous client."""

    transport: AsyncTransport | None


class UnknownSetting(ArgumentError, TypeError):
    """A setting that does not exist."""


_TEXTS = ("base_url", "server", "token_url")
_SWITCHES = ("allow_http", "error_details", "read_only", "dry_run")
_MAPPINGS = ("variables", "headers")
_CHOICES = {"http": ("httpx", "httpx2"), "inferred": ("warn", "refuse", "allow")}


def check_settings(client: str, vendor: Vendor, settings: CommonSettings) -> None:
    """Raise `ArgumentError` for a setting that does not exist (then also a `TypeError`) or cannot be used."""
    known = CommonSettings.__annotations__.keys() | ClientSettings.__annotations__.keys()
    unknown = settings.keys() - known
    if unknown:
        name = min(unknown)
        raise UnknownSetting(
            f"{client} has no setting {name!r}; it has {', '.join(sorted(known | set(vendor.arguments())))}.",
            argument=name,
        )
    given: Mapping[str, object] = settings
    check_timeout(settings.get("timeout", DEFAULT_TIMEOUT))
    check_retries(settings.get("max_retries", DEFAULT_RETRIES))
    for name in _TEXTS:
        _expect(given, name, "text", lambda value: isinstance(value, str))
    for name in _SWITCHES:
        _expect(given, name, "True or False", lambda value: isinstance(value, bool), optional=False)
    for name in _MAPPINGS:
        _expect(given, name, "a mapping of text to text", _texts)
    for name, words in _CHOICES.items():
        wanted = " or ".join(repr(word) for word in words)
        _expect(given, name, wanted, lambda value, words=words: value in words, optional=False)  # type: ignore[misc]
    _expect(given, "max_body", "a number of bytes above 0", _positive, optional=False)
    _expect(given, "limiter", "a RateLimiter, or None for no limits", lambda value: not value or hasattr(value, "take"))
    _expect(given, "token_store", "a TokenStore", lambda value: hasattr(value, "load"))
    _expect(given, "connections", "ConnectionOptions", lambda value: isinstance(value, Frozen))
    _expect(given, "clock", "a Clock", lambda value: isinstance(value, Clock))
    _expect(given, "transport", "an object with send, stream and close", lambda value: hasattr(value, "send"))
    _expect(given, "observers", "a list of functions", lambda value: isinstance(value, list | tuple), optional=False)
    _expect(given, "record", "the path of a file, or a HarFile", _recordable)
    _check_place(vendor, settings)


def _expect(
    given: Mapping[str, object], name: str, wanted: str, fits: Callable[[object], bool], *, optional: bool = True
) -> None:
    if name not in given:
        return
    value = given[name]
    if (value is None and optional) or (value is not None and fits(value)):
        return
    found = repr(value) if isinstance(value, bool | int | float | None) else f"of type {type(value).__name__}"
    if isinstance(value, str):
        found = "text" if name in _MAPPINGS or name in ("connections", "transport") else repr(value[:20])
    raise ArgumentError(f"{name} is {found}; give {wanted}.", argument=name)


def _texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair)


def _recordable(value: object) -> bool:
    return isinstance(value, str) or hasattr(value, "__fspath__") or hasattr(value, "add")


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _check_place(vendor: Vendor, settings: CommonSettings) -> None:
    if settings.get("base_url") is None:
        vendor.address(settings.get("server"), settings.get("variables") or {})
        return
    if settings.get("server") is not None:
        raise ArgumentError("Both base_url and server were given; give one.", argument="server")
    problem = _odd(settings.get("base_url") or "")  # which may hold a credential, so that no local variable shows it
    if problem:
        raise ArgumentError(problem, argument="base_url")


def _odd(base_url: str) -> str:
    """Say what is wrong with a base URL."""
    if not base_url.lower().startswith(("https://", "http://")):
        return f"base_url must start with https://, found {base_url[:12]!r}…"
    if "@" in base_url:
        return "base_url holds an '@'; give credentials as arguments."
    if "?" in base_url or "#" in base_url:
        return "base_url holds a query or fragment; give scheme, host and path only."
    return ""
