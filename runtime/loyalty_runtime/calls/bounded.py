"""Run what may block for ever, such as a question to a frozen server, and give up in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from ..http.fork import renew_after_fork

T = TypeVar("T")
_MOST = 32  # threads that may hang at a time


class Bounded:
    """A few threads that do what they are given; who waits for them leaves when his time is over."""

    def __init__(self) -> None:
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Begin without threads, as in a process made by fork."""
        self._free: list[SimpleQueue[Callable[[], None] | None]] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST)

    def run(self, function: Callable[[], T], seconds: float) -> T:
        """Return what the function returns; raise `TimeoutError` when that takes longer, and what it raises."""
        if not self._places.acquire(timeout=max(seconds, 0)):
            raise TimeoutError
        ended = threading.Event()
        found: list[Any] = []

        def work() -> None:
            try:
                found.extend((function(), None))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                found.extend((None, error))
            ended.set()

        self._give(work)
        if not ended.wait(max(seconds, 0)):
            raise TimeoutError
        value, error = found
        if error is not None:
            raise error
        return value  # type: ignore[no-any-return]

    def _give(self, work: Callable[[], None]) -> None:
        with self._lock:
            queue = self._free.pop() if self._free else None
        if queue is None:
            queue = SimpleQueue()
            threading.Thread(target=self._serve, args=(queue, self._places), daemon=True).start()
        queue.put(work)

    def _serve(self, queue: SimpleQueue[Callable[[], None] | None], places: threading.BoundedSemaphore) -> None:
        while (work := queue.get()) is not None:
            work()
            del work
            with self._lock:
                self._free.append(queue)
            places.release()

    def close(self) -> None:
        """End the threads that have nothing to do."""
        with self._lock:
            free, self._free = self._free, []
        for queue in free:
            queue.put(None)
