"""The bodies that are read, written and served: artificial, the same in every run."""

from __future__ import annotations

import json
from typing import Any

UNKNOWN_EVERY = 10
"""Every tenth guest has members that no model knows, as vendors add them without notice."""


def guest(number: int) -> dict[str, Any]:
    """Return one guest as Stampede's list prints it."""
    own_id = f"00000000-0000-4000-8000-{number:012d}"
    made: dict[str, Any] = {
        "id": own_id,
        "organization_id": "00000000-0000-4000-8000-0000000000aa",
        "profile_id": 1000 + number,
        "last_interacted_at": "2026-01-31T18:30:00Z",
        "created_at": "2026-01-01T09:00:00Z",
        "data_opt_in_at": "2026-01-01T09:00:00Z" if number % 3 else None,
        "sms_opt_in_at": "2026-01-01T09:00:00Z" if number % 2 else None,
        "email_opt_in_at": "2026-01-01T09:00:00Z",
        "user_profile": {
            "email": f"guest{number}@example.com",
            "first": f"First{number}",
            "id": 1000 + number,
            "phone": None if number % 4 else "+442079460000",
            "last": f"Last{number}",
        },
        "organization_profile_tags": [
            {
                "id": f"00000000-0000-4000-9000-{number:010d}{link:02d}",
                "organization_registration_id": own_id,
                "tag_id": f"00000000-0000-4000-a000-{link:012d}",
            }
            for link in range(number % 4)
        ],
    }
    if number % UNKNOWN_EVERY == 0:
        made["wallet_pass"] = {"serial": f"P{number}", "active": True}
        made["user_profile"]["locale"] = "en_GB"
    return made


def guest_page(guests: int) -> bytes:
    """Return a page of Stampede guests, the last one of its list, as JSON bytes."""
    links = {"first": None, "last": None, "next": None, "prev": None}
    return _compact({"data": [guest(number) for number in range(guests)], "links": links})


def pepper_user() -> bytes:
    """Return one Pepper user as JSON bytes."""
    return _compact(
        {
            "id": "5f0000000000000000000001",
            "firstName": "Ada",
            "lastName": "Example",
            "fullName": "Ada Example",
            "state": "ACTIVE",
            "hasPaymentCard": False,
            "points": 120,
            "balance": 0,
            "hasAgreedToShareData": True,
            "segmentIds": ["5f0000000000000000000002"],
        }
    )


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
