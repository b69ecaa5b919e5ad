"""A server between client and sandbox that answers otherwise than the spec says, in ways that a table seeds, and records what passes as HAR."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Change = Callable[[Any], Any]
NOWHERE = "/pepper/no-such-address-of-the-sandbox"


@dataclass(frozen=True)
class Move:
    """An operation that lives elsewhere: `GET /a/{id}` → `GET /b/{id}`."""

    old: str
    new: str


@dataclass(frozen=True)
class Reply:
    """A reply of `GET /a` that is another one: its JSON at a dotted path (`items.*`) is changed, or its status."""

    where: tuple[str, ...]
    path: str = ""
    change: Change = lambda value: value
    status: dict[int, int] = field(default_factory=dict)


def fits(pattern: str, method: str, path: str) -> re.Match[str] | None:
    """Match a method and path with `GET /a/{id}` or `GET|PUT /a/{id}`."""
    own, _, template = pattern.partition(" ")
    found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
    return found if method in own.split("|") else None


def edit(value: Any, path: str, change: Change) -> Any:
    """Change what a dotted path leads to; `*` is every item of a list."""
    head, _, rest = path.partition(".")
    if not head:
        return change(value)
    if head == "*":
        return [edit(item, rest, change) for item in value] if isinstance(value, list) else value
    if isinstance(value, dict) and head in value:
        return {**value, head: edit(value[head], rest, change)}
    return value


def put(value: Any) -> Change:
    """Say this in place of what was there."""
    return lambda _: value


def rename(old: str, new: str) -> Change:
    """Call a member otherwise."""
    return lambda value: (
        {new if name == old else name: item for name, item in value.items()} if isinstance(value, dict) else value
    )


def also(**members: Any) -> Change:
    """Say more than the spec describes."""
    return lambda value: {**value, **members} if isinstance(value, dict) else value


class Deviating:
    """Serve on 127.0.0.1 what a sandbox at `upstream` answers, with deviations; `entries` is the traffic as HAR entries."""

    def __init__(self, upstream: str, deviations: list[Move | Reply], ignored: dict[str, set[str]]) -> None:
        self.moves = [each for each in deviations if isinstance(each, Move)]
        self.replies = [each for each in deviations if isinstance(each, Reply)]
        self.ignored = ignored  # path → query parameters that change nothing
        self.entries: list[dict[str, Any]] = []
        self.client = httpx.Client(base_url=upstream, trust_env=False, timeout=20)
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply = owner.reply(self.command, self.path, dict(self.headers.items()), body)
                self.send_response(reply.status_code)
                for name, value in reply.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Answer one request, and record it."""
        path, _, query = target.partition("?")
        sent = {
            name: value
            for name, value in headers.items()
            if name.lower() not in ("host", "content-length", "accept-encoding")
        }
        pairs = [
            pair for pair in query.split("&") if pair and pair.partition("=")[0] not in self.ignored.get(path, set())
        ]
        if method == "OPTIONS":
            answer = self.options(path, sent)
        else:
            real_method, real_path = self.real(method, path)
            real = real_path + ("?" + "&".join(pairs) if pairs else "")
            answer = self.client.request(real_method, real, headers=sent, content=body)
            answer = self.changed(real_method, real_path, answer)
            if real_path == NOWHERE and (allowed := self.allowed(path, sent)):
                answer = httpx.Response(
                    405, json={"code": "x", "message": "x"}, headers={"Allow": ", ".join(sorted(allowed))}
                )
        self.record(method, target, body, answer)
        return answer

    def real(self, method: str, path: str) -> tuple[str, str]:
        """Return where the sandbox has what a request asks for; nowhere when it has moved away."""
        for move in self.moves:
            if found := fits(move.new, method, path):
                own, _, template = move.old.partition(" ")
                return own, template.format(**found.groupdict())
        if any(fits(move.old, method, path) for move in self.moves):
            return method, NOWHERE
        return method, path

    def allowed(self, path: str, headers: dict[str, str]) -> set[str]:
        """Return the methods that a path has."""
        plain = self.client.request("OPTIONS", path, headers=headers)
        words = {word.strip() for word in plain.headers.get("allow", "").split(",") if word.strip()}
        words -= {move.old.partition(" ")[0] for move in self.moves if fits(move.old, move.old.partition(" ")[0], path)}
        return words | {
            move.new.partition(" ")[0] for move in self.moves if fits(move.new, move.new.partition(" ")[0], path)
        }

    def options(self, path: str, headers: dict[str, str]) -> httpx.Response:
        """Answer OPTIONS."""
        allowed = self.allowed(path, headers)
        if not allowed:
            return self.client.request("OPTIONS", NOWHERE, headers=headers)
        return httpx.Response(204, headers={"Allow": ", ".join(sorted(allowed))})

    def changed(self, method: str, path: str, answer: httpx.Response) -> httpx.Response:
        """Return a reply with what deviates."""
        for each in self.replies:
            if not any(fits(where, method, path) for where in each.where):
                continue
            status = each.status.get(answer.status_code, answer.status_code)
            content = answer.content
            if answer.is_success and "json" in answer.headers.get("content-type", ""):
                content = json.dumps(edit(answer.json(), each.path, each.change)).encode()
            answer = httpx.Response(status, headers=answer.headers, content=content)
        return answer

    def record(self, method: str, target: str, body: bytes, answer: httpx.Response) -> None:
        """Keep the exchange as mitmproxy would: nothing is masked."""
        request: dict[str, Any] = {"method": method, "url": self.url + target, "headers": []}
        if body:
            request["postData"] = {"mimeType": "application/json", "text": body.decode("utf-8", "replace")}
        content = {"mimeType": answer.headers.get("content-type", ""), "text": answer.text}
        headers = [{"name": name, "value": value} for name, value in answer.headers.items()]
        response = {"status": answer.status_code, "headers": headers, "content": content}
        self.entries.append({"startedDateTime": "2026-11-20T10:00:00Z", "request": request, "response": response})


@contextmanager
def deviating(upstream: str, deviations: list[Move | Reply], ignored: dict[str, set[str]]) -> Iterator[Deviating]:
    """Serve until the block ends."""
    proxy = Deviating(upstream, deviations, ignored)
    thread = threading.Thread(target=proxy.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        proxy.server.server_close()
        proxy.client.close()
        thread.join(timeout=5)
