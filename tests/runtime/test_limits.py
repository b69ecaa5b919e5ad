"""Rate limits that are kept before the server refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import RateLimit, RateLimitError
from loyalty_runtime.calls.limits import RateLimiter
from loyalty_runtime.declared.schemes import OAuth2
from loyalty_runtime.declared.vendor import Vendor
from tests.runtime.support import SCHEMES, VENDOR, Demo, SyncKit, operation, reply

OK = reply(200, {})
LIMITED = operation(rate_limits=(RateLimit(2, 10),))


class FakeRedis:
    """As much of a Redis client as a bucket needs, with the script's effect in Python."""

    def __init__(self) -> None:
        self.sets: dict[str, list[tuple[int, str]]] = {}

    def script_load(self, script: str) -> str:
        return "hash"

    def evalsha(
        self, digest: str, count: int, key: str, now: int, weight: int, name: str, rates: int, *rest: Any
    ) -> list[int]:
        entries = self.sets.setdefault(key, [])
        for index in range(rates):
            start, limit, rank = rest[index * 3 : index * 3 + 3]
            if limit - sum(start <= score <= now for score, _ in entries) < weight:
                return [index, sorted(entries)[-1 - rank][0] if rank >= 0 else -1]
        entries.append((now, name))
        return [-1, -1]

    def zremrangebyscore(self, key: str, low: Any, high: Any) -> int:
        return 0


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


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_a_limit_is_shared_by_processes(kit: SyncKit, tmp_path: Path, store: str) -> None:
    """Two limiters on one file or server, as two processes have, keep one limit under a name that tells no credential."""
    pytest.importorskip("filelock")
    redis = FakeRedis()
    made = {"sqlite": lambda: RateLimiter.sqlite(tmp_path / "l.sqlite"), "redis": lambda: RateLimiter.redis(redis)}
    limited = operation(rate_limits=(RateLimit(2, 10),), security=(("token",),))
    for count in (2, 1):
        client, _ = kit.scripted(OK, OK, limiter=made[store](), credentials={"token": "planted-secret"})
        calls(kit, client, *[limited] * count)
    assert [True] == [9.9 < wait < 10.2 for wait in kit.clock.slept]
    kept = b"".join(part.read_bytes() for part in tmp_path.iterdir()) + repr(redis.sets).encode()
    assert b"planted-secret" not in kept
    assert store == "sqlite" or [True] == [key.startswith("loyalty-limit:") for key in redis.sets]
