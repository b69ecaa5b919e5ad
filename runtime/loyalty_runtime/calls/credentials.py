"""Which credentials a client holds, and which alternative of an operation's security they satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..secret import Secret, hidden

if TYPE_CHECKING:
    from ..declared.operation import Security
    from ..declared.schemes import Scheme
    from ..declared.vendor import Vendor
    from ..options import Credential


class Credentials:
    """The credentials of one client, by argument name; every value is kept as a `Secret`."""

    __slots__ = ("_values",)

    def __init__(self, given: Mapping[str, Credential]) -> None:
        values: dict[str, Secret] = {}
        self._values = values
        for name, value in hidden(given).items():
            if value is None:
                continue
            if not isinstance(value, Secret):
                raise ArgumentError(f"{name} is of type {type(value).__name__}; give text or a Secret.", argument=name)
            if value:
                values[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        """Give the values in clear text, to be masked where they come back."""
        return (secret.reveal() for secret in self._values.values())

    def get(self, name: str) -> str | None:
        """Return a credential in clear text."""
        secret = self._values.get(name)
        return None if secret is None else secret.reveal()

    def check(self) -> None:
        """Raise `ArgumentError` for a credential that no message can carry: at the first call, whose line holds none, unlike the client's."""
        for name, value in self._values.items():
            if value.has_control():
                raise ArgumentError(
                    f"{name} holds a line end or another control character, as text read from a file may; give it without, "
                    "for example stripped.",
                    argument=name,
                )

    def merged(self, given: Mapping[str, Credential]) -> Credentials:
        """Return credentials in which the given ones replace these; None removes one."""
        return Credentials({**self._values, **given})

    def __repr__(self) -> str:
        return f"<Credentials {', '.join(sorted(self._values)) or 'none'}>"


def choose(vendor: Vendor, security: Security, credentials: Credentials, operation: str) -> tuple[Scheme, ...]:
    """Return the schemes of the first alternative whose credentials are all there; `()` is anonymous access.

    Raises `ArgumentError` that names what is missing and the environment variables that could hold it.
    """
    credentials.check()
    for alternative in security or ((),):
        schemes = tuple(vendor.schemes[name] for name in alternative)
        if all(scheme.satisfied(credentials) for scheme in schemes):
            return schemes
    wanted = [[name for scheme in alternative for name in vendor.schemes[scheme].needs()] for alternative in security]
    missing = [[name for name in names if name not in credentials] for names in wanted]
    text = " or ".join(" and ".join(names) for names in missing)
    first = missing[0][0]
    variable = f"{vendor.slug}_{first}".upper()
    raise ArgumentError(
        f"{vendor.slug} {operation} needs {text}; give it to {vendor.name}(...) or set {variable}.", argument=first
    )


def from_environment(vendor: Vendor, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials found in variables named after slug and argument, such as `STAMPEDE_CLIENT_ID`."""
    found: dict[str, str] = {}
    for name in vendor.arguments():
        value = environment.get(f"{vendor.slug}_{name}".upper())
        if value:
            found[name] = value
    return found


def identity(vendor: Vendor, schemes: tuple[Scheme, ...], credentials: Credentials) -> str:
    """Return a hash that names the credential for limits and caches, without telling it."""
    from hashlib import blake2b

    digest = blake2b(vendor.slug.encode(), digest_size=12, person=b"loyalty-limit")
    for scheme in schemes:
        for name in scheme.identifies(credentials):
            digest.update(f"\0{name}\0{credentials.get(name) or ''}".encode())
    return digest.hexdigest()
