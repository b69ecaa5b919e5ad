"""Stampede: guests, tags, WiFi, orders, bookings, forms, deals and codes.

The sandbox's own choices are in docs/sandbox/stampede.md (SC-nn).
"""

from __future__ import annotations

from . import access, deals, errors, guests, seed, tags, visits, workflows
from .base import stampede as vendor

__all__ = ["access", "deals", "errors", "guests", "seed", "tags", "vendor", "visits", "workflows"]
