"""Time and chance, measured in one place."""

from __future__ import annotations

import time as system


class Clock:
    """Time and chance, in one replaceable place: tests give a subclass that never sleeps."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return system.monotonic()

    def time(self) -> float:
        """Seconds since 1970, for HTTP dates and shared limits."""
        return system.time()

    def sleep(self, seconds: float) -> None:
        """Wait in a synchronous client."""
        system.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait in an asynchronous client."""
        import anyio

        await anyio.sleep(seconds)

    def random(self) -> float:
        """A number from 0 up to 1, for jitter."""
        from random import random

        return random()  # noqa: S311 - jitter
