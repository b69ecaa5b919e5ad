"""Events, and the relations between accounts that one kind of them makes."""

from __future__ import annotations

from ...clock import iso, parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...problems import SandboxError
from ...state import State
from .access import is_staff, tenant_of
from .base import orderingstack
from .errors import bad_request, failure
from .flow import account_changed

MIRRORED = {"INVITED_BY": "INVITED", "INVITED": "INVITED_BY", "FRIEND": "FRIEND", "UNKNOWN": "UNKNOWN"}  # OC-27


@orderingstack.operation("postEvent")
def post_events(state: State, request: Request) -> Reply:
    """Take events, all of them or none (OC-26)."""
    events = request.body if isinstance(request.body, list) else []
    kept = [_take(state, request, event) for event in events]
    return Reply({"accepted": len(kept), "events": kept})


def _take(state: State, request: Request, event: Document) -> Document:
    account = _subject(state, request, event)
    at = _time(state, event)
    account["header"]["lastEvent"] = at
    consents = event.get("consents")
    if isinstance(consents, dict) and consents.get("scope") == "ACCOUNT":
        account["consents"] = consents
    kinds: tuple[object, ...] = tuple(MIRRORED)
    is_relation = event.get("type") in kinds and isinstance(event.get("id"), str)
    if is_relation:
        _relate(state, account, event, at)
    account_changed(state, account)
    number = state.next_guid("event", prefix=0xE)
    kind = "RELATION" if is_relation else "OTHER"
    kept = {"tenant": account["tenant"], "account": account["id"], "kind": kind, "at": at, "event": event}
    state.collection("events").put(number, {"id": number, **kept})
    return {"id": number, "account": account["id"], "kind": kind, "at": at}


def _relate(state: State, account: Document, event: Document, at: str) -> None:
    """Write a relation, and its mirror image on the other account unless the event forbids that (OC-27)."""
    if event["id"] == account["id"]:
        raise bad_request("An account cannot have a relation to itself.")
    _set_relation(account, event["id"], event["type"], at)
    if event.get("doNotProcessSymmetry"):
        return
    other = state.collection("accounts").get(f"{account['tenant']}/{event['id']}")
    if other is None:
        raise bad_request(f"There is no account {event['id'][:80]!r} to mirror the relation on.")
    _set_relation(other, account["id"], MIRRORED[event["type"]], at)
    account_changed(state, other)


def _set_relation(account: Document, other_id: str, kind: str, at: str) -> None:
    others = [each for each in account["relations"] if (each["id"], each["type"]) != (other_id, kind)]
    account["relations"] = [*others, {"id": other_id, "at": at, "type": kind}]


def _subject(state: State, request: Request, event: Document) -> Document:
    """Find whom an event is about: by account, else by card, else the caller's own account (O-20)."""
    tenant, accounts = tenant_of(request), state.collection("accounts")
    own = request.claims.get("account")
    if "account" in event:
        found = accounts.get(f"{tenant}/{event['account']}")
    elif "card" in event:
        found = accounts.first(tenant=tenant, card=event["card"]) if isinstance(event["card"], str) else None
    else:
        found = accounts.get(f"{tenant}/{own}") if own else None
    if not is_staff(request) and (found is None or found["id"] != own):
        raise failure(403, "forbidden", "A customer can only report events of the own account.")  # OC-06
    if found is None:
        raise bad_request("An event names no account of the tenant, by account or by card.")
    return found


def _time(state: State, event: Document) -> str:
    try:
        return iso(parse_time(str(event["ts"]))) if "ts" in event else state.timestamp
    except (SandboxError, ValueError) as error:
        raise bad_request("ts: is not a time.") from error
