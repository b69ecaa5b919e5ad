"""The rooms of the runtime, as the package's docstring draws them."""

from __future__ import annotations

from pathlib import Path

import loyalty_runtime
from tests.rooms import wrong_imports

ROOMS = (
    ("_version", "errors", "events", "headers", "options", "clock", "secret", "types", "frozen", "outcomes"),
    ("wire",),
    ("declared",),
    ("http",),
    ("calls",),
    (
        "client",
        "async_client",
        "resolving",
        "paging",
        "jobs",
        "work",
        "download",
        "response",
        "otel",
        "pydantic_models",
        "webhooks",
    ),
)


def test_no_import_runs_upwards_or_in_a_circle() -> None:
    """A module imports its own room and lower ones."""
    assert [] == wrong_imports(Path(loyalty_runtime.__file__).parent, ROOMS)
