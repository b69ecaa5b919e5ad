"""The whole sandbox without HTTP: store, clock, limits, faults, log and one engine per vendor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .clock import Clock
from .documents import JSON, Document, SandboxError
from .engine import Engine
from .faults import RouteFaults, parse_faults
from .limits import Limits
from .log import Masker, RequestLog, is_secret_name
from .nodes import check_body
from .security import TOKENS
from .state import Collection, Store
from .vendor import Vendor


class World:
    """Everything that the admin calls and the vendors' addresses share."""

    def __init__(
        self,
        vendors: Iterable[Vendor],
        *,
        db: Path | None = None,
        seed: Document | None = None,
        clock: Clock | None = None,
        limits: bool = True,
    ) -> None:
        """Open the store and fill what is empty; `seed` maps vendors to hooks to lists of bodies."""
        self.store = Store(db)
        self.clock = clock or Clock()
        self.limits = Limits(self.clock, enabled=limits)
        self.faults = RouteFaults()
        self.log = RequestLog()
        self.masker = Masker()
        self._learned = 0
        self._settings = Collection(self.store, "", "settings")
        self._seed = seed or {}
        self.engines = {vendor.slug: Engine(vendor, self.store, self.clock, self.limits) for vendor in vendors}
        for slug in self._seed:
            self.engine(slug)
        saved = self._settings.get("clock")
        if clock is None and saved is not None:
            self.clock.load(saved)
        with self.store.transaction():
            for slug in self.engines:
                if self._settings.get(slug) is None:
                    self._fill(slug)
            self.save_clock()
        for engine in self.engines.values():
            for credential in engine.credentials:
                self.masker.learn(secret for name, secret in credential.arguments.items() if is_secret_name(name))

    def engine(self, slug: JSON) -> Engine:
        """Return the engine of a vendor; raises `SandboxError` for one that is not served."""
        if not isinstance(slug, str) or slug not in self.engines:
            raise SandboxError(f"{str(slug)[:40]!r} is not served; served are: {', '.join(self.engines)}.")
        return self.engines[slug]

    def apply_hook(self, slug: str, name: str, body: JSON) -> Document:
        """Do what a seed hook does; raises `SandboxError` for an unknown hook or a body that does not fit."""
        hooks = self.engine(slug).vendor.hooks
        if name not in hooks:
            raise SandboxError(f"{slug} has no hook {name[:40]!r}; it has: {', '.join(sorted(hooks)) or 'none'}.")
        schema, call = hooks[name]
        return call(self.engines[slug].state, check_body(body, schema, f"{slug} hook {name}"))

    def add_fault(self, slug: JSON, operation: str, fault: str, times: int | None) -> Document:
        """Let calls of a vendor's operation (`*`: of any) fail; raises `SandboxError` for what is not known."""
        engine, plan = self.engine(slug), parse_faults(fault)
        if operation != "*" and operation not in engine.operations:
            raise SandboxError(f"{engine.vendor.slug} has no operation {operation[:60]!r}; use an operationId or '*'.")
        if not plan.describe():
            raise SandboxError("`fault` is empty; write what goes wrong, such as status=503.")
        return self.faults.add(engine.vendor.slug, operation, plan, times)

    def save_clock(self) -> None:
        """Keep the clock in the store."""
        self._settings.put("clock", self.clock.dump())

    def reset(self, slug: str | None = None) -> None:
        """Put a vendor, or all, back to the seed, with fresh limits."""
        with self.store.transaction():
            for each in [slug] if slug else list(self.engines):
                self.store.clear(each)
                self._fill(each)
        self.limits.reset(slug)

    def learn_secrets(self) -> None:
        """Let the log know the tokens that came since the last call."""
        for engine in self.engines.values():
            found = engine.state.collection(TOKENS).keys_after(self._learned)
            self.masker.learn(secret for _, secret in found)
            self._learned = max([self._learned, *(position for position, _ in found)])

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _fill(self, slug: str) -> None:
        self.engines[slug].fill()
        hooks = self._seed.get(slug, {})
        if not isinstance(hooks, dict):
            raise SandboxError(f"The seed of {slug} is not a mapping; write hooks as its keys, lists of bodies below.")
        for name, bodies in hooks.items():
            for body in bodies if isinstance(bodies, list) else [bodies]:
                self.apply_hook(slug, name, body)
        self._settings.put(slug, {"seeded": True})
