"""Request bodies: JSON, forms, multipart from bytes, paths and files, streamed content."""

from __future__ import annotations

import datetime
import io
import json
import math
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from loyalty_runtime import ArgumentError, Clock, File
from loyalty_runtime.types import UNSET
from tests.runtime.support import POST, RawServer, SyncKit, http, operation, reply


class Model:
    def to_dict(self) -> dict[str, Any]:
        return {
            "name": "Ada",
            "at": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
            "amount": Decimal("1.50"),
            "id": UUID(int=1),
        }


class Word(StrEnum):
    BIG = "big"


class Text(str):
    __slots__ = ()


class Odd:
    def to_dict(self) -> dict[str, Any]:
        return {"amount": Decimal("NaN")}


class Vector:
    """What has items and is no list, as an array of numpy."""

    def __getitem__(self, index: int) -> int:
        return index


def closed() -> io.BytesIO:
    with io.BytesIO(b"abc") as file:
        return file


class Upload:
    """A file of a web framework, which is read by awaiting."""

    async def read(self, size: int) -> bytes:
        return b""


UPLOAD: Any = Upload()
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
LONG_AGO = datetime.timezone(datetime.timedelta(minutes=34, seconds=8))


class Pipe(io.RawIOBase):
    """A stream that cannot be rewound."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._inner.readinto(buffer)


def parts_of(received: bytes) -> list[Message]:
    head, _, body = received.partition(b"\r\n\r\n")
    content_type = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
    message = message_from_bytes(content_type + b"\r\n\r\n" + body)
    assert message.is_multipart()
    return [part for part in message.get_payload() if isinstance(part, Message)]


def dechunk(body: bytes) -> bytes:
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        out, body = out + body[:length], body[length + 2 :]
    return out


def test_json_bodies(kit: SyncKit) -> None:
    """Models, dates, UUIDs, decimals and texts of a class of one's own are written; null is a body, UNSET is none."""
    client, script = kit.scripted(*[reply(200, {})] * 5)
    for body in (Model(), ({"m": Model()},), None, UNSET, [Text("a"), MappingProxyType({1: Word.BIG}), ("b",)]):
        kit.run(client.call(POST, json=body))
    model = {"name": "Ada", "at": "2026-01-02T00:00:00Z", "amount": 1.5, "id": str(UUID(int=1))}
    assert json.loads(script.requests[0].body) == model  # type: ignore[arg-type]
    assert json.loads(script.requests[1].body) == [{"m": model}]  # type: ignore[arg-type]
    assert script.requests[2].body == b"null"
    assert script.requests[3].body is None
    assert script.requests[4].body == b'["a",{"1":"big"},["b"]]'
    assert [script.header(index, "Content-Type") for index in (0, 3)] == ["application/json", None]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("12345678901234567.89"), b"12345678901234567.89"),
        (Decimal(100), b"100"),
        (Decimal("1.10"), b"1.10"),
        (range(2), b"[0,1]"),
        (datetime.datetime(1890, 1, 1, tzinfo=LONG_AGO), b'"1889-12-31T23:25:52Z"'),
    ],
)
def test_numbers_and_times_arrive_as_they_are(kit: SyncKit, value: object, written: bytes) -> None:
    """An amount keeps each digit; a time of a zone of old, whose offset has seconds, is the same moment in UTC."""
    client, script = kit.scripted(reply(200, {}))
    kit.run(client.call(POST, json={"a": value}))
    assert b'{"a":%b}' % written == script.requests[0].body


@pytest.mark.parametrize(
    ("bodies", "argument", "text"),
    [
        ({"json": {"points": odd}}, "points", text)
        for odd, text in [
            (math.nan, "is nan, which JSON cannot carry"),
            (-math.inf, "is -inf"),
            (Decimal("NaN"), "is NaN"),
            (Decimal("Infinity"), "is Infinity"),
            (b"5", "is bytes"),
            ((n for n in (1,)), "is of type generator"),
            ({"a": 1}.keys(), "is of type dict_keys"),
            (math, "is of type module"),
            (Vector(), "is of type Vector"),
            (1 << 20_000, "is a number of far too many digits"),
            (object(), "is of type object"),
            (UNSET, "leave the member out"),
            (File(b"x"), "files travel in multipart bodies"),
            ("\ud800", "half a character"),
            ({None: 1}, "has a key of type NoneType"),
        ]
    ]
    + [
        ({"json": math.nan}, "json", "is nan"),
        ({"json": {"users": [{"id": 1}, {"id": 2, "points": math.nan}]}}, "users[1].points", "is nan"),
        ({"json": Odd()}, "amount", "is NaN"),
        ({"json": ENDLESS}, "json", "nested too deeply"),
        ({"json": {}, "form": {"a": 1}}, "form", "json and form"),
        ({"form": {"a": math.nan}}, "a", "no number"),
        ({"form": {"a": math}}, "a", "is of type module"),
        ({"content": "\ud800"}, "content", "half a character"),
        ({"content": io.StringIO("abc")}, "content", "open it in binary mode"),
        ({"content": closed()}, "content", "is closed"),
        ({"multipart": [("file", UPLOAD)]}, "file", "gives a coroutine"),
        ({"content": Path(__file__).parent}, "content", "it is a folder"),
        ({"content": 5}, "content", "type int is no file"),
        ({"multipart": [("file", io.StringIO("abc"))]}, "file", "open it in binary mode"),
        ({"multipart": [("file", File(Path("gone.csv")))]}, "file", "No such file"),
        ({"multipart": [("points", math.nan)]}, "points", "no number"),
        ({"multipart": [("ids", [1, 2])]}, "ids", "is of type list"),
        ({"content": Path("gone.csv")}, "content", "No such file"),
        ({"content": Path("gone\0.csv")}, "content", "no file can have this name"),
    ],
)
def test_bodies_that_cannot_be_sent(kit: SyncKit, bodies: dict[str, Any], argument: str, text: str) -> None:
    """What no body can carry, two bodies, text files, missing files: found before anything is sent, naming the member."""
    error, script = kit.tried(POST, **bodies)
    assert (ArgumentError, argument, []) == (type(error), error.argument, script.requests)
    assert text in str(error)
    assert "gone" not in str(error)


def test_forms_and_content(kit: SyncKit) -> None:
    """URL-encoded forms, text, bytes, and a media type of one's own."""
    client, script = kit.scripted(*[reply(200, {})] * 4)
    kit.run(client.call(POST, form={"a": "x y+z", "b": [1, 2], "c": None}))
    kit.run(client.call(POST, content="grüße"))
    kit.run(client.call(POST, content=b"\x00", content_type="application/x-demo"))
    kit.run(client.call(POST, content=File(b"a,b", mime_type="text/csv")))
    assert [request.body for request in script.requests] == [b"a=x+y%2Bz&b=1&b=2", "grüße".encode(), b"\x00", b"a,b"]
    assert [script.header(index, "Content-Type") for index in range(4)] == [
        "application/x-www-form-urlencoded",
        "text/plain; charset=utf-8",
        "application/x-demo",
        "text/csv",
    ]


def test_multipart_from_every_source(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """Bytes, paths, open files and plain fields in one form, with its length."""
    path = tmp_path / "guests.csv"
    path.write_bytes(b"from path\r\n--+++\r\n")
    stream = io.BytesIO(b"skipped|from stream")
    stream.seek(8)
    raw_server.steps = [http()]
    client = kit.client(raw_server.url, clock=Clock())
    fields = [
        ("file", File(path, mime_type="text/csv")),
        ("more", File(b"from bytes", '../../etc/x"y\r\n.csv')),
        ("stream", File(stream, "s.bin")),
        ("plain", "Ada & Co"),
        ("flag", True),
        ("model", {"a": 1}),
        ("tuple", (None, "text", "text/plain")),
        ("absent", UNSET),
    ]
    kit.run(client.call(POST, multipart=fields))
    parts = parts_of(raw_server.received[0])
    plain = [b"Ada & Co", b"true", b'{"a":1}', b"text"]
    sent = [part.get_payload(decode=True) for part in parts]
    assert [path.read_bytes(), b"from bytes", b"from stream", *plain] == sent
    assert [part.get_param("name", header="content-disposition") for part in parts] == [name for name, _ in fields[:-1]]
    assert [part.get_filename() for part in parts[:4]] == ["guests.csv", "x%22y.csv", "s.bin", None]
    assert b"Content-Length: " in raw_server.received[0]
    assert stream.closed is False


def test_boundaries_are_random(kit: SyncKit) -> None:
    """A file cannot guess the boundary and inject fields."""
    client, script = kit.scripted(reply(200, {}), reply(200, {}))
    for _ in range(2):
        kit.run(client.call(POST, multipart=[("a", b"x")]))
    first, second = (script.header(index, "Content-Type") for index in range(2))
    assert first != second
    assert str(first).startswith("multipart/form-data; boundary=----loyalty-")


def test_streams_without_length_are_chunked(kit: SyncKit, raw_server: RawServer) -> None:
    """A pipe is sent in chunks."""
    raw_server.steps = [http()]
    client = kit.client(raw_server.url, clock=Clock())
    kit.run(client.call(POST, content=io.BufferedReader(Pipe(b"x" * 100_000))))
    head, _, body = raw_server.received[0].partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    assert dechunk(body) == b"x" * 100_000


def test_files_are_sent_again_from_their_start(kit: SyncKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A repeat rewinds a file; a pipe is never sent twice."""
    put = operation(method="GET", id="search")  # a safe method with a body, so that repeats are allowed
    path = tmp_path / "a.bin"
    path.write_bytes(b"content")
    raw_server.steps = [http(503), http(), http(503)]
    client = kit.client(raw_server.url, max_retries=1)
    kit.run(client.call(put, content=path))
    assert [received.endswith(b"\r\n\r\ncontent") for received in raw_server.received] == [True, True]
    assert kit.run(client.call_raw(put, content=io.BufferedReader(Pipe(b"once")))).status == 503
    assert len(raw_server.received) == 3


@pytest.mark.parametrize("source", ["bytes", "path", "stream"])
def test_a_file_reads_whole(tmp_path: Path, source: str) -> None:
    """File.read gives the content from every source."""
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    made: Any = {"bytes": b"abc", "path": path, "stream": io.BytesIO(b"abc")}[source]
    assert File(made).read() == b"abc"
    assert File(made, "n", "m").to_tuple() == ("n", made, "m")
