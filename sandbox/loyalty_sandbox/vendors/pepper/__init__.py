"""Pepper: users, awards, perks, locations, segments, notifications, vouchers and what goes with them.

The sandbox's own choices are in docs/sandbox/pepper.md (PC-nn).
"""

from __future__ import annotations

from . import access, errors, memberships, operations_job, seed
from .base import pepper as vendor

__all__ = ["access", "errors", "memberships", "operations_job", "seed", "vendor"]
