"""What any spec gets without vendor code: collections, pages, jobs, files, tokens, refusals, and examples for the rest."""

from __future__ import annotations

import copy
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import loyalty_sandbox
from loyalty_sandbox.core.documents import to_json
from loyalty_sandbox.core.engine import Engine
from loyalty_sandbox.core.examples import build, preferred_media
from loyalty_sandbox.core.exchange import Inbound, Outcome, Reply
from loyalty_sandbox.core.first_call import first_calls
from loyalty_sandbox.core.specs import read_spec
from loyalty_sandbox.core.vendor import Vendor
from loyalty_sandbox.vendors import load_vendors, vendor_of, vendor_slugs
from loyalty_sandbox.world import World
from tests.rooms import wrong_imports
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
        client.post("/v2/orders", json={"title": f"order {number}", "amount": 1})
    seen: list[str] = []
    query: dict[str, Any] = (
        {"start": 0, "end": 3} if walk == "range" else {"limit": 3, "page": first} if walk == "page" else {"limit": 3}
    )
    for _ in range(4):
        answer = client.get("/v2/orders", params=query)
        page = answer.json()
        seen += [each["id"] for each in page["data"]]
        following = (page.get("links") or {}).get("next")
        if walk == "cursor" and not following:
            break
        step = {"cursor": following} if walk == "cursor" else {"page": query.get("page", 0) + 1}
        query |= {"start": query["start"] + 3, "end": query["end"] + 3} if walk == "range" else step
    assert (7, 7) == (len(seen), len(set(seen)))
    if walk == "range":
        assert "7" == answer.headers["X-Total"]


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


def bare(spec: dict[str, Any]) -> dict[str, Any]:
    """Take all extensions out of a document and give every operation another name."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if not str(key).startswith("x-")}
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    stripped: dict[str, Any] = strip(copy.deepcopy(spec))
    for item in stripped["paths"].values():
        for number, operation in enumerate(each for each in item.values() if isinstance(each, dict)):
            operation["operationId"] = f"renamed_{number}_{operation.get('operationId')}"
    return stripped


def call(engine: Engine, name: str) -> Outcome:
    """Call an operation with the examples of the spec and a ready-made credential of each scheme."""
    operation, spec, slug = engine.operations[name], engine.spec, engine.vendor.slug
    path, query, headers = operation.template, [], dict[str, str]()
    for parameter in operation.parameters:
        value = parameter.raw.get("example", build(spec, parameter.schema))
        if parameter.where == "path":
            path = path.replace(f"{{{parameter.name}}}", str(value))
        elif parameter.required and parameter.where == "header":
            headers[parameter.name.lower()] = str(value)
        elif parameter.required:
            pairs = value if isinstance(value, dict) else {parameter.name: value}
            query += [f"{key}={each}" for key, each in pairs.items()]
    for scheme in next(iter(operation.security), {}):
        rules = spec.document["components"]["securitySchemes"][scheme]
        secret = f"sandbox-{slug}-{scheme}"
        basic = "Basic " + httpx.BasicAuth("sandbox", secret)._auth_header.removeprefix("Basic ")
        header = rules["name"].lower() if rules["type"] == "apiKey" else "authorization"
        headers[header] = basic if rules.get("scheme") == "basic" else f"Bearer {secret}"
        if rules["type"] == "apiKey":
            headers[header] = secret
    body, media_type = b"", preferred_media(operation.body["content"])
    if media_type:
        media = operation.body["content"][media_type]
        value = media.value.get("example", build(spec, media["schema"]))
        body = (
            to_json(value).encode()
            if media_type.endswith("json")
            else b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na\r\n--B--\r\n'
        )
        headers["content-type"] = media_type + ("; boundary=B" if "multipart" in media_type else "")
    inbound = Inbound(operation.method, path, "&".join(query), headers, body, "http://sandbox")
    return engine.answer(inbound, engine.find(inbound))


# With the examples of the spec alone: the token call needs the seeded client, one id is taken, two examples name exclusive members.
REFUSED = {"createToken": 401, "postCampaign": 400, "createNotification": 400, "resetPassword": 422}


@pytest.mark.parametrize("slug", vendor_slugs())
def test_a_spec_without_extensions_and_with_other_names_has_a_sandbox(tmp_path: Path, slug: str) -> None:
    """Every operation of each effective spec answers with a success that fits, with nothing but OpenAPI to go by."""
    path = tmp_path / f"{slug}.yaml"
    path.write_text(to_json(bare(read_spec(slug).document)))
    world = World([Vendor(slug, slug, spec=path)], limits=False)
    wrong = {}
    for name in world.engines[slug].operations:
        world.reset()
        outcome = call(world.engines[slug], name)
        expected = REFUSED.get(name.partition("_")[2].partition("_")[2], 200)
        if outcome.status // 100 != expected // 100 or (expected == 200 and outcome.violations):
            wrong[name] = (outcome.status, outcome.body[:200], outcome.violations)
    world.close()
    assert {} == wrong


@pytest.mark.parametrize("slug", ["stampede", "stamps", "orderingstack", "pepper"])
def test_a_vendor_module_starts_with_a_spec_that_lacks_its_operations(tmp_path: Path, slug: str) -> None:
    """Handlers without their operation are left out, and the start says which."""
    (vendor,) = load_vendors([slug])
    path = tmp_path / "renamed.yaml"
    path.write_text(to_json(bare(read_spec(slug).document)))
    known, vendor.spec = vendor.spec, path
    try:
        world = World([vendor])
        engine = world.engines[slug]
        assert sorted(vendor.handlers.keys() | vendor.guards.keys()) == engine.unbound
        statuses = {call(engine, name).status for name in list(engine.operations)[:5]}
        assert not {500} & statuses
        world.close()
    finally:
        vendor.spec = known


def test_a_reply_that_breaks_the_spec_becomes_an_example(tmp_path: Path) -> None:
    """A handler whose answer does not fit changes nothing; the client gets an example, and the log says why."""
    vendor = vendor_of(SHOP)

    @vendor.operation("createOrder")
    def create(state: Any, request: Any) -> Any:
        state.collection("orders").put("lost", {"$key": "lost"})
        return Reply({"id": 5}, status=201)

    world = World([vendor])
    engine = world.engines["shop"]
    headers = {"x-key": "sandbox-shop-key", "content-type": "application/json"}
    inbound = Inbound("POST", "/v2/orders", "", headers, b'{"title": "Tea", "amount": 1}', "")
    outcome = engine.answer(inbound, engine.find(inbound))
    assert (201, "example") == (outcome.status, outcome.behaviour)
    assert any("id" in text for text in outcome.violations)
    assert engine.state.collection("orders").get("lost") is None
    world.close()


@pytest.mark.parametrize("slug", ["stampede", "stamps", "orderingstack", "pepper"])
def test_the_first_call_that_is_printed_succeeds(serve: Serve, slug: str) -> None:
    """The curl command, word by word."""
    sandbox = serve(slug)
    words = shlex.split(first_calls(sandbox.world.engines[slug], f"{sandbox.url}/{slug}")[0])
    headers = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
    given = {word: words[place + 1] for place, word in enumerate(words) if word in ("-X", "-d")}
    answer = sandbox.client().request(given.get("-X", "GET"), words[1], headers=headers, content=given.get("-d"))
    assert 200 == answer.status_code, answer.text


def test_no_import_runs_upwards_or_in_a_circle() -> None:
    """The core knows neither vendors nor pages nor doors; vendors and pages know the core only."""
    doors = ("__main__", "admin", "app", "command", "protocol", "server", "vendor_app", "world")
    assert [] == wrong_imports(Path(loyalty_sandbox.__file__).parent, (("core",), ("vendors", "pages"), doors))
