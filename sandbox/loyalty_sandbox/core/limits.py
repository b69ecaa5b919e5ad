"""Rate limits in a sliding window by the sandbox's clock; counters live in memory and start anew with the process."""

from __future__ import annotations

from collections import deque

from .clock import Clock
from .exchange import Refusal
from .spec import Operation


class Limits:
    """Counts requests per credential and limit; `enabled` switches all of them."""

    def __init__(self, clock: Clock, *, enabled: bool = True) -> None:
        self._clock = clock
        self._taken: dict[tuple[str, str, str], deque[int]] = {}
        self.enabled = enabled

    def take(self, vendor: str, operation: Operation, key: str) -> None:
        """Count a request; raises `Refusal` with the seconds to wait when a limit is used up (then nothing is counted)."""
        if not self.enabled:
            return
        now = round(self._clock.seconds() * 1000)  # whole milliseconds, so that no fraction is lost
        group = operation.operation_id if "x-rate-limit" in operation.raw else ""
        windows = []
        wait = 0
        for limit in operation.rate_limits:
            most, span = limit["requests"], round(limit["seconds"] * 1000)
            taken = self._taken.setdefault((vendor, f"{group} {most}/{span}", key), deque())
            while taken and (taken[0] <= now - span or taken[0] > now):
                taken.popleft()
            if len(taken) >= most:
                wait = max(wait, (taken[0] if taken else now) + span - now)
            windows.append(taken)
        if wait:
            raise Refusal("too-many-requests", headers={"Retry-After": str(-(-wait // 1000))})
        for taken in windows:
            taken.append(now)

    def reset(self, vendor: str | None = None) -> None:
        """Forget what was counted, of one vendor or of all."""
        self._taken = {key: taken for key, taken in self._taken.items() if vendor not in (None, key[0])}
