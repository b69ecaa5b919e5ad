"""What both kinds of client have in common: settings, preparation of calls, derived clients."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from ..options import DEFAULT_MAX_BODY, DEFAULT_RETRIES, DEFAULT_TIMEOUT, check_retries, check_timeout
from ..types import UNSET, Unset
from .settings import check_settings

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Self

    from ..declared.operation import Operation
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..options import CallArguments, Credential
    from ..wire.headers import FieldList
    from ..wire.messages import RawResponse
    from .auth import Access, AuthPlan
    from .call import Call
    from .credentials import Credentials
    from .engine import Engine
    from .settings import CommonSettings

T = TypeVar("T")

_building = threading.Lock()


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

        check_settings(type(self).__name__, self.vendor, settings)
        self._settings = settings
        self._engine = None
        self._root = self
        self._access = None
        self._credentials = Credentials(credentials or {})
        self._timeout = settings.get("timeout", DEFAULT_TIMEOUT)
        self._max_retries = settings.get("max_retries", DEFAULT_RETRIES)
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
        made._headers = _merged(self._headers, headers or {})
        made._bases = {}
        if credentials is None:
            made._credentials, made._access = self._credentials, self._access
        else:
            from .auth import Access

            made._credentials = self._credentials.merged(credentials)
            made._access = Access(self.vendor, made._credentials)
        return made

    @property
    def _strict(self) -> bool:
        return self._settings.get("strict", False)

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
        from .auth import Access
        from .build import build_engine

        self._access = Access(self.vendor, self._credentials)
        self._engine = build_engine(self.vendor, self._settings, self._port, self._headers, self._max_retries)
        return self._engine

    def _prepare(self, operation: Operation[T], arguments: CallArguments) -> Call:
        """Check and encode everything about a call before anything is sent; raise `ArgumentError`."""
        from .call import Call, aimed, base_fields, build_body, build_fields, build_target, merge_fields

        engine = self._engine or self._ready()
        options = arguments.get("options")
        access = cast("Access", self._access)  # made with the engine
        plan = access.plan(operation.security, operation.id)
        timeout, max_retries = self._timeout, self._max_retries
        if options is not None:
            timeout = timeout if isinstance(options.timeout, Unset) else options.timeout
            max_retries = max_retries if isinstance(options.max_retries, Unset) else options.max_retries
        origin, prefix = engine.place(operation.servers) if operation.servers else (engine.origin, engine.prefix)
        call = Call(
            operation,
            origin=origin,
            target=build_target(prefix, operation, arguments, plan),
            started=self._port.clock.monotonic(),
            timeout=timeout,
            max_retries=max_retries,
            max_body=self._settings.get("max_body", DEFAULT_MAX_BODY),
            limits=engine.vendor.rate_limits if operation.rate_limits is None else operation.rate_limits,
            identity=plan.identity,
            plan=plan,
        )
        call.body, media = build_body(arguments)
        base = self._bases.get(plan)
        if base is None:
            own = base_fields(self.vendor.slug, engine.origin, self._headers)
            base = self._bases[plan] = merge_fields(own, plan.fields)
        if origin is not engine.origin:
            base = aimed(base, origin)
        call.fields = build_fields(call, base, arguments, options, media)
        if operation.deprecated:
            _warn_deprecated(operation)
        return call

    def _send(self, operation: Operation[T], arguments: CallArguments) -> Coroutine[None, None, RawResponse]:
        """Prepare a call at once, and return the coroutine that runs it."""
        return (self._engine or self._ready()).exchange(self._prepare(operation, arguments))

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


def _merged(headers: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return headers with changes, names in any case; a value of None removes one."""
    merged = {name.lower(): (name, value) for name, value in headers.items()}
    for name, value in changes.items():
        merged.pop(name.lower(), None)
        if value is not None:
            merged[name.lower()] = (name, value)
    return dict(merged.values())


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
