"""Tests of one's own code, without the vendor: a double of the client, and the client over a server of one's own.

Needs pytest. `pytest examples/own_tests.py`, or run it by hand.
"""

from __future__ import annotations

from unittest.mock import create_autospec

import httpx
import pytest

from loyalty_runtime import HttpxTransport
from stampede_client import Stampede
from stampede_client.errors import NotFoundError
from stampede_client.models import GuestDetails


def greet(stampede: Stampede, guest_id: str) -> str:
    """The code under test."""
    try:
        guest = stampede.guests.get(guest_id)
    except NotFoundError:
        return "Hello, stranger"
    return f"Hello, {guest.user_profile.first or 'guest'}"


def test_with_a_double() -> None:
    """It has every resource and method, and refuses others; models are read from as little as the code looks at."""
    stampede = create_autospec(Stampede, instance=True)
    stampede.guests.get.return_value = GuestDetails.from_dict({"user_profile": {"first": "Ada"}})
    assert greet(stampede, "guest-1") == "Hello, Ada"
    stampede.guests.get.assert_called_once_with("guest-1")
    with pytest.raises(TypeError):
        stampede.guests.get()


def test_with_a_double_that_fails() -> None:
    """Errors are made like other exceptions."""
    stampede = create_autospec(Stampede, instance=True)
    stampede.guests.get.side_effect = NotFoundError("answered 404", status=404)
    assert greet(stampede, "guest-1") == "Hello, stranger"


def test_with_a_server_of_ones_own() -> None:
    """The client is the real one: what it sends can be looked at, and statuses become errors."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.raw_path.decode()}")
        return httpx.Response(404, json={"error": "unknown"})

    transport = HttpxTransport(httpx.MockTransport(answer))
    with Stampede(access_token="artificial", transport=transport) as stampede:
        assert greet(stampede, "guest/1") == "Hello, stranger"
    assert seen == ["GET /v1/guests/guest%2F1"]


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
