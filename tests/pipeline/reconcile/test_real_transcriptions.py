"""On the real transcriptions, a vendor's file with known differences is judged right in every operation."""

from __future__ import annotations

import copy
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import operations
from scripts.common.layout import Vendor, find_vendors
from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.plan import make_plan
from scripts.spec.bundle import bundle
from scripts.spec.provenance import edit_provenance, hash_file, read_provenance


def transcription(vendor: Vendor) -> Path | None:
    """Return the folder of a vendor's transcription, wherever it is now; hand-written sources are never replaced."""
    kind = read_provenance(vendor).kind if vendor.provenance.is_file() else ""
    kept = vendor.specs / "transcribed"
    return {"transcribed": vendor.specs, "downloaded": kept if kept.is_dir() else None}.get(kind)


def as_published(node: Any) -> Any:
    """Return a document without anything a vendor would not write: no extensions."""
    if isinstance(node, dict):
        return {
            key: as_published(value)
            for key, value in node.items()
            if not re.fullmatch(r"x-(?!api-version|tenant|service).*", key)
        }
    return [as_published(item) for item in node] if isinstance(node, list) else node


def differ(document: dict[str, Any]) -> tuple[dict[str, Any], set[str], str]:
    """Return a vendor's file made from a transcription, the keys of the operations that moved, and the one that is gone.

    Path parameters have other names, operations the vendor's own titles and no operationId; every third path moves, and the last operation is gone.
    """
    vendors = copy.deepcopy(document)
    gone_method, gone_path, _ = operations(vendors)[-1]
    del vendors["paths"][gone_path][gone_method.lower()]
    moved, paths = set(), {}
    for number, (path, item) in enumerate(vendors["paths"].items()):
        target = re.sub(r"\{(\w+)\}", r"{the_\1}", path)
        for method, _, operation in operations({"paths": {path: item}}):
            operation["summary"] = operation["x-provenance"].get("title") or operation["summary"]
            operation.pop("operationId")
            if number % 3 == 0:
                moved.add(f"{method} {path}")
        paths[f"/v9{target}" if number % 3 == 0 else target] = item
    return as_published({**vendors, "paths": paths}), moved, f"{gone_method} {gone_path}"


@pytest.mark.parametrize(
    "vendor", [vendor for vendor in find_vendors() if transcription(vendor)], ids=lambda vendor: vendor.slug
)
def test_judges_every_operation_of_a_real_transcription(vendor: Vendor, tmp_path: Path) -> None:
    """Every difference that was put in is found, and nothing else."""
    folder = transcription(vendor)
    assert folder is not None
    document = bundle(folder / "openapi.yaml")
    vendors, moved, gone = differ(document)

    copied = Vendor(vendor.slug, tmp_path)
    shutil.copytree(
        folder, copied.specs / "transcribed", ignore=shutil.ignore_patterns("provenance.toml", "transcribed")
    )
    copied.source.write_text(dump_yaml(vendors), encoding="utf-8")
    members: dict[str, Any] = {
        "kind": "downloaded",
        "download": "https://docs.example.com/openapi.yaml",
        "operations": len(operations(vendors)),
    }
    copied.provenance.write_text(
        edit_provenance(
            vendor.provenance.read_text(encoding="utf-8"),
            members,
            sha256={copied.source.name: hash_file(copied.source)},
        ),
        encoding="utf-8",
    )

    report = make_plan(copied)
    wrong = {f"{one.match.before.method} {one.match.before.path}" for one in report.verdicts if not one.path_right}
    assert wrong == moved - {gone}
    for verdict in report.verdicts:
        before, after = verdict.match.before, verdict.match.after
        assert verdict.method_right, before
        assert after.path.removeprefix("/v9") == re.sub(r"\{(\w+)\}", r"{the_\1}", before.path)
    assert ([gone], ()) == (
        [single.operation.key for single in report.matching.only_before],
        report.matching.only_after,
    )
