"""Compare exchanges with the effective spec: methods, paths, parameters, bodies, statuses, headers and paging, in both directions."""

from __future__ import annotations

import mimetypes
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import components, mapping, parameters, resolve, split_pointer
from scripts.common.jsonpath import Place, value_at
from scripts.observe.compare import Comparison, Difference
from scripts.observe.exchange import ABSENT, Capture, Exchange, allowed_methods
from scripts.observe.findings import Finding
from scripts.observe.pages import Pages
from scripts.observe.route import Route, Router, shape
from scripts.observe.shapes import add
from scripts.observe.words import Words

Key = tuple[str, Place, str]
_ASKED = ("OPTIONS", "HEAD", "CONNECT")  # before a call, or by a proxy
_PAGES = ("text/html", "text/css", "text/javascript", "application/javascript", "image/", "font/")  # of a website


@dataclass
class Judgement:
    """Hold what all exchanges together show; `confirmed` counts by operation who answered at its own method and path."""

    findings: dict[Key, Finding] = field(default_factory=dict)
    confirmed: dict[str, Finding] = field(default_factory=dict)
    fits: set[Place] = field(default_factory=set)  # where a value of the stated type came
    foreign: Counter[str] = field(default_factory=Counter)
    captures: dict[str, Capture] = field(default_factory=dict)
    exchanges: int = 0
    attributed: int = 0

    def note(self, exchange: Exchange, operation: str, kind: str, place: Place, key: str = "", **more: Any) -> Finding:
        """Return the finding of this kind, place and key, with one more exchange that shows it."""
        found = self.findings.setdefault((kind, place, key), Finding(kind, operation, place, key, **more))
        found.saw(exchange, operation)
        return found


class Judge:
    """Take exchanges one by one."""

    def __init__(self, document: dict[str, Any], *, servers: Sequence[str] = (), confirmed: Iterable[str] = ()) -> None:
        self.document = document
        self.router = Router(document, servers)
        self.words = Words(document, confirmed)
        self.result = Judgement()
        self._comparison = Comparison(document)
        self._pages = Pages()

    def take(self, exchange: Exchange) -> None:
        """Compare one exchange with the spec."""
        result, path = self.result, self.router.place(exchange)
        result.captures[exchange.capture.digest] = exchange.capture
        if exchange.status == 304:
            return  # a browser has the reply already
        result.exchanges += 1
        if path is None:
            result.foreign[exchange.host] += 1
            return
        route = self.router.find(exchange, path)
        if route is None:
            if exchange.ok and not self.router.is_token_call(exchange):
                self._outside(exchange, path)
            return
        result.attributed += 1
        name, place = route.name, operation_place(route)
        if exchange.status == 405:
            self._wrong_method(exchange, route)
        elif exchange.status == 404 and "{" not in route.path and route.is_own:
            text = f"{route.method} {route.path} names no record and answers 404: the path is probably another one"
            result.note(exchange, name, "doubt", place, text=text, sure=False)
        elif exchange.ok and not route.is_own:
            text = f"{route.method} {route.path} answers, an alternative to {route.own_method} {route.own_path}"
            result.note(exchange, name, "path", place, route.path, text=text, detail=(route.method, route.path))
        self._compare(exchange, route, place)

    def refuse(self, exchange: Exchange, route: Route, known: Route | None) -> None:
        """Note that a live run found nothing at an operation's own place; `known` is the alternative that is there."""
        if known is None:
            ids = ", for ids that lists gave too" if "{" in route.path else ""
            text = f"{route.path} answers as an address that is not there{ids}"
            self.result.note(exchange, route.name, "path", operation_place(route), text=text)
        else:
            text = f"{known.method} {known.path} is there, and {route.method} {route.path} is not"
            kind, detail = "method" if known.path == route.path else "path", (known.method, known.path)
            self.result.note(exchange, route.name, kind, operation_place(route), text=text, detail=detail)

    def finish(self, present: Collection[str] = ()) -> Judgement:
        """Return the judgement; an alternative beside a place that answers too refutes nothing, and a live run knows which addresses are `present`."""
        found = self.result.findings
        moved = {item.operation for item in found.values() if item.kind == "path"}
        for key, item in list(found.items()):
            if item.kind == "path" and item.operation in self.result.confirmed:
                item.sure = False
            elif (item.kind in ("method", "doubt") and item.operation in moved) or (
                item.kind == "doubt" and item.operation in present
            ):
                del found[key]  # it is elsewhere, so what its old place answers says no more
        return self.result

    def _outside(self, exchange: Exchange, path: str) -> None:
        if exchange.method in _ASKED or exchange.got_media.startswith(_PAGES):
            return
        shown = next((route.path for route in self.router.at(path)), None) or self.router.show(path)
        text = f"{exchange.method} {shown} answers {exchange.status} and is not in the spec"
        self.result.note(exchange, "", "call", ("paths", shown, exchange.method.lower()), text=text)

    def _wrong_method(self, exchange: Exchange, route: Route) -> None:
        same = (other for other in self.router.routes if other.is_own and shape(other.path) == shape(route.path))
        known = {other.method for other in same}
        left = sorted(allowed_methods(exchange) & {"GET", "PUT", "POST", "PATCH", "DELETE"} - known)
        text = f"{route.method} {route.path} answers 405" + (f"; allowed is {', '.join(left)}" if left else "")
        detail = (left[0], route.path) if len(left) == 1 else None
        self.result.note(exchange, route.name, "method", operation_place(route), text=text, detail=detail)

    def _compare(self, exchange: Exchange, route: Route, place: Place) -> None:
        name, operation = route.name, route.operation
        status, response = self._response(operation, exchange.status)
        if status is None:
            like, found = self._like(exchange, operation, place)
            fits = like is not None
            for item in found:
                if item.kind != "body":
                    self._add(exchange, name, item)
            if exchange.status not in (404, 405):  # judged as paths and methods
                text = f"{route.method} {route.path}: status {exchange.status} is not described"
                new = self.result.note(exchange, name, "status", place, str(exchange.status), text=text, sure=False)
                new.detail = new.detail or like
                # Redirects, and pages of HTML with an error, may come from something in between.
                new.sure |= exchange.ok or (exchange.status >= 400 and "html" not in exchange.got_media)
                if exchange.got is not ABSENT:
                    add(new.shape, exchange.got)
        else:
            fits = self._reply(exchange, name, (*place, "responses", status), response)
        if exchange.ok:
            self._request(exchange, route, place)
            for kind, key, text, detail in self._pages.look(exchange, route):
                self.result.note(exchange, name, kind, (*place, "x-pagination"), key, text=text, detail=detail)
            if fits and route.is_own:
                self.result.confirmed.setdefault(name, Finding("confirmed", name, place)).saw(exchange, name)

    def _response(self, operation: Any, status: int) -> tuple[str | None, dict[str, Any]]:
        responses = mapping(operation.get("responses"))
        # A success of which nothing but its kind is known is not the `default` that stands for errors.
        names = (str(status), f"{status // 100}XX", "default") if status >= 400 else (str(status), f"{status // 100}XX")
        found = next((key for key in names if key in responses), None)
        return found, resolve(self.document, responses[found]) if found else {}

    def _like(self, exchange: Exchange, operation: Any, place: Place) -> tuple[str | None, list[Difference]]:
        """Return the described status of which a reply with a status of its own has media type and kind of body, and how its body differs."""
        for status, raw in mapping(operation.get("responses")).items():
            if (status[0] == "2") != exchange.ok:
                continue
            content = mapping(resolve(self.document, raw).get("content"))
            media = next((key for key in content if _same_media(key, exchange.got_media)), None)
            if media is None and (exchange.got_media or content):
                continue
            if media is None or exchange.got is ABSENT or "schema" not in mapping(content[media]):
                return str(status), []
            found = self._look(self._schema((*place, "responses", status), media), exchange.got)
            if _is_like(found):
                return str(status), found
        return None, []

    def _reply(self, exchange: Exchange, name: str, place: Place, response: dict[str, Any]) -> bool:
        """Compare a reply; tell whether it looks like one of this operation."""
        for header, raw in mapping(response.get("headers")).items():
            if resolve(self.document, raw).get("required") and header.lower() not in exchange.headers:
                self.result.note(
                    exchange, name, "header", (*place, "headers", header), text=f"header {header} is missing"
                )
        content = mapping(response.get("content"))
        media = next((key for key in content if exchange.got_media and _same_media(key, exchange.got_media)), None)
        if content and exchange.got_media and media is None:
            shown = exchange.got_media if exchange.got_media in mimetypes.types_map.values() else "another type"
            text = f"the reply is {shown}, not {' or '.join(content)}"
            self.result.note(exchange, name, "media", place, shown, text=text)
            return False
        if exchange.got is ABSENT:
            return True
        if media is None or "schema" not in mapping(content[media]):
            self._add(exchange, name, Difference("body", place, "", exchange.got))
            return True
        return _is_like(self._body(exchange, name, place, media, exchange.got))

    def _request(self, exchange: Exchange, route: Route, place: Place) -> None:
        declared = {item["name"] for item in parameters(self.document, route.own_path, route.operation)}
        keys = {item.get("name") for item in components(self.document, "securitySchemes").values()}
        for name in dict.fromkeys(name for name, _ in exchange.query):
            if name not in declared and re.split(r"[\[.]", name)[0] not in declared and name not in keys:
                self.result.note(exchange, route.name, "parameter", (*place, "parameters"), name, sure=False)
        content = mapping(resolve(self.document, route.operation.get("requestBody")).get("content"))
        media = next((key for key in content if _same_media(key, exchange.sent_media)), None)
        if exchange.sent is not ABSENT and media and "schema" in mapping(content[media]):
            self._body(exchange, route.name, (*place, "requestBody"), media, exchange.sent)

    def _body(self, exchange: Exchange, name: str, owner: Place, media: str, value: Any) -> list[Difference]:
        schema = self._schema(owner, media)
        found = self._look(schema, value)
        if not _is_like(found) and not _is_other_type(found):
            text = f"{str(owner[2]).upper()} {owner[1]}: what came has none of the members that are described"
            self.result.note(exchange, name, "unlike", owner, text=text, sure=False)
            return found
        for item in found:
            # What a reply holds that nothing describes is said of the operation: many share the response.
            at = owner if item.kind == "body" and item.place == schema else item.place
            self._add(exchange, name, item._replace(place=at))
        return found

    def _schema(self, owner: Place, media: str) -> Place:
        reference = mapping(value_at(self.document, owner)).get("$ref")
        return (*(split_pointer(reference) if reference else owner), "content", media, "schema")

    def _look(self, schema: Place, value: Any) -> list[Difference]:
        return list(self._comparison.look(schema, value))

    def _add(self, exchange: Exchange, name: str, item: Difference) -> None:
        if item.kind == "fits":
            self.result.fits.add(item.place)
        elif item.kind == "enum":  # the tokens are values until a person says otherwise: they are no key
            self.result.note(exchange, name, "enum", item.place, detail=Counter()).detail[item.key] += 1
        else:
            found = self.result.note(exchange, name, item.kind, item.place, item.key)
            add(found.shape, item.value)


def operation_place(route: Route) -> Place:
    """Return where the operation stands in the effective spec."""
    return ("paths", route.own_path, route.own_method.lower())


def _is_like(found: list[Difference]) -> bool:
    """Tell whether a body is one that a schema describes: of its type, and with one of its members if it has unknown ones."""
    if _is_other_type(found):
        return False
    known = any(item.place[-2:-1] == ("properties",) for item in found)
    return known or not any(item.kind == "member" for item in found)


def _is_other_type(found: list[Difference]) -> bool:
    return any(item.kind == "type" and item.place[-1] == "schema" for item in found)


def _same_media(declared: str, came: str) -> bool:
    kind = declared.partition(";")[0].strip().lower()
    both_json = ("json" in kind or kind == "*/*") and "json" in came
    return kind == came or both_json or (kind.endswith("/*") and came.startswith(kind[:-1]))
