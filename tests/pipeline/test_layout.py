"""Vendors are found by their folders, and messages name places from the root of the repository."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.common.problems import PipelineError, run


def add(acme: Vendor, *slugs: str) -> None:
    """Add further vendors with a source each."""
    for slug in slugs:
        (acme.root / "specs" / slug).mkdir()
        (acme.root / "specs" / slug / "openapi.yaml").write_text("openapi: 3.1.0\n")


def test_all_vendors_in_alphabetical_order(acme: Vendor) -> None:
    """Without names every folder with a spec is a vendor."""
    add(acme, "zeta", "beta")
    (acme.root / "specs" / "empty").mkdir()
    assert ["acme", "beta", "zeta"] == [vendor.slug for vendor in find_vendors(root=acme.root)]


def test_named_vendors_once_in_the_given_order(acme: Vendor) -> None:
    """Names select, in their order, each once."""
    add(acme, "beta")
    assert ["beta", "acme"] == [vendor.slug for vendor in find_vendors(["beta", "acme", "beta"], root=acme.root)]


def test_places_are_shown_from_the_root(acme: Vendor) -> None:
    """Messages never hold a path of this machine."""
    shown = [acme.show(path) for path in (acme.source, acme.ledger, acme.generated, Path("/elsewhere/file.yaml"))]
    assert ["specs/acme/openapi.yaml", "overlays/acme/ledger.yaml", "generated/acme", "file.yaml"] == shown


def test_source_files(acme: Vendor) -> None:
    """Every YAML or JSON file of a spec is source, except what a download has replaced."""
    for name in ("paths/a.yaml", "b.yml", "c.json", "notes.md", "transcribed/openapi.yaml"):
        path = acme.specs / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert ["b.yml", "c.json", "openapi.yaml", "paths/a.yaml"] == [
        path.relative_to(acme.specs).as_posix() for path in acme.source_files()
    ]


@pytest.mark.parametrize("found", ["found\n   it", "found it."])
def test_messages_are_one_line(found: str) -> None:
    """A problem says what, where and what to do, in one line whatever it quotes, and ends each sentence once."""
    assert "specs/a: found it. Do that." == str(PipelineError(found, where="specs/a", todo="Do that."))


def raising(problem: BaseException) -> Callable[[], int]:
    """Return a command that fails."""

    def command() -> int:
        raise problem

    return command


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (PipelineError("bad", where="here", todo="Fix it."), 1, "error: here: bad. Fix it."),
        (
            OSError(errno.ENOSPC, "No space left on device", "generated/x"),
            1,
            "error: generated/x: No space left on device. Nothing was replaced.",
        ),
        (OSError("odd"), 1, "error: odd. Nothing was replaced."),
        (KeyboardInterrupt(), 130, "error: interrupted. Nothing was replaced."),
    ],
)
def test_expected_failures_are_one_line(
    problem: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every expected failure of a command is one line on stderr and a non-zero exit."""
    assert (code, ("", f"{line}\n")) == (run(raising(problem)), tuple(capsys.readouterr()))


def test_bugs_are_not_hidden() -> None:
    """A bug of ours keeps its traceback."""
    with pytest.raises(ZeroDivisionError):
        run(raising(ZeroDivisionError()))
