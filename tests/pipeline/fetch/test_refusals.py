"""Whatever goes wrong, a fetch says so in one line, exits with 1 and leaves the repository as it was."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from scripts.common.layout import Vendor

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
        ("https://user:artificial-secret@docs.example.com/", "Expected another form of text - at `$.download`."),
        ("https://docs.example.com:port/", "Expected another form of text - at `$.download`."),
    ],
)
def test_address(address: str, message: str, acme: Vendor, refused: Refused) -> None:
    """Only plain https addresses are read, and a secret in one is not repeated."""
    set_member(acme, 'download = ""', f'download = "{address}"')
    line = refused()
    assert message in line
    assert "artificial-secret" not in line


ELSEWHERE = ("https://elsewhere.example.com/api.yaml", "http://127.0.0.1:1/api.yaml", "http://elsewhere.example.com/")
ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"status": 404}, "answered with HTTP 404. Look where the vendor keeps it now, and correct the address in prov"),
    ({"status": 500}, "answered with HTTP 500. Try again later."),
    *(({"status": 302, "headers": {"Location": target}}, target) for target in (*ELSEWHERE, "ftp://127.0.0.1/")),
    ({"status": 302, "headers": {"Location": "/docs"}}, "more than 5 redirects"),
]


@pytest.mark.parametrize(("answer", "message"), ANSWERS)
def test_answer(answer: dict[str, Any], message: str, server: HTTPServer, refused: Refused) -> None:
    """A status other than 200 is named with the address; a redirect without end, or to another host, port or scheme, is not followed."""
    server.expect_request("/docs").respond_with_data("sorry", **answer)
    line = refused()
    assert (True, True) == (server.url_for("/docs") in line, message in line)


@pytest.mark.parametrize(
    ("listens", "answer", "message"),
    [
        (True, b"", "no complete answer in 0.2 s. Try again"),
        (True, b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "larger than 1,000 bytes."),
        (False, b"", "cannot be read: "),
    ],
    ids=["silence", "too large by its own word", "no server"],
)
def test_connection(
    listens: bool, answer: bytes, message: str, acme: Vendor, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is not there, never answers, or announces too much is given up at once or after the time limit."""
    monkeypatch.setattr("scripts.common.transfer.SECONDS", 0.2)
    monkeypatch.setattr("scripts.common.transfer.SIZE", 1000)

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(4096)
            client.sendall(answer)
            client.recv(4096)  # returns when the other side has hung up

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        set_member(acme, 'download = ""', f'download = "{address}"')
        if listens:
            threading.Thread(target=serve, args=(listener,)).start()
        else:
            listener.close()
        assert f"{address}: {message}" in refused()


def test_size(pages: Path, server: HTTPServer, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of unknown length is given up when it is too large."""
    content = (pages / "api.yaml").read_bytes()
    parts = Response(content[start : start + 500] for start in range(0, len(content), 500))
    server.expect_request("/docs").respond_with_response(parts)
    monkeypatch.setattr("scripts.common.transfer.SIZE", 1000)
    assert f"{server.url_for('/docs')}: larger than 1,000" in refused()


@pytest.mark.parametrize(
    "begun",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n"],
    ids=["head", "body", "redirects"],
)
def test_slow(begun: bytes, acme: Vendor, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """One limit of time holds for the head, the body and all redirects together, also where something comes all the while."""
    monkeypatch.setattr("scripts.common.transfer.SECONDS", 0.6)
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not ended.is_set():
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):
                    client.recv(4096)
                    ended.wait(0.2)
                    client.sendall(begun)
                    while b"302" not in begun and not ended.wait(0.05):
                        client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        set_member(acme, 'download = ""', f'download = "{address}"')
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        assert f"{address}: no complete answer in 0.6 s" in refused()
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


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
        ("swagger: '1.2'\ninfo: {title: Artificial Loyalty API}\npaths: {}", "no `openapi: 3.…`"),
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
        (
            f'<script>const __redoc_state = {{"spec": {{"error": 1}}}}; {HYDRATE}</script>',
            "missing required field `data`",
        ),
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


def test_file_that_cannot_be_taken(refused: Refused, tmp_path: Path) -> None:
    """A missing file, a folder, a page that only links, and a name without a vouching person each say so."""
    page = tmp_path / "page.html"
    page.write_text('<a download href="https://docs.example.com/api.yaml">')
    assert f"{tmp_path / 'none.yaml'}: No such file" in refused("--file", str(tmp_path / "none.yaml"))
    assert "Is a directory" in refused("--file", str(tmp_path))
    assert "https://docs.example.com/api.yaml" in refused("--file", str(page))
    assert "http://a.example.com is not https" in refused("--file", str(page), "--origin", "http://a.example.com")
    assert "is on this machine" in refused("--origin", "http://127.0.0.1:1/", "--file", str(page))


def test_candidates_that_are_all_wrong(pages: Path, server: HTTPServer, refused: Refused) -> None:
    """When no linked file is the spec, the first reason is given."""
    server.expect_request("/docs").respond_with_data('<a download href="/a.yaml">a</a><a download href="/b.yaml">b</a>')
    server.expect_request("/a.yaml").respond_with_data((pages / "other.yaml").read_bytes())
    server.expect_request("/b.yaml").respond_with_data("<html></html>")
    line = refused()
    assert "none of 2 candidates is the spec; the first: the title is 'Artificial Menu API'" in line
    assert server.url_for("/a.yaml") in line


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
    "workspace": refuse_before(Path, "mkdir", lambda acme, path, *_: path.name == f".{acme.slug}-new"),
    "copy": refuse_before(shutil, "copytree", lambda acme, *_: True),
    "writing": refuse_before(Path, "write_bytes", lambda acme, *_: True),
    "moving out": refuse_before(Path, "rename", lambda acme, path, target: path == acme.specs),
    "moving in": refuse_before(
        Path, "rename", lambda acme, path, target: target == acme.specs and path.name == f".{acme.slug}-new"
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
