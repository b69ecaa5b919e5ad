"""The clients as tests make them, one for each table `tests/fixtures/<vendor>/operations.yaml`: no rate limit, no repeats."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from loyalty_runtime import AsyncBaseClient, BaseClient
from scripts.common.layout import ROOT
from scripts.common.yaml_io import load_yaml
from tests.clients.rows import Row, read_row

FIXTURES = ROOT / "tests" / "fixtures"


@dataclass(frozen=True, eq=False)
class Client:
    """A generated client: its class, artificial credentials, the headers they become, and its table.

    `table` is all of it: `bodies` are replies of classes for which an operation has no fixture, `servers` the settings that choose an address,
    `replies` those that every call may have besides, `refused` the fixtures that are refused with the argument at fault.
    """

    slug: str
    name: str
    credentials: Mapping[str, str]
    authentication: Mapping[str, str]
    table: Mapping[str, Any]
    rows: Mapping[str, Row]

    @property
    def package(self) -> str:
        """Return the name of the package."""
        return f"{self.slug}_client"

    @property
    def operations(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def make(self, url: str, **changes: object) -> BaseClient:
        """Return a synchronous client of a server; changes replace credentials and settings."""
        return cast(BaseClient, self._class(self.name)(**self._settings(url, changes)))

    def make_async(self, url: str, **changes: object) -> AsyncBaseClient:
        """Return an asynchronous client of a server; changes replace credentials and settings."""
        return cast(AsyncBaseClient, self._class(f"Async{self.name}")(**self._settings(url, changes)))

    def _class(self, name: str) -> type:
        return cast(type, getattr(importlib.import_module(self.package), name))

    def _settings(self, url: str, changes: Mapping[str, object]) -> dict[str, object]:
        return {**self.credentials, "base_url": url, "limiter": None, "max_retries": 0, **changes}

    def __repr__(self) -> str:
        return self.slug


def read_client(path: Path) -> Client:
    """Read the table of a vendor."""
    table = load_yaml(path, name=f"{path.parent.name}/{path.name}")
    names = table.get("names", {})
    return Client(
        slug=path.parent.name,
        name=table["client"],
        credentials=table["credentials"],
        authentication=table["authentication"],
        table=table,
        rows={
            operation: read_row(operation, entry, names, table.get("replies"))
            for operation, entry in table["operations"].items()
        },
    )


CLIENTS = tuple(read_client(path) for path in sorted(FIXTURES.glob("*/operations.yaml")))
BY_SLUG = {client.slug: client for client in CLIENTS}
