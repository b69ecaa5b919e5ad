"""Schemes, alternatives, tokens: fetched once, renewed early, asked again after a refusal."""

from __future__ import annotations

import asyncio
import json
import traceback
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APITimeoutError,
    ArgumentError,
    AuthenticationError,
    DecodeError,
    InternalServerError,
    RawResponse,
    Request,
    Secret,
    TransportFailure,
)
from tests.runtime.support import AsyncDemo, AsyncScript, FakeClock, Script, SyncKit, operation, reply, sent_header

OAUTH = operation(security=(("oauth",),))
USER = operation(security=(("user",),))
CLIENT = {"client_id": "artificial-id", "client_secret": "artificial-secret"}
OK = reply(200, {"ok": True})
ODD_LIFETIMES: list[Any] = [None, "3600", "soon", "nan", -1, 0, True, []]


def token(value: str = "t-1", **more: Any) -> RawResponse:
    return reply(200, {"access_token": value, "expires_in": 3600, "token_type": "Bearer", **more})


def basic(pair: str) -> str:
    return "Basic " + b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("security", "credentials", "headers"),
    [
        ((("token",),), {"token": "a"}, {"Authorization": "Token a"}),
        ((("token",),), {"token": Secret("a")}, {"Authorization": "Token a"}),
        ((("bearer",),), {"jwt": "b"}, {"Authorization": "Bearer b"}),
        ((("basic",),), {"username": "ada", "password": "pä:ss"}, {"Authorization": basic("ada:pä:ss")}),
        (
            (("token", "app"),),
            {"token": "a", "application_id": "m"},
            {"Authorization": "Token a", "x-application-id": "m"},
        ),
        ((("token",), ("bearer",)), {"jwt": "b"}, {"Authorization": "Bearer b"}),
        ((("bearer",), ("token",)), {"jwt": "b", "token": "a"}, {"Authorization": "Bearer b"}),
        ((("token",), ()), {}, {"Authorization": None}),
        ((("token",), ()), {"token": ""}, {"Authorization": None}),
        (((),), {"token": "a"}, {"Authorization": None}),
        ((("cookie",),), {"cookie_key": "c"}, {"Cookie": "session=c"}),
        ((("oauth",),), {"access_token": "ready"}, {"Authorization": "Bearer ready"}),
        # A token that was given goes as it is, also beside the credentials that would fetch one.
        (
            (("exchange",),),
            {"session_token": "ready", "secret": "artificial", "merchant_id": "14"},
            {"Authorization": "Bearer ready"},
        ),
    ],
)
def test_schemes(kit: SyncKit, security: Any, credentials: dict[str, Any], headers: dict[str, str | None]) -> None:
    """Each scheme adds its header; together (AND) or the first alternative that is complete (OR)."""
    _, script = kit.tried(operation(security=security), OK, credentials=credentials)
    assert 1 == len(script.requests)
    assert headers == {name: script.header(0, name) for name in headers}


def test_a_key_in_the_query(kit: SyncKit) -> None:
    """An apiKey in the query is added to the parameters."""
    call = operation(security=(("query",),))
    _, script = kit.tried(call, OK, credentials={"query_key": "k&1"}, query={"a": 1})
    assert "/v1/guests?a=1&api_key=k%261" == script.requests[0].target


def test_missing_credentials_are_named(kit: SyncKit) -> None:
    """The message says what is missing and which variable could hold it; nothing is sent."""
    call = operation(security=(("oauth",), ("token", "app")))
    error, script = kit.tried(call, credentials={"client_id": "x"})
    text = "demo getGuest needs client_secret or token and application_id; give it to Demo"
    assert isinstance(error, ArgumentError)
    assert str(error).startswith(text)
    assert ("client_secret", []) == (error.argument, script.requests)
    assert "DEMO_CLIENT_SECRET" in str(error)


def test_credentials_cannot_break_a_header(kit: SyncKit) -> None:
    """One with a line end, as files give it, is refused at the first call, unseen in text and frames, the caller's included."""
    for name, value in [("token", "planted\n"), ("jwt", Secret("planted\r\n")), ("password", "planted\0")]:
        given = {name: value}
        for client in (kit.client(credentials=given), kit.client().with_options(credentials=given)):
            with pytest.raises(ArgumentError, match="holds a line end") as caught:
                kit.run(client.call(operation(security=(("token",),))))
            assert name == caught.value.argument
            found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            own = [frame.locals for frame in found.stack if "loyalty_runtime" in frame.filename]
            assert "planted" not in f"{caught.value} {own} {''.join(traceback.format_exception(caught.value))}"


def test_json_token_request(kit: SyncKit) -> None:
    """Client credentials in a JSON body; the token is asked for once and used for every call."""
    client, script = kit.scripted(token(), OK, OK, credentials=CLIENT, headers={"X-Trace": "t"})
    kit.run(client.call(OAUTH))
    kit.run(client.call(OAUTH))
    asked = script.requests[0]
    assert ("POST", "/oauth/token") == (asked.method, asked.target)
    assert {"grant_type": "client_credentials", **CLIENT} == json.loads(asked.body)  # type: ignore[arg-type]
    expected = {"Content-Type": "application/json", "X-Trace": "t", "Authorization": None}
    assert expected == {name: sent_header(asked, name) for name in expected}
    assert ["Bearer t-1"] * 2 == [script.header(index, "Authorization") for index in (1, 2)]


@pytest.mark.parametrize(("replied", "end"), [({}, 86400), ({"seconds": 600}, 600)])
def test_a_token_request_by_members_of_the_spec(kit: SyncKit, replied: dict[str, int], end: int) -> None:
    """Members, kinds and reply are the spec's; the token is shared by calls and renewed before the stated or replied end."""
    call = operation(method="POST", security=(("exchange",),))
    answers = [reply(200, {"data": {"token": value, **replied}}) for value in ("s-1", "s-2")]
    credentials = {"secret": "artificial", "merchant_id": "14"}
    client, script = kit.scripted(answers[0], OK, OK, answers[1], OK, credentials=credentials)
    for wait in (0, end * 0.89, end * 0.2):
        kit.clock.now += wait
        kit.run(client.call(call, json={}))
    assert [b'{"secret":"artificial","merchant":14}'] * 2 == [script.requests[number].body for number in (0, 3)]
    assert ("POST", "/auth/token/", None) == (
        script.requests[0].method,
        script.requests[0].target,
        script.header(0, "Authorization"),
    )
    assert ["s-1", "s-1", "s-2"] == [(script.header(at, "Authorization") or "")[7:] for at in (1, 2, 4)]


def test_a_credential_that_is_no_number_is_named(kit: SyncKit) -> None:
    """Where the token request wants a whole number, another text is refused before anything is sent."""
    call = operation(security=(("exchange",),))
    error, script = kit.tried(call, credentials={"secret": "artificial", "merchant_id": "planted"})
    assert (ArgumentError, "merchant_id", []) == (type(error), error.argument, script.requests)
    assert "planted" not in str(error)


def test_password_grant_and_refresh(kit: SyncKit) -> None:
    """The password is used once, then the refresh token; when that is refused, the password again."""
    credentials = {**CLIENT, "username": "ada", "password": "artificial-pass", "tenant": "acme"}
    replies = [token("t-1", refresh_token="r-1"), OK, token("t-2", refresh_token="r-2"), OK]
    replies += [reply(400, {"error": "invalid_grant"}), token("t-3"), OK]
    client, script = kit.scripted(*replies, credentials=credentials)
    for _ in range(3):
        kit.run(client.call(USER))
        kit.clock.now += 3600
    bodies = [parse_qs(script.requests[index].body.decode()) for index in (0, 2, 4, 5)]  # type: ignore[union-attr]
    assert [["password"], ["refresh_token"], ["refresh_token"], ["password"]] == [body["grant_type"] for body in bodies]
    assert (["ada"], ["r-2"]) == (bodies[0]["username"], bodies[2]["refresh_token"])
    assert ("acme", "Bearer t-3") == (script.header(0, "X-Tenant"), script.header(6, "Authorization"))


@pytest.mark.parametrize(
    ("lifetime", "age", "used"),
    [(3600, 3539, "t-1"), (3600, 3541, "t-2"), ("1e400", 3541, "t-1"), (10**400, 3541, "t-1")]
    + [(odd, age, used) for odd in ODD_LIFETIMES for age, used in ((3539, "t-1"), (3541, "t-2"))],
)
def test_tokens_are_renewed_early(kit: SyncKit, lifetime: Any, age: float, used: str) -> None:
    """A minute before its end; a lifetime that is missing, text or nonsense counts as text or as the scheme's own."""
    client, script = kit.scripted(
        token(expires_in=lifetime), OK, *[token("t-2"), OK][used == "t-1" :], credentials=CLIENT
    )
    kit.run(client.call(OAUTH))
    kit.clock.now += age
    kit.run(client.call(OAUTH))
    assert f"Bearer {used}" == script.header(-1, "Authorization")


def test_a_refused_token_is_replaced_once(kit: SyncKit) -> None:
    """After a 401 one attempt is made with a new token, also for POST; a second 401 is the answer."""
    post = operation(method="POST", security=(("oauth",),))
    replies = (token(), reply(401), token("t-2"), OK, reply(401), token("t-3"), reply(401, {"e": 1}))
    client, script = kit.scripted(*replies, credentials=CLIENT)
    assert {"ok": True} == kit.run(client.call(post, json={}))
    with pytest.raises(AuthenticationError) as caught:
        kit.run(client.call(post, json={}))
    assert (401, {"e": 1}, 2) == (caught.value.status, caught.value.body, caught.value.attempts)
    assert "Bearer t-2" == script.header(3, "Authorization")


def test_a_refused_static_token_is_final(kit: SyncKit) -> None:
    """A token that was given cannot be renewed."""
    error, script = kit.tried(OAUTH, reply(401), credentials={"access_token": "ready"})
    assert (AuthenticationError, 1) == (type(error), len(script.requests))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_an_authentication_error(kit: SyncKit, status: int) -> None:
    """Whatever status the token endpoint uses; the error names the token operation and keeps its status and body."""
    body = {"error": "invalid_client"}
    error, _ = kit.tried(OAUTH, reply(status, body), credentials=CLIENT)
    assert (AuthenticationError, status, body) == (type(error), error.status, error.body)
    assert ("createToken", "/oauth/token") == (error.operation, error.path)
    assert "token endpoint refused" in str(error)


@pytest.mark.parametrize(
    ("faults", "kind"),
    [([reply(503)] * 3, InternalServerError), ([TransportFailure("refused", "no", sent=False)] * 3, APIConnectionError)]
    + [([reply(200, odd)], DecodeError) for odd in (b"<html>", b"", b"[]", b'{"token": "planted"}')]
    + [([reply(200, {"access_token": odd})], DecodeError) for odd in (7, "planted\n", "planted\u00e9")],
)
def test_a_token_endpoint_that_fails(kit: SyncKit, faults: list[Any], kind: type) -> None:
    """Asking for a token is repeated like a safe call, then fails as what it is; a reply without token is a decode error."""
    error, script = kit.tried(OAUTH, *faults, credentials=CLIENT)
    assert (kind, "createToken", len(faults)) == (type(error), error.operation, len(script.requests))
    assert "planted" not in f"{error} {vars(error)}"  # it may hold a token under another name


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({}, "https://api.example.com/oauth/token"),
        ({"base_url": "http://127.0.0.1:9/demo/"}, "http://127.0.0.1:9/demo/oauth/token"),
        ({"base_url": "http://127.0.0.1:9", "token_url": "https://id.example.com/t"}, "https://id.example.com/t"),
    ],
)
def test_the_token_url_moves_with_the_base_url(kit: SyncKit, settings: dict[str, str], place: str) -> None:
    """Credentials for a sandbox are never sent to the vendor's token endpoint; token_url says otherwise."""
    client, script = kit.scripted(token(), OK, credentials=CLIENT, **{"base_url": None, **settings})
    kit.run(client.call(OAUTH))
    assert place == f"{script.requests[0].origin!r}{script.requests[0].target}"


def test_a_token_request_counts_in_the_budget(kit: SyncKit) -> None:
    """When fetching a token takes all the time, the call itself is not sent."""

    def slow(request: Request) -> RawResponse:
        kit.clock.now += 61
        return token()

    error, script = kit.tried(OAUTH, slow, credentials=CLIENT)
    assert (APITimeoutError, False, 0, 1) == (type(error), error.sent, error.attempts, len(script.requests))
    assert "ran out of its time budget before sending" in str(error)


def test_with_options_shares_the_token_unless_credentials_change(kit: SyncKit) -> None:
    """A derived client uses the parent's token; other credentials have their own."""
    client, script = kit.scripted(token(), OK, OK, token("t-2"), OK, credentials=CLIENT)
    kit.run(client.call(OAUTH))
    kit.run(client.with_options(timeout=5).call(OAUTH))
    kit.run(client.with_options(credentials={"client_id": "other"}).call(OAUTH))
    assert ["Bearer t-1", "Bearer t-1", "Bearer t-2"] == [script.header(i, "Authorization") for i in (1, 2, 4)]
    assert b"other" in script.requests[3].body  # type: ignore[operator]


def test_one_refresh_for_two_hundred_calls(kit: SyncKit) -> None:
    """An expired token is found by all calls at once, replaced once, and no call fails."""
    asked: list[Request] = []

    def answer(request: Request) -> RawResponse:
        if request.target == "/oauth/token":
            asked.append(request)
            return token(f"t-{len(asked)}")
        return OK if sent_header(request, "Authorization") == "Bearer t-2" else reply(401)

    client, _ = kit.scripted(*[answer] * 1000, credentials=CLIENT)
    assert [{"ok": True}] * 200 == kit.at_once(lambda: client.call(OAUTH), 200)
    assert 2 == len(asked)  # the one every call found refused, and its single replacement


def test_refused_credentials_are_not_asked_again_by_every_waiting_call(kit: SyncKit) -> None:
    """Calls that waited for a fetch share its failure, so that wrong credentials do not run into the endpoint's limit."""
    client, script = kit.scripted(*[reply(400, {"error": "invalid_client"})] * 20, credentials=CLIENT)
    results = kit.at_once(lambda: client.call(OAUTH), 20)
    assert all(isinstance(result, AuthenticationError) for result in results)
    assert 20 == len({id(result) for result in results})
    if kit.name == "async":  # threads may start late enough to ask on their own
        assert 1 == len(script.requests)


def test_cancelling_the_fetching_task_lets_the_next_one_fetch(clock: FakeClock) -> None:
    """A task that is cancelled while it fetches leaves no lock and no half token behind."""
    started: list[Request] = []

    class Held(AsyncScript):
        async def send(self, request: Request) -> RawResponse:
            started.append(request)
            if len(started) == 1:
                await asyncio.Event().wait()
            return await super().send(request)

    async def main() -> object:
        client = AsyncDemo(credentials=CLIENT, transport=Held(Script([token(), OK], clock)))  # type: ignore[arg-type]
        first, second = (asyncio.create_task(client.call(OAUTH)) for _ in range(2))
        while not started:
            await asyncio.sleep(0)
        first.cancel()
        result = await second
        await client.close()
        return result

    assert {"ok": True} == asyncio.run(main())


def test_a_refresh_token_is_sent_once(kit: SyncKit, clock: FakeClock) -> None:
    """It may be good for one use: when the reply is lost, nobody asks with it a second time on their own."""
    lost = TransportFailure("cut", "api.example.com closed the connection", sent=True)
    held = {**CLIENT, "username": "ada", "password": "artificial-password"}
    client, script = kit.scripted(token(refresh_token="r-1"), OK, lost, credentials=held)
    kit.run(client.call(USER))
    clock.sleep(4000)
    with pytest.raises(APIConnectionError):
        kit.run(client.call(USER))
    assert 3 == len(script.requests)
