"""Pepper: checkins."""

from __future__ import annotations

import pytest

from loyalty_runtime import ConflictError, NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, LOCATION
from pepper_client import Pepper
from tests.sandbox.serving import Sandbox


def test_without_a_photo_nobody_checks_in(ada: Pepper) -> None:
    """The page names the 422."""
    ada.users.update(ADA, photo="")
    with pytest.raises(UnprocessableEntityError):
        ada.checkins.create_for_user(ADA, location_id=LOCATION)
    assert [] == list(ada.checkins.list_for_user(ADA))


def test_checking_in_twice_at_a_location_conflicts(ada: Pepper) -> None:
    """The second time is a 409."""
    made = ada.checkins.create_for_user(ADA, location_id=LOCATION, type_="MANUAL", trigger="GEO")
    assert ("Ada Lovelace", "Example Café Soho", "MANUAL", "GEO") == (
        made.user_full_name,
        made.location_title,
        made.type_,
        made.trigger,
    )
    with pytest.raises(ConflictError) as refused:
        ada.checkins.create_for_user(ADA, location_id=LOCATION)
    assert "Conflict" == refused.value.body.code


def test_a_checkin_elsewhere_ends_the_old_one(ada: Pepper, admin: Pepper) -> None:
    """A user is at one location at a time."""
    other = admin.locations.create(title="Elsewhere", geo=[0.0, 51.0]).id
    ada.checkins.create_for_user(ADA, location_id=LOCATION)
    ada.checkins.create({"locationId": other})
    assert [other] == [checkin.location_id for checkin in ada.checkins.list_for_user(ADA)]
    assert [0, 1] == [len(admin.locations.list_checkins(place)["checkins"]) for place in (LOCATION, other)]
    assert other == admin.users.get(ADA, include=["checkin"]).checkin.location_id


def test_checkins_end_after_30_minutes(sandbox: Sandbox, ada: Pepper) -> None:
    """A change in between does not prolong them."""
    made = ada.checkins.create_for_user(ADA, location_id=LOCATION)
    sandbox.advance(minutes=29)
    assert "CFD" == ada.checkins.update(made.id, {"type": "CFD"})["type"]
    sandbox.advance(seconds=59)
    assert 1 == ada.checkins.list()["summary"]["total"]
    sandbox.advance(seconds=1)
    assert 0 == ada.checkins.list()["summary"]["total"]
    with pytest.raises(NotFoundError):
        ada.checkins.update(made.id, {"type": "CFD"})
    ada.checkins.create_for_user(ADA, location_id=LOCATION)


def test_checkins_come_in_numbered_pages(admin: Pepper) -> None:
    """`per_page` and `page` cut the list of a location, `summary` counts."""
    for user_id in (ADA, ADMIN):
        admin.checkins.create_for_user(user_id, location_id=LOCATION)
    pages = [admin.locations.list_checkins(LOCATION, per_page=1, page=number) for number in (1, 2, 3)]
    assert [[ADA], [ADMIN], []] == [[checkin["userId"] for checkin in page["checkins"]] for page in pages]
    assert {"count": 1, "total": 2, "page": 2, "per_page": 1} == pages[1]["summary"]


def test_unknown_locations_choices_and_others(ada: Pepper) -> None:
    """A place that is not there and a choice that does not exist are 422, another user's checkins 403."""
    for body in ({}, {"locationId": "0" * 24}, {"locationId": LOCATION, "type": "NONE"}):
        with pytest.raises(UnprocessableEntityError):
            ada.checkins.create(body)
    with pytest.raises(PermissionDeniedError):
        ada.checkins.create_for_user(ADMIN, location_id=LOCATION)
