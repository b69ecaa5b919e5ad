"""The ASGI application: vendors, admin calls, pages, and a guard against foreign web pages."""

from __future__ import annotations

from contextlib import suppress

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .admin import admin_routes
from .core.world import World
from .pages.routes import page_routes
from .vendor_app import VendorApp

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


def make_app(world: World) -> ASGIApp:
    """Make the application for a world."""
    core = Starlette(routes=[*admin_routes(world), *page_routes(world)])
    vendors = {slug: VendorApp(world, engine) for slug, engine in world.engines.items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        vendor = vendors.get(scope["path"].partition("/")[2].partition("/")[0])
        target: ASGIApp = _guard(Headers(scope=scope)) or vendor or core
        with suppress(
            ClientDisconnect
        ):  # of a request that breaks off, or whose chunks are wrong: nobody waits for an answer
            await target(scope, receive, send)

    return app


def _guard(headers: Headers) -> ASGIApp | None:
    """Refuse other host names (DNS rebinding) and calls that a page of another site makes a browser send."""
    host, origin = headers.get("host", ""), headers.get("origin")
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    if name not in _LOOPBACK:
        text = f"The sandbox serves 127.0.0.1 only, not host {name[:60]!r}."
        return JSONResponse({"sandbox": text}, status_code=421)
    is_foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    is_link = headers.get("sec-fetch-mode") == "navigate"
    if (is_foreign and not is_link) or (origin is not None and origin != f"http://{host}"):
        text = f"Calls from pages of {(origin or 'another site')[:60]!r} are refused; call from outside a browser."
        return JSONResponse({"sandbox": text}, status_code=403)
    return None
