"""Stamps: balances that add, cancel and deduct. The sandbox's own choices are in docs/sandbox/stamps.md (TC-nn)."""

from __future__ import annotations

from . import doors, errors, handlers, seed
from .base import stamps as vendor

__all__ = ["doors", "errors", "handlers", "seed", "vendor"]
