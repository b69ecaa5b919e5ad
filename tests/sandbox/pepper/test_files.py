"""Pepper: imports and exports that progress and end in a CSV file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from loyalty_runtime import File, JobFailedError, NotFoundError, UnprocessableEntityError
from loyalty_runtime.jobs import Job
from loyalty_sandbox.vendors.pepper.seed import ADA, AWARD, BOUNDARY, LOCATION, PERK, SEGMENT
from pepper_client import Pepper
from pepper_client.models import Operation
from tests.sandbox.pepper.test_awards import kinds, perk_of, points
from tests.sandbox.serving import Sandbox

USERS = "user_first_name,user_last_name,opt_in_marketing"


def upload(*lines: str) -> dict[str, File]:
    """Make the form of an import."""
    return {"file": File("\n".join(lines).encode(), "rows.csv", "text/csv")}


def finish(sandbox: Sandbox, job: Job[Operation, Operation]) -> Job[Operation, Operation]:
    """Let the clock go on until the work is done."""
    sandbox.advance(seconds=2)
    assert job.refresh().done
    return job


def result(job: Job[Operation, Operation], folder: Path) -> list[dict[str, str]]:
    """Download the file that the operation names."""
    path = job.download(folder / f"{job.id}.csv")
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_an_awards_import_progresses_and_tells_every_row(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """It is pending, in progress, done; good rows are granted, bad ones say why."""
    lines = [
        "user_id, perk_id, points",
        f"{ADA}, {PERK}, 3",
        f"{'0' * 24}, {PERK}, 1",
        f"{ADA}, x, 1",
        f"{ADA}, {PERK}, -1",
    ]
    job = admin.awards.import_(upload(*lines), dry_run=False)
    assert ("PENDING", {PERK: 15}) == (job.status, points(admin))
    sandbox.advance(seconds=1)
    assert ("IN_PROGRESS", {"total": 4, "processed": 2}) == (job.refresh().status, job.reply.metadata)
    finish(sandbox, job)
    rows = result(job, tmp_path)
    assert ["ok", "fail", "fail", "fail"] == [row["result"] for row in rows]
    assert ["", "user not found", "perk not found"] == [row["error"] for row in rows][:3]
    assert (AWARD, "18", PERK) == (rows[0]["award_awarded_1"], rows[0]["points_available_1"], rows[0]["perk_awarded_1"])
    assert {PERK: 18} == points(admin)


def test_an_import_is_repeated_by_another_nonce_only(sandbox: Sandbox, admin: Pepper) -> None:
    """The same nonce returns the same operation; a new one grants again."""
    body = upload("user_id,perk_id,points", f"{ADA},{PERK},1")
    jobs = [admin.awards.import_(body, dry_run=False, x_pepper_req_nonce=nonce) for nonce in ("one", "one", "two")]
    assert (jobs[0].id, True) == (jobs[1].id, jobs[0].id != jobs[2].id)
    finish(sandbox, jobs[0])
    assert {PERK: 17} == points(admin)
    again = admin.awards.import_(body, dry_run=False, x_pepper_req_nonce="one")
    assert (jobs[0].id, True) == (again.id, again.done)
    assert {PERK: 17} == points(admin)


@pytest.mark.parametrize("dry", [{}, {"dry_run": True}])
def test_a_dry_run_checks_and_changes_nothing(
    sandbox: Sandbox, admin: Pepper, tmp_path: Path, dry: dict[str, bool]
) -> None:
    """It runs unless `dryRun` is literally false."""
    job = finish(sandbox, admin.awards.import_(upload("user_id,perk_id", f"{ADA},{PERK}", f"x,{PERK}"), **dry))
    assert ["ok", "fail"] == [row["result"] for row in result(job, tmp_path)]
    assert {PERK: 15} == points(admin)


@pytest.mark.parametrize(("suppress", "events"), [(None, 0), (True, 0), (False, 1)])
def test_events_are_suppressed_unless_told_otherwise(
    sandbox: Sandbox, admin: Pepper, suppress: bool | None, events: int
) -> None:
    """Only the literal false emits them."""
    options = {} if suppress is None else {"suppress_events": suppress}
    finish(sandbox, admin.awards.import_(upload("user_id,perk_id", f"{ADA},{PERK}"), dry_run=False, **options))
    assert events == kinds(admin).count("REWARD_EARNED")


def test_awards_by_column(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """Every `perk_<id>` column grants its points; 0 grants nothing."""
    other = perk_of(admin)
    lines = [f"user_id,perk_{PERK},perk_{other}", f"{ADA},5,0", f"{ADA},0,4"]
    rows = result(finish(sandbox, admin.awards.import_(upload(*lines), dry_run=False)), tmp_path)
    assert [(PERK, "20", ""), (other, "4", "")] == [
        (row["perk_awarded_1"], row["points_available_1"], row["perk_awarded_2"]) for row in rows
    ]


def test_users_are_imported_with_perks_points_and_segments(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """A row makes a user as its columns say, and the result has the ids; columns that repeat are one."""
    first, second = (perk_of(admin, title=title) for title in ("First", "Second"))
    header = f"{USERS},dob,email,mobile,perk,perk,points_perk_{PERK},audience,own,line1,city,postalCode,country"
    row = f"Grace,Hopper,TRUE,1985-12-09,grace@example.com,442079460001,{first},{second},4,{SEGMENT},A-1,1 Street,London,W1,GB"
    job = finish(sandbox, admin.users.import_(upload(header, row), dry_run=False, suppress_events=False))
    line = result(job, tmp_path)[0]
    user_id = line["pepper_id"]
    assert ("+442079460001", "1", "A-1", "", f"{first}; {second}") == (
        line["mobile_e164"],
        line["audiences_added"],
        line["own"],
        line["error"],
        line["perk"],
    )
    awards = {award.perk_id: award for award in admin.awards.list(user_id=user_id)}
    assert {PERK: 4, first: 2, second: 2} == {perk: award.points.available for perk, award in awards.items()}
    expected = {f"{perk}.{award.id}={award.points.available}" for perk, award in awards.items()}
    assert expected == set(line["award_ids"].split("; "))
    user = admin.users.get(user_id, include=["segmentIds", "credentials"])
    assert ([SEGMENT], "ACTIVE", "1985-12-09", True, "London") == (
        user.segment_ids,
        user.state,
        user.birthdate,
        user.has_agreed_to_receive_marketing,
        user.addresses[0].to_dict()["address"]["city"],
    )
    assert ["grace@example.com", "+442079460001"] == [credential.id for credential in user.credentials]
    assert {"USER_CREATED", "REWARD_EARNED", "MEMBER_ADDED"} <= set(kinds(admin))


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (",Hopper,TRUE,g@example.com,,,", "user_first_name missing"),
        ("Grace,Hopper,YES,g@example.com,,,", "opt_in_marketing must be TRUE or FALSE"),
        ("Grace,Hopper,TRUE,,,,", "email or mobile missing"),
        ("Grace,Hopper,TRUE,ada@example.com,,,", "ada@example.com is registered already"),
        ("Grace,Hopper,TRUE,g@example.com,12,,", "mobile invalid"),
        ("Grace,Hopper,TRUE,g@example.com,,x,", "perk x not found"),
        ("Grace,Hopper,TRUE,g@example.com,,,1 Street", "city missing; country missing; postalCode missing"),
    ],
)
def test_a_bad_row_creates_nobody(sandbox: Sandbox, admin: Pepper, tmp_path: Path, row: str, error: str) -> None:
    """Its error is in the result, and the next row is done all the same."""
    good = "Good,Row,FALSE,good@example.com,,,"
    job = admin.users.import_(upload(f"{USERS},email,mobile,perk,line1", row, good), dry_run=False)
    rows = result(finish(sandbox, job), tmp_path)
    assert (error, "", "") == (rows[0]["error"], rows[0]["pepper_id"], rows[1]["error"])
    assert [rows[1]["pepper_id"]] == [user.id for user in admin.users.list(role="USER") if user.id != ADA]


def test_the_same_person_twice_in_a_file_is_one_user(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """The second row finds the credential taken."""
    row = "Grace,Hopper,TRUE,grace@example.com"
    rows = result(finish(sandbox, admin.users.import_(upload(f"{USERS},email", row, row), dry_run=False)), tmp_path)
    assert ["", "grace@example.com is registered already"] == [line["error"] for line in rows]


@pytest.mark.parametrize("lines", [[""], ["user_id"], ["user_id,perk_id,perk_x", "a,b,1"], ['user_id,perk_id\n"a']])
def test_a_file_of_another_form_is_refused_at_once(admin: Pepper, lines: list[str]) -> None:
    """No operation is started for it."""
    before = len(list(admin.operations.list()))
    with pytest.raises(UnprocessableEntityError):
        admin.awards.import_(upload(*lines), dry_run=False)
    assert before == len(list(admin.operations.list()))


def test_locations_are_created_and_updated(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """A row matches by `_id`, then by title, else it creates; bad rows say what is wrong, separated by |."""
    lines = [
        "title,geo_longitude,geo_latitude,_id,tags,address.city,services.delivery,zones.0.name,zones.0.tables",
        f'Renamed,-0.1,51.5,{LOCATION},tea|coffee,London,true,Ground floor,"[[1,10]]"',
        "Renamed,-0.2,51.5,,,Leeds,,,",
        "New,-0.3,51.5,,,,,,",
        "Bad,invalid,-100,,,,maybe,,",
    ]
    rows = result(finish(sandbox, admin.locations.import_(upload(*lines), dry_run=False)), tmp_path)
    assert [(LOCATION, "updated"), (LOCATION, "updated")] == [(row["locationId"], row["action"]) for row in rows[:2]]
    assert ("created", "") == (rows[2]["action"], rows[2]["error"])
    expected = "geo_longitude invalid or missing | geo_latitude must be between -90 and 90 | services.delivery must be true or false"
    assert (expected, "") == (rows[3]["error"], rows[3]["locationId"])
    kept = admin.locations.get(LOCATION).to_dict()
    assert ("Renamed", [-0.2, 51.5], ["tea", "coffee"], {"city": "Leeds"}) == (
        kept["title"],
        kept["geo"],
        kept["tags"],
        kept["address"],
    )
    assert {"Ground floor": {"name": "Ground floor", "tables": [[1, 10]]}} == kept["zones"]
    assert {"Renamed", "New"} == {location.title for location in admin.locations.list()}


def test_a_dry_run_of_locations_changes_nothing(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """It finds the location that would be changed."""
    job = admin.locations.import_(upload("title,geo_longitude,geo_latitude", "Example Café Soho,1,2", "New,1,2"))
    rows = result(finish(sandbox, job), tmp_path)
    assert [(LOCATION, ""), ("", "")] == [(row["locationId"], row["action"]) for row in rows]
    assert [[-0.1276, 51.5074]] == [location.geo for location in admin.locations.list()]


def test_an_export_of_locations_can_be_imported(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """The file has the columns of the import, also for zones, links and boundaries, and changes nothing."""
    zones = {"Ground": {"name": "Ground", "tables": [[1, 4]]}}
    links = {"facebook": {"enabled": True, "parameters": "@example"}}
    admin.locations.update(LOCATION, zones=zones, links=links, contacts={"phone": "+442079460000"})
    before = admin.locations.get(LOCATION).to_dict()
    job = finish(sandbox, admin.locations.export())
    path = job.download(tmp_path / "locations.csv")
    row = next(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert ("London", "true", "Ground", "[[1,4]]", "true", "wifi|parking") == (
        row["address.city"],
        row["services.checkins"],
        row["zones.0.name"],
        row["zones.0.tables"],
        row["links.facebook.enabled"],
        row["facilities"],
    )
    again = finish(sandbox, admin.locations.import_({"file": File(path)}, dry_run=False))
    assert ["updated"] == [line["action"] for line in result(again, tmp_path)]
    after = admin.locations.get(LOCATION).to_dict()
    assert {**before, "updated": ""} == {**after, "updated": ""}
    assert [LOCATION] == [each.id for each in admin.locations.list_delivering(lat=51.5074, long=-0.1276).items]
    assert BOUNDARY not in str(sandbox.documents("pepper", "boundaries"))


def test_an_export_of_some_locations(sandbox: Sandbox, admin: Pepper, tmp_path: Path) -> None:
    """A state and a limit narrow it; other filters are not known."""
    for number in range(3):
        admin.locations.create(title=f"New {number}", geo=[0.0, 0.0])
    rows = result(finish(sandbox, admin.locations.export(filters={"state": "PENDING"}, limit=2)), tmp_path)
    assert ["New 0", "New 1"] == [row["title"] for row in rows]
    with pytest.raises(UnprocessableEntityError):
        admin.locations.export(filters={"colour": "red"})


def test_a_client_waits_with_progress(sandbox: Sandbox, admin: Pepper) -> None:
    """Every reply moves the clock here, and the last one has the address of the file."""
    seen: list[str] = []

    def progress(job: Job[Operation, Operation]) -> None:
        seen.append(f"{job.status} {job.reply.metadata['processed']}")  # type: ignore[union-attr, index]
        sandbox.advance(seconds=0.5)

    lines = [f"{ADA},{PERK},1"] * 4
    job = admin.awards.import_(upload("user_id,perk_id,points", *lines), dry_run=False)
    reply = job.wait(progress=progress, poll=0.01, timeout=10)
    assert ["PENDING 0", "IN_PROGRESS 1", "IN_PROGRESS 2", "IN_PROGRESS 3", "DONE 4"] == seen
    assert str(reply.result.href).startswith("/pepper/awards/import/")


def test_an_operation_can_be_made_to_fail(sandbox: Sandbox, admin: Pepper) -> None:
    """A hook ends it with an error, which the client raises."""
    job = admin.awards.import_(upload("user_id,perk_id", f"{ADA},{PERK}"), dry_run=False)
    sandbox.admin("POST", "hooks/pepper/operation-failure", {"operationId": job.id, "message": "Out of coffee"})
    with pytest.raises(JobFailedError):
        job.wait(poll=0.01)
    sandbox.advance(minutes=1)
    assert ("FAILED", {PERK: 15}) == (admin.operations.get(job.id).status, points(admin))


def test_the_pace_can_be_set(sandbox: Sandbox, admin: Pepper) -> None:
    """With 0 seconds an operation is done when it is asked for."""
    sandbox.admin("POST", "hooks/pepper/pace", {"seconds": 0})
    job = admin.awards.import_(upload("user_id,perk_id", f"{ADA},{PERK}"), dry_run=False)
    assert "DONE" == job.refresh().status


def test_files_belong_to_their_folder(sandbox: Sandbox, admin: Pepper) -> None:
    """The id of a file of users is none of awards."""
    job = finish(sandbox, admin.awards.import_(upload("user_id,perk_id", f"{ADA},{PERK}"), dry_run=False))
    file_id = str(job.result).rpartition("/")[2]
    assert admin.awards.download_import_result(file_id).startswith("user_id,perk_id,points,result,")
    with pytest.raises(NotFoundError):
        admin.users.download_import_result(file_id)


def test_an_operation_goes_on_after_a_restore(sandbox: Sandbox, admin: Pepper) -> None:
    """A snapshot holds what is left to do; restored, the rows are granted once, not twice."""
    job = admin.awards.import_(upload("user_id,perk_id,points", *[f"{ADA},{PERK},1"] * 4), dry_run=False)
    sandbox.advance(seconds=1)
    assert "IN_PROGRESS" == job.refresh().status
    sandbox.admin("POST", "snapshots", {"name": "half"})
    finish(sandbox, job)
    sandbox.admin("POST", "restore", {"name": "half"})
    assert {PERK: 17} == points(admin)
    sandbox.advance(seconds=1)
    assert {PERK: 19} == points(admin)
