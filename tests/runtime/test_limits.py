"""Rate limits that are kept before the server refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from loyalty_runtime import RateLimit, RateLimitError
from loyalty_runtime.calls.limits import RateLimiter
from loyalty_runtime.declared.schemes import OAuth2
from loyalty_runtime.declared.vendor import Vendor
from tests.runtime.support import SCHEMES, VENDOR, FakeClock, SyncKit, operation, reply

OK = reply(200, {})
LIMITED = operation(rate_limits=(RateLimit(2, 10),))


def test_a_call_waits_for_its_turn(kit: SyncKit) -> None:
    """The third call of a limit of two in ten seconds waits until the first is ten seconds old."""
    client, _ = kit.scripted(OK, OK, OK)
    for _ in range(3):
        kit.run(client.call(LIMITED))
    assert kit.clock.slept == [pytest.approx(10.05)]


def test_a_wait_beyond_the_budget_is_refused_before_sending(kit: SyncKit) -> None:
    """The error tells how long it would take and that the client itself refused."""
    client, script = kit.scripted(OK, OK, timeout=5)
    kit.run(client.call(LIMITED))
    kit.run(client.call(LIMITED))
    with pytest.raises(RateLimitError, match="beyond the time budget") as caught:
        kit.run(client.call(LIMITED))
    assert caught.value.local is True
    assert caught.value.retry_after == pytest.approx(10.05)
    assert (caught.value.attempts, len(script.requests)) == (0, 2)


def test_each_attempt_takes_a_permit(kit: SyncKit) -> None:
    """Repeats count, as the server counts them."""
    client, _ = kit.scripted(reply(503), OK, OK)
    kit.run(client.call(LIMITED))
    kit.run(client.call(LIMITED))
    assert kit.clock.slept == [0.5, pytest.approx(9.55)]


def test_several_limits_hold_together(kit: SyncKit) -> None:
    """A short and a long window: both are kept."""
    both = operation(rate_limits=(RateLimit(3, 100), RateLimit(1, 2)))
    client, _ = kit.scripted(*[OK] * 4, timeout=500)
    for _ in range(4):
        kit.run(client.call(both))
    assert kit.clock.slept == [pytest.approx(2.05), pytest.approx(2.05), pytest.approx(95.95)]


def test_operation_limits_replace_the_vendors(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's limit is shared by all operations; an operation with its own counts apart."""
    monkeypatch.setattr(
        kit.client_class,
        "vendor",
        Vendor(slug="demo", name="Demo", servers=VENDOR.servers, rate_limits=(RateLimit(1, 10),)),
    )
    client, _ = kit.scripted(*[OK] * 5)
    kit.run(client.call(operation(id="a")))
    kit.run(client.call(LIMITED))
    kit.run(client.call(LIMITED))
    assert kit.clock.slept == []
    kit.run(client.call(operation(id="b")))
    assert kit.clock.slept == [pytest.approx(10.05)]
    kit.run(client.call(operation(id="free", rate_limits=())))
    assert len(kit.clock.slept) == 1


def test_credentials_count_apart(kit: SyncKit) -> None:
    """Another credential has its own permits; the same one shares them through with_options."""
    limited = operation(rate_limits=(RateLimit(1, 10),), security=(("token",),))
    client, _ = kit.scripted(OK, OK, OK, credentials={"token": "a"})
    kit.run(client.call(limited))
    kit.run(client.with_options(credentials={"token": "b"}).call(limited))
    assert kit.clock.slept == []
    kit.run(client.with_options(timeout=30).call(limited))
    assert kit.clock.slept == [pytest.approx(10.05)]


def test_the_token_endpoint_has_its_own_limit(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Token requests take the permits of their own limit."""
    scheme = OAuth2(token_url="/token", rate_limits=(RateLimit(1, 60),))
    monkeypatch.setattr(
        kit.client_class,
        "vendor",
        Vendor(slug="demo", name="Demo", servers=VENDOR.servers, schemes={**SCHEMES, "oauth": scheme}),
    )
    token = reply(200, {"access_token": "t", "expires_in": 3600})
    client, _ = kit.scripted(
        token, reply(401), token, OK, credentials={"client_id": "i", "client_secret": "s"}, timeout=100
    )
    kit.run(client.call(operation(security=(("oauth",),))))
    assert kit.clock.slept == [pytest.approx(60.05)]


def test_limits_can_be_switched_off_or_shared(kit: SyncKit) -> None:
    """limiter=None keeps no limit; one limiter given to two clients counts for both."""
    client, _ = kit.scripted(*[OK] * 5, limiter=None)
    for _ in range(5):
        kit.run(client.call(LIMITED))
    assert kit.clock.slept == []
    shared = RateLimiter()
    for _ in range(2):
        client, _ = kit.scripted(OK, OK, limiter=shared)
        kit.run(client.call(LIMITED))
        kit.run(client.call(LIMITED))
    assert kit.clock.slept == [pytest.approx(10.05)]


def test_clients_of_a_process_share_the_default_limiter() -> None:
    """A program that makes a client per request still keeps the limit."""
    from tests.runtime.support import Demo

    first, second = Demo(base_url="http://127.0.0.1:1"), Demo(base_url="http://127.0.0.1:2")
    assert first._ready().limiter is second._ready().limiter is not None


def test_a_sqlite_file_is_shared(kit: SyncKit, tmp_path: Path) -> None:
    """Two limiters on one file, as two processes have, keep one limit; the file names no credential."""
    pytest.importorskip("filelock")
    file = tmp_path / "limits.sqlite"
    limited = operation(rate_limits=(RateLimit(2, 10),), security=(("token",),))
    for _ in range(2):
        client, _ = kit.scripted(OK, OK, limiter=RateLimiter.sqlite(file), credentials={"token": "planted-secret"})
        kit.run(client.call(limited))
        if not kit.clock.slept:
            kit.run(client.call(limited))
    assert len(kit.clock.slept) == 1
    assert 9.9 < kit.clock.slept[0] < 10.2
    assert b"planted-secret" not in b"".join(part.read_bytes() for part in tmp_path.iterdir())


class FakeRedis:
    """As much of a Redis client as a bucket needs, with the script's effect in Python."""

    scripts: ClassVar[list[str]] = []

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


def test_redis_keeps_the_limit_under_a_hash(kit: SyncKit, clock: FakeClock) -> None:
    """The bucket of the library is used with a key that tells no credential."""
    redis = FakeRedis()
    limiter = RateLimiter.redis(redis)
    limited = operation(rate_limits=(RateLimit(2, 10),), security=(("token",),))
    client, _ = kit.scripted(OK, OK, OK, limiter=limiter, credentials={"token": "planted-secret"})
    for _ in range(3):
        kit.run(client.call(limited))
    assert len(kit.clock.slept) == 1
    assert 9.9 < kit.clock.slept[0] < 10.2
    assert [key.startswith("loyalty-limit:") and "planted" not in key for key in redis.sets] == [True]
    assert "planted" not in repr(limiter)
