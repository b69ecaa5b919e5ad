"""Connection settings: pool sizes, TLS, proxy. The SSL context is made once per process and setting."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..frozen import Frozen
from ..secret import Secret

if TYPE_CHECKING:
    import ssl

    from ..wire.messages import Origin


class ConnectionOptions(Frozen):
    """Limits of the connection pool, TLS trust and proxy.

    `max_connections` counts per server; further calls wait. `keepalive_seconds` is how long an idle connection stays.
    `ca_file` is a PEM bundle to trust instead of certifi's (the variable `SSL_CERT_FILE` does the same);
    `client_certificate` a PEM file with certificate and key, or a pair of files. Certificates are always verified.
    `proxy` is `http://[user:password@]host:port`, `""` for none; by default `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count.
    """

    __slots__ = ("_proxy", "ca_file", "client_certificate", "keepalive_seconds", "max_connections", "max_keepalive")
    max_connections: int
    max_keepalive: int
    keepalive_seconds: float
    ca_file: str | None
    client_certificate: str | tuple[str, str] | None
    _proxy: Secret | None

    def __init__(
        self,
        *,
        max_connections: int = 100,
        max_keepalive: int = 20,
        keepalive_seconds: float = 5.0,
        ca_file: str | None = None,
        client_certificate: str | tuple[str, str] | None = None,
        proxy: str | None = None,
    ) -> None:
        if max_connections < 1:
            raise ArgumentError(
                f"max_connections is {max_connections}; it must be at least 1.", argument="max_connections"
            )
        self._fill(
            max_connections=max_connections,
            max_keepalive=max_keepalive,
            keepalive_seconds=keepalive_seconds,
            ca_file=ca_file,
            client_certificate=client_certificate,
            _proxy=None if proxy is None else Secret(proxy),
        )

    @property
    def proxy(self) -> Secret | None:
        """The proxy's address, which may hold a password."""
        return self._proxy


class Proxy:
    """A proxy taken apart."""

    __slots__ = ("password", "url", "user")

    def __init__(self, url: str, user: str | None, password: Secret | None) -> None:
        self.url = url
        self.user = user
        self.password = password


_contexts: dict[tuple[object, ...], ssl.SSLContext] = {}
_lock = threading.Lock()


def shared_ssl_context(options: ConnectionOptions) -> ssl.SSLContext:
    """Return the process-wide context for these options; loading the trust store costs some 40 ms, so it is done once."""
    ca_file = options.ca_file or os.environ.get("SSL_CERT_FILE")
    key = (ca_file, options.client_certificate)
    with _lock:
        context = _contexts.get(key)
        if context is None:
            context = _contexts[key] = _make_context(ca_file, options.client_certificate)
        return context


def _make_context(ca_file: str | None, certificate: str | tuple[str, str] | None) -> ssl.SSLContext:
    import ssl

    if ca_file is None:
        import certifi

        ca_file = certifi.where()
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if isinstance(certificate, str):
            context.load_cert_chain(certificate)
        elif certificate is not None:
            context.load_cert_chain(*certificate)
    except OSError as error:
        raise ArgumentError(
            f"The certificates cannot be loaded: {error.strerror or error}.", argument="ca_file"
        ) from None
    return context


def proxy_for(options: ConnectionOptions, origin: Origin) -> Proxy | None:
    """Return the proxy to use for a server, from the options or the environment; loopback never goes through the environment's."""
    if options.proxy is not None:
        given = options.proxy.reveal()
    elif any(name.lower().endswith("_proxy") and value for name, value in os.environ.items()):
        from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

        proxies = getproxies_environment()
        if is_loopback(origin.host) or proxy_bypass_environment(origin.authority, proxies):
            return None
        given = proxies.get(origin.scheme) or proxies.get("all") or ""
    else:
        return None
    return _take_apart(given) if given else None


def _take_apart(given: str) -> Proxy:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(given if "://" in given else f"http://{given}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError("The proxy must be http://host:port or https://host:port.", argument="proxy")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    user = unquote(parts.username) if parts.username is not None else None
    password = Secret(unquote(parts.password)) if parts.password is not None else None
    return Proxy(url, user, password)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine."""
    return host == "localhost" or host.endswith(".localhost") or host == "::1" or host.startswith("127.")
