"""The raw door: a call that no spec describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..declared.operation import Operation
from ..errors import ArgumentError
from ..wire.encoding import encode_raw_path

if TYPE_CHECKING:
    from ..declared.operation import Security
    from ..declared.vendor import Vendor


class RawOperation(Operation[object]):
    """An operation made for one raw request: its errors show `(raw request)`, since the path may hold personal data."""

    def __init__(self, vendor: Vendor, method: str, path: str, security: Security) -> None:
        super().__init__(vendor=vendor.slug, id="request", method=method, path="(raw request)", security=security)
        self._fill(parts=(path,))


def raw_operation(vendor: Vendor, method: str, path: str, security: Security | None) -> RawOperation:
    """Return the descriptor of a raw request; raise `ArgumentError` for a method or path that is none."""
    if not method.isascii() or not method.isalpha():
        raise ArgumentError(f"{method[:20]!r} is not an HTTP method.", argument="method")
    return RawOperation(vendor, method, encode_raw_path(path), vendor.security if security is None else security)
