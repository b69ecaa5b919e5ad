"""The sandbox without the rule that an invoice number is unique within a day: what is sent twice counts twice, so that nothing but the tills prevents it."""

from __future__ import annotations

import sys
from typing import Any

from loyalty_sandbox.command import main
from loyalty_sandbox.core.state import Collection

_first = Collection.first


def first(self: Any, **members: Any) -> Any:
    """Find no sale of the day."""
    return None if {"invoice_number", "day"} <= members.keys() else _first(self, **members)


if __name__ == "__main__":
    Collection.first = first  # type: ignore[method-assign]
    sys.exit(main())
