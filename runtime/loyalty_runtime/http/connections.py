"""Settings of connections: how many, how long they are kept, whom they trust, which way they go."""

from __future__ import annotations

from typing import Any

from ..errors import ArgumentError
from ..frozen import Frozen
from ..secret import Secret


class ConnectionOptions(Frozen):
    """Limits of the connection pool, TLS trust and proxy.

    `max_connections` counts per server (and, for asynchronous clients, per event loop); further calls wait in their order.
    `keepalive_seconds` is how long an idle connection stays, `max_keepalive` how many of them; by default all of them.
    `ca_file` is a PEM bundle, or a folder of hashed certificates, to trust instead of certifi's; without it the variables
    `SSL_CERT_FILE`, `SSL_CERT_DIR` and `REQUESTS_CA_BUNDLE` count, in this order. What was renewed at its path is read again.
    `client_certificate` is a PEM file with certificate and key, or a pair of files. Certificates are always verified.
    `proxy` is `http://[user:password@]host:port`, also with `https` or `socks5`, and `""` for none; by default the variables
    `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count.
    """

    max_connections: int
    max_keepalive: int
    keepalive_seconds: float
    ca_file: str | None
    client_certificate: str | tuple[str, str] | None
    proxy: Secret | None

    def __init__(
        self,
        *,
        max_connections: int = 100,
        max_keepalive: int | None = None,
        keepalive_seconds: float = 5.0,
        ca_file: str | None = None,
        client_certificate: str | tuple[str, str] | None = None,
        proxy: str | Secret | None = None,
    ) -> None:
        max_keepalive = max_connections if max_keepalive is None else max_keepalive
        _check("max_connections", max_connections, 1)
        _check("max_keepalive", max_keepalive, 0)
        _check("keepalive_seconds", keepalive_seconds, 0, whole=False)
        proxy = Secret(proxy) if isinstance(proxy, str) else proxy
        if not (proxy is None or hasattr(proxy, "reveal")):
            raise ArgumentError(f"proxy is of type {type(proxy).__name__}; give text.", argument="proxy")
        self._fill(
            max_connections=max_connections,
            max_keepalive=max_keepalive,
            keepalive_seconds=keepalive_seconds,
            ca_file=ca_file,
            client_certificate=client_certificate,
            proxy=proxy,
        )

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self._names))

    def __copy__(self) -> ConnectionOptions:
        return self

    def __deepcopy__(self, memo: object) -> ConnectionOptions:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # A secret loses its value in a pickle; a proxy without a password is none.
        values = {name: getattr(self, name) for name in self._names}
        if self.proxy is not None and "@" not in self.proxy.reveal():
            values["proxy"] = self.proxy.reveal()
        return (_made, (values,))


def _check(name: str, value: object, least: int, *, whole: bool = True) -> None:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not value >= least:
        raise ArgumentError(f"{name} is {value!r}; give a number of at least {least}.", argument=name)


def _made(values: dict[str, Any]) -> ConnectionOptions:
    return ConnectionOptions(**values)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost") or host == "::1":
        return True
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdigit() and int(part) < 256 for part in parts)
