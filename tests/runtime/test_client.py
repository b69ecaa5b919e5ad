"""The client itself: settings, servers, environment, options, the raw door, deprecation."""

from __future__ import annotations

import inspect
import pickle
import warnings
from typing import Any

import pytest

from loyalty_runtime import (
    ArgumentError,
    AsyncBaseClient,
    AsyncJob,
    AsyncPages,
    BaseClient,
    ConflictError,
    InternalServerError,
    Job,
    SyncPages,
)
from loyalty_runtime.declared.operation import PageNumber
from loyalty_runtime.declared.vendor import Server, Vendor
from loyalty_runtime.paging import AsyncPage, Page
from tests.runtime.support import GET, SyncKit, operation, paged, reply

OK = reply(200, {})


LISTED = paged(PageNumber(items="data", parameter="page"))


def place(client: Any) -> str:
    """Where a client of a kit calls: its origin and the prefix of its paths."""
    engine = client._ready()
    return f"{engine.origin!r}{engine.prefix}"


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "https://api.example.com"),
        ({"server": "test", "variables": {"host": "t.example.com"}}, "https://t.example.com/v9"),
        ({"base_url": "https://o.example.com:443/x/"}, "https://o.example.com/x"),
        ({"base_url": "https://münchen.example.com"}, "https://xn--mnchen-3ya.example.com"),
        ({"base_url": "http://[::1]:8080/x"}, "http://[::1]:8080/x"),
    ],
)
def test_servers(kit: SyncKit, settings: dict[str, Any], address: str) -> None:
    """The first server is the default; others go by name, with their variables; base_url replaces all."""
    assert address == place(kit.client(**settings))


OWN = {"production": Server("https://files.example.com/v2"), "test": Server("https://{host}/files", {"host": ""})}


@pytest.mark.parametrize(
    ("settings", "servers", "address"),
    [
        ({}, OWN, "https://files.example.com/v2/v1/guests"),
        ({"server": "test", "variables": {"host": "t.example.com"}}, OWN, "https://t.example.com/files/v1/guests"),
        ({"base_url": "https://o.example.com/x"}, OWN, "https://o.example.com/x/v1/guests"),
        ({}, {"production": Server("/files")}, "https://api.example.com/files/v1/guests"),
        ({}, {}, "https://api.example.com/v1/guests"),
    ],
)
def test_servers_of_an_operation(
    kit: SyncKit, settings: dict[str, Any], servers: dict[str, Server], address: str
) -> None:
    """An operation goes to its own server, under the name the client chose; a base URL replaces that one too."""
    client, script = kit.scripted(OK, **{"base_url": None, **settings})
    kit.run(client.call(operation(servers=servers)))
    request = script.requests[0]
    assert (address, request.origin.authority) == (f"{request.origin!r}{request.target}", script.header(0, "host"))


def test_a_server_that_is_only_a_path(kit: SyncKit) -> None:
    """Where the document names no host, the client asks for one and says what the document has."""
    vendor = Vendor(slug="demo", name="Demo", servers={"production": Server("/api/v3")})
    nowhere = type("Nowhere", (kit.client_class,), {"vendor": vendor})
    with pytest.raises(ArgumentError, match="demo names no host, only the path '/api/v3'; give base_url"):
        nowhere()
    made = nowhere(base_url="https://api.example.com/api/v3")
    kit.run(made.close())


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"server": "nowhere"}, "use one of: production, test"),
        ({"server": "test"}, "needs the variable 'host'"),
        ({"server": "test", "base_url": "https://x.example.com"}, "give one"),
        ({"timeout": 0}, "timeout is 0"),
        ({"max_retries": 99}, "max_retries is 99"),
        ({"timeout": "5"}, "timeout is '5'; give seconds above 0"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"max_retries": "2"}, "max_retries is '2'"),
        ({"limiter": "none"}, "limiter is 'none'; give a RateLimiter, or None for no limits"),
        ({"base_url": 5}, "base_url is 5; give text"),
        ({"variables": {"host": 5}}, "variables is of type dict; give a mapping of text to text"),
        ({"headers": [("a", "b")]}, "headers is of type list"),
        ({"http": "httpx3"}, "http is 'httpx3'; give 'httpx' or 'httpx2'"),
        ({"connections": 5}, "connections is 5; give ConnectionOptions"),
        ({"max_body": 0}, "max_body is 0"),
        ({"read_only": "no"}, "read_only is 'no'; give True or False"),
        ({"clock": 5}, "clock is 5; give a Clock"),
        ({"transport": "x"}, "transport is text; give an object with send"),
        ({"observers": print}, "give a list of functions"),
        ({"inferred": "never"}, "give 'warn' or 'refuse' or 'allow'"),
        ({"server": "test", "variables": {"tenant": "x"}}, "has no variable 'tenant'; it has: host"),
        ({"time_out": 5}, "Demo has no setting 'time_out'; it has access_token, allow_http, .*, timeout, token,"),
    ]
    + [
        ({"server": "test", "variables": {"host": value}}, "may hold letters, digits")
        for value in ("evil.com/", "evil.com#", "evil.com?", "u@evil.com", "a b", "é", "a\\b", "h:x")
    ],
)
def test_wrong_settings(kit: SyncKit, settings: dict[str, Any], text: str) -> None:
    """Each is refused when the client is made; a misspelled one as a misspelled keyword is."""
    with pytest.raises(ArgumentError, match=text) as caught:
        kit.client(**settings)
    assert caught.value.argument in settings or caught.value.argument == "variables"
    assert isinstance(caught.value, TypeError) == ("time_out" in settings)


def test_from_env(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and place come from variables named after the vendor, by default the process's; settings given in code win."""
    made = kit.client_class.from_env
    env = {"DEMO_TOKEN": "artificial", "DEMO_BASE_URL": "https://env.example.com", "DEMO_USERNAME": "", "OTHER": "x"}
    client = made(env, timeout=7)
    assert f"<{kit.client_class.__name__} https://env.example.com <Credentials token>>" == repr(client)
    assert ("https://env.example.com", 7) == (place(client), client._timeout)
    assert "https://code.example.com" == place(made(env, base_url="https://code.example.com"))
    assert "https://api.example.com" == place(made({"DEMO_SERVER": "production"}))
    monkeypatch.setenv("DEMO_CLIENT_ID", "i")
    monkeypatch.setenv("DEMO_CLIENT_SECRET", "s")
    assert "client_id, client_secret" in repr(made())


def test_with_options_leaves_the_parent_alone(kit: SyncKit) -> None:
    """Timeout, repeats and headers are the child's own; a header of None is gone; the base is shared."""
    client, script = kit.scripted(OK, OK, OK, headers={"X-A": "1", "X-B": "2"})
    child = client.with_options(timeout=5, max_retries=0, headers={"x-a": "9", "X-B": None, "X-C": "3"})
    grandchild = child.with_options(timeout=6)
    for each in (client, child, grandchild):
        kit.run(each.call(GET))
    sent = [[script.header(index, name) for name in ("X-A", "X-B", "X-C")] for index in range(3)]
    assert [["1", "2", None], ["9", None, "3"], ["9", None, "3"]] == sent
    assert [60, 5, 6] == [request.timeout for request in script.requests]
    assert type(child) is type(client)
    assert child._engine is client._engine is grandchild._engine
    with pytest.raises(ArgumentError):
        client.with_options(timeout=-1)


def test_per_request_headers_replace_each_other(kit: SyncKit) -> None:
    """Client, credentials, operation and call: the later one wins, and no header is sent twice."""
    headers = {"X-Api-Version": "1", "User-Agent": "mine"}
    client, script = kit.scripted(OK, OK, credentials={"token": "a"}, headers=headers)
    call = operation(security=(("token",),))
    kit.run(client.call(call, headers={"x-api-version": 12, "x-none": None}))
    kit.run(client.with_options(headers={"authorization": "Custom c"}).call(GET))
    expected = {"X-Api-Version": "12", "User-Agent": "mine", "x-none": None}
    assert expected == {name: script.header(0, name) for name in expected}
    assert "Custom c" == script.header(1, "Authorization")


def test_the_raw_door(kit: SyncKit) -> None:
    """Same authentication, repeats and errors for what no spec describes; the path is not in the error's text."""
    replies = (reply(503), reply(200, {"a": 1}), reply(201, {"b": 2}), reply(409, {"c": 3}), reply(503))
    client, script = kit.scripted(*replies, credentials={"token": "t"})
    got = kit.run(client.request("get", "/v1/x y", params={"q": [1, 2]}, headers={"X-A": "1"}))
    assert {"a": 1} == got.json()
    assert {"b": 2} == kit.run(client.request("POST", "/v1/undocumented", json={"n": 1})).parsed
    with pytest.raises(ConflictError, match=r"demo request: DELETE \(raw request\) answered 409") as caught:
        kit.run(client.request("DELETE", "/v1/guests/ada@example.com", security=((),)))
    assert "ada@example.com" not in str(caught.value)
    with pytest.raises(InternalServerError):  # a POST, so it is sent once
        kit.run(client.request("POST", "/v1/{id}", form={"a": "1"}))
    targets = ["/v1/x%20y?q=1&q=2", "/v1/undocumented", "/v1/guests/ada@example.com", "/v1/%7Bid%7D"]
    assert targets == [request.target for request in script.requests[1:]]
    assert ["Token t"] * 3 + [None, "Token t"] == [script.header(index, "Authorization") for index in range(5)]
    with pytest.raises(ArgumentError):
        kit.run(client.request("GE T", "/x"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"jsn": {}}, "jsn"),
        ({"params": [("a", 1)]}, "params"),
        ({"headers": [("a", "b")]}, "headers"),
        ({"form": "a=1"}, "form"),
        ({"multipart": {"a": 1}}, "multipart"),
        ({"multipart": [("a",)]}, "multipart"),
        ({"options": {"timeout": 5}}, "options"),
        ({"security": (("nosuch",),)}, "security"),
        ({"path": None}, "path"),
        ({"method": 5}, "method"),
    ],
)
def test_the_raw_door_names_what_it_cannot_take(kit: SyncKit, arguments: dict[str, Any], named: str) -> None:
    """Habits of other libraries end in one line, before anything is sent."""
    client, script = kit.scripted()
    with pytest.raises(ArgumentError, match=named) as caught:
        kit.run(client.request(**{"method": "POST", "path": "/x", **arguments}))
    assert (named, []) == (caught.value.argument, script.requests)


@pytest.mark.parametrize("door", ["call", "call_raw", "start", "pages", "request"])
def test_options_that_are_none_are_named(kit: SyncKit, door: str) -> None:
    """A mapping in place of `CallOptions` is refused before anything is sent, whichever way a call goes."""
    client, script = kit.scripted()
    method = getattr(client, door)
    with pytest.raises(ArgumentError, match="options is of type dict; give CallOptions") as caught:
        found = kit.run(method("GET", "/x", options={}) if door == "request" else method(LISTED, options={}))
        kit.items(found)
    assert ("options", []) == (caught.value.argument, script.requests)


def test_deprecated_operations_warn_at_the_caller(kit: SyncKit) -> None:
    """The warning names the operation and points at this file."""
    client, _ = kit.scripted(OK)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kit.run(client.call(operation(deprecated=True)))
    shown = [(item.category, str(item.message)) for item in caught]
    assert [(DeprecationWarning, "demo getGuest (GET /v1/guests) is deprecated by the vendor.")] == shown
    if kit.name == "sync":
        assert __file__ == caught[0].filename


def test_sync_and_async_offer_the_same() -> None:
    """Names and parameters of both kinds agree."""

    def shape(cls: type) -> dict[str, list[tuple[str, object, object]]]:
        members = {name: getattr(cls, name) for name in vars(cls) if not name.startswith("_") and name != "aclose"}
        return {
            name: [(item.name, item.kind, item.default) for item in inspect.signature(member).parameters.values()]
            if callable(member)
            else []
            for name, member in members.items()
        }

    for sync, other in ((BaseClient, AsyncBaseClient), (Job, AsyncJob), (SyncPages, AsyncPages), (Page, AsyncPage)):
        assert shape(sync) == shape(other)


def test_what_cannot_be_pickled_says_what_to_do(kit: SyncKit) -> None:
    """Clients, whole replies and operations belong to their process; the error names what to send instead."""
    with pytest.raises(TypeError, match="import it from its generated module"):
        pickle.dumps(GET)
    client, _ = kit.scripted(reply(200, {"a": 1}))
    with pytest.raises(TypeError, match=r"make one in each process, for example with \w+\.from_env\(\)"):
        pickle.dumps(client)
    with pytest.raises(TypeError, match=r"pickle \.parsed, \.json\(\) or \.content instead"):
        pickle.dumps(kit.run(client.call_raw(GET)))
