"""The pages: what a reader finds, what the forms do, and what hostile input and foreign sites cannot do."""

from __future__ import annotations

import re
import select
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from loyalty_sandbox import protocol
from tests.clients.tables import ROWS
from tests.sandbox.serving import Sandbox, Serve

HOSTILE = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """Two vendors with a few requests in the log, some of them hostile."""
    sandbox = serve("stampede", "stamps")
    stamps, stampede = sandbox.client("stamps"), sandbox.client("stampede")
    stamps.post("/api/stamps/add", json={"user": 2001, "store": 2, "number_of_stamps": 3, "notes": HOSTILE})
    stampede.get("/v1/guests", params={"search": HOSTILE, "access_token": "planted-secret"})
    stampede.get("/v1/deal", headers={"X-Sandbox-Fault": "status=503"})
    return sandbox


def page(sandbox: Sandbox, path: str) -> str:
    """Read a page."""
    answer = sandbox.client().get(path, follow_redirects=True)
    assert (200, True) == (answer.status_code, answer.headers["Content-Type"].startswith("text/html"))
    return answer.text


def test_the_start_page_has_all_for_the_first_call(sandbox: Sandbox) -> None:
    """Addresses of this very sandbox, credentials, and a call to paste."""
    text = page(sandbox, "/")
    engine = sandbox.world.engines["stamps"]
    stateful = [engine.behaviour(name) for name in engine.operations].count("stateful")
    for part in (
        f"{sandbox.url}/stamps",
        "token=sandbox-stamps-static-token",
        f"curl {sandbox.url}/stampede/v1/venues",
        f"{stateful} of {len(ROWS['stamps'])} operations",
    ):
        assert part in text


def test_the_log_is_read_and_filtered_without_script(sandbox: Sandbox) -> None:
    """Newest first, each request with a page of its own; nothing in between is lost."""
    numbers = [int(number) for number in re.findall(r'href="/_log/(\d+)"', page(sandbox, "/_log"))]
    assert (3, sorted(numbers, reverse=True)) == (len(numbers), numbers)
    assert 1 == page(sandbox, "/_log?text=503").count('<a href="/_log/')
    assert 1 == page(sandbox, "/_log?vendor=stamps").count('<a href="/_log/')
    assert "No request fits" in page(sandbox, "/_log?text=nothing+like+that")
    exchange = page(sandbox, f"/_log/{min(numbers)}")
    assert ("addStamps" in exchange, "number_of_stamps" in exchange) == (True, True)
    assert [404, 404] == [sandbox.client().get(path).status_code for path in ("/_log/999999", "/_log/%C2%B2")]


def test_every_kept_request_can_be_reached_and_found(sandbox: Sandbox) -> None:
    """The pages of the log together show all of them once, and the filter looks at all of them; by `after` none is left out."""
    client = sandbox.client("stampede")
    for number in range(450):
        client.get("/v1/deal" if number == 0 else "/v1/guests")
    shown = [
        number for part in range(3) for number in re.findall(r"/_log/(\d+)\"", page(sandbox, f"/_log?page={part}"))
    ]
    kept = [entry["number"] for entry in sandbox.world.log.select(limit=None)]
    assert (453, [str(number) for number in reversed(kept)]) == (len(kept), shown)
    assert "2 requests fit" in page(sandbox, f"/_log?text=/v1/deal&vendor=stampede&page={10**9}")
    walked, after = [], 0
    while found := sandbox.admin("GET", f"log?after={after}"):
        walked += [entry["number"] for entry in found["entries"]]
        if not found["entries"]:
            break
        after = found["last"]
    assert kept == walked


def test_a_request_that_does_not_come_is_not_waited_for(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that sends half of a head is ended; one whose request came goes on."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as half:
        half.sendall(b"GET / HTTP/1.1\r\n")
        assert b"" == half.recv(100)
    with socket.create_connection((address.hostname, address.port), timeout=10) as whole:
        for _ in range(2):
            whole.sendall(f"GET /_pages/sandbox.css HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            assert whole.recv(100).startswith(b"HTTP/1.1 200")
            time.sleep(0.5)
            while select.select([whole], [], [], 0)[0]:
                assert whole.recv(65536)


def test_nothing_stored_becomes_markup(sandbox: Sandbox) -> None:
    """Hostile values are text on every page, and no secret is shown."""
    texts = [page(sandbox, path) for path in ("/", "/_log", f"/?said={HOSTILE}", f"/_log?text={HOSTILE}")]
    texts += [page(sandbox, path) for path in re.findall(r"/_log/\d+", texts[1])]
    for text in texts:
        assert "<script" not in text
        assert "<img" not in text
        assert "planted-secret" not in text


def test_the_forms_move_the_clock_set_faults_and_reset(sandbox: Sandbox) -> None:
    """Each form leads back to the start page, which says what was done or what is wrong."""
    client = sandbox.client()

    def send(name: str, **form: str) -> str:
        return client.post(f"/_sandbox/{name}", data=form, headers={"Origin": sandbox.url}, follow_redirects=True).text

    assert "Clock: 2026-03-01T12:01" in send("clock", now="2026-03-01T12:00:00Z", advance="60")
    assert "(stopped)" in send("clock", now="", advance="", stopped="true")
    assert "is not a time" in send("clock", now="noon")
    assert "Rate limits: off" in send("limits", enabled="false")
    text = send("faults", vendor="stamps", operation="addStamps", fault="status=503", times="2")
    assert "<code>status=503</code> for addStamps of stamps, 2 times" in text
    assert 503 == sandbox.client("stamps").post("/api/stamps/add", json={}).status_code
    (number,) = re.findall(r"faults/clear\?number=(\d+)", text)
    assert "status=503</code>" not in send(f"faults/clear?number={number}")
    assert "Done: reset." in send("reset", vendor="stamps")


def test_the_reference_is_served_or_its_making_is_told(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the built page a sentence says which command makes it; with it, it cannot run script or be framed."""
    from loyalty_sandbox.pages import routes

    monkeypatch.setattr(routes, "_HERE", tmp_path)
    missing = sandbox.client().get("/_docs/stamps")
    assert (404, True) == (missing.status_code, "nox -s sandbox" in missing.text)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "stamps.html").write_text("<!DOCTYPE html><title>Stamps</title>")
    built = sandbox.client().get("/_docs/stamps")
    policy = built.headers["Content-Security-Policy"]
    assert (200, True, False) == (built.status_code, "frame-ancestors 'none'" in policy, "script-src" in policy)
    assert 404 == sandbox.client().get("/_docs/..%2f..%2fsandbox").status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "[::1"}, 421),
        ({"Host": ""}, 421),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_sandbox/reset", "/stamps/api/stamps/add"])
def test_other_sites_and_host_names_are_refused(
    sandbox: Sandbox, path: str, headers: dict[str, str], status: int
) -> None:
    """Pages, forms, admin calls and vendors alike."""
    assert status == sandbox.client("", headers=headers).post(path, headers=headers).status_code


def test_odd_requests_are_4xx(sandbox: Sandbox) -> None:
    """A body without end, a number that is none, and `OPTIONS *`."""
    client = sandbox.client()
    assert 400 == client.post("/_sandbox/reset", content=b"x" * 1_000_001).status_code
    assert [400, 400, 400] == [
        client.get("/_sandbox/log", params={"after": after}).status_code for after in ("²", "-1", "9" * 30)
    ]
    assert 400 == client.delete("/_sandbox/faults", params={"number": "²"}).status_code
    assert 413 == sandbox.client("stamps").post("/api/stamps/add", content=b"x" * (21 * 1024 * 1024)).status_code
    address = urlsplit(sandbox.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as raw:
        raw.sendall(f"OPTIONS * HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 4")


def test_pages_forbid_script_and_frames(sandbox: Sandbox) -> None:
    """The policy is on every page."""
    for path in ("/", "/_log", "/_log/999999", "/_docs/nobody"):
        policy = sandbox.client().get(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"), path


def exchange(sandbox: Sandbox, sent: bytes) -> bytes:
    """Send bytes and return all that comes back."""
    address = urlsplit(sandbox.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as raw:
        raw.sendall(sent.replace(b"HOST", address.netloc.encode()))
        return b"".join(iter(lambda: raw.recv(65536), b""))


@pytest.mark.parametrize(
    ("target", "header", "status"),
    [
        (b"http://HOST/_sandbox/clock", b"HOST", b"200"),
        (b"HTTP://HOST/stamps/api/nothing?x=1", b"elsewhere.example", b"404"),
        (b"http://HOST", b"HOST", b"200"),
        (b"http://evil.example/_sandbox/clock", b"HOST", b"421"),
    ],
)
def test_a_target_may_name_the_host(sandbox: Sandbox, target: bytes, header: bytes, status: bytes) -> None:
    """As clients behind proxies send it; its host counts, and not the header."""
    answer = exchange(sandbox, b"GET " + target + b" HTTP/1.1\r\nHost: " + header + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("path", [b"/_sandbox/reset", b"/stamps/api/stamps/add"])
def test_bad_chunks_are_400_and_no_traceback(sandbox: Sandbox, path: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """When the head is taken already, too."""
    head = b"POST " + path + b" HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert exchange(sandbox, head + b"2\r\n{}\r\nzz\r\n").startswith(b"HTTP/1.1 400")
    assert [] == [record for record in caplog.records if record.levelname == "ERROR"]
