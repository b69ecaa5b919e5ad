"""A sandbox as a process that can be killed, and what lies in its file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import loyalty_sandbox
from loyalty_sandbox.core.clock import Clock
from loyalty_sandbox.core.documents import Document
from loyalty_sandbox.core.state import State, Store


class Server:
    """The sandbox as a process that can be killed."""

    def __init__(self, database: Path, vendor: str, module: str = "loyalty_sandbox") -> None:
        self._database = database
        self._vendor = vendor
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it without rate limits, on a free port at first and on the same one later."""
        paths = [str(Path(loyalty_sandbox.__file__).parents[1]), str(Path(__file__).parents[2])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        options = ["--port", str(self.port), "--db", str(self._database), "--vendor", self._vendor, "--no-limits"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, *options], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", self._process.stdout.readline())
        assert found
        self.port = int(found[1])

    def kill(self) -> None:
        """Kill it with `kill -9`."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def documents(database: Path, vendor: str) -> Callable[..., list[Document]]:
    """Return what finds the documents of a kind in a database, by members."""
    state = State(Store(database), Clock(), vendor)
    return lambda kind, **members: state.collection(kind).find(**members)
