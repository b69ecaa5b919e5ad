"""Pepper: notifications in the background, to four kinds of receivers, with receipts for 45 days."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, LOCATION, SEGMENT
from pepper_client import Pepper
from tests.sandbox.serving import Sandbox

TEXT: dict[str, Any] = {"message": "Hello", "type": "alert", "value": "-", "isProcessingMessage": False}


@pytest.fixture
def listening(ada: Pepper) -> None:
    """Ada wants marketing, has a device and a favourite location."""
    ada.users.update(
        ADA, apn_device_token="device-1", has_agreed_to_receive_marketing=True, favourite_locations=[LOCATION]
    )


def outcome(sandbox: Sandbox, admin: Pepper, number: str | None) -> tuple[object, ...]:
    """Let the delivery end and return its status and counts."""
    sandbox.advance(seconds=2)
    done = admin.notifications.get(str(number))
    return done.status, done.sent, done.failures, done.skipped


def test_delivery_takes_its_time(sandbox: Sandbox, admin: Pepper, listening: None) -> None:
    """First PENDING without counts, then sent to the device, with a receipt on both lists."""
    sent = admin.notifications.create({**TEXT, "title": "Hi", "userIds": [ADA]})
    assert ("PENDING", 0, 0, 0) == (sent.status, sent.sent, sent.failures, sent.skipped)
    assert [] == list(admin.notifications.list_receipts(str(sent.id)))
    assert ("COMPLETED", 1, 0, 0) == outcome(sandbox, admin, sent.id)
    (message,) = sandbox.documents("pepper", "outbox")
    assert ("push", "device-1", "Hello") == (message["kind"], message["to"], message["message"])
    (receipt,) = admin.notifications.list_receipts(str(sent.id))
    assert (ADA, "SENT") == (receipt.to_dict()["userId"], receipt.to_dict()["status"])
    assert receipt.to_dict() in [one.to_dict() for one in admin.notifications.list_user_receipts(ADA)]


def test_every_kind_of_receivers(sandbox: Sandbox, admin: Pepper, listening: None) -> None:
    """By id, as fans, as members, and all: each time it is Ada alone, by either call."""
    admin.segments.add_users(SEGMENT, [ADA])
    for receivers in ({"userIds": [ADA]}, {"locationIds": [LOCATION]}, {"segmentIds": [SEGMENT]}, {"global": True}):
        sent = admin.notifications.create({**TEXT, **receivers})
        assert receivers.items() <= sent.to_dict().items()
        assert ("COMPLETED", 1, 0, 0) == outcome(sandbox, admin, sent.id)
    calls = admin.notifications
    for sent in (
        calls.create_for_user(ADA, TEXT),
        calls.create_for_location(LOCATION, TEXT),
        calls.create_for_segment(SEGMENT, TEXT),
    ):
        assert ("COMPLETED", 1, 0, 0) == outcome(sandbox, admin, sent.id)
    assert 8 == len(list(admin.notifications.list()))


def test_who_is_passed_over(sandbox: Sandbox, admin: Pepper, ada: Pepper) -> None:
    """Without consent skipped, unless the message must arrive; without a device failed."""
    assert ("COMPLETED", 0, 0, 1) == outcome(sandbox, admin, admin.notifications.create_for_user(ADA, TEXT).id)
    must = admin.notifications.create_for_user(ADA, {**TEXT, "isProcessingMessage": True})
    assert ("COMPLETED", 0, 1, 0) == outcome(sandbox, admin, must.id)
    assert "No device registered." == admin.notifications.get(str(must.id)).error_message
    ada.users.update(ADA, gcm_device_token="device-2")
    again = admin.notifications.create_for_user(ADA, {**TEXT, "isProcessingMessage": True})
    assert ("COMPLETED", 1, 0, 0) == outcome(sandbox, admin, again.id)


@pytest.mark.parametrize(
    "receivers",
    [
        {},
        {"global": False},
        {"userIds": []},
        {"userIds": ["0" * 24]},
        {"userIds": [ADA], "global": True},
        {"segmentIds": [LOCATION]},
    ],
)
def test_nothing_goes_to_nobody(sandbox: Sandbox, admin: Pepper, receivers: dict[str, object]) -> None:
    """Exactly one kind of receivers, and known ones."""
    client = sandbox.client("pepper", headers=HEADERS)
    assert 422 == client.post("/notifications", json={**TEXT, **receivers}).status_code
    assert 1 == len(list(admin.notifications.list()))


HEADERS = {"x-application-id": APPLICATION, "Authorization": f"Token {ADMIN_TOKEN}", "x-api-version": "9"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/notifications"),
        ("POST", f"/users/{ADA}/notifications"),
        ("POST", f"/locations/{LOCATION}/notifications"),
        ("POST", f"/segments/{SEGMENT}/notifications"),
        ("GET", f"/users/{ADA}/notifications"),
    ],
)
@pytest.mark.parametrize("version", [None, "1"])
def test_version_1_is_refused(sandbox: Sandbox, method: str, path: str, version: str | None) -> None:
    """Without a version header, too, since that means 1."""
    headers = {name: value for name, value in HEADERS.items() if name != "x-api-version"}
    headers |= {} if version is None else {"x-api-version": version}
    body = {**TEXT, "userIds": [ADA]} if path == "/notifications" else TEXT
    answer = sandbox.client("pepper", headers=headers).request(
        method, path, **({} if method == "GET" else {"json": body})
    )
    assert (422, "Validation") == (answer.status_code, answer.json()["code"])


def test_receipts_are_kept_for_45_days(sandbox: Sandbox, admin: Pepper) -> None:
    """One second before they are there; the notification stays."""
    sent = admin.notifications.create_for_user(ADMIN, {**TEXT, "isProcessingMessage": True})
    outcome(sandbox, admin, sent.id)
    sandbox.advance(days=45, seconds=-1)
    assert 1 == len(list(admin.notifications.list_receipts(str(sent.id))))
    sandbox.advance(seconds=1)
    assert 0 == len(list(admin.notifications.list_receipts(str(sent.id))))
    assert 1 == admin.notifications.get(str(sent.id)).failures


def test_users_neither_send_nor_look(admin: Pepper, ada: Pepper) -> None:
    """But they see their own receipts."""
    for refused in (
        lambda: ada.notifications.create_for_user(ADA, TEXT),
        lambda: ada.notifications.list().first_page(),
    ):
        with pytest.raises(PermissionDeniedError):
            refused()
    assert 1 == len(list(ada.notifications.list_user_receipts(ADA)))
    with pytest.raises(NotFoundError):
        admin.notifications.get("0" * 24)
