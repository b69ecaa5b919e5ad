"""Reconciling says which inferred methods and paths were right, what is right where they were wrong, and what to do next."""

from __future__ import annotations

import copy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.common.names import call_of, known_id
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.reconcile.__main__ import main
from scripts.reconcile.plan import make_plan
from scripts.spec.effective import make_effective
from scripts.spec.grades import load_grades
from scripts.spec.provenance import check_hashes, hash_file
from scripts.spec.structure import find_faults

PROVENANCE = """\
vendor = "acme"
kind = "downloaded"
title = "Artificial Loyalty API"
documentation = "https://docs.example.com/api"
download = "https://docs.example.com/openapi.json"
retrieved = 2026-02-03
reviewed = 2026-01-02
terms = "none known"
operations = 6

[sha256]
"""

EXPECTED = Path(__file__).with_name("expected_report.md")
# Reconciles, and is killed before the write of this number.
KILLED = """
import os, pathlib, signal, sys
from scripts.reconcile.__main__ import main
left, replace = int(sys.argv[2]), pathlib.Path.replace
def counted(*given):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return replace(*given)
pathlib.Path.replace = counted
main(["acme", "--apply", "--no-check"], root=pathlib.Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""

OVERLAY_HEAD = {
    "overlay": "1.1.0",
    "info": {"title": "Corrections", "version": "1"},
    "extends": "../../specs/acme/openapi.yaml",
}


def operation(
    identifier: str | None,
    summary: str,
    *,
    query: tuple[str, ...] = (),
    grade: str = "inferred",
    tag: str = "members",
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Write one operation; without an identifier it has none."""
    written: dict[str, Any] = {"operationId": identifier} if identifier else {}
    written |= {"summary": summary, "tags": [tag]}
    if grade:
        written["x-provenance"] = {"method": grade, "path": grade, "confidence": "low", "source": "a page"}
    written |= extra or {}
    if query:
        written["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in query]
    written["responses"] = {"200": {"description": "Done."}}
    return written


def document(paths: dict[str, Any], *, server: str = "https://api.example.com") -> dict[str, Any]:
    """Write one OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Artificial Loyalty API", "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
    }


TRANSCRIPTION = document(
    {
        "/members": {
            "get": operation(
                "listMembers", "List members", query=("limit",), extra={"x-pagination": {"style": "start-key"}}
            )
        },
        "/members/{memberId}": {
            "get": operation("getMember", "Get a member"),
            "put": operation("updateMember", "Update a member", grade="partial"),
        },
        "/members/{memberId}/award": {
            "post": operation("grantAward", "Grant an award", extra={"x-evidence-ids": ["A-07"]})
        },
        "/coupons/open": {"get": operation("listOpenCoupons", "List open coupons", query=("state",), tag="coupons")},
        "/forgotten": {"delete": operation("purgeEverything", "Purge everything", tag="admin")},
    }
) | {"x-rate-limit": [{"requests": 1}]}
VENDORS = document(
    {
        "/members": {"get": operation("listMembers", "Lists members", query=("limit", "startKey"), grade="")},
        "/members/{id}": {
            "get": operation("getMember", "Member by id", grade=""),
            "patch": operation("updateMember", "Changes a member", grade=""),
        },
        "/members/{id}/awards": {"post": operation("grantAward", "Grants", grade="")},
        "/v2/coupons/open": {
            "get": operation("openCoupons", "Get all open coupons", query=("state",), tag="coupons", grade="")
        },
        "/weather": {"get": operation("getWeather", "Weather of tomorrow", tag="weather", grade="")},
    }
)
ACTIONS: list[dict[str, Any]] = [
    {"target": "$.paths['/members'].get.parameters[?@.name == 'limit'].schema", "update": {"type": "integer"}},
    {
        "target": "$.paths['/members/{memberId}/award'].post.responses",
        "update": {"404": {"description": "No such member."}},
    },
    {"target": "$.paths['/members/{memberId}'].put", "update": {"deprecated": True}},
    {"target": "$.paths[*][?@.operationId == 'listOpenCoupons']", "update": {"deprecated": True}},
    {"target": "$.paths['/forgotten']", "remove": True},
    {"target": "$.info", "update": {"title": "Artificial Loyalty API"}},
]


@pytest.fixture
def acme(tmp_path: Path) -> Vendor:
    """Write a downloaded vendor whose transcription has known differences, with overlay actions made for the transcription."""
    vendor = Vendor("acme", tmp_path)
    (vendor.specs / "transcribed").mkdir(parents=True)
    (vendor.specs / "transcribed" / "openapi.yaml").write_text(dump_yaml(TRANSCRIPTION))
    publish(vendor, VENDORS)
    vendor.overlay_folder.mkdir(parents=True)
    evidence = {"x-id": "A-01", "description": "Wrong before.", "x-evidence": "A page."}
    overlay = {**OVERLAY_HEAD, "actions": [{**evidence, **action} for action in ACTIONS]}
    (vendor.specs / "transcribed" / "overlays").mkdir()
    for folder in (vendor.overlay_folder, vendor.specs / "transcribed" / "overlays"):
        text = dump_yaml(overlay).replace("- x-id: A-01\n", "- x-id: A-01 # about the limit\n", 1)
        (folder / "10-corrections.yaml").write_text(text)
    vendor.ledger.write_text(
        "A-07:\n  treatment: none\n  reason: It is so.\nA-02:\n  treatment: none\n  reason: Gone.\n"
    )
    vendor.evidence.parent.mkdir(parents=True)
    vendor.evidence.write_text("# Acme: evidence\n\n- **A-01** One.\n- **A-02** Two.\n- **A-07** Seven.\n")
    return vendor


@pytest.fixture
def applied(acme: Vendor, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Reconcile, write the files, and return what the command printed."""
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    return capsys.readouterr().out.splitlines()


def publish(vendor: Vendor, file: dict[str, Any] | str) -> None:
    """Make another file the downloaded one."""
    vendor.source.write_text(file if isinstance(file, str) else dump_yaml(file))
    vendor.provenance.write_text(f'{PROVENANCE}"openapi.yaml" = "{hash_file(vendor.source)}"\n')


def correct(vendor: Vendor, name: str, *actions: dict[str, Any]) -> None:
    """Add an overlay file that was made for the transcription."""
    evidence = {"x-id": "A-02", "description": "Left out.", "x-evidence": "A page."}
    text = dump_yaml({**OVERLAY_HEAD, "actions": [{**evidence, **action} for action in actions]})
    for folder in (vendor.overlay_folder, vendor.specs / "transcribed" / "overlays"):
        (folder / name).write_text(text)


def targets(vendor: Vendor, name: str) -> list[str]:
    """Return the targets of an overlay file."""
    return [action["target"] for action in load_yaml(vendor.overlay_folder / name)["actions"]]


def test_actions_move_stay_or_go(acme: Vendor, applied: list[str]) -> None:
    """An action follows its operation to another path, method or id; what stays keeps its words; what the file says itself goes."""
    assert [
        "$.paths['/members'].get.parameters[?@.name == 'limit'].schema",
        "$.paths['/members/{id}/awards'].post.responses",
        "$.paths['/members/{id}'].patch",
        "$.paths['/v2/coupons/open'].get",
    ] == targets(acme, "10-corrections.yaml")
    assert "# about the limit" in (acme.overlay_folder / "10-corrections.yaml").read_text()


def test_what_the_file_does_not_state_is_carried_over(acme: Vendor, applied: list[str]) -> None:
    """Extensions of the transcription that the vendor's file lacks stand in an overlay under a number of the evidence."""
    carried = load_yaml(acme.overlay_folder / "90-carried-over.yaml")
    assert [(action["target"], action["update"], action["x-id"]) for action in carried["actions"]] == [
        ("$", {"x-rate-limit": [{"requests": 1}]}, "A-08"),
        ("$.paths['/members'].get", {"x-pagination": {"style": "start-key"}}, "A-08"),
        ("$.paths['/members/{id}/awards'].post", {"x-evidence-ids": ["A-07"]}, "A-08"),
    ]
    assert "- **A-08** The file does not state what a client needs" in acme.evidence.read_text()


def test_users_keep_their_names(acme: Vendor, applied: list[str]) -> None:
    """Ids, tags, methods and parameters of paths that the file calls otherwise are known as before."""
    assert load_yaml(acme.names)["operations"] == {
        "getMember": {"name": "getMember", "parameters": {"id": "memberId"}},
        "updateMember": {"name": "updateMember", "parameters": {"id": "memberId"}},
        "grantAward": {"name": "grantAward", "parameters": {"id": "memberId"}},
        "openCoupons": "listOpenCoupons",
    }


def test_grades_say_what_was_believed_before(acme: Vendor, applied: list[str]) -> None:
    """Only operations that are elsewhere get an entry; the vendor's bytes stay untouched."""
    assert load_grades(acme.grades, name="grades.yaml") == {
        "PATCH /members/{id}": {
            "reason": "The transcription had PUT /members/{memberId} (method partial), matched by operationId."
        },
        "POST /members/{id}/awards": {
            "reason": "The transcription had POST /members/{memberId}/award (path inferred), matched by operationId."
        },
        "GET /v2/coupons/open": {
            "reason": "The transcription had GET /coupons/open (path inferred), matched by near path."
        },
    }
    assert load_yaml(acme.source) == VENDORS
    assert check_hashes(acme) == []


def test_the_ledger_says_why_an_action_went(acme: Vendor, applied: list[str]) -> None:
    """A number that concerns an operation and has no action any more has its reason; one that concerns nothing has no line."""
    assert load_yaml(acme.ledger) == {
        "A-07": {"treatment": "none", "reason": "It is so."},
    }


def test_the_result_builds(acme: Vendor, applied: list[str]) -> None:
    """Overlays, names and grades fit the file: the effective spec is made of them, and no reference dangles."""
    effective = make_effective(acme)
    assert {"Path parameter"} == {
        fault.message[:14] for fault in find_faults(effective.document)
    }  # they are not declared here
    calls = {".".join(call_of(operation)) for _, _, operation in effective.operations}
    assert calls == {
        "members.list",
        "members.get",
        "members.update",
        "members.grant_award",
        "coupons.list_open",
        "weather.get",
    }


def test_a_second_run_changes_nothing(acme: Vendor, applied: list[str]) -> None:
    """What is as it should be is left alone, and what a person wrote since stays; so does the report of the first run."""
    path = acme.overlay_folder / "20-later.yaml"
    later = {
        "x-id": "A-01",
        "description": "Wrong.",
        "x-evidence": "A page.",
        "target": "$.info",
        "update": {"summary": "It."},
    }
    path.write_text(dump_yaml({**OVERLAY_HEAD, "actions": [later]}))
    before = {file: file.read_bytes() for file in acme.root.rglob("*.*") if file.is_file()}
    assert acme.root / "build" / "reconcile" / "acme" / "report.md" in before
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    assert before == {file: file.read_bytes() for file in before}
    assert make_plan(acme).changed() == {}


def test_names_that_a_person_wrote_stay(acme: Vendor, applied: list[str]) -> None:
    """Names given by hand, of what only the file has too, are there after another run; those of nothing go."""
    text = acme.names.read_text("utf-8").replace("listOpenCoupons", "openOnes")
    acme.names.write_text(text.replace("operations:\n", "operations:\n  getWeather: forecast\n  nothing: any\n"))
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    names = load_yaml(acme.names)["operations"]
    assert ("openOnes", "forecast") == (names["openCoupons"], names["getWeather"])
    assert "nothing" not in names


def test_without_apply_nothing_is_written_but_the_report(acme: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says what a person must look at and what would be done; specs and overlays stay."""
    before = {file: file.read_bytes() for file in acme.root.rglob("*.*") if file.is_file()}
    assert main(["acme"], root=acme.root) == 0
    after = {file: file.read_bytes() for file in acme.root.rglob("*.*") if file.is_file() and "build" not in file.parts}
    assert before == after
    page = (acme.root / "build" / "reconcile" / "acme" / "report.md").read_text(encoding="utf-8")
    assert EXPECTED.read_text(encoding="utf-8") == page
    assert "acme: nothing was changed. Next: nox -s reconcile -- acme --apply" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda vendor: vendor.provenance.write_text(
                vendor.provenance.read_text().replace("downloaded", "transcribed")
            ),
            "the source is transcribed, not",
        ),
        (
            lambda vendor: (vendor.specs / "transcribed" / "openapi.yaml").unlink(),
            "there is no transcription to compare with",
        ),
        (lambda vendor: publish(vendor, "openapi: ["), "not valid YAML"),
        (lambda vendor: vendor.source.write_text("{}"), "correct it with an overlay"),
        (lambda vendor: vendor.names.write_text("operations: {a: {nme: b}}"), "names.yaml"),
    ],
)
def test_says_what_is_missing(break_it: Callable[[Vendor], object], message: str, acme: Vendor) -> None:
    """Without a download or a transcription there is nothing to compare, and nothing is written."""
    break_it(acme)
    with pytest.raises(PipelineError, match=message):
        main(["acme"], root=acme.root)
    assert not (acme.root / "build").exists()
    assert not (acme.specs / "grades.yaml").exists()


def test_a_parameter_without_a_place_in_the_vendors_path_is_left_to_a_person(acme: Vendor) -> None:
    """An action that would make the spec invalid, since the vendor's path has no place for its parameter, goes with a line."""
    transcription = acme.specs / "transcribed" / "openapi.yaml"
    ours, theirs = load_yaml(transcription), load_yaml(acme.source)
    for written, path in ((ours, "/gifts/{giftId}"), (theirs, "/gifts")):
        written["paths"][path] = {"put": operation("updateGift", "Update a gift", tag="gifts")}
    transcription.write_text(dump_yaml(ours))
    publish(acme, theirs)
    part = {"name": "giftId", "in": "path", "required": True, "schema": {"type": "string"}}
    action = {"target": "$.paths['/gifts/{giftId}'].put", "update": {"parameters": [part]}}
    correct(acme, "20-gifts.yaml", action)
    plan = make_plan(acme)
    (doubt,) = (doubt for doubt in plan.doubts if "20-gifts" in doubt)
    assert doubt.endswith("the vendor's path /gifts has no place for giftId, which calls have given")
    assert plan.files[acme.overlay_folder / "20-gifts.yaml"] is None
    assert not [doubt for doubt in plan.doubts if "invalid" in doubt]


def test_a_killed_run_is_finished_by_the_next(acme: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    """After a kill between any two of its writes, the next run brings everything to its place, the first report included."""
    wanted = make_plan(acme).changed()
    for writes in range(len(wanted) + 2):
        copied = Vendor("acme", acme.root.with_name(f"killed-{writes}"))
        shutil.copytree(acme.root, copied.root)
        done = subprocess.run([sys.executable, "-c", KILLED, str(copied.root), str(writes)], check=False)
        assert -signal.SIGKILL == done.returncode
        assert main(["acme", "--apply", "--no-check"], root=copied.root) == 0
        found = {path: copied.root / path.relative_to(acme.root) for path in wanted}
        assert wanted == {path: at.read_text("utf-8") if at.is_file() else None for path, at in found.items()}
        folder = copied.root / "build" / "reconcile" / "acme"
        assert ["report.md"] == [path.name for path in folder.iterdir()]
        assert EXPECTED.read_text("utf-8") == (folder / "report.md").read_text("utf-8")
    assert "acme: the last run was stopped while it wrote; that is finished now." in capsys.readouterr().out


def test_an_action_that_spoils_the_file_goes(acme: Vendor) -> None:
    """What would make the result invalid, since the file is made otherwise, goes with a line that names the fault; the rest stays."""
    good = {"target": "$.paths['/members'].get", "update": {"deprecated": True}}
    bad = {
        "target": "$.paths['/members'].get.parameters[?@.name == 'limit']",
        "update": {"content": {"text/plain": {}}},
    }
    correct(acme, "20-more.yaml", bad, good)
    plan = make_plan(acme)
    assert ["dropped", "kept"] == [move.fate for move in plan.moves if "20-more" in move.action.file]
    (line,) = (doubt for doubt in plan.doubts if "20-more" in doubt)
    assert "action 1 (A-02)" in line
    assert "it goes, since with it the spec is not valid" in line


def test_a_credential_that_an_overlay_added_has_the_name_the_file_gives_it(acme: Vendor) -> None:
    """What the file declares by another name is not added again; what is left of our actions asks for it by that name, users by theirs."""
    key = {"type": "apiKey", "in": "header", "name": "X-Key"}
    theirs = load_yaml(acme.source)
    theirs["components"] = {"securitySchemes": {"auth0": key}}
    theirs["security"] = [{"auth0": []}]
    publish(acme, theirs)
    correct(
        acme,
        "20-credentials.yaml",
        {"target": "$", "update": {"components": {"securitySchemes": {"app-key": {**key, "x-argument": "app"}}}}},
        {"target": "$", "update": {"security": [{"app-key": []}]}},
        {"target": "$.paths['/coupons/open'].get", "update": {"security": [{}, {"app-key": []}]}},
    )
    plan = make_plan(acme)
    assert ["dropped", "dropped", "moved"] == [move.fate for move in plan.moves if "20-cred" in move.action.file]
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    made = make_effective(acme).document
    assert {"auth0": {**key, "x-client-scheme": "app-key", "x-argument": "app"}} == made["components"][
        "securitySchemes"
    ]
    assert [{}, {"auth0": []}] == made["paths"]["/v2/coupons/open"]["get"]["security"]


def test_an_extension_that_names_a_lost_operation_is_not_carried_over(acme: Vendor) -> None:
    """What refers to an operation that the file does not have is left out, with one line for all of its places."""
    transcription = acme.specs / "transcribed" / "openapi.yaml"
    written = load_yaml(transcription)
    check = {"operation": "purgeEverything", "gone": True, "certainty": "likely", "settle": 1, "source": "A page."}
    for path, method in (("/members/{memberId}", "put"), ("/members/{memberId}/award", "post")):
        written["paths"][path][method]["x-outcome-check"] = check
    transcription.write_text(dump_yaml(written))
    plan = make_plan(acme)
    (line,) = (doubt for doubt in plan.doubts if "x-outcome-check" in doubt)
    assert "'purgeEverything', which does not exist" in line
    assert "x-outcome-check" not in str(plan.files[acme.overlay_folder / "90-carried-over.yaml"])


def test_what_the_vendor_sends_on_its_own_is_carried_over(acme: Vendor) -> None:
    """A webhook, for which older files have no words, comes along with the schemas that it refers to."""
    transcription = acme.specs / "transcribed" / "openapi.yaml"
    written, schema = load_yaml(transcription), {"type": "object", "properties": {"id": {"type": "string"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Notice"}}}}
    written["webhooks"] = {"notice": {"post": {"requestBody": body, "responses": {"200": {"description": "Seen."}}}}}
    written["components"] = {"schemas": {"Notice": schema}}
    transcription.write_text(dump_yaml(written))
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    made = make_effective(acme).document
    assert written["webhooks"] == made["webhooks"]
    assert schema.items() <= made["components"]["schemas"]["Notice"].items()


def test_classes_keep_their_names_in_parts_and_inside(acme: Vendor) -> None:
    """What the file writes inline or in parts of a schema is called as users know it; what is called so by itself is not listed."""
    text, inner = {"type": "string"}, {"type": "object", "properties": {"unit": {"type": "string"}}}
    members = {"id": text, "sum": inner, "rest": {**inner, "properties": {"days": text}}}
    whole = {"type": "object", "properties": members}
    parts = [{"type": "object", "properties": {name: part}} for name, part in members.items()]
    for file, named, schema in (
        (acme.specs / "transcribed" / "openapi.yaml", {"Member": whole}, {"$ref": "#/components/schemas/Member"}),
        (acme.source, {"Base": parts[1]}, {"allOf": [{"$ref": "#/components/schemas/Base"}, parts[0], parts[2]]}),
    ):
        written = load_yaml(file)
        content = {"application/json": {"schema": schema}}
        written["paths"]["/members"]["get"]["responses"]["200"]["content"] = content
        file.write_text(dump_yaml({**written, "components": {"schemas": named}}))
    publish(acme, load_yaml(acme.source))
    plan = make_plan(acme)
    assert not [doubt for doubt in plan.doubts if "classes" in doubt]
    place = "#/paths/~1members/get/responses/200/content/application~1json/schema"
    assert {place: "Member", "#/components/schemas/Base/properties/sum": "MemberSum"} == plan.names.schemas


def test_an_operation_id_that_the_file_gives_twice_is_taken_from_the_second(acme: Vendor) -> None:
    """Equal operationIds are no reason to refuse a file; both operations keep the names users know."""
    theirs = load_yaml(acme.source)
    theirs["paths"]["/members/{id}"]["get"]["operationId"] = "listMembers"
    publish(acme, theirs)
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    names = {path: known_id(item) for _, path, item in make_effective(acme).operations if path.startswith("/members")}
    assert "listMembers" == names["/members"]
    assert "getMember" in {known_id(item) for _, _, item in make_effective(acme).operations}


def test_the_file_of_another_api_is_refused(acme: Vendor) -> None:
    """Where hardly an operation is the same, nothing is moved, dropped or named; one line says what to do."""
    theirs = load_yaml(acme.source)
    theirs["paths"] = {f"/weather/{n}": {"get": operation(f"weather{n}", "Sun", tag="x", grade="")} for n in range(9)}
    publish(acme, theirs)
    with pytest.raises(PipelineError, match="only 0 of 5 operations are in the vendor's file") as found:
        make_plan(acme)
    assert "restore specs/acme with git" in str(found.value)


def test_a_file_that_is_not_shaped_as_openapi_is_told_in_all_places(acme: Vendor) -> None:
    """Texts and mappings where lists belong are named, each once, and nothing is written."""
    theirs = load_yaml(acme.source)
    theirs["paths"]["/members"]["get"]["parameters"] = {"a": 1}
    theirs["paths"]["/weather"]["get"]["tags"] = "weather"
    publish(acme, theirs)
    with pytest.raises(PipelineError) as found:
        main(["acme", "--apply"], root=acme.root)
    assert "['parameters']" in str(found.value)
    assert "['tags']" in str(found.value)
    assert not (acme.root / "build").exists()


def _with_reply(written: dict[str, Any], path: str, schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose call replies with a schema."""
    made = copy.deepcopy(written)
    made["paths"][path]["get"]["responses"]["200"]["content"] = {"application/json": {"schema": schema}}
    return {**made, "components": {"schemas": schemas}}


def _object(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


PET = {"$ref": "#/components/schemas/Pet"}
# Of a reply: schema and components of ours, what an action corrects, schema and components of the file, where the correction stands then.
WRITTEN_OTHERWISE: dict[str, tuple[Any, ...]] = {
    "a union with one part more, in another order": (
        {"anyOf": [PET, {"$ref": "#/components/schemas/Car"}]},
        {"Pet": _object("name", "paws"), "Car": _object("wheels")},
        "Pet",
        {"anyOf": [_object("sails"), {"$ref": "#/components/schemas/Auto"}, {"$ref": "#/components/schemas/Animal"}]},
        {"Animal": _object("name", "paws", "tail"), "Auto": _object("wheels")},
        "Animal",
    ),
    "a component that its wrapper gave way to": (
        {"type": "array", "items": {"type": "object", "properties": {"Pet": PET}}},
        {"Pet": _object("name", "paws")},
        "Pet",
        {"type": "array", "items": PET},
        {"Pet": _object("name", "paws")},
        "Pet",
    ),
    "one that may be null, as 3.0 writes it": (
        {"type": "object", "properties": {"pet": PET}},
        {"Pet": _object("name", "paws")},
        "Pet",
        {
            "type": "object",
            "properties": {"pet": {"anyOf": [{"allOf": [{"$ref": "#/components/schemas/Dto"}]}, {"type": "null"}]}},
        },
        {"Dto": _object("name", "paws")},
        "Dto",
    ),
}


@pytest.mark.parametrize("case", WRITTEN_OTHERWISE)
def test_a_schema_is_found_however_the_file_writes_it(case: str, acme: Vendor) -> None:
    """What corrects a schema stays at the schema that means the same, and its class keeps its name."""
    schema, schemas, corrected, theirs, components, there = WRITTEN_OTHERWISE[case]
    transcription = acme.specs / "transcribed" / "openapi.yaml"
    transcription.write_text(dump_yaml(_with_reply(TRANSCRIPTION, "/members", schema, schemas)))
    publish(acme, _with_reply(VENDORS, "/members", theirs, components))
    action = {"target": f"$.components.schemas.{corrected}.properties.name", "update": {"maxLength": 7}}
    correct(acme, "20-more.yaml", action)
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    made = make_effective(acme).document["components"]["schemas"]
    assert 7 == made[there]["properties"]["name"]["maxLength"]
    assert corrected == made[there].get("x-client-schema", there)


def test_a_reference_that_went_goes_where_the_file_writes_it_inline(acme: Vendor) -> None:
    """A parameter that an action took from a list is taken from the file's list too, which has it whole instead of a reference."""
    part = {"name": "size[.gt | .lt]", "in": "query", "schema": {"type": "string"}}
    reference = {"$ref": "#/components/parameters/Size"}
    ours: Any = copy.deepcopy(TRANSCRIPTION)
    theirs: Any = copy.deepcopy(VENDORS)
    ours["components"] = {"parameters": {"Size": part}}
    for written, item in ((ours, reference), (theirs, part)):
        written["paths"]["/members"]["get"]["parameters"].append(item)
    (acme.transcribed / "openapi.yaml").write_text(dump_yaml(ours))
    publish(acme, theirs)
    target = "$.paths['/members'].get.parameters[?@['$ref'] == '#/components/parameters/Size']"
    correct(acme, "20-more.yaml", {"target": target, "remove": True})
    assert main(["acme", "--apply", "--no-check"], root=acme.root) == 0
    left = make_effective(acme).document["paths"]["/members"]["get"]["parameters"]
    assert ["limit", "startKey"] == [item["name"] for item in left]
