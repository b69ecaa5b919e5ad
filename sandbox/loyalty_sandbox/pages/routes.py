"""The pages and their headers; the forms on the start page are admin calls."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from ..core.documents import JSON, Document
from ..core.engine import Engine
from ..core.first_call import first_calls
from ..core.world import World

_HERE = Path(__file__).parent
_PER_PAGE = 200
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_REFERENCE = {**_HEADERS, "Content-Security-Policy": "frame-ancestors 'none'; form-action 'none'"}


def page_routes(world: World) -> list[Route]:
    """Return the routes of the pages."""
    pages = _Pages(world)
    return [
        Route("/", pages.index),
        Route("/_log", pages.log),
        Route("/_log/{number}", pages.exchange),
        Route("/_docs/{vendor}", pages.reference),
        Route("/_pages/sandbox.css", _style),
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

    def _missing(self, title: str, text: str) -> Response:
        return self._page("plain.html", status=404, title=title, text=text)

    async def index(self, request: Request) -> Response:
        """Show addresses, credentials, first calls and controls."""
        world, query = self._world, request.query_params
        return self._page(
            "index.html",
            cards=[_card(engine, str(request.base_url)) for engine in world.engines.values()],
            clock=world.clock.shown(),
            limits=world.limits.enabled,
            faults=world.faults.set,
            said=query.get("said", "")[:300],
            wrong=query.get("wrong", "")[:300],
        )

    async def log(self, request: Request) -> Response:
        """Show the exchanges that pass the filter, the newest first, a page of them."""
        vendor, text = request.query_params.get("vendor", ""), request.query_params.get("text", "")[:100]
        found = self._world.log.select(vendor=vendor, text=text, limit=None)[::-1]
        asked = request.query_params.get("page", "")
        pages = range(max(1, -(-len(found) // _PER_PAGE)))
        page = min(int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0, pages[-1])
        entries = found[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        return self._page(
            "log.html", entries=entries, found=len(found), page=page, pages=pages, vendor=vendor, text=text
        )

    async def exchange(self, request: Request) -> Response:
        """Show one exchange."""
        number, every = request.path_params["number"], self._world.log.select(limit=None)
        entry = next((each for each in every if str(each["number"]) == number), None)
        if entry is None:
            return self._missing("No such request", "The log keeps the last 1,000 requests of this process.")
        return self._page("exchange.html", entry=entry)

    async def reference(self, request: Request) -> Response:
        """Show the reference of a vendor, if it is built."""
        slug = request.path_params["vendor"]
        path = _HERE / "reference" / f"{slug}.html"
        if slug not in self._world.engines:
            return self._missing("No such vendor", "This vendor is not served here.")
        if not path.is_file():
            text = "The reference of this vendor is not built. In a checkout, `nox -s sandbox` makes it."
            return self._missing("No reference", text)
        return FileResponse(path, media_type="text/html", headers=_REFERENCE)


def _card(engine: Engine, base: str) -> Document:
    slug = engine.vendor.slug
    url = f"{base.rstrip('/')}/{slug}"
    states = [engine.behaviour(name) for name in engine.operations]
    card = {"slug": slug, "title": engine.vendor.title, "url": url, "credentials": engine.credentials}
    return {**card, "calls": first_calls(engine, url), "total": len(states), "stateful": states.count("stateful")}


def _pretty(value: JSON) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


async def _style(request: Request) -> Response:
    return FileResponse(_HERE / "sandbox.css", headers=_HEADERS)
