"""Absent values, secrets, header fields, frozen records."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from loyalty_runtime import (
    ApiKey,
    Applied,
    CallOptions,
    ConnectionOptions,
    File,
    Headers,
    OAuth2,
    RateLimit,
    RateLimiter,
    Secret,
    Server,
    TokenExchange,
    TokenStore,
    Vendor,
)
from loyalty_runtime.types import UNSET, Unset
from loyalty_runtime.wire.messages import FieldList
from tests.runtime.support import travelled

HIDDEN = "planted-secret"
REPRS: list[tuple[object, str]] = [
    (UNSET, "UNSET"),
    (Secret(HIDDEN), "Secret('***')"),
    (Headers([(b"X-One", b"1"), (b"Set-Cookie", HIDDEN.encode())]), "Headers({'x-one': '1', 'set-cookie': '***'})"),
    (FieldList([(b"Authorization", HIDDEN.encode())]), "FieldList(['Authorization'])"),
    (File(b"abc", "a.csv", "text/csv"), "File(3 bytes, file_name='a.csv', mime_type='text/csv')"),
    (ApiKey("t", prefix="Token"), "ApiKey(argument='t', key='Authorization', location='header', prefix='Token')"),
]
RECORDS = [
    Vendor(slug="demo", name="Demo", servers={"s": Server("https://api.example.com")}),
    OAuth2(token_url="/token"),
    TokenExchange("token", token_url="/token", members={"key": "key"}),
    Applied(None, certain=True),
    CallOptions(timeout=None),
    RateLimit(100, 900),
    Headers([(b"x-one", b"1")]),
]


@pytest.mark.parametrize(("value", "text"), REPRS)
def test_reprs_show_what_may_be_seen(value: object, text: str) -> None:
    """Names, sizes and masks; no secret, no content."""
    assert text == repr(value)


def test_a_secret_shows_its_mask_everywhere() -> None:
    """Repr, str, format, containers, pickles and a proxy's password hold the mask; reveal gives the value."""
    secret = Secret(HIDDEN)
    options = ConnectionOptions(proxy=f"http://user:{HIDDEN}@127.0.0.1:9")
    shown = f"{secret!r} {secret} {secret:>30} {[secret]} {options} %s" % secret
    assert HIDDEN not in shown
    assert HIDDEN.encode() not in pickle.dumps(secret)
    assert HIDDEN == secret.reveal() == copy.deepcopy(secret).reveal()
    with pytest.raises(ValueError, match="masked when it was pickled"):
        travelled(secret).reveal()


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, travelled])
def test_copies_and_pickles(travel: Any) -> None:
    """There is one UNSET, also inside containers; records and headers come back equal, what is null or left out included."""
    assert travel(UNSET) is Unset() is travel([UNSET])[0]
    assert list(map(travel, RECORDS)) == RECORDS


@pytest.mark.parametrize("kind", [RateLimiter, TokenStore])
def test_what_clients_share_stays_one(kind: type[RateLimiter | TokenStore]) -> None:
    """Copies of settings hold the same limiter and store; a pickle says what to do instead."""
    shared = kind()
    assert shared is copy.copy(shared) is copy.deepcopy([shared])[0]
    with pytest.raises(TypeError, match="make one in each process"):
        pickle.dumps(shared)


def test_values_compare() -> None:
    """Absent values, secrets and records are equal by value, and nothing else."""
    assert not UNSET
    assert 0 != UNSET == Unset()
    assert "a" != Secret("a") == Secret("a") != Secret("b")
    assert RateLimit(100, 900) == RateLimit(100, 900) != RateLimit(100, 901)
    assert (1, 1) == (len({Secret("a"), Secret("a")}), len({RateLimit(1, 2), RateLimit(1, 2)}))


def test_headers_are_a_case_insensitive_mapping() -> None:
    """Names are found in any case; repeated fields are joined, and kept apart in `raw`."""
    headers = Headers([(b"X-One", b"1"), (b"x-one", b"2"), (b"A", b"b")])
    assert ("1, 2", True, 2) == (headers["X-ONE"], "x-one" in headers, len(headers))
    assert (b"x-one", b"2") == headers.raw[1]


def test_records_are_frozen_and_made_of_their_members() -> None:
    """A member that is missing, unknown or given twice is refused, and none can be changed."""
    make: Any = RateLimit
    for given, named in (((1,), {}), ((1, 2, 3), {}), ((1, 2), {"requests": 3}), ((1, 2), {"second": 3})):
        with pytest.raises(TypeError, match="RateLimit takes requests, seconds"):
            make(*given, **named)
    limit = RateLimit(100, 900)
    with pytest.raises(AttributeError, match="RateLimit is frozen"):
        limit.requests = 5  # type: ignore[misc]
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del limit.requests  # pyright: ignore[reportAttributeAccessIssue]
