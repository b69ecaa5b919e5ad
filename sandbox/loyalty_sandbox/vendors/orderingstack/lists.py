"""Lists in the dialect of react-admin's JSON Server provider: filters, order, range, total (OC-28)."""

from __future__ import annotations

from collections.abc import Iterator

from ...documents import JSON, Document
from ...exchange import Reply

PAGE = 25
_RANGE = frozenset({"_start", "_end"})
_ORDER = frozenset({"_sort", "_order"})


def listed(items: list[Document], criteria: JSON) -> Reply:
    """Answer a page of the items that match, with the number of all in `X-Total-Count`."""
    wanted = criteria if isinstance(criteria, dict) else {}
    found = selected(items, wanted)
    start = wanted.get("_start", 0)
    return Reply(found[start : wanted.get("_end", start + PAGE)], headers=total(len(found)))


def total(number: int) -> dict[str, str]:
    """Return the headers that tell a number of items, also to a browser."""
    return {"X-Total-Count": str(number), "Access-Control-Expose-Headers": "X-Total-Count"}


def selected(items: list[Document], criteria: JSON) -> list[Document]:
    """Return the items that match, in the order asked for; the range is left to the caller."""
    wanted = criteria if isinstance(criteria, dict) else {}
    filters = {name: value for name, value in wanted.items() if name not in _RANGE | _ORDER}
    found = [item for item in items if all(_matches(item, name, value) for name, value in filters.items())]
    if "_sort" in wanted:
        name = str(wanted["_sort"])
        with_value = [(key, item) for item in found if (key := _sort_key(item, name)) is not None]
        with_value.sort(key=lambda pair: pair[0], reverse=wanted.get("_order") == "DESC")
        without = [item for item in found if _sort_key(item, name) is None]
        return [*(item for _, item in with_value), *without]
    return found[::-1] if wanted.get("_order") == "DESC" else found


def _matches(item: Document, name: str, wanted: JSON) -> bool:
    texts = {str(each) for each in wanted} if isinstance(wanted, list) else {str(wanted)}
    if name == "q":
        return any(text.casefold() in _text(value).casefold() for text in texts for value in _plain(item))
    return any(_text(value) in texts for value in _values(item, name.split(".")))


def _values(value: JSON, path: list[str]) -> Iterator[JSON]:
    """Yield the plain values a name with dots leads to, through lists and, for accounts, without `header.`."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, path)
    elif not path:
        if not isinstance(value, dict):
            yield value
    elif isinstance(value, dict):
        if path[0] in value:
            yield from _values(value[path[0]], path[1:])
        elif isinstance(value.get("header"), dict):
            yield from _values(value["header"], path)


def _plain(value: JSON) -> Iterator[JSON]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _plain(each)
    else:
        yield value


def _text(value: JSON) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sort_key(item: Document, name: str) -> tuple[bool, float, str] | None:
    value = next(_values(item, name.split(".")), None)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return False, float(value), ""
    return True, 0.0, _text(value)
