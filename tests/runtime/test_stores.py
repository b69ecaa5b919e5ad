"""Limits and tokens that processes share: a real Redis server, a real file, and what can happen to them."""

from __future__ import annotations

import gc
import os
import sqlite3
import stat
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import asyncio as redis_asyncio

from loyalty_runtime import Clock, RateLimit, RateLimiter, StoreError, TokenStore
from tests.runtime.stores import RedisServer, ended, started
from tests.runtime.support import Answering, FakeClock, SyncKit, http, operation, reply

OAUTH = operation(security=(("oauth",),))
CLIENT = {"client_id": "artificial-id", "client_secret": "artificial-secret"}
OK = reply(200, {})
ONE = (RateLimit(1, 60),)
LIMITED = operation(rate_limits=(RateLimit(5, 60),))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server of one's own."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Where a store is: the words a program makes it from."""
    if request.param == "sqlite":
        return f".sqlite({str(tmp_path / 'store.sqlite')!r})"
    server = request.getfixturevalue("redis")
    return f".redis(__import__('redis').Redis(port={server.port}))"


def made(kind: type, place: str) -> Any:
    return eval(f"kind{place}", {"kind": kind})  # noqa: S307 - our own words


class Counting(Answering):
    """Counts requests and tokens with the moment each arrived."""

    def __init__(self) -> None:
        self.arrived: list[float] = []
        self.tokens = 0
        super().__init__()

    def answer_to(self, request: bytes) -> bytes:
        if request.startswith(b"GET"):
            self.arrived.append(time.monotonic())
            return http()
        self.tokens += 1
        time.sleep(0.2)
        return http(body=b'{"access_token": "t-%d", "expires_in": 3600}' % self.tokens)


@pytest.fixture
def counting() -> Iterator[Counting]:
    """A server that counts."""
    server = Counting()
    yield server
    server.close()


WORKER = """
import sys, threading
from loyalty_runtime import CallOptions, LoyaltyError, RateLimit, RateLimiter, TokenStore
from tests.runtime.support import Demo, operation
store, url, threads, count = eval(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
setting = {"limiter": store} if isinstance(store, RateLimiter) else {"token_store": store}
security = ((),) if isinstance(store, RateLimiter) else (("oauth",),)
limited = operation(rate_limits=(RateLimit(20, 1.0),) if isinstance(store, RateLimiter) else (), security=security)
credentials = {"client_id": "artificial-id", "client_secret": "artificial-secret"}
def work():
    with Demo(base_url=url, credentials=credentials, **setting) as client:
        for _ in range(count):
            client.call(limited)
workers = [threading.Thread(target=work) for _ in range(threads)]
[worker.start() for worker in workers]
[worker.join() for worker in workers]
store.close()
"""


def test_no_window_holds_more_than_the_limit(place: str, counting: Counting) -> None:
    """Counted at the server, from a cold start of four processes; and no request is lost."""
    ended([started(WORKER, f"RateLimiter{place}", counting.url, 4, 4) for _ in range(4)])
    arrived = sorted(counting.arrived)
    gaps = [later - earlier for earlier, later in zip(arrived, arrived[20:], strict=False)]
    assert 64 == len(arrived)
    assert min(gaps) >= 1.0


def test_fifty_workers_make_one_token_request(place: str, counting: Counting) -> None:
    """Five processes of ten clients that begin at once share one token."""
    ended([started(WORKER, f"TokenStore{place}", counting.url, 10, 2) for _ in range(5)])
    assert (1, 100) == (counting.tokens, len(counting.arrived))


def test_clients_of_a_process_share_a_token_store(kit: SyncKit) -> None:
    """In memory too; a token that was refused is replaced once for all, and another secret never gets it."""
    store = TokenStore()
    first, second = reply(200, {"access_token": "t-1"}), reply(200, {"access_token": "t-2"})
    one, sent = kit.scripted(first, OK, reply(401), second, OK, credentials=CLIENT, token_store=store)
    other, others = kit.scripted(OK, reply(401), OK, credentials=CLIENT, token_store=store)
    for client in (one, other, one, other):
        kit.run(client.call(OAUTH))
    assert [None, "Bearer t-1", "Bearer t-1", None, "Bearer t-2"] == [sent.header(i, "Authorization") for i in range(5)]
    assert ["Bearer t-1", "Bearer t-1", "Bearer t-2"] == [others.header(i, "Authorization") for i in range(3)]
    foreign, asked = kit.scripted(first, OK, credentials={**CLIENT, "client_secret": "x"}, token_store=store)
    kit.run(foreign.call(OAUTH))
    assert 2 == len(asked.requests)


@pytest.mark.parametrize("step", [-3600.0, -0.005, 3600.0])
def test_the_clock_of_a_caller_does_not_count(place: str, step: float) -> None:
    """A machine whose clock differs or jumps gets the same wait as any other."""
    limiter, clock = made(RateLimiter, place), FakeClock()
    assert 0 == limiter.take("k", ONE, clock)
    clock.wall += step
    clock.now += max(step, 0)
    assert 59 < limiter.take("k", ONE, clock) < 60.1
    limiter.close()


def test_a_killed_process_keeps_its_permits_no_longer_than_its_call(place: str) -> None:
    """Its lease ends, so the permit counts as if the call had ended then; nobody hangs."""
    limiter = made(RateLimiter, place)
    short = (RateLimit(1, 0.2),)
    assert 0 == limiter.take("k", short, Clock(), permit="killed", lease=0.3)
    wait = limiter.take("k", short, Clock())
    assert 0.15 < wait < 0.25
    time.sleep(0.55)
    assert 0 == limiter.take("k", short, Clock())
    limiter.close()


def test_a_killed_process_does_not_keep_the_token_request(place: str, kit: SyncKit) -> None:
    """Its claim ends, and another process asks."""
    store = made(TokenStore, place)
    keys: list[str] = []
    inner = store._store
    claim = inner.claim

    def first(key: str, name: str, refused: Any, lease: float, patience: float) -> Any:
        if not keys:
            keys.append(key)
            assert claim(key, "killed", None, 0.3, patience) == 0
        return claim(key, name, refused, lease, patience)

    inner.claim = first
    token = reply(200, {"access_token": "t-1"})
    client, script = kit.scripted(token, OK, credentials=CLIENT, token_store=store, clock=Clock())
    kit.run(client.call(OAUTH))
    assert 2 == len(script.requests)
    store.close()


def test_a_secret_names_no_entry(redis: RedisServer, tmp_path: Path, kit: SyncKit) -> None:
    """Files and keys hold hashes of credentials; every key of Redis ends some day; a file is its owner's alone."""
    limited = operation(rate_limits=(RateLimit(5, 60),), security=(("token",),))
    for limiter in (RateLimiter.redis(redis.client()), RateLimiter.sqlite(tmp_path / "l.sqlite")):
        client, _ = kit.scripted(OK, limiter=limiter, credentials={"token": "planted-secret"})
        kit.run(client.call(limited))
        limiter.close()
    held = redis.client()
    keys = held.keys()
    assert 1 == len(keys)
    assert [True] == [held.ttl(key) > 0 for key in keys]
    assert b"planted" not in repr([(key, held.zrange(key, 0, -1)) for key in keys]).encode()
    files = [path for path in tmp_path.iterdir() if path.name.startswith("l.sqlite")]
    assert b"planted" not in b"".join(path.read_bytes() for path in files)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}


def test_redis_may_start_again(redis: RedisServer, kit: SyncKit) -> None:
    """After a restart, and after SCRIPT FLUSH, the next call works."""
    limiter = RateLimiter.redis(redis.client())
    client, script = kit.scripted(OK, OK, OK, limiter=limiter)
    kit.run(client.call(LIMITED))
    redis.client().script_flush()
    kit.run(client.call(LIMITED))
    redis.kill()
    redis.start()
    kit.run(client.call(LIMITED))
    limiter.close()
    assert 3 == len(script.requests)


@pytest.mark.parametrize("trouble", ["kill", "freeze"])
def test_a_dead_or_frozen_redis(redis: RedisServer, kit: SyncKit, trouble: str) -> None:
    """One clear error within the time of the call, or, by choice, limits that the process keeps alone."""
    strict = RateLimiter.redis(redis.client())
    lenient = RateLimiter.redis(redis.client(), timeout=0.3, on_failure="send")
    getattr(redis, trouble)()
    client, script = kit.scripted(limiter=strict, timeout=0.5, clock=Clock())
    begun = time.monotonic()
    with pytest.raises(StoreError, match="rate limits that processes share cannot be used: Redis"):
        kit.run(client.call(LIMITED))
    assert time.monotonic() - begun < 1.5
    assert [] == script.requests
    client, script = kit.scripted(OK, limiter=lenient, timeout=5, clock=Clock())
    kit.run(client.call(LIMITED))
    assert 1 == len(script.requests)
    strict.close()
    lenient.close()


def test_a_token_store_that_fails(redis: RedisServer, kit: SyncKit) -> None:
    """The same choice: an error, or a token of one's own."""
    strict, lenient = TokenStore.redis(redis.client()), TokenStore.redis(redis.client(), on_failure="send")
    redis.kill()
    client, _ = kit.scripted(credentials=CLIENT, token_store=strict, clock=Clock(), timeout=5)
    with pytest.raises(StoreError, match="token store that processes share cannot be used"):
        kit.run(client.call(OAUTH))
    token = reply(200, {"access_token": "t-1"})
    client, script = kit.scripted(token, OK, credentials=CLIENT, token_store=lenient, clock=Clock(), timeout=5)
    kit.run(client.call(OAUTH))
    assert 2 == len(script.requests)


def _corrupt(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("name", "prepare", "words"),
    [
        ("l.sqlite", _corrupt, "damaged or no SQLite database; delete it"),
        ("missing/l.sqlite", None, "No such file or directory"),
        ("l.sqlite", _folder, "Is a directory"),
        ("proc", None, ""),
    ],
)
def test_a_file_that_cannot_be_used(kit: SyncKit, tmp_path: Path, name: str, prepare: Any, words: str) -> None:
    """One clear error that names the file and sends nothing."""
    path = Path("/proc/l.sqlite") if name == "proc" else tmp_path / name
    if prepare is not None:
        prepare(path)
    client, script = kit.scripted(limiter=RateLimiter.sqlite(path))
    with pytest.raises(StoreError, match=rf"{words}.*\(file l\.sqlite\)"):
        kit.run(client.call(LIMITED))
    assert [] == script.requests


def test_a_locked_file(kit: SyncKit, tmp_path: Path) -> None:
    """Another program's lock costs no more than the call's time; then the file works again."""
    path = tmp_path / "l.sqlite"
    limiter = RateLimiter.sqlite(path)
    client, _ = kit.scripted(OK, OK, limiter=limiter, timeout=0.5, clock=Clock())
    kit.run(client.call(LIMITED))
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(StoreError, match="locked by another program"):
        kit.run(client.call(LIMITED))
    assert time.monotonic() - begun < 1.5
    holder.rollback()
    holder.close()
    kit.run(client.call(LIMITED))
    limiter.close()


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    """Processes meet in the new file, not in one that no name leads to."""
    path = tmp_path / "l.sqlite"
    limiter = RateLimiter.sqlite(path)
    assert 0 == limiter.take("k", ONE, Clock())
    for part in tmp_path.iterdir():
        part.unlink()
    assert 0 == limiter.take("k", ONE, Clock())
    assert 59 < RateLimiter.sqlite(path).take("k", ONE, Clock()) < 60.1
    limiter.close()


def test_another_start_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left before it counts from now on: the clock tells nothing of the time between."""
    path = tmp_path / "l.sqlite"
    before = RateLimiter.sqlite(path)
    assert 0 == before.take("k", ONE, Clock())
    before.close()
    monkeypatch.setattr("loyalty_runtime.calls.store_sqlite._boot", lambda: "another")
    monkeypatch.setattr("loyalty_runtime.calls.store_sqlite._now", lambda: 5.0)
    after = RateLimiter.sqlite(path)
    assert 60.005 == pytest.approx(after.take("k", ONE, Clock()))
    after.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_made_by_fork_has_a_connection_of_its_own(tmp_path: Path) -> None:
    """It counts in the same file, and the parent goes on."""
    limiter = RateLimiter.sqlite(tmp_path / "l.sqlite")
    two = (RateLimit(2, 60),)
    assert 0 == limiter.take("k", two, Clock())
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if limiter.take("k", two, Clock()) == 0 else 1)
        finally:
            os._exit(2)
    assert 0 == os.waitpid(child, 0)[1]
    assert limiter.take("k", two, Clock()) > 59
    limiter.close()


def test_a_closed_file_leaves_nothing_open(tmp_path: Path) -> None:
    """No warning of an unclosed database, closed or forgotten; a closed one opens again when it is used."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        limiter = RateLimiter.sqlite(tmp_path / "l.sqlite")
        limiter.take("k", ONE, Clock())
        limiter.close()
        assert limiter.take("k", ONE, Clock()) > 59
        del limiter
        gc.collect()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda kind: kind.redis(redis_asyncio.Redis()), "an asynchronous Redis client; give a redis.Redis"),
        (lambda kind: kind.redis("redis://localhost"), "client is of type str"),
        (lambda kind: kind.sqlite(5), "path is of type int"),
        (lambda kind: kind.sqlite("x", on_failure="open"), "give 'refuse' or 'send'"),
    ],
)
def test_what_no_store_can_be_made_of(make: Any, words: str) -> None:
    """Named where it is given, not at the first call."""
    for kind in (RateLimiter, TokenStore):
        with pytest.raises(ValueError, match=words):
            make(kind)
