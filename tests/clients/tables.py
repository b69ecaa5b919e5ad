"""The tables of all vendors, and the marks that run a test over them."""

from __future__ import annotations

import pytest

from tests.clients.vendors import CLIENTS

SYNC_AND_ASYNC = (False, True)
ROWS = {client.slug: client.rows for client in CLIENTS}

every_client = pytest.mark.parametrize("client", CLIENTS, ids=[client.slug for client in CLIENTS])
every_row = pytest.mark.parametrize(
    ("client", "row"),
    [pytest.param(client, row, id=f"{client}-{row.operation}") for client in CLIENTS for row in client.rows.values()],
)
sync_and_async = pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
