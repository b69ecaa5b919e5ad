"""The loop inside a peer's environment: `run.py MODULE BASE_URL PAYLOAD`, requests and answers as lines of JSON.

MODULE offers some of these: `read(bytes)`, `write(object)`, `call(base_url)`, `call_async(base_url)`, and `look(object)`
for the guests of a page and what became of an unknown member.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Repeat = Callable[[int], int]


def blocking(work: Callable[[], object]) -> Repeat:
    """Return a function that repeats work and returns nanoseconds."""

    def repeat(count: int) -> int:
        started = time.perf_counter_ns()
        for _ in range(count):
            work()
        return time.perf_counter_ns() - started

    return repeat


def awaiting(runner: asyncio.Runner, work: Callable[[], Awaitable[object]]) -> Repeat:
    """Return the same for work that is awaited, one after the other in one event loop."""

    async def loop(count: int) -> int:
        started = time.perf_counter_ns()
        for _ in range(count):
            await work()
        return time.perf_counter_ns() - started

    return lambda count: runner.run(loop(count))


class Tasks:
    """What this peer can do, each prepared at its first request."""

    def __init__(self, module: str, base_url: str, payload: Path) -> None:
        self.module: Any = importlib.import_module(module)
        self.base_url = base_url
        self.payload = payload.read_bytes()
        self.runner = asyncio.Runner()
        self._ready: dict[str, tuple[Repeat, dict[str, object]]] = {}

    def get(self, task: str) -> tuple[Repeat, dict[str, object]]:
        """Return the repeating function of a task and what one repeat comes to."""
        if task not in self._ready:
            self._ready[task] = getattr(self, f"_{task}")()
        return self._ready[task]

    def _facts(self, page: Any) -> dict[str, object]:
        guests, unknown = self.module.look(page)
        return {"items": len(guests), "type": type(guests[0]).__name__, "kept": unknown is not None}

    def _read(self) -> tuple[Repeat, dict[str, object]]:
        read, payload = self.module.read, self.payload
        return blocking(lambda: read(payload)), self._facts(read(payload))

    def _write(self) -> tuple[Repeat, dict[str, object]]:
        value = self.module.read(self.payload)
        write = self.module.write
        same = json.loads(write(value)) == json.loads(self.payload)
        return blocking(lambda: write(value)), {"same": same}

    def _call(self) -> tuple[Repeat, dict[str, object]]:
        call = self.module.call(self.base_url)
        return blocking(call), self._facts(call())

    def _call_async(self) -> tuple[Repeat, dict[str, object]]:
        async def connect() -> Any:
            return self.module.call_async(self.base_url)

        call = self.runner.run(connect())

        async def once() -> Any:
            return await call()

        return awaiting(self.runner, call), self._facts(self.runner.run(once()))


def main() -> None:
    """Answer requests until standard input ends."""
    module, base_url, payload = sys.argv[1:4]
    tasks = Tasks(module, base_url, Path(payload))
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, object]
        try:
            repeat, facts = tasks.get(request["task"])
            answer = {"ns": repeat(request["count"])} if request["count"] else facts
        except Exception as error:  # noqa: BLE001 - the parent shows it as one line
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
