"""The whole sandbox without HTTP: store, clock, limits, faults, log and one engine per vendor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jsonschema import Draft202012Validator

from .clock import Clock
from .documents import JSON, Document
from .engine import Engine
from .faults import RouteFaults
from .limits import Limits
from .log import RequestLog
from .masking import Masker, is_secret_name
from .problems import SandboxError
from .store import Store
from .tokens import TOKENS
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
        self._seed = seed or {}
        self.engines = {vendor.slug: Engine(vendor, self.store, self.clock, self.limits) for vendor in vendors}
        strangers = sorted(self._seed.keys() - self.engines.keys())
        if strangers:
            raise SandboxError(
                f"The seed names {strangers[0]!r}, which is not served; served are: {', '.join(self.engines)}."
            )
        saved = self.store.setting("clock")
        if isinstance(saved, dict) and clock is None:
            self.clock.load(saved)
        with self.store.transaction():
            for slug, engine in self.engines.items():
                engine.give_credentials()
                if self.store.setting(f"seeded {slug}") is None:
                    self._fill(slug)
            self.save_clock()
        for engine in self.engines.values():
            for credential in engine.credentials:
                shown = [secret for name, secret in credential.arguments.items() if is_secret_name(name)]
                self.masker.learn(shown, for_ever=True)

    def _fill(self, slug: str) -> None:
        self.engines[slug].fill()
        hooks = self._seed.get(slug, {})
        if not isinstance(hooks, dict):
            raise SandboxError(
                f"The seed of {slug} is not a mapping; write the name of a hook and a list of bodies under it."
            )
        for name, bodies in hooks.items():
            for body in bodies if isinstance(bodies, list) else [bodies]:
                self.apply_hook(slug, name, body)
        self.store.set_setting(f"seeded {slug}", True)

    def apply_hook(self, slug: str, name: str, body: JSON) -> Document:
        """Do what a seed hook does; raises `SandboxError` for an unknown hook or a body that does not fit."""
        vendor = self.engines[slug].vendor
        hook = vendor.hooks.get(name)
        if hook is None:
            raise SandboxError(
                f"{slug} has no hook {name[:40]!r}; it has: {', '.join(sorted(vendor.hooks)) or 'none'}."
            )
        error = next(iter(Draft202012Validator(hook.schema).iter_errors(body)), None)
        if error is not None or not isinstance(body, dict):
            place = ".".join(str(part) for part in error.absolute_path) if error else ""
            raise SandboxError(
                f"{slug} hook {name}{' at ' + place if place else ''}: {error.message[:200] if error else 'is not an object'}."
            )
        return hook.call(self.engines[slug].state, body)

    def save_clock(self) -> None:
        """Keep the clock in the store."""
        self.store.set_setting("clock", self.clock.dump())

    def reset(self, slug: str | None = None) -> None:
        """Put a vendor, or all, back to the seed, with fresh limits."""
        with self.store.transaction():
            for each in [slug] if slug else list(self.engines):
                self.store.clear(each)
                self._fill(each)
        self.limits.reset(slug)

    def restore(self, name: str) -> None:
        """Put the state and the clock back to a snapshot."""
        with self.store.transaction():
            self.store.restore_snapshot(name)
            for slug in self.engines:
                if self.store.setting(f"seeded {slug}") is None:  # the snapshot is older than the vendor's first start
                    self._fill(slug)
        self._learned = 0
        saved = self.store.setting("clock")
        if isinstance(saved, dict):
            self.clock.load(saved)
        self.limits.reset()

    def learn_secrets(self) -> None:
        """Let the log know the tokens that came since the last call."""
        for slug in self.engines:
            for position, secret in self.store.keys_after(slug, TOKENS, self._learned):
                self._learned = max(self._learned, position)
                self.masker.learn([secret])

    def close(self) -> None:
        """Close the store."""
        self.store.close()
