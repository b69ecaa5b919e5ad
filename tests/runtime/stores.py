"""A real Redis server, and processes that share a store."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]


def missing(what: str) -> NoReturn:
    """Fail in continuous integration, where everything is installed; elsewhere skip and name what is missing."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, though continuous integration has it.")
    pytest.skip(f"{what} is not installed")


class RedisServer:
    """A server on 127.0.0.1 that keeps nothing on disk and can be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("redis-server") is None:
            missing("redis-server")
        try:
            import redis
        except ImportError:
            missing("the package redis (extra [redis])")
        self._redis = redis
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as place:
            self.port: int = place.getsockname()[1]
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        pytest.fail("redis-server did not start")

    def client(self) -> Any:
        """Return a client of redis-py."""
        return self._redis.Redis(port=self.port)

    def freeze(self) -> None:
        """Let the process stand still, its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End the server at once."""
        self.process.kill()
        self.process.wait()


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program with the runtime importable."""
    paths = os.pathsep.join([str(ROOT / "runtime"), str(ROOT)])
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )


def ended(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Wait for programs and return what they printed; fails with what one of them complained of."""
    found = [process.communicate(timeout=60) for process in processes]
    assert [""] * len(found) == [complaint for _, complaint in found]
    return [output.strip() for output, _ in found]
