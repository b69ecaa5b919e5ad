"""A server between client and sandbox that answers otherwise than the spec says, and keeps what passes as HAR entries."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from examples.settings import environment
from loyalty_sandbox.server import running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World

NOWHERE = "/no-such-address-of-the-sandbox"
_NOT_SENT = ("host", "content-length", "accept-encoding", "connection")
_NOT_KEPT = ("content-length", "transfer-encoding", "date", "server")


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

    def __init__(self, server: HTTPServer, upstream: str, base: str, rules: Iterable[Rule]) -> None:
        self.upstream, self.url = upstream, f"http://127.0.0.1:{server.port}"
        self.base, self.rules, self.lenient = base, list(rules), False
        self.moves = [rule for rule in self.rules if isinstance(rule, Move)]
        self.entries: list[dict[str, Any]] = []
        self.client = httpx.Client(base_url=upstream, trust_env=False, timeout=20)
        server.expect_request(re.compile(".*")).respond_with_handler(self.reply)

    def reply(self, request: Request) -> Response:
        """Answer one request, and record it."""
        method, path, body = request.method, request.path.removeprefix(self.base), request.get_data()
        sent = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_SENT}

        def ask(method: str, path: str) -> httpx.Response:
            ignored = {r.name for r in self.rules if isinstance(r, Ignored) and fits(r.where, method, path)}
            pairs: Any = [pair for pair in request.args.items(multi=True) if pair[0] not in ignored]
            there = self.client.request(method, f"{self.base}{path}", params=pairs, headers=sent, content=body)
            text = there.content.replace(self.upstream.encode(), self.url.encode())  # links to results
            return httpx.Response(there.status_code, headers=_plain(there), content=text)

        there = self.place(method, path)
        if there:
            plain = ask(*there)
            answer = self.changed(plain)
        else:
            answer = self.gone(path, lambda: ask("GET", NOWHERE))
            plain = ask(method, path) if self.lenient else answer
        self.record(request, answer)
        given = plain if self.lenient else answer
        return Response(given.content, given.status_code, list(_plain(given).items()))

    def place(self, method: str, path: str) -> tuple[str, str] | None:
        """Return where the sandbox has what a request asks for, None when it has moved away."""
        for move in self.moves:
            if found := fits(move.new, method, path):
                own, _, template = move.old.partition(" ")
                return own, template.format(**found.groupdict())
        return None if any(fits(move.old, method, path) for move in self.moves) else (method, path)

    def gone(self, path: str, nowhere: Callable[[], httpx.Response]) -> httpx.Response:
        """Answer where an operation was: 405 where only its method is another one."""
        methods = {move.new.partition(" ")[0] for move in self.moves}
        allowed = [m for m in sorted(methods) if any(fits(move.new, m, path) for move in self.moves)]
        if not allowed:
            return nowhere()
        return httpx.Response(405, headers={"Allow": ", ".join(["OPTIONS", *allowed])})

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

    def record(self, asked: Request, answer: httpx.Response) -> None:
        """Keep the exchange as mitmproxy would: nothing is masked."""
        request: dict[str, Any] = {"method": asked.method, "url": asked.url}
        if body := asked.get_data(as_text=True):
            request["postData"] = {"mimeType": "application/json", "text": body}
        content = {"mimeType": answer.headers.get("content-type", ""), "text": answer.text}
        headers = [{"name": name, "value": value} for name, value in answer.headers.items()]
        response = {"status": answer.status_code, "headers": headers, "content": content}
        self.entries.append({"startedDateTime": "2026-11-20T10:00:00Z", "request": request, "response": response})


def _plain(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_KEPT}


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
    with running(world) as sandbox, HTTPServer(threaded=True) as server:
        proxy = Deviating(server, sandbox.url, f"/{slug}", rules)
        yield proxy, environment(world, proxy.url)
        proxy.client.close()
    world.close()
