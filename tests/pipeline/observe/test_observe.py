"""Traffic becomes evidence: a report, raised grades and overlay actions that make the spec say what was seen, and never a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError, run
from scripts.observe.__main__ import main
from scripts.observe.__main__ import observe as run_observe
from scripts.observe.exchange import read_captures
from scripts.spec import coverage
from scripts.spec.effective import make_effective
from tests.pipeline.conftest import copy_tiny, run_command
from tests.pipeline.observe.traffic import BASE, entry, write_har

MEMBER = {"id": "m-1", "points": 5, "level": "gold"}
OTHER = {"id": "m-2", "points": 7, "level": "basic"}


def observe(vendor: Vendor, *words: str) -> str:
    """Run the command and return the report."""
    assert 0 == main([vendor.slug, *words], root=vendor.root)
    return (vendor.root / "build" / "observe" / vendor.slug / "report.md").read_text(encoding="utf-8")


def pages(*members: Any) -> list[dict[str, Any]]:
    """Return an entry for each page of members."""
    return [entry("GET", "/members", got={"members": [member]}) for member in members]


CASES: dict[str, tuple[list[dict[str, Any]], list[str], str, Callable[[dict[str, Any]], Any], Any]] = {
    "a member that nobody describes": (
        pages({**MEMBER, "nick_name": "x"}, {**OTHER, "nick_name": "y"}),
        [],
        "Member: member nick_name is not described",
        lambda document: document["components"]["schemas"]["Member"]["properties"]["nick_name"]["type"],
        "string",
    ),
    "a required member that is absent": (
        pages({"points": 5}),
        [],
        "Member: id is required and may be absent",
        lambda document: document["components"]["schemas"]["Member"].get("required"),
        [],
    ),
    "another type": (
        pages({**MEMBER, "points": "5"}),
        [],
        "Member.points: string in place of the stated type",
        lambda document: document["components"]["schemas"]["Member"]["properties"]["points"]["type"],
        "string",
    ),
    "two types": (
        pages({**MEMBER, "points": "5"}, OTHER),
        [],
        "Member.points: string in place of the stated type",
        lambda document: document["components"]["schemas"]["Member"]["properties"]["points"]["type"],
        ["integer", "string"],
    ),
    "a null": (
        pages({**MEMBER, "points": None}),
        [],
        "Member.points: null, which the spec does not allow",
        lambda document: document["components"]["schemas"]["Member"]["properties"]["points"]["type"],
        ["integer", "null"],
    ),
    "a value beyond an enum, confirmed": (
        pages({**MEMBER, "level": "platinum"}, {**OTHER, "level": "platinum"}),
        ["--confirm", "platinum"],
        "Member.level: platinum beyond the enum",
        lambda document: document["components"]["schemas"]["Member"]["properties"]["level"]["enum"],
        ["basic", "gold", "platinum"],
    ),
    "a status": (
        [entry("POST", "/members", 200, MEMBER, sent={"name": "x"})],
        [],
        "POST /members: status 200 is not described",
        lambda document: sorted(document["paths"]["/members"]["post"]["responses"]),
        ["200", "201", "404"],
    ),
    "another method": (
        [entry("POST", "/members", 405, {"message": "no"}, headers={"Allow": "GET, PUT"})],
        [],
        "POST /members answers 405; allowed is PUT",
        lambda document: sorted(document["paths"]["/members"]),
        ["get", "put"],
    ),
    "the member of the items": (
        [entry("GET", "/members", got={"points": [MEMBER]})],
        [],
        "no list of items at members",
        lambda document: document["paths"]["/members"]["get"]["x-pagination"]["items"],
        "points",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_traffic_shows_becomes_the_spec(name: str, acme: Vendor, tmp_path: Path) -> None:
    """Each difference is named in the report, and the proposed overlay makes the effective spec say what was seen."""
    entries, words, line, look, expected = CASES[name]
    har = write_har(tmp_path / "t.har", *entries)
    assert line in observe(acme, har, *words, "--apply")
    assert expected == look(make_effective(acme).document)


@pytest.mark.parametrize("name", CASES)
def test_a_second_run_finds_nothing_new(name: str, acme: Vendor, tmp_path: Path) -> None:
    """What was applied is described, so the same traffic gives no proposal any more."""
    entries, words, _, _, _ = CASES[name]
    har = write_har(tmp_path / "t.har", *[each for each in entries if each["response"]["status"] != 405])
    observe(acme, har, *words, "--apply")
    assert "Proposed numbers" not in observe(acme, har, *words, "--apply")


def test_traffic_that_fits_says_nothing_but_that(acme: Vendor, tmp_path: Path) -> None:
    """Replies that fit are no finding, whatever else the recording of a browser holds."""
    other = entry("GET", "/script.js", base="https://cdn.example", media="text/javascript")
    har = write_har(tmp_path / "t.har", *pages(MEMBER, OTHER), entry("OPTIONS", "/members", 204), other)
    report = observe(acme, har)
    assert "1 methods and paths confirmed, 0 findings, 0 doubts" in report
    assert "1 were with other addresses" in report


def test_grades_rise_and_fall_with_their_file(acme: Vendor, tmp_path: Path) -> None:
    """The coverage page shows an operation that answered as observed, and as before once the file is gone."""
    har = write_har(tmp_path / "t.har", entry("POST", "/members", 201, MEMBER, sent={"name": "x"}))
    before = coverage.section(make_effective(acme))
    observe(acme, har, "--apply")
    raised = coverage.section(make_effective(acme))
    assert "| createMember | `POST /members` | observed | stated |" in raised
    acme.grades.unlink()
    assert before == coverage.section(make_effective(acme))


def test_docstrings_rise_and_fall_with_the_grades(acme: Vendor, tmp_path: Path) -> None:
    """Where a program calls the operation, its docstring says where it was seen, and what it said before once the file is gone."""
    module = acme.generated / "acme_client" / "api" / "members" / "create_member.py"
    texts = []
    har = write_har(tmp_path / "t.har", entry("POST", "/members", 201, MEMBER, sent={"name": "x"}))
    for step in (lambda: None, lambda: observe(acme, har, "--apply"), acme.grades.unlink):
        step()
        assert 0 == run_command("regenerate", acme.root).returncode
        resource = acme.generated / "acme_client" / "resources" / "members.py"
        texts.append(resource.read_text(encoding="utf-8") + module.read_text(encoding="utf-8"))
    before, raised, after = texts
    assert "Seen in traffic of api.acme.example on 2026-11-20: method." in raised
    assert before == after


def test_a_grade_says_where_it_was_seen(acme: Vendor, tmp_path: Path) -> None:
    """The entry names hash, host, day and count."""
    entries = [entry("POST", "/members", 201, MEMBER, sent={"name": "x"})] * 3
    observe(acme, write_har(tmp_path / "t.har", *entries), "--apply")
    document = make_effective(acme).document
    known = next(item["x-provenance"] for _, _, item in operations(document) if item["operationId"] == "createMember")
    seen = known["observed"]
    assert ("api.acme.example", "2026-11-20", 3) == (seen["host"], str(seen["date"]), seen["count"])


UNCONFIRMING = [
    entry("POST", "/members", 404, {"message": "no"}),
    entry("POST", "/members", 500, {"message": "no"}),
    {**entry("POST", "/members", 200, "<html>", media="text/html")},
    entry("POST", "/members", 201, MEMBER, base="https://elsewhere.example"),
    entry("POST", "/members", 201, ["a list"]),
    entry("POST", "/members", 201, {"error": "another object"}),
    {**entry("POST", "/members", 201, MEMBER), "_wasFulfilled": True},
]


@pytest.mark.parametrize("number", range(len(UNCONFIRMING)))
def test_only_a_fitting_success_raises_a_grade(number: int, acme: Vendor, tmp_path: Path) -> None:
    """Errors, pages of HTML, other hosts and bodies of another kind confirm nothing."""
    observe(acme, write_har(tmp_path / "t.har", UNCONFIRMING[number]), "--apply")
    assert not acme.grades.exists()


PLANTED = [
    "ada@private.example",
    "Lovelace-Byron",
    "+441632960961",
    "1815-12-10",
    "tok_9f8e7d6c",
    "Marylebone",
    "42421337",
]


def test_no_value_of_a_capture_is_written(acme: Vendor, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Planted personal data reach no file and no output: as values, names of members, segments, enums, parameters, headers, errors."""
    mail, name, phone, born, token, place, number = PLANTED
    record = {
        "id": mail,
        "points": name,
        "level": place,
        phone: born,
        "extra": {mail: {token: number}, place: {"a": name}},
    }
    har = write_har(
        tmp_path / "t.har",
        *pages(record, {**record, "level": token}),
        entry("GET", f"/members/{mail}", 404, {"message": f"no {name}", place: mail}),
        entry("GET", f"/wallets/{name}/{place}", 200, {place: mail}),
        entry("GET", f"/members?{place}={mail}", 200, {"members": [record], token: born}, headers={f"x-{place}": mail}),
        entry("POST", "/members", 201, {**MEMBER, "level": int(number)}, sent={"name": name, mail: phone}),
        *pages({**MEMBER, "tags": {place: 1}}, {**MEMBER, "tags": {place: 2}}),
        entry("GET", "/members", 200, [], media=f"text/{place}"),
        entry(name, "/members", 200, []),
        entry("GET", "/x", 200, [], base=f"https://{token}.example"),
        entry("POST", f"/members/{phone}", 200, mail, media=f"text/{place}"),
    )
    observe(acme, har, "--apply")
    written = [path for path in acme.root.rglob("*") if path.is_file()]
    texts = {str(path.relative_to(acme.root)): path.read_text(encoding="utf-8") for path in written}
    out, err = capfd.readouterr()
    texts |= {"stdout": out, "stderr": err}
    assert [] == [(where, value) for where, text in texts.items() for value in PLANTED if value.lower() in text.lower()]


BAD = {
    "nothing": b"",
    "packed": b"\x1f\x8b\x08",
    "a BOM alone": b"\xef\xbb\xbf\n",
    "requests without replies": b'{"log": {"entries": [{"request": {"method": "GET", "url": "https://x"}}]}}',
    "no JSON": b"\x00\x01 not a recording",
    "another document": b'{"openapi": "3.1.0"}',
    "a list": b"[1, 2]",
    "wrong types": b'{"log": {"entries": [{"request": {"method": 3}}]}}',
    "nested without end": b'{"log": {"entries": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
    "not UTF-8": b'{"log": {"entries": [{"request": {"method": "\xff"}}]}}',
    "cut off": b'{"log": {"entries": [{"request": {"method": "GET", "url": "h',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line(
    name: str, acme: Vendor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that is no recording ends with one line that names it and what to give, and writes nothing."""
    path = tmp_path / "odd.har"
    path.write_bytes(BAD[name])
    assert 1 == run(lambda: main([acme.slug, str(path), "--apply"], root=acme.root))
    out, err = capfd.readouterr()
    assert ("", 1) == (out, err.count("\n"))
    assert err.startswith("error: odd.har: not recorded traffic: ")
    assert not acme.grades.exists()


def like(**more: Any) -> dict[str, Any]:
    """Return an entry that fits, with members of its request, its reply or its own in place of those (`request__url`)."""
    made = entry("GET", "/members", got={"members": [MEMBER]}, headers={"content-type": "application/json"})
    for name, value in more.items():
        part, _, member = name.partition("__")
        (made[part] if member else made)[member or part] = value
    return made


PAGE = {"mimeType": "text/html", "text": "<html>"}
JSON = "application/json"
# What tools write, and how many operations it confirms, findings and doubts it leads to.
HABITS: dict[str, tuple[dict[str, Any], tuple[int, int, int]]] = {
    "as all do": (like(), (1, 0, 0)),
    "base64": (like(response__content={"mimeType": JSON, "text": "eyJtZW1iZXJzIjogW119", "encoding": "base64"}), (1, 0, 0)),
    "a body that is cut off": (like(response__content={"mimeType": JSON, "text": '{"members": [{"id'}), (1, 0, 0)),
    "no body, and a media type of the browser's own": (like(response__content={"mimeType": "x-unknown", "size": 0}), (1, 0, 0)),
    "names of parameters as they were sent": (
        like(request__url=f"{BASE}/members?pa%67e=1", request__queryString=[{"name": "pa%67e", "value": "1"}]),
        (1, 0, 0),
    ),
    "the default port": (like(request__url=f"{BASE}:443/members"), (1, 0, 0)),
    "a slash in an id": (like(request__url=f"{BASE}/members/a%2Fb", response__content={"mimeType": JSON, "text": json.dumps(MEMBER)}), (1, 0, 0)),
    "numbers and nulls in place of texts": (
        like(startedDateTime=5, comment=1, request__postData=None, response__status="200", response__headers=[{"name": "a", "value": 1}]),
        (1, 0, 0),
    ),
    "members of its own": (like(_initiator={"type": "script"}, _priority="High", _fromCache="disk"), (1, 0, 0)),
    "a reply that a test made up": (like(_wasFulfilled=True, response__content={"mimeType": JSON, "text": '{"x": 1}'}), (0, 0, 0)),
    "from a cache": (like(response__status=0), (0, 0, 0)),
    "not changed": (like(response__status=304), (0, 0, 0)),
    "asked before": (like(request__method="OPTIONS", response__status=200), (0, 0, 0)),
    "without the body": (like(request__method="HEAD"), (0, 0, 0)),
    "a websocket": (like(response__status=101), (0, 0, 0)),
    "an extension": (like(request__url="chrome-extension://x/y"), (0, 0, 0)),
    "no address": (like(request__url="http://["), (0, 0, 0)),
    "a picture of the website": (like(request__url=f"{BASE}/logo", response__headers=[], response__content={"mimeType": "image/png"}), (0, 0, 0)),
    "a redirect": (like(response__status=302), (0, 0, 1)),
    "an error page of something in between": (like(response__status=503, response__headers=[], response__content=PAGE), (0, 0, 1)),
    "another object with the right status": (like(response__content={"mimeType": JSON, "text": '{"error": "no"}'}), (0, 1, 1)),
    "no day": (like(startedDateTime="2026-99-99"), (1, 0, 0)),
    "nested without end": (like(response__content={"mimeType": JSON, "text": "[" * 100_000}), (1, 0, 0)),
    "no base64": (like(response__content={"mimeType": JSON, "text": "e!", "encoding": "base64"}), (1, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", HABITS)
def test_what_tools_write_is_read(name: str, acme: Vendor, tmp_path: Path) -> None:
    """Browsers, proxies and test tools differ in what they write; what is no reply of the API confirms and claims nothing."""
    made, counts = HABITS[name]
    report = observe(acme, write_har(tmp_path / "t.har", made))
    assert "{} methods and paths confirmed, {} findings, {} doubts".format(*counts) in report


def test_what_cannot_be_read_is_counted(acme: Vendor, tmp_path: Path) -> None:
    """Entries without a reply are left out, and the report says how many."""
    report = observe(acme, write_har(tmp_path / "t.har", {"request": {"method": "GET", "url": BASE}}, like(), {}))
    assert "1 exchanges, 1 of them" in report
    assert "Left out: 2 entries" in report


def test_lines_of_a_log_are_read(acme: Vendor, tmp_path: Path) -> None:
    """A recorder may write HAR entries line by line; the first and last line of a piece of it may be cut off."""
    path = tmp_path / "traffic.jsonl"
    lines = [json.dumps(each) for each in pages(MEMBER, OTHER)]
    path.write_text("\r\n".join([lines[0][50:], *lines, "", lines[0][:50]]), encoding="utf-8-sig")
    report = observe(acme, str(path))
    assert "2 exchanges, 2 of them" in report
    assert "Left out: 2 entries" in report


def test_a_file_counts_once(acme: Vendor, tmp_path: Path) -> None:
    """The same recording under two names is no second proof."""
    names = [write_har(tmp_path / name, like()) for name in ("a.har", "b.har")]
    assert "1 exchanges, 1 of them" in observe(acme, *names)


def test_token_calls_are_no_finding(tmp_path: Path) -> None:
    """What a client does to get its token is no call that the spec lacks."""
    vendor = Vendor("orderingstack")
    document = make_effective(vendor).document
    flows = [flow for each in document["components"]["securitySchemes"].values() for flow in each["flows"].values()]
    address = document["servers"][0]["url"] + flows[0]["tokenUrl"]
    har = write_har(tmp_path / "t.har", entry("POST", "", 200, {"access_token": "x"}, base=address))
    judge, _, _ = run_observe(vendor, read_captures([Path(har)]))
    assert (1, {}) == (judge.result.exchanges, judge.result.findings)


def test_a_limit_is_said(acme: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording above a limit is refused and not read in part."""
    monkeypatch.setattr("scripts.observe.exchange.MAX_BYTES", 2**20)
    with pytest.raises(PipelineError, match="more than 1 MiB"):
        main([acme.slug, write_har(tmp_path / "t.har", *pages(MEMBER) * 4000)], root=acme.root)


def test_numbers_are_free(tmp_path: Path) -> None:
    """Each proposal has a number of its own, after the last one of the evidence, and stands there after --apply."""
    acme = copy_tiny(tmp_path / "repository")
    observe(acme, write_har(tmp_path / "t.har", *pages({**MEMBER, "points": None})), "--apply")
    observe(acme, write_har(tmp_path / "u.har", *pages({"points": 1})), "--apply")
    page = acme.evidence.read_text(encoding="utf-8")
    assert [1, 1] == [page.count("- **A-03** Member.points: null"), page.count("- **A-04** Member: id is required")]


def test_the_address_of_the_account_is_known(
    acme: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was recorded at the address in ACME_BASE_URL needs no --server; without the variable the line says what is left out."""
    har = write_har(
        tmp_path / "t.har", entry("GET", "/members", got={"members": [MEMBER]}, base="https://mine.example/v2")
    )
    assert "0 of them of 0 operations" in observe(acme, har)
    assert "1 were with other addresses; --server names" in capfd.readouterr().out
    monkeypatch.setenv("ACME_BASE_URL", "https://mine.example/v2")
    assert "1 of them of 1 operations" in observe(acme, har)
