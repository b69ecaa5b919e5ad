"""The requests of Pepper, derived from `docs/evidence/pepper-operations.yaml`.

143 of the 172 pairs of method and path are inferred: those rows prove that the client sends what the evidence deduces, not that the vendor takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.clients.evidence import Builder, Entry, families, read_evidence, read_exceptions, read_names
from tests.clients.vendors import BASIC

HERE = Path(__file__).parent
NAMES = read_names(HERE / "names.yaml")
BUILDER = Builder(NAMES, read_exceptions(HERE / "exceptions.yaml"))
PLACES = {"path": "path_params", "query": "query_params", "header": "header_params"}


def parameters(entry: Entry) -> Iterator[Entry]:
    """Return the parameters the page lists, families of filters taken apart."""
    renamed = BUILDER.exceptions.renamed.get(entry["title"], {})
    for place, key in PLACES.items():
        for item in entry[key]:
            name = renamed["to"] if item["name"] == renamed.get("from") else item["name"]
            yield from families({**BUILDER.exceptions.type_of(entry["title"], {**item, "name": name}), "in": place})


def headers(entry: Entry) -> dict[str, str]:
    """Return the headers of an operation that does not take a token."""
    return {"authorization": BASIC} if entry["security"] == ["basic"] else {}


ROWS = [BUILDER.row(entry["title"], entry, parameters(entry), headers(entry)) for entry in read_evidence("pepper")]
