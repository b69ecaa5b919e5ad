"""A running sandbox as tests see it: clients of vendors and the admin calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from attrs import define, field

from loyalty_sandbox.server import Running, running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World
from tests.sandbox.credentials import STAMPEDE_TOKEN
from tests.sandbox.credentials import STATIC_TOKEN as STAMPS_TOKEN


@contextmanager
def served(*slugs: str, limits: bool = True) -> Iterator[Running]:
    """Serve these vendors, or all, until the end of a block."""
    world = World(load_vendors(list(slugs)), limits=limits)
    with running(world) as server:
        yield server
    world.close()


_HEADERS = {"stamps": f"Token {STAMPS_TOKEN}", "stampede": f"Bearer {STAMPEDE_TOKEN}"}


@define
class Sandbox:
    """One running sandbox."""

    running: Running
    _clients: list[httpx.Client] = field(factory=list)

    @property
    def url(self) -> str:
        """Address without a final slash."""
        return self.running.url

    @property
    def world(self) -> World:
        """The world behind it; tests look at state through HTTP unless they test what HTTP does not show."""
        return self.running.world

    def client(
        self,
        slug: str = "",
        *,
        token: str | None = None,
        bearer: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Client:
        """Open a client of a vendor with its seeded credential, with another one, or with `headers` alone."""
        if headers is None:
            word = f"Token {token}" if token else f"Bearer {bearer}" if bearer else _HEADERS.get(slug)
            headers = {"Authorization": word} if word else {}
        client = httpx.Client(base_url=f"{self.url}/{slug}", headers=headers, timeout=20, trust_env=False)
        self._clients.append(client)
        return client

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make an admin call and return its JSON; it must succeed."""
        answer = self.client().request(method, f"/_sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move the sandbox's clock."""
        self.admin("POST", "clock", {"advance": seconds + 60 * minutes + 3600 * hours + 86400 * days})

    def documents(self, slug: str, kind: str) -> list[dict[str, Any]]:
        """Read a collection of the state."""
        found: list[dict[str, Any]] = self.admin("GET", f"state/{slug}/{kind}")["documents"]
        return found

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


Serve = Callable[..., Sandbox]
Options = dict[str, Path | dict[str, Any] | bool | None]
