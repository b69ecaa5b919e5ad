"""Vendors are found by their folders, messages name places from the root of the repository, and expected failures are one line."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.common.problems import PipelineError, run


def test_vendors_are_folders_with_a_spec(acme: Vendor) -> None:
    """All in alphabetical order, or those that are named, each once in the given order."""
    for slug in ("zeta", "beta", "empty"):
        (acme.root / "specs" / slug).mkdir()
        if slug != "empty":
            (acme.root / "specs" / slug / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert ["acme", "beta", "zeta"] == [vendor.slug for vendor in find_vendors(root=acme.root)]
    assert ["beta", "acme"] == [vendor.slug for vendor in find_vendors(["beta", "acme", "beta"], root=acme.root)]


def test_places_are_shown_from_the_root(acme: Vendor) -> None:
    """Messages never hold a path of this machine."""
    shown = [acme.show(path) for path in (acme.source, acme.ledger, acme.generated, Path("/elsewhere/file.yaml"))]
    assert ["specs/acme/openapi.yaml", "overlays/acme/ledger.yaml", "generated/acme", "file.yaml"] == shown


def test_source_files(acme: Vendor) -> None:
    """Every YAML or JSON file of a spec is source, except what a download has replaced."""
    for name in ("paths/a.yaml", "b.yml", "c.json", "notes.md", "transcribed/openapi.yaml"):
        (acme.specs / name).parent.mkdir(exist_ok=True)
        (acme.specs / name).write_text("{}")
    found = [path.relative_to(acme.specs).as_posix() for path in acme.source_files()]
    assert ["b.yml", "c.json", "openapi.yaml", "paths/a.yaml"] == found


FULL = OSError(errno.ENOSPC, "No space left on device", "generated/x")


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (PipelineError("bad", where="here", todo="Fix it."), 1, "here: bad. Fix it."),
        (PipelineError("found\n   it.", where="here", todo="Fix it."), 1, "here: found it. Fix it."),
        (FULL, 1, "generated/x: No space left on device. Nothing was replaced."),
        (OSError("odd"), 1, "odd. Nothing was replaced."),
        (KeyboardInterrupt(), 130, "interrupted. Nothing was replaced."),
        (ZeroDivisionError(), 0, ""),
    ],
)
def test_expected_failures_are_one_line(
    problem: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, where and what to do stand on stderr, whatever is quoted, with a non-zero exit; a bug of ours keeps its traceback."""

    def command() -> int:
        raise problem

    if not code:
        with pytest.raises(type(problem)):
            run(command)
        return
    assert (code, ("", f"error: {line}\n")) == (run(command), tuple(capsys.readouterr()))
