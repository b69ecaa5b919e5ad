"""Rate limits that are kept before the server refuses."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_runtime import RateLimit, RateLimitError, TransportFailure
from loyalty_runtime.calls.limits import RateLimiter
from loyalty_runtime.declared.schemes import OAuth2
from loyalty_runtime.declared.vendor import Vendor
from tests.runtime.support import SCHEMES, VENDOR, Demo, SyncKit, operation, reply

OK = reply(200, {})
LIMITED = operation(rate_limits=(RateLimit(2, 10),))


def calls(kit: SyncKit, client: Any, *operations: Any) -> list[float]:
    """Make these calls and return the waits so far."""
    for each in operations:
        kit.run(client.call(each))
    return [round(wait, 6) for wait in kit.clock.slept]


@pytest.mark.parametrize(
    ("limits", "replies", "count", "waits"),
    [
        ((RateLimit(2, 10),), [OK] * 3, 3, [10.005]),
        ((RateLimit(2, 10),), [reply(503), OK, OK], 2, [0.5, 9.505]),  # repeats count, as the server counts them
        ((RateLimit(3, 100), RateLimit(1, 2)), [OK] * 4, 4, [2.005, 2.005, 95.995]),  # all windows are kept
        ((), [OK] * 3, 3, []),
    ],
)
def test_a_call_waits_for_its_turn(
    kit: SyncKit, limits: tuple[RateLimit, ...], replies: list[Any], count: int, waits: list[float]
) -> None:
    """Each attempt takes a permit, and waits until one is free."""
    client, _ = kit.scripted(*replies, timeout=500)
    assert waits == calls(kit, client, *[operation(rate_limits=limits)] * count)


def test_a_wait_beyond_the_budget_is_refused_before_sending(kit: SyncKit) -> None:
    """The error tells how long it would take and that the client itself refused."""
    client, script = kit.scripted(OK, OK, timeout=5)
    with pytest.raises(RateLimitError, match="beyond the time budget") as caught:
        calls(kit, client, LIMITED, LIMITED, LIMITED)
    assert pytest.approx(10.005) == caught.value.retry_after
    assert (True, 0, 2) == (caught.value.local, caught.value.attempts, len(script.requests))


def test_operation_limits_replace_the_vendors(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's limit is shared by all operations; an operation with its own counts apart."""
    vendor = Vendor(slug="demo", name="Demo", servers=VENDOR.servers, rate_limits=(RateLimit(1, 10),))
    monkeypatch.setattr(kit.client_class, "vendor", vendor)
    client, _ = kit.scripted(*[OK] * 5)
    assert [] == calls(kit, client, operation(id="a"), LIMITED, LIMITED, operation(id="free", rate_limits=()))
    assert [10.005] == calls(kit, client, operation(id="b"))


def test_credentials_count_apart(kit: SyncKit) -> None:
    """Another credential has its own permits; the same one shares them through with_options."""
    limited = operation(rate_limits=(RateLimit(1, 10),), security=(("token",),))
    client, _ = kit.scripted(OK, OK, OK, credentials={"token": "a"})
    calls(kit, client, limited)
    assert [] == calls(kit, client.with_options(credentials={"token": "b"}), limited)
    assert [10.005] == calls(kit, client.with_options(timeout=30), limited)


def test_the_token_endpoint_has_its_own_limit(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Token requests take the permits of their own limit."""
    scheme = OAuth2(token_url="/token", rate_limits=(RateLimit(1, 60),))
    vendor = Vendor(slug="demo", name="Demo", servers=VENDOR.servers, schemes={**SCHEMES, "oauth": scheme})
    monkeypatch.setattr(kit.client_class, "vendor", vendor)
    token = reply(200, {"access_token": "t", "expires_in": 3600})
    credentials = {"client_id": "i", "client_secret": "s"}
    client, _ = kit.scripted(token, reply(401), token, OK, credentials=credentials, timeout=100)
    assert [60.005] == calls(kit, client, operation(security=(("oauth",),)))


def test_limits_can_be_switched_off_or_shared(kit: SyncKit) -> None:
    """limiter=None keeps no limit; one limiter given to two clients counts for both."""
    client, _ = kit.scripted(*[OK] * 5, limiter=None)
    assert [] == calls(kit, client, *[LIMITED] * 5)
    shared = RateLimiter()
    for waits in ([], [10.005]):
        client, _ = kit.scripted(OK, OK, limiter=shared)
        assert waits == calls(kit, client, LIMITED, LIMITED)


def test_clients_of_a_process_share_the_default_limiter() -> None:
    """A program that makes a client per request still keeps the limit."""
    first, second = Demo(base_url="http://127.0.0.1:1"), Demo(base_url="http://127.0.0.1:2")
    assert first._ready().limiter is second._ready().limiter is not None


def test_a_permit_counts_until_its_call_has_ended(kit: SyncKit) -> None:
    """The request may reach the server at any moment of its call, so the window begins at the end."""

    def slow(request: Any) -> Any:
        kit.clock.now += 4
        return OK

    client, _ = kit.scripted(slow, OK, limiter=RateLimiter(), timeout=100)
    one = operation(rate_limits=(RateLimit(1, 10),))
    assert [10.005] == calls(kit, client, one, one)
    assert 1014.005 == kit.clock.now


def test_what_was_not_sent_gives_its_permit_back(kit: SyncKit) -> None:
    """A refused connection has not reached the server, which counts nothing."""
    refused = TransportFailure("refused", "api.example.com refused the connection", sent=False)
    client, _ = kit.scripted(refused, OK, timeout=100)
    assert [0.5] == calls(kit, client, operation(rate_limits=(RateLimit(1, 10),)))


def test_the_permit_is_taken_after_the_token(kit: SyncKit) -> None:
    """A token request that takes longer than the window does not gather calls of two windows."""

    def token(request: Any) -> Any:
        kit.clock.now += 20
        return reply(200, {"access_token": "t", "expires_in": 3600})

    one = operation(rate_limits=(RateLimit(1, 10),), security=(("oauth",),))
    client, _ = kit.scripted(token, OK, OK, credentials={"client_id": "i", "client_secret": "s"}, timeout=100)
    assert [10.005] == calls(kit, client, one, one)
