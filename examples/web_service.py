"""A web service of one's own (FastAPI) over Stampede: one client for all requests, models of the client as results.

Needs `pip install fastapi` beside the extra `sandbox`, STAMPEDE_CLIENT_ID and STAMPEDE_CLIENT_SECRET;
STAMPEDE_BASE_URL leads to the sandbox instead of the vendor.
Run by hand it serves itself on a free port and is asked by 50 callers at once; `uvicorn examples.web_service:app` serves it for good.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from stampede_models import NewGuest

from loyalty_runtime.errors import APIError, NotFoundError
from stampede_client import AsyncStampede
from stampede_client.models import Guest, GuestDetails, SavedGuest

CALLERS = 50
CONSENT = {"data": True, "marketing": {"email": True, "sms": False}}


@asynccontextmanager
async def lifespan(service: FastAPI) -> AsyncGenerator[None]:
    """Make the client when the service starts and close it when it ends."""
    async with AsyncStampede.from_env() as stampede:
        service.state.stampede = stampede
        yield


def stampede_of(request: Request) -> AsyncStampede:
    """Return the client of the service."""
    client: AsyncStampede = request.app.state.stampede
    return client


app = FastAPI(lifespan=lifespan)
Client = Annotated[AsyncStampede, Depends(stampede_of)]


@app.get("/guests")
async def search(stampede: Client, text: str) -> list[Guest]:
    """Find guests; all pages of the vendor are one list here."""
    return [guest async for guest in stampede.guests.list(search=text)]


@app.get("/guests/{guest_id}")
async def read(stampede: Client, guest_id: str) -> GuestDetails:
    """Read one guest with the complete profile."""
    return await stampede.guests.get(guest_id)


@app.post("/guests")
async def save(stampede: Client, guest: NewGuest) -> SavedGuest:
    """Create or update a guest; the pydantic model checks what our caller sent."""
    return await stampede.guests.create(guest.to_dict())


@app.exception_handler(NotFoundError)
async def unknown(request: Request, error: Exception) -> JSONResponse:
    """Pass on that there is no such thing."""
    return JSONResponse({"detail": "There is no such guest."}, 404)


@app.exception_handler(APIError)
async def failed(request: Request, error: Exception) -> JSONResponse:
    """Say what else went wrong at the vendor; neither body nor credential is in the text of an error."""
    return JSONResponse({"detail": str(error)}, 502)


async def main() -> None:
    """Serve, ask from all callers at once, and say what came of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = asyncio.create_task(server.serve([listener]))
        async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as caller:
            while not server.started:
                await asyncio.sleep(0.05)
            saved = await caller.post("/guests", json={"email": "ada@example.com", "privacy": CONSENT})
            found = await caller.get("/guests", params={"text": "ada@example.com"})
            guest = found.raise_for_status().json()[0]
            print(f"saved: {saved.status_code}; {guest['user_profile']['email']} is guest {guest['id']}")
            paths = [f"/guests/{guest['id']}", "/guests?text=ada", "/guests/nobody"]
            answers = await asyncio.gather(*(caller.get(paths[number % 3]) for number in range(CALLERS)))
            print(f"{CALLERS} callers at once: {dict(Counter(answer.status_code for answer in answers))}")
            refused = await caller.post("/guests", json={"email": "ada@example.com"})
            print(f"without consent: {refused.status_code}")
        server.should_exit = True
        await serving


if __name__ == "__main__":
    asyncio.run(main())
