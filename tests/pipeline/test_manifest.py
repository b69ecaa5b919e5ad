"""The manifest names every input, so that a change is never taken for none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.generate import manifest
from scripts.generate.manifest import (
    hash_inputs,
    is_current,
    read_manifest,
    write_manifest,
)


@pytest.fixture
def built(acme: Vendor) -> Vendor:
    """Give the tiny vendor generated files with a true manifest, without running a generator."""
    acme.generated.mkdir(parents=True)
    (acme.generated / "openapi.yaml").write_text("openapi: 3.1.0\n")
    (acme.generated / "acme_client").mkdir()
    (acme.generated / "acme_client" / "__init__.py").write_text("")
    write_manifest(acme, acme.generated, {"operations": 3, "models": 4, "overlay_actions": 2})
    return acme


def test_just_built_is_current(built: Vendor) -> None:
    """Nothing is made again right after a build."""
    assert is_current(built) is True


def append(path: Path) -> None:
    """Change a file by one line, or begin it."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("# changed\n")


def move(path: Path) -> None:
    """Give a folder another name."""
    path.rename(path.with_name("renamed"))


CHANGES: dict[str, Callable[[Vendor], None]] = {
    "source": lambda vendor: append(vendor.source),
    "new part of the source": lambda vendor: append(vendor.specs / "paths.yaml"),
    "new part in JSON": lambda vendor: append(vendor.specs / "parts" / "schemas.json"),
    "new part named yml": lambda vendor: append(vendor.specs / "parts" / "schemas.yml"),
    "overlay": lambda vendor: append(vendor.overlays()[0]),
    "new overlay": lambda vendor: append(vendor.overlay_folder / "20-more.yaml"),
    "overlay gone": lambda vendor: vendor.overlays()[0].unlink(),
    "grades": lambda vendor: append(vendor.specs / "grades.yaml"),
    "effective spec": lambda vendor: append(vendor.generated / "openapi.yaml"),
    "generated file": lambda vendor: append(vendor.generated / "acme_client" / "__init__.py"),
    "new generated file": lambda vendor: append(vendor.generated / "acme_client" / "extra.py"),
    "generated file gone": lambda vendor: (vendor.generated / "acme_client" / "__init__.py").unlink(),
    "generated folder renamed": lambda vendor: move(vendor.generated / "acme_client"),
    "manifest gone": lambda vendor: (vendor.generated / "manifest.json").unlink(),
    "manifest broken": lambda vendor: append(vendor.generated / "manifest.json"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(built: Vendor, change: Callable[[Vendor], None]) -> None:
    """A change of any input or output makes the vendor out of date."""
    change(built)
    assert is_current(built) is False


@pytest.mark.parametrize("name", ["provenance.toml", "../../overlays/acme/ledger.yaml", "../../docs/evidence/acme.md"])
def test_records_are_no_inputs(built: Vendor, name: str) -> None:
    """Records about a spec shape no byte, so a change of them makes nothing again."""
    append(built.specs / name)
    assert is_current(built) is True


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


def test_manifest_holds_no_time_and_no_place(built: Vendor) -> None:
    """Writing the manifest again, from another folder, gives the same bytes."""
    before = (built.generated / "manifest.json").read_bytes()
    write_manifest(built, built.generated, {"operations": 3, "models": 4, "overlay_actions": 2})
    assert before == (built.generated / "manifest.json").read_bytes()
    assert str(built.root) not in before.decode()


def test_caches_are_no_outputs(built: Vendor) -> None:
    """Importing a generated package leaves it current."""
    cache = built.generated / "acme_client" / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").write_bytes(b"x")
    assert is_current(built) is True


@pytest.mark.parametrize("text", ["", "[]", "{", '"text"', "\x00"])
def test_unreadable_manifest_is_an_empty_one(built: Vendor, text: str) -> None:
    """A damaged manifest leads to a new build, not to an error."""
    (built.generated / "manifest.json").write_text(text)
    assert {} == read_manifest(built.generated)
