"""Processes that stay while vendors are made.

Each imports a generator once, not once per vendor, and the main process stays free to show progress.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any

from scripts.common.problems import PipelineError

_lock = threading.Lock()
_open: list[ProcessPoolExecutor] = []
_users = 0


@contextmanager
def workers(preload: Sequence[str] = ()) -> Iterator[None]:
    """Keep worker processes until the outermost of these blocks ends; `preload` names the modules that take long to import."""
    global _users  # noqa: PLW0603 - one pool for all threads of this process
    with _lock:
        _users += 1
        if not _open:
            _preload(preload)
            _open.append(ProcessPoolExecutor(os.cpu_count() or 2, mp_context=_context(), initializer=_begin))
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            ended = [] if _users else [_open.pop()]
        for pool in ended:
            pool.shutdown(cancel_futures=True)


def in_worker(target: str, *arguments: Any) -> Any:
    """Call `module:function` in a worker process and return its result; arguments and result travel by pickle.

    Raises:
        PipelineError: the function raises one, or anything else, which is named then.
    """
    try:
        return _open[0].submit(_call, target, arguments).result()
    except BrokenProcessPool:
        raise PipelineError("a worker process died", where=target, todo="Is there enough memory?") from None


def _context() -> ForkServerContext | SpawnContext:
    # Never a fork of the main process, which has threads and a live display: of a server that did nothing but import.
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    return get_context("forkserver")


def _preload(modules: Sequence[str]) -> None:
    context = _context()
    if isinstance(context, ForkServerContext):
        context.set_forkserver_preload(list(modules))


def end_with_parent() -> None:
    """Let this process, and its group where it leads one, end as soon as the process it works for is gone, killed or not."""
    threading.Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def _begin() -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process answers for all
    gc.set_threshold(100_000, 20, 50)  # documents live to the end: searching them for cycles is wasted


def _call(target: str, arguments: tuple[Any, ...]) -> Any:
    module, _, function = target.partition(":")
    problem = ""
    try:
        return getattr(import_module(module), function)(*arguments)
    except (PipelineError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - a stage's own fault is one line too
        problem = f"{type(error).__module__}.{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    raise PipelineError(problem, where=target, todo="This is a fault of the pipeline.")
