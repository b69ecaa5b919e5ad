"""Which texts of traffic are names and not values: words that the spec itself uses, and what a person confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.common.document import mapping, operations, parameters, walk_schemas

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]{0,47}")
_SPLIT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
SEVERAL = 2  # records in which a name must stand to be no value


def split(name: str) -> list[str]:
    """Return the words of a name in lower case, without a plural's s."""
    return [word.lower().removesuffix("s") for word in _SPLIT.findall(name)]


def is_token(text: str) -> bool:
    """Tell whether a text is short and plain enough to be a member of an enum."""
    return _TOKEN.fullmatch(text) is not None


class Words:
    """Know the words of a spec's paths, operations, parameters and members, and the texts in `confirmed`."""

    def __init__(self, document: dict[str, Any], confirmed: Iterable[str] = ()) -> None:
        self.confirmed = frozenset(confirmed)
        self._known = {word for name in _names(document) for word in split(name)} - {""}

    def knows(self, name: str) -> bool:
        """Tell whether a name was confirmed, or consists of words that the spec uses."""
        if name in self.confirmed:
            return True
        return _NAME.fullmatch(name) is not None and bool(words := split(name)) and self._known.issuperset(words)

    def may_show(self, name: str, records: int) -> bool:
        """Tell whether the name of a member may be written: known words, or a plain name, small at first, that several records have."""
        plain = bool(_NAME.fullmatch(name)) and not name[0].isupper() and not re.search(r"\d{4}", name)
        return self.knows(name) or (plain and records >= SEVERAL)

    def segment(self, part: str) -> str:
        """Return a segment of a path, or `{}` where it may be a value."""
        return part if part.startswith("{") or self.knows(part) or re.fullmatch(r"v\d{1,2}|api", part) else "{}"


def _names(document: dict[str, Any]) -> Iterator[str]:
    for _, path, operation in operations(document):
        yield from re.findall(r"[A-Za-z0-9_-]+", path)
        known = mapping(operation.get("x-provenance"))
        for text in (*(operation.get("tags") or []), operation.get("operationId"), *(known.get("alternatives") or [])):
            yield from re.findall(r"[A-Za-z0-9_-]+", str(text))
        yield from (str(item.get("name")) for item in parameters(document, path, operation))
    for _, schema in walk_schemas(document):
        yield from map(str, mapping(mapping(schema).get("properties")))
