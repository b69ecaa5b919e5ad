"""Events and relations."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from loyalty_sandbox.vendors.orderingstack.base import TENANT
from orderingstack_client import OrderingStack
from orderingstack_client.errors import BadRequestError, PermissionDeniedError
from orderingstack_client.models import OtherEvent, RelationEvent, RelationType
from tests.sandbox.serving import Sandbox

Connect = Callable[..., OrderingStack]


def relations(client: OrderingStack, account: str) -> list[tuple[str, str]]:
    """Return the relations of an account as other account and kind."""
    return [(each["id"], each["type"]) for each in client.account.get(account).to_dict()["relations"]]


@pytest.mark.parametrize(
    ("kind", "mirrored"),
    [("INVITED_BY", "INVITED"), ("INVITED", "INVITED_BY"), ("FRIEND", "FRIEND"), ("UNKNOWN", "UNKNOWN")],
)
def test_a_relation_is_mirrored(operator: OrderingStack, kind: str, mirrored: str) -> None:
    """The other account gets its side of it (OC-27)."""
    operator.event.create([RelationEvent(account="account-0001", type_=RelationType(kind), id="account-0002")])
    assert [("account-0002", kind)] == relations(operator, "account-0001")
    assert [("account-0001", mirrored)] == relations(operator, "account-0002")


def test_symmetry_can_be_forbidden(operator: OrderingStack) -> None:
    """Then the other account is left alone, and need not even exist."""
    for other in ("account-0002", "account-9999"):
        event = RelationEvent(account="account-0001", type_=RelationType.FRIEND, id=other, do_not_process_symmetry=True)
        operator.event.create([event])
    assert [("account-0002", "FRIEND"), ("account-9999", "FRIEND")] == relations(operator, "account-0001")
    assert [] == relations(operator, "account-0002")


def test_the_same_relation_is_kept_once(operator: OrderingStack) -> None:
    """A repeat moves its time; another kind is another relation."""
    at = datetime.datetime(2026, 5, 1, 8, tzinfo=datetime.UTC)
    friend = RelationEvent(account="account-0001", type_=RelationType.FRIEND, id="account-0002")
    operator.event.create([friend, friend])
    operator.event.create([RelationEvent(account="account-0001", type_=RelationType.FRIEND, id="account-0002", ts=at)])
    operator.event.create([RelationEvent(account="account-0001", type_=RelationType.INVITED, id="account-0002")])
    found = operator.account.get("account-0001").relations
    assert isinstance(found, list)
    assert [("FRIEND", at), ("INVITED", True)] == [
        (each.type_, each.at if each.type_ == "FRIEND" else isinstance(each.at, datetime.datetime)) for each in found
    ]


def test_events_of_other_kinds_are_kept(operator: OrderingStack, sandbox: Sandbox) -> None:
    """They move `lastEvent`, may bring consents, and are stored as they came."""
    events = [
        OtherEvent.from_dict({"card": "card-0002", "points": 3, "ts": "2026-05-01T08:00:00+02:00"}),
        OtherEvent.from_dict({"account": "account-0001", "type": "PURCHASE", "id": "order-1"}),
        OtherEvent.from_dict(
            {"account": "account-0001", "consents": {"scope": "ACCOUNT", "consents": {"newsletter": "true"}}}
        ),
        OtherEvent.from_dict(
            {
                "account": "account-0002",
                "consents": {"scope": "TRANSACTION", "transaction": "t-1", "consents": {"terms": "true"}},
            }
        ),
    ]
    answer = operator.event.create(events)  # type: ignore[arg-type]
    assert (4, ["OTHER"] * 4) == (answer["accepted"], [each["kind"] for each in answer["events"]])
    assert "2026-05-01T06:00:00Z" == answer["events"][0]["at"]
    ada, grace = (operator.account.get(f"account-000{number}").to_dict() for number in (1, 2))
    assert ({"scope": "ACCOUNT", "consents": {"newsletter": "true"}}, False) == (ada["consents"], "consents" in grace)
    assert [each.to_dict() for each in events] == [
        each["event"] for each in sandbox.documents("orderingstack", "events")
    ]


def test_all_events_of_a_call_are_taken_or_none(operator: OrderingStack, sandbox: Sandbox) -> None:
    """An unknown account, a relation to oneself or an unreadable time undoes the call (OC-26)."""
    good = {"account": "account-0001", "type": "FRIEND", "id": "account-0002"}
    for bad in (
        {"account": "account-9999"},
        {"card": "card-9999"},
        {},
        {"account": "account-0001", "type": "FRIEND", "id": "account-0001"},
        {"account": "account-0001", "type": "FRIEND", "id": "account-9999"},
        {"account": "account-0001", "ts": "2016-12-31T23:59:60Z"},
        {"account": "no"},
    ):
        with pytest.raises(BadRequestError):
            operator.request("POST", "/loyalty-api/api/events", json=[good, bad])
    assert [] == relations(operator, "account-0001")
    assert [] == sandbox.documents("orderingstack", "events")


def test_customers_speak_for_themselves(ada: OrderingStack, operator: OrderingStack) -> None:
    """Without a name an event is about the caller's account (O-20); about others only the staff speaks."""
    ada.event.create([RelationEvent(type_=RelationType.INVITED_BY, id="account-0002")])
    assert [("account-0001", "INVITED")] == relations(operator, "account-0002")
    with pytest.raises(PermissionDeniedError):
        ada.event.create([RelationEvent(account="account-0002", type_=RelationType.FRIEND, id="account-0001")])


def test_a_service_reports_by_card(connect: Connect) -> None:
    """As a till does."""
    answer = connect().event.create(
        [RelationEvent(card="card-0001", type_=RelationType.FRIEND, id="account-0002")], x_tenant=TENANT
    )
    assert "account-0001" == answer["events"][0]["account"]
