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


def test_wrong_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """Inside a function, under TYPE_CHECKING, relative or absolute; modules without a room too."""
    package = tmp_path / "house"
    (package / "low").mkdir(parents=True)
    for name, text in {
        "__init__": "from .high import b",
        "low/__init__": "",
        "low/a": "def f():\n    from ..high import b",
        "low/c": "import house.low.d",
        "low/d": "from . import c",
        "high": "if TYPE_CHECKING:\n    from house.low.a import f\nb = 1",
        "odd": "",
    }.items():
        (package / f"{name}.py").write_text(text)
    assert [
        "odd has no room",
        "low.a imports high of a higher room",
    ] == wrong_imports(package, (("low",), ("high",)))[:2]
    (package / "low/a.py").write_text("")
    assert wrong_imports(package, (("low",), ("high",), ("odd",)))[0].startswith("a circle: low.")
