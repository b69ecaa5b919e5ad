"""A live run calls only what changes nothing, only when told to, and tells a wrong path from a missing record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import run
from scripts.observe.__main__ import main, observe
from scripts.observe.live import run_live
from scripts.observe.propose import say
from scripts.spec.effective import make_effective
from tests.pipeline.observe.deviating import Deviating, Move, Reply, Rule, deviating

PEPPER = Vendor("pepper")
GONE = {"code": "not-found", "message": "There is no such record."}
ODD: list[Rule] = [
    Move("GET /operations/{operationId}", "GET /jobs/{operationId}"),
    Reply("getStamp", change=lambda _: GONE, status=404),
]


@pytest.fixture(scope="module")
def found() -> Iterator[tuple[Deviating, list[str], list[str]]]:
    """What one live run sent, found and noted."""
    with deviating("pepper", ODD) as (proxy, variables), pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        probe = run_live(PEPPER, make_effective(PEPPER).document)
        judge, _, _ = observe(PEPPER, [], probe)
        yield (
            proxy,
            [say(item, judge.words) for item in judge.result.findings.values() if item.kind == "path"],
            probe.notes,
        )


def test_only_safe_methods_are_sent(found: tuple[Deviating, list[str], list[str]]) -> None:
    """Nothing but GET reaches the server."""
    assert {"GET"} == {entry["request"]["method"] for entry in found[0].entries}


def test_a_wrong_path_is_no_missing_record(found: tuple[Deviating, list[str], list[str]]) -> None:
    """An address that answers like one that cannot exist is refuted; one that answers like a missing record is not."""
    _, paths, notes = found
    assert ["/operations/{operationId} answers as an address that is not there, for ids that lists gave too"] == paths
    assert "getStamp: the record is missing, the address /stamps/{id} is there" in notes


def test_without_yes_nothing_is_called(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The calls are listed, and none is made: not even credentials are needed."""
    monkeypatch.delenv("PEPPER_TOKEN", raising=False)
    assert 0 == main(["pepper", "--live"])
    lines = capfd.readouterr().out.splitlines()
    assert "GET /users/{userId}  (getUser)" in lines
    assert {"GET"} == {line.split()[0] for line in lines[1:-1]}
    assert lines[-1].startswith("pepper: nothing was called.")


SETTINGS = {
    "no credentials": ({}, "error: pepper: "),
    "a server that is not there": ({"PEPPER_TOKEN": "x", "PEPPER_BASE_URL": "http://127.0.0.1:9"}, "error: pepper: "),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_what_cannot_start_is_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Missing credentials and a dead server end with one line, without the credential."""
    variables, line = SETTINGS[name]
    for variable in ("PEPPER_APPLICATION_ID", "PEPPER_TOKEN", "PEPPER_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("PEPPER_APPLICATION_ID", "hidden-application")
    assert 1 == run(lambda: main(["pepper", "--live", "--yes"]))
    err = capfd.readouterr().err
    assert (True, 1, False) == (err.startswith(line), err.count("\n"), "hidden-application" in err)


def test_refused_credentials_end_the_run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """A run with the wrong token ends after three calls and says why."""
    with deviating("pepper") as (proxy, variables):
        for name, value in {**variables, "PEPPER_TOKEN": "wrong"}.items():
            monkeypatch.setenv(name, value)
        assert 1 == run(lambda: main(["pepper", "--live", "--yes"]))
    assert "answered with 401" in capfd.readouterr().err
    assert 3 == len(proxy.entries)
