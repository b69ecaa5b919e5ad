"""Base URLs: checked once, joined without surprises."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from ..errors import ArgumentError
from ..http.connections import is_loopback
from ..wire.messages import Origin


def parse_base(url: str, *, allow_http: bool) -> tuple[Origin, str]:
    """Return the origin and the path prefix (without final slash) of a base URL.

    Raises `ArgumentError` for what is no such URL, and for plain HTTP to another machine.
    """
    origin, path = _split(url, "base_url")
    if origin.scheme == "http" and not allow_http and not is_loopback(origin.host):
        raise ArgumentError(
            f"base_url is plain http to {origin.host}; credentials would travel in clear. Use https, or allow_http=True.",
            argument="base_url",
        )
    return origin, _printable(path.rstrip("/"))


def _split(url: str, argument: str) -> tuple[Origin, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (
            (parts.hostname or "").encode("idna").decode("ascii")
            if not (parts.hostname or "").isascii()
            else parts.hostname
        )
    except (ValueError, UnicodeError):
        raise ArgumentError(f"{argument} is not a URL that can be read.", argument=argument) from None
    if parts.scheme not in ("http", "https") or not host or any(not "!" <= c <= "~" or c in "%\\<>" for c in host):
        raise ArgumentError(f"{argument} must be https://host… or http://host…, found {url[:20]!r}…", argument=argument)
    if parts.username is not None or parts.password is not None:
        raise ArgumentError(f"{argument} holds credentials; give them as arguments instead.", argument=argument)
    default = 443 if parts.scheme == "https" else 80
    return Origin(parts.scheme, host, None if port == default else port), parts.path


def token_address(
    token_url: str, *, declared_base: str, origin: Origin, prefix: str, rebased: bool, allow_http: bool
) -> tuple[Origin, str]:
    """Return origin and target of a declared token URL.

    When the client was given its own base URL (`rebased`), the token path moves below it: credentials for a sandbox never reach the
    vendor. The client's `token_url` setting overrides all of this.
    """
    if not token_url.startswith(("http://", "https://")):
        return origin, prefix + "/" + token_url.lstrip("/")
    if not rebased:
        found, path = _split(token_url, "token_url")
        if found.scheme == "http" and not allow_http and not is_loopback(found.host):
            raise ArgumentError("token_url is plain http; use https, or allow_http=True.", argument="token_url")
        return found, path or "/"
    declared = declared_base.rstrip("/")
    if declared and token_url.startswith(declared + "/"):
        return origin, prefix + token_url[len(declared) :]
    return origin, prefix + (urlsplit(token_url).path or "/")


def follow(origin: Origin, target: str, location: str) -> tuple[Origin, str]:
    """Return origin and target a redirect or a result link points to; raise `ArgumentError` when it is not http(s)."""
    try:
        absolute = urljoin(f"{origin!r}{target}", location)
    except ValueError:
        absolute = "not an address"
    found, path = _split(absolute, "location")
    query = urlsplit(absolute).query
    path, query = _printable(path or "/"), _printable(query)
    return found, f"{path}?{query}" if query else path


def _printable(text: str) -> str:
    """Return a part of an address with everything percent-encoded that a request line cannot carry."""
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)
