"""What the extensions of an operation say of its behaviour: pages, limits, repeating, long work, columns of files."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping
from scripts.reference.markup import plain

_TOLD = frozenset(
    [
        "x-provenance",
        "x-client-tag",
        "x-client-method",
        "x-evidence-ids",
        "x-csv",
        "x-pagination",
        "x-rate-limit",
        "x-idempotency",
        "x-long-running",
        "x-outcome-check",
    ]
)


def limits_told(limits: Any) -> list[str]:
    """Write the members of `x-rate-limit` as sentences."""
    found = []
    for limit in limits if isinstance(limits, list) else ():
        part = mapping(limit)
        words = f"{part.get('requests')} requests in {part.get('seconds')} seconds"
        scope = f" for each {part['scope']}" if part.get("scope") else ""
        source = f" ({part['source']})" if part.get("source") else ""
        found.append(f"{words}{scope}{source}.")
    return found


def behaviour_told(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Write what the extensions say of pages, limits, repeating and long work, and anything else that is stated."""
    told = [("Limit", words) for words in limits_told(raw.get("x-rate-limit"))]
    pages = mapping(raw.get("x-pagination"))
    if pages:
        rest = ", ".join(f"{key} {plain(value)}" for key, value in pages.items() if key not in ("style", "items"))
        told.append(
            ("Pages", f"{pages.get('style')}; items in {plain(pages.get('items')) or 'the reply itself'}; {rest}.")
        )
    once = mapping(raw.get("x-idempotency"))
    if once:
        told.append(("Repeating", ", ".join(f"{key} {plain(value)}" for key, value in once.items()) + "."))
    long = mapping(raw.get("x-long-running"))
    if long:
        done = ", ".join(map(str, long.get("done") or []))
        ready = f" until {long.get('status')} is {done}" if done else ""
        told.append(("Long work", f"poll {long.get('operation')}{ready}."))
    check = mapping(raw.get("x-outcome-check"))
    if check:
        how = "is gone from" if check.get("gone") else "shows in"
        told.append(("Lost answer", f"the call {how} {check.get('operation')} ({check.get('certainty')})."))
    told += [
        (str(key).removeprefix("x-"), plain(value))
        for key, value in raw.items()
        if str(key).startswith("x-") and key not in _TOLD
    ]
    if mapping(raw.get("callbacks")):
        told.append(("Callbacks", ", ".join(map(str, raw["callbacks"]))))
    return told


def csv_columns(raw: Any) -> list[tuple[str, list[tuple[str, bool, str]]]]:
    titles = {"request": "Columns of the file that is sent", "response": "Columns of the file that comes back"}
    found = []
    for key, columns in mapping(raw).items():
        rows = [
            (str(part.get("name")), part.get("required") is True, str(part.get("description") or ""))
            for part in map(mapping, columns if isinstance(columns, list) else ())
        ]
        found.append((titles.get(str(key), str(key)), rows))
    return found
