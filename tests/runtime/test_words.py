"""What the text of an error says: place, status, request id, and the vendor's own words, masked and bounded."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_runtime import Reply
from tests.runtime.support import GET, SyncKit, operation, reply


class Problem:
    """An error type as the generator makes them."""

    MEMBERS = frozenset(("code", "message", "error_description"))

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def to_dict(self) -> dict[str, Any]:
        return self.members


READ = operation(path="/v1/guests/{id}", responses={200: Reply(), "default": Reply(Problem)})
ASKED = {"path": {"id": "g-1"}, "query": {"search": "ada"}}


def text(kit: SyncKit, body: Any, **more: Any) -> str:
    """Return the text of the error a body of status 422 gives."""
    error, _ = kit.tried(READ, reply(422, body, {"x-request-id": "r-7"}), **{**ASKED, **more})
    return str(error)


WORDS: list[tuple[dict[str, Any], str]] = [
    ({"code": "E42", "message": "Not enough points"}, " (E42: Not enough points)"),
    ({"code": 42, "message": "Not\nenough  points"}, " (42: Not enough points)"),
    ({"error_description": "Gone"}, " (Gone)"),
    ({"code": "same", "message": "same"}, " (same)"),
    ({"message": "ada@example.com has called +44 20 7946 0958"}, " (*** has called ***)"),
    ({"message": "card 4111111111111111 of 12345"}, " (card *** of 12345)"),
    ({"message": "token=abc is old, api_key: 'x1', Bearer abc.def"}, " (token=*** is old, api_key: '***', Bearer ***)"),
    ({"code": "E42", "message": "password=hunter2 of ada%40example.com"}, " (E42: password=*** of ***)"),
    ({"message": "no guest 6f1c2d3e-0000-4000-8000-000000000001"}, " (no guest ***)"),
    ({"message": "artificial-token is wrong"}, " (*** is wrong)"),
    ({"message": "x" * 5000}, f" ({'x' * 199}…)"),
    ({"message": {"en": "Gone"}, "code": None}, ""),
    ({"unknown": "E42", "detail": "not a documented member"}, ""),
    ({}, ""),
]


@pytest.mark.parametrize(("body", "words"), WORDS)
def test_the_vendors_words(kit: SyncKit, body: dict[str, Any], words: str) -> None:
    """Code and message from the documented members, in one line of at most 200 characters; what is private is masked."""
    expected = f"demo getGuest: GET /v1/guests/{{id}} answered 422{words} (request id r-7)"
    assert expected == text(kit, body, credentials={"token": "artificial-token"})


def test_words_stay_out_when_told(kit: SyncKit) -> None:
    """With error_details=False, and where no error type is documented, the words are only in `body`."""
    words = {"code": "E42", "message": "Not enough points"}
    assert "E42" not in text(kit, words, settings={"error_details": False})
    error, _ = kit.tried(GET, reply(422, words))
    assert ("demo getGuest: GET /v1/guests answered 422", words) == (str(error), error.body)
