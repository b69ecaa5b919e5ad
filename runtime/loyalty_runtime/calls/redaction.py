"""Logging under `loyalty_runtime`, and what is masked before a record is written.

The logging module is not imported here: where nobody has imported it, nobody has set up a handler either.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..headers import is_secret_name
from ..secret import MASK

if TYPE_CHECKING:
    from logging import Logger

_SHOWN = 2000


_logger: Logger | None = None


def logger() -> Logger | None:
    """Return the logger, or None where the program does not use logging."""
    global _logger  # noqa: PLW0603 - asked for several times in each call
    if _logger is None and "logging" in sys.modules:
        _logger = sys.modules["logging"].getLogger("loyalty_runtime")
    return _logger


def redact(value: object) -> object:
    """Return a JSON value in which members named like credentials are masked."""
    if isinstance(value, dict):
        return {key: MASK if is_secret_name(str(key)) else redact(member) for key, member in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return value


def redact_query(query: str) -> str:
    """Return a query string (or form body) in which values named like credentials are masked."""
    shown = []
    for pair in query.split("&"):
        name, equals, _ = pair.partition("=")
        shown.append(f"{name}={MASK}" if equals and is_secret_name(name) else pair)
    return "&".join(shown)


def body_for_log(content: object, media: str) -> str:
    """Return a body for the debug log: JSON and forms with credentials masked, otherwise only the size."""
    from ..wire.jsonio import InvalidJSON, dump_json, load_json

    if not isinstance(content, bytes):
        return "(streamed body)" if content is not None else "(no body)"
    if "json" in media:
        try:
            return dump_json(redact(load_json(content))).decode()[:_SHOWN]
        except (InvalidJSON, ArgumentError):
            pass
    elif "urlencoded" in media:
        return redact_query(content.decode("ascii", "replace"))[:_SHOWN]
    return f"({len(content)} bytes of {media[:60] or 'unknown type'})"
