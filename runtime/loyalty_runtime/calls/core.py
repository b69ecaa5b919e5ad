"""What both kinds of client have in common: settings, preparation of calls, derived clients."""

from __future__ import annotations

from _thread import allocate_lock  # importing threading takes as long as half of this package
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from ..clock import Clock
from ..declared.lazy import AnnotationNames
from ..errors import ArgumentError, unreadable
from ..options import DEFAULT_MAX_BODY, DEFAULT_RETRIES, DEFAULT_TIMEOUT, check_retries, check_timeout, resolves
from ..secret import hidden, quiet
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Self

    from ..declared.operation import Operation
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..options import CallArguments, CallOptions, Credential
    from ..wire.messages import FieldList, RawResponse
    from .auth import Access, AuthPlan
    from .call import Call
    from .credentials import Credentials
    from .engine import Engine
    from .replies import Reading
    from .settings import CommonSettings

T = TypeVar("T")

_building = allocate_lock()


class ClientCore:
    """State of a client: an engine shared with the clients derived from it, and options of its own.

    A subclass sets `vendor` and keeps no state of its own, so that `with_options` can copy it.
    """

    vendor: ClassVar[Vendor]

    _io: Any
    _engine: Engine | None
    _settings: CommonSettings
    _root: ClientCore
    _access: Access | None
    _credentials: Credentials
    _timeout: float | None
    _max_retries: int
    _headers: Mapping[str, str]
    _bases: dict[AuthPlan, FieldList]
    _reading: Reading
    _guarded: bool

    @property
    def _port(self) -> IO:
        """Input and output of this client, blocking or not."""
        return self._io  # type: ignore[no-any-return]

    def _begin(self, kind: type[Any], credentials: Mapping[str, Credential], settings: CommonSettings) -> None:
        from ..http.connections import ConnectionOptions
        from .credentials import Credentials
        from .settings import check_settings

        check_settings(type(self).__name__, self.vendor, settings)
        connections = settings.get("connections") or ConnectionOptions()
        clock, transport = settings.get("clock") or Clock(), cast("Any", settings).get("transport")
        self._io = kind(clock, transport, connections, settings.get("http", "httpx"))
        self._settings = settings
        self._engine = None
        self._root = self
        self._access = None
        self._credentials = Credentials(credentials)
        self._timeout = settings.get("timeout", DEFAULT_TIMEOUT)
        self._max_retries = settings.get("max_retries", DEFAULT_RETRIES)
        self._headers = quiet(settings.get("headers") or {})
        self._guarded = bool(settings.get("read_only") or settings.get("dry_run"))
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
        made._io = self._io
        made._settings = self._settings
        made._guarded = self._guarded
        made._engine = self._ready()
        made._root = self._root
        made._timeout = self._timeout if isinstance(timeout, Unset) else timeout
        made._max_retries = self._max_retries if isinstance(max_retries, Unset) else max_retries
        made._headers = _merged(self._headers, headers or {})
        made._bases = {}
        if credentials is None:
            made._credentials, made._access, made._reading = self._credentials, self._access, self._reading
        else:
            from .auth import Access

            credentials = hidden(credentials)
            made._credentials = self._credentials.merged(credentials)
            made._access = Access(self.vendor, made._credentials)
            made._reading = made._read_by(made._credentials, self._ready())
        return made

    def _read_by(self, credentials: Credentials, engine: Engine) -> Reading:
        from .replies import Reading

        details = self._settings.get("error_details", True)
        return Reading(
            self._port.clock,
            credentials,
            error_details=details,
            strict=self._settings.get("strict", False),
            watch=engine.watch,
            origin=engine.origin,
        )

    def _ready(self) -> Engine:
        """Return the engine, made at the first call: until then a client costs next to nothing."""
        engine = self._engine
        if engine is None:
            with _building:
                engine = self._engine
                if engine is None:
                    try:
                        engine = self._build()
                    except OSError as error:
                        raise unreadable(error) from None
        return engine

    def _build(self) -> Engine:
        from .auth import Access
        from .build import build_engine

        self._access = Access(self.vendor, self._credentials)
        engine = build_engine(self.vendor, self._settings, self._port, self._headers, self._max_retries)
        self._reading = self._read_by(self._credentials, engine)
        self._engine = engine
        return engine

    def _prepare(self, operation: Operation[T], arguments: CallArguments) -> Call:
        """Check and encode everything about a call before anything is sent; raise `ArgumentError`."""
        from .call import Call, aimed, base_fields, build_body, build_fields, build_target, merge_fields

        engine = self._engine or self._ready()
        options = arguments.get("options")
        access = cast("Access", self._access)  # made with the engine
        plan = access.plan(operation.security, operation.id)
        timeout, max_retries = self._timeout, self._max_retries
        if options is not None:
            resolving = resolves(options) and operation.changes
            timeout = timeout if isinstance(options.timeout, Unset) else options.timeout
            max_retries = max_retries if isinstance(options.max_retries, Unset) else options.max_retries
            if resolving and timeout is not None:
                from .outcome import RESERVED

                timeout *= 1 - RESERVED
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
        if operation.changes:
            from .outcome import Question

            call.question = Question(self, operation, arguments)
        call.body, media = build_body(arguments)
        call.given = None if engine.recorder is None else arguments
        base = self._bases.get(plan)
        if base is None:
            own = base_fields(self.vendor.slug, engine.origin, self._headers)
            base = self._bases[plan] = merge_fields(own, plan.fields)
        if origin is not engine.origin:
            base = aimed(base, origin)
        call.fields = build_fields(call, base, arguments, options, media)
        if operation.deprecated or operation.inferred or self._guarded or options is not None:
            self._guard(operation, call, options)
        return call

    def _guard(self, operation: Operation[object], call: Call, options: CallOptions | None) -> None:
        """Refuse or warn before anything is sent."""
        from .guards import check_inferred, check_read_only, not_sent, warn_deprecated

        settings = self._settings
        if settings.get("read_only") or (options is not None and options.read_only):
            check_read_only(operation)
        if operation.inferred:
            check_inferred(operation, settings.get("inferred", "warn"), call.origin)
        if operation.deprecated:
            warn_deprecated(operation)
        if settings.get("dry_run") or (options is not None and options.dry_run):
            raise not_sent(call)

    def _send(self, operation: Operation[Any], arguments: CallArguments) -> Coroutine[None, None, RawResponse]:
        """Prepare a call at once, and return the coroutine that runs it."""
        return self._ask(operation, arguments, lambda raw: raw)

    def _ask(
        self, operation: Operation[Any], arguments: CallArguments, reader: Callable[[RawResponse], T]
    ) -> Coroutine[None, None, T]:
        """Do the same, and read the reply as a part of the call."""
        try:
            return (self._engine or self._ready()).read(self._prepare(operation, arguments), reader)
        except OSError as error:
            raise unreadable(error) from None

    def _value(self, operation: Operation[T], arguments: CallArguments) -> Coroutine[None, None, T]:
        if self._engine is None:
            self._ready()
        from .replies import received

        return self._ask(operation, arguments, lambda raw: received(operation, raw, self._reading)[0])

    def _whole(
        self, operation: Operation[Any], arguments: CallArguments, reader: Callable[[RawResponse], T]
    ) -> Coroutine[None, None, T]:
        """Do the same for a caller who takes any reply as it is; raise `ArgumentError` for the option `resolve`, which needs it read."""
        if resolves(arguments.get("options")):
            raise ArgumentError(
                "resolve=True goes with calls that return a value; with whole replies call .resolve() of the error.",
                argument="resolve",
            )
        return self._ask(operation, arguments, reader)

    @classmethod
    def _from_env(cls, kind: type[Any], environment: Mapping[str, str] | None, settings: CommonSettings) -> Self:
        import os

        from .credentials import from_environment

        found = os.environ if environment is None else environment
        if settings.get("base_url") is None and settings.get("server") is None:
            names = {name: f"{cls.vendor.slug}_{name}".upper() for name in ("base_url", "server")}
            places = {name: found[variable] for name, variable in names.items() if found.get(variable)}
            settings = cast("CommonSettings", quiet({**settings, **places}))
        client = cls.__new__(cls)
        client._begin(kind, hidden(from_environment(cls.vendor, found)), settings)
        return client

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            f"{type(self).__name__} holds connections and credentials and is neither copied nor pickled; make one in each process, "
            f"for example with {type(self).__name__}.from_env()."
        )

    def __repr__(self) -> str:
        if "_credentials" not in self.__dict__:
            return f"<{type(self).__name__}, not made>"  # as a traceback with local variables may show it
        place = self._settings.get("base_url") or self._settings.get("server") or "default server"
        return f"<{type(self).__name__} {place} {self._credentials!r}>"


def _merged(headers: Mapping[str, str], changes: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return headers with changes, names in any case; a value of None removes one."""
    merged = {name.lower(): (name, value) for name, value in headers.items()}
    for name, value in changes.items():
        merged.pop(name.lower(), None)
        if value is not None:
            merged[name.lower()] = (name, value)
    return quiet(dict(merged.values()))


if not TYPE_CHECKING:
    __builtins__ = AnnotationNames(__name__)
