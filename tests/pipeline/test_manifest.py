"""The manifest names every input, so that a change is never taken for none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.generate import manifest
from scripts.generate.manifest import (
    hash_inputs,
    hash_outputs,
    is_current,
    read_manifest,
    sha256,
    tool_versions,
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


def test_a_changed_template_is_seen(built: Vendor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A script or a template with other bytes makes the vendor out of date."""
    inputs = hash_inputs(built)
    assert [name for name in inputs if name.startswith("scripts/generate/templates/")] != []
    recorded = read_manifest(built.generated)
    recorded["inputs"] = {name: digest if "templates" not in name else "0" * 64 for name, digest in inputs.items()}
    (built.generated / "manifest.json").write_text(json.dumps(recorded))
    assert is_current(built) is False


def test_paths_are_relative(built: Vendor) -> None:
    """Inputs are named from the root of the repository, so the manifest is the same on every machine."""
    names = list(hash_inputs(built))
    assert [name for name in names if name.startswith("/") or "\\" in name or ".." in name] == []
    assert {"specs/acme/openapi.yaml", "overlays/acme/10-types.yaml", "scripts/spec/overlay.py"} <= set(names)


def test_manifest_holds_no_time_and_no_place(built: Vendor) -> None:
    """Writing the manifest again, from another folder, gives the same bytes."""
    before = (built.generated / "manifest.json").read_bytes()
    write_manifest(built, built.generated, {"operations": 3, "models": 4, "overlay_actions": 2})
    assert before == (built.generated / "manifest.json").read_bytes()
    assert str(built.root) not in before.decode()


def test_members_of_a_manifest(built: Vendor) -> None:
    """The manifest records counts, hashes and tools."""
    actual: dict[str, Any] = read_manifest(built.generated)
    expected = {
        "vendor": "acme",
        "counts": {"operations": 3, "models": 4, "overlay_actions": 2},
        "effective_spec": sha256(built.generated / "openapi.yaml"),
        "outputs": hash_outputs(built.generated),
        "files": 2,
        "tools": tool_versions(),
        "inputs": hash_inputs(built),
    }
    assert expected == actual


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
