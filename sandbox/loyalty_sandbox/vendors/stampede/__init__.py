"""Stampede: guests, tags, deals and codes. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from . import codes, guests
from .base import stampede as vendor

__all__ = ["codes", "guests", "vendor"]
