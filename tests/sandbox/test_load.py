"""The load tests in small: nothing acknowledged is lost or doubled over a `kill -9`."""

from __future__ import annotations

import json

import pytest

from tests.sandbox import load, load_pepper


def test_every_stamp_is_conserved(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight clients sell, redeem, award, deduct and cancel for two seconds; the server is killed half way."""
    assert 0 == load.main(["--clients", "8", "--seconds", "2", "--kill"])
    figures = json.loads(capsys.readouterr().out)
    assert (True, True) == (
        figures["killed"],
        min(figures[kind] for kind in ("add", "sell", "redeem", "deduct", "cancellations")) > 0,
    )


def test_points_and_vouchers_are_conserved(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight clients grant, redeem and use vouchers for four seconds; the server is killed half way."""
    assert 0 == load_pepper.main(["--clients", "8", "--seconds", "4", "--kill"])
    figures = json.loads(capsys.readouterr().out)
    assert figures["killed"]
    assert min(figures["grants"], figures["redeems"], figures["vouchers"]) > 0
