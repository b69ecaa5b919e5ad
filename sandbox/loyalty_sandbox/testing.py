"""The sandbox as a test sees it: ready clients, faults, the clock, what was asked. `loyalty_sandbox.pytest_plugin` gives one to each test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, TypeVar

from attrs import define, field

from .core.documents import Document, SandboxError
from .core.oauth import Credential
from .server import Running

C = TypeVar("C")


@define
class Sandbox:
    """A running sandbox in its first state, without rate limits; mistakes in its use raise `SandboxError`."""

    _running: Running
    _stack: ExitStack = field(factory=ExitStack)

    def address(self, vendor: str) -> str:
        """Return the `base_url` of a vendor."""
        return f"{self._running.url}/{self._running.world.engine(vendor).vendor.slug}"

    def client(self, cls: type[C], *, credential: str = "", **settings: Any) -> C:
        """Make a client that is let in; a synchronous one is closed at the end of the test.

        `credential` is a word of the label of one (`operator`, `customer`; the start page lists them); settings come before it.
        """
        slug = str(cls.vendor.slug)  # type: ignore[attr-defined]
        given = {"base_url": self.address(slug), "limiter": None, **self._credential(slug, credential).arguments}
        made = cls(**(given | settings))
        if not cls.__name__.startswith("Async"):
            self._stack.callback(made.close)  # type: ignore[attr-defined]
        return made

    def environment(self, vendor: str, *, credential: str = "") -> dict[str, str]:
        """Return what `from_env()` of a vendor's client reads: `STAMPS_BASE_URL`, `STAMPS_TOKEN` …"""
        found = {"base_url": self.address(vendor), **self._credential(vendor, credential).arguments}
        return {f"{vendor}_{name}".upper(): value for name, value in found.items()}

    def fault(self, vendor: str, operation: str, fault: str, *, times: int | None = None) -> None:
        """Let calls of an operation (`*`: of any) fail as docs/sandbox.md lists, such as `status=503` or `reset; after`."""
        self._running.world.add_fault(vendor, operation, fault, times)

    def advance(self, seconds: float) -> None:
        """Move the clock that tokens, lifetimes and long-running work go by."""
        clock = self._running.world.clock
        clock.set(clock.now(), seconds)

    def limits(self, enabled: bool = True) -> None:
        """Apply the rate limits that the vendors state."""
        self._running.world.limits.enabled = enabled

    def hook(self, vendor: str, name: str, body: Document) -> Document:
        """Make what an API cannot: a customer of Stamps, a venue of Stampede; docs/sandbox.md lists the hooks."""
        with self._running.world.store.transaction():
            return self._running.world.apply_hook(vendor, name, body)

    def requests(self, vendor: str = "", operation: str = "") -> list[Document]:
        """Return what was asked and answered, oldest first, with secrets masked: `operation`, `status`, `request_body` …"""
        log = self._running.world.log.select(vendor=vendor, limit=None)
        return [entry for entry in log if operation in ("", entry["operation"])]

    def renew(self) -> None:
        """Close the clients that were made, and put state, clock, faults, limits and log back to their start."""
        self._stack.close()
        world = self._running.world
        world.clock.load({"offset": 0.0, "stopped": None})
        world.faults.clear()
        world.log.clear()
        world.limits.enabled = False
        world.reset()

    def _credential(self, vendor: str, word: str) -> Credential:
        known = self._running.world.engine(vendor).credentials
        found = next((each for each in known if word in each.label), None)
        if found is None:
            labels = ", ".join(each.label for each in known) or "none"
            raise SandboxError(f"{vendor} has no credential with {word[:40]!r} in its label; there are: {labels}.")
        return found
