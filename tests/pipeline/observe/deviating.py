"""A server between client and sandbox that answers otherwise than the spec says, and keeps what passes as HAR entries."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from examples.settings import environment
from loyalty_sandbox.server import running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World

NOWHERE = "/no-such-address-of-the-sandbox"
_LEFT_OUT = ("content-length", "transfer-encoding", "date", "server")


@dataclass(frozen=True)
class Move:
    """An operation that lives elsewhere: `GET /a/{id}` → `GET /b/{id}`."""

    old: str
    new: str


@dataclass(frozen=True)
class Reply:
    """A successful reply of an operation that is another one: its JSON at a dotted path (`items.*`) is changed, or its status."""

    operation: str
    path: str = ""
    change: Callable[[Any], Any] = lambda value: value
    status: int = 0


@dataclass(frozen=True)
class Ignored:
    """A query parameter that changes nothing."""

    where: str
    name: str


Rule = Move | Reply | Ignored


def fits(pattern: str, method: str, path: str) -> re.Match[str] | None:
    """Match a method and path with `GET /a/{id}`."""
    own, _, template = pattern.partition(" ")
    parts = re.split(r"\{(\w+)\}", template)
    text = "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.fullmatch(text, path) if method == own else None


def edit(value: Any, path: str, change: Callable[[Any], Any]) -> Any:
    """Change what a dotted path leads to; `*` is every item of a list."""
    head, _, rest = path.partition(".")
    if not head:
        return change(value)
    if head == "*":
        return [edit(item, rest, change) for item in value] if isinstance(value, list) else value
    if isinstance(value, dict) and head in value:
        return {**value, head: edit(value[head], rest, change)}
    return value


class Deviating:
    """Serve on 127.0.0.1 what a sandbox answers below a path, with deviations; `entries` is the traffic as HAR entries.

    While `lenient` is set, clients get what the sandbox says, and only the entries deviate: so a program gets to its end.
    """

    def __init__(self, upstream: str, base: str, rules: Iterable[Rule]) -> None:
        self.upstream = upstream
        self.base, self.rules, self.lenient = base, list(rules), False
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
                    if name.lower() not in _LEFT_OUT:
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
        left_out = ("host", "content-length", "accept-encoding", "connection")
        sent = {name: value for name, value in headers.items() if name.lower() not in left_out}
        path, _, query = target.removeprefix(self.base).partition("?")

        def ask(method: str, path: str) -> httpx.Response:
            ignored = [rule.name for rule in self.rules if isinstance(rule, Ignored) and fits(rule.where, method, path)]
            kept = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in ignored)
            address = f"{self.base}{path}" + (f"?{kept}" if kept else "")
            there = self.client.request(method, address, headers=sent, content=body)
            text = there.content.replace(self.upstream.encode(), self.url.encode())  # links to results
            return httpx.Response(there.status_code, headers=_plain(there), content=text)

        there = self.place(method, path)
        if there:
            plain = ask(*there)
            answer = self.changed(plain)
        else:
            answer = self.gone(path, lambda: ask("GET", NOWHERE))
            plain = ask(method, path) if self.lenient else answer
        self.record(method, target, body, answer)
        return plain if self.lenient else answer

    def place(self, method: str, path: str) -> tuple[str, str] | None:
        """Return where the sandbox has what a request asks for, None when it has moved away."""
        moves = [rule for rule in self.rules if isinstance(rule, Move)]
        for move in moves:
            if found := fits(move.new, method, path):
                own, _, template = move.old.partition(" ")
                return own, template.format(**found.groupdict())
        return None if any(fits(move.old, method, path) for move in moves) else (method, path)

    def gone(self, path: str, nowhere: Callable[[], httpx.Response]) -> httpx.Response:
        """Answer where an operation was: 405 where only its method is another one."""
        others = (rule.new.partition(" ")[0] for rule in self.rules if isinstance(rule, Move))
        allowed = [
            method for method in others if any(fits(r.new, method, path) for r in self.rules if isinstance(r, Move))
        ]
        if not allowed:
            return nowhere()
        return httpx.Response(405, headers={"Allow": ", ".join(["OPTIONS", *sorted({*allowed})])})

    def changed(self, answer: httpx.Response) -> httpx.Response:
        """Return a reply with what deviates."""
        operation = answer.headers.get("x-sandbox-operation")
        for rule in self.rules if answer.is_success else ():
            if not isinstance(rule, Reply) or rule.operation != operation:
                continue
            content = answer.content
            if "json" in answer.headers.get("content-type", ""):
                content = json.dumps(edit(json.loads(content), rule.path, rule.change)).encode()
            answer = httpx.Response(rule.status or answer.status_code, headers=_plain(answer), content=content)
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


def _plain(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}


def fill(world: World, slug: str) -> None:
    """Put a second and a third record beside the first of each kind, so that lists have pages."""
    state = world.engines[slug].state
    for kind, count in state.kinds().items():
        first = state.collection(kind).first()
        names = [name for name in ("$key", "_id", "id") if first and isinstance(first.get(name), str)]
        if first is None or count != 1 or not names or kind.startswith("$"):
            continue
        for number in (1, 2):
            ids: dict[str, Any] = dict.fromkeys(names, f"00000000000000000000ff0{number}")
            state.collection(kind).put(ids[names[0]], {**first, **ids})


@contextlib.contextmanager
def deviating(slug: str, rules: Iterable[Rule] = ()) -> Iterator[tuple[Deviating, dict[str, str]]]:
    """Serve a vendor with these deviations until the block ends; yields it with the variables that lead a client to it."""
    world = World(load_vendors([slug]), limits=False)
    fill(world, slug)
    with running(world) as sandbox:
        proxy = Deviating(sandbox.url, f"/{slug}", rules)
        thread = threading.Thread(target=proxy.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy, environment(world, proxy.url)
        finally:
            proxy.server.shutdown()
            proxy.server.server_close()
            proxy.client.close()
            thread.join(timeout=5)
    world.close()
