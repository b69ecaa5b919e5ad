"""A vendor's address as ASGI: read the request, apply faults, answer, log."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote

from attrs import evolve
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.types import Receive, Scope, Send

from .core.clock import iso
from .core.documents import to_json
from .core.engine import Engine
from .core.exchange import Inbound, Outcome
from .core.faults import HEADER, HTML, FaultPlan, parse_faults
from .core.log import Entry
from .core.problems import SandboxError
from .core.routing import Match
from .core.world import World
from .protocol import TRANSPORT, cut

_MAX_BODY = 20 * 1024 * 1024


class VendorApp:
    """Serves one vendor below `/<slug>`."""

    def __init__(self, world: World, engine: Engine) -> None:
        self._world = world
        self._engine = engine
        self._slug = engine.vendor.slug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            body = await _read_body(scope, receive)
        except ClientDisconnect:
            return
        if body is None:
            text = f"The body is larger than {_MAX_BODY} bytes, which is the most the sandbox takes."
            await _send(scope, send, _complaint(text, status=413), FaultPlan())
            return
        inbound = _inbound(scope, self._slug, body)
        number = self._world.log.next_number()
        try:
            plan = self._plan(inbound)
        except SandboxError as error:
            plan, outcome, took = FaultPlan(), _complaint(str(error)), 0.0
        else:
            if plan.delay:
                await asyncio.sleep(plan.delay)
            before = time.perf_counter()
            outcome = self._outcome(inbound, plan)
            took = (time.perf_counter() - before) * 1000
        outcome = _marked(outcome, number)
        self._keep(number, inbound, outcome, plan=plan, took=took)
        await _send(scope, send, outcome, plan)

    def _plan(self, inbound: Inbound) -> FaultPlan:
        asked = inbound.header_map.get(HEADER)
        if asked is not None:
            return parse_faults(asked)
        found = self._engine.find(inbound.method, inbound.path)
        set_plan = self._world.faults.take(self._slug, found.target.operation_id if isinstance(found, Match) else "")
        return set_plan or FaultPlan()

    def _outcome(self, inbound: Inbound, plan: FaultPlan) -> Outcome:
        if plan.replaces:
            found = self._engine.find(inbound.method, inbound.path)
            outcome = self._engine.fail(found.target if isinstance(found, Match) else None, inbound, plan.status or 500)
        else:
            outcome = self._engine.answer(inbound)
            if plan.status is not None:
                outcome = evolve(outcome, status=plan.status, behaviour="fault")
        headers = dict(outcome.headers)
        if plan.html:
            outcome = evolve(outcome, body=HTML, behaviour="fault")
            headers["Content-Type"] = "text/html"
        if plan.wrong_content_type:
            headers["Content-Type"] = "text/plain"
        if plan.retry_after is not None:
            headers["Retry-After"] = str(plan.retry_after)
        return evolve(outcome, headers=headers)

    def _keep(self, number: int, inbound: Inbound, outcome: Outcome, *, plan: FaultPlan, took: float) -> None:
        masker = self._world.masker
        self._world.learn_secrets()
        self._world.log.add(
            Entry(
                number=number,
                at=iso(self._world.clock.now()),
                vendor=self._slug,
                operation=outcome.operation_id,
                method=inbound.method[:20],
                path=masker.text(inbound.path)[:500],
                status=None if plan.reset else outcome.status,
                behaviour=outcome.behaviour,
                fault=plan.describe(),
                violations=list(outcome.violations),
                ms=round(took, 1),
                query=masker.query(inbound.query),
                request_headers=masker.pairs(inbound.headers),
                request_body=masker.body(inbound.body, inbound.header_map),
                response_headers=masker.pairs(outcome.headers.items()),
                response_body=masker.body(
                    outcome.body, {name.lower(): value for name, value in outcome.headers.items()}
                ),
            )
        )


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    """Read the body; None when it is larger than the limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in HTTPRequest(scope, receive).stream():
        size += len(chunk)
        if size <= _MAX_BODY:
            chunks.append(chunk)
    return b"".join(chunks) if size <= _MAX_BODY else None


def _inbound(scope: Scope, slug: str, body: bytes) -> Inbound:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    host = next((value for name, value in headers if name == "host"), "127.0.0.1")
    return Inbound(
        method=scope["method"],
        path=raw.decode("latin-1").partition("?")[0].removeprefix(f"/{slug}") or "/",
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        base_url=f"http://{host}/{slug}",
        client=scope["client"][0] if scope.get("client") else "",
    )


def _complaint(text: str, *, status: int = 400) -> Outcome:
    return Outcome(status, {"Content-Type": "application/json"}, to_json({"sandbox": text}).encode(), None, "sandbox")


def _marked(outcome: Outcome, number: int) -> Outcome:
    marks = {"X-Sandbox-Behaviour": outcome.behaviour, "X-Sandbox-Request": str(number)}
    if outcome.operation_id:
        marks["X-Sandbox-Operation"] = quote(outcome.operation_id, safe="/{} ._-:~")
    return evolve(outcome, headers={**outcome.headers, **marks})


async def _send(scope: Scope, send: Send, outcome: Outcome, plan: FaultPlan) -> None:
    transport: Any = scope.get(TRANSPORT)
    if plan.reset:
        cut(transport, reset=True)
        return
    bodiless = outcome.status in (204, 304)
    body = b"" if bodiless else outcome.body
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in outcome.headers.items()]
    if not bodiless:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": outcome.status, "headers": headers})
    if plan.cut_body:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        cut(transport, reset=False)
        return
    await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})
