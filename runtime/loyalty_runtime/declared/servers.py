"""Servers as the specs declare them, of a vendor or of one operation."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ArgumentError
from ..frozen import NONE, Frozen


def _variable(value: str) -> bool:
    """Say whether a value stays in its place of the address: it may not begin a path, a query, a user or another host."""
    name, colon, port = value.partition(":")
    plain = name.isascii() and name.replace(".", "").replace("-", "").replace("_", "").isalnum()
    return plain and (not colon or (port.isascii() and port.isdigit()))


class Server(Frozen):
    """A named server; `variables` gives the defaults of the `{names}` in its URL (an empty default must be filled)."""

    url: str
    variables: Mapping[str, str] = NONE


def filled(servers: Mapping[str, Server], name: str | None, variables: Mapping[str, str], slug: str) -> str:
    """Return the URL of a named server, else of the first, with its variables filled in; raise `ArgumentError` for one without a value."""
    chosen = servers[name] if name is not None and name in servers else next(iter(servers.values()))
    url = chosen.url
    for variable, default in chosen.variables.items():
        value = variables.get(variable, default)
        if not value:
            raise ArgumentError(
                f"The server of {slug} needs the variable {variable!r}; give variables={{{variable!r}: ...}} or base_url.",
                argument="variables",
            )
        if value != default and not _variable(value):  # what the spec itself says may be a path
            raise ArgumentError(
                f"The variable {variable!r} of the server of {slug} may hold letters, digits, '.', '-' and '_', and a port after ':'.",
                argument="variables",
            )
        url = url.replace("{" + variable + "}", value)
    return url
