"""The README's example runs as written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "stampede"


def fixture_body(operation: str) -> Any:
    """Return the body of a recorded success."""
    return json.loads((FIXTURES / operation / "200.json").read_text(encoding="utf-8"))


def python_blocks(text: str) -> list[str]:
    """Return the Python code blocks of a Markdown page."""
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def vendor(httpserver: HTTPServer) -> HTTPServer:
    """Answer like Stampede: a token, two pages of guests, one guest, a deal, and an undescribed operation."""

    def guests(request: Request) -> Response:
        assert f"Bearer {fixture_body('createToken')['access_token']}" == request.headers["Authorization"]
        assert "ada" == request.args["search"]
        last = request.args.get("cursor") == "second"
        page = fixture_body("listGuests")
        page["data"] = page["data"][1:2] if last else page["data"][:1]
        page["links"]["next"] = None if last else "second"
        return Response(json.dumps(page), content_type="application/json")

    httpserver.expect_request("/oauth/token", method="POST").respond_with_json(fixture_body("createToken"))
    httpserver.expect_request("/v1/guests", method="GET").respond_with_handler(guests)
    httpserver.expect_request("/v1/guests/guest-id", method="GET").respond_with_json(fixture_body("getGuest"))
    deal = {"name": "10%_OFF", "cash_value_amount": 1000}
    httpserver.expect_request("/v1/deal", method="POST", json=deal).respond_with_json(fixture_body("createDeal"))
    httpserver.expect_request("/v1/undocumented", method="POST", json={"any": "thing"}).respond_with_json({})
    return httpserver


def test_the_example_runs_as_written(vendor: HTTPServer) -> None:
    """The first Python block of the README runs without a change and prints the guests of both pages."""
    code = python_blocks((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    environment = {
        **os.environ,
        "STAMPEDE_CLIENT_ID": "artificial",
        "STAMPEDE_CLIENT_SECRET": "artificial",
        "STAMPEDE_BASE_URL": vendor.url_for("/"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ("", 0) == (done.stderr, done.returncode)
    assert [item["user_profile"]["email"] for item in fixture_body("listGuests")["data"][:2]] == done.stdout.split()
    vendor.check_assertions()
