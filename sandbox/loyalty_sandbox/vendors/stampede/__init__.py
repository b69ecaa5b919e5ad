"""Stampede: guests, tags, deals and codes. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from . import deals, guests, seed
from .base import stampede as vendor

__all__ = ["deals", "guests", "seed", "vendor"]
