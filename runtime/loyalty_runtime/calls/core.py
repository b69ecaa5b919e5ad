"""What both kinds of client have in common: settings, preparation of calls, derived clients."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from .._version import __version__
from ..errors import ArgumentError
from ..options import (
    DEFAULT_MAX_BODY,
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    check_retries,
    check_timeout,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from typing import Self

    from ..declared.operation import Operation
    from ..declared.schemes import OAuth2
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..options import CallArguments, CommonSettings, Credential
    from ..wire.headers import FieldList
    from ..wire.messages import Origin
    from .auth import Access, AuthPlan
    from .call import Call
    from .credentials import Credentials
    from .engine import Engine

T = TypeVar("T")

_building = threading.Lock()
_KNOWN = frozenset(
    (
        "allow_http",
        "base_url",
        "clock",
        "connections",
        "headers",
        "http",
        "limiter",
        "log_bodies",
        "max_body",
        "max_retries",
        "server",
        "timeout",
        "token_url",
        "transport",
        "variables",
    )
)


class ClientCore:
    """State of a client: an engine shared with the clients derived from it, and options of its own.

    A subclass sets `vendor` and keeps no state of its own, so that `with_options` can copy it.
    """

    vendor: ClassVar[Vendor]

    _engine: Engine | None
    _settings: CommonSettings
    _root: ClientCore
    _access: Access | None
    _credentials: Credentials
    _timeout: float | None
    _max_retries: int
    _headers: dict[str, str]
    _bases: dict[AuthPlan, FieldList]

    @property
    def _port(self) -> IO:
        """Input and output of this client, blocking or not."""
        raise NotImplementedError

    def _configure(self, credentials: Mapping[str, Credential] | None, settings: CommonSettings) -> None:
        from .credentials import Credentials

        unknown = set(settings) - _KNOWN
        if unknown:
            name = min(unknown)
            raise TypeError(f"{type(self).__name__} got an unexpected setting {name!r}.")
        timeout = settings.get("timeout", DEFAULT_TIMEOUT)
        retries = settings.get("max_retries", DEFAULT_RETRIES)
        check_timeout(timeout)
        check_retries(retries)
        base_url = settings.get("base_url")
        if base_url is not None and settings.get("server") is not None:
            raise ArgumentError("Both base_url and server were given; give one.", argument="server")
        if base_url is not None:
            if not base_url.startswith(("https://", "http://")):
                raise ArgumentError(f"base_url must start with https://, found {base_url[:12]!r}…", argument="base_url")
            if "@" in base_url:
                raise ArgumentError("base_url holds an '@'; give credentials as arguments.", argument="base_url")
        if base_url is None:
            self.vendor.address(settings.get("server"), settings.get("variables") or {})
        self._settings = settings
        self._engine = None
        self._root = self
        self._access = None
        self._credentials = Credentials(credentials or {})
        self._timeout = timeout
        self._max_retries = retries
        self._headers = dict(settings.get("headers") or {})
        self._bases = {}

    def with_options(
        self,
        *,
        timeout: float | Unset | None = UNSET,
        max_retries: int | Unset = UNSET,
        headers: Mapping[str, str | None] | None = None,
        credentials: Mapping[str, Credential] | None = None,
    ) -> Self:
        """Return a client with these options on top of this one's, which stays as it is.

        Both share connections, limits and, unless `credentials` replaces some, the token.
        A header of None is removed. Closing the new client closes nothing.
        """
        check_timeout(timeout)
        check_retries(max_retries)
        made = object.__new__(type(self))
        made._share(self)
        made._settings = self._settings
        made._engine = self._ready()
        made._root = self._root
        made._timeout = self._timeout if isinstance(timeout, Unset) else timeout
        made._max_retries = self._max_retries if isinstance(max_retries, Unset) else max_retries
        merged = {name.lower(): (name, value) for name, value in self._headers.items()}
        for name, value in (headers or {}).items():
            merged.pop(name.lower(), None)
            if value is not None:
                merged[name.lower()] = (name, value)
        made._headers = dict(merged.values())
        made._bases = {}
        if credentials is None:
            made._credentials, made._access = self._credentials, self._access
        else:
            from .auth import Access

            made._credentials = self._credentials.merged(credentials)
            made._access = Access(self.vendor, made._credentials)
        return made

    def _share(self, other: ClientCore) -> None:
        """Take over the other client's input and output."""
        raise NotImplementedError

    def _ready(self) -> Engine:
        """Return the engine, made at the first call: until then a client costs next to nothing."""
        engine = self._engine
        if engine is None:
            with _building:
                engine = self._engine
                if engine is None:
                    engine = self._build()
        return engine

    def _build(self) -> Engine:
        from .addresses import parse_base, token_address
        from .auth import Access
        from .engine import Engine
        from .limits import default_limiter
        from .tokens import TokenEndpoint

        settings = self._settings
        allow_http = settings.get("allow_http", False)
        declared = self.vendor.address(None, settings.get("variables") or {}) if self.vendor.servers else ""
        given = settings.get("base_url")
        url = given or self.vendor.address(settings.get("server"), settings.get("variables") or {})
        origin, prefix = parse_base(url, allow_http=allow_http)
        token_url = settings.get("token_url")

        def address(scheme: OAuth2) -> tuple[Origin, str]:
            return token_address(
                token_url or scheme.token_url,
                declared_base=declared,
                origin=origin,
                prefix=prefix,
                rebased=given is not None and token_url is None,
                allow_http=allow_http,
            )

        limiter = settings.get("limiter", UNSET)
        if isinstance(limiter, Unset):
            from .limits import RateLimiter

            # Another clock cannot share the process-wide limiter: its moments mean nothing there.
            limiter = default_limiter() if settings.get("clock") is None else RateLimiter()
        self._access = Access(self.vendor, self._credentials)
        self._engine = engine = Engine(
            vendor=self.vendor,
            io=self._port,
            origin=origin,
            prefix=prefix,
            limiter=limiter,
            log_bodies=settings.get("log_bodies", False),
            tokens=TokenEndpoint(address, self._base_fields(origin), self._max_retries),
        )
        return engine

    def _base_fields(self, origin: Origin) -> FieldList:
        from ..wire.encoding import encode_header
        from ..wire.headers import FieldList
        from .call import put_field

        fields = {
            b"host": (b"Host", origin.authority.encode("ascii")),
            b"accept": (b"Accept", b"application/json, */*;q=0.5"),
            b"accept-encoding": (b"Accept-Encoding", b"gzip, deflate"),
            b"user-agent": (b"User-Agent", f"loyalty-clients/{__version__} ({self.vendor.slug})".encode("ascii")),
        }
        for name, value in self._headers.items():
            put_field(fields, name, encode_header(name, value))
        return FieldList(fields.values())

    def _prepare(self, operation: Operation[T], arguments: CallArguments) -> Call:
        """Check and encode everything about a call before anything is sent; raise `ArgumentError`."""
        from .call import Call, build_body, build_fields, build_target, merge_fields

        engine = self._engine or self._ready()
        options = arguments.get("options")
        access = cast("Access", self._access)  # made with the engine
        plan = access.plan(operation.security, operation.id)
        call = Call()
        call.operation = operation
        call.plan = plan
        call.identity = plan.identity
        call.origin = engine.origin
        call.target = build_target(engine.prefix, operation, arguments, plan)
        call.body, media = build_body(arguments)
        base = self._bases.get(plan)
        if base is None:
            base = self._bases[plan] = merge_fields(self._base_fields(engine.origin), plan.fields)
        call.fields = build_fields(call, base, arguments, options, media)
        call.timeout = self._timeout
        call.max_retries = self._max_retries
        if options is not None:
            if not isinstance(options.timeout, Unset):
                call.timeout = options.timeout
            if not isinstance(options.max_retries, Unset):
                call.max_retries = options.max_retries
        call.max_body = self._settings.get("max_body", DEFAULT_MAX_BODY)
        call.limits = engine.vendor.rate_limits if operation.rate_limits is None else operation.rate_limits
        call.started = self._port.clock.monotonic()
        if operation.deprecated:
            _warn_deprecated(operation)
        return call

    @classmethod
    def _environment(cls, environment: Mapping[str, str] | None) -> tuple[dict[str, Credential], dict[str, str]]:
        import os

        from .credentials import from_environment

        found = os.environ if environment is None else environment
        credentials: dict[str, Credential] = dict(from_environment(cls.vendor, found))
        places: dict[str, str] = {}
        for name in ("base_url", "server"):
            value = found.get(f"{cls.vendor.slug}_{name}".upper())
            if value:
                places[name] = value
        return credentials, places

    def __repr__(self) -> str:
        place = self._settings.get("base_url") or self._settings.get("server") or "default server"
        return f"<{type(self).__name__} {place} {self._credentials!r}>"


def _warn_deprecated(operation: Operation[object]) -> None:
    """Warn at the first caller outside this package and the vendor's generated one."""
    import warnings

    own = (__name__.partition(".")[0], f"{operation.vendor}_client")
    level = 1
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in own:
        frame = frame.f_back
        level += 1
    warnings.warn(
        f"{operation.vendor} {operation.id} ({operation.method} {operation.path}) is deprecated by the vendor.",
        DeprecationWarning,
        stacklevel=level,
    )
