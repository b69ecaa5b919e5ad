"""Webhooks of the clients: what the vendor prints, signed by OpenSSL, is read typed; anything else is refused."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from stamps_client.models import ActiveMembership, WebhookPayload, WebhookUser
from stamps_client.webhooks import WebhookError, read_notification, verify_signature

SECRET = "artificial-secret"
BODY = b"""{
  "from": "ada@example.com",
  "to": "ada@example.org",
  "membership": {"level": 0, "level_text": "Silver", "stamps": 7, "balance": 0, "is_blocked": false,
    "referral_code": "ADA01", "start_date": "2026-01-01", "created": "2026-01-01", "status": "Active",
    "primary_card": {"id": 101, "number": "CARD 0001", "is_active": true, "activated_time": null}},
  "user": {"id": 454, "name": "Ada Lovelace", "gender": "f", "birthday": "1990-12-10", "picture_url": null,
    "member_ids": ["CARD 0001"], "registration_status": "Full", "unheard_of": 1}
}
"""
# Minified by JSON.stringify of Node, then: openssl dgst -sha256 -hmac artificial-secret
SIGNED = {"x-stamps-signature": "ecd2c1f8a9f03f588553bbed69de65b44d4fc45a26ed40e1055a7a0cfbaa11a0"}


def test_the_printed_payload_is_read() -> None:
    """Its members are typed, unknown ones are kept, and it is written back as it came."""
    message = read_notification(BODY, SIGNED, SECRET)
    assert isinstance(message, WebhookPayload)
    assert isinstance(message.membership, ActiveMembership)
    assert isinstance(message.user, WebhookUser)
    assert (7, datetime.date(1990, 12, 10)) == (message.membership.stamps, message.user.birthday)
    assert json.loads(BODY) == message.to_dict()


@pytest.mark.parametrize(
    ("body", "headers"),
    [(BODY.replace(b'"stamps": 7', b'"stamps": 70'), SIGNED), (BODY, {})],
    ids=["changed", "unsigned"],
)
def test_a_changed_or_unsigned_message_is_refused(body: bytes, headers: dict[str, Any]) -> None:
    """Both doors say so, and nothing of the body: the reader by an error, the check by False."""
    with pytest.raises(WebhookError, match=r"X-Stamps-Signature does not sign this body\.$") as caught:
        read_notification(body, headers, SECRET)
    assert not caught.value.signed
    assert not verify_signature(body, headers, SECRET)
    assert verify_signature(BODY, SIGNED, SECRET)


# Each by printf '…' | openssl dgst -sha256 -hmac artificial-secret
ODD = [
    ("[]", "ae17227afab49cd8f3b5bcb14a05b4b92324c1b59e598459570c866a2348f9c8", "does not fit"),
    ('"text"', "b4364f93c1c613544c86f678146f702956f2a0357539e3b92e0d58c37700fe1c", "does not fit"),
    ("no", "7b47510e0f13b6085f55a9d1166d4406cc354690563b4a4617175de2380a61a0", "is not JSON"),
]


@pytest.mark.parametrize(("odd", "signature", "words"), ODD)
def test_a_signed_message_of_another_shape_says_so(odd: str, signature: str, words: str) -> None:
    """It is the vendor's, so it is no intrusion, and the error tells the two apart."""
    with pytest.raises(WebhookError, match=words) as caught:
        read_notification(odd.encode(), {"X-Stamps-Signature": signature}, SECRET)
    assert caught.value.signed
