"""A service (FastAPI) that takes what Stamps sends: only a body that the vendor has signed is read.

Needs `pip install fastapi` beside the extra `sandbox`, and the webhook's secret in WEBHOOK_SECRET.
Run by hand it serves itself on a free port and sends itself one signed message and three that are not;
`uvicorn examples.stamps_webhooks:app` serves it for good.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import socket

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from stamps_client.webhooks import WebhookError, read_notification

SECRET = os.environ.get("WEBHOOK_SECRET") or "artificial-secret"
app = FastAPI()


@app.post("/stamps")
async def receive(request: Request) -> Response:
    """Take a message; the bytes are checked as they came, before anything reads them."""
    try:
        message = read_notification(await request.body(), request.headers, SECRET)
    except WebhookError as error:
        print(f"refused: {error}")
        return Response(status_code=400 if error.signed else 401)
    print(f"a message for {message.to}, who has {message.membership.stamps if message.membership else 'no'} stamps")
    return Response(status_code=204)


async def main() -> None:
    """Serve, and send what the vendor would send, then the same changed, unsigned and signed by somebody else."""
    membership = {
        "level": 0,
        "level_text": "Silver",
        "status": "Active",
        "stamps": 7,
        "balance": 0,
        "is_blocked": False,
    }
    value = {"from": "ada@example.com", "to": "ada@example.org", "membership": membership}
    body = json.dumps(value)
    minified = json.dumps(value, separators=(",", ":"))
    signature = hmac.new(SECRET.encode(), minified.encode(), hashlib.sha256).hexdigest()
    foreign = hmac.new(b"another-secret", minified.encode(), hashlib.sha256).hexdigest()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = asyncio.create_task(server.serve([listener]))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as sender:
            while not server.started:
                await asyncio.sleep(0.05)
            for content, headers in (
                (body, {"X-Stamps-Signature": signature}),
                (body.replace('"stamps": 7', '"stamps": 70'), {"X-Stamps-Signature": signature}),
                (body, {}),
                (body, {"X-Stamps-Signature": foreign}),
            ):
                answer = await sender.post("/stamps", content=content, headers=headers)
                print(f"answered {answer.status_code}")
        server.should_exit = True
        await serving


if __name__ == "__main__":
    asyncio.run(main())
