"""The raw door: a call that no spec describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..declared.operation import Operation
from ..errors import ArgumentError
from ..types import Unset
from ..wire.encoding import encode_raw_path

if TYPE_CHECKING:
    from ..declared.operation import Security
    from ..declared.vendor import Vendor
    from ..options import CallArguments, CallOptions


class RawOperation(Operation[object]):
    """An operation made for one raw request: its errors show `(raw request)`, since the path may hold personal data."""

    __slots__ = ()

    def __init__(self, vendor: Vendor, method: str, path: str, security: Security) -> None:
        super().__init__(vendor=vendor.slug, id="request", method=method, path="(raw request)", security=security)
        self._fill(_parts=(path,))


def raw_operation(
    vendor: Vendor,
    method: str,
    path: str,
    json: object,
    params: Mapping[str, object] | None,
    headers: Mapping[str, str] | None,
    form: Mapping[str, object] | None,
    multipart: list[tuple[str, object]] | None,
    content: bytes | str | None,
    content_type: str,
    security: Security | None,
    options: CallOptions | None,
) -> tuple[RawOperation, CallArguments]:
    """Return descriptor and arguments of a raw request; raise `ArgumentError` for a method or path that is none."""
    if not method.isascii() or not method.isalpha():
        raise ArgumentError(f"{method[:20]!r} is not an HTTP method.", argument="method")
    operation = RawOperation(vendor, method, encode_raw_path(path), vendor.security if security is None else security)
    arguments: CallArguments = {"options": options, "content_type": content_type}
    if params:
        arguments["query"] = params
    if headers:
        arguments["headers"] = headers
    if not isinstance(json, Unset):
        arguments["json"] = json
    if form is not None:
        arguments["form"] = form
    if multipart is not None:
        arguments["multipart"] = multipart
    if content is not None:
        arguments["content"] = content
    return operation, arguments
