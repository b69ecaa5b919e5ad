"""The ASGI application: vendors, admin calls, pages, and a guard against foreign web pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .admin import admin_routes
from .vendor_app import VendorApp
from .world import World

_PAGES = Path(__file__).parent / "pages"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def make_app(world: World) -> ASGIApp:
    """Make the application for a world."""
    routes: list[BaseRoute] = [*admin_routes(world), Route("/", _page("index.html")), Route("/favicon.ico", _no_icon)]
    routes += [Route(f"/pages/{path.name}", _page(path.name)) for path in sorted(_PAGES.iterdir()) if path.is_file()]
    core = Starlette(routes=routes)
    vendors = {slug: VendorApp(world, engine) for slug, engine in world.engines.items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await core(scope, receive, send)
            return
        refused = _guard(scope)
        vendor = vendors.get(scope["path"].split("/")[1])
        target: ASGIApp = refused or vendor or core
        await target(scope, receive, send)

    return app


def _guard(scope: Scope) -> ASGIApp | None:
    """Refuse other host names (DNS rebinding) and calls that a page of another site makes a browser send."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name not in _LOOPBACK:
        return JSONResponse({"sandbox": f"The sandbox serves 127.0.0.1 only, not host {name[:60]!r}."}, status_code=421)
    origin = headers.get(b"origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return JSONResponse(
            {"sandbox": f"Calls from pages of {origin[:60]!r} are refused; call from outside a browser."},
            status_code=403,
        )
    return None


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        return FileResponse(_PAGES / name, headers=_PAGE_HEADERS)

    return page


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)
