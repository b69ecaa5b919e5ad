"""Pepper: points of awards, and vouchers. All else is derived from the spec. Choices stand in docs/sandbox.md."""

from __future__ import annotations

from . import access, points, vouchers
from .access import pepper as vendor

__all__ = ["access", "points", "vendor", "vouchers"]
