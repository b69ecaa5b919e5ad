"""Specs as they come: the vendors' own without extensions, modules without their operations, the first call, the rooms."""

from __future__ import annotations

import copy
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

import loyalty_sandbox
from loyalty_sandbox.core.documents import to_json
from loyalty_sandbox.core.engine import Engine
from loyalty_sandbox.core.examples import build
from loyalty_sandbox.core.exchange import Inbound, Outcome
from loyalty_sandbox.core.first_call import first_calls
from loyalty_sandbox.core.spec import preferred, read_spec
from loyalty_sandbox.core.vendor import Vendor
from loyalty_sandbox.vendors import load_vendors, vendor_slugs
from loyalty_sandbox.world import World
from tests.rooms import wrong_imports
from tests.sandbox.serving import Serve


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
        value = parameter.raw.get("example", build(parameter.schema))
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
    body, (media_type, media) = b"", preferred(operation.taken)
    if media_type:
        value = media.get("example", build(media.at("schema")))
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
    doors = (
        "__main__",
        "admin",
        "command",
        "protocol",
        "pytest_plugin",
        "server",
        "testing",
        "vendor_app",
        "world",
    )
    assert [] == wrong_imports(Path(loyalty_sandbox.__file__).parent, (("core",), ("vendors", "pages"), doors))
