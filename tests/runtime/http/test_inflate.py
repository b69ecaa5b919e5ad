"""Content codings: labels that are not true lose nothing, damage is told, cost is bounded."""

from __future__ import annotations

import gzip
import zlib

import pytest

from loyalty_runtime import DecodeError
from loyalty_runtime.http.inflate import inflater
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.support import POST, RawServer, http

JSON = b'{"id": 1}'


def deflated(window: int) -> bytes:
    """The body as deflate with a window of that many bits."""
    packer = zlib.compressobj(wbits=window)
    return packer.compress(JSON) + packer.flush()


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("UTF-8", JSON),
        ("none", JSON),
        ("br", JSON),
        ("", JSON),
        ("gzip", JSON),
        ("deflate", JSON),
        ("gzip", gzip.compress(JSON)),
        ("deflate", deflated(15)),
        ("gzip", gzip.compress(JSON[:4]) + gzip.compress(JSON[4:])),
        ("gzip, identity", gzip.compress(JSON)),
        ("gzip, gzip", gzip.compress(JSON)),
        ("gzip, gzip", gzip.compress(gzip.compress(JSON))),
        ("deflate, gzip", gzip.compress(deflated(15))),
        ("deflate", deflated(12)),
        ("deflate", deflated(-15)),
        ("x-gzip", gzip.compress(JSON)),
    ],
    ids=[
        "charset", "none", "unknown", "empty", "plain-gzip", "plain-deflate", "gzip", "deflate", "members", "with-identity", "label-doubled",
        "twice", "both", "small-window", "raw-deflate", "old-name",
    ],
)  # fmt: skip
def test_a_reply_is_read_whatever_its_label(kit: LibraryKit, raw_server: RawServer, label: str, body: bytes) -> None:
    """The call took effect, so that its reply must not be lost."""
    raw_server.steps = [http(201, body, f"Content-Type: application/json\r\nContent-Encoding: {label}\r\n")]
    client = kit.client(raw_server.url, max_retries=0)
    response = kit.run(client.request("POST", "/x"))
    assert (201, {"id": 1}) == (response.status, response.json())


def test_damage_keeps_the_status(kit: LibraryKit, raw_server: RawServer) -> None:
    """Whether the call took effect can still be told."""
    body = b"\x1f\x8b\x08nonsense that is no gzip"
    raw_server.steps = [http(201, body, "Content-Encoding: gzip\r\n")]
    with pytest.raises(DecodeError, match="the compressed body is damaged") as caught:
        kit.run(kit.client(raw_server.url, max_retries=0).call(POST))
    assert 201 == caught.value.status


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_pieces_of_any_size_come_to_the_same(size: int) -> None:
    """Where the network cuts a body does not matter."""
    text = bytes(range(256)) * 500
    data = gzip.compress(text[:1000]) + gzip.compress(text[1000:])
    engine = inflater([(b"content-encoding", b"gzip")], len(text))
    assert engine is not None
    pieces = [engine.feed(data[start : start + size]) for start in range(0, len(data), size)]
    assert text == b"".join([*pieces, engine.finish()])
