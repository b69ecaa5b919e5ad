"""The till that queues, and the same over Celery and Redis: with the sandbox, a real Redis and real workers that die."""

from __future__ import annotations

import gc
import importlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("uvicorn", reason="the sandbox is not installed here")

from examples.offline_till import Till
from examples.settings import environment
from loyalty_runtime import CallOptions
from loyalty_sandbox.server import Running
from stamps_client import Stamps
from tests.runtime.stores import RedisServer
from tests.sandbox.serving import served

ADA = "ada@example.com"
SALE = {
    "user": ADA,
    "store": 2,
    "invoice_number": "",
    "total_value": 50_000,
    "number_of_people": 1,
    "created": "2026-11-28T09:30:00+00:00",
}


@pytest.fixture
def sandbox() -> Iterator[Running]:
    """A sandbox of Stamps."""
    with served("stamps", limits=False) as server:
        yield server


def documents(sandbox: Running, kind: str) -> list[dict[str, Any]]:
    """Read a collection behind the vendor's back."""
    found: list[dict[str, Any]] = httpx.get(f"{sandbox.url}/_sandbox/state/stamps/{kind}", trust_env=False).json()[
        "documents"
    ]
    return found


def times(sandbox: Running, invoice: str) -> int:
    """Count how often a sale is there."""
    return sum(each["invoice_number"] == invoice for each in documents(sandbox, "transactions"))


def fault(sandbox: Running, operation: str, words: str) -> None:
    """Let one call meet a fault."""
    body = {"vendor": "stamps", "operation": operation, "fault": words, "times": 1}
    httpx.post(f"{sandbox.url}/_sandbox/faults", json=body, trust_env=False).raise_for_status()


def client(sandbox: Running, url: str = "") -> Stamps:
    """Make a client of the sandbox that gives up soon."""
    return Stamps(
        token="sandbox-stamps-static-token", base_url=url or f"{sandbox.url}/stamps", timeout=2, max_retries=0
    )


def test_a_till_sells_while_offline_and_burns_only_online(sandbox: Running, tmp_path: Path) -> None:
    """Sales wait and are sent once the vendor can be reached, also by the till that is started after a crash; a burn does not wait."""
    with client(sandbox, "http://127.0.0.1:9") as nowhere:
        till = Till(tmp_path / "till.db", nowhere)
        invoices = [till.sell(ADA, 50_000) for _ in range(3)]
        till.flush()
        assert not till.burn(ADA, 5)
        assert (3, 0, []) == (len(till.sales("waiting")), len(till.sales("sent")), documents(sandbox, "deductions"))
    with client(sandbox) as stamps:
        again = Till(tmp_path / "till.db", stamps)
        again.flush()
        assert [1, 1, 1] == [times(sandbox, invoice) for invoice in invoices]
        assert 3 == len(again.sales("done"))
        assert again.burn(ADA, 5)


@pytest.mark.parametrize("words", ["reset", "cut-head", "cut-body", "silent", "status=504; after", "html; after"])
def test_a_till_reads_lost_answers_back(sandbox: Running, tmp_path: Path, words: str) -> None:
    """A sale and a burn whose answers are lost count once, and the till knows it, also when it was killed in between."""
    with client(sandbox) as stamps:
        till = Till(tmp_path / "till.db", stamps)
        invoice = till.sell(ADA, 50_000)
        fault(sandbox, "addTransaction", words)
        till.flush()
        assert (1, 1) == (len(till.sales("sent")), times(sandbox, invoice))
        till = Till(tmp_path / "till.db", stamps)
        till.flush()
        assert (1, 1) == (len(till.sales("done")), times(sandbox, invoice))
        fault(sandbox, "deductStamps", words)
        assert till.burn(ADA, 5)
        assert 1 == len(documents(sandbox, "deductions"))


def test_a_till_waits_for_what_may_still_come(sandbox: Running, tmp_path: Path) -> None:
    """A sale that takes effect late is not sent again before."""
    with client(sandbox) as stamps:
        till = Till(tmp_path / "till.db", stamps, lambda: CallOptions(headers={"X-Sandbox-Fault": "late=1.5"}))
        invoice = till.sell(ADA, 50_000)
        till.flush()
        till.flush()
        assert (1, 0) == (len(till.sales("sent")), times(sandbox, invoice))
        until(lambda: times(sandbox, invoice) == 1)
        till.flush()
        assert (1, 1) == (len(till.sales("done")), times(sandbox, invoice))


def until(found: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.1)


class Workers:
    """A Celery worker with one process of its pool, and the tasks as a program would import them."""

    def __init__(self, sandbox: Running, redis: RedisServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{redis.port}/0")
        self.tasks: Any = importlib.reload(importlib.import_module("examples.celery_tasks"))
        paths = os.pathsep.join(path for path in sys.path if path)
        variables = {**os.environ, "PYTHONPATH": paths, **environment(sandbox.world, sandbox.url)}
        command = [sys.executable, "-m", "celery", "-A", "examples.celery_tasks", "worker", "-c", "1", "-l", "info"]
        self._log = (folder / "worker.log").open("w")
        self.process = subprocess.Popen(command, env=variables, stdout=self._log, stderr=self._log)
        until(lambda: " ready." in (folder / "worker.log").read_text())

    def kill_pool(self) -> None:
        """Kill the process that works on a task with `kill -9`."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        for number in re.findall(r"\d+", listed.stdout):
            os.kill(int(number), signal.SIGKILL)

    def close(self) -> None:
        """End the worker."""
        self.process.kill()
        self.process.wait()
        self._log.close()


@pytest.fixture
def workers(sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """A worker, its Redis, and the sandbox behind it."""
    pytest.importorskip("celery")
    redis = RedisServer(tmp_path)
    try:
        made = Workers(sandbox, redis, tmp_path, monkeypatch)
        yield made
        made.close()
        gc.collect()  # results ask Redis when they go, and ask for minutes when it is gone
    finally:
        redis.kill()


def test_workers_read_lost_answers_back(sandbox: Running, workers: Workers) -> None:
    """One that loses an answer, one whose process is killed while it waits for one, and one whose sale was never sent: each sale counts once."""
    tasks, marks = workers.tasks, workers.tasks.marks
    fault(sandbox, "addTransaction", "reset")
    assert "asking" == tasks.earn.delay({**SALE, "invoice_number": "LOST"}).get(timeout=60)

    fault(sandbox, "addTransaction", "silent")
    killed = tasks.earn.delay({**SALE, "invoice_number": "KILLED"})
    until(lambda: times(sandbox, "KILLED") == 1)
    workers.kill_pool()
    assert "asking" == killed.get(timeout=60)  # by the next process, which was given the task again

    marks.set("sent:NEVER", time.time() - 1_000)  # by a worker that died right before it sent
    assert "asking" == tasks.earn.delay({**SALE, "invoice_number": "NEVER"}).get(timeout=60)
    until(lambda: times(sandbox, "NEVER") == 1)

    settled = [
        tasks.settle.delay({**SALE, "invoice_number": name}).get(timeout=60) for name in ("LOST", "KILLED", "NEVER")
    ]
    assert (["done"] * 3, [1, 1, 1]) == (settled, [times(sandbox, name) for name in ("LOST", "KILLED", "NEVER")])
