"""Pepper: segments, their members, daily expiry, members from a file, perks for all of them."""

from __future__ import annotations

import csv
import datetime
import io

import pytest

from loyalty_runtime import File, NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, LOCATION, PERK, SEGMENT
from pepper_client import Pepper
from tests.sandbox.pepper.test_awards import kinds, perk_of
from tests.sandbox.serving import Sandbox

DAY = 86_400


def segment_of(admin: Pepper, kind: str, horizon: float | None = DAY) -> str:
    """Create a segment and return its id."""
    body = {"title": kind.title(), "type": kind, **({} if horizon is None else {"expiryHorizon": horizon})}
    return str(admin.segments.create(body).id)


def members(admin: Pepper, segment: str) -> list[str]:
    """Return the ids of the members."""
    return [str(user.to_dict()["userId"]) for user in admin.segments.list_users(segment)]


def rows_of(sandbox: Sandbox, admin: Pepper, operation_id: str) -> list[dict[str, str]]:
    """Let an operation end and read its file."""
    sandbox.advance(seconds=2)
    operation = admin.operations.get(operation_id)
    assert "DONE" == operation.status
    return list(
        csv.DictReader(io.StringIO(admin.segments.download_import_result(operation.result.href.rpartition("/")[2])))
    )


def test_segments_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, listed with counts, changed, deleted with all memberships; for administrators."""
    segment = segment_of(admin, "PERSISTENT")
    admin.segments.add_users(segment, [ADA, ADMIN])
    assert {SEGMENT: 0, segment: 2} == {one.id: one.count for one in admin.segments.list(include=["count"])}
    assert "Friends" == admin.segments.update(segment, title="Friends").title
    assert ("Friends", DAY) == (admin.segments.get(segment).title, admin.segments.get(segment).expiry_horizon)
    assert [segment] == admin.users.get(ADA, include=["segmentIds"]).segment_ids
    with pytest.warns(DeprecationWarning):
        assert ["Friends"] == [one.title for one in ada.segments.list_for_user(ADA)]
    admin.segments.delete(segment)
    assert [] == admin.users.get(ADA, include=["segmentIds"]).segment_ids
    with pytest.raises(NotFoundError):
        admin.segments.get(segment)
    with pytest.raises(PermissionDeniedError):
        ada.segments.list().first_page()
    with pytest.raises(UnprocessableEntityError):
        admin.segments.update(SEGMENT, expiry_horizon=-1)


def test_members_come_and_go(admin: Pepper) -> None:
    """Only changes are counted, and recorded; a stranger can leave, an unknown user cannot join."""
    before = len(kinds(admin))
    assert (2, 0) == (
        admin.segments.add_users(SEGMENT, [ADA, ADMIN, ADA]).added,
        admin.segments.add_users(SEGMENT, [ADA]).added,
    )
    shown = next(iter(admin.segments.list_users(SEGMENT, expand=["fullName", "state"]))).to_dict()
    assert {"userId": ADA, "fullName": "Ada Lovelace", "state": "ACTIVE"} == shown
    assert (1, 0) == (
        admin.segments.remove_users(SEGMENT, [ADA]).removed,
        admin.segments.remove_users(SEGMENT, [ADA]).removed,
    )
    assert ["MEMBER_REMOVED", "MEMBER_ADDED", "MEMBER_ADDED"] == kinds(admin)[: len(kinds(admin)) - before]
    with pytest.raises(UnprocessableEntityError):
        admin.segments.add_users(SEGMENT, ["0" * 24, ADA])
    assert [ADMIN] == members(admin, SEGMENT)
    with pytest.raises(UnprocessableEntityError):
        admin.segments.list_users(SEGMENT, expand=["password"]).first_page()


def test_a_call_takes_100_users(sandbox: Sandbox) -> None:
    """One more is 422, to add and to remove; the client refuses it before."""
    headers = {"x-application-id": APPLICATION, "Authorization": f"Token {ADMIN_TOKEN}", "x-api-version": "9"}
    client = sandbox.client("pepper", headers=headers)
    for number, status in ((100, 200), (101, 422)):
        for method in ("POST", "DELETE"):
            answer = client.request(method, f"/segments/{SEGMENT}/users", json=[ADA] * number)
            assert status == answer.status_code, answer.text


def test_memberships_end_once_a_day(sandbox: Sandbox, admin: Pepper) -> None:
    """At noon for half a day: SCHEDULED and ROLLING end with the next day, not before; PERSISTENT and without horizon never."""
    sandbox.admin("POST", "clock", {"now": "2026-06-01T06:00:00Z"})
    ending = [segment_of(admin, kind, DAY / 2) for kind in ("SCHEDULED", "ROLLING")]
    lasting = [segment_of(admin, "PERSISTENT", DAY / 2), segment_of(admin, "ROLLING", None)]
    for segment in (*ending, *lasting):
        admin.segments.add_users(segment, [ADA])
    sandbox.advance(hours=17)
    assert [[ADA]] * 4 == [members(admin, segment) for segment in (*ending, *lasting)]
    sandbox.advance(hours=1)
    assert [[], [], [ADA], [ADA]] == [members(admin, segment) for segment in (*ending, *lasting)]
    assert 2 == kinds(admin).count("MEMBER_REMOVED")


def test_adding_again_starts_a_rolling_membership_anew(sandbox: Sandbox, admin: Pepper) -> None:
    """A scheduled one goes by the first time."""
    sandbox.admin("POST", "clock", {"now": "2026-06-01T06:00:00Z"})
    segments = [segment_of(admin, kind, 3 * DAY) for kind in ("SCHEDULED", "ROLLING")]
    for added in (1, 0):
        assert [added] * 2 == [admin.segments.add_users(segment, [ADA]).added for segment in segments]
        sandbox.advance(days=2)
    assert [[], [ADA]] == [members(admin, segment) for segment in segments]


def test_members_come_from_a_file(sandbox: Sandbox, admin: Pepper) -> None:
    """Every row has its result; a dry run adds nobody; no action is recorded; the nonce repeats the operation."""
    file = {"file": File(f"user_id\n{ADA}\n{ADMIN}\nnobody\n".encode(), "rows.csv", "text/csv")}
    admin.segments.add_users(SEGMENT, [ADMIN])
    before = kinds(admin)
    dry = admin.segments.import_users(SEGMENT, file)
    wanted = [(ADA, "ok", ""), (ADMIN, "exists", ""), ("nobody", "fail", "user not found")]
    rows = rows_of(sandbox, admin, dry.id)
    assert (wanted, [ADMIN]) == ([tuple(row.values()) for row in rows], members(admin, SEGMENT))
    jobs = [admin.segments.import_users(SEGMENT, file, dry_run=False, x_pepper_req_nonce="nonce-1") for _ in range(2)]
    assert jobs[0].id == jobs[1].id
    assert wanted == [tuple(row.values()) for row in rows_of(sandbox, admin, jobs[0].id)]
    assert ([ADMIN, ADA], before) == (members(admin, SEGMENT), kinds(admin))
    with pytest.raises(UnprocessableEntityError):
        admin.segments.import_users(SEGMENT, {"file": File(b"email\na@example.com\n", "rows.csv", "text/csv")})


def test_an_import_can_date_the_end(sandbox: Sandbox, admin: Pepper) -> None:
    """The date counts for new members, and for old ones of ROLLING segments only."""
    sandbox.admin("POST", "clock", {"now": "2026-06-01T06:00:00Z"})
    scheduled, rolling = (segment_of(admin, kind, 2 * DAY) for kind in ("SCHEDULED", "ROLLING"))
    file = {"file": File(f"user_id\n{ADA}\n{ADMIN}\n".encode(), "rows.csv", "text/csv")}
    date = datetime.datetime(2026, 6, 20, tzinfo=datetime.UTC)
    for segment in (scheduled, rolling):
        admin.segments.add_users(segment, [ADA])
        admin.segments.import_users(segment, file, expiry_date=date, dry_run=False)
    sandbox.advance(days=10)
    assert [[ADMIN], [ADA, ADMIN]] == [members(admin, segment) for segment in (scheduled, rolling)]
    sandbox.advance(days=10)
    assert [[], []] == [members(admin, segment) for segment in (scheduled, rolling)]


def test_a_perk_is_granted_to_those_who_do_not_have_it(sandbox: Sandbox, admin: Pepper) -> None:
    """Ada has the perk and keeps her points; the other gets it, and the second time nobody does."""
    admin.segments.add_users(SEGMENT, [ADA, ADMIN])
    for result in ("ok", "exists"):
        rows = rows_of(sandbox, admin, admin.segments.grant_perk(SEGMENT, perk_id=PERK, points=7).id)
        assert [(ADA, "exists"), (ADMIN, result)] == [(row["user_id"], row["result"]) for row in rows]
    granted = {award.user_id: award.points.available for award in admin.awards.list()}
    assert {ADA: 15, ADMIN: 7} == granted
    for refused in ({}, {"perk_id": LOCATION}, {"perk_id": perk_of(admin, enabled=False)}):
        with pytest.raises(UnprocessableEntityError):
            admin.segments.grant_perk(SEGMENT, **refused)
