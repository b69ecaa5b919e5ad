"""The sandbox's own time: it runs like the machine's clock, and an admin call moves or stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .documents import Document, SandboxError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the time in UTC; `real` gives seconds since 1970 and is replaced in tests."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self.load({"offset": 0.0, "stopped": None})

    def seconds(self) -> float:
        """Return seconds since 1970-01-01T00:00:00Z."""
        return self._stopped if self._stopped is not None else self._real() + self._offset

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        return _EPOCH + timedelta(seconds=self.seconds())

    def set(self, moment: datetime, advance: float = 0) -> None:
        """Set the time, `advance` seconds after a moment; a running clock goes on from there. Raises `SandboxError`."""
        try:
            moment += timedelta(seconds=advance)
            if not 1000 <= moment.year < 9900:  # expiry and lifetimes need years beyond it
                raise OverflowError
        except OverflowError as error:
            raise SandboxError("The clock cannot be moved that far; it reaches from year 1000 to 9899.") from error
        self._put((moment - _EPOCH).total_seconds(), running=self._stopped is None)

    def run(self, *, running: bool) -> None:
        """Let the time run on from where it stands, or stand still."""
        self._put(self.seconds(), running=running)

    def shown(self) -> Document:
        """Return the time and whether it stands still, as JSON."""
        return {"now": iso(self.now()), "stopped": self._stopped is not None}

    def dump(self) -> Document:
        """Return what `load` needs, as JSON."""
        return {"offset": self._offset, "stopped": self._stopped}

    def load(self, saved: Document) -> None:
        """Take over what `dump` returned."""
        self._offset: float = saved["offset"]
        self._stopped: float | None = saved["stopped"]

    def _put(self, seconds: float, *, running: bool) -> None:
        self._offset, self._stopped = seconds - self._real(), None if running else seconds


def iso(moment: datetime) -> str:
    """Write a time in UTC to the second, `2026-01-31T18:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime:
    """Read a time in the notation of ISO 8601, taken as UTC without a zone; raises `SandboxError`."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SandboxError(f"{text[:40]!r} is not a time; write it like 2026-01-31T18:30:00Z.") from error
