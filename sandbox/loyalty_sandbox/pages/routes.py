"""The pages, the forms on them, and their headers."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ..core.controls import (
    move_clock,
    read_bounded,
    remove_faults,
    set_fault,
    shown_clock,
    shown_fault,
    switch_limits,
    vendor_slug,
)
from ..core.documents import JSON
from ..core.first_call import first_calls
from ..core.problems import SandboxError
from ..core.world import World

_HERE = Path(__file__).parent
_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
_HEADERS = {
    "Content-Security-Policy": _NOTHING + "style-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_REFERENCE = {
    **_HEADERS,
    "Content-Security-Policy": "frame-ancestors 'none'; form-action 'none'",
}
_SHOWN = 200


def page_routes(world: World) -> list[Route]:
    """Return the routes of the pages."""
    pages = _Pages(world)
    return [
        Route("/", pages.index),
        Route("/_log", pages.log),
        Route("/_log/{number}", pages.exchange),
        Route("/_docs/{vendor}", pages.reference),
        Route("/_controls/{name}", pages.control, methods=["POST"]),
        Route("/_pages/sandbox.css", _style),
        Route("/favicon.ico", _no_icon),
    ]


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world
        loader = FileSystemLoader(_HERE / "templates")
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.filters["pretty"] = _pretty

    def _page(self, template: str, *, status: int = 200, **values: object) -> Response:
        shared = {"vendors": list(self._world.engines), "last": self._world.log.last_number, **values}
        return HTMLResponse(self._templates.get_template(template).render(shared), status_code=status, headers=_HEADERS)

    async def index(self, request: Request) -> Response:
        """Show addresses, credentials, first calls and controls."""
        base = str(request.base_url).rstrip("/")
        cards = []
        for slug, engine in self._world.engines.items():
            states = [engine.behaviour(name) for name in engine.operations]
            card = {
                "slug": slug,
                "title": engine.vendor.title,
                "url": f"{base}/{slug}",
                "credentials": engine.credentials,
            }
            cards.append(
                {
                    **card,
                    "calls": first_calls(engine, f"{base}/{slug}"),
                    "total": len(states),
                    "stateful": states.count("stateful"),
                }
            )
        return self._page(
            "index.html",
            cards=cards,
            clock=shown_clock(self._world),
            limits=self._world.limits.enabled,
            faults=[shown_fault(each) for each in self._world.faults.list()],
            said=request.query_params.get("said", "")[:300],
            wrong=request.query_params.get("wrong", "")[:300],
        )

    async def log(self, request: Request) -> Response:
        """Show the newest exchanges, those that pass the filter."""
        vendor, text = request.query_params.get("vendor", ""), request.query_params.get("text", "")[:100]
        entries = self._world.log.select(vendor=vendor, text=text, limit=_SHOWN)[::-1]
        return self._page("log.html", entries=entries, vendor=vendor, text=text, limit=_SHOWN)

    async def exchange(self, request: Request) -> Response:
        """Show one exchange."""
        number = request.path_params["number"]
        entry = (
            self._world.log.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else None
        )
        if entry is None:
            return self._page(
                "plain.html",
                status=404,
                title="No such request",
                text="The log keeps the last 1,000 requests of this process.",
            )
        return self._page("exchange.html", entry=entry)

    async def reference(self, request: Request) -> Response:
        """Show the reference of a vendor, if it is built."""
        slug = request.path_params["vendor"]
        path = _HERE / "reference" / f"{slug}.html"
        if slug not in self._world.engines:
            return self._page("plain.html", status=404, title="No such vendor", text="This vendor is not served here.")
        if not path.is_file():
            text = "The reference of this vendor is not built. In a checkout, `python -m scripts.reference` makes it."
            return self._page("plain.html", status=404, title="No reference", text=text)
        return FileResponse(path, media_type="text/html", headers=_REFERENCE)

    async def control(self, request: Request) -> Response:
        """Do what a form says and lead back to the start page."""
        try:
            content = await read_bounded(request.stream(), request.url.path)
            form = dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
            said = {"said": self._do(request.path_params["name"], form)}
        except SandboxError as error:
            said = {"wrong": str(error)}
        return RedirectResponse(f"/?{urlencode(said)}#controls", status_code=303)

    def _do(self, name: str, form: dict[str, str]) -> str:
        world = self._world
        if name == "clock":
            if form.get("now"):
                move_clock(world, {"now": form["now"]})
            if form.get("hours"):
                move_clock(world, {"advance": _hours(form["hours"]) * 3600})
            if "stopped" in form:
                move_clock(world, {"stopped": form["stopped"] == "yes"})
            return f"The clock shows {shown_clock(world)['now']}."
        if name == "limits":
            switch_limits(world, {"enabled": form.get("enabled") == "yes"})
            return f"The rate limits are {'on' if world.limits.enabled else 'off'}."
        if name == "fault":
            times = (
                {"times": int(form["times"])}
                if form.get("times", "").isascii() and form.get("times", "").isdecimal()
                else {}
            )
            body = {
                "vendor": form.get("vendor"),
                "operation": form.get("operation") or "*",
                "fault": form.get("fault", ""),
            }
            fault = set_fault(world, {**body, **times})
            return f"Set: {fault.plan.describe()} for {fault.operation} of {fault.vendor}."
        if name == "no-fault":
            return f"Taken away: {remove_faults(world, form.get('number'))}."
        if name == "reset":
            world.reset(vendor_slug(world, form["vendor"]) if form.get("vendor") else None)
            return f"Reset: {form.get('vendor') or 'all vendors'}."
        raise SandboxError(f"There is no control {name[:40]!r}.")


def _hours(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise SandboxError(f"{text[:40]!r} is not a number of hours.") from error


def _pretty(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


async def _style(request: Request) -> Response:
    return FileResponse(_HERE / "sandbox.css", headers=_HEADERS)


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)
