"""A vendor's address as ASGI: read the request, apply faults, answer, log."""

from __future__ import annotations

import asyncio
import time
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from attrs import evolve
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .core.clock import iso
from .core.documents import Document, SandboxError, to_json
from .core.engine import Engine, Match
from .core.exchange import Inbound, Outcome
from .core.faults import HEADER, HTML, NO_FAULT, UNANSWERED, FaultPlan, parse_faults
from .core.world import World
from .protocol import TRANSPORT, cut, read_body

_LARGEST = 20 * 1024 * 1024


class VendorApp:
    """Serves one vendor below `/<slug>`."""

    def __init__(self, world: World, engine: Engine) -> None:
        self._world = world
        self._engine = engine
        self._slug = engine.vendor.slug
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = HTTPRequest(scope, receive)
        body = await read_body(request, _LARGEST)
        if body is None:
            text = f"The body is larger than {_LARGEST} bytes, which is the most the sandbox takes."
            await _send(scope, receive, send, _complaint(text, status=413), NO_FAULT)
            return
        inbound = _inbound(request, self._slug, body)
        found = self._engine.find(inbound)
        plan, took = NO_FAULT, 0.0
        try:
            if HEADER in inbound.headers:
                plan = parse_faults(inbound.headers[HEADER])
            else:
                plan = self._world.faults.take(self._slug, found.name or "")
        except SandboxError as error:
            outcome = _complaint(str(error))
        else:
            await asyncio.sleep(plan.numbers.get("delay", 0))
            before = time.perf_counter()
            outcome = self._outcome(inbound, found, plan)
            took = (time.perf_counter() - before) * 1000
        if "late" in plan.numbers:
            task = asyncio.create_task(self._carry_out_late(inbound, found, plan))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        outcome = self._keep(inbound, outcome, plan, took)
        await _send(scope, receive, send, outcome, plan)

    async def _carry_out_late(self, inbound: Inbound, found: Match, plan: FaultPlan) -> None:
        """Let a call take effect after its caller was told something else; the log has it a second time."""
        await asyncio.sleep(plan.numbers["late"])
        self._keep(inbound, self._engine.answer(inbound, found), plan, 0.0)

    def _outcome(self, inbound: Inbound, found: Match, plan: FaultPlan) -> Outcome:
        if plan.status is not None and ("after" not in plan.flags or "late" in plan.numbers):
            outcome = self._engine.fail(inbound, found, plan.status)
        else:
            outcome = self._engine.answer(inbound, found)
            if plan.status is not None:
                outcome = evolve(outcome, status=plan.status, behaviour="fault")
        headers = {}
        if "html" in plan.flags:
            outcome, headers["Content-Type"] = evolve(outcome, body=HTML), "text/html"
        if "wrong-content-type" in plan.flags:
            headers["Content-Type"] = "text/plain"
        if "retry-after" in plan.numbers:
            headers["Retry-After"] = f"{plan.numbers['retry-after']:g}"
        return evolve(outcome, headers={**outcome.headers, **headers})

    def _keep(self, inbound: Inbound, outcome: Outcome, plan: FaultPlan, took: float) -> Outcome:
        """Write an exchange into the log, and return the outcome with the headers that say so."""
        self._world.learn_secrets()
        now, number, masker = self._world.clock.now(), self._world.log.last_number + 1, self._world.masker
        marks = {"Date": format_datetime(now, usegmt=True), "X-Sandbox-Behaviour": outcome.behaviour}
        marks["X-Sandbox-Request"] = str(number)
        if outcome.operation_id:
            marks["X-Sandbox-Operation"] = quote(outcome.operation_id, safe="/{} ._-:~")
        headers = {**outcome.headers, **marks}
        entry: Document = {
            "number": number,
            "at": iso(now),
            "vendor": self._slug,
            "operation": outcome.operation_id,
            "method": inbound.method[:20],
            "path": masker.text(inbound.path)[:500],
            "status": None if plan.flags & UNANSWERED else outcome.status,
            "behaviour": outcome.behaviour,
            "fault": plan.describe(),
            "violations": list(outcome.violations),
            "ms": round(took, 1),
            "query": masker.pairs(parse_qsl(inbound.query, keep_blank_values=True)),
            "request_headers": masker.pairs(inbound.headers.items()),
            "request_body": masker.body(inbound.body, inbound.headers.get("content-type", "")),
            "response_headers": masker.pairs(headers.items()),
            "response_body": masker.body(outcome.body, headers.get("Content-Type", "")),
        }
        self._world.log.add(entry)
        return evolve(outcome, headers=headers)


def _inbound(request: HTTPRequest, slug: str, body: bytes) -> Inbound:
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return Inbound(
        method=request.method,
        path=raw.decode("latin-1").partition("?")[0].removeprefix(f"/{slug}") or "/",
        query=request.scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]},
        body=body,
        base_url=f"http://{request.headers['host']}/{slug}",
        client=request.client.host if request.client else "",
    )


def _complaint(text: str, *, status: int = 400) -> Outcome:
    return Outcome(status, {"Content-Type": "application/json"}, to_json({"sandbox": text}).encode(), None, "sandbox")


async def _send(scope: Scope, receive: Receive, send: Send, outcome: Outcome, plan: FaultPlan) -> None:
    transport: Any = scope.get(TRANSPORT)
    response = Response(b"" if outcome.status in (204, 304) else outcome.body, outcome.status, dict(outcome.headers))
    if "reset" in plan.flags:
        cut(transport, reset=True)
    elif "cut-head" in plan.flags:
        transport.write(f"HTTP/1.1 {outcome.status} Cut\r\nContent-Ty".encode())
        cut(transport)
    elif "cut-body" in plan.flags:
        await send({"type": "http.response.start", "status": outcome.status, "headers": response.raw_headers})
        half = bytes(response.body)[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        cut(transport)
    elif "silent" not in plan.flags:
        await response(scope, receive, send)
        return
    while (await receive())["type"] != "http.disconnect":
        pass
