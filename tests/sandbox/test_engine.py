"""What any spec gets without vendor code: collections, pages, jobs, files, tokens, refusals, and examples for the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from loyalty_sandbox.core.documents import read_yaml
from loyalty_sandbox.core.examples import build
from loyalty_sandbox.core.exchange import Inbound
from loyalty_sandbox.core.nodes import link
from loyalty_sandbox.vendors import vendor_of
from loyalty_sandbox.world import World
from tests.sandbox.serving import Serve

SHOP = Path(__file__).parents[1] / "fixtures" / "sandbox" / "shop.yaml"
ServeSpec = Callable[..., httpx.Client]


@pytest.fixture
def shop(serve: Serve) -> httpx.Client:
    """A client of the foreign document, with its key."""
    return serve(vendors=[vendor_of(SHOP)]).client("shop", headers={"X-Key": "sandbox-shop-key"})


def test_a_record_is_created_read_listed_changed_and_deleted(shop: httpx.Client) -> None:
    """The five verbs work on one collection; ids and times are the engine's."""
    made = shop.post("/v2/orders", json={"title": "Tea", "amount": 3})
    path = f"/v2/orders/{made.json()['id']}"
    assert (201, f"{shop.base_url}".rstrip("/") + path) == (made.status_code, made.headers["Location"])
    assert made.json() == shop.get(path).json()
    assert made.json()["id"] in [each["id"] for each in shop.get("/v2/orders").json()["data"]]
    changed = shop.patch(path, json={"amount": 4, "note": None})
    assert (4, "Tea", False) == (changed.json()["amount"], changed.json()["title"], "note" in changed.json())
    assert (204, b"") == ((gone := shop.delete(path)).status_code, gone.content)
    assert 404 == shop.get(path).status_code
    assert "stateful" == made.headers["X-Sandbox-Behaviour"]


def test_the_examples_of_the_spec_are_there_from_the_start(shop: httpx.Client) -> None:
    """The id that the spec gives as an example can be read at once."""
    found = shop.get("/v2/orders/order-1")
    assert (200, "order-1") == (found.status_code, found.json()["id"])


def test_a_nested_collection_holds_the_records_of_its_parent_only(shop: httpx.Client) -> None:
    """Below another order there is nothing; below one that is not there, 404."""
    second = shop.post("/v2/orders", json={"title": "Coffee", "amount": 1}).json()["id"]
    line = shop.post(f"/v2/orders/{second}/lines", json={"sku": "abc"}).json()
    assert [line] == shop.get(f"/v2/orders/{second}/lines").json()
    assert line not in shop.get("/v2/orders/order-1/lines").json()
    assert 404 == shop.get("/v2/orders/nobody/lines").status_code
    assert isinstance(line["number"], int)


def test_a_record_is_what_was_sent(shop: httpx.Client) -> None:
    """What was not sent is absent; what the schema demands besides is neutral, not the example of another record."""
    order = shop.post("/v2/orders", json={"title": "Tea", "amount": 3}).json()
    line = shop.post("/v2/orders/order-1/lines", json={"sku": "abc"}).json()
    assert {"id", "title", "amount", "created_at"} == set(order)
    assert {"number": line["number"], "sku": "abc", "stock": 0} == line


def test_a_list_is_filtered_by_a_parameter_called_like_a_member(shop: httpx.Client) -> None:
    """`?title=` asks for records with that title."""
    shop.post("/v2/orders", json={"title": "Cocoa", "amount": 1})
    assert ["Cocoa"] == [each["title"] for each in shop.get("/v2/orders", params={"title": "Cocoa"}).json()["data"]]


def test_a_request_is_refused_by_the_schemas_in_the_declared_shape(shop: httpx.Client) -> None:
    """Status and body are those of the operation; where it declares none, the shape that most errors have."""
    wrong = shop.post("/v2/orders", json={"amount": "three"})
    unknown = shop.get("/v2/orders/nobody")
    nowhere = shop.get("/v2/nowhere")
    assert {"problem": "title is required. amount is not valid.", "status": 422} == wrong.json()
    assert (404, {"problem", "status"}) == (unknown.status_code, set(unknown.json()))
    assert (404, {"problem", "status"}) == (nowhere.status_code, set(nowhere.json()))
    assert 422 == shop.get("/v2/orders", params={"limit": "many"}).status_code
    assert 400 == shop.post("/v2/orders", content="{", headers={"Content-Type": "application/json"}).status_code


def test_a_refusal_is_a_text_where_the_spec_says_so(shop: httpx.Client) -> None:
    """In the type that is declared."""
    wrong = shop.get("/v2/squares/9")
    assert (400, "text/html", "square is not valid.") == (wrong.status_code, wrong.headers["Content-Type"], wrong.text)


def test_a_sample_is_of_a_variant_that_there_is() -> None:
    """A discriminator without a value of its own takes the first that is mapped."""
    rules = {"propertyName": "type", "mapping": {"iban": "#/x"}}
    schema = {"type": "object", "properties": {"type": {"type": "string"}}, "discriminator": rules}
    assert {"type": "iban"} == build(link(schema))


def test_no_message_writes_out_a_schema() -> None:
    """Forty levels, each twice in the one above, are named in a line."""
    schemas: dict[str, Any] = {"40": {"$ref": "#/0"}}
    for level in range(40):
        schemas[str(level)] = {"properties": {key: {"$ref": f"#/{level + 1}"} for key in "ab"}}
    found = link({**schemas, "both": {"oneOf": [{"$ref": "#/0"}, {"$ref": "#/1"}]}, "none": {"not": {"$ref": "#/0"}}})
    messages = [error.message for name in ("both", "none") for error in found.at(name).errors({})]
    assert [True, True] == [len(message) < 200 for message in messages]


def test_json_may_hold_what_yaml_cannot(tmp_path: Path) -> None:
    """Escapes of half characters in pairs."""
    (tmp_path / "spec.json").write_text(r'{"title": "\ud83d\ude00"}')
    assert {"title": "\U0001f600"} == read_yaml(tmp_path / "spec.json")


def test_a_refused_call_changes_nothing(shop: httpx.Client) -> None:
    """The second creation under one id is refused, and the first stays."""
    first = shop.post("/v2/tags", json={"name": "hot", "colour": "red"})
    second = shop.post("/v2/tags", json={"name": "hot", "colour": "blue"})
    assert (201, 409, "red") == (first.status_code, second.status_code, shop.get("/v2/tags/hot").json()["colour"])


def test_put_creates_where_nothing_else_does(shop: httpx.Client) -> None:
    """A collection without POST takes a new record by PUT."""
    assert 200 == shop.put("/v2/settings/colour", json={"value": "red"}).status_code
    assert "red" == shop.get("/v2/settings/colour").json()["value"]


def test_a_file_comes_back_as_it_was_sent(shop: httpx.Client) -> None:
    """Uploaded under an address, downloaded from the same."""
    sent = shop.put("/v2/orders/order-1/photo", content=b"\x00photo", headers={"Content-Type": "image/png"})
    found = shop.get("/v2/orders/order-1/photo")
    assert (204, b"\x00photo", "stateful") == (sent.status_code, found.content, found.headers["X-Sandbox-Behaviour"])


def test_what_cannot_be_derived_is_an_example_and_says_so(shop: httpx.Client) -> None:
    """An action answers with the example of the spec, and 404 for an unknown record."""
    done = shop.post("/v2/orders/order-1/approve")
    assert ("example", {"approved": True}) == (done.headers["X-Sandbox-Behaviour"], done.json())
    assert 404 == shop.post("/v2/orders/nobody/approve").status_code


def test_every_scheme_has_credentials_and_tokens_are_issued(serve: Serve) -> None:
    """Key, Basic, and both OAuth2 flows at the declared address; a wrong one is refused."""
    sandbox = serve(vendors=[vendor_of(SHOP)])
    client = sandbox.client("shop", headers={})
    statuses = [
        client.get("/v2/orders").status_code,
        client.get("/v2/orders", headers={"X-Key": "wrong"}).status_code,
        client.get("/v2/orders", auth=("sandbox", "sandbox-shop-login")).status_code,
    ]
    assert [401, 401, 200] == statuses
    who = {"client_id": "sandbox-shop", "client_secret": "sandbox-shop-secret"}
    service = client.post("/auth/token", data={"grant_type": "client_credentials", **who}).json()
    login = {"grant_type": "password", "username": "sandbox", "password": "sandbox-shop-password"}
    user = client.post("/auth/token", json=login, auth=tuple(who.values())).json()  # type: ignore[arg-type]
    fresh = client.post(
        "/auth/token", data={"grant_type": "refresh_token", "refresh_token": user["refresh_token"], **who}
    ).json()
    for token in (service, user, fresh):
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        assert 200 == client.get("/v2/orders", headers=headers).status_code
    wrong = client.post("/auth/token", data={"grant_type": "client_credentials", **who, "client_secret": "no"})
    assert (401, "invalid_client") == (wrong.status_code, wrong.json()["error"])
    sandbox.advance(hours=2)
    assert 401 == client.get("/v2/orders", headers={"Authorization": f"Bearer {service['access_token']}"}).status_code


_KEYS = {"parameter": "cursor", "next": "links.next"}
STYLES: list[tuple[dict[str, Any], str, int]] = [
    ({"style": "cursor-links", **_KEYS}, "cursor", 0),
    ({"style": "start-key", **_KEYS}, "cursor", 0),
    ({"style": "page-links", "parameter": "page", "current": "page", "last": "pages"}, "page", 1),
    ({"style": "page-number", "parameter": "page", "first": 0}, "page", 0),
    ({"style": "below-key", "parameter": "start", "key": "amount", "more": "more"}, "below", 0),
    ({"style": "range", "start": "start", "end": "end", "total-header": "X-Total"}, "range", 0),
]


@pytest.mark.parametrize(("rules", "walk", "first"), STYLES, ids=[rules["style"] for rules, _, _ in STYLES])
def test_every_style_of_pages_walks_through_all_records_once(
    tmp_path: Path, serve: Serve, rules: dict[str, Any], walk: str, first: int
) -> None:
    """Seven records in pages of three, by each style that `x-pagination` knows."""
    document = yaml.safe_load(SHOP.read_text())
    document["paths"]["/v2/orders"]["get"]["x-pagination"] = {"items": "data", "size": "limit", **rules}
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(document))
    client = serve(vendors=[vendor_of(tmp_path / "shop.yaml")]).client("shop", headers={"X-Key": "sandbox-shop-key"})
    for number in range(6):
        client.post("/v2/orders", json={"title": f"order {number}", "amount": 100 + number})
    seen: list[str] = []
    query: dict[str, Any] = (
        {"start": 0, "end": 3} if walk == "range" else {"limit": 3, "page": first} if walk == "page" else {"limit": 3}
    )
    totals = set()
    for _ in range(4):
        answer = client.get("/v2/orders", params=query)
        totals.add(answer.headers.get("X-Total"))
        page = answer.json()
        seen += [each["id"] for each in page["data"]]
        following = (page.get("links") or {}).get("next")
        if (walk == "cursor" and not following) or page.get("more") is False:
            break
        step = {"cursor": following} if walk == "cursor" else {"page": query.get("page", 0) + 1}
        step = {"start": min(each["amount"] for each in page["data"])} if walk == "below" else step
        query |= {"start": query["start"] + 3, "end": query["end"] + 3} if walk == "range" else step
    assert (7, 7) == (len(seen), len(set(seen)))
    if walk == "range":
        assert {"7"} == totals


def test_work_is_started_asked_about_and_ends_with_a_result(serve: Serve) -> None:
    """Pepper's import: pending at first, done after two seconds of the clock, with the address of the file that was sent."""
    sandbox = serve("pepper")
    headers = {
        "Authorization": "Token sandbox-pepper-admin-token",
        "X-Application-Id": "sandbox-pepper-app",
        "X-Api-Version": "12",
        "X-Pepper-Req-Nonce": "nonce-1",
    }
    client = sandbox.client("pepper", headers=headers)
    started = client.post("/users/import", files={"file": ("rows.csv", b"a,b\n1,2\n", "text/csv")}).json()
    again = client.post("/users/import", files={"file": ("rows.csv", b"a,b\n1,2\n", "text/csv")}).json()
    waiting = client.get(f"/operations/{started['_id']}").json()
    sandbox.advance(seconds=3)
    done = client.get(f"/operations/{started['_id']}").json()
    assert started == again, "the same nonce is the same work"
    assert "DONE" not in (started["status"], waiting["status"])
    assert "DONE" == done["status"]
    assert b"a,b\n1,2\n" == client.get(done["result"]["href"].removeprefix(f"{sandbox.url}/pepper")).content


def test_a_reply_that_breaks_the_spec_becomes_an_example(tmp_path: Path) -> None:
    """A handler whose answer does not fit changes nothing; the client gets an example, and the log says why."""
    vendor = vendor_of(SHOP)

    @vendor.operation("createOrder")
    def create(state: Any, request: Any) -> Any:
        state.collection("orders").put("lost", {"$key": "lost"})
        return {"id": 5}

    world = World([vendor])
    engine = world.engines["shop"]
    headers = {"x-key": "sandbox-shop-key", "content-type": "application/json"}
    inbound = Inbound("POST", "/v2/orders", "", headers, b'{"title": "Tea", "amount": 1}', "")
    outcome = engine.answer(inbound, engine.find(inbound))
    assert (201, "example") == (outcome.status, outcome.behaviour)
    assert any("id" in text for text in outcome.violations)
    assert engine.state.collection("orders").get("lost") is None
    world.close()
