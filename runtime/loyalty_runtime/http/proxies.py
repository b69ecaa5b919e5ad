"""Which way a connection goes: the proxy of the options, of the environment, or none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..secret import Secret
from .connections import is_loopback

if TYPE_CHECKING:
    from ..wire.messages import Origin
    from .connections import ConnectionOptions

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


class Proxy:
    """A proxy taken apart; `scheme` is http, https or socks5."""

    __slots__ = ("host", "password", "port", "scheme", "source", "user")

    def __init__(
        self, scheme: str, host: str, port: int, user: str | None, password: Secret | None, source: str
    ) -> None:
        self.source = source
        self.scheme = scheme
        self.host = host
        self.port = port
        self.user = user
        self.password = password

    def __str__(self) -> str:
        return f"the {self.scheme} proxy {self.host} of {self.source}"

    @property
    def authorization(self) -> bytes | None:
        """The value of Proxy-Authorization."""
        if self.user is None:
            return None
        from base64 import b64encode

        return b"Basic " + b64encode(f"{self.user}:{self._clear()}".encode())

    @property
    def socks_login(self) -> memoryview:
        """User and password as SOCKS 5 wants them (RFC 1929)."""
        words = [(self.user or "").encode(), self._clear().encode()]
        return memoryview(b"\x01" + b"".join(bytes([len(word)]) + word for word in words))

    def _clear(self) -> str:
        return "" if self.password is None else self.password.reveal()


def proxy_for(options: ConnectionOptions, origin: Origin) -> Proxy | None:
    """Return the proxy to use for a server, None for the direct way; this machine never goes through the environment's.

    Raises `ArgumentError` for a proxy that cannot be read, without repeating its value.
    """
    if options.proxy is not None:
        return _take_apart(options.proxy, "the option proxy")
    if is_loopback(origin.host):
        return None
    for name in (f"{origin.scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if variable == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
                continue  # in a CGI program a client's Proxy header would set it
            value = Secret(os.environ.get(variable, ""))
            if value:
                return None if _direct(origin) else _take_apart(value, f"the variable {variable}")
    return None


def _direct(origin: Origin) -> bool:
    """Say whether NO_PROXY names the server: `*`, a name (with all below it), an address or a network, with or without a port."""
    entries = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    host = origin.host.lower().rstrip(".")
    port = str(origin.port or (443 if origin.scheme == "https" else 80))
    return any(_names(entry.strip().lower(), host, port) for entry in entries.split(","))


def _names(entry: str, host: str, port: str) -> bool:
    if entry == "*":
        return True
    if entry.count(":") == 1 or (entry.startswith("[") and "]:" in entry):
        entry, _, wanted = entry.rpartition(":")
        if wanted != port:
            return False
    entry = entry.strip("[]").removeprefix("*").lstrip(".").rstrip(".")
    if not entry:
        return False
    if host == entry or host.endswith(f".{entry}"):
        return True
    if not (host[-1:].isdigit() or ":" in host):
        return False  # a name; only addresses lie in networks
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False


def _take_apart(given: Secret, source: str) -> Proxy | None:
    found = _read(given, source)
    if not isinstance(found, str):
        return found
    raise ArgumentError(f"The proxy of {source} cannot be read: {found}.", argument="proxy")


def _read(given: Secret, source: str) -> Proxy | str | None:
    """Return the proxy, None for none, or what is wrong in words; errors are raised elsewhere, where no local variable holds the password."""
    from urllib.parse import unquote, urlsplit

    try:
        text = given.reveal()
    except ValueError:
        return "it holds a password, which is masked in pickled options; give the options anew in this process"
    if not text:
        return None
    text = text if "://" in text else f"http://{text}"
    signs = "@" in text.rpartition("://")[2]
    parts = urlsplit("")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if (signs and not host) or "@" in parts.path + parts.query + parts.fragment:
        return "percent-encode # / ? @ : in user and password, as in %23 for #"
    if host and parts.scheme not in _PORTS:
        return f"its scheme is none of {', '.join(_PORTS)}"
    if not host:
        return "write it as http://[user:password@]host:port, also with https or socks5"
    user = unquote(parts.username) if parts.username is not None else None
    password = Secret(unquote(parts.password)) if parts.password is not None else None
    return Proxy(parts.scheme.removesuffix("h"), host, port or _PORTS[parts.scheme], user, password, source)
