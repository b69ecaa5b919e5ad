"""A fetch makes the vendor's own bytes the source, from every kind of page that vendors publish."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scripts.common.document import operations
from scripts.common.layout import Vendor, find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.fetch.trial import judge_file
from scripts.generate.package_check import called_operations
from scripts.regenerate import regenerate
from scripts.spec.bundle import bundle
from scripts.spec.effective import make_effective
from scripts.spec.provenance import check_hashes, read_provenance
from scripts.trial.verdict import Verdict

Fetch = Callable[..., int]
Tree = Callable[[], dict[str, bytes | None]]


def serve(server: HTTPServer, path: str, content: bytes | str, content_type: str = "text/html") -> None:
    """Answer one path with a body."""
    server.expect_request(path).respond_with_data(content, content_type=content_type)


@pytest.mark.parametrize("page", ["redoc-2.html", "redoc-3.html"])
def test_takes_the_spec_out_of_a_redoc_page(
    page: str, acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch
) -> None:
    """The embedded spec is found in real pages of both kinds, although its description imitates both, and kept as it stands there."""
    serve(server, "/docs", (pages / page).read_bytes())
    assert fetch() == 0
    assert load_yaml(acme.source) == load_yaml(pages / "api.yaml")
    assert acme.source.read_bytes() in (pages / page).read_bytes()
    assert read_provenance(acme).download == server.url_for("/docs")


def test_takes_the_file_a_redocusaurus_page_links_to(
    acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch
) -> None:
    """The copy behind the download button of the page is the source, byte for byte."""
    origin = server.url_for("").rstrip("/")
    site = pages / "docusaurus"
    # Docusaurus writes the address it was configured with into the link; the rest of the page is as built.
    serve(
        server,
        "/docs",
        (site / "platform.html").read_text(encoding="utf-8").replace("https://docs.example.com", origin),
    )
    serve(server, "/redocusaurus/platform.yaml", (site / "redocusaurus" / "platform.yaml").read_bytes(), "text/yaml")
    assert fetch() == 0
    assert acme.source.read_bytes() == (site / "redocusaurus" / "platform.yaml").read_bytes()
    assert read_provenance(acme).download == f"{origin}/redocusaurus/platform.yaml"


def test_finds_the_right_file_of_a_redocusaurus_site_without_buttons(
    acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch
) -> None:
    """Without a link the site's main script names the files, and the recorded title tells which of two APIs is meant."""
    site = pages / "docusaurus-no-button"
    page = (site / "platform.html").read_text(encoding="utf-8")
    script = page.split('src="/portal/assets/js/main')[1].split('"')[0]
    serve(server, "/docs", page)
    serve(server, f"/portal/assets/js/main{script}", (site / "main.js").read_bytes(), "text/javascript")
    for name in ("menu", "platform"):
        serve(
            server,
            f"/portal/redocusaurus/{name}.yaml",
            (site / "redocusaurus" / f"{name}.yaml").read_bytes(),
            "text/yaml",
        )
    assert fetch() == 0
    assert acme.source.read_bytes() == (site / "redocusaurus" / "platform.yaml").read_bytes()


@pytest.mark.parametrize(
    "link", ['<redoc spec-url="/files/api.json"></redoc>', '<a href="files/api.json" download>Download</a>']
)
def test_follows_a_plain_link_to_a_json_file(
    link: str, acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch
) -> None:
    """A page that only names its file is enough; JSON bytes stay as they came."""
    content = json.dumps(load_yaml(pages / "api.yaml"), indent="\t").encode()
    serve(server, "/docs", f"<!doctype html><html><body>{link}</body></html>")
    serve(server, "/files/api.json", content, "application/json")
    assert fetch() == 0
    assert acme.source.read_bytes() == content


def test_keeps_the_transcription_beside_the_vendors_file(
    acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch, tree: Tree
) -> None:
    """The transcription moves as a whole, still readable, and is no source any more; nothing else changes but the record."""
    before = tree()
    serve(server, "/docs", (pages / "api.yaml").read_bytes(), "text/yaml")
    assert fetch() == 0
    after = tree()
    for name in ("openapi.yaml", "paths/members.yaml"):
        assert after[f"specs/acme/transcribed/{name}"] == before[f"specs/acme/{name}"]
    kept = bundle(acme.specs / "transcribed" / "openapi.yaml")
    assert [operation["operationId"] for _, _, operation in operations(kept)] == ["listMembers"]
    expected = {
        "",
        "/openapi.yaml",
        "/provenance.toml",
        "/transcribed",
        "/transcribed/openapi.yaml",
        "/transcribed/paths",
        "/transcribed/paths/members.yaml",
    }
    assert set(after) == {"specs"} | {f"specs/acme{path}" for path in expected}
    assert [vendor.slug for vendor in find_vendors(root=acme.root)] == ["acme"]


def test_records_what_it_did(
    acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kind, address, day, number of operations and hashes are recorded; comments and the review date stay."""
    serve(server, "/docs", (pages / "api.yaml").read_bytes(), "text/yaml")
    days = {datetime.now(UTC).date()}
    assert fetch() == 0
    days.add(datetime.now(UTC).date())
    record = read_provenance(acme)
    assert (record.kind, record.download, record.operations) == ("downloaded", server.url_for("/docs"), 4)
    assert record.retrieved in days
    assert str(record.reviewed) == "2025-01-02"
    assert check_hashes(acme) == []
    assert "# until the vendor's file can be read\n" in acme.provenance.read_text()
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "acme: try says works: 4 of 4 operations conform; places adapted: 1.",
        "acme: specs/acme/openapi.yaml replaced (OpenAPI 3.1.0, file, 4 → 4 operations); "
        "the transcribed source is now in specs/acme/transcribed.",
        "acme: Nobody has confirmed that it is the vendor's: its operations are graded `reported` until you add "
        "--origin URL. Next: nox -s reconcile -- acme --apply",
    ]


def test_fetches_again(
    acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes change nothing; new bytes replace the downloaded ones and leave the transcription alone."""
    content = (pages / "api.yaml").read_bytes()
    serve(server, "/docs", content, "text/yaml")
    assert fetch() == 0
    first = tree()
    assert fetch() == 0
    assert tree() == first
    assert "unchanged since" in capsys.readouterr().out.splitlines()[-1]
    server.clear()
    serve(server, "/docs", content + b"# revised\n", "text/yaml")
    assert fetch() == 0
    second = tree()
    changed = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    assert changed == {"specs/acme/openapi.yaml", "specs/acme/provenance.toml"}
    assert acme.source.read_bytes() == content + b"# revised\n"


def test_accepts_unquoted_status_codes(acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch) -> None:
    """Vendors write `200:` without quotes; the file is taken as it is."""
    content = (pages / "api.yaml").read_text().replace("'200'", "200")
    serve(server, "/docs", content, "text/yaml")
    assert fetch() == 0
    assert acme.source.read_text() == content


def test_follows_a_redirect_on_the_same_host(acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch) -> None:
    """A redirect that stays on the host is followed, and the final address is recorded."""
    server.expect_request("/docs").respond_with_data(status=302, headers={"Location": "/docs/v2"})
    serve(server, "/docs/v2", (pages / "api.yaml").read_bytes(), "text/yaml")
    assert fetch() == 0
    assert read_provenance(acme).download == server.url_for("/docs/v2")


def test_accepts_fewer_operations_when_told_so(acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch) -> None:
    """The maintainer may accept a shrunken file."""
    acme.provenance.write_text(acme.provenance.read_text().replace("operations = 4", "operations = 40"))
    serve(server, "/docs", (pages / "api.yaml").read_bytes(), "text/yaml")
    assert fetch() == 1
    assert fetch("--accept-fewer") == 0
    assert read_provenance(acme).operations == 4


def test_the_client_comes_from_the_fetched_file(acme: Vendor, pages: Path, server: HTTPServer, fetch: Fetch) -> None:
    """After a fetch, regenerating gives a client with exactly the operations of the vendor's file."""
    serve(server, "/docs", (pages / "redoc-3.html").read_bytes())
    assert fetch() == 0
    assert [] == regenerate([acme])[1]
    expected = {(method, path) for method, path, _ in operations(load_yaml(pages / "api.yaml"))}
    assert expected == set(called_operations(acme.generated / acme.client_package))


def test_takes_a_file_from_disk(acme: Vendor, pages: Path, fetch: Fetch, tmp_path: Path) -> None:
    """A file is taken without any address; no folder of this machine is recorded, and nobody vouches for it."""
    shutil.copyfile(pages / "api.yaml", tmp_path / "from the vendor.yaml")
    assert fetch("--file", str(tmp_path / "from the vendor.yaml")) == 0
    record = read_provenance(acme)
    assert acme.source.read_bytes() == (pages / "api.yaml").read_bytes()
    assert ("the file from the vendor.yaml", "", "", "") == (
        record.received,
        record.download,
        record.origin,
        record.confirmed,
    )
    assert str(tmp_path) not in acme.provenance.read_text()
    assert {"reported"} == {item["x-provenance"]["path"] for _, _, item in make_effective(acme).operations}


def test_a_person_confirms_where_a_file_comes_from(acme: Vendor, pages: Path, fetch: Fetch) -> None:
    """With --origin the file is the vendor's word, in the same command or later, and the record says who says so."""
    assert fetch("--file", str(pages / "api.yaml")) == 0
    origin = "https://docs.example.com/openapi.yaml"
    assert fetch("--origin", origin, "--by", "A. Person") == 0
    record = read_provenance(acme)
    assert (origin, "A. Person") == (record.origin, record.confirmed)
    first, *_ = make_effective(acme).operations
    assert first[2]["x-provenance"] == {
        "method": "stated",
        "path": "stated",
        "confidence": "high",
        "source": f"the vendor's own file, {origin}, retrieved {record.retrieved}",
    }


def test_what_a_trial_finds_is_shown_before_anything_is_replaced(
    acme: Vendor, pages: Path, fetch: Fetch, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    """Differences are listed and do not stop; a file of which no client can be made stops unless the maintainer takes it all the same."""
    before = tree()
    file = ("--file", str(pages / "api.yaml"))
    refuse = partial(Verdict, outcome="refused", line="PUT /a: no schema.", faults=["PUT /b: no schema."])
    assert fetch(*file, judge=lambda path: refuse(str(path))) == 1
    assert tree() == before
    assert "acme: no client can be made of it: PUT /a: no schema." in capsys.readouterr().err
    wrong = partial(Verdict, outcome="wrong", line="GET /a: lost", faults=["GET /a: lost"], operations=4, conform=3)
    assert fetch(*file, judge=lambda path: wrong(str(path))) == 0
    assert "acme: try says wrong: 3 of 4 operations conform; places adapted: 0.\nacme:   GET /a: lost\n" in (
        capsys.readouterr().out
    )


def test_takes_a_refused_file_when_told_so(acme: Vendor, pages: Path, fetch: Fetch) -> None:
    """Overlays may correct what the file as it is refuses."""
    refused = partial(Verdict, outcome="refused", line="no schema.")
    assert fetch("--file", str(pages / "api.yaml"), "--accept-refused", judge=lambda path: refused(str(path))) == 0
    assert read_provenance(acme).kind == "downloaded"


def test_the_command_tries_in_a_process_of_its_own(pages: Path) -> None:
    """What the command runs before a swap says of a document what `nox -s try` says."""
    verdict = judge_file(pages / "api.yaml")
    assert ("works", 4, 4) == (verdict.outcome, verdict.operations, verdict.conform)
