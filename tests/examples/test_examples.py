"""Every example runs against the sandbox with the real clients, as its own process, more than once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip("uvicorn", reason="the sandbox is not installed here")

from examples import __main__ as runner
from examples.settings import environment, without_vendors
from loyalty_sandbox.server import Running
from tests.sandbox.serving import served

EXAMPLES = Path(runner.__file__).parent
# What must be said at each run: the last effects, with figures that prove them.
SAYS = {
    "across_vendors": ["told: Stampede has tagged the guest, OrderingStack has the event"],
    "guests_to_csv": ["id,email,first,last", ",ada@example.com,Ada,Lovelace,2"],
    "offline_till": ["3 sales are done; burnt for goods: True"],
    "orderingstack": [
        "would reach 1 accounts, such as account-0001",
        "coupon-0001 can be used and is locked",
        ": deleted",
    ],
    "own_tests": ["3 passed"],
    "pepper": ["20 points after two grants, the same award", "15 points after a refund of 5", "the result has 2 lines"],
    "stampede": ["Grace Hopper has the tag vip", "a table for 4", "10 pounds off", "revoked at 2"],
    "stamps": ["earned 10 as award", "cannot be cancelled twice: 400", "burnt 20 for free lunch"],
    "stamps_member": [
        "the address is taken: 400",
        "30 stamps buy: One espresso",
        "forgotten: True, name '', 30 stamps stay",
    ],
    "stamps_till": ["not taken twice on a day: 400", "is taken back", "is Canceled", "activities amount to"],
    "stamps_webhooks": [
        "who has 7 stamps",
        "answered 204",
        "X-Stamps-Signature does not sign this body.",
        "answered 401",
    ],
    "web_service": ["saved: 200; ada@example.com is guest 0", "{200: 34, 404: 16}", "without consent: 422"],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    """One sandbox of all vendors; the examples together make more calls than a vendor allows in a while."""
    with served(limits=False) as server:
        yield server


def start(name: str, sandbox: Running) -> subprocess.CompletedProcess[str]:
    """Run an example as a reader would, with its variables and nothing else of a vendor."""
    paths = os.pathsep.join(path for path in sys.path if path)
    variables = {**without_vendors(os.environ), "PYTHONPATH": paths, **environment(sandbox.world, sandbox.url)}
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("name", sorted(SAYS))
def test_an_example_ends_well_twice(sandbox: Running, name: str) -> None:
    """With what it says, without a warning, and again on what the first run left."""
    for _ in range(1 if name == "own_tests" else 2):  # that has a sandbox of its own each time
        done = start(name, sandbox)
        assert (0, "") == (done.returncode, done.stderr)
        assert [] == [text for text in SAYS[name] if text not in done.stdout], done.stdout


@pytest.mark.parametrize(
    ("fault", "code", "says", "moved"),
    [("status=503", 1, "the stamps are given back", 0), ("cut-body", 0, "the points are there", 10)],
)
def test_nothing_is_lost_or_doubled_between_vendors(
    sandbox: Running, fault: str, code: int, says: str, moved: int
) -> None:
    """A grant that fails gives the stamps back; one whose answer is lost counts."""
    admin = httpx.Client(base_url=f"{sandbox.url}/_sandbox", trust_env=False)
    with admin:
        before = balances(admin)
        asked = {"vendor": "pepper", "operation": "grantPointPerk", "fault": fault, "times": 1}
        assert 200 == admin.post("/faults", json=asked).status_code
        done = start("across_vendors", sandbox)
        after = balances(admin)
    assert (code, True) == (done.returncode, says in done.stdout + done.stderr), done.stderr
    assert (before[0] + 10 - moved, before[1] + moved) == after


def balances(admin: httpx.Client) -> tuple[int, float]:
    """Read the stamps and the points of the guest from the state."""
    memberships = admin.get("/state/stamps/memberships").json()["documents"]
    awards = admin.get("/state/pepper/awards").json()["documents"]
    stamps = next(each["stamps"] for each in memberships if each["user_id"] == 2001)
    return stamps, sum(each["points"]["available"] for each in awards if each["userId"].endswith("a1"))


def test_every_example_is_run_here() -> None:
    """A new file needs its line above, and is in the demo."""
    assert sorted(SAYS) == sorted(runner.names())


def test_the_demo_ends_with_a_table(capfd: pytest.CaptureFixture[str]) -> None:
    """It starts a sandbox of its own, shows what the example prints, and returns 0."""
    assert 0 == runner.main(["stamps"])
    shown = capfd.readouterr().out
    assert "earned 10 as award" in shown
    assert shown.splitlines()[-1] == "1 examples, 0 failed"


def test_the_demo_fails_with_an_example(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The others still run, and the exit code is 1."""
    monkeypatch.setattr(runner, "environment", lambda world, url: {**environment(world, url), "STAMPS_TOKEN": "wrong"})
    assert 1 == runner.main(["stamps", "stampede"])
    shown = capfd.readouterr()
    assert "AuthenticationError" in shown.err
    assert ["stamps           failed (1)", "stampede         ok"] == [
        line[:27].rstrip() for line in shown.out.splitlines()[-3:-1]
    ]
    assert shown.out.endswith("2 examples, 1 failed\n")


def test_an_example_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """After its time it counts as failed."""
    monkeypatch.setattr(runner, "TIMEOUT", 0.01)
    assert 1 == runner.main(["stamps"])
    assert "has not ended after 0.01 seconds" in capfd.readouterr().err


def test_an_unknown_example_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line that names the known ones."""
    with pytest.raises(SystemExit) as caught:
        runner.main(["nothing"])
    assert 2 == caught.value.code
    assert "there is no example 'nothing'; there are: " in capsys.readouterr().err


def test_real_credentials_stay_out() -> None:
    """A vendor's variables of the caller never reach an example."""
    assert {"PATH": "/bin"} == without_vendors(
        {"PATH": "/bin", "STAMPS_TOKEN": "real", "PEPPER_BASE_URL": "https://example.com"}
    )


def test_the_variables_are_written_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    """Ready to be evaluated."""
    assert 0 == runner.main(["--exports", "http://127.0.0.1:8400"])
    lines = capsys.readouterr().out.splitlines()
    assert "export STAMPS_BASE_URL=http://127.0.0.1:8400/stamps" in lines
    assert "export ORDERINGSTACK_USERNAME=operator" in lines
