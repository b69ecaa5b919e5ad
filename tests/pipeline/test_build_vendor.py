"""Generated folders are replaced as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.generate import build_vendor
from scripts.generate.build_vendor import check_effective, regenerate_vendor, swap_in, temporary_folder
from scripts.spec.effective import Effective, make_effective


def folder(path: Path, **files: str) -> Path:
    """Write a folder of text files."""
    path.mkdir(parents=True)
    for name, text in files.items():
        (path / name).write_text(text)
    return path


def names(path: Path) -> list[str]:
    """List what lies in a folder."""
    return sorted(item.name for item in path.iterdir())


@pytest.mark.parametrize("before", [True, False])
def test_swap_replaces_the_whole_folder(tmp_path: Path, before: bool) -> None:
    """Files that the new folder lacks are gone, and nothing is left beside it; a first build replaces nothing."""
    old = folder(tmp_path / "acme", a="1", b="1") if before else tmp_path / "acme"
    swap_in(folder(tmp_path / ".acme-new", a="2"), old)
    assert (["a"], "2", ["acme"]) == (names(old), (old / "a").read_text(), names(tmp_path))


def test_failed_swap_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second rename fails, the old folder is back and the error is raised."""
    old, new = folder(tmp_path / "acme", a="1"), folder(tmp_path / ".acme-new", a="2")
    rename = Path.rename

    def fail_for_new(self: Path, target: Path) -> Path:
        if self == new:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(OSError, match="No space left"):
        swap_in(new, old)
    assert ("1", [".acme-new", "acme"]) == ((old / "a").read_text(), names(tmp_path))


def test_temporary_folder_goes_away(tmp_path: Path) -> None:
    """The temporary folder is removed when a stage fails, with what is in it; one that was swapped in stays."""
    with pytest.raises(PipelineError, match="stage"), temporary_folder(tmp_path, "acme") as scratch:
        (scratch / "half").write_text("x")
        raise PipelineError("stage")
    assert names(tmp_path) == []
    with temporary_folder(tmp_path, "acme") as scratch:
        scratch.rename(tmp_path / "acme")
    assert ["acme"] == names(tmp_path)


def test_failing_stage_replaces_nothing(acme: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stages announce themselves; when one fails after the effective spec was written, the old files stay and nothing is left beside them."""
    told: list[str] = []
    folder(acme.generated, old="1")

    def fail(*arguments: object) -> None:
        raise PipelineError("the generator warns")

    monkeypatch.setattr(build_vendor, "_run_stage", fail)
    with pytest.raises(PipelineError, match="the generator warns"):
        regenerate_vendor(acme, force=False, step=told.append)
    assert (["old"], ["acme"]) == (names(acme.generated), names(acme.generated.parent))
    assert ["effective spec", "client and models"] == told


def effective_with(acme: Vendor, **members: object) -> Effective:
    """Return the effective spec of the tiny vendor with some members replaced."""
    effective = make_effective(acme)
    return Effective(effective.source, {**effective.document, **members}, effective.text, effective.applied)


def test_first_of_several_faults_is_named(acme: Vendor) -> None:
    """Of several faults the first is named, with their number and the command that lists them."""
    components = {**make_effective(acme).document["components"], "schemas": {}}
    with pytest.raises(
        PipelineError,
        match=r"points at nothing \(specs/acme/openapi.yaml:\d+\) \(and \d+ more: `nox -s validate -- acme` lists them\)",
    ):
        check_effective(acme, effective_with(acme, components=components))
