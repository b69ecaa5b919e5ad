"""Pepper: users, awards, perks, locations, segments, notifications, vouchers and what goes with them.

The sandbox's own choices are in docs/sandbox/pepper.md (PC-nn).
"""

from __future__ import annotations

from . import seed  # isort: skip - its people are there when the other modules seed theirs
from . import (
    access,
    accounts,
    actions,
    addresses,
    award_import,
    awards,
    checkins,
    credentials,
    delivery,
    enrichments,
    errors,
    location_files,
    locations,
    loyalty,
    memberships,
    operations,
    operations_job,
    perks,
    registers,
    registration,
    user_import,
    users,
)
from .base import pepper as vendor

__all__ = [
    "access",
    "accounts",
    "actions",
    "addresses",
    "award_import",
    "awards",
    "checkins",
    "credentials",
    "delivery",
    "enrichments",
    "errors",
    "location_files",
    "locations",
    "loyalty",
    "memberships",
    "operations",
    "operations_job",
    "perks",
    "registers",
    "registration",
    "seed",
    "user_import",
    "users",
    "vendor",
]
