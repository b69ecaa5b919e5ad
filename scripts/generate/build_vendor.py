"""Make everything generated of one vendor in a temporary folder, check it, then swap it in."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scripts.common.layout import Vendor
from scripts.common.report import Step
from scripts.common.swap import swap_in, temporary_folder
from scripts.common.workers import in_worker, workers
from scripts.generate.derive import Derived, derive, refuse
from scripts.generate.manifest import NAME, generated_files, is_current, read_manifest, write_manifest
from scripts.generate.package_check import check_package
from scripts.spec.effective import Effective, make_effective
from scripts.spec.outcomes import check_outcomes
from scripts.spec.pages import Sections, make_sections
from scripts.spec.readiness import check_names

# What the stages in worker processes import.
STAGES = (
    "scripts.generate.build_vendor",
    "scripts.generate.derive",
    "scripts.generate.client",
    "scripts.generate.models",
    "scripts.spec.structure",
    "scripts.common.report",
)


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
    sections: Sections | None = None


@dataclass(frozen=True)
class Prepared:
    """Hold what later stages need of an effective spec."""

    document: dict[str, Any]
    derived: Derived
    text: str
    operations: int
    actions: int
    sections: Sections


def check_effective(vendor: Vendor, effective: Effective) -> Derived:
    """Refuse an effective spec that is not valid or that generated code could not carry, and return the document derived from it.

    Raises:
        PipelineError: naming the first ten faults.
    """
    from scripts.spec.locate import show_faults
    from scripts.spec.structure import find_faults  # the validator is slow to import, and only workers need it

    where, more = f"effective spec of {vendor.slug}", f"`nox -s validate -- {vendor.slug}`"
    document, show = effective.document, partial(show_faults, vendor)
    refuse(show(find_faults(document) or [*check_names(document), *check_outcomes(document)]), where=where, more=more)
    return derive(document, where=where, more=more, show=show, valid=True)


def prepare(vendor: Vendor) -> Prepared:
    """Make the effective spec of one vendor and what the generators read of it; raises `PipelineError` as `check_effective` does."""
    effective = make_effective(vendor)
    derived = check_effective(vendor, effective)
    counts = len(effective.operations), len(effective.applied)
    return Prepared(effective.document, derived, effective.text, *counts, make_sections(effective))


def build(vendor: Vendor, folder: Path, step: Step) -> Result:
    """Write effective spec, client, models and manifest of one vendor into an empty folder, and check them."""
    with workers(STAGES):
        return _build(vendor, folder, step)


def _build(vendor: Vendor, folder: Path, step: Step) -> Result:
    started = time.perf_counter()
    step("effective spec")
    prepared: Prepared = in_worker(f"{__name__}:prepare", vendor)
    spec = folder / "openapi.yaml"
    spec.write_text(prepared.text, encoding="utf-8", newline="\n")
    step("client and models")
    client = folder / vendor.client_package
    with ThreadPoolExecutor(2) as threads:
        # The longest first.
        made = threads.submit(
            in_worker,
            "scripts.generate.derive:client_of",
            vendor.slug,
            prepared.derived,
            prepared.document,
            client,
        )
        modelled = threads.submit(_make_models, vendor, prepared.derived, folder)
        derived: Derived = made.result()[0]
        modelled.result()
    if derived.thorough:  # both packages are made of one document
        shutil.rmtree(folder / vendor.models_package)
        _make_models(vendor, derived, folder)
    step("checks")
    check_package(vendor, folder, prepared.document)
    counts = {
        "operations": prepared.operations,
        "models": sum(1 for path in (client / "models").glob("*.py") if path.name != "__init__.py"),
        "overlay_actions": prepared.actions,
    }
    write_manifest(vendor, folder, counts, derived.adapted)
    changed = len(differing_files(vendor.generated, folder))
    return Result(
        vendor.slug,
        prepared.operations,
        counts["models"],
        prepared.actions,
        changed,
        time.perf_counter() - started,
        sections=prepared.sections,
    )


def regenerate_vendor(vendor: Vendor, *, force: bool, step: Step) -> Result:
    """Bring the generated files of one vendor up to date; the old ones stay until the new ones have passed every check.

    Raises:
        PipelineError: any stage fails; nothing is replaced then.
    """
    started = time.perf_counter()
    if not force and is_current(vendor):
        counts = read_manifest(vendor.generated)["counts"]
        seconds = time.perf_counter() - started
        return Result(
            vendor.slug, counts["operations"], counts["models"], counts["overlay_actions"], 0, seconds, skipped=True
        )
    vendor.generated.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(vendor.generated) as folder:
        result = build(vendor, folder, step)
        step("swap")
        swap_in(folder, vendor.generated)
    return result


def differing_files(old: Path, new: Path) -> list[str]:
    """List the generated files that two folders do not share byte for byte, the manifest included."""

    def contents(folder: Path) -> dict[str, bytes]:
        files = [*generated_files(folder), *folder.glob(NAME)] if folder.is_dir() else []
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    before, after = contents(old), contents(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _make_models(vendor: Vendor, derived: Derived, folder: Path) -> None:
    target = folder / vendor.models_package
    in_worker("scripts.generate.models:generate_models", vendor.slug, derived.document, target)
