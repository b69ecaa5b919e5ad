"""OrderingStack: tokens and roles, and the flow of campaigns as printed. Choices stand in docs/sandbox.md."""

from __future__ import annotations

from . import access, accounts, campaigns
from .access import orderingstack as vendor

__all__ = ["access", "accounts", "campaigns", "vendor"]
