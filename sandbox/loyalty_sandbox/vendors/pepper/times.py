"""Times as requests send them."""

from __future__ import annotations

from ...clock import parse_time
from ...documents import JSON
from ...problems import SandboxError
from .errors import invalid


def read_time(value: JSON, name: str) -> str:
    """Read a time or date of ISO 8601, in UTC without a zone, in the form in which times are stored; refuses with 422."""
    try:
        moment = parse_time(str(value).strip())
    except SandboxError as error:
        raise invalid(f"{name} is not a time.") from error
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
