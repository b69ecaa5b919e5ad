"""The client itself: settings, servers, environment, options, the raw door, deprecation."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest

from loyalty_runtime import ArgumentError, ConflictError, InternalServerError, Operation
from tests.runtime.support import VENDOR, AsyncDemo, Demo, SyncKit, operation, reply

TOKEN = operation(security=(("token",),))


def origin(client: Any) -> str:
    engine = client._ready()
    return f"{engine.origin!r}{engine.prefix}"


def test_servers(kit: SyncKit) -> None:
    """The first server is the default; others go by name, with their variables; base_url replaces all."""
    assert origin(kit.client()) == "https://api.example.com"
    assert origin(kit.client(server="test", variables={"host": "t.example.com"})) == "https://t.example.com/v9"
    assert origin(kit.client("https://o.example.com:443/x/")) == "https://o.example.com/x"
    assert origin(kit.client("https://münchen.example.com")) == "https://xn--mnchen-3ya.example.com"
    assert origin(kit.client("http://[::1]:8080/x")) == "http://[::1]:8080/x"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"server": "nowhere"}, "use one of: production, test"),
        ({"server": "test"}, "needs the variable 'host'"),
        ({"server": "test", "base_url": "https://x.example.com"}, "give one"),
        ({"timeout": 0}, "timeout is 0"),
        ({"max_retries": 99}, "max_retries is 99"),
    ],
)
def test_wrong_settings(kit: SyncKit, settings: dict[str, Any], text: str) -> None:
    """Each is refused when the client is made."""
    with pytest.raises(ArgumentError, match=text):
        kit.client(**settings)


def test_unknown_settings(kit: SyncKit) -> None:
    """A misspelled setting is an error, as a misspelled keyword is."""
    with pytest.raises(TypeError, match="unexpected setting 'time_out'"):
        kit.client(time_out=5)


def test_from_env(kit: SyncKit) -> None:
    """Credentials and place come from variables named after the vendor; settings given in code win."""
    environment = {
        "DEMO_TOKEN": "artificial",
        "DEMO_BASE_URL": "https://env.example.com",
        "DEMO_USERNAME": "",
        "OTHER": "x",
    }
    client = kit.client_class.from_env(environment, timeout=7)
    assert repr(client) == f"<{kit.client_class.__name__} https://env.example.com <Credentials token>>"
    assert origin(client) == "https://env.example.com"
    assert client._timeout == 7
    assert (
        origin(kit.client_class.from_env(environment, base_url="https://code.example.com"))
        == "https://code.example.com"
    )
    assert origin(kit.client_class.from_env({"DEMO_SERVER": "production"})) == "https://api.example.com"


def test_from_env_reads_the_process_environment(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument os.environ counts."""
    monkeypatch.setenv("DEMO_CLIENT_ID", "i")
    monkeypatch.setenv("DEMO_CLIENT_SECRET", "s")
    assert "client_id, client_secret" in repr(kit.client_class.from_env())


def test_all_credentials_have_a_name() -> None:
    """The vendor lists what its clients may be given."""
    assert set(VENDOR.arguments()) >= {
        "client_id",
        "client_secret",
        "access_token",
        "username",
        "password",
        "tenant",
        "token",
        "jwt",
        "application_id",
    }


def test_with_options_leaves_the_parent_alone(kit: SyncKit) -> None:
    """Timeout, repeats and headers are the child's own; a header of None is gone; the base is shared."""
    client, script = kit.scripted(*[reply(200, {})] * 3, headers={"X-A": "1", "X-B": "2"})
    child = client.with_options(timeout=5, max_retries=0, headers={"x-a": "9", "X-B": None, "X-C": "3"})
    grandchild = child.with_options(timeout=6)
    for each in (client, child, grandchild):
        kit.run(each.call(operation()))
    sent = [[script.header(index, name) for name in ("X-A", "X-B", "X-C")] for index in range(3)]
    assert sent == [["1", "2", None], ["9", None, "3"], ["9", None, "3"]]
    assert [request.timeout for request in script.requests] == [60, 5, 6]
    assert type(child) is type(client)
    assert child._engine is client._engine is grandchild._engine
    with pytest.raises(ArgumentError):
        client.with_options(timeout=-1)


def test_per_request_headers_replace_each_other(kit: SyncKit) -> None:
    """Client, credentials, operation and call: the later one wins, and no header is sent twice."""
    client, script = kit.scripted(
        *[reply(200, {})] * 2, credentials={"token": "a"}, headers={"X-Api-Version": "1", "User-Agent": "mine"}
    )
    kit.run(client.call(TOKEN, headers={"x-api-version": 12, "x-none": None}))
    kit.run(client.with_options(headers={"authorization": "Custom c"}).call(operation()))
    assert (script.header(0, "X-Api-Version"), script.header(0, "User-Agent"), script.header(0, "x-none")) == (
        "12",
        "mine",
        None,
    )
    assert script.header(1, "Authorization") == "Custom c"


def test_the_raw_door(kit: SyncKit) -> None:
    """Same authentication, repeats and errors for what no spec describes; the path is not in the error's text."""
    client, script = kit.scripted(
        reply(503), reply(200, {"a": 1}), reply(201, {"b": 2}), reply(409, {"c": 3}), credentials={"token": "t"}
    )
    assert kit.run(client.request("get", "/v1/x y", params={"q": [1, 2]}, headers={"X-A": "1"})).json() == {"a": 1}
    assert kit.run(client.request("POST", "/v1/undocumented", json={"n": 1})).parsed == {"b": 2}
    with pytest.raises(ConflictError, match=r"demo request: DELETE \(raw request\) answered 409") as caught:
        kit.run(client.request("DELETE", "/v1/guests/ada@example.com", security=((),)))
    assert "ada@example.com" not in str(caught.value)
    assert [request.target for request in script.requests[1:]] == [
        "/v1/x%20y?q=1&q=2",
        "/v1/undocumented",
        "/v1/guests/ada@example.com",
    ]
    assert [script.header(index, "Authorization") for index in range(4)] == ["Token t"] * 3 + [None]
    with pytest.raises(ArgumentError):
        kit.run(client.request("GE T", "/x"))


def test_the_raw_door_keeps_braces(kit: SyncKit) -> None:
    """Braces in a raw path are text, not a template."""
    client, script = kit.scripted(reply(200, {}))
    kit.run(client.request("GET", "/v1/{id}"))
    assert script.requests[0].target == "/v1/%7Bid%7D"


def test_raw_posts_are_not_repeated(kit: SyncKit) -> None:
    """The raw door is as careful as any call."""
    client, script = kit.scripted(reply(503))
    with pytest.raises(InternalServerError):
        kit.run(client.request("POST", "/v1/x", form={"a": "1"}))
    assert len(script.requests) == 1


def test_deprecated_operations_warn_at_the_caller(kit: SyncKit) -> None:
    """The warning names the operation and points at this file."""
    client, _ = kit.scripted(reply(200, {}))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kit.run(client.call(operation(deprecated=True)))
    assert [(item.category, str(item.message)) for item in caught] == [
        (DeprecationWarning, "demo getGuest (GET /v1/guests) is deprecated by the vendor.")
    ]
    if kit.name == "sync":
        assert caught[0].filename == __file__


def test_context_managers() -> None:
    """Both kinds close at the end of their block."""
    with Demo() as client:
        client._ready()
    assert client._ready().closed is True

    async def main() -> bool:
        async with AsyncDemo() as made:
            made._ready()
        await made.aclose()
        return bool(made._ready().closed)

    assert asyncio.run(main()) is True


def test_an_operation_is_imported_not_pickled() -> None:
    """Operations hold functions of generated modules."""
    import pickle

    with pytest.raises(TypeError, match="import it from its generated module"):
        pickle.dumps(operation())


def test_sync_and_async_offer_the_same() -> None:
    """Names and parameters of both kinds agree."""
    import inspect

    from loyalty_runtime import AsyncBaseClient, AsyncJob, AsyncPages, BaseClient, Job, SyncPages
    from loyalty_runtime.paging import AsyncPage, Page

    def parameters(function: Any) -> list[str]:
        return [
            f"{item.name}:{item.kind.name}:{item.default!r}" for item in inspect.signature(function).parameters.values()
        ]

    for sync, other in ((BaseClient, AsyncBaseClient), (Job, AsyncJob), (SyncPages, AsyncPages), (Page, AsyncPage)):
        names = {name for name in vars(sync) if not name.startswith("_")}
        assert names == {name for name in vars(other) if not name.startswith("_")} - {"aclose"}
        for name in names:
            first, second = getattr(sync, name), getattr(other, name)
            if callable(first):
                assert parameters(first) == parameters(second), name


def test_descriptors_cost_no_io() -> None:
    """An operation keeps its template taken apart and prints itself."""
    made: Operation[object] = operation(path="/a/{b}/c/{d}")
    assert made.parts == ("/a/", "b", "/c/", "d", "")
    assert "getGuest" in repr(made)
