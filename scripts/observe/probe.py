"""Ask the vendor with a user's own credentials: safe methods only, ids from the lists, the rate limits of the client kept.

A wrong path is told apart from a missing record: several ids that lists gave, what the server says of an address that cannot exist and of a record that
cannot, and the alternatives that the spec records.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loyalty_runtime.calls.rawcall import raw_operation
from loyalty_runtime.errors import APIConnectionError, ArgumentError
from scripts.common.document import mapping, parameters
from scripts.observe.exchange import ABSENT, Capture, Exchange, read_json
from scripts.observe.pages import member
from scripts.observe.route import Route, routes, shape

IDS = 3  # of one kind that are tried
CALLS = 500
REFUSALS = 3
FAILURES = 5
NOWHERE = "/no-such-address-7f3a91"
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_KEYS = ("_id", "id", "uuid", "key", "code")
Values = dict[str, str]


@dataclass
class Probe:
    """Make the calls of one vendor with a client of the runtime; `exchanges` is what came, `notes` what a person should know.

    `present` are the operations whose address is there though the record is not; `refused` has what came at the own place of one that is
    elsewhere, and the alternative that answers, if one does. The client adds to `servers`; `known` are values of parameters by name.
    """

    document: dict[str, Any]
    client: Any
    servers: list[str]
    known: dict[str, list[str]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: list[tuple[Exchange, Route, Route | None]] = field(default_factory=list)
    _bindings: dict[str, list[Values]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._routes = routes(self.document)
        self._heard = hashlib.sha256()
        self._capture = Capture("")
        self._failures = 0  # in a row

    @property
    def origin(self) -> str:
        """Return the server that was called last."""
        return self.servers[-1].lower() if self.servers else ""

    def run(self) -> None:
        """Read everything that can be read, then look for what was not there."""
        waiting = sorted(_reads(self._routes), key=lambda route: route.path.count("{"))
        missing: list[tuple[Route, list[Exchange]]] = []
        for _ in range(4):
            ready = [route for route in waiting if self._values(route)]
            for route in ready:
                waiting.remove(route)
                with self._noting(route.name):
                    tried = self._read(route, self._required(route))
                    gone = bool(tried) and all(item.status in (404, 405) for item in tried)
                    if gone and not self._alternatives(route):
                        missing.append((route, tried))
        self.notes += [f"{route.name} was not called: no list gave an id for {route.path}" for route in waiting]
        with self._noting("what is not there"):
            self._absent(missing)

    @contextlib.contextmanager
    def _noting(self, name: str) -> Iterator[None]:
        try:
            yield
        except ArgumentError as problem:  # nothing was sent
            self.notes.append(f"{name} was not called: {problem}")
        except (SkipCall, APIConnectionError) as problem:
            self.notes.append(f"{name}: {problem}")

    def _others(self, route: Route) -> list[Route]:
        """Return the alternatives of an operation."""
        return [other for other in self._routes if other.operation is route.operation and not other.is_own]

    def _read(self, route: Route, query: list[tuple[str, str]]) -> list[Exchange]:
        tried = []
        for values in self._values(route)[:IDS]:
            tried.append(self._call(route, values, query))
            if tried[-1].ok:
                self._learn(route, values, tried[-1])
                self._page(route, values, query, tried[-1])
            elif tried[-1].status in (401, 403):
                break
        return tried

    def _call(self, route: Route, values: Values, query: list[tuple[str, str]]) -> Exchange:
        try:
            exchange = self._send(_filled(route.path, values), query, route.operation)
        except APIConnectionError as problem:
            self._failed(problem)
            raise
        self.exchanges.append(exchange)
        if exchange.status == 429 or exchange.status >= 500:
            self._failed(f"the last with {exchange.status}")
        else:
            self._failures = 0
        if len(self.exchanges) == REFUSALS and all(item.status == 401 for item in self.exchanges):
            said = "are answered with 401, so the credentials are not those of this server"
            raise StopProbe(f"the first {REFUSALS} calls {said}")
        return exchange

    def _failed(self, problem: object) -> None:
        self._failures += 1
        if not self.exchanges:
            raise StopProbe(str(problem))
        if self._failures == FAILURES:
            raise StopProbe(f"{FAILURES} calls in a row failed: {problem}")

    def _send(self, path: str, query: list[tuple[str, str]], operation: Mapping[str, Any]) -> Exchange:
        if len(self.exchanges) >= CALLS:
            raise StopProbe(f"stopped after {CALLS} calls")
        headers = {item["name"]: str(item["x-client-default"]) for item in parameters(self.document, "", operation)
                   if item.get("in") == "header" and "x-client-default" in item}  # fmt: skip
        security = operation.get("security")
        chosen = None if security is None else tuple(tuple(each) for each in security)
        raw = raw_operation(self.client.vendor, "GET", path, chosen)
        reply = self.client.call_raw(raw, query=dict(query), headers=headers)
        self._heard.update(reply.content)
        self._capture.digest = self._heard.hexdigest()
        media = str(reply.headers.get("content-type", "")) if reply.content else ""
        got = read_json(reply.content) if "json" in media else ABSENT
        if got is ABSENT and "json" in media and reply.content:
            raise SkipCall("the reply is called JSON and is none")
        return Exchange(
            capture=self._capture,
            date=datetime.now(UTC).date().isoformat(),
            method="GET",
            origin=self.origin,
            path=path,
            status=reply.status,
            query=query,
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reply.headers.raw},
            got=got,
            got_media=media.partition(";")[0].strip().lower(),
        )

    def _values(self, route: Route) -> list[Values]:
        """Return what the parameters of a path can be, by lists above it or above an alternative; one without any has one empty choice."""
        names = _PARAMETER.findall(route.path)
        if not names:
            return [{}]
        known: list[Values] = []
        for other in sorted((r for r in self._routes if r.operation is route.operation), key=lambda r: r != route):
            above = self._bindings.get(shape(other.path[: other.path.rfind("}") + 1]), [])
            known += [values for values in above if values.keys() >= set(names) and values not in known]
        pools = [self.known.get(name, []) for name in names]
        return known or [dict(zip(names, choice, strict=True)) for choice in zip(*pools, strict=False)]

    def _learn(self, route: Route, values: Values, reply: Exchange) -> None:
        """Keep the ids of a list for the paths below it, and members that are named like parameters."""
        items = member(reply.got, str(mapping(route.operation.get("x-pagination")).get("items") or ""))
        if not isinstance(items, list):
            lists = [value for value in mapping(reply.got).values() if isinstance(value, list)]
            items = lists[0] if len(lists) == 1 else [reply.got]
        for name in dict.fromkeys(name for other in self._routes for name in _PARAMETER.findall(other.path)):
            found = [
                str(item[name]) for item in items if isinstance(item, dict) and isinstance(item.get(name), str | int)
            ]
            self.known.setdefault(name, []).extend(id for id in found if id not in self.known[name])
        for other in self._routes:
            head = other.path.removeprefix(route.path).partition("}")[0]
            if other.path.startswith(f"{route.path}/{{") and head.startswith("/{"):
                name = head[2:]
                ids = [next((item[key] for key in (name, *_KEYS) if isinstance(item.get(key), str | int)), None)
                       for item in items if isinstance(item, dict)]  # fmt: skip
                usable = [{**values, name: str(id)} for id in ids if id is not None and _is_plain(str(id))]
                kept = self._bindings.setdefault(shape(f"{route.path}/{{{name}}}"), [])
                kept.extend(choice for choice in usable if choice not in kept)

    def _page(self, route: Route, values: Values, query: list[tuple[str, str]], first: Exchange) -> None:
        rule = mapping(route.operation.get("x-pagination"))
        if not rule.get("size") and rule.get("style") != "range":
            return
        if rule.get("style") == "range":
            for start in (0, 1):
                self._call(route, values, [*query, (rule["start"], str(start)), (rule["end"], str(start + 1))])
            return
        small = self._call(route, values, [*query, (rule["size"], "1")])
        following = member(small.got, str(rule.get("next") or ""))
        if rule.get("style") in ("page-number", "page-links"):
            following = int(rule.get("first", 1)) + 1
        if isinstance(following, str | int) and following:
            self._call(route, values, [*query, (rule["size"], "1"), (rule["parameter"], str(following))])

    def _required(self, route: Route) -> list[tuple[str, str]]:
        query, unknown = [], []
        for item in parameters(self.document, route.own_path, route.operation):
            if not item.get("required") or item.get("in") not in ("query", "header", "cookie"):
                continue
            schema, name = mapping(item.get("schema")), str(item["name"])
            known = [item.get("x-client-default"), schema.get("default"), *(schema.get("enum") or [])]
            if schema.get("type") in ("number", "integer", "boolean"):
                known += schema.get("examples") or []
            value = next((str(each) for each in [*known, *self.known.get(name, [])] if each is not None), None)
            if value is None:
                unknown.append(name)
            elif item["in"] == "query":
                query.append((name, value))
        if unknown:
            raise SkipCall(f"not called; give --value NAME=TEXT for {', '.join(unknown)}")
        return query

    def _alternatives(self, route: Route) -> bool:
        for other in self._others(route):
            for values in self._values(other)[:IDS] if other.method == "GET" else ():
                found = self._call(other, values, self._required(route))
                if found.ok:
                    self._learn(route, values, found)
                    return True
        return False

    def _absent(self, missing: list[tuple[Route, list[Exchange]]]) -> None:
        """Say of each operation that answered 404 whether the address or the record is missing."""
        nowhere = _said(self._send(NOWHERE, [], {}))
        gone = self._said_of_no_record()
        for route, tried in missing:
            said = {_said(item) for item in tried if item.status == 404}
            if not said:
                continue
            if said == {nowhere} and gone not in (None, nowhere):
                self.refused.append((tried[0], route, None))
            elif said == {gone} and gone != nowhere:
                self.present.add(route.name)
                self.notes.append(f"{route.name}: the record is missing, the address {route.path} is there")
            else:
                ids = f"with {len(tried)} ids that lists gave" if "{" in route.path else "and names no record"
                said_no_more = "the reply does not say what is missing"
                self.notes.append(f"{route.name}: {route.path} answers 404 {ids}; {said_no_more}")

    def _said_of_no_record(self) -> str | None:
        """Return what the server says of a record that cannot be there, below an address that answers."""
        for route in _reads(self._routes):
            for values in self._values(route)[:1] if route.path.endswith("}") else ():
                path = _filled(route.path, values)
                if any(item.ok and item.path == path for item in self.exchanges):
                    name = _PARAMETER.findall(route.path)[-1]
                    other = "".join(str((int(c) + 5) % 10) if c.isdigit() else c for c in values[name])
                    gone = {**values, name: other if other != values[name] else other[::-1] + "x"}
                    found = self._call(route, gone, [])
                    if found.status == 404:
                        return _said(found)
        return None


class SkipCall(Exception):
    """One call cannot be made, for a reason a person can read."""


class StopProbe(Exception):
    """The run ends early, for a reason a person can read."""


def _reads(all_routes: list[Route]) -> list[Route]:
    return [route for route in all_routes if route.is_own and route.method == "GET"]


def _filled(path: str, values: Values) -> str:
    return _PARAMETER.sub(lambda name: values[name[1]], path)


def _is_plain(id: str) -> bool:
    return re.fullmatch(r"[\w.~:@+-]{1,120}", id) is not None and id not in (".", "..")


def _said(exchange: Exchange) -> str:
    """Return what a server says in an error, without the address, ids and times that stand in it."""
    text = "" if exchange.got is ABSENT else json.dumps(exchange.got, sort_keys=True)
    for part in sorted({exchange.path, *exchange.path.split("/")} - {""}, key=len, reverse=True):
        text = text.replace(part, "#")
    return f"{exchange.status} {exchange.got_media} {re.sub(r'[0-9a-fA-F-]{8,}|[0-9]+', '#', text)}"


def planned(document: dict[str, Any]) -> Iterator[str]:
    """Yield what a run may call, one line each."""
    yield from (f"GET {route.path}  ({route.name})" for route in _reads(routes(document)))
