"""A process for each document: warm, bounded in time and memory, and gone when the command is.

The processes are forked from one that has imported the generators, so a document costs no imports; where there is no fork server they are spawned.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from scripts.common.workers import end_with_parent
from scripts.trial.verdict import Verdict

SECONDS = 600.0
GIBIBYTES = 4
_WARM = [
    "scripts.trial.make",
    "scripts.trial.drive",
    "scripts.spec.structure",
    "datamodel_code_generator.parser.openapi",
    "loyalty_runtime.async_client",
    "loyalty_runtime.client",
    "loyalty_runtime.calls.build",
]


@dataclass
class _Running:
    number: int
    name: str
    process: Any
    started: float

    def end(self) -> None:
        """Kill the process and what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()


def judge_each(
    names: Sequence[str],
    *,
    jobs: int,
    seconds: float = SECONDS,
    gibibytes: int = GIBIBYTES,
    say: Callable[[str, str], None] = lambda name, step: None,
) -> Iterator[Verdict]:
    """Yield the verdict on each document, in the order given; `say` hears which step a document is at."""
    context: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload(_WARM)
    waiting = list(enumerate(names))[::-1]
    running: dict[Connection, _Running] = {}
    done: dict[int, Verdict] = {}
    following = 0
    try:
        while following < len(names):
            while waiting and len(running) < max(1, jobs):
                number, name = waiting.pop()
                reader, writer = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(writer, name, gibibytes))
                process.start()
                writer.close()
                running[reader] = _Running(number, name, process, time.monotonic())
            for reader in _ready(running, seconds):
                one = running[reader]
                said = _said(reader, one, seconds)
                if isinstance(said, str):
                    say(one.name, said)
                    continue
                done[one.number] = said
                del running[reader]
                reader.close()
                one.end()
            while following in done:
                yield done.pop(following)
                following += 1
    finally:
        for one in running.values():
            one.end()


def _ready(running: dict[Connection, _Running], seconds: float) -> list[Connection]:
    first = min(one.started for one in running.values()) + seconds
    ready = wait(list(running), timeout=max(0.0, first - time.monotonic()))
    late = [reader for reader, one in running.items() if time.monotonic() - one.started > seconds]
    return [reader for reader in running if reader in ready or reader in late]


def _said(reader: Connection, one: _Running, seconds: float) -> Verdict | str:
    try:
        if reader.poll():
            said: Verdict | str = reader.recv()
            return said
    except EOFError:
        return Verdict(one.name, "crashed", line="the process died: is there enough memory?")
    line = f"not done after {seconds:.0f} s. Try a smaller document, or give it longer with --seconds."
    return Verdict(one.name, "refused", line=line, seconds=round(time.monotonic() - one.started, 2))


def _work(writer: Connection, name: str, gibibytes: int) -> None:
    """Judge one document; runs in a process of its own."""
    from scripts.trial.judge import judge_named

    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process answers for all
    end_with_parent()
    _limit_memory(gibibytes)
    sys.stdout = sys.stderr  # what a generator prints is no verdict
    writer.send(judge_named(name, step=writer.send))
    writer.close()


def _limit_memory(gibibytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    size = gibibytes * 1024**3
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
