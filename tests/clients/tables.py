"""The tables of all vendors, and the marks that run a test over them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients.rows import Row
from tests.clients.vendors import CLIENTS

SYNC_AND_ASYNC = (False, True)
ROWS = {client.slug: client.rows for client in CLIENTS}

every_client = pytest.mark.parametrize("client", CLIENTS, ids=[client.slug for client in CLIENTS])
sync_and_async = pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])


def rows_where(wanted: Callable[[Row], bool]) -> pytest.MarkDecorator:
    """Parametrise a test over (client, row) of the rows that are wanted."""
    found = [(client, row) for client in CLIENTS for row in client.rows.values() if wanted(row)]
    return pytest.mark.parametrize(("client", "row"), found, ids=[f"{client}-{row.operation}" for client, row in found])


every_row = rows_where(lambda row: True)
