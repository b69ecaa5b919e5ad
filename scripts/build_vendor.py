"""Make everything generated of one vendor in a temporary folder, check it, then swap it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.effective import Effective, make_effective
from scripts.layout import ROOT, Vendor
from scripts.manifest import NAME, generated_files, is_current, write_manifest
from scripts.package_check import check_package
from scripts.problems import PipelineError
from scripts.readiness import check_readiness
from scripts.structure import check_structure

Step = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """Hold one row of the closing table."""

    slug: str
    operations: int
    models: int
    actions: int
    changed: int
    seconds: float
    skipped: bool = False


def check_effective(vendor: Vendor, effective: Effective) -> None:
    """Refuse an effective spec that is not valid or that generated code could not carry.

    Raises:
        PipelineError: naming the first fault and how many there are.
    """
    faults = check_structure(effective.document) or [str(item) for item in check_readiness(effective.document)]
    if faults:
        more = (
            f" (and {len(faults) - 1} more: `nox -s validate -- {vendor.slug}` lists them)" if len(faults) > 1 else ""
        )
        raise PipelineError(
            f"{faults[0]}{more}",
            where=f"effective spec of {vendor.slug}",
            todo="Correct the source, or add an overlay action.",
        )


def build(vendor: Vendor, folder: Path, step: Step) -> Result:
    """Write effective spec, client, models and manifest of one vendor into an empty folder, and check them."""
    started = time.perf_counter()
    step("effective spec")
    effective = make_effective(vendor)
    check_effective(vendor, effective)
    spec = folder / "openapi.yaml"
    spec.write_text(effective.text, encoding="utf-8", newline="\n")
    step("client and models")
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(_run_stage, "scripts.client", vendor, spec, folder / vendor.client_package),
            pool.submit(_run_stage, "scripts.models", vendor, spec, folder / vendor.models_package),
        ]
        for job in jobs:
            job.result()
    step("checks")
    check_package(vendor, folder, effective.document)
    counts = {
        "operations": len(effective.operations),
        "models": sum(
            1 for path in (folder / vendor.client_package / "models").glob("*.py") if path.name != "__init__.py"
        ),
        "overlay_actions": len(effective.applied),
    }
    write_manifest(vendor, folder, counts)
    changed = len(differing_files(vendor.generated, folder))
    return Result(
        vendor.slug,
        counts["operations"],
        counts["models"],
        counts["overlay_actions"],
        changed,
        time.perf_counter() - started,
    )


def regenerate_vendor(vendor: Vendor, *, force: bool, step: Step) -> Result:
    """Bring the generated files of one vendor up to date; the old ones stay until the new ones have passed every check.

    Raises:
        PipelineError: any stage fails; nothing is replaced then.
    """
    started = time.perf_counter()
    if not force and is_current(vendor):
        from scripts.manifest import read_manifest

        counts = read_manifest(vendor.generated)["counts"]
        seconds = time.perf_counter() - started
        return Result(
            vendor.slug, counts["operations"], counts["models"], counts["overlay_actions"], 0, seconds, skipped=True
        )
    vendor.generated.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(vendor.generated.parent, vendor.slug) as folder:
        result = build(vendor, folder, step)
        step("swap")
        swap_in(folder, vendor.generated)
    return result


@contextmanager
def temporary_folder(parent: Path, slug: str) -> Iterator[Path]:
    """Give an empty folder beside the final one, so that the swap is a rename; it is removed at the end if it is still there."""
    folder = Path(tempfile.mkdtemp(prefix=f".{slug}-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap_in(new: Path, old: Path) -> None:
    """Replace a folder by another with two renames; if the second fails, the first is undone."""
    aside = old.with_name(f".{old.name}-before-{os.getpid()}")
    if old.exists():
        old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        if aside.exists():
            aside.rename(old)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def differing_files(old: Path, new: Path) -> list[str]:
    """List the generated files that two folders do not share byte for byte, the manifest included."""

    def contents(folder: Path) -> dict[str, bytes]:
        files = [*generated_files(folder), *folder.glob(NAME)] if folder.is_dir() else []
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    before, after = contents(old), contents(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _run_stage(module: str, vendor: Vendor, spec: Path, folder: Path) -> None:
    command = [sys.executable, "-m", module, vendor.slug, str(spec), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise PipelineError(lines[-1].removeprefix("error: "))
