"""Absent values, secrets, header fields, frozen records."""

from __future__ import annotations

import copy
import pickle

import pytest

from loyalty_runtime import ApiKey, ConnectionOptions, File, Headers, RateLimit, Secret
from loyalty_runtime.types import UNSET, Unset
from loyalty_runtime.wire.headers import FieldList
from tests.runtime.support import travelled


def test_unset_is_one_falsy_value() -> None:
    """There is one UNSET: falsy, equal to itself, printed by its name."""
    assert not UNSET
    assert Unset() is UNSET
    assert Unset() == UNSET
    assert UNSET != 0
    assert repr(UNSET) == "UNSET"


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, travelled])
def test_unset_survives_copies_and_pickles(travel: object) -> None:
    """A copy of UNSET is UNSET, also inside containers."""
    assert travel(UNSET) is UNSET  # type: ignore[operator]
    assert travel([UNSET])[0] is UNSET  # type: ignore[operator]


def test_a_secret_shows_its_mask_everywhere() -> None:
    """Repr, str, format, containers and pickles hold the mask; reveal gives the value."""
    secret = Secret("planted-secret")
    shown = f"{secret!r} {secret} {secret:>30} {[secret]} {{{secret!r}}} %s" % secret
    assert "planted-secret" not in shown
    assert b"planted-secret" not in pickle.dumps(secret)
    assert secret.reveal() == "planted-secret"


def test_a_secret_that_was_pickled_says_so() -> None:
    """The copy from a pickle holds nothing and tells what to do."""
    gone = travelled(Secret("planted-secret"))
    with pytest.raises(ValueError, match="masked when it was pickled"):
        gone.reveal()


def test_a_secret_copies_to_itself_and_compares() -> None:
    """Copies stay usable within the process."""
    secret = Secret("a")
    assert copy.deepcopy({"x": secret})["x"] is secret
    assert secret == Secret("a") != Secret("b")
    assert secret != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_headers_are_a_case_insensitive_mapping() -> None:
    """Names are found in any case; repeated fields are joined; secret ones are masked in the repr."""
    headers = Headers([(b"X-One", b"1"), (b"x-one", b"2"), (b"Set-Cookie", b"session=planted-secret")])
    assert headers["X-ONE"] == "1, 2"
    assert "x-one" in headers
    assert len(headers) == 2
    assert headers.raw[1] == (b"x-one", b"2")
    assert "planted-secret" not in repr(headers)
    assert travelled(headers) == headers


def test_outgoing_fields_show_names_only() -> None:
    """The repr of what is sent tells no value."""
    assert repr(FieldList([(b"Authorization", b"Bearer planted-secret")])) == "FieldList(['Authorization'])"


def test_records_are_frozen_and_compare_by_value() -> None:
    """Descriptors cannot be changed, and equal ones are equal."""
    limit = RateLimit(100, 900)
    with pytest.raises(AttributeError, match="RateLimit is frozen"):
        limit.requests = 5
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del limit.requests
    assert limit == RateLimit(100, 900) != RateLimit(100, 901)
    assert hash(limit) == hash(RateLimit(100, 900))
    assert travelled(limit) == limit
    assert (
        repr(ApiKey("token", prefix="Token"))
        == "ApiKey(argument='token', key='Authorization', location='header', prefix='Token')"
    )


def test_connection_options_hide_the_proxy_password() -> None:
    """A proxy address may hold a password, so it is not in the repr."""
    options = ConnectionOptions(proxy="http://user:planted-secret@127.0.0.1:9")
    assert "planted-secret" not in repr(options)


def test_a_file_shows_its_size_not_its_content() -> None:
    """The repr of a file tells name, type and size."""
    assert repr(File(b"abc", "a.csv", "text/csv")) == "File(3 bytes, file_name='a.csv', mime_type='text/csv')"
