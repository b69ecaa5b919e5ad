"""Measuring repeated work: one process per peer that stays, asked for a few repeats a round."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.environments import Environment, clean_environment
from benchmarks.layout import WORKERS
from scripts.common.problems import PipelineError


class Process:
    """A process in a peer's environment that answers requests, each a line of JSON."""

    def __init__(self, name: str, environment: Environment, *arguments: str) -> None:
        self.name = name
        command = [str(environment.python), *arguments]
        self._process = subprocess.Popen(
            command, env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        reader, writer = self._process.stdout, self._process.stdin
        if reader is None or writer is None:
            raise RuntimeError("the worker has no pipes")
        with suppress(BrokenPipeError):
            writer.write(json.dumps(request) + "\n")
            writer.flush()
        line = reader.readline()
        if not line:
            raise PipelineError("the worker ended", where=self.name, todo="Its last words are above.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PipelineError(str(answer["error"]), where=self.name, todo=f"Asked for {request}.")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Worker(Process):
    """Repeats work on demand; see `workers/run.py` for the other side."""

    def __init__(self, name: str, environment: Environment, module: str, *, base_url: str, payload: Path) -> None:
        super().__init__(name, environment, str(WORKERS / "run.py"), module, base_url, str(payload))

    def facts(self, task: str) -> dict[str, Any]:
        """Return what the work comes to: number of items, the type of one, whether unknown members were kept."""
        return self.ask({"task": task, "count": 0})

    def seconds(self, task: str, count: int) -> float:
        """Repeat the work and return the seconds of one repeat."""
        return float(self.ask({"task": task, "count": count})["ns"]) / count / 1e9


class Load(Process):
    """Calls from many tasks or threads at once; see `workers/load.py` for the other side."""

    def __init__(self, name: str, environment: Environment, *, base_url: str) -> None:
        super().__init__(name, environment, str(WORKERS / "load.py"), name, base_url)

    def measure(self, kind: str, level: int, count: int) -> dict[str, float]:
        """Return the seconds of wall and CPU time of one of so many calls."""
        return self.ask({"kind": kind, "level": level, "count": count})
