"""Another way to authenticate and another way to cut lists into pages: one class each, over real HTTP."""

from __future__ import annotations

from hashlib import sha256

import pytest

from loyalty_runtime import ArgumentError, Clock, PaginationError, Server, Vendor
from loyalty_runtime.declared.pages import PageStyle, Query, ReadPage, Stuck
from loyalty_runtime.declared.schemes import Additions, Held, Scheme
from tests.runtime.support import RawServer, SyncKit, http, operation, paged


class Signed(Scheme):
    """An artificial scheme: who is calling in the query, a digest of the secret in a header and a cookie."""

    def needs(self) -> tuple[str, ...]:
        return ("account", "signing_key")

    def takes(self) -> tuple[str, ...]:
        return (*self.needs(), "region")

    def identifies(self, held: Held) -> tuple[str, ...]:
        return ("account",)

    def add(self, additions: Additions, held: Held) -> None:
        digest = sha256((held.get("signing_key") or "").encode()).hexdigest()[:8]
        additions.add_query("account", held.get("account") or "")
        additions.add_header("X-Signature", digest, "signing_key")
        additions.add_cookie("region", held.get("region") or "none")


class NextInHeader(PageStyle):
    """An artificial style: pages are skipped to by a number that stands in a header of the reply."""

    header: str
    parameter: str

    def begin(self, query: dict[str, object]) -> dict[str, object]:
        return {self.parameter: 0, **query}

    def after(self, page: ReadPage) -> Query | None:
        following = page.raw.headers.get(self.header)
        if following == str(page.query[self.parameter]):
            raise Stuck("names the page that was asked for")
        return None if following is None else {**page.query, self.parameter: following}


SIGNED = Vendor(
    slug="demo", name="Demo", servers={"s": Server("https://api.example.com")}, schemes={"signed": Signed()}
)
LIST = paged(NextInHeader(header="x-next", parameter="skip"))


def test_another_scheme(kit: SyncKit, raw_server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It adds what it wants to each request, is found in the environment, and what it lacks is named."""
    monkeypatch.setattr(kit.client_class, "vendor", SIGNED)
    call = operation(security=(("signed",),))
    raw_server.steps = [http(), http(401)]
    environment = {"DEMO_ACCOUNT": "a 1", "DEMO_SIGNING_KEY": "artificial", "DEMO_REGION": "eu"}
    client = kit.client_class.from_env(environment, base_url=raw_server.url)
    kit.run(client.call(call, query={"n": 1}))
    assert 401 == kit.run(client.call_raw(call)).status
    kit.run(client.close())
    for received, target in zip(
        raw_server.received, ("/v1/guests?n=1&account=a%201", "/v1/guests?account=a%201"), strict=True
    ):
        assert received.startswith(f"GET {target} HTTP/1.1\r\n".encode())
        assert f"X-Signature: {sha256(b'artificial').hexdigest()[:8]}\r\n".encode() in received
        assert b"Cookie: region=eu\r\n" in received
    with pytest.raises(ArgumentError, match=r"needs signing_key; give it to Demo.* or set DEMO_SIGNING_KEY"):
        kit.run(kit.client(raw_server.url, {"account": "a"}).call(call))


def test_another_page_style(kit: SyncKit, raw_server: RawServer) -> None:
    """It says where a list begins, what follows, and when the vendor does not move on."""

    def page(items: bytes, following: int | None) -> bytes:
        more = "" if following is None else f"X-Next: {following}\r\n"
        return http(body=b'{"data": %s}' % items, headers=f"Content-Type: application/json\r\n{more}")

    raw_server.steps = [page(b"[1, 2]", 7), page(b"[3]", None), page(b"[1]", 0)]
    client = kit.client(raw_server.url, clock=Clock())
    assert [1, 2, 3] == kit.items(client.pages(LIST, query={"q": "x"}))
    assert [b"/v1/guests?skip=0&q=x", b"/v1/guests?skip=7&q=x"] == [r.split(b" ")[1] for r in raw_server.received]
    with pytest.raises(PaginationError, match="listGuests: GET /v1/guests names the page that was asked for"):
        kit.items(client.pages(LIST))
