"""What a client knows of its vendor: name, servers, security schemes, limits. Generated code declares one `Vendor`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..frozen import NONE, Frozen
from .servers import Server as Server
from .servers import filled

if TYPE_CHECKING:
    from .operation import RateLimit, Security
    from .schemes import Scheme


class Vendor(Frozen, kw_only=True):
    """One vendor, as its effective spec declares it. The first server is the default."""

    slug: str
    name: str
    servers: Mapping[str, Server]
    schemes: Mapping[str, Scheme] = NONE
    security: Security = ((),)
    rate_limits: tuple[RateLimit, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """Return the names of all credentials the schemes can use, in order of declaration."""
        names: dict[str, None] = {}
        for scheme in self.schemes.values():
            names.update(dict.fromkeys(scheme.takes()))
        return tuple(names)

    def address(self, server: str | None, variables: Mapping[str, str]) -> str:
        """Return the URL of a named server (or of the default one) with its variables filled in.

        Raises `ArgumentError` for an unknown name, for a variable without a value, and for a server that is only a path.
        """
        if server is not None and server not in self.servers:
            known = ", ".join(self.servers) or "none"
            raise ArgumentError(
                f"{self.slug} has no server named {server!r}; use one of: {known}, or give base_url.", argument="server"
            )
        if not self.servers:
            raise ArgumentError(f"{self.slug} names no server; give base_url.", argument="base_url")
        chosen = self.servers[server] if server is not None else next(iter(self.servers.values()))
        unknown = variables.keys() - chosen.variables.keys()
        if unknown:
            known = ", ".join(chosen.variables) or "none"
            raise ArgumentError(
                f"The server of {self.slug} has no variable {min(unknown)!r}; it has: {known}.", argument="variables"
            )
        url = filled(self.servers, server, variables, self.slug)
        if not url.startswith(("https://", "http://")):
            raise ArgumentError(
                f"{self.slug} names no host, only the path {url!r}; give base_url, with host and path.",
                argument="base_url",
            )
        return url
