"""The token request: JSON or form, client in the body or by HTTP Basic, refresh token before password."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..declared.operation import Operation
from ..errors import APIStatusError, AuthenticationError, DecodeError
from ..secret import Secret
from ..wire.decoding import Misfit, parse_json
from ..wire.encoding import encode_form, encode_header, header_name
from ..wire.headers import FieldList
from ..wire.jsonio import dump_json
from .auth import Token, basic, renewal
from .call import Call
from .credentials import identity
from .failures import decode_failure, status_error
from .redaction import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..declared.schemes import OAuth2
    from ..wire.messages import Origin, RawResponse
    from .auth import TokenSource
    from .credentials import Credentials
    from .engine import Engine

_DEFAULT_LIFETIME = 3600.0
_MAX_TOKEN_BODY = 1024 * 1024


class TokenEndpoint:
    """Where and how tokens are asked for; one per client."""

    __slots__ = ("address", "fields", "max_retries")

    def __init__(self, address: Callable[[OAuth2], tuple[Origin, str]], fields: FieldList, max_retries: int) -> None:
        self.address = address
        self.fields = fields
        self.max_retries = max_retries

    async def fetch(self, engine: Engine, source: TokenSource, old: Token | None, timeout: float | None) -> Token:
        """Return a new token; raise `AuthenticationError` when the credentials are refused, other `APIError`s otherwise."""
        refresh = old.refresh if old is not None else None
        if refresh is not None:
            # A refused refresh token has ended; the password still works.
            with suppress(AuthenticationError):
                return await self._ask(engine, source, _refresh_body(refresh), timeout)
        return await self._ask(engine, source, _grant_body(source), timeout)

    async def _ask(
        self, engine: Engine, source: TokenSource, values: dict[str, str | Secret], timeout: float | None
    ) -> Token:
        scheme = source.scheme
        origin, target = self.address(scheme)
        call = Call()
        call.operation = operation = _operation(engine.vendor.slug, scheme, target)
        call.plan = None
        call.origin = origin
        call.target = target
        call.fields, call.body = self._message(source, origin, values)
        call.timeout = timeout
        call.max_retries = self.max_retries
        call.max_body = _MAX_TOKEN_BODY
        call.safe = True  # asking twice for a token changes nothing else
        call.key_seconds = None
        call.limits = scheme.rate_limits
        call.identity = identity(engine.vendor, (scheme,), source.credentials)
        call.started = engine.io.clock.monotonic()
        response = await engine.exchange(call)
        if response.status >= 300:
            raise _refusal(status_error(operation, response, engine.io.clock))
        log = logger()
        if log is not None:
            log.info("%s: token fetched", engine.vendor.slug)
        return _read(operation, response, scheme, engine.io.clock.monotonic())

    def _message(self, source: TokenSource, origin: Origin, given: dict[str, str | Secret]) -> tuple[FieldList, bytes]:
        scheme = source.scheme
        values = {name: value.reveal() if isinstance(value, Secret) else value for name, value in given.items()}
        client_id, client_secret = source.credentials.get("client_id"), source.credentials.get("client_secret")
        fields = FieldList(field for field in self.fields if field[0].lower() not in (b"host", b"authorization"))
        fields.insert(0, (b"Host", origin.authority.encode()))
        for name, argument in scheme.headers.items():
            value = source.credentials.get(argument)
            if value is not None:
                fields.append((header_name(name), encode_header(argument, value)))
        if client_id is not None and scheme.client == "basic":
            fields.append((b"Authorization", basic(client_id, client_secret or "")))
        elif client_id is not None:
            values["client_id"] = client_id
            if client_secret is not None:
                values["client_secret"] = client_secret
        body = dump_json(values) if scheme.format == "json" else encode_form(values)
        media = b"application/json" if scheme.format == "json" else b"application/x-www-form-urlencoded"
        fields.append((b"Content-Type", media))
        fields.append((b"Content-Length", str(len(body)).encode()))
        return fields, body


def _grant_body(source: TokenSource) -> dict[str, str | Secret]:
    # Values stay wrapped here: these locals are on the stack when the request fails.
    scheme = source.scheme
    values: dict[str, str | Secret] = {"grant_type": scheme.grant}
    if scheme.grant == "password":
        credentials: Credentials = source.credentials
        values["username"] = Secret(credentials.get("username") or "")
        values["password"] = Secret(credentials.get("password") or "")
    if scheme.scope:
        values["scope"] = scheme.scope
    return values


def _refresh_body(refresh: Secret) -> dict[str, str | Secret]:
    return {"grant_type": "refresh_token", "refresh_token": refresh}


def _operation(vendor: str, scheme: OAuth2, target: str) -> Operation[object]:
    return Operation(
        vendor=vendor,
        id=scheme.operation or "token",
        method="POST",
        path=target.partition("?")[0],
        rate_limits=scheme.rate_limits or None,
    )


def _refusal(error: APIStatusError) -> APIStatusError:
    """Turn a refusal of the credentials into the error users look for, whatever status the vendor chose."""
    if error.status not in (400, 401, 403):
        return error
    refused = AuthenticationError.__new__(AuthenticationError)
    refused.__dict__.update(error.__dict__)
    refused.args = (f"{error.args[0]}: the token endpoint refused the credentials",)
    return refused


def _read(operation: Operation[object], response: RawResponse, scheme: OAuth2, now: float) -> Token:
    misfit: Misfit
    value: object = None
    try:
        value = parse_json(response)
        if not isinstance(value, dict):
            raise Misfit("an object with a token was expected")
        access = value.get("access_token")
        if not isinstance(access, str) or not access:
            raise Misfit("a required member is missing", "$.access_token")
        refresh = value.get("refresh_token")
        lifetime = _seconds(value.get("expires_in"), scheme.lifetime or _DEFAULT_LIFETIME)
        return Token(access, renewal(now, lifetime), Secret(refresh) if isinstance(refresh, str) and refresh else None)
    except Misfit as error:
        misfit = error
    value = None  # it may hold a token under another name
    failure: DecodeError = decode_failure(operation, response, misfit)
    raise failure


def _seconds(given: object, default: float) -> float:
    if isinstance(given, str):
        try:
            given = float(given)
        except ValueError:
            return default
    if isinstance(given, (int, float)) and not isinstance(given, bool) and given > 0:
        return float(given)
    return default
