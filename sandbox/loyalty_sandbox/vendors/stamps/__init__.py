"""Stamps: balances that add, cancel and deduct. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from . import errors, handlers, seed
from .base import stamps as vendor

__all__ = ["errors", "handlers", "seed", "vendor"]
