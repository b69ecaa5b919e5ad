"""The manifest names every input, so that a change is never taken for none, and nothing is made again without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.generate import manifest
from scripts.generate.manifest import hash_inputs, is_current, write_manifest


@pytest.fixture
def built(acme: Vendor) -> Vendor:
    """Give the tiny vendor generated files with a true manifest, without running a generator."""
    (acme.generated / "acme_client").mkdir(parents=True)
    (acme.generated / "openapi.yaml").write_text("openapi: 3.1.0\n")
    (acme.generated / "acme_client" / "__init__.py").write_text("")
    write_manifest(acme, acme.generated, {"operations": 3, "models": 4, "overlay_actions": 2}, ["$: x"])
    return acme


def append(path: Path) -> None:
    """Change a file by one line, or begin it."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n")


CHANGES: dict[str, Callable[[Vendor], object]] = {
    "source": lambda vendor: append(vendor.source),
    "new part of the source": lambda vendor: append(vendor.specs / "parts" / "schemas.json"),
    "overlay": lambda vendor: append(vendor.overlays()[0]),
    "new overlay": lambda vendor: append(vendor.overlay_folder / "20-more.yaml"),
    "overlay gone": lambda vendor: vendor.overlays()[0].unlink(),
    "grades": lambda vendor: append(vendor.specs / "grades.yaml"),
    "effective spec": lambda vendor: append(vendor.generated / "openapi.yaml"),
    "generated file": lambda vendor: append(vendor.generated / "acme_client" / "__init__.py"),
    "new generated file": lambda vendor: append(vendor.generated / "acme_client" / "extra.py"),
    "generated file gone": lambda vendor: (vendor.generated / "acme_client" / "__init__.py").unlink(),
    "manifest gone": lambda vendor: (vendor.generated / "manifest.json").unlink(),
    "manifest broken": lambda vendor: append(vendor.generated / "manifest.json"),
}
# Records about a spec shape no byte, and importing a generated package leaves it as it was.
NOTHING: dict[str, Callable[[Vendor], object]] = {
    "nothing": lambda vendor: None,
    "provenance": lambda vendor: append(vendor.provenance),
    "ledger": lambda vendor: append(vendor.ledger),
    "evidence": lambda vendor: append(vendor.evidence),
    "cache": lambda vendor: append(vendor.generated / "acme_client" / "__pycache__" / "x.pyc"),
}


@pytest.mark.parametrize("change", [*CHANGES, *NOTHING])
def test_a_change_is_seen(built: Vendor, change: str) -> None:
    """A change of any input or output makes the vendor out of date, and nothing else does."""
    {**CHANGES, **NOTHING}[change](built)
    assert (change in NOTHING) is is_current(built)


def test_another_tool_version_is_seen(built: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool of another version makes the vendor out of date."""
    monkeypatch.setattr(manifest, "version", lambda name: "0.0")
    assert is_current(built) is False


@pytest.mark.parametrize("name", ["common/layout.py", "spec/overlay.py", "generate/templates/deep/model.py.jinja"])
def test_a_changed_script_is_seen(acme: Vendor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """Another script or template in a room that shapes the output changes one hash; caches and other rooms change none."""
    root = tmp_path / "repository" / "scripts"
    for room in (name, "review/page.py", "spec/__pycache__/overlay.cpython-311.pyc"):
        (root / room).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(manifest, "ROOT", root.parent)
    before = hash_inputs(acme)
    (root / "review/page.py").touch()
    (root / "spec/__pycache__/overlay.cpython-311.pyc").touch()
    assert before == hash_inputs(acme)
    (root / name).touch()
    after = hash_inputs(acme)
    assert [f"scripts/{name.partition('/')[0]}"] == [folder for folder in after if before[folder] != after[folder]]
