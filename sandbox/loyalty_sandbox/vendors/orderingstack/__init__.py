"""OrderingStack: campaigns, accounts, events, coupons, statistics and exports.

The sandbox's own choices are in docs/sandbox/orderingstack.md (OC-nn).
"""

from __future__ import annotations

from . import access, accounts, campaigns, coupons, errors, events, exports, own_account, pushes, seed, stats
from .base import orderingstack as vendor

__all__ = [
    "access",
    "accounts",
    "campaigns",
    "coupons",
    "errors",
    "events",
    "exports",
    "own_account",
    "pushes",
    "seed",
    "stats",
    "vendor",
]
