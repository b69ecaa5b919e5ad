"""Security schemes as the specs declare them: keys, bearer tokens, basic, OAuth2 with its token request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..frozen import Frozen
from .operation import RateLimit


class ApiKey(Frozen):
    """A static credential in a header, the query or a cookie; `prefix` is the word before it, as in `Token <value>`.

    `argument` names the credential the client's constructor takes.
    """

    __slots__ = ("argument", "key", "location", "prefix")
    argument: str
    key: str
    location: Literal["header", "query", "cookie"]
    prefix: str

    def __init__(
        self,
        argument: str,
        *,
        key: str = "Authorization",
        location: Literal["header", "query", "cookie"] = "header",
        prefix: str = "",
    ) -> None:
        self._fill(argument=argument, key=key, location=location, prefix=prefix)


class Bearer(ApiKey):
    """A static `Authorization: Bearer <value>`."""

    __slots__ = ()

    def __init__(self, argument: str) -> None:
        super().__init__(argument, prefix="Bearer")


class Basic(Frozen):
    """HTTP Basic from two credentials."""

    __slots__ = ("password", "username")
    username: str
    password: str

    def __init__(self, *, username: str = "username", password: str = "password") -> None:  # noqa: S107 - the name of an argument
        self._fill(username=username, password=password)


class OAuth2(Frozen):
    """A token fetched at first use, by client credentials or with a user's password (and refresh token).

    `token_url` is absolute, or relative to the client's base URL; `format` is the body of the token request;
    `client` says whether the client authenticates in the body or by HTTP Basic; `lifetime` is in seconds and counts when
    the reply names none; `operation` is the operationId of the token call, if the spec has one.
    `headers` maps further header names of the token request to the credentials they carry, sent where given.
    A ready `access_token` given to the client is used as it is, without a token request.
    """

    __slots__ = ("client", "format", "grant", "headers", "lifetime", "operation", "rate_limits", "scope", "token_url")
    grant: Literal["client_credentials", "password"]
    token_url: str
    format: Literal["form", "json"]
    client: Literal["body", "basic"]
    scope: str
    lifetime: float | None
    operation: str
    rate_limits: tuple[RateLimit, ...]
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
            grant=grant,
            token_url=token_url,
            format=format,
            client=client,
            scope=scope,
            lifetime=lifetime,
            operation=operation,
            rate_limits=rate_limits,
            headers=headers or {},
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the credentials the token request needs."""
        if self.grant == "password":
            return ("username", "password")
        return ("client_id", "client_secret")


Scheme = ApiKey | Basic | OAuth2
