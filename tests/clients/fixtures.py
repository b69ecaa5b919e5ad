"""The bodies under `tests/fixtures`: `<operation>/<status>[.<name>].<kind>`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1] / "fixtures"


@dataclass(frozen=True)
class Fixture:
    """One body: what it belongs to, and its bytes."""

    slug: str
    path: Path

    @property
    def operation(self) -> str:
        """Return the operation the body belongs to, or the name of the folder of shared bodies."""
        return self.path.parent.name

    @property
    def status(self) -> str:
        """Return the first part of the name: a status, `default`, or `request`."""
        return self.path.name.partition(".")[0]

    @property
    def is_json(self) -> bool:
        """Tell whether the body is JSON."""
        return self.path.suffix == ".json"

    @property
    def content(self) -> bytes:
        """Return the body as it is."""
        return self.path.read_bytes()

    def json(self) -> object:
        """Return the body as a JSON value."""
        return json.loads(self.content)

    def __str__(self) -> str:
        return f"{self.operation}/{self.path.name}"


def load(slug: str, name: str) -> object:
    """Return a JSON body by its name."""
    return Fixture(slug, ROOT / slug / name).json()


def fixtures(slug: str) -> Iterator[Fixture]:
    """Return all bodies of a vendor."""
    for path in sorted((ROOT / slug).glob("*/*")):
        yield Fixture(slug, path)


def answers(slug: str) -> list[Fixture]:
    """Return the bodies of answers that belong to one operation."""
    return [item for item in fixtures(slug) if item.status.isdigit() or item.status == "default"]


def requests(slug: str) -> list[Fixture]:
    """Return the bodies of requests."""
    return [item for item in fixtures(slug) if item.status == "request"]
