"""Importing a client costs little: models and operations are loaded when they are used, and only those."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.clients.vendors import CLIENTS, Client

PROGRAM = """
import json, sys
{code}
package = {package!r}
loaded = sorted(name.removeprefix(package + ".") for name in sys.modules if name.startswith(package + "."))
print(json.dumps([loaded, [name for name in ("attrs", "httpx", "httpcore", "msgspec", "anyio") if name in sys.modules]]))
"""

# What reading one answer takes: the operation's module, and the models it loads.
ANSWERS = {
    "stampede": (
        "venues.list_venues",
        200,
        {"data": [], "links": {}},
        ["cursor_links", "venue", "venue_branding", "venue_list"],
    ),
    "stamps": ("awards.add_stamps", 200, {"customer": None, "award": None}, ["award", "award_result", "customer"]),
    "orderingstack": ("account.get_my_campaigns", 200, [{}], ["campaign_state"]),
    "pepper": ("loyalty.get_loyalty_balance", "2XX", {}, ["loyalty_balance"]),
}
every_client = pytest.mark.parametrize("client", CLIENTS, ids=[client.slug for client in CLIENTS])


def run(client: Client, code: str) -> tuple[list[str], list[str]]:
    """Run code in a fresh Python and return the modules of the package it has loaded, and the libraries."""
    program = f"import sys; sys.path[:0] = {sys.path!r}\n{PROGRAM.format(code=code, package=client.package)}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    modules, libraries = json.loads(done.stdout)
    return modules, libraries


@every_client
def test_package(client: Client) -> None:
    """Importing the package loads nothing of it, and no library."""
    assert run(client, f"import {client.package}") == ([], [])


@every_client
def test_client_class(client: Client) -> None:
    """Making a client loads neither operations nor models, and no library that speaks HTTP."""
    settings = {**client.credentials, "base_url": "http://127.0.0.1:9"}
    modules, libraries = run(
        client, f"from {client.package} import {client.name}\nmade = {client.name}(**{settings!r})"
    )
    assert modules == ["_vendor", "client"]
    assert libraries == []


@every_client
def test_operation(client: Client) -> None:
    """An operation loads no model before it is called, and no other operation."""
    name = ANSWERS[client.slug][0]
    tag = name.partition(".")[0]
    modules, _ = run(client, f"import {client.package}.api.{name}")
    assert modules == ["api", f"api.{tag}", f"api.{name}"]


@every_client
def test_answer(client: Client) -> None:
    """Reading an answer loads the models it is made of, and no others."""
    name, status, body, models = ANSWERS[client.slug]
    code = f"""
from {client.package}.api.{name} import OPERATION
reply = OPERATION.responses[{status!r}]
try:
    reply.decode({body!r})
except ValueError:
    pass
"""
    modules, _ = run(client, code)
    assert [module.removeprefix("models.") for module in modules if module.startswith("models.")] == models


@every_client
@pytest.mark.parametrize("name", ["models", "errors"])
def test_submodules(client: Client, name: str) -> None:
    """`models` and `errors` are imported from the package like any other name."""
    modules, _ = run(client, f"from {client.package} import {name}")
    assert name in modules
