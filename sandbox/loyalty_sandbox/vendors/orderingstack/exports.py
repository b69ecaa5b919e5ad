"""Exports of accounts and of their contact data as CSV (OC-30)."""

from __future__ import annotations

import csv
import io

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import staff_tenant, tenant_of
from .accounts import shown_accounts
from .base import orderingstack
from .lists import selected

_CONTACT = ("id", "firstName", "lastName", "phone", "email")
_ACCOUNT = (
    *("id", "card", "mgm", "segment", "firstName", "lastName", "phone", "email", "birthdate", "created", "lastEvent"),
    *("lastLogged", "lastOrder", "tags", "importantTags", "venues", "coupons", "properties", "counters", "campaigns"),
)


@orderingstack.operation("export")
def export_accounts(state: State, request: Request) -> Reply:
    """Export the accounts that match, whatever range the filter names."""
    return _export(state, tenant_of(request), request, _ACCOUNT)


@orderingstack.operation("contactExport")
def export_contacts(state: State, request: Request) -> Reply:
    """Export name, telephone and e-mail of the accounts that match, whatever range the filter names."""
    return _export(state, staff_tenant(request), request, _CONTACT)


def _export(state: State, tenant: str, request: Request, columns: tuple[str, ...]) -> Reply:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for account in selected(shown_accounts(state, tenant), request.query["filter"]):
        writer.writerow([_cell(_member(account, name)) for name in columns])
    return Reply(text.getvalue().encode(), media_type="application/octet-stream")


def _member(account: Document, name: str) -> JSON:
    value: JSON = account[name] if name in account else account["header"].get(name)
    return value


def _cell(value: JSON) -> str:
    """Write lists with `;` between their items, and maps as `key=value`."""
    if isinstance(value, dict):
        return ";".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, list):
        return ";".join(f"{item['id']}={item['state']}" if isinstance(item, dict) else str(item) for item in value)
    return "" if value is None else str(value)
