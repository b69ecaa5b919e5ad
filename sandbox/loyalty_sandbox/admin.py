"""Admin calls below `/_sandbox`: clock, faults, limits, reset, snapshots, log, state, outbox, seed hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .clock import iso, parse_time
from .documents import JSON, Document, from_json
from .faults import RouteFault, parse_faults
from .problems import SandboxError
from .world import World

_Endpoint = Callable[[Request], Awaitable[Response]]


def admin_routes(world: World) -> list[Route]:
    """Return the routes of the admin calls."""
    calls = _Calls(world)

    def route(path: str, methods: str, call: Callable[[Request, Document], JSON]) -> Route:
        return Route(f"/_sandbox{path}", _endpoint(call), methods=methods.split())

    return [
        route("/overview", "GET", calls.overview),
        route("/clock", "GET POST", calls.clock),
        route("/reset", "POST", calls.reset),
        route("/snapshots", "GET POST", calls.snapshots),
        route("/restore", "POST", calls.restore),
        route("/limits", "GET POST", calls.limits),
        route("/faults", "GET POST DELETE", calls.faults),
        route("/log", "GET DELETE", calls.log),
        route("/state/{vendor}", "GET", calls.kinds),
        route("/state/{vendor}/{kind}", "GET", calls.documents),
        route("/outbox/{vendor}", "GET", calls.outbox),
        route("/spec/{vendor}", "GET", calls.spec),
        route("/hooks/{vendor}", "GET", calls.hooks),
        route("/hooks/{vendor}/{name}", "POST", calls.hook),
    ]


def _endpoint(call: Callable[[Request, Document], JSON]) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(call(request, await _body(request)))
        except SandboxError as error:
            return JSONResponse({"sandbox": str(error)}, status_code=400)

    return endpoint


async def _body(request: Request) -> Document:
    content = await request.body()
    if not content:
        return {}
    try:
        value = from_json(content)
    except (ValueError, RecursionError) as error:
        raise SandboxError(f"The body of {request.url.path} is not JSON; send an object.") from error
    if not isinstance(value, dict):
        raise SandboxError(f"The body of {request.url.path} is not an object; send one.")
    return value


class _Calls:
    def __init__(self, world: World) -> None:
        self._world = world

    def overview(self, request: Request, body: Document) -> JSON:
        base = str(request.base_url).rstrip("/")
        return {
            "clock": self._clock(),
            "limits": self._world.limits.enabled,
            "vendors": [self._vendor(slug, base) for slug in self._world.engines],
        }

    def _vendor(self, slug: str, base: str) -> Document:
        engine = self._world.engines[slug]
        maker = engine.vendor.example_maker
        examples = maker(f"{base}/{slug}") if maker else None
        operations: list[JSON] = [
            {
                "id": operation.operation_id,
                "method": operation.method,
                "path": operation.template,
                "tag": operation.tag,
                "summary": operation.summary,
                "behaviour": engine.behaviour(operation.operation_id),
            }
            for operation in engine.operations.values()
        ]
        return {
            "slug": slug,
            "title": engine.vendor.title,
            "base_url": f"{base}/{slug}",
            "credentials": [
                {"label": each.label, "arguments": dict(each.arguments)} for each in self._world.credentials(slug)
            ],
            "curl": examples.curl if examples else "",
            "python": examples.python if examples else "",
            "operations": operations,
        }

    def _clock(self) -> Document:
        return {"now": iso(self._world.clock.now()), "stopped": self._world.clock.is_stopped}

    def clock(self, request: Request, body: Document) -> JSON:
        clock = self._world.clock
        _known(body, "now", "advance", "stopped")
        try:
            if "now" in body:
                clock.set(parse_time(str(body["now"])))
            if "advance" in body:
                clock.advance(_number(body, "advance"))
            clock.now()
        except OverflowError as error:
            raise SandboxError("The clock cannot be moved that far; it reaches from year 1 to 9999.") from error
        if "stopped" in body:
            (clock.stop if body["stopped"] else clock.start)()
        if request.method == "POST":
            with self._world.store.transaction():
                self._world.save_clock()
        return self._clock()

    def reset(self, request: Request, body: Document) -> JSON:
        _known(body, "vendor")
        slug = body.get("vendor")
        self._world.reset(self._slug(slug) if slug is not None else None)
        return {"reset": slug or list(self._world.engines)}

    def snapshots(self, request: Request, body: Document) -> JSON:
        if request.method == "POST":
            _known(body, "name")
            with self._world.store.transaction():
                self._world.save_clock()
                self._world.store.save_snapshot(str(body.get("name", "default")))
        return {"snapshots": list(self._world.store.snapshots())}

    def restore(self, request: Request, body: Document) -> JSON:
        _known(body, "name")
        self._world.restore(str(body.get("name", "default")))
        return {"restored": str(body.get("name", "default")), "clock": self._clock()}

    def limits(self, request: Request, body: Document) -> JSON:
        _known(body, "enabled")
        if "enabled" in body:
            self._world.limits.enabled = bool(body["enabled"])
            self._world.limits.reset()
        return {"enabled": self._world.limits.enabled}

    def faults(self, request: Request, body: Document) -> JSON:
        faults = self._world.faults
        if request.method == "DELETE":
            number = request.query_params.get("number", "")
            return {"removed": faults.clear(int(number) if number.isdigit() else None)}
        if request.method == "POST":
            _known(body, "vendor", "operation", "fault", "times")
            slug = self._slug(body.get("vendor"))
            operation = str(body.get("operation", "*"))
            if operation != "*" and operation not in self._world.engines[slug].operations:
                raise SandboxError(f"{slug} has no operation {operation[:60]!r}; use an operationId or '*'.")
            times = body.get("times")
            if times is not None and (not isinstance(times, int) or times < 1):
                raise SandboxError("`times` must be a whole number from 1, or left out.")
            return {"set": _fault(faults.add(slug, operation, parse_faults(str(body.get("fault", ""))), times))}
        return {"faults": [_fault(each) for each in faults.list()]}

    def log(self, request: Request, body: Document) -> JSON:
        if request.method == "DELETE":
            self._world.log.clear()
        after = request.query_params.get("after", "0")
        entries = self._world.log.select(
            after=int(after) if after.isdigit() else 0,
            vendor=request.query_params.get("vendor", ""),
            text=request.query_params.get("text", ""),
        )
        return {"last": self._world.log.last_number, "entries": [entry.as_document() for entry in entries]}

    def kinds(self, request: Request, body: Document) -> JSON:
        slug = self._slug(request.path_params["vendor"])
        return {"kinds": [{"kind": kind, "count": count} for kind, count in self._world.store.kinds(slug)]}

    def documents(self, request: Request, body: Document) -> JSON:
        slug = self._slug(request.path_params["vendor"])
        collection = self._world.engines[slug].state.collection(request.path_params["kind"])
        self._world.learn_secrets()
        return {
            "documents": [self._world.masker.value(document) for document in list(collection)[-500:]],
            "count": len(collection),
        }

    def outbox(self, request: Request, body: Document) -> JSON:
        state = self._world.engines[self._slug(request.path_params["vendor"])].state
        return {"messages": list(state.collection("outbox"))}

    def spec(self, request: Request, body: Document) -> JSON:
        return self._world.engines[self._slug(request.path_params["vendor"])].spec

    def hooks(self, request: Request, body: Document) -> JSON:
        hooks = self._world.engines[self._slug(request.path_params["vendor"])].vendor.hooks
        return {
            "hooks": [
                {"name": hook.name, "description": hook.description, "schema": hook.schema} for hook in hooks.values()
            ]
        }

    def hook(self, request: Request, body: Document) -> JSON:
        slug = self._slug(request.path_params["vendor"])
        with self._world.store.transaction():
            return self._world.apply_hook(slug, request.path_params["name"], body)

    def _slug(self, value: Any) -> str:
        if value not in self._world.engines:
            raise SandboxError(f"{str(value)[:40]!r} is not served; served are: {', '.join(self._world.engines)}.")
        return str(value)


def _known(body: Document, *names: str) -> None:
    strangers = sorted(body.keys() - set(names))
    if strangers:
        raise SandboxError(f"{strangers[0][:40]!r} is not known here; known are: {', '.join(names)}.")


def _number(body: Document, name: str) -> float:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SandboxError(f"`{name}` must be a number of seconds.")
    return float(value)


def _fault(fault: RouteFault) -> Document:
    return {
        "number": fault.number,
        "vendor": fault.vendor,
        "operation": fault.operation,
        "fault": fault.plan.describe(),
        "times": fault.times,
    }
