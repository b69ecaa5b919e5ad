"""The two ways in which Stampede cuts lists into pages."""

from __future__ import annotations

from collections.abc import Callable

from ...core.documents import JSON, Document
from ...core.exchange import Request
from .errors import invalid

_DEFAULT_SIZE, _LARGEST_SIZE, _PAGE_SIZE = 25, 100, 15


def _as_stored(item: Document) -> Document:
    return {name: value for name, value in item.items() if not name.startswith("$")}


def cursor_page(request: Request, items: list[Document], show: Callable[[Document], Document] = _as_stored) -> Document:
    """Cut a list by `cursor` and `limit`: a cursor is the id of the first item of a page; `first` and `prev` are null on the first."""
    size = request.query.get("limit", _DEFAULT_SIZE)
    if not isinstance(size, int) or size < 1:
        raise invalid(request, "limit", "must be 1 or more")
    size = min(size, _LARGEST_SIZE)
    ids = [item["id"] for item in items]
    cursor = request.query.get("cursor")
    if cursor is not None and cursor not in ids:
        raise invalid(request, "cursor", "is not known")
    start = ids.index(cursor) if cursor is not None else 0
    following = ids[start + size] if start + size < len(ids) else None
    links: Document = {"first": None, "last": None, "next": following, "prev": None}
    if start > 0:
        links |= {"first": ids[0], "prev": ids[max(0, start - size)]}
    return {"data": [show(item) for item in items[start : start + size]], "links": links}


def numbered_page(request: Request, items: list[Document], path: str, show: Callable[[Document], Document]) -> Document:
    """Cut a list by `page`, 15 items each, with the links and figures of Laravel; `from` and `to` are null on an empty page."""
    number = request.query.get("page", 1)
    page = number if isinstance(number, int) else 1
    last = max(1, -(-len(items) // _PAGE_SIZE))
    start = (page - 1) * _PAGE_SIZE
    data = [show(item) for item in items[start : start + _PAGE_SIZE]]
    address = f"{request.base_url}{path}"

    def url(target: int) -> str | None:
        return f"{address}?page={target}" if 1 <= target <= last else None

    bar: list[JSON] = [{"url": url(page - 1), "label": "Previous", "active": False}]
    bar += [{"url": url(each), "label": str(each), "active": each == page} for each in range(1, last + 1)]
    bar += [{"url": url(page + 1), "label": "Next", "active": False}]
    meta = {"current_page": page, "last_page": last, "links": bar, "path": address, "per_page": _PAGE_SIZE}
    meta |= {"from": start + 1 if data else None, "to": start + len(data) if data else None, "total": len(items)}
    links = {"first": url(1), "last": url(last), "prev": url(page - 1), "next": url(page + 1)}
    return {"data": data, "links": links, "meta": meta}
