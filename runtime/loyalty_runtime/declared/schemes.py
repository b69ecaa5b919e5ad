"""Security schemes as the specs declare them: one class per kind says what it needs and what it adds to a request.

Another kind is a subclass of `Scheme` named in a `Vendor`; nothing else has to know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from ..errors import ArgumentError
from ..frozen import Frozen

if TYPE_CHECKING:
    from .operation import RateLimit


STANDARD_REPLY = ("access_token", "expires_in", "refresh_token")  # of RFC 6749


class Held(Protocol):
    """The credentials of a client, by argument name."""

    def __contains__(self, name: str, /) -> bool: ...

    def get(self, name: str) -> str | None:
        """Return a credential in clear text, None when it was not given."""
        ...


class Additions(Protocol):
    """What authentication adds to every request; `argument` names the credential in errors."""

    def add_header(self, name: str, value: str, argument: str) -> None:
        """Add a header field."""
        ...

    def add_query(self, name: str, value: str) -> None:
        """Add a query parameter."""
        ...

    def add_cookie(self, name: str, value: str) -> None:
        """Add a cookie."""
        ...

    def use_token(self, scheme: TokenScheme) -> None:
        """Add the token that this scheme's token request gives."""
        ...


class Scheme(Frozen):
    """One way to authenticate."""

    def needs(self) -> tuple[str, ...]:
        """Return the names of the credentials the scheme cannot do without."""
        raise NotImplementedError

    def takes(self) -> tuple[str, ...]:
        """Return the names of all credentials the scheme can use, the needed ones first."""
        return self.needs()

    def satisfied(self, held: Held) -> bool:
        """Say whether the credentials suffice."""
        return all(name in held for name in self.needs())

    def identifies(self, held: Held) -> tuple[str, ...]:
        """Return the names of the credentials that tell one caller from another, for rate limits."""
        return self.needs()

    def add(self, additions: Additions, held: Held) -> None:
        """Add to a request what the scheme asks for."""
        raise NotImplementedError


class ApiKey(Scheme):
    """A static credential in a header, the query or a cookie; `prefix` is the word before it, as in `Token <value>`.

    `argument` names the credential the client's constructor takes.
    """

    argument: str
    key: str = "Authorization"
    location: Literal["header", "query", "cookie"] = "header"
    prefix: str = ""

    def needs(self) -> tuple[str, ...]:
        return (self.argument,)

    def add(self, additions: Additions, held: Held) -> None:
        value = held.get(self.argument) or ""
        if self.prefix:
            value = f"{self.prefix} {value}"
        if self.location == "header":
            additions.add_header(self.key, value, self.argument)
        elif self.location == "query":
            additions.add_query(self.key, value)
        else:
            additions.add_cookie(self.key, value)


class Bearer(ApiKey):
    """A static `Authorization: Bearer <value>`."""

    def __init__(self, argument: str) -> None:
        super().__init__(argument, prefix="Bearer")


class Basic(Scheme, kw_only=True):
    """HTTP Basic from two credentials."""

    username: str = "username"
    password: str = "password"  # noqa: S105 - the name of an argument

    def needs(self) -> tuple[str, ...]:
        return (self.username, self.password)

    def identifies(self, held: Held) -> tuple[str, ...]:
        return (self.username,)

    def add(self, additions: Additions, held: Held) -> None:
        user, password = held.get(self.username) or "", held.get(self.password) or ""
        additions.add_header("Authorization", basic(user, password), self.username)


class TokenScheme(Scheme):
    """A token fetched at first use by a request of its own, and renewed before its end.

    `token_url` is absolute, or relative to the client's base URL; `format` is the body of the token request;
    `lifetime` is in seconds and counts when the reply names none; `operation` is the operationId of the token call, if the
    spec has one. `reply` names the members of the reply, with dotted paths: the token, its lifetime in seconds, the refresh token.
    A ready token given to the client as `argument` is used as it is, without a token request.
    """

    token_url: str
    format: Literal["form", "json"]
    lifetime: float | None
    operation: str
    rate_limits: tuple[RateLimit, ...]
    reply: tuple[str, str, str]
    argument: str

    def satisfied(self, held: Held) -> bool:
        return self.argument in held or super().satisfied(held)

    def identifies(self, held: Held) -> tuple[str, ...]:
        return (self.argument,) if self.argument in held else self.needs()

    def add(self, additions: Additions, held: Held) -> None:
        additions.use_token(self)

    def members(self, held: Held, refresh: str | None) -> Mapping[str, object]:
        """Return the body of the token request; raise `ArgumentError` for a credential that it cannot hold."""
        raise NotImplementedError

    def fields(self, held: Held) -> list[tuple[str, str, str]]:
        """Return the header fields of the token request: name, value, and the credential they carry."""
        return []


class TokenExchange(TokenScheme):
    """A token for other credentials: `members` maps the members of the request to the credentials that fill them.

    Those in `integers` are sent as whole numbers.
    """

    integers: tuple[str, ...]
    sent: Mapping[str, str]

    def __init__(
        self,
        argument: str,
        *,
        token_url: str,
        members: Mapping[str, str],
        integers: tuple[str, ...] = (),
        format: Literal["form", "json"] = "json",
        lifetime: float | None = None,
        operation: str = "",
        rate_limits: tuple[RateLimit, ...] = (),
        reply: tuple[str, str, str] = STANDARD_REPLY,
    ) -> None:
        self._fill(
            argument=argument,
            token_url=token_url,
            sent=members,
            integers=integers,
            format=format,
            lifetime=lifetime,
            operation=operation,
            rate_limits=rate_limits,
            reply=reply,
        )

    def needs(self) -> tuple[str, ...]:
        return tuple(self.sent.values())

    def takes(self) -> tuple[str, ...]:
        return (*self.needs(), self.argument)

    def members(self, held: Held, refresh: str | None) -> Mapping[str, object]:
        values: dict[str, object] = {name: held.get(argument) for name, argument in self.sent.items()}
        for name in self.integers:
            text, argument = str(values[name]), self.sent[name]
            if not text.isascii() or not text.isdigit():
                raise ArgumentError(f"{argument} is no whole number, which the token request needs.", argument=argument)
            values[name] = int(text)
        return values


class OAuth2(TokenScheme):
    """A token by client credentials, or with a user's password (and refresh token).

    `client` says whether the client authenticates in the body or by HTTP Basic.
    `headers` maps further header names of the token request to the credentials they carry, sent where given.
    """

    grant: Literal["client_credentials", "password"]
    client: Literal["body", "basic"]
    scope: str
    headers: Mapping[str, str]

    def __init__(
        self,
        *,
        token_url: str,
        grant: Literal["client_credentials", "password"] = "client_credentials",
        format: Literal["form", "json"] = "form",
        client: Literal["body", "basic"] = "body",
        scope: str = "",
        lifetime: float | None = None,
        operation: str = "",
        rate_limits: tuple[RateLimit, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._fill(
            argument="access_token",
            grant=grant,
            token_url=token_url,
            format=format,
            client=client,
            scope=scope,
            lifetime=lifetime,
            operation=operation,
            rate_limits=rate_limits,
            headers=headers or {},
            reply=STANDARD_REPLY,
        )

    def needs(self) -> tuple[str, ...]:
        return ("username", "password") if self.grant == "password" else ("client_id", "client_secret")

    def takes(self) -> tuple[str, ...]:
        return (*self.needs(), "client_id", "client_secret", self.argument, *self.headers.values())

    def identifies(self, held: Held) -> tuple[str, ...]:
        if self.argument in held:
            return (self.argument,)
        return ("client_id", "username") if self.grant == "password" else ("client_id",)

    def members(self, held: Held, refresh: str | None) -> Mapping[str, object]:
        """Return the body of the token request: by refresh token where there is one, otherwise by the grant."""
        if refresh is not None:
            values = {"grant_type": "refresh_token", "refresh_token": refresh}
        else:
            values = {"grant_type": self.grant}
            if self.grant == "password":
                values["username"] = held.get("username") or ""
                values["password"] = held.get("password") or ""
            if self.scope:
                values["scope"] = self.scope
        client, secret = held.get("client_id"), held.get("client_secret")
        if client is not None and self.client == "body":
            values["client_id"] = client
            if secret is not None:
                values["client_secret"] = secret
        return values

    def fields(self, held: Held) -> list[tuple[str, str, str]]:
        """Return the header fields of the token request: name, value, and the credential they carry."""
        found = []
        for name, argument in self.headers.items():
            value = held.get(argument)
            if value is not None:
                found.append((name, value, argument))
        client = held.get("client_id")
        if client is not None and self.client == "basic":
            found.append(("Authorization", basic(client, held.get("client_secret") or ""), "client_id"))
        return found


def basic(user: str, password: str) -> str:
    """Return the value of an HTTP Basic header, in UTF-8."""
    from base64 import b64encode

    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
