"""What the page for people with an account tells to do works as written, against the sandbox."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.settings import environment
from scripts.common.layout import ROOT, find_vendors
from scripts.observe.__main__ import main
from tests.sandbox.serving import served

PAGE = (ROOT / "docs" / "observe.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = list(dict.fromkeys(re.findall(r"^nox -s observe -- (.*)$", PAGE, re.MULTILINE)))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the specs to run in, with the settings of a sandbox and a recording of the page's program."""
    for folder in ("specs", "overlays"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "docs" / "evidence", tmp_path / "docs" / "evidence")
    with served() as sandbox:
        for name, value in environment(sandbox.world, sandbox.url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def test_the_program_records(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The program prints an id and leaves a recording that the command reads."""
    exec(compile(PROGRAMS[0], "docs/observe.md", "exec"), {})  # noqa: S102 - the page's own program
    assert re.fullmatch(r"\w+\n", capfd.readouterr().out)
    assert 0 == main(["pepper", "traffic.har"], root=place)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_runs(line: str, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Every command of the page ends well; what it tells to fill in is filled in."""
    exec(compile(PROGRAMS[0], "docs/observe.md", "exec"), {})  # noqa: S102 - it makes the recording
    words = shlex.split(line.replace("…", "1"))
    assert 0 == main(words, root=place)
    out, err = capfd.readouterr()
    assert "" == err
    assert words[0] in out


def test_every_vendor_has_its_part() -> None:
    """Whoever has an account at one of them finds a command."""
    assert {vendor.slug for vendor in find_vendors()} <= {line.split()[0] for line in COMMANDS}
