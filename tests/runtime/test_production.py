"""The page on running and testing: each of its programs, with the real gunicorn, Celery, FastAPI, vcrpy, pytest-httpx and OpenTelemetry."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.runtime.stores import RedisServer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
PROGRAMS = dict(re.findall(r"```python title=(\S+)\n(.*?)```", PAGE, re.DOTALL))
GUEST = ROOT / "tests" / "fixtures" / "stampede" / "getGuest" / "200.json"


class Vendor:
    """Stampede as the programs need it: one guest under every id, tokens that are counted."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.tokens = self.reads = 0
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)
        paths = [ROOT / "runtime", ROOT / "generated" / "stampede", folder]
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "STAMPEDE_BASE_URL": server.url_for("").rstrip("/"),
            "STAMPEDE_CLIENT_ID": "artificial-id",
            "STAMPEDE_CLIENT_SECRET": "artificial-secret",
        }
        self.folder = folder
        for name, program in PROGRAMS.items():
            (folder / name).write_text(program, encoding="utf-8")

    def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.tokens += 1
            time.sleep(0.2)
            return Response('{"access_token": "artificial", "expires_in": 3600}', content_type="application/json")
        self.reads += 1
        return Response(GUEST.read_bytes(), content_type="application/json")

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """Start a program of the page."""
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def vendor(httpserver: HTTPServer, tmp_path: Path) -> Vendor:
    """The vendor and the programs."""
    return Vendor(httpserver, tmp_path)


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


@pytest.fixture
def running(vendor: Vendor) -> Iterator[list[subprocess.Popen[str]]]:
    """Programs that are ended with the test."""
    found: list[subprocess.Popen[str]] = []
    yield found
    for process in found:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def asked(port: int, path: str) -> Any:
    """Return what a service answers, as soon as it does."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return json.loads(answer.read())
        except ConnectionError:
            time.sleep(0.1)
        except urllib.error.URLError as error:
            assert isinstance(error.reason, ConnectionError), error
            time.sleep(0.1)
    pytest.fail("the service did not start")


def test_gunicorn(vendor: Vendor, port: int, running: list[subprocess.Popen[str]]) -> None:
    """Workers forked from a process that made the client answer, and share one token."""
    place = ("--bind", f"127.0.0.1:{port}")
    running.append(
        vendor.start("gunicorn", *place, "--workers", "3", "--threads", "2", "--preload", "gunicorn_app:app")
    )
    first = asked(port, "/g-1")
    assert [first] * 20 == [asked(port, f"/g-{number}") for number in range(20)]
    assert (1, 21) == (vendor.tokens, vendor.reads)


def test_fastapi(vendor: Vendor, port: int, running: list[subprocess.Popen[str]]) -> None:
    """The client lives as long as the service; its models are results."""
    running.append(vendor.start("uvicorn", "--port", str(port), "fastapi_app:app"))
    assert json.loads(GUEST.read_text()) == asked(port, "/guests/g-1")


def test_celery(vendor: Vendor, tmp_path: Path, running: list[subprocess.Popen[str]]) -> None:
    """Worker processes that Celery forks answer tasks, and share one token."""
    redis = RedisServer(tmp_path)
    try:
        url = f"redis://127.0.0.1:{redis.port}/0"
        worker = ("celery", "-A", "celery_tasks", "worker", "--pool", "prefork", "--concurrency", "3")
        running.append(vendor.start(*worker, REDIS_URL=url))
        program = (
            "from celery_tasks import guest_name as task; found = [task.delay(f'g-{n}') for n in range(12)]; "
            "print({each.get(timeout=40) for each in found})"
        )
        environment = {**vendor.environment, "REDIS_URL": url}
        command = [sys.executable, "-c", program]
        found = subprocess.run(
            command, check=False, cwd=vendor.folder, env=environment, capture_output=True, text=True, timeout=180
        )
        assert str({json.loads(GUEST.read_text())["user_profile"]["first"]}) == found.stdout.strip(), found.stderr
        assert (1, 12) == (vendor.tokens, vendor.reads)
    finally:
        worker_process = running.pop()
        worker_process.send_signal(signal.SIGQUIT)  # at once, not after its tasks
        worker_process.communicate(timeout=20)
        redis.kill()


def test_the_tests_of_the_page(vendor: Vendor) -> None:
    """They pass in a suite of their own; the recorded one passes again when the vendor is gone."""
    changed = vendor.folder / "test_recorded.py"
    name = json.loads(GUEST.read_text())["user_profile"]["first"]
    changed.write_text(changed.read_text().replace('"Ada"', repr(name)))
    tests = sorted(name for name in PROGRAMS if name.startswith("test_"))
    assert ["test_mocked.py", "test_recorded.py", "test_traced.py"] == tests
    passed = vendor.start("pytest", "-q", "-p", "no:cacheprovider", *tests)
    output, _ = passed.communicate(timeout=180)
    assert "3 passed" in output, output
    gone = vendor.start("pytest", "-q", "-p", "no:cacheprovider", "test_recorded.py")
    before = vendor.reads
    output, _ = gone.communicate(timeout=180)
    assert "1 passed" in output, output
    assert before == vendor.reads
