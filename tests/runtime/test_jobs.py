"""Long-running work and files streamed to disk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ArgumentError,
    Clock,
    DecodeError,
    JobFailedError,
    LongOperation,
    LongRunning,
    LoyaltyError,
    NotFoundError,
    RawResponse,
    Reply,
)
from tests.runtime.support import RawServer, Script, SyncKit, http, operation, reply

TOKEN = (("token",),)
POLL = operation(id="getOperation", path="/v1/operations/{operationId}", security=TOKEN)
RULES = LongRunning(
    id="_id",
    poll=lambda: POLL,
    parameter="operationId",
    status="status",
    done=("DONE",),
    failed=("FAILED",),
    error="error",
    result="result.href",
)


def starting(security: Any = TOKEN) -> LongOperation[Any, Any]:
    """The operation that starts work."""
    usual: dict[str, Any] = {"vendor": "demo", "id": "startExport", "method": "POST", "path": "/v1/exports"}
    return LongOperation(**usual, security=security, responses={200: Reply()}, long_running=RULES)


START = starting()
CREDENTIALS = {"token": "artificial"}


def state(status: str, **more: Any) -> RawResponse:
    return reply(200, {"_id": "op-1", "status": status, "result": None, "error": None, **more})


@pytest.fixture
def other() -> Iterator[RawServer]:
    """A second server, which is another host to the client."""
    server = RawServer()
    yield server
    server.close()


def started(kit: SyncKit, *states: RawResponse) -> tuple[Any, Script]:
    client, script = kit.scripted(*states, credentials=CREDENTIALS)
    return kit.run(client.start(START, json={})), script


def test_waiting_for_the_end(kit: SyncKit) -> None:
    """The state is asked for at growing intervals until it is done; progress sees each state."""
    states = [state("NEW"), state("RUNNING"), state("RUNNING"), state("DONE", result={"href": "/f.csv"})]
    job, script = started(kit, *states)
    assert ("op-1", "NEW", False, None, None) == (job.id, job.status, job.done, job.result, job.reply)
    seen: list[str] = []
    final = kit.run(job.wait(progress=lambda handle: seen.append(handle.status)))
    assert ("DONE", True, "/f.csv") == (final["status"], job.done, job.result)
    assert ["RUNNING", "RUNNING", "DONE"] == seen
    assert [2.0, 3.0, 4.5] == kit.clock.slept
    assert "/v1/operations/op-1" == script.requests[1].target
    assert ("NEW", True) == (job.started["status"], "startExport" in repr(job))


def test_work_that_is_done_at_once(kit: SyncKit) -> None:
    """One poll gives the final reply, without a pause; refresh() asks once without waiting for the end."""
    job, _ = started(kit, state("DONE"), state("RUNNING"), state("DONE"))
    assert "RUNNING" == kit.run(job.refresh()).status
    job, _ = started(kit, state("DONE"), state("DONE"))
    assert ("DONE", []) == (kit.run(job.wait())["status"], kit.clock.slept)


@pytest.mark.parametrize(
    "last", [state("FAILED"), state("RUNNING", error={"code": "X"}), state("DONE", error={"code": "X"})]
)
def test_failed_work(kit: SyncKit, last: RawResponse) -> None:
    """A failed status or a non-null error raises; the vendor's words are in the body, not in the text."""
    job, _ = started(kit, state("NEW"), last)
    with pytest.raises(JobFailedError, match="ended with status") as caught:
        kit.run(job.wait())
    assert json.loads(last.content)["error"] == caught.value.body
    assert "code" not in str(caught.value)


def test_waiting_has_an_end(kit: SyncKit) -> None:
    """No poll lasts longer than what is left; at the end the error tells the last status, and waiting again goes on."""
    job, script = started(kit, *[state("RUNNING")] * 3, state("DONE"))
    with pytest.raises(APITimeoutError, match="not finished after 6 s, last status 'RUNNING'"):
        kit.run(job.wait(timeout=6))
    assert [4.0, 1.0] == [request.timeout for request in script.requests[1:]]
    assert "DONE" == kit.run(job.wait())["status"]


@pytest.mark.parametrize("body", [{}, {"_id": ""}, {"_id": None}])
def test_a_start_without_id(kit: SyncKit, body: dict[str, Any]) -> None:
    """Work that cannot be followed is a decode error."""
    with pytest.raises(DecodeError) as caught:
        started(kit, reply(200, body))
    assert "$._id" == caught.value.json_path


def done(href: object) -> bytes:
    return http(body=json.dumps({"_id": "op-1", "status": "DONE", "result": {"href": href}}).encode())


def job_with(kit: SyncKit, server: RawServer, href: object) -> Any:
    """A finished job of a real server whose result is this address."""
    server.steps[:0] = [done(href)]
    client = kit.client(server.url, CREDENTIALS, clock=Clock(), timeout=5, max_retries=1)
    return kit.run(client.start(START))


def leftovers(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize("form", ["/files/a.csv?sig=1", "{url}/files/a.csv?sig=1"])
def test_downloading_the_result(kit: SyncKit, raw_server: RawServer, tmp_path: Path, form: str) -> None:
    """A file on the client's own server is fetched with its credentials and appears complete."""
    content = b"name\n" + b"Ada Lovelace\n" * 100_000
    raw_server.steps = [http(body=content, headers="Content-Type: text/csv\r\n")]
    job = job_with(kit, raw_server, form.replace("{url}", raw_server.url))
    path = kit.run(job.download(tmp_path / "a.csv"))
    assert content == path.read_bytes()
    assert ["a.csv"] == leftovers(tmp_path)
    assert raw_server.received[1].startswith(b"GET /files/a.csv?sig=1 ")
    assert b"Authorization: Token artificial" in raw_server.received[1]


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("security", ["token", "oauth"])
def test_a_file_on_another_host(
    kit: SyncKit, raw_server: RawServer, other: RawServer, tmp_path: Path, moved: bool, security: str
) -> None:
    """It is refused by default; when allowed, it is fetched without any credential, at once or after a redirect."""
    link = f"{other.url}/a.csv"
    redirect = [http(302, headers=f"Location: {link}\r\n")] if moved else []
    token = [http(body=b'{"access_token": "artificial", "expires_in": 3600}')] if security == "oauth" else []
    raw_server.steps = [*token, done("/a.csv" if moved else link), *redirect, *redirect]
    other.steps = [http(body=b"x")]
    credentials = {**CREDENTIALS, "client_id": "i", "client_secret": "s"}
    job = kit.run(kit.client(raw_server.url, credentials, clock=Clock()).start(starting(((security,),))))
    with pytest.raises(ArgumentError, match="allow_hosts") as caught:
        kit.run(job.download(tmp_path / "a.csv"))
    assert ("allow_hosts", []) == (caught.value.argument, other.received)
    kit.run(job.download(str(tmp_path / "a.csv"), allow_hosts=(f"127.0.0.1:{other.port}",)))
    assert b"x" == (tmp_path / "a.csv").read_bytes()
    assert b"artificial" in raw_server.received[-1]
    assert b"artificial" not in other.received[0]
    assert b"authorization" not in other.received[0].lower()
    assert f"Host: 127.0.0.1:{other.port}\r\n".encode() in other.received[0]


@pytest.mark.parametrize(
    ("href", "kind", "text"),
    [
        ("http://files.example.com/a.csv", ArgumentError, "plain http"),
        ("ftp://files.example.com/a", ArgumentError, "must be https://host"),
        ("https://user:pw@files.example.com/a", ArgumentError, "holds credentials"),
        ("file:///etc/passwd", ArgumentError, "must be https://host"),
        (None, DecodeError, "wait for the end first"),
    ],
)
def test_odd_addresses_are_refused(
    kit: SyncKit, raw_server: RawServer, tmp_path: Path, href: object, kind: type, text: str
) -> None:
    """Only http and https without credentials are followed, plain http only on this machine; none says to wait."""
    job = job_with(kit, raw_server, href)
    with pytest.raises(LoyaltyError, match=text) as caught:
        kit.run(job.download(tmp_path / "a.csv", allow_hosts=("files.example.com",)))
    assert kind is type(caught.value)
    assert [] == leftovers(tmp_path)


def test_a_broken_download_is_repeated_and_leaves_no_part(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A cut file is fetched again; when that fails too, nothing is left and an older file stays."""

    def cut(connection: Any) -> None:
        connection.sendall(http(body=b"half", length=100))

    (tmp_path / "a.csv").write_text("older")
    raw_server.steps = [cut, cut, cut, http(body=b"whole")]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(APIConnectionError):
        kit.run(job.download(tmp_path / "a.csv"))
    assert (["a.csv"], "older") == (leftovers(tmp_path), (tmp_path / "a.csv").read_text())
    kit.run(job.download(tmp_path / "a.csv"))
    assert "whole" == (tmp_path / "a.csv").read_text()


@pytest.mark.parametrize(
    ("answer", "place", "kind", "text"),
    [
        (http(body=b"x" * 2000), "a.csv", DecodeError, "larger than 1000 bytes"),
        (http(404, b'{"code": "gone"}'), "a.csv", NotFoundError, "answered 404"),
        (http(body=b"x"), "missing/a.csv", ArgumentError, "'a.csv' cannot be written: there is no folder"),
        (http(body=b"x"), ".", ArgumentError, "it is a folder"),
        (http(body=b"x"), "a\0b", ArgumentError, "no file can have this name"),
        (http(body=b"x"), "n" * 300, ArgumentError, "cannot be written: File name too long"),
    ],
)
def test_a_download_that_fails_leaves_no_file(
    kit: SyncKit, raw_server: RawServer, tmp_path: Path, answer: bytes, place: str, kind: type, text: str
) -> None:
    """A file above max_bytes, an error status with its body, a place that cannot be written (which is named)."""
    raw_server.steps = [answer]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(LoyaltyError, match=text) as caught:
        kit.run(job.download(tmp_path / place, max_bytes=1000))
    assert (kind, []) == (type(caught.value), leftovers(tmp_path))
    assert "to" == getattr(caught.value, "argument", "to")
    assert kind is not NotFoundError or {"code": "gone"} == getattr(caught.value, "body", None)


def test_downloading_the_reply_of_an_operation(
    kit: SyncKit, raw_server: RawServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Any operation's reply can be streamed to a file, decompressed; each attempt is logged, as of any call."""
    raw_server.steps = [http(503), http(body=gzip.compress(b"a,b\n"), headers="Content-Encoding: gzip\r\n")]
    client = kit.client(raw_server.url)
    with caplog.at_level("DEBUG", "loyalty_runtime"):
        path = kit.run(client.download(operation(), tmp_path / "x.csv", query={"a": 1}))
    assert b"a,b\n" == path.read_bytes()
    assert raw_server.received[1].startswith(b"GET /v1/guests?a=1 ")
    line = "demo getGuest: GET /v1/guests, attempt"
    own = [record.getMessage() for record in caplog.records if record.name == "loyalty_runtime"]
    assert [f"{line} 1: 503", "demo getGuest waits 0.5 s before it is repeated", f"{line} 2: 200"] == own


def test_a_redirected_post_is_not_sent_again(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A download follows redirects by GET only, like any call."""
    raw_server.steps = [http(307, headers="Location: /elsewhere\r\n")]
    client = kit.client(raw_server.url, clock=Clock())
    with pytest.raises(APIStatusError, match="answered 307 to another place"):
        kit.run(client.download(operation(method="POST"), tmp_path / "x.csv", json={}))
    assert 1 == len(raw_server.received)
