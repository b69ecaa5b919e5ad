"""Admin calls below `/_sandbox`, in JSON, and as forms for the start page: clock, faults, limits, reset, log, state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .core.clock import parse_time
from .core.documents import JSON, Document, SandboxError, from_json
from .core.engine import Engine
from .core.nodes import check_body
from .core.world import World
from .protocol import read_body

_LARGEST = 1_000_000
_TEXT, _FLAG = {"type": "string"}, {"type": "boolean"}
_TIMES = {"type": "integer", "minimum": 1}


def admin_routes(world: World) -> list[Route]:
    """Return the routes of the admin calls."""
    calls = _Calls(world)

    def route(path: str, methods: str, call: Callable[[Request, Any], JSON], **members: Document) -> Route:
        schema = {"type": "object", "properties": members, "additionalProperties": False}

        async def endpoint(request: Request) -> Response:
            is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            try:
                body = _body(await read_body(request, _LARGEST), members if is_form else None)
                result = call(request, body if call == calls.hook else check_body(body, schema, request.url.path))
            except SandboxError as error:
                said: Document = {"sandbox": str(error)}
                return _back("wrong", str(error)) if is_form else JSONResponse(said, status_code=400)
            return _back("said", f"Done: {path.strip('/')}.") if is_form else JSONResponse(result)

        return Route(f"/_sandbox{path}", endpoint, methods=methods.split())

    return [
        route("/clock", "GET POST", calls.clock, now=_TEXT, advance={"type": "number"}, stopped=_FLAG),
        route("/reset", "POST", calls.reset, vendor=_TEXT),
        route("/limits", "GET POST", calls.limits, enabled=_FLAG),
        route("/faults", "GET POST", calls.faults, vendor=_TEXT, operation=_TEXT, fault=_TEXT, times=_TIMES),
        route("/faults", "DELETE", calls.clear_faults),
        route("/faults/clear", "POST", calls.clear_faults),
        route("/log", "GET DELETE", calls.log),
        route("/state/{vendor}", "GET", calls.kinds),
        route("/state/{vendor}/{kind:path}", "GET", calls.documents),
        route("/hooks/{vendor}/{name}", "POST", calls.hook),
    ]


class _Calls:
    def __init__(self, world: World) -> None:
        self._world = world

    def clock(self, request: Request, body: Document) -> JSON:
        clock = self._world.clock
        if request.method == "POST":
            clock.set(parse_time(body["now"]) if "now" in body else clock.now(), body.get("advance", 0))
            if "stopped" in body:
                clock.run(running=not body["stopped"])
            with self._world.store.transaction():
                self._world.save_clock()
        return clock.shown()

    def reset(self, request: Request, body: Document) -> JSON:
        slug = body.get("vendor")
        self._world.reset(slug and self._world.engine(slug).vendor.slug)
        return {"reset": slug or list(self._world.engines)}

    def limits(self, request: Request, body: Document) -> JSON:
        limits = self._world.limits
        if request.method == "POST":
            limits.enabled = body.get("enabled", limits.enabled)
            limits.reset()
        return {"enabled": limits.enabled}

    def faults(self, request: Request, body: Document) -> JSON:
        if request.method == "GET":
            return {"faults": list(self._world.faults.set)}
        given = (body.get("vendor"), body.get("operation", "*"), body.get("fault", ""), body.get("times"))
        return {"set": self._world.add_fault(*given)}

    def clear_faults(self, request: Request, body: Document) -> JSON:
        return {"removed": self._world.faults.clear(_number(request, "number"))}

    def log(self, request: Request, body: Document) -> JSON:
        log, query = self._world.log, request.query_params
        if request.method == "DELETE":
            log.clear()
        found = log.select(after=_number(request, "after"), vendor=query.get("vendor", ""), text=query.get("text", ""))
        return {"last": found[-1]["number"] if found else log.last_number, "entries": list(found)}

    def kinds(self, request: Request, body: Document) -> JSON:
        return {"kinds": self._engine(request).state.kinds()}

    def documents(self, request: Request, body: Document) -> JSON:
        found = self._engine(request).state.collection(request.path_params["kind"]).find()
        self._world.learn_secrets()
        return {"documents": [self._world.masker.value(each) for each in found[-500:]], "count": len(found)}

    def hook(self, request: Request, body: JSON) -> JSON:
        slug = self._engine(request).vendor.slug
        with self._world.store.transaction():
            return self._world.apply_hook(slug, request.path_params["name"], body)

    def _engine(self, request: Request) -> Engine:
        return self._world.engine(request.path_params["vendor"])


def _body(content: bytes | None, members: dict[str, Document] | None) -> JSON:
    """Read JSON, or a form whose fields are the given members; an empty field is none."""
    if content is None:
        raise SandboxError(f"The body is larger than {_LARGEST} bytes.")
    try:
        if members is None:
            return from_json(content) if content else {}
        fields = parse_qsl(content.decode())
        return {name: text if members.get(name) in (None, _TEXT) else from_json(text) for name, text in fields}
    except ValueError as error:
        raise SandboxError("The body cannot be read; send a JSON object.") from error


def _back(kind: str, text: str) -> Response:
    return RedirectResponse(f"/?{urlencode({kind: text})}#controls", status_code=303)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is not None and not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise SandboxError(f"`{name}` must be a number from 0, not {text[:40]!r}.")
    return None if text is None else int(text)
