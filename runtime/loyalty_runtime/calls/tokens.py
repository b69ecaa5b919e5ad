"""The token request: JSON or form, client in the body or by HTTP Basic, refresh token before password."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..declared.operation import Operation
from ..errors import APIError, APIStatusError, AuthenticationError, DecodeError
from ..headers import request_id
from ..secret import MASK, Secret
from ..wire.decoding import Misfit, parse_json
from ..wire.encoding import encode_form, encode_header, header_name
from ..wire.jsonio import dump_json
from ..wire.messages import FieldList
from ..wire.reply import dig
from .auth import Token, renewal
from .call import Call
from .credentials import identity
from .failures import decode_failure, status_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..declared.schemes import TokenScheme
    from ..wire.messages import Origin, RawResponse
    from .auth import TokenSource
    from .engine import Engine
    from .tokenstore import TokenStore

_DEFAULT_LIFETIME = 3600.0
_LONGEST_LIFETIME = 1e8
_MAX_TOKEN_BODY = 1024 * 1024


class TokenEndpoint:
    """Where and how the tokens of a client are asked for; its requests run through the client's own engine."""

    __slots__ = ("_address", "_engine", "_fields", "_max_retries", "_store")

    def __init__(
        self,
        engine: Engine,
        address: Callable[[TokenScheme], tuple[Origin, str]],
        fields: FieldList,
        max_retries: int,
        store: TokenStore | None,
    ) -> None:
        self._engine = engine
        self._address = address
        self._fields = fields
        self._max_retries = max_retries
        self._store = store

    async def fetch(self, source: TokenSource, old: Token | None, timeout: float | None) -> Token:
        """Return a new token; raise `AuthenticationError` when the credentials are refused, other `APIError`s otherwise."""
        if self._store is not None:
            key = self._key(source)
            return await self._store.load(
                self._engine.io, key, old, timeout, lambda refresh: self._fetch(source, refresh, timeout)
            )
        return await self._fetch(source, old.refresh if old is not None else None, timeout)

    def _key(self, source: TokenSource) -> str:
        """Return what names the token in a store: a hash over vendor, address and every credential of the request."""
        from hashlib import blake2b

        origin, target = self._address(source.scheme)
        digest = blake2b(
            f"{self._engine.vendor.slug}\0{origin!r}{target}".encode(), digest_size=16, person=b"loyalty-token"
        )
        for name in source.scheme.takes():
            digest.update(f"\0{name}\0{source.credentials.get(name) or ''}".encode())
        return digest.hexdigest()

    async def _fetch(self, source: TokenSource, refresh: Secret | None, timeout: float | None) -> Token:
        if refresh is not None:
            # A refused refresh token has ended; the password still works.
            with suppress(AuthenticationError):
                return await self._ask(source, refresh, timeout)
        return await self._ask(source, None, timeout)

    async def _ask(self, source: TokenSource, refresh: Secret | None, timeout: float | None) -> Token:
        engine, scheme = self._engine, source.scheme
        clock = engine.io.clock
        origin, target = self._address(scheme)
        operation = _operation(engine.vendor.slug, scheme, target)
        call = Call(
            operation,
            origin=origin,
            target=target,
            identity=identity(engine.vendor, (scheme,), source.credentials),
            limits=scheme.rate_limits,
            started=clock.monotonic(),
            timeout=timeout,
            max_retries=self._max_retries,
            max_body=_MAX_TOKEN_BODY,
        )
        call.fields, call.body = self._message(source, origin, refresh)
        # Asking twice for a token changes nothing else; a refresh token may be good for one use, and a lost reply was one.
        call.safe = refresh is None

        def read(response: RawResponse) -> Token:
            problem: str | None = None
            try:
                return self._read(source, operation, response, refresh)
            except APIError as error:
                problem = type(error).__name__
                raise
            finally:
                engine.tell(
                    call,
                    "token",
                    status=response.status,
                    failure=problem,
                    problem=problem,
                    seconds=clock.monotonic() - call.started,
                    size=len(response.content),
                    request_id=request_id(response.headers),
                )

        return await engine.read(call, read)

    def _read(
        self, source: TokenSource, operation: Operation[object], response: RawResponse, refresh: Secret | None
    ) -> Token:
        clock = self._engine.io.clock
        if response.status >= 300:
            response.content = _without(response.content, [*source.credentials, refresh.reveal() if refresh else ""])
            raise _refusal(status_error(operation, response, clock, None))
        return _read(operation, response, source.scheme, clock.monotonic())

    def _message(self, source: TokenSource, origin: Origin, refresh: Secret | None) -> tuple[FieldList, bytes]:
        # Clear text stays in this frame, which is gone when the request fails.
        scheme, held = source.scheme, source.credentials
        fields = FieldList(field for field in self._fields if field[0].lower() not in (b"host", b"authorization"))
        fields.insert(0, (b"Host", origin.authority.encode()))
        for name, value, argument in scheme.fields(held):
            fields.append((header_name(name), encode_header(argument, value)))
        values = scheme.members(held, None if refresh is None else refresh.reveal())
        body = dump_json(values) if scheme.format == "json" else encode_form(values)
        media = b"application/json" if scheme.format == "json" else b"application/x-www-form-urlencoded"
        fields.append((b"Content-Type", media))
        fields.append((b"Content-Length", str(len(body)).encode()))
        return fields, body


def _operation(vendor: str, scheme: TokenScheme, target: str) -> Operation[object]:
    return Operation(
        vendor=vendor,
        id=scheme.operation or "token",
        method="POST",
        path=target.partition("?")[0],
        rate_limits=scheme.rate_limits or None,
    )


def _without(content: bytes, credentials: list[str]) -> bytes:
    """Return the body of a refusal without the credentials that some servers repeat in it."""
    from urllib.parse import quote, quote_plus

    for value in credentials:
        if len(value) > 3:
            for form in (value, quote(value, safe=""), quote_plus(value), dump_json(value).decode()[1:-1]):
                content = content.replace(form.encode(), MASK.encode())
    return content


def _refusal(error: APIStatusError) -> APIStatusError:
    """Turn a refusal of the credentials into the error users look for, whatever status the vendor chose."""
    if error.status not in (400, 401, 403):
        return error
    refused = AuthenticationError.__new__(AuthenticationError)
    refused.__dict__.update(error.__dict__)
    refused.args = (f"{error.args[0]}: the token endpoint refused the credentials",)
    return refused


def _read(operation: Operation[object], response: RawResponse, scheme: TokenScheme, now: float) -> Token:
    misfit: Misfit
    value: object = None
    access: object = None
    refresh: object = None
    try:
        value = parse_json(response)
        if not isinstance(value, dict):
            raise Misfit("an object with a token was expected")
        access, given, refresh = (dig(value, name) for name in scheme.reply)
        if not isinstance(access, str) or not access:
            raise Misfit("a required member is missing", f"$.{scheme.reply[0]}")
        if not access.isascii() or not access.isprintable():
            raise Misfit("a token that no header can carry came", f"$.{scheme.reply[0]}")
        lifetime = _seconds(given, scheme.lifetime or _DEFAULT_LIFETIME)
        return Token(access, renewal(now, lifetime), Secret(refresh) if isinstance(refresh, str) and refresh else None)
    except Misfit as error:
        misfit = error
    value = access = refresh = None  # it may hold a token under another name
    failure: DecodeError = decode_failure(operation, response, misfit)
    failure.raw = b""
    raise failure


def _seconds(given: object, default: float) -> float:
    """Return a lifetime, also one written as text, or the default for what is none; at most three years."""
    try:
        seconds = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else 0.0
    except ValueError:
        return default
    except OverflowError:
        return _LONGEST_LIFETIME
    return min(seconds, _LONGEST_LIFETIME) if seconds > 0 else default
