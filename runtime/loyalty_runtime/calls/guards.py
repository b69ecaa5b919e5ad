"""What a client refuses to send: changes when it may only read, everything on a dry run, operations whose address is a guess."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..errors import ArgumentError, InferredOperationWarning, NotSent
from ..headers import is_secret_name
from ..http.connections import is_loopback
from ..secret import MASK

if TYPE_CHECKING:
    from ..declared.operation import Operation
    from ..wire.messages import Origin
    from .call import Call

_SHOWN = 2000  # characters of a body
_warned: set[tuple[str, str]] = set()  # of this process; two threads at once may both warn


def check_read_only(operation: Operation[object]) -> None:
    """Raise `ArgumentError` for an operation that may change something."""
    if operation.changes:
        raise ArgumentError(
            f"{operation.vendor} {operation.id} ({operation.method} {operation.path}) may change something, and read_only is set.",
            argument="read_only",
        )


def check_inferred(operation: Operation[object], choice: str, origin: Origin) -> None:
    """Refuse, or warn of, an operation whose method or path is inferred; a server on this machine gets no warning."""
    what = f"{operation.vendor} {operation.id} ({operation.method} {operation.path}): the {operation.inferred} inferred, not stated by the vendor"
    if choice == "refuse":
        raise ArgumentError(f"{what}, and this client refuses such operations.", argument="inferred")
    key = (operation.vendor, operation.id)
    if choice == "allow" or key in _warned or is_loopback(origin.host):
        return
    _warned.add(key)
    warn_caller(
        operation,
        f"{what}. Confirm it by a call with a test account, or ask the vendor; then inferred='allow' on the client ends this warning.",
        InferredOperationWarning,
    )


def warn_deprecated(operation: Operation[object]) -> None:
    """Warn of an operation that the vendor wants to end."""
    warn_caller(
        operation,
        f"{operation.vendor} {operation.id} ({operation.method} {operation.path}) is deprecated by the vendor.",
        DeprecationWarning,
    )


def warn_caller(operation: Operation[object], text: str, kind: type[Warning]) -> None:
    """Warn at the first caller outside this package and the vendor's generated one."""
    import warnings

    own = (__name__.partition(".")[0], f"{operation.vendor}_client")
    level = 1
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in own:
        frame = frame.f_back
        level += 1
    warnings.warn(text, kind, stacklevel=level)


def not_sent(call: Call) -> NotSent:
    """Return the error that shows a prepared request, masked."""
    path, _, query = call.target.partition("?")
    url = f"{call.origin!r}{path}{'?' + _redact_query(query) if query else ''}"
    headers = {}
    for raw, value in call.fields:
        name = raw.decode("latin-1")
        headers[name] = MASK if is_secret_name(name) or _is_credential(call, raw) else value.decode("latin-1")
    if call.plan is not None and call.plan.tokens is not None:
        headers["Authorization"] = MASK
    body = _shown_body(call.body, headers.get("Content-Type", ""))
    operation = call.operation
    shown = "\n".join([f"{operation.method} {url}", *(f"{name}: {value}" for name, value in headers.items()), "", body])
    return NotSent(
        f"{operation.vendor} {operation.id} was not sent, as dry_run wants it:\n{shown}",
        method=operation.method,
        url=url,
        headers=headers,
        body=body,
    )


def _is_credential(call: Call, name: bytes) -> bool:
    return call.plan is not None and any(name.lower() == own.lower() for own, _ in call.plan.fields)


def _redact(value: object) -> object:
    """Return a JSON value in which members named like credentials are masked."""
    if isinstance(value, dict):
        return {key: MASK if is_secret_name(str(key)) else _redact(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_redact(item) for item in value]
    return value


def _redact_query(query: str) -> str:
    """Return a query string (or form body) in which values named like credentials are masked."""
    shown = []
    for pair in query.split("&"):
        name, equals, _ = pair.partition("=")
        shown.append(f"{name}={MASK}" if equals and is_secret_name(name) else pair)
    return "&".join(shown)


def _shown_body(content: object, media: str) -> str:
    """Return a body to show: JSON and forms with credentials masked, otherwise only the size."""
    from ..wire.jsonio import InvalidJSON, dump_json, load_json

    if not isinstance(content, bytes):
        return "(streamed body)" if content is not None else "(no body)"
    if "json" in media:
        try:
            return dump_json(_redact(load_json(content))).decode()[:_SHOWN]
        except (InvalidJSON, ArgumentError):
            pass
    elif "urlencoded" in media:
        return _redact_query(content.decode("ascii", "replace"))[:_SHOWN]
    return f"({len(content)} bytes of {media[:60] or 'unknown type'})"
