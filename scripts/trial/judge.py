"""Judge one document: read, upgrade, adapt, generate, call, compare."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from scripts.common.document import operations
from scripts.common.problems import PipelineError
from scripts.trial.verdict import Verdict

MAX_BYTES = 64 * 1024 * 1024


def judge_named(name: str, *, step: Callable[[str], None] = lambda text: None) -> Verdict:
    """Judge a file or an address."""
    step("reading")
    try:
        content = read_document(name)
    except PipelineError as problem:
        return Verdict(name, "refused", line=str(problem))
    except (OSError, EOFError, zlib.error) as problem:
        said = getattr(problem, "strerror", None) or problem
        return Verdict(name, "refused", line=f"{name}: {said}. Give a file or an address.")
    return judge(name, content, step=step)


def judge(name: str, content: bytes, *, step: Callable[[str], None] = lambda text: None) -> Verdict:
    """Make a client of a document in a temporary folder, call every operation, and say what came out; never raises for a fault of the document."""
    started = time.perf_counter()
    verdict = Verdict(name, "crashed")
    try:
        _judge(verdict, name, content, step)
    except PipelineError as problem:
        # A stage that raises something unexpected says so in these words.
        verdict.outcome = "crashed" if "fault of the pipeline" in problem.todo else "refused"
        verdict.line, *verdict.faults = str(problem).splitlines()
    except MemoryError:
        verdict.outcome, verdict.line = "refused", "it needs more memory than a trial may have. Try a smaller document."
    except Exception as problem:  # noqa: BLE001 - a traceback is the fault to report
        verdict.line = f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}"
    verdict.seconds = round(time.perf_counter() - started, 2)
    return verdict


def _judge(verdict: Verdict, name: str, content: bytes, step: Callable[[str], None]) -> None:
    from scripts.trial.drive import drive
    from scripts.trial.make import make

    with tempfile.TemporaryDirectory(prefix="try-") as place:
        folder = Path(place)
        made = make(name, content, folder, step)
        stated = operations(made.source)
        verdict.operations = len(stated)
        verdict.adaptations, verdict.adapted = len(made.adapted), made.adapted
        answers = []
        # As JSON, so that nothing of it is shared with what the generator read.
        for answer in drive(folder, made.package, json.loads(json.dumps(made.source)), made.calls):
            answers.append(answer)
            step(f"calls {len(answers)} of {len(stated)}")
    if answers and answers[0]["operation"] == "import":
        verdict.outcome, verdict.line = "wrong", f"the client does not import: {answers[0]['faults'][0]}"
        return
    verdict.called = len(answers)
    verdict.conform = sum(not item["faults"] for item in answers)
    verdict.faults = [f"{item['operation']}: {fault}" for item in answers for fault in item["faults"]]
    verdict.outcome = "works" if verdict.conform == verdict.operations else "wrong"
    verdict.line = verdict.faults[0] if verdict.faults else ""


def read_document(name: str) -> bytes:
    """Return the bytes of a file (also gzip), at most 64 MiB, or of an address, at most what `read_address` takes."""
    if "://" in name:
        from scripts.common.transfer import read_address

        return read_address(name).content
    path = Path(name)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PipelineError("the document has over 64 MiB", where=name, todo="Try a smaller one.")
    return content
