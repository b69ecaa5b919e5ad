"""Whatever goes wrong, a fetch says so in one line, exits with 1 and leaves the repository as it was."""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from scripts.common.layout import Vendor
from scripts.common.yaml_io import load_yaml

Fetch = Callable[..., int]
Tree = Callable[[], dict[str, bytes | None]]
Refused = Callable[..., str]

HYDRATE = "Redoc.hydrate(__redoc_state, container);"


@pytest.fixture
def refused(fetch: Fetch, tree: Tree, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Return a function that fetches, insists on a clean refusal, and returns its one line."""

    def command(*arguments: str) -> str:
        before = tree()
        assert fetch(*arguments) == 1
        assert tree() == before
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        assert "Traceback" not in lines[0]
        return lines[0]

    return command


def set_member(acme: Vendor, line: str, replacement: str) -> None:
    """Change one line of the provenance."""
    text = acme.provenance.read_text()
    assert line in text
    acme.provenance.write_text(text.replace(line, replacement))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "http://docs.example.com/api",
            "error: specs/acme/provenance.toml: http://docs.example.com/api is not https. Write the address as https://",
        ),
        (
            "https://user:artificial-secret@docs.example.com/",
            "the address of docs.example.com holds a user name or password. Remove it",
        ),
        ("https://docs.example.com:port/", "is not a complete address"),
    ],
)
def test_address(address: str, message: str, acme: Vendor, refused: Refused) -> None:
    """Only plain https addresses are read, and a secret in one is not repeated."""
    set_member(acme, 'download = ""', f'download = "{address}"')
    line = refused()
    assert message in line
    assert "artificial-secret" not in line


@pytest.mark.parametrize(
    ("status", "todo"),
    [(404, "correct the address in provenance.toml"), (403, "correct the address"), (500, "Try again later.")],
)
def test_status(status: int, todo: str, server: HTTPServer, refused: Refused) -> None:
    """A status other than 200 is named with the address."""
    server.expect_request("/docs").respond_with_data("sorry", status=status)
    line = refused()
    assert f"{server.url_for('/docs')}: answered with HTTP {status}. " in line
    assert todo in line


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example.com/api.yaml",
        "http://127.0.0.1:1/api.yaml",
        "http://elsewhere.example.com/",
        "ftp://127.0.0.1/",
    ],
)
def test_redirect_off_the_host(target: str, server: HTTPServer, refused: Refused) -> None:
    """A redirect to another host, port or scheme is not followed."""
    server.expect_request("/docs").respond_with_data(status=302, headers={"Location": target})
    line = refused()
    assert "redirects to another host" in line or "is not https" in line
    assert target in line


def test_redirect_without_end(server: HTTPServer, refused: Refused) -> None:
    """A circle of redirects ends."""
    server.expect_request("/docs").respond_with_data(status=302, headers={"Location": "/docs"})
    assert "more than 5 redirects" in refused()


def test_silence(acme: Vendor, refused: Refused) -> None:
    """A server that accepts and never answers is given up after the time limit."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        set_member(acme, 'download = ""', f'download = "{address}"')
        assert f"{address}: no complete answer in 0.2 s. Try again" in refused("--timeout", "0.2")


def test_no_server(acme: Vendor, refused: Refused) -> None:
    """A closed port is a line, not a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/api"
    set_member(acme, 'download = ""', f'download = "{address}"')
    assert f"{address}: cannot be read: " in refused()


def test_drip(pages: Path, server: HTTPServer, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that keeps coming, but too slowly, is given up as well; the clock here advances 20 s at each look."""
    server.expect_request("/docs").respond_with_response(in_parts((pages / "api.yaml").read_bytes()))
    clock = SimpleNamespace(monotonic=itertools.count(0, 20).__next__)
    monkeypatch.setattr("scripts.common.transfer.time", clock)
    assert f"{server.url_for('/docs')}: no complete answer in 15 s." in refused("--timeout", "15")


def test_too_large(pages: Path, server: HTTPServer, refused: Refused) -> None:
    """The size limit holds for a body whose size is not announced."""
    server.expect_request("/docs").respond_with_response(in_parts((pages / "api.yaml").read_bytes()))
    assert f"{server.url_for('/docs')}: larger than 1,000 bytes." in refused("--max-bytes", "1000")


def test_too_large_by_its_own_word(acme: Vendor, refused: Refused) -> None:
    """A body that announces too much is not waited for."""
    with socket.create_server(("127.0.0.1", 0)) as boaster:
        address = f"http://127.0.0.1:{boaster.getsockname()[1]}/api"
        set_member(acme, 'download = ""', f'download = "{address}"')
        answer = threading.Thread(target=_announce, args=(boaster,))
        answer.start()
        line = refused("--max-bytes", "1000", "--timeout", "2")
        answer.join()
    assert f"{address}: larger than 1,000 bytes." in line


def in_parts(content: bytes) -> Response:
    """Answer in small parts, without a length."""
    return Response(content[start : start + 500] for start in range(0, len(content), 500))


def _announce(boaster: socket.socket) -> None:
    client, _ = boaster.accept()
    with client:
        client.recv(4096)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
        client.recv(4096)  # returns when the other side has hung up


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "the answer is empty"),
        (b"\xff\xfe\x00", "not UTF-8 text (byte 0)"),
        (b"<html>\xff</html>", "the page is not UTF-8 (byte 6)"),
        ('{"openapi": "3.1.0", "info": {"title": "Artif', "not valid YAML"),
        ("openapi: 3.1.0\n  info: [", "not valid YAML"),
        ("[" * 100_000, "it nests deeper than 200 levels"),
        ("just a sentence", "not an OpenAPI document: no mapping"),
        ('{"status": "ok"}', "not an OpenAPI document: no `openapi: 3.…`"),
        ("swagger: '2.0'\ninfo: {title: Artificial Loyalty API}\npaths: {}", "Swagger 2.0, not OpenAPI 3"),
        ("openapi: 3.1.0\ninfo: {}\npaths: {}", "no `info.title` or no `paths`"),
        ("openapi: 3.1.0\ninfo: {title: Artificial Loyalty API}\npaths: {}", "the document has no operations"),
        ("<html><body>Under construction</body></html>", "the page neither embeds a spec nor links to one"),
        (
            '<a download href="https://cdn.example.net/api.yaml">',
            "the page links to a spec on another host: https://cdn.example.net/api.yaml",
        ),
        (
            f"<script>const __redoc_state = {{menu: 1}}; {HYDRATE}</script>",
            "the embedded spec is not readable as JSON: ",
        ),
        (
            f'<script>const __redoc_state = {{"spec": {{"data": {{"openapi": ; {HYDRATE}</script>',
            "the embedded spec is not readable as JSON: ",
        ),
        (f'<script>const __redoc_state = {{"spec": {{"error": "none"}}}}; {HYDRATE}</script>', "no member 'data'"),
        (
            '<script>const __redoc_definition = {"openapi": "3.1.0"};</script>',
            "the page neither embeds a spec nor links to one",
        ),
        (
            '<script>const __redoc_definition = {"a": 1}; hydrate(__redoc_definition)</script>',
            "not an OpenAPI document",
        ),
        (
            '<script>const __redoc_definition = {"a": 1}; hydrate(__redoc_definition)</script>'
            '<script>const __redoc_definition = {"a": 2}; hydrate(__redoc_definition)</script>',
            "the page embeds 2 different specs",
        ),
    ],
)
def test_content(body: str | bytes, message: str, server: HTTPServer, refused: Refused) -> None:
    """A body that is not one OpenAPI 3 document, nor a page that leads to one, is named for what it is."""
    server.expect_request("/docs").respond_with_data(body)
    line = refused()
    assert line.startswith(f"error: {server.url_for('/docs')}")
    assert message in line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Artificial Loyalty API",
            "Another API",
            "the title is 'Another API', known is 'Acme Loyalty API' or 'Artificial loyalty API'. If",
        ),
        (
            "#/components/schemas/Member",
            "schemas.yaml#/Member",
            "the document refers to another file: schemas.yaml#/Member",
        ),
        (
            "#/components/schemas/Member",
            "#/components/schemas/Nobody",
            "the reference #/components/schemas/Nobody points at nothing",
        ),
        (
            "\n    post:\n      operationId: grantAward",
            "\n    x-none:\n      operationId: grantAward",
            "only 3 operations, 4 before. Look whether",
        ),
        ("\ntags:", "\nservers: []\ntags:", "the key 'servers' stands twice"),
    ],
)
def test_spec(old: str, new: str, message: str, pages: Path, server: HTTPServer, refused: Refused) -> None:
    """A spec of another API, in several files, much smaller, or one the pipeline cannot read is refused."""
    text = (pages / "api.yaml").read_text()
    assert old in text
    server.expect_request("/docs").respond_with_data(text.replace(old, new))
    assert message in refused()


def test_doubled_key_in_json(acme: Vendor, pages: Path, server: HTTPServer, refused: Refused) -> None:
    """What the pipeline could not read afterwards never becomes the source."""
    text = json.dumps(load_yaml(pages / "api.yaml"))
    server.expect_request("/docs").respond_with_data('{"openapi": "3.1.0", ' + text[1:])
    assert "specs/acme/openapi.yaml:1: the key 'openapi' stands twice in one mapping" in refused()


def test_candidates_that_are_all_wrong(pages: Path, server: HTTPServer, refused: Refused) -> None:
    """When no linked file is the spec, the first reason is given."""
    server.expect_request("/docs").respond_with_data('<a download href="/a.yaml">a</a><a download href="/b.yaml">b</a>')
    server.expect_request("/a.yaml").respond_with_data((pages / "other.yaml").read_bytes())
    server.expect_request("/b.yaml").respond_with_data("<html></html>")
    line = refused()
    assert "none of 2 candidates is the spec; the first: the title is 'Artificial Menu API'" in line
    assert server.url_for("/a.yaml") in line


def test_unknown_vendor(acme: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    """A name without a folder is answered with the names there are."""
    from scripts.common.problems import run
    from scripts.fetch.__main__ import main

    assert run(lambda: main(["acne"], root=acme.root)) == 1
    assert capsys.readouterr().err == "error: specs: unknown vendor 'acne'. Known vendors: acme.\n"


def test_transcription_that_would_be_lost(acme: Vendor, pages: Path, server: HTTPServer, refused: Refused) -> None:
    """An earlier `transcribed/` is not overwritten."""
    (acme.specs / "transcribed").mkdir()
    server.expect_request("/docs").respond_with_data((pages / "api.yaml").read_bytes())
    assert "specs/acme/transcribed: it exists although the source is transcribed." in refused()


def refuse_before(owner: Any, name: str, applies: Callable[..., bool]) -> Callable[[Vendor, pytest.MonkeyPatch], None]:
    """Return what makes a function fail as a full or protected disk does, where its arguments and the vendor say so."""

    def install(acme: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(owner, name)

        def refuse(*arguments: Any, **options: Any) -> Any:
            if applies(acme, *arguments):
                raise OSError(28, "No space left on device", str(acme.specs))
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, refuse)

    return install


FULL = {
    "workspace": refuse_before(tempfile, "mkdtemp", lambda acme, *_: True),
    "copy": refuse_before(shutil, "copytree", lambda acme, *_: True),
    "writing": refuse_before(Path, "write_bytes", lambda acme, *_: True),
    "moving out": refuse_before(Path, "rename", lambda acme, path, target: path == acme.specs),
    "moving in": refuse_before(
        Path, "rename", lambda acme, path, target: target == acme.specs and path.name == acme.slug
    ),
}


@pytest.mark.parametrize("fault", FULL.values(), ids=FULL)
def test_folder_that_cannot_be_written(
    fault: Callable[[Vendor, pytest.MonkeyPatch], None],
    acme: Vendor,
    pages: Path,
    server: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    refused: Refused,
) -> None:
    """A refused write at any step, the swap included, leaves the old source in place."""
    server.expect_request("/docs").respond_with_data((pages / "api.yaml").read_bytes())
    fault(acme, monkeypatch)
    assert refused().endswith("No space left on device. Nothing was replaced.")
