"""Pepper: actions and their export."""

from __future__ import annotations

import csv
import datetime
import io

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.seed import ACTION, ADA, ADMIN, LOCATION
from pepper_client import Pepper
from tests.sandbox.serving import Sandbox

START = datetime.datetime(2030, 5, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def history(sandbox: Sandbox) -> None:
    """Record three orders, a day apart, from the 1st of May 2030 at noon."""
    sandbox.admin("POST", "clock", {"now": START.isoformat()})
    for payment, place in (("CASH", {}), ("CARD", {"locationId": LOCATION}), ("CASH", {"locationId": LOCATION})):
        metadata = {"paymentType": payment, "total": 4.5}
        sandbox.admin(
            "POST",
            "hooks/pepper/action",
            {"type": "ORDER_COMPLETED", "userId": ADA, "metadata": metadata, **place},
        )
        sandbox.advance(days=1)


def count(client: Pepper, **filters: object) -> int:
    """Count the orders that a list gives."""
    return sum(action.type_ == "ORDER_COMPLETED" for action in client.actions.list(**filters))  # type: ignore[arg-type]


@pytest.mark.usefixtures("history")
def test_filters_of_actions(admin: Pepper) -> None:
    """The families of parameters narrow by time, type and payment."""
    day = datetime.timedelta(days=1)
    assert 3 == count(admin)
    assert 2 == count(admin, when_timestamp_gt=START)
    assert 2 == count(admin, when_timestamp_lte=START + day)
    assert 1 == count(admin, when_timestamp_gt=START, when_timestamp_lte=START + day)
    assert 1 == count(admin, payment_type=["CARD"])
    assert 2 == count(admin, payment_type_nin=["CARD"])
    assert 0 == count(admin, type_nin=["ORDER_COMPLETED"])
    assert 3 == count(admin, type_in=["ORDER_COMPLETED", "NOOP"])
    assert 2 == count(admin, location_id=f"{LOCATION},{'0' * 24}")
    assert (3, 0) == (count(admin, credential_id="ada@example.com"), count(admin, credential_id="admin@example.com"))


@pytest.mark.usefixtures("history")
def test_actions_come_newest_first_with_their_context(admin: Pepper, ada: Pepper) -> None:
    """An action says who did what where and when."""
    actions = list(ada.actions.list_for_user(ADA, limit=2))
    times = [action.when.timestamp for action in actions]
    assert sorted(times, reverse=True) == times
    newest = actions[0]
    assert ("Ada Lovelace", "Example Café Soho", 5, 3, "LUNCH") == (
        newest.context.user.name,
        newest.context.location.title,
        newest.when.monthofyear,
        newest.when.dayofmonth,
        newest.when.daypart,
    )
    assert 2 == sum(action.type_ == "ORDER_COMPLETED" for action in admin.actions.list_for_location(LOCATION))


def test_an_action_is_read_by_its_users(admin: Pepper, ada: Pepper) -> None:
    """Others get 403, and unknown ones 404."""
    assert "CHECKIN" == ada.actions.get(ACTION).type_
    ada.users.update(ADA, first_name="Augusta")
    changed = admin.actions.list_for_user(ADA).first_page().items[0]
    assert "USER_CHANGED" == changed.type_
    admin.users.update(ADMIN, first_name="Changed")
    foreign = admin.actions.list_for_user(ADMIN).first_page().items[0].to_dict()["_id"]
    with pytest.raises(PermissionDeniedError):
        ada.actions.get(foreign)
    with pytest.raises(NotFoundError):
        admin.actions.get("0" * 24)


@pytest.mark.usefixtures("history")
def test_an_export_ends_in_a_file(sandbox: Sandbox, admin: Pepper) -> None:
    """It progresses with the clock; the last day counts to its end; a limit cuts."""
    job = admin.actions.export(from_="2030-05-01", to="2030-05-02", types=["ORDER_COMPLETED"])
    assert "PENDING" == job.status
    sandbox.advance(seconds=1)
    assert ("IN_PROGRESS", {"total": 2, "processed": 1}) == (job.refresh().status, job.reply.metadata)
    sandbox.advance(seconds=1)
    assert job.refresh().done
    file_id = str(job.result).rpartition("/")[2]
    rows = list(csv.DictReader(io.StringIO(admin.actions.download_export(file_id))))
    assert [("", "Ada Lovelace"), (LOCATION, "Ada Lovelace")] == [(row["locationId"], row["userName"]) for row in rows]
    assert '{"paymentType":"CARD","total":4.5}' == rows[1]["metadata"]
    limited = admin.actions.export(from_="2030-05-01", to="2030-05-09", types=["ORDER_COMPLETED"], limit=1)
    sandbox.advance(seconds=2)
    assert {"total": 1, "processed": 1} == limited.refresh().reply.metadata


def test_an_export_needs_a_time(admin: Pepper) -> None:
    """What is no time, or ends before it begins, is 422."""
    for start, end in (("yesterday", "2030-05-01"), ("2030-05-02", "2030-05-01")):
        with pytest.raises(UnprocessableEntityError):
            admin.actions.export(from_=start, to=end, types=["NOOP"])
