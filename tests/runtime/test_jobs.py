"""Long-running work and files streamed to disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APITimeoutError,
    ArgumentError,
    Clock,
    DecodeError,
    JobFailedError,
    LongOperation,
    LongRunning,
    NotFoundError,
    RawResponse,
    Reply,
)
from tests.runtime.support import RawServer, SyncKit, http, operation, reply

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
START: LongOperation[Any, Any] = LongOperation(
    vendor="demo",
    id="startExport",
    method="POST",
    path="/v1/exports",
    security=TOKEN,
    responses={200: Reply()},
    long_running=RULES,
)
CREDENTIALS = {"token": "artificial"}


def state(status: str, **more: Any) -> RawResponse:
    return reply(200, {"_id": "op-1", "status": status, "result": None, "error": None, **more})


def test_waiting_for_the_end(kit: SyncKit) -> None:
    """The state is asked for at growing intervals until it is done; progress sees each state."""
    client, script = kit.scripted(
        state("NEW"),
        state("RUNNING"),
        state("RUNNING"),
        state("DONE", result={"href": "/f.csv"}),
        credentials=CREDENTIALS,
    )
    job = kit.run(client.start(START, json={}))
    assert (job.id, job.status, job.done, job.result, job.reply) == ("op-1", "NEW", False, None, None)
    seen: list[str] = []
    final = kit.run(job.wait(progress=lambda handle: seen.append(handle.status)))
    assert (final["status"], job.done, job.result) == ("DONE", True, "/f.csv")
    assert seen == ["RUNNING", "RUNNING", "DONE"]
    assert kit.clock.slept == [2.0, 3.0, 4.5]
    assert script.requests[1].target == "/v1/operations/op-1"
    assert "startExport" in repr(job)
    assert job.started["status"] == "NEW"


def test_work_that_is_done_at_once(kit: SyncKit) -> None:
    """One poll gives the final reply, without a pause."""
    client, _ = kit.scripted(state("DONE"), state("DONE"), credentials=CREDENTIALS)
    job = kit.run(client.start(START))
    assert kit.run(job.wait())["status"] == "DONE"
    assert kit.clock.slept == []


@pytest.mark.parametrize(
    "last", [state("FAILED"), state("RUNNING", error={"code": "X"}), state("DONE", error={"code": "X"})]
)
def test_failed_work(kit: SyncKit, last: RawResponse) -> None:
    """A failed status or a non-null error raises; the vendor's words are in the body, not in the text."""
    client, _ = kit.scripted(state("NEW"), last, credentials=CREDENTIALS)
    job = kit.run(client.start(START))
    with pytest.raises(JobFailedError, match="ended with status") as caught:
        kit.run(job.wait())
    assert caught.value.body == json.loads(last.content)["error"]
    assert "code" not in str(caught.value)


def test_waiting_has_an_end(kit: SyncKit) -> None:
    """After the timeout the error tells the last status, and waiting again goes on."""
    client, _ = kit.scripted(*[state("RUNNING")] * 3, state("DONE"), credentials=CREDENTIALS)
    job = kit.run(client.start(START))
    with pytest.raises(APITimeoutError, match="not finished after 6 s, last status 'RUNNING'"):
        kit.run(job.wait(timeout=6))
    assert kit.run(job.wait())["status"] == "DONE"


def test_each_poll_stays_inside_the_wait(kit: SyncKit) -> None:
    """A poll may not last longer than what is left of the wait."""
    client, script = kit.scripted(state("NEW"), state("DONE"), credentials=CREDENTIALS)
    kit.run(kit.run(client.start(START)).wait(timeout=10))
    assert script.requests[1].timeout == 8.0


def test_asking_once(kit: SyncKit) -> None:
    """refresh() asks for the state once."""
    client, _ = kit.scripted(state("NEW"), state("RUNNING"), credentials=CREDENTIALS)
    job = kit.run(client.start(START))
    assert kit.run(job.refresh()).status == "RUNNING"


@pytest.mark.parametrize("body", [{}, {"_id": ""}, {"_id": None}])
def test_a_start_without_id(kit: SyncKit, body: dict[str, Any]) -> None:
    """Work that cannot be followed is a decode error."""
    client, _ = kit.scripted(reply(200, body), credentials=CREDENTIALS)
    with pytest.raises(DecodeError) as caught:
        kit.run(client.start(START))
    assert caught.value.json_path == "$._id"


def job_with(kit: SyncKit, server: RawServer, href: object) -> Any:
    """A finished job of a real server whose result is this address."""
    body = json.dumps({"_id": "op-1", "status": "DONE", "result": {"href": href}}).encode()
    server.steps[:0] = [http(body=body)]
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
    assert path.read_bytes() == content
    assert leftovers(tmp_path) == ["a.csv"]
    assert raw_server.received[1].startswith(b"GET /files/a.csv?sig=1 ")
    assert b"Authorization: Token artificial" in raw_server.received[1]


def test_a_file_on_another_host_must_be_allowed(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """It is refused by default; when allowed, it is fetched without credentials."""
    other = RawServer()
    other.steps = [http(body=b"x")]
    job = job_with(kit, raw_server, f"{other.url}/a.csv")
    with pytest.raises(ArgumentError, match="allow_hosts") as caught:
        kit.run(job.download(tmp_path / "a.csv"))
    assert caught.value.argument == "allow_hosts"
    assert other.received == []
    kit.run(job.download(str(tmp_path / "a.csv"), allow_hosts=(f"127.0.0.1:{other.port}",)))
    assert (tmp_path / "a.csv").read_bytes() == b"x"
    assert b"artificial" not in other.received[0]
    assert f"Host: 127.0.0.1:{other.port}\r\n".encode() in other.received[0]
    other.close()


def test_a_fetched_token_stays_on_its_own_host(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A token of OAuth2 is no more sent to another host than a static one, neither at once nor after a redirect."""
    other = RawServer()
    other.steps = [http(body=b"x"), http(body=b"x")]
    token = http(body=b'{"access_token": "artificial-access", "expires_in": 3600}')
    moved = http(302, headers=f"Location: {other.url}/a.csv\r\n")
    oauth = (("oauth",),)
    start: LongOperation[Any, Any] = LongOperation(
        vendor="demo", id="startExport", method="POST", path="/v1/exports", security=oauth, long_running=RULES
    )
    done = [
        http(body=json.dumps({"_id": "1", "status": "DONE", "result": {"href": href}}).encode())
        for href in (f"{other.url}/a.csv", "/a.csv")
    ]
    raw_server.steps = [token, done[0], done[1], moved]
    client = kit.client(raw_server.url, {"client_id": "i", "client_secret": "s"}, clock=Clock(), max_retries=0)
    for _ in range(2):
        kit.run(kit.run(client.start(start)).download(tmp_path / "a.csv", allow_hosts=["127.0.0.1"]))
    assert b"Authorization: Bearer artificial-access" in raw_server.received[-1]
    assert len(other.received) == 2
    assert all(b"authorization" not in received.lower() for received in other.received)
    other.close()


def test_a_redirect_to_another_host_drops_the_credentials(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """The same rule holds for each hop."""
    other = RawServer()
    other.steps = [http(body=b"x")]
    raw_server.steps = [
        http(302, headers=f"Location: {other.url}/a.csv\r\n"),
        http(302, headers=f"Location: {other.url}/a.csv\r\n"),
    ]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(ArgumentError):
        kit.run(job.download(tmp_path / "a.csv"))
    kit.run(job.download(tmp_path / "a.csv", allow_hosts=["127.0.0.1"]))
    assert b"artificial" not in other.received[0]
    other.close()


def test_a_plain_http_file_elsewhere_is_refused(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """Even an allowed host must offer TLS, unless it is this machine."""
    job = job_with(kit, raw_server, "http://files.example.com/a.csv")
    with pytest.raises(ArgumentError, match="plain http"):
        kit.run(job.download(tmp_path / "a.csv", allow_hosts=("files.example.com",)))


@pytest.mark.parametrize(
    "href", ["ftp://files.example.com/a", "https://user:pw@files.example.com/a", "file:///etc/passwd"]
)
def test_odd_addresses_are_refused(kit: SyncKit, raw_server: RawServer, tmp_path: Path, href: str) -> None:
    """Only http and https without credentials are followed."""
    job = job_with(kit, raw_server, href)
    with pytest.raises(ArgumentError):
        kit.run(job.download(tmp_path / "a.csv"))
    assert leftovers(tmp_path) == []


def test_no_result_yet(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """Without an address the error says to wait."""
    job = job_with(kit, raw_server, None)
    with pytest.raises(DecodeError, match="wait for the end first"):
        kit.run(job.download(tmp_path / "a.csv"))


def test_a_broken_download_is_repeated_and_leaves_no_part(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A cut file is fetched again; when that fails too, nothing is left and an older file stays."""

    def cut(connection: Any) -> None:
        connection.sendall(http(body=b"half", length=100))

    (tmp_path / "a.csv").write_text("older")
    raw_server.steps = [cut, cut, cut, http(body=b"whole")]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(APIConnectionError):
        kit.run(job.download(tmp_path / "a.csv"))
    assert leftovers(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "older"
    kit.run(job.download(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text() == "whole"


def test_downloads_are_bounded(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A file above max_bytes is refused and removed."""
    raw_server.steps = [http(body=b"x" * 2000)]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(DecodeError, match="larger than 1000 bytes"):
        kit.run(job.download(tmp_path / "a.csv", max_bytes=1000))
    assert leftovers(tmp_path) == []


def test_error_statuses_of_downloads(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A missing file is the status error, and no file."""
    raw_server.steps = [http(404, b'{"code": "gone"}')]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(NotFoundError) as caught:
        kit.run(job.download(tmp_path / "a.csv"))
    assert caught.value.body == {"code": "gone"}
    assert leftovers(tmp_path) == []


def test_a_place_that_cannot_be_written(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """The argument is named."""
    raw_server.steps = [http(body=b"x")]
    job = job_with(kit, raw_server, "/a.csv")
    with pytest.raises(ArgumentError) as caught:
        kit.run(job.download(tmp_path / "missing" / "a.csv"))
    assert caught.value.argument == "to"


def test_downloading_the_reply_of_an_operation(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """Any operation's reply can be streamed to a file, decompressed."""
    import gzip

    raw_server.steps = [http(body=gzip.compress(b"a,b\n"), headers="Content-Encoding: gzip\r\n")]
    client = kit.client(raw_server.url, clock=Clock())
    path = kit.run(client.download(operation(), tmp_path / "x.csv", query={"a": 1}))
    assert path.read_bytes() == b"a,b\n"
    assert raw_server.received[0].startswith(b"GET /v1/guests?a=1 ")
