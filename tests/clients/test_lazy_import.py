"""Importing a client costs little: models and operations are loaded when they are used, and only those."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.clients.vendors import BY_SLUG, Client

PROGRAM = """
import json, sys
sys.path[:0] = {path!r}
found = []
for code in {steps!r}:
    before = set(sys.modules)
    exec(code)
    new = set(sys.modules) - before - {{{package!r} + ".types"}}
    found.append([sorted(name for name in new if name.partition(".")[0] == {package!r}), "httpx" in new or "httpcore" in new])
print(json.dumps(found))
"""

# Reading one reply: the operation's module and a body, and the models it is made of.
READING = {
    "orderingstack": ("account.get_my_campaigns", [{}], ["campaign_state"]),
    "pepper": ("loyalty.get_loyalty_balance", {}, ["loyalty_balance"]),
    "stampede": (
        "venues.list_venues",
        {"data": [], "links": {}},
        ["cursor_links", "venue", "venue_branding", "venue_list"],
    ),
    "stamps": ("awards.add_stamps", {"customer": None, "award": None}, ["award", "award_result", "customer"]),
}


@pytest.mark.parametrize("client", [BY_SLUG[slug] for slug in READING], ids=READING)
def test_only_what_is_used_is_loaded(client: Client) -> None:
    """Import, client and operation load neither models nor a library that speaks HTTP; reading a reply loads its models and no others; `errors` and `models` are names like any other."""
    package, (operation, body, models) = client.package, READING[client.slug]
    settings = {**client.credentials, "base_url": "http://127.0.0.1:9"}
    steps = [
        f"import {package}",
        f"from {package} import {client.name}; {client.name}(**{settings!r})",
        f"from {package}.api.{operation} import OPERATION",
        f"try: next(r for s, r in OPERATION.responses.items() if str(s)[0] == '2').decode({body!r})\nexcept ValueError: pass",
        f"from {package} import errors, models",
    ]
    program = PROGRAM.format(path=sys.path, steps=steps, package=package)
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    tag = operation.partition(".")[0]
    loaded = [
        [package],
        ["_vendor", "client"],
        ["api", f"api.{tag}", f"api.{operation}"],
        ["models", *(f"models.{name}" for name in models)],
        ["errors"],
    ]
    named = [[f"{package}.{name}" if name != package else name for name in names] for names in loaded]
    assert [[names, False] for names in named] == json.loads(done.stdout)
