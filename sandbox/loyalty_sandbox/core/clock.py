"""The sandbox's own time: it runs like the machine's clock, and an admin call moves or stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .documents import Document
from .problems import SandboxError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the time in UTC; `real` gives seconds since 1970 and is replaced in tests."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._offset = 0.0
        self._stopped: float | None = None

    def seconds(self) -> float:
        """Return seconds since 1970-01-01T00:00:00Z."""
        return self._stopped if self._stopped is not None else self._real() + self._offset

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        return _EPOCH + timedelta(seconds=self.seconds())

    @property
    def is_stopped(self) -> bool:
        """Whether the clock stands still."""
        return self._stopped is not None

    def set(self, moment: datetime) -> None:
        """Set the time; a running clock goes on from there."""
        seconds = (moment - _EPOCH).total_seconds()
        if self._stopped is not None:
            self._stopped = seconds
        self._offset = seconds - self._real()

    def advance(self, seconds: float) -> None:
        """Move the time by a number of seconds; negative numbers move it back."""
        target = self.now() + timedelta(seconds=seconds)
        self.set(target)

    def stop(self) -> None:
        """Let the time stand still."""
        self._stopped = self.seconds()

    def start(self) -> None:
        """Let the time run on from where it stands."""
        if self._stopped is not None:
            self._offset = self._stopped - self._real()
            self._stopped = None

    def dump(self) -> Document:
        """Return what `load` needs, as JSON."""
        return {"offset": self._offset, "stopped": self._stopped}

    def load(self, saved: Document) -> None:
        """Take over what `dump` returned."""
        self._offset = float(saved["offset"])
        self._stopped = None if saved["stopped"] is None else float(saved["stopped"])


def iso(moment: datetime) -> str:
    """Write a time in UTC to the second, `2026-01-31T18:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """Read a time in the notation of ISO 8601, taken as UTC without a zone; raises `SandboxError`."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SandboxError(f"{text[:40]!r} is not a time; write it like 2026-01-31T18:30:00Z.") from error
