"""Idempotency headers: one value per logical call, made by the client unless the caller gives one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..types import Unset
from ..wire.values import text_of

if TYPE_CHECKING:
    from ..declared.operation import Operation
    from ..options import CallOptions


def idempotency_value(
    operation: Operation[object], headers: Mapping[str, object], options: CallOptions | None
) -> tuple[str, str] | None:
    """Return name and value of the idempotency header of this call, or None where the operation has none.

    The caller's header parameter comes first, then `CallOptions.idempotency_key`, then a fresh UUID.
    Raises `ArgumentError` for a key given to an operation that would not send it.
    """
    given = options.idempotency_key if options is not None else None
    declared = operation.idempotency
    if declared is None or declared.kind == "natural":
        if given is not None:
            raise ArgumentError(
                f"{operation.id} has no idempotency header, so idempotency_key would have no effect.",
                argument="idempotency_key",
            )
        return None
    for name, value in headers.items():
        if name.lower() == declared.header.lower() and value is not None and not isinstance(value, Unset):
            return declared.header, text_of(value, name)
    if given is None:
        from uuid import uuid4

        given = str(uuid4())
    return declared.header, given
