"""A program as an integrator writes it; type checkers read it, nothing runs it.

Each wrong line carries an ignore comment: both checkers report an ignore that ignores nothing, so every one of them proves a refusal.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import stampede_models

import loyalty_runtime
import stampede_client
import stampede_client.models
from loyalty_runtime import CallOptions, MisfitError, Response
from loyalty_runtime.types import Unset
from orderingstack_client import OrderingStack
from orderingstack_client.models import OtherEvent
from pepper_client import AsyncPepper, Pepper
from pepper_client.models import CsvUpload, Location, Perk
from stampede_client import AsyncStampede, Stampede
from stampede_client.models import DealResult, Guest, GuestDetails, NewDeal, NewGuest
from stamps_client import Stamps


def right() -> None:
    """Arguments and results are typed."""
    with Stampede(client_id="id", client_secret="secret", base_url="https://example.com") as stampede:
        for guest in stampede.guests.list(search="ada"):
            assert_type(guest, Guest)
            assert_type(guest.user_profile.email, str)
        assert_type(stampede.deals.create(name="10%_OFF", cash_value_amount=1000), DealResult)
        assert_type(stampede.deals.create(NewDeal(name="10%_OFF")), DealResult)
        assert_type(stampede.deals.create({"name": "10%_OFF"}), DealResult)
        assert_type(stampede.with_raw_response.guests.get("guest-id"), Response[GuestDetails])
        assert_type(stampede.with_raw_response.guests.get("guest-id").status, int)
        assert_type(
            stampede.with_options(timeout=5).guests.get("guest-id", options=CallOptions(max_retries=0)), GuestDetails
        )
    for perk in Pepper.from_env().perks.list():
        assert_type(perk, Perk)


def daily(pepper: Pepper, orderingstack: OrderingStack, stampede: Stampede, stamps: Stamps) -> None:
    """Plain text stands for enums, mappings for models, any sequence for lists, paths and bytes for files."""
    user = pepper.users.get("user-1")
    assert_type(user.id, str)
    assert_type(user.first_name, str | None)
    print((user.first_name or "").upper(), "firstName" in user)
    del user.first_name
    events = [OtherEvent(account="account-1"), OtherEvent.from_dict({"card": "card-1"})]
    orderingstack.event.create(events)
    orderingstack.event.create(({"account": "account-1"}, *events))
    stampede.guests.create(email="ada@example.com", privacy={"data": True}, gender="f")
    NewGuest(email="ada@example.com", privacy={"data": True}, gender="f")
    CsvUpload(file=b"id\n1\n")
    CsvUpload(file=Path("users.csv"))
    confidence: Mapping[str, str] = Guest.CONFIDENCE
    print(confidence)
    try:
        print(stamps.awards.add({"user": "a", "store": 1, "number_of_stamps": 1}).customer.stamps)
    except MisfitError as error:
        print(error.model, error.member, error.value)


async def right_too() -> None:
    """The asynchronous twin has the same names."""
    async with AsyncStampede.from_env() as stampede:
        async for guest in stampede.guests.list():
            assert_type(guest, Guest)
        assert_type(await stampede.deals.create(name="10%_OFF"), DealResult)
        assert_type(await stampede.with_raw_response.guests.get("guest-id"), Response[GuestDetails])
    async for location in AsyncPepper.from_env().locations.list():
        assert_type(location, Location)


def wrong(stampede: Stampede, stamps: Stamps, pepper: Pepper, orderingstack: OrderingStack) -> None:
    """Wrong arguments are refused before anything runs."""
    stampede.guests.list(search=1)  # type: ignore[arg-type]
    stampede.guests.list(find="ada")  # type: ignore[call-arg]
    stampede.deals.create(cash_value_amount=1000)  # type: ignore[call-overload]
    stampede.deals.create(name="x", cash_value_amount="1")  # type: ignore[call-overload]
    stampede.guests.get()  # type: ignore[call-arg]
    stampede.rewards  # type: ignore[attr-defined]
    stamps.awards.add(user="a", store="1", number_of_stamps=1)  # type: ignore[call-overload]
    pepper.locations.get(1)  # type: ignore[arg-type]
    orderingstack.campaign.delete()  # type: ignore[call-arg]
    number: int = stampede.guests.get("guest-id").id  # type: ignore[assignment]
    absent: Unset = number  # type: ignore[assignment]
    del absent
    pepper.users.get("user-1").first_name.upper()  # type: ignore[union-attr]
    pepper.users.get("user-1").frist_name  # type: ignore[attr-defined]
    NewGuest(email="ada@example.com")  # type: ignore[call-arg]
    loyalty_runtime.CallOption  # type: ignore[attr-defined]
    stampede_client.Stampeed  # type: ignore[attr-defined]
    stampede_client.models.Gust  # type: ignore[attr-defined]
    stampede_models.Gust  # type: ignore[attr-defined]
