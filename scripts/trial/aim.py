"""Where a call goes when its client was given no address: the server the document states for the operation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from scripts.common.document import mapping

SECONDS = 60.0  # a machine with other work is slow, not wrong
_DEFAULT_PORT = re.compile(r"^(http://[^/?#]*):80(?=$|[/?#])|^(https://[^/?#]*):443(?=$|[/?#])", re.IGNORECASE)
_HOST = re.compile(r"https?://[A-Za-z0-9._\-\[\]:]+(/|\?|$)", re.IGNORECASE)  # what stands for `<tenant>` is no address
VARIABLE = "given"  # the value of a server variable that has no default


def settings(kind: Any, **place: Any) -> dict[str, Any]:
    """Return the constructor's arguments: every credential it takes, where to call, no repeats, no limits."""
    parameters = inspect.signature(kind.__init__).parameters.values()
    names = [item.name for item in parameters if item.kind is item.KEYWORD_ONLY]
    own = {"max_retries": 0, "limiter": None, "timeout": SECONDS, "strict": True}
    return {**dict.fromkeys(names, "secret"), **own, **place}


class Recorder:
    """A transport that sends nothing; `seen` is the origin and target of the last request."""

    def __init__(self) -> None:
        self.seen: tuple[str, str] | None = None

    def send(self, request: Any) -> Any:
        """Note where the request goes, and answer without a body."""
        from loyalty_runtime.headers import Headers
        from loyalty_runtime.wire.messages import RawResponse

        self.seen = repr(request.origin), request.target
        return RawResponse(204, Headers([]), b"")

    def close(self) -> None:
        """Do nothing."""


def aims_right(
    kind: Any, document: dict[str, Any], method: str, path: str, call: Callable[[Any], Any]
) -> Iterator[str]:
    """Yield a fault if a client without a base URL calls another server than the document says; a document may state none."""
    wanted = stated_server(document, method, path)
    recorder = Recorder()
    variables = {
        name: VARIABLE
        for server in _all_servers(document)
        for name, variable in (server.get("variables") or {}).items()
        if not variable.get("default")
    }
    place = {"variables": variables, **_chosen(document, document["paths"][path][method.lower()])}
    try:
        client = kind(**settings(kind, transport=recorder, allow_http=True, **place))
        call(client)
    except Exception as problem:  # noqa: BLE001 - judged by what was sent
        if recorder.seen is None:
            stated = any(_HOST.match(str(server.get("url"))) for server in _servers(document))
            if (wanted and stated) or "base_url" not in str(problem):
                yield f"without base_url nothing was sent: {str(problem)[:160]}"
            return
    origin, target = recorder.seen or ("", "")
    parts = urlsplit(_DEFAULT_PORT.sub(r"\1\2", wanted))
    if f"{parts.scheme}://{parts.netloc}".lower() != origin.lower() or not unquote(target).startswith(
        unquote(parts.path).rstrip("/")
    ):
        yield f"sent to {origin}{target}, the document's server is {wanted or 'not stated'}"


def stated_server(document: dict[str, Any], method: str, path: str) -> str:
    """Return the address the document states for an operation, with its variables; empty where it names no host."""
    item = document["paths"][path]
    found = ""
    for holder in (document, item, item[method.lower()]):
        servers = _servers(holder)
        if servers:
            url = str(servers[0].get("url", ""))
            for name, variable in (servers[0].get("variables") or {}).items():
                url = url.replace("{" + name + "}", _value(variable))
            if _HOST.match(url):
                found = url
            elif "://" in url or holder is document or not found:
                found = ""
            else:  # a path on the host of the server above
                parts = urlsplit(found)
                found = f"{parts.scheme}://{parts.netloc}/{url.lstrip('/')}"
    return found


def _chosen(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return how a caller names the server of an operation that is a further one of the document: by its name, with its variables."""
    own = mapping(next(iter(operation.get("servers") or []), None))
    name, further = own.get("x-name"), (document.get("servers") or [])[1:]
    if not name or name not in [mapping(server).get("x-name") for server in further]:
        return {}
    variables = mapping(own.get("variables"))
    return {"server": name, "variables": {key: VARIABLE for key in variables if _value(variables[key]) == VARIABLE}}


def _value(variable: dict[str, Any]) -> str:
    return VARIABLE if variable.get("x-required") is True else str(variable.get("default") or VARIABLE)


def _all_servers(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in (document, *map(mapping, document["paths"].values())):
        for holder in (item, *map(mapping, item.values())):
            yield from _servers(holder)


def _servers(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the servers of a document, a path item or an operation; null stands for what is not there."""
    found = holder.get("servers")
    return [server for server in found if isinstance(server, dict)] if isinstance(found, list) else []
