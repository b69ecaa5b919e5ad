"""Admin calls below `/_sandbox`: clock, faults, limits, reset, snapshots, log, state, outbox, seed hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import asdict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .core.controls import (
    known,
    move_clock,
    read_bounded,
    remove_faults,
    set_fault,
    shown_clock,
    shown_fault,
    switch_limits,
    vendor_slug,
)
from .core.documents import JSON, Document, from_json
from .core.problems import SandboxError
from .core.state import OUTBOX
from .core.world import World

_Endpoint = Callable[[Request], Awaitable[Response]]


def admin_routes(world: World) -> list[Route]:
    """Return the routes of the admin calls."""
    calls = _Calls(world)

    def route(path: str, methods: str, call: Callable[[Request, Document], JSON]) -> Route:
        return Route(f"/_sandbox{path}", _endpoint(call), methods=methods.split())

    return [
        route("/clock", "GET POST", calls.clock),
        route("/reset", "POST", calls.reset),
        route("/snapshots", "GET POST", calls.snapshots),
        route("/restore", "POST", calls.restore),
        route("/limits", "GET POST", calls.limits),
        route("/faults", "GET POST DELETE", calls.faults),
        route("/log", "GET DELETE", calls.log),
        route("/state/{vendor}", "GET", calls.kinds),
        route("/state/{vendor}/{kind:path}", "GET", calls.documents),
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
    content = await read_bounded(request.stream(), request.url.path)
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

    def clock(self, request: Request, body: Document) -> JSON:
        if request.method == "POST":
            move_clock(self._world, body)
        return shown_clock(self._world)

    def reset(self, request: Request, body: Document) -> JSON:
        known(body, "vendor")
        slug = body.get("vendor")
        self._world.reset(vendor_slug(self._world, slug) if slug is not None else None)
        return {"reset": slug or list(self._world.engines)}

    def snapshots(self, request: Request, body: Document) -> JSON:
        if request.method == "POST":
            known(body, "name")
            with self._world.store.transaction():
                self._world.save_clock()
                self._world.store.save_snapshot(str(body.get("name", "default")))
        return {"snapshots": list(self._world.store.snapshots())}

    def restore(self, request: Request, body: Document) -> JSON:
        known(body, "name")
        self._world.restore(str(body.get("name", "default")))
        return {"restored": str(body.get("name", "default")), "clock": shown_clock(self._world)}

    def limits(self, request: Request, body: Document) -> JSON:
        if request.method == "POST":
            switch_limits(self._world, body)
        return {"enabled": self._world.limits.enabled}

    def faults(self, request: Request, body: Document) -> JSON:
        if request.method == "DELETE":
            return {"removed": remove_faults(self._world, request.query_params.get("number"))}
        if request.method == "POST":
            return {"set": shown_fault(set_fault(self._world, body))}
        return {"faults": [shown_fault(each) for each in self._world.faults.list()]}

    def log(self, request: Request, body: Document) -> JSON:
        log, query = self._world.log, request.query_params
        if request.method == "DELETE":
            log.clear()
        after = query.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise SandboxError(f"`after` must be the number of an exchange, not {after[:40]!r}.")
        entries = log.select(after=int(after), vendor=query.get("vendor", ""), text=query.get("text", ""))
        return {"last": log.last_number, "entries": [asdict(entry) for entry in entries]}

    def kinds(self, request: Request, body: Document) -> JSON:
        slug = vendor_slug(self._world, request.path_params["vendor"])
        return {"kinds": [{"kind": kind, "count": count} for kind, count in self._world.store.kinds(slug)]}

    def documents(self, request: Request, body: Document) -> JSON:
        slug = vendor_slug(self._world, request.path_params["vendor"])
        collection = self._world.engines[slug].state.collection(request.path_params["kind"])
        self._world.learn_secrets()
        shown = [self._world.masker.value(document) for document in list(collection)[-500:]]
        return {"documents": shown, "count": len(collection)}

    def outbox(self, request: Request, body: Document) -> JSON:
        state = self._world.engines[vendor_slug(self._world, request.path_params["vendor"])].state
        return {"messages": list(state.collection(OUTBOX))}

    def spec(self, request: Request, body: Document) -> JSON:
        return self._world.engines[vendor_slug(self._world, request.path_params["vendor"])].spec.document

    def hooks(self, request: Request, body: Document) -> JSON:
        hooks = self._world.engines[vendor_slug(self._world, request.path_params["vendor"])].vendor.hooks
        return {
            "hooks": [
                {"name": hook.name, "description": hook.description, "schema": hook.schema} for hook in hooks.values()
            ]
        }

    def hook(self, request: Request, body: Document) -> JSON:
        slug = vendor_slug(self._world, request.path_params["vendor"])
        with self._world.store.transaction():
            return self._world.apply_hook(slug, request.path_params["name"], body)
