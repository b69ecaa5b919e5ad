"""The raw door: a call that no spec describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from ..declared.operation import Operation
from ..errors import ArgumentError
from ..wire.encoding import encode_raw_path

if TYPE_CHECKING:
    from ..declared.operation import Security
    from ..declared.vendor import Vendor
    from ..options import CallArguments, SentArguments

_KNOWN = frozenset(("params", "headers", "json", "form", "multipart", "content", "content_type", "options"))


class RawOperation(Operation[object]):
    """An operation made for one raw request: its errors show `(raw request)`, since the path may hold personal data."""

    def __init__(self, vendor: Vendor, method: str, path: str, security: Security) -> None:
        super().__init__(vendor=vendor.slug, id="request", method=method, path="(raw request)", security=security)
        self._fill(parts=(path,))


def raw_operation(vendor: Vendor, method: str, path: str, security: Security | None) -> RawOperation:
    """Return the descriptor of a raw request; raise `ArgumentError` for a method or path that is none."""
    given: object = method
    if not isinstance(given, str) or not method.isascii() or not method.isalpha():
        raise ArgumentError(f"{str(given)[:20]!r} is not an HTTP method.", argument="method")
    unknown = {name for names in security or () for name in names} - vendor.schemes.keys()
    if unknown:
        schemes = ", ".join(sorted(vendor.schemes))
        raise ArgumentError(f"security names {min(unknown)!r}; {vendor.name} has {schemes}.", argument="security")
    return RawOperation(vendor, method, encode_raw_path(path), vendor.security if security is None else security)


def checked(params: Mapping[str, object] | None, arguments: SentArguments) -> CallArguments:
    """Return the arguments of a raw request; raise `ArgumentError` for one that is unknown, or of a type that cannot be."""
    given: Mapping[str, object] = {**arguments, "params": params}
    unknown = given.keys() - _KNOWN
    if unknown:
        name = min(unknown)
        raise ArgumentError(f"A request has no {name!r}; it has {', '.join(sorted(_KNOWN))}.", argument=name)
    for name in ("params", "headers", "form"):
        if given.get(name) is not None and not isinstance(given[name], Mapping):
            found = type(given[name]).__name__
            raise ArgumentError(f"{name} is of type {found}; give a mapping, with a list for repeats.", argument=name)
    pairs = given.get("multipart")
    if pairs is not None and not (isinstance(pairs, list | tuple) and all(map(_is_pair, pairs))):
        raise ArgumentError("multipart is no list of pairs, each a name and a value.", argument="multipart")
    return cast("CallArguments", {**arguments, "query": params})


def _is_pair(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)
