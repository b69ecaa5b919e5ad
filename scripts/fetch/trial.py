"""Try a file before anything is replaced: what `nox -s try` finds on it is shown, and a file of which no client can be made is refused."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.fetch.content import Spec
from scripts.spec.bundle import bundle
from scripts.trial.fleet import judge_each
from scripts.trial.verdict import Verdict

Judge = Callable[[Path], Verdict]
SHOWN = 10


def judge_file(path: Path) -> Verdict:
    """Judge a file in a process of its own, bounded in time and memory."""
    return next(judge_each([str(path)], jobs=1))


def try_spec(spec: Spec, vendor: Vendor, *, judge: Judge, accept_refused: bool) -> None:
    """Make a client of the bytes in a temporary folder, call every operation, and print what was found.

    Raises:
        PipelineError: the pipeline cannot read it, or no client can be made of it and the maintainer did not accept that.
    """
    print(f"{vendor.slug}: trying it: a client in a temporary folder, every operation called …", flush=True)
    with tempfile.TemporaryDirectory(prefix="fetch-") as folder:
        path = Path(folder) / vendor.source.name
        path.write_bytes(spec.content)
        bundle(
            path, name=vendor.show(vendor.source), number_keys=True
        )  # what the pipeline cannot read, it cannot be given
        verdict = judge(path)
        clean = [line.replace(str(path), "the file") for line in (verdict.line, *verdict.faults)]
    line, faults = clean[0], clean[1:]
    counts = f"{verdict.conform} of {verdict.operations} operations conform; places adapted: {verdict.adaptations}"
    print(f"{vendor.slug}: try says {verdict.outcome}: {counts}.")
    if verdict.outcome == "wrong":
        for fault in faults[:SHOWN]:
            print(f"{vendor.slug}:   {fault}")
        if len(faults) > SHOWN:
            print(f"{vendor.slug}:   and {len(faults) - SHOWN} more: nox -s try lists them")
    elif verdict.outcome != "works" and not accept_refused:
        todo = "Repeat with --accept-refused to take it all the same, and correct it with overlays."
        raise PipelineError(f"no client can be made of it: {line}", where=vendor.slug, todo=todo, others=faults)
