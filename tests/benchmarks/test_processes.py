"""The moving parts: the loopback server, the workers, and what is read of a process."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.environments import Environment, clean_environment
from benchmarks.loops import Worker
from benchmarks.payloads import guest_page, pepper_user
from benchmarks.processes import HAS_PEAK, run_program
from benchmarks.server import running
from benchmarks.snippets import PEAK


class Here(Environment):
    """The environment the tests run in."""

    @property
    def python(self) -> Path:
        return Path(sys.executable)


HERE = Here("none")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Run the server."""
    with running() as address:
        yield address


@pytest.fixture(scope="module")
def worker(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Run the worker that needs nothing generated."""
    payload = tmp_path_factory.mktemp("payload") / "page.json"
    payload.write_bytes(guest_page(20))
    with Worker("raw httpx", HERE, "raw_httpx", base_url=base_url, payload=payload) as running_worker:
        yield running_worker


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/guests?limit=50", guest_page(50)), ("/users/u-1", pepper_user())], ids=["guests", "user"]
)
def test_server_answers_with_the_body_made_beforehand(base_url: str, path: str, body: bytes) -> None:
    """The query does not matter, the bytes do."""
    with urllib.request.urlopen(base_url + path, timeout=10) as reply:  # noqa: S310 - loopback
        assert (200, "application/json", body) == (reply.status, reply.headers["content-type"], reply.read())


@pytest.mark.parametrize(("task", "items"), [("read", 20), ("call", 50), ("call_async", 50)])
def test_worker_does_the_work_it_is_timed_for(worker: Worker, task: str, items: int) -> None:
    """Reading gives the whole page with its unknown members, and so does a call, awaited or not."""
    assert {"items": items, "type": "dict", "kept": True} == worker.facts(task)
    assert 0 < worker.seconds(task, 2) < 10


@pytest.mark.skipif(not HAS_PEAK, reason="the peak is read from /proc")
def test_peak_is_that_of_the_child_and_counts_what_was_freed() -> None:
    """50 MB that are gone at the end are in the peak; the parent's own size is not."""
    ballast = b"x" * (200 * 1024 * 1024)
    bare, full = (
        int(run_program(HERE, program + PEAK, what="test").output) / 1024
        for program in ("pass", "x = b'x' * (50 * 1024 * 1024)\ndel x")
    )
    assert 3 < bare < 60
    assert 45 < full - bare < 60
    assert len(ballast) > bare


def test_measured_programs_see_nothing_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an import path nor a proxy of the caller reaches them, and they write no bytecode."""
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com")
    names = "PYTHONPATH HTTP_PROXY PYTHONDONTWRITEBYTECODE"
    program = f"import json, os; print(json.dumps([os.environ.get(n) for n in '{names}'.split()]))"
    assert [None, None, "1"] == json.loads(run_program(HERE, program, what="test").output)
    assert "PYTHONPATH" not in clean_environment()
