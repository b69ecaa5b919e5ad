"""Pages by `startKey`, and by `page` and `per_page`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from ...documents import JSON, Document, from_json, to_json
from ...exchange import Request
from .errors import invalid

_DEFAULT, _LARGEST = 100, 1000


def cut(request: Request, items: list[Document], key: str = "_id") -> tuple[list[Document], Document]:
    """Cut the page that a request asks for, and describe it; 100 items by default, 1000 at most (PC-07)."""
    size = request.query.get("limit", _DEFAULT)
    if not isinstance(size, int) or size < 1:
        raise invalid("limit must be 1 or more.")
    size = min(size, _LARGEST)
    start = _start(items, request.query.get("startKey"), key)
    shown = items[start : start + size]
    page: Document = {"count": len(shown), "limit": size}
    if shown:
        page["startKey"] = _write_key(shown[0][key], start)
    if start + size < len(items):
        page["nextKey"] = _write_key(items[start + size][key], start + size)
    return shown, page


def listed(
    request: Request,
    items: list[Document],
    show: Callable[[Document], Document],
    *,
    member: str = "items",
    key: str = "_id",
) -> Document:
    """Answer a list in pages: the items as `show` makes them, and `page` beside them."""
    shown, page = cut(request, items, key)
    return {member: [show(item) for item in shown], "page": page}


def numbered(request: Request, items: list[Document]) -> tuple[list[Document], Document]:
    """Cut a page by number, and sum it up; the members of the summary are ours (PC-08)."""
    size, number = request.query.get("per_page", 20), request.query.get("page", 1)
    if not isinstance(size, int) or not isinstance(number, int) or size < 1 or number < 1:
        raise invalid("per_page and page must be 1 or more.")
    shown = items[(number - 1) * size : number * size]
    return shown, {"count": len(shown), "total": len(items), "page": number, "per_page": size}


def sort(request: Request, items: list[Document], allowed: tuple[str, ...]) -> list[Document]:
    """Sort by the names in `sort`, the first counts most; refuses other names than the allowed ones with 422."""
    for name in reversed([part.strip() for part in str(request.query.get("sort", "")).split(",") if part.strip()]):
        member = name.removeprefix("-")
        if member not in allowed:
            raise invalid(f"sort takes {', '.join(allowed)}.")
        items = sorted(items, key=lambda item: str(item.get(member) or ""), reverse=name.startswith("-"))
    return items


def _start(items: list[Document], start_key: JSON, key: str) -> int:
    """Find where a page begins: at the item of the key, or at its old place when it has gone meanwhile."""
    if start_key is None:
        return 0
    try:
        text = str(start_key)
        found = from_json(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise invalid("startKey is not valid.") from error
    if not isinstance(found, dict) or not isinstance(found.get("at"), int) or found["at"] < 0 or "_id" not in found:
        raise invalid("startKey is not valid.")
    place = next((place for place, item in enumerate(items) if item[key] == found["_id"]), None)
    return found["at"] if place is None else place


def _write_key(item_id: str, place: int) -> str:
    return base64.urlsafe_b64encode(to_json({"_id": item_id, "at": place}).encode()).decode().rstrip("=")
