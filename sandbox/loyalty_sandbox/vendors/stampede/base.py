"""The vendor object that the modules of this package fill, what one key can see, and the two kinds of pages."""

from __future__ import annotations

from collections.abc import Callable

from ...core.documents import JSON, Document
from ...core.exchange import Request, invalid
from ...core.oauth import Credential
from ...core.state import State
from ...core.vendor import Vendor

CLIENT_ID, CLIENT_SECRET = "ai.stampede.marketplace.sandbox", "sandbox-stampede-client-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "ai.stampede.marketplace.other", "sandbox-stampede-other-secret"
TOKEN = "sandbox-stampede-token"  # noqa: S105 - artificial, and printed for everybody
_DEFAULT_SIZE, _LARGEST_SIZE, _PAGE_SIZE = 25, 100, 15

stampede = Vendor("stampede", "Stampede", trailing_slash=True)  # the help centre prints a slash at the end (S-04)
stampede.credentials += [
    Credential("API key", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}),
    Credential("API key of another organisation", {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}),
    Credential("ready-made bearer token of the first key", {"access_token": TOKEN}),
]


def organisation_id(request: Request) -> str:
    """Return the organisation of the caller's key."""
    return str(request.claims["organization_id"])


def own(state: State, request: Request, kind: str, key: JSON) -> Document | None:
    """Return a document of the caller's organisation; those of others do not exist for it."""
    found = state.collection(kind).get(str(key))
    return found if found is not None and found.get("organization_id") == organisation_id(request) else None


def own_all(state: State, request: Request, kind: str) -> list[Document]:
    """List the documents of the caller's organisation."""
    return state.collection(kind).find(organization_id=organisation_id(request))


def cursor_page(request: Request, items: list[Document]) -> Document:
    """Cut a list by `cursor` and `limit`: a cursor is the id of the first item of a page; `first` and `prev` are null on the first."""
    size = request.query.get("limit", _DEFAULT_SIZE)
    if not isinstance(size, int) or size < 1:
        raise invalid("limit", "must be 1 or more", "query")
    size = min(size, _LARGEST_SIZE)
    ids = [item["id"] for item in items]
    cursor = request.query.get("cursor", ids[0] if ids else None)
    if cursor is not None and cursor not in ids:
        raise invalid("cursor", "is not known", "query")
    start = ids.index(cursor) if ids else 0
    links: Document = {"first": None, "last": None, "next": None, "prev": None}
    if start + size < len(ids):
        links["next"] = ids[start + size]
    if start > 0:
        links |= {"first": ids[0], "prev": ids[max(0, start - size)]}
    return {"data": items[start : start + size], "links": links}


def numbered_page(request: Request, items: list[Document], show: Callable[[Document], Document]) -> Document:
    """Cut a list by `page`, 15 items each, with the links and figures of Laravel; `from` and `to` are null on an empty page."""
    number = request.query.get("page", 1)
    page = number if isinstance(number, int) else 1
    last = max(1, -(-len(items) // _PAGE_SIZE))
    start = (page - 1) * _PAGE_SIZE
    data = [show(item) for item in items[start : start + _PAGE_SIZE]]
    address = f"{request.inbound.base_url}{request.inbound.path}"

    def url(target: int) -> str | None:
        return f"{address}?page={target}" if 1 <= target <= last else None

    bar: list[JSON] = [{"url": url(page - 1), "label": "Previous", "active": False}]
    bar += [{"url": url(each), "label": str(each), "active": each == page} for each in range(1, last + 1)]
    bar += [{"url": url(page + 1), "label": "Next", "active": False}]
    meta = {"current_page": page, "last_page": last, "links": bar, "path": address, "per_page": _PAGE_SIZE}
    meta |= {"from": start + 1 if data else None, "to": start + len(data) if data else None, "total": len(items)}
    links = {"first": url(1), "last": url(last), "prev": url(page - 1), "next": url(page + 1)}
    return {"data": data, "links": links, "meta": meta}
