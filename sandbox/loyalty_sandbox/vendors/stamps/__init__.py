"""Stamps: members, sales, rewards and vouchers around one ledger of stamps. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from . import awards, members, rewards, sales, vouchers
from .base import stamps as vendor

__all__ = ["awards", "members", "rewards", "sales", "vendor", "vouchers"]
