"""Judge one document: read, upgrade, adapt, generate, call, compare."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError
from scripts.common.transfer import Limits, read_address

SLUG = "tried"
SECONDS = 600
_ONE_CALL = 10
MAX_BYTES = 64 * 1024 * 1024


@dataclass
class Verdict:
    """Hold what became of one document; `outcome` is `works`, `refused`, `wrong` or `crashed`."""

    document: str
    outcome: str
    operations: int = 0
    called: int = 0
    conform: int = 0
    adaptations: int = 0
    line: str = ""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    adapted: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """Return the counts and the message as one line of JSON."""
        return json.dumps({key: value for key, value in asdict(self).items() if key not in ("faults", "adapted")})


def judge(name: str, content: bytes, *, step: Callable[[str], None] = lambda text: None) -> Verdict:
    """Make a client of a document in a temporary folder, call every operation, and say what came out; never raises for a fault of the document."""
    started = time.perf_counter()
    verdict = Verdict(name, "crashed")
    try:
        _judge(verdict, name, content, step)
    except PipelineError as problem:
        verdict.outcome, verdict.line = (
            ("crashed" if "fault of the pipeline" in problem.todo else "refused"),
            str(problem),
        )
    except Exception as problem:  # noqa: BLE001 - a traceback is the fault to report
        verdict.line = f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}"
    verdict.seconds = round(time.perf_counter() - started, 2)
    return verdict


def _judge(verdict: Verdict, name: str, content: bytes, step: Callable[[str], None]) -> None:
    from scripts.trial.make import make

    step("reading")
    with tempfile.TemporaryDirectory(prefix="try-") as place:
        folder = Path(place)
        made = make(name, content, folder, step)
        verdict.operations = len(operations(made.source))
        verdict.adaptations, verdict.adapted = len(made.adapted), made.adapted
        step("calls")
        (folder / "document.json").write_text(json.dumps(made.source), encoding="utf-8")
        (folder / "calls.json").write_text(json.dumps({"package": made.package, "calls": made.calls}), encoding="utf-8")
        answers = _drive(folder, 60 + _ONE_CALL * verdict.operations)
    broken = next((item for item in answers if item["operation"] == "import"), None)
    if broken is not None:
        verdict.outcome, verdict.line = "wrong", f"the client does not import: {broken['faults'][0]}"
        return
    verdict.called = len(answers)
    verdict.conform = sum(not item["faults"] for item in answers)
    verdict.faults = [f"{item['operation']}: {fault}" for item in answers for fault in item["faults"]]
    verdict.outcome = "works" if verdict.conform == verdict.operations else "wrong"
    verdict.line = verdict.faults[0] if verdict.faults else ""


def _drive(folder: Path, seconds: float) -> list[dict[str, Any]]:
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "runtime")))
    command = [sys.executable, "-m", "scripts.trial.drive", str(folder)]
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=seconds, env=environment, cwd=folder
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"calling every operation took over {seconds:.0f} s") from None
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["the calls ended without a word"])[-1])
    return [json.loads(line) for line in done.stdout.splitlines()]


def read_document(name: str) -> bytes:
    """Return the bytes of a file (also gzip) or an address, at most 64 MiB."""
    if "://" in name:
        return read_address(name, limits=Limits(size=MAX_BYTES)).content
    path = Path(name)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PipelineError("the document has over 64 MiB", where=name, todo="Try a smaller one.")
    return content


def judge_named(name: str) -> Verdict:
    """Judge one document by its name."""
    try:
        content = read_document(name)
    except PipelineError as problem:
        return Verdict(name, "refused", line=str(problem))
    except OSError as problem:
        return Verdict(name, "refused", line=f"{name}: {problem.strerror or problem}. Give a file or an address.")
    return judge(name, content)
