"""A folder is replaced as a whole or not at all, also when the process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError
from scripts.common.swap import heal, swap_in, temporary_folder
from tests.pipeline.conftest import write_folder

KILLED = """
import os, pathlib, sys
from scripts.common.swap import swap_in, temporary_folder
final, rename = pathlib.Path(sys.argv[1]), pathlib.Path.rename
def killed(self, target):
    done = rename(self, target)
    if self == final:
        os.kill(os.getpid(), 9)
    return done
pathlib.Path.rename = killed
with temporary_folder(final) as folder:
    (folder / "a").write_text("2")
    swap_in(folder, final)
"""
WORKING = """
import os, sys, time
from scripts.common.workers import in_worker, workers
with workers():
    print(in_worker("os:getpid"), flush=True)
    time.sleep(60)
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")


def names(path: Path) -> list[str]:
    """List what lies in a folder, without the lock."""
    return sorted(item.name for item in path.iterdir() if not item.name.endswith("-lock"))


@pytest.mark.parametrize("before", [True, False])
def test_swap_replaces_the_whole_folder(tmp_path: Path, before: bool) -> None:
    """Files that the new folder lacks are gone, and nothing is left beside it; a first build replaces nothing."""
    old = write_folder(tmp_path / "acme", a="1", b="1") if before else tmp_path / "acme"
    swap_in(write_folder(tmp_path / ".acme-new", a="2"), old)
    assert (["a"], "2", ["acme"]) == (names(old), (old / "a").read_text(), names(tmp_path))


def test_failed_swap_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second rename fails, the old folder is back and the error is raised."""
    old, new = write_folder(tmp_path / "acme", a="1"), write_folder(tmp_path / ".acme-new", a="2")
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
    with pytest.raises(PipelineError, match="stage"), temporary_folder(tmp_path / "acme") as scratch:
        (scratch / "half").write_text("x")
        raise PipelineError("stage")
    assert names(tmp_path) == []
    with temporary_folder(tmp_path / "acme") as scratch:
        scratch.rename(tmp_path / "acme")
    assert ["acme"] == names(tmp_path)


@pytest.mark.parametrize("room", ["generated", "specs"])
def test_the_next_command_heals(acme: Vendor, room: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A kill between the renames leaves the old folder aside; the next command brings it back and says so, the next swap cleans up."""
    final = acme.root / room / "acme"
    if room == "generated":
        write_folder(final, a="1")
    before = {path.name: path.read_bytes() for path in final.iterdir() if path.is_file()}
    done = subprocess.run([sys.executable, "-c", KILLED, str(final)], cwd=ROOT, check=False)
    assert (-signal.SIGKILL, [".acme-before", ".acme-new"]) == (done.returncode, names(final.parent))
    assert ["acme"] == [vendor.slug for vendor in find_vendors(root=acme.root)]
    assert f"{room}/acme: brought back; a command that replaced it was killed.\n" == capsys.readouterr().err
    assert before == {path.name: path.read_bytes() for path in final.iterdir() if path.is_file()}
    with temporary_folder(final) as scratch:
        assert [] == names(scratch)
    assert ["acme"] == names(final.parent)


def test_a_swap_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    """What another process has moved aside this moment is not brought back."""
    write_folder(tmp_path / ".acme-before", a="1")
    with temporary_folder(tmp_path / "acme"):
        assert [] == heal(tmp_path)
    assert ["acme"] == heal(tmp_path)


def test_workers_end_with_their_command(tmp_path: Path) -> None:
    """A command that is killed leaves no worker behind."""
    command = subprocess.Popen([sys.executable, "-c", WORKING], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    worker = Path("/proc") / command.stdout.readline().strip()
    assert worker.is_dir() or not Path("/proc").is_dir()
    command.kill()
    command.stdout.read()  # ends when the last process that holds it has ended
    command.wait()
    command.stdout.close()
    deadline = time.monotonic() + 5
    while worker.is_dir() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not worker.is_dir()
