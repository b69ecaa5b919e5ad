"""Signatures of webhooks, held against vectors that OpenSSL computed: `openssl dgst -sha256 -hmac SECRET FILE`."""

from __future__ import annotations

import json
import time
import traceback
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_runtime import ArgumentError, Secret
from loyalty_runtime.webhooks import Signature, minified

PLAIN = (
    b'{"from":"ada@example.com","to":"ada@example.org",'
    b'"user":{"name":"Ada Lovelace","birthday":null,"member_ids":["CARD0001"]}}'
)
SPACED = (
    b'{\n  "from": "ada@example.com",\n  "to": "ada@example.org",\r\n'
    b'\t"user": { "name": "Ada Lovelace", "birthday" : null, "member_ids": [ "CARD0001" ] }\n}\n'
)
ODD = '{"n":"Zoë \\" \\\\","x":[1.0,-2e5]}'.encode()
SECRET = "artificial-secret"
SHA256 = "acb2eed07cb854de5ee967a577ecdaab9f48e99e0d6508881fce0b6935ad2220"
SHA512 = "8832943e89b78eb6271b60a5fb6b4d2361a096060644b92fad440fe770ec67691433e7a4faf7cd30ad4a4aa7804aa58df510d02c17f9ad198c2e9bf127934312"
HEX = Signature("X-Signature", algorithm="sha256", encoding="hex", payload="minified")

VECTORS: list[tuple[Any, Any, bytes, str, str]] = [
    ("sha1", "hex", PLAIN, SECRET, "58523cfcfcd06d36af114f3cc810c0d6ca84f96b"),
    ("sha256", "hex", PLAIN, SECRET, SHA256),
    ("sha512", "hex", PLAIN, SECRET, SHA512),
    ("sha1", "base64", SPACED, SECRET, "vWXxl0bzR1Ix0cG+hjhAukhdrUY="),
    ("sha256", "base64", SPACED, SECRET, "Jpo/ElOikjFTtLFzqQq2eQAM3hrG318+oDtWj1kvFjs="),
    ("sha256", "hex", ODD, "schlüssel", "9b1684da9364d71c476c08a94e7bf1ad7a0d3aced273aac2cef064abeb1ac91d"),
]


@pytest.mark.parametrize(("algorithm", "encoding", "body", "secret", "sent"), VECTORS)
def test_a_signature_of_the_body_as_it_came(algorithm: Any, encoding: Any, body: bytes, secret: str, sent: str) -> None:
    """Each algorithm and encoding agrees with OpenSSL, whatever the case of the header's name; one byte more is refused."""
    signature = Signature("X-Signature", algorithm=algorithm, encoding=encoding)
    assert signature.verify(body, {"x-SIGNATURE": f" {sent} "}, Secret(secret))
    assert not signature.verify(body + b" ", {"X-Signature": sent}, secret)
    assert not signature.verify(body, {"X-Signature": sent}, secret + "x")


@pytest.mark.parametrize("body", [PLAIN, SPACED, bytearray(SPACED), memoryview(SPACED)])
def test_spaces_between_tokens_do_not_count_where_the_spec_says_so(body: Any) -> None:
    """The signature of the body without them holds for every way to space it."""
    assert HEX.verify(body, {"X-Signature": SHA256.upper()}, SECRET)


@pytest.mark.parametrize(
    "body",
    [
        PLAIN.replace(b"Ada Lovelace", b"AdaLovelace"),
        PLAIN.replace(b"Ada Lovelace", b"Ada  Lovelace"),
        PLAIN.replace(b'"from"', b'"from" ,'),
        PLAIN[:-1],
        b"",
        b'"',
        b"\xff\xfe",
    ],
)
def test_a_changed_body_is_refused(body: bytes) -> None:
    """A space inside a text counts, and so does every other byte."""
    assert not HEX.verify(body, {"X-Signature": SHA256}, SECRET)


ODD_HEADERS: list[dict[str, Any]] = [
    {},
    {"X-Signature": ""},
    {"X-Signature": SHA256[:-1]},
    {"X-Signature": f"sha256={SHA256}"},
    {"X-Signature": "\udcff☃"},
    {"X-Signature": None},
    {"X-Other": SHA256},
]


@pytest.mark.parametrize("headers", ODD_HEADERS)
def test_a_missing_or_odd_header_is_refused(headers: dict[str, Any]) -> None:
    """It is never an exception of another kind."""
    assert not HEX.verify(PLAIN, headers, SECRET)


ODD_CALLS: list[tuple[Any, Any, str]] = [
    (PLAIN.decode(), SECRET, "body"),
    (json.loads(PLAIN), SECRET, "body"),
    (PLAIN, "", "secret"),
    (PLAIN, Secret(""), "secret"),
    (PLAIN, None, "secret"),
]


@pytest.mark.parametrize(("body", "secret", "argument"), ODD_CALLS)
def test_what_cannot_be_checked_is_named(body: Any, secret: Any, argument: str) -> None:
    """A body that was decoded already, and a secret that is empty, are mistakes of the program."""
    with pytest.raises(ArgumentError) as caught:
        HEX.verify(body, {"X-Signature": SHA256}, secret)
    assert argument == caught.value.argument
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert SECRET not in str([frame.locals for frame in found.stack if "loyalty_runtime" in frame.filename])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2, "\t"]))
def test_minified_is_what_python_writes_without_spaces(value: object, ascii_only: bool, indent: Any) -> None:
    """For every JSON value, however it is spaced."""
    wanted = json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)
    spaced = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert wanted.encode("utf-8", "surrogatepass") == minified(spaced.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("body", [b'"' * 400_001, b'"' + b'\\"' * 200_000, b"\\" * 400_000, b" " * 400_000])
def test_hostile_bodies_take_no_longer_than_others(body: bytes) -> None:
    """Texts that never end are read once."""
    started = time.process_time()
    minified(body)
    assert time.process_time() - started < 2
