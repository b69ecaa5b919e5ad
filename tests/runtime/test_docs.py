"""The page for integrators: every example runs, in order, against a local server."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PAGE = Path(__file__).resolve().parents[2] / "docs" / "runtime.md"
BLOCK = re.compile(r"```python(?: title=(\S+))?\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture
def demo_server(httpserver: HTTPServer) -> HTTPServer:
    """A server with what the examples call."""

    def answer(request: Request) -> Response:
        if request.path != "/oauth/token" and request.headers.get("Authorization") != "Bearer artificial":
            return Response("{}", 401)
        if request.path == "/v1/guests":
            number = int(request.args.get("cursor", 0))
            names = ["Ada Lovelace", "Grace Hopper", "Mary Somerville"][number : number + 2]
            body: object = {"data": [{"name": name} for name in names], "links": {"next": None if number else "2"}}
        else:
            body = {
                "/oauth/token": {"access_token": "artificial", "expires_in": 3600},
                "/v1/guests/g-1": {"name": "Ada Lovelace"},
                "/v1/exports": {"_id": "op-1", "status": "NEW"},
                "/v1/operations/op-1": {"_id": "op-1", "status": "DONE", "result": {"href": "/files/export.csv"}},
                "/v1/imports": {"accepted": True},
                "/v1/undocumented": {"created": True},
            }.get(request.path)
        if request.path == "/files/export.csv":
            return Response("name\nAda Lovelace\n", content_type="text/csv")
        if body is None:
            return Response(
                '{"code": "unknown"}', 500 if "broken" in request.path else 404, content_type="application/json"
            )
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    return httpserver


@pytest.fixture
def demo_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client of the page's last part, as a module to import."""
    (source,) = [code for title, code in BLOCKS if title == "demo_client.py"]
    (tmp_path / "demo_client.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    sys.modules.pop("demo_client", None)


@pytest.mark.usefixtures("demo_module")
def test_the_examples_run(
    demo_server: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block runs after the ones before it, and what they print is what the page promises."""
    import logging

    monkeypatch.setenv("DEMO_BASE_URL", demo_server.url_for("").rstrip("/"))
    monkeypatch.setenv("DEMO_CLIENT_ID", "artificial-id")
    monkeypatch.setenv("DEMO_CLIENT_SECRET", "artificial-secret")
    monkeypatch.setattr(logging, "basicConfig", lambda: None)
    names: dict[str, object] = {"__name__": "page"}
    blocks = [code for title, code in BLOCKS if not title]
    assert len(blocks) == 19
    for number, code in enumerate(blocks):
        exec(compile(code, f"block {number + 1} of {PAGE.name}", "exec"), names)  # noqa: S102 - the page's own examples
    logging.getLogger("loyalty_runtime").setLevel(logging.NOTSET)
    printed = capsys.readouterr().out
    for expected in (
        "Ada Lovelace\n",
        "500 None 1\n",
        "demo getGuest: GET /v1/guests/{guest_id} answered 404 {'code': 'unknown'}\n",
        "Mary Somerville\n",
        "2 True 200\n1 False 200\n",
        "op-1 NEW\nDONE\nname\nAda Lovelace\n",
        "{'accepted': True}\n",
        "404 application/json {'code': 'unknown'}\n",
        "{'created': True}\n",
        "may change something, and read_only is set.",
        "GET http://",
        "['start', 'start', 'attempt', 'token', 'end', 'attempt', 'end']\n",
        "{'name': 'Ada Lovelace'}\n",
    ):
        assert expected in printed
    demo = names["demo"]
    demo.close()  # type: ignore[attr-defined]
