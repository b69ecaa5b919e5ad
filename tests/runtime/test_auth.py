"""Schemes, alternatives, tokens: fetched once, renewed early, asked again after a refusal."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs

import pytest

from loyalty_runtime import (
    APIConnectionError,
    ArgumentError,
    AuthenticationError,
    DecodeError,
    InternalServerError,
    RawResponse,
    Request,
    Secret,
    TransportFailure,
)
from tests.runtime.support import AsyncScript, FakeClock, Script, SyncKit, operation, reply, sent_header

OAUTH = operation(security=(("oauth",),))
FORM = operation(security=(("form",),))
USER = operation(security=(("user",),))
CLIENT = {"client_id": "artificial-id", "client_secret": "artificial-secret"}
OK = reply(200, {"ok": True})


def token(value: str = "t-1", **more: Any) -> RawResponse:
    return reply(200, {"access_token": value, "expires_in": 3600, "token_type": "Bearer", **more})


@pytest.mark.parametrize(
    ("security", "credentials", "headers"),
    [
        ((("token",),), {"token": "a"}, {"Authorization": "Token a"}),
        ((("bearer",),), {"jwt": "b"}, {"Authorization": "Bearer b"}),
        (
            (("basic",),),
            {"username": "ada", "password": "pä:ss"},
            {"Authorization": "Basic " + b64encode("ada:pä:ss".encode()).decode()},
        ),
        (
            (("token", "app"),),
            {"token": "a", "application_id": "m"},
            {"Authorization": "Token a", "x-application-id": "m"},
        ),
        ((("token",), ("bearer",)), {"jwt": "b"}, {"Authorization": "Bearer b"}),
        ((("bearer",), ("token",)), {"jwt": "b", "token": "a"}, {"Authorization": "Bearer b"}),
        ((("token",), ()), {}, {"Authorization": None}),
        (((),), {"token": "a"}, {"Authorization": None}),
        ((("cookie",),), {"cookie_key": "c"}, {"Cookie": "session=c"}),
        ((("oauth",),), {"access_token": "ready"}, {"Authorization": "Bearer ready"}),
    ],
)
def test_schemes(kit: SyncKit, security: Any, credentials: dict[str, str], headers: dict[str, str | None]) -> None:
    """Each scheme adds its header; together (AND) or the first alternative that is complete (OR)."""
    client, script = kit.scripted(OK, credentials=credentials)
    kit.run(client.call(operation(security=security)))
    assert {name: script.header(0, name) for name in headers} == headers


def test_a_key_in_the_query(kit: SyncKit) -> None:
    """An apiKey in the query is added to the parameters."""
    client, script = kit.scripted(OK, credentials={"query_key": "k&1"})
    kit.run(client.call(operation(security=(("query",),)), query={"a": 1}))
    assert script.requests[0].target == "/v1/guests?a=1&api_key=k%261"


def test_missing_credentials_are_named(kit: SyncKit) -> None:
    """The message says what is missing and which variable could hold it; nothing is sent."""
    client, script = kit.scripted(credentials={"client_id": "x"})
    with pytest.raises(
        ArgumentError, match="demo getGuest needs client_secret or token and application_id; give it to Demo"
    ) as caught:
        kit.run(client.call(operation(security=(("oauth",), ("token", "app")))))
    assert caught.value.argument == "client_secret"
    assert "DEMO_CLIENT_SECRET" in str(caught.value)
    assert script.requests == []


def test_json_token_request(kit: SyncKit) -> None:
    """Client credentials in a JSON body; the token is asked for once and used for every call."""
    client, script = kit.scripted(token(), OK, OK, credentials=CLIENT, headers={"X-Trace": "t"})
    kit.run(client.call(OAUTH))
    kit.run(client.call(OAUTH))
    asked = script.requests[0]
    assert (asked.method, asked.target) == ("POST", "/oauth/token")
    assert json.loads(asked.body) == {"grant_type": "client_credentials", **CLIENT}  # type: ignore[arg-type]
    assert sent_header(asked, "Content-Type") == "application/json"
    assert sent_header(asked, "X-Trace") == "t"
    assert sent_header(asked, "Authorization") is None
    assert [script.header(index, "Authorization") for index in (1, 2)] == ["Bearer t-1"] * 2


def test_form_token_request_with_basic_client(kit: SyncKit) -> None:
    """A form body, the client by HTTP Basic."""
    client, script = kit.scripted(token(), OK, credentials=CLIENT)
    kit.run(client.call(FORM))
    asked = script.requests[0]
    assert asked.body == b"grant_type=client_credentials&scope=read"
    assert sent_header(asked, "Authorization") == "Basic " + b64encode(b"artificial-id:artificial-secret").decode()


def test_password_grant_and_refresh(kit: SyncKit) -> None:
    """The password is used once, then the refresh token; when that is refused, the password again."""
    credentials = {**CLIENT, "username": "ada", "password": "artificial-pass", "tenant": "acme"}
    client, script = kit.scripted(
        token("t-1", refresh_token="r-1"), OK, token("t-2", refresh_token="r-2"), OK, reply(400, {"error": "invalid_grant"}), token("t-3"), OK,
        credentials=credentials,
    )  # fmt: skip
    for _ in range(3):
        kit.run(client.call(USER))
        kit.clock.now += 3600
    bodies = [parse_qs(script.requests[index].body.decode()) for index in (0, 2, 4, 5)]  # type: ignore[union-attr]
    assert [body["grant_type"] for body in bodies] == [["password"], ["refresh_token"], ["refresh_token"], ["password"]]
    assert bodies[0]["username"] == ["ada"]
    assert bodies[2]["refresh_token"] == ["r-2"]
    assert script.header(0, "X-Tenant") == "acme"
    assert script.header(6, "Authorization") == "Bearer t-3"


@pytest.mark.parametrize(("age", "fetches"), [(3539, 1), (3541, 2)])
def test_tokens_are_renewed_early(kit: SyncKit, age: float, fetches: int) -> None:
    """A minute before its end a token is replaced."""
    client, script = kit.scripted(token(), OK, token(), OK, credentials=CLIENT)
    if fetches == 1:
        del script.replies[2]
    kit.run(client.call(OAUTH))
    kit.clock.now += age
    kit.run(client.call(OAUTH))
    assert [request.target for request in script.requests].count("/oauth/token") == fetches


@pytest.mark.parametrize("lifetime", [None, "3600", "soon", 0, True])
def test_odd_lifetimes(kit: SyncKit, lifetime: Any) -> None:
    """A lifetime that is missing, text or nonsense counts as text or as the scheme's own."""
    client, script = kit.scripted(
        reply(200, {"access_token": "t", "expires_in": lifetime}), OK, token("t-2"), OK, credentials=CLIENT
    )
    kit.run(client.call(OAUTH))
    kit.clock.now += 3541
    kit.run(client.call(OAUTH))
    assert script.header(3, "Authorization") == "Bearer t-2"


def test_a_refused_token_is_replaced_once(kit: SyncKit) -> None:
    """After a 401 one attempt is made with a new token, also for POST; a second 401 is the answer."""
    post = operation(method="POST", security=(("oauth",),))
    client, script = kit.scripted(
        token(), reply(401), token("t-2"), OK, reply(401), token("t-3"), reply(401, {"e": 1}), credentials=CLIENT
    )
    assert kit.run(client.call(post, json={})) == {"ok": True}
    with pytest.raises(AuthenticationError) as caught:
        kit.run(client.call(post, json={}))
    assert (caught.value.status, caught.value.body, caught.value.attempts) == (401, {"e": 1}, 2)
    assert script.header(3, "Authorization") == "Bearer t-2"


def test_a_refused_static_token_is_final(kit: SyncKit) -> None:
    """A token that was given cannot be renewed."""
    client, script = kit.scripted(reply(401), credentials={"access_token": "ready"})
    with pytest.raises(AuthenticationError):
        kit.run(client.call(OAUTH))
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_an_authentication_error(kit: SyncKit, status: int) -> None:
    """Whatever status the token endpoint uses; the error names the token operation and keeps its status and body."""
    client, _ = kit.scripted(reply(status, {"error": "invalid_client"}), credentials=CLIENT)
    with pytest.raises(AuthenticationError, match="token endpoint refused") as caught:
        kit.run(client.call(OAUTH))
    assert (caught.value.status, caught.value.operation, caught.value.path) == (status, "createToken", "/oauth/token")
    assert caught.value.body == {"error": "invalid_client"}


def test_a_token_endpoint_that_is_down(kit: SyncKit) -> None:
    """Asking for a token is repeated like a safe call, then fails as what it is."""
    client, script = kit.scripted(
        *[reply(503)] * 3, *[TransportFailure("refused", "no", sent=False)] * 3, credentials=CLIENT
    )
    with pytest.raises(InternalServerError) as caught:
        kit.run(client.call(OAUTH))
    assert caught.value.operation == "createToken"
    with pytest.raises(APIConnectionError):
        kit.run(client.call(OAUTH))
    assert len(script.requests) == 6


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"token": "x"}', b'{"access_token": 7}'])
def test_a_token_reply_that_does_not_fit(kit: SyncKit, body: bytes) -> None:
    """A reply without token is a decode error of the token operation."""
    client, _ = kit.scripted(reply(200, body), credentials=CLIENT)
    with pytest.raises(DecodeError) as caught:
        kit.run(client.call(OAUTH))
    assert caught.value.operation == "createToken"


def test_the_token_url_moves_with_the_base_url(kit: SyncKit, clock: FakeClock) -> None:
    """Credentials for a sandbox are never sent to the vendor's token endpoint; token_url says otherwise."""

    def place(**settings: Any) -> str:
        script = Script([token(), OK], clock)
        transport = script if kit.name == "sync" else AsyncScript(script)
        client = kit.client(credentials=CLIENT, transport=transport, **settings)
        kit.run(client.call(OAUTH))
        return f"{script.requests[0].origin!r}{script.requests[0].target}"

    assert place() == "https://api.example.com/oauth/token"
    assert place(base_url="http://127.0.0.1:9/demo/") == "http://127.0.0.1:9/demo/oauth/token"
    assert place(base_url="http://127.0.0.1:9", token_url="https://id.example.com/t") == "https://id.example.com/t"


def test_with_options_shares_the_token_unless_credentials_change(kit: SyncKit) -> None:
    """A derived client uses the parent's token; other credentials have their own."""
    client, script = kit.scripted(token(), OK, OK, token("t-2"), OK, credentials=CLIENT)
    kit.run(client.call(OAUTH))
    kit.run(client.with_options(timeout=5).call(OAUTH))
    kit.run(client.with_options(credentials={"client_id": "other"}).call(OAUTH))
    assert [script.header(index, "Authorization") for index in (1, 2, 4)] == ["Bearer t-1", "Bearer t-1", "Bearer t-2"]
    assert b"other" in script.requests[3].body  # type: ignore[operator]


def test_secrets_may_be_given_wrapped_and_empty_ones_are_missing(kit: SyncKit) -> None:
    """A Secret is taken as it is; an empty string is no credential."""
    client, script = kit.scripted(OK, OK, credentials={"token": Secret("a")})
    kit.run(client.call(operation(security=(("token",), ()))))
    kit.run(client.with_options(credentials={"token": ""}).call(operation(security=(("token",), ()))))
    assert [script.header(index, "Authorization") for index in (0, 1)] == ["Token a", None]


def test_credentials_cannot_break_a_header(kit: SyncKit) -> None:
    """A token with a line break is refused, unseen in the message."""
    client, _ = kit.scripted(credentials={"token": "planted\nsecret"})
    with pytest.raises(ArgumentError) as caught:
        kit.run(client.call(operation(security=(("token",),))))
    assert "planted" not in str(caught.value)
    assert caught.value.argument == "token"


class Counting:
    """A transport for many threads or tasks: the first token is refused everywhere, the second accepted."""

    def __init__(self, fail: bool = False) -> None:
        self.lock = threading.Lock()
        self.tokens = 0
        self.fail = fail
        self.barrier = threading.Event()

    def answer(self, request: Request) -> RawResponse:
        if request.target == "/oauth/token":
            with self.lock:
                self.tokens += 1
                number = self.tokens
            return reply(400, {"error": "invalid_client"}) if self.fail else token(f"t-{number}")
        return OK if sent_header(request, "Authorization") == "Bearer t-2" else reply(401)

    def send(self, request: Request) -> RawResponse:
        return self.answer(request)

    def stream(self, request: Request) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        pass


class AsyncCounting(Counting):
    async def send(self, request: Request) -> RawResponse:  # type: ignore[override]
        import anyio

        await anyio.lowlevel.checkpoint()
        found = self.answer(request)
        await anyio.lowlevel.checkpoint()
        return found

    async def close(self) -> None:  # type: ignore[override]
        pass


def run_many(kit: SyncKit, client: Any, count: int) -> list[object]:
    """Start so many calls at once and return their results or errors."""
    if kit.name == "sync":
        results: list[object] = []
        start = threading.Barrier(count)

        def one() -> None:
            start.wait()
            try:
                results.append(client.call(OAUTH))
            except AuthenticationError as error:
                results.append(error)

        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return results

    async def many() -> list[object]:
        import asyncio

        return list(await asyncio.gather(*(client.call(OAUTH) for _ in range(count)), return_exceptions=True))

    found: list[object] = kit.run(many())
    return found


@pytest.mark.parametrize("count", [200])
def test_one_refresh_for_two_hundred_calls(kit: SyncKit, count: int) -> None:
    """An expired token is found by all calls at once, replaced once, and no call fails."""
    transport = Counting() if kit.name == "sync" else AsyncCounting()
    client = kit.client(credentials=CLIENT, transport=transport, timeout=30)
    results = run_many(kit, client, count)
    assert results == [{"ok": True}] * count
    assert transport.tokens == 2  # the one every call found refused, and its single replacement


def test_refused_credentials_are_not_asked_again_by_every_waiting_call(kit: SyncKit) -> None:
    """Calls that waited for a fetch share its failure, so that wrong credentials do not run into the endpoint's limit."""
    transport = Counting(fail=True) if kit.name == "sync" else AsyncCounting(fail=True)
    client = kit.client(credentials=CLIENT, transport=transport, timeout=30)
    results = run_many(kit, client, 20)
    assert all(isinstance(result, AuthenticationError) for result in results)
    assert len({id(result) for result in results}) == 20
    if kit.name == "async":  # threads may start late enough to ask on their own
        assert transport.tokens == 1


def test_cancelling_the_fetching_task_lets_the_next_one_fetch() -> None:
    """A task that is cancelled while it fetches leaves no lock and no half token behind."""
    import asyncio

    from tests.runtime.support import AsyncDemo

    class Stuck(AsyncCounting):
        async def send(self, request: Request) -> RawResponse:  # type: ignore[override]
            if self.tokens == 0 and request.target == "/oauth/token":
                self.tokens += 1
                await asyncio.Event().wait()
            return await super().send(request)

    async def main() -> object:
        client = AsyncDemo(credentials=CLIENT, transport=Stuck(), base_url="https://api.example.com")
        first = asyncio.create_task(client.call(OAUTH))
        second = asyncio.create_task(client.call(OAUTH))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        result = await second
        await client.close()
        return result

    assert asyncio.run(main()) == {"ok": True}
