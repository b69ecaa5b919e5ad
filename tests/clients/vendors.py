"""The four clients as tests make them: artificial credentials, no rate limit, no repeats."""

from __future__ import annotations

import base64
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from loyalty_runtime import AsyncBaseClient, BaseClient


@dataclass(frozen=True, eq=False)
class Client:
    """A generated client: its package, its class, credentials, and the headers they become."""

    slug: str
    name: str
    operations: int
    credentials: Mapping[str, str]
    authentication: Mapping[str, str]

    @property
    def package(self) -> str:
        """Return the name of the package."""
        return f"{self.slug}_client"

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


_BEARER = {"authorization": "Bearer artificial-token-0001"}
BASIC = "Basic " + base64.b64encode(b"ada@example.org:artificial-password").decode()

STAMPEDE = Client("stampede", "Stampede", 20, {"access_token": "artificial-token-0001"}, _BEARER)
STAMPS = Client("stamps", "Stamps", 3, {"access_token": "artificial-token-0001"}, _BEARER)
ORDERINGSTACK = Client("orderingstack", "OrderingStack", 31, {"access_token": "artificial-token-0001"}, _BEARER)
PEPPER = Client(
    "pepper",
    "Pepper",
    172,
    {
        "token": "artificial-token-0001",
        "application_id": "artificial-application",
        "username": "ada@example.org",
        "password": "artificial-password",
    },
    {"authorization": "Token artificial-token-0001", "x-application-id": "artificial-application"},
)
CLIENTS = (STAMPEDE, STAMPS, ORDERINGSTACK, PEPPER)
