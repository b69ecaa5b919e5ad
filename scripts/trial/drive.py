"""Call every operation of a made client, sync and async, and compare; runs in a process of its own.

`python -m scripts.trial.drive FOLDER` reads FOLDER/document.json (the source in OpenAPI 3.1), FOLDER/calls.json (the names of the calls) and the
package beside them, and prints one JSON object a line for each operation: `operation`, `faults`.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.common.document import operations
from scripts.trial.bodies import FILE, body_value, compare_body, essence, is_json
from scripts.trial.expect import Parameter, Seen, compare_parameters, compare_security, read_parameters
from scripts.trial.samples import Samples
from scripts.trial.server import Server

SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """Hold one documented reply with a sample of it."""

    status: int
    media: str
    value: Any
    content: bytes


class Drive:
    """Call the operations of one package."""

    def __init__(self, package: str, document: dict[str, Any], calls: list[dict[str, Any]]) -> None:
        self.document = document
        self.calls = {(call["method"], call["path"]): call for call in calls}
        self.writing = Samples(document, writing=True)
        self.reading = Samples(document, writing=False)
        module = importlib.import_module(f"{package}.client")
        from loyalty_runtime import AsyncBaseClient, BaseClient

        made = [item for item in vars(module).values() if inspect.isclass(item) and item.__module__ == module.__name__]
        self.sync = next(item for item in made if issubclass(item, BaseClient))
        self.asynchronous = next(item for item in made if issubclass(item, AsyncBaseClient))
        self.server = Server()

    def settings(self, kind: Any, base: str) -> dict[str, Any]:
        """Return the constructor's arguments: every credential it takes, the loopback address, no repeats, no limits."""
        parameters = inspect.signature(kind.__init__).parameters.values()
        names = [item.name for item in parameters if item.kind is item.KEYWORD_ONLY]
        return {
            **dict.fromkeys(names, "secret"),
            "base_url": self.server.url + base,
            "max_retries": 0,
            "limiter": None,
            "timeout": SECONDS,
        }

    def run(self) -> Iterator[dict[str, Any]]:
        """Yield the verdict on each operation of the document."""
        with self.sync(**self.settings(self.sync, "")) as client, asyncio.Runner() as runner:
            other = self.asynchronous(**self.settings(self.asynchronous, ""))
            for method, path, operation in operations(self.document):
                faults = list(dict.fromkeys(self._operation(client, other, runner, method, path, operation)))
                yield {"operation": f"{method} {path}", "faults": faults}
            runner.run(other.close())
        self.server.close()

    def _operation(
        self, client: Any, other: Any, runner: Any, method: str, path: str, operation: dict[str, Any]
    ) -> Iterator[str]:
        call = self.calls.get((method, path))
        if call is None:
            yield "the client has no such call"
            return
        item = self.document["paths"][path]
        for full in (True, False):
            parameters = read_parameters(self.writing, path, item, operation, full=full)
            body = self._body(operation, full=full)
            arguments = self._arguments(call, parameters, body)
            answers = list(self._answers(operation)) if full else list(self._answers(operation))[:1]
            for answer in answers or [Answer(200, "", None, b"")]:
                for asynchronous in (False, True):
                    owner = other if asynchronous else client
                    yield from self._one(
                        owner,
                        runner if asynchronous else None,
                        call,
                        method,
                        path,
                        operation,
                        parameters,
                        body,
                        arguments,
                        answer,
                    )

    def _body(self, operation: dict[str, Any], *, full: bool) -> tuple[list[str], Any] | None:
        declared = self.writing.resolve(operation.get("requestBody") or {})
        content = declared.get("content") or {}
        if not content or (not full and declared.get("required") is not True):
            return None
        media = next((name for name in content if is_json(name)), next(iter(content)))
        return list(content), body_value(self.writing, media, content[media].get("schema"), full=full)

    def _arguments(
        self, call: dict[str, Any], parameters: list[Parameter], body: tuple[list[str], Any] | None
    ) -> dict[str, Any]:
        names = {(item["in"], item["wire"]): item["python"] for item in call["arguments"]}
        arguments = {}
        for parameter in parameters:
            name = names.get((parameter.place, parameter.name))
            if name is not None:  # an argument that is missing shows on the wire
                arguments[name] = parameter.value
        if body is not None:
            arguments["body"] = body[1]
        return arguments

    def _answers(self, operation: dict[str, Any]) -> Iterator[Answer]:
        for key, raw in (operation.get("responses") or {}).items():
            if str(key).startswith("x-"):
                continue
            reply = self.reading.resolve(raw)
            status = (
                418 if key == "default" else int(str(key).upper().replace("XX", "99" if str(key)[0] in "45" else "00"))
            )
            if status < 200:
                continue
            content = reply.get("content") or {}
            if not content or status in (204, 304):
                yield Answer(status, "", None, b"")
            for media, described in content.items():
                label = "application/json" if "*" in media else media
                if is_json(media):
                    value = self.reading.value((described or {}).get("schema") or {}, full=True)
                    yield Answer(status, label, value, json.dumps(value).encode())
                else:
                    text = essence(media).startswith("text/") or "xml" in media
                    yield Answer(status, label, "text" if text else FILE, b"text" if text else FILE)

    def _one(
        self,
        client: Any,
        runner: Any,
        call: dict[str, Any],
        method: str,
        path: str,
        operation: dict[str, Any],
        parameters: list[Parameter],
        body: tuple[list[str], Any] | None,
        arguments: dict[str, Any],
        answer: Answer,
    ) -> Iterator[str]:
        self.server.seen.clear()
        self.server.reply = (answer.status, answer.media, answer.content)
        try:
            method_of = getattr(getattr(client.with_raw_response, call["resource"]), call["name"])
            result = method_of(**arguments)
            if runner is not None:
                result = runner.run(_finished(result))
            elif inspect.isgenerator(result):
                result = next(result)
            problem = None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this operation's fault
            result, problem = None, error
        if not self.server.seen:
            yield f"nothing was sent: {_said(problem)}"
            return
        seen = self.server.seen[0]
        yield from self._request(seen, method, path, operation, parameters, body)
        if problem is not None and answer.status < 400:
            yield f"{answer.status} {answer.media}: {_said(problem)}"
        elif result is not None:
            yield from _reply(result, answer, method)

    def _request(
        self,
        seen: Seen,
        method: str,
        path: str,
        operation: dict[str, Any],
        parameters: list[Parameter],
        body: tuple[list[str], Any] | None,
    ) -> Iterator[str]:
        if seen.method != method:
            yield f"method {seen.method}, the document says {method}"
        seen.target = self._without_keys(seen.target)
        yield from compare_parameters(seen, "", path, parameters)
        yield from compare_security(seen, self.document, operation, self.writing)
        if body is not None:
            yield from compare_body(seen, *body)
        elif seen.body:
            yield f"a body was sent, none was given: {seen.body[:80]!r}"

    def _without_keys(self, target: str) -> str:
        from urllib.parse import parse_qsl, urlencode

        schemes = [
            self.writing.resolve(item)
            for item in ((self.document.get("components") or {}).get("securitySchemes") or {}).values()
        ]
        keys = {item.get("name") for item in schemes if item.get("type") == "apiKey" and item.get("in") == "query"}
        parts = urlsplit(target)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if not any(name in keys for name, _ in pairs):
            return target
        left = urlencode([(name, value) for name, value in pairs if not (name in keys and value == "secret")])
        return parts.path + (f"?{left}" if left else "")


async def _finished(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


def _said(problem: BaseException | None) -> str:
    text = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {text[:200]}"


def _reply(result: Any, answer: Answer, method: str) -> Iterator[str]:
    if result.status != answer.status:
        yield f"status {result.status} instead of {answer.status}"
    if answer.status >= 400 or not answer.media or method == "HEAD":
        return
    parsed = plain(result.parsed)
    if parsed != answer.value and not (parsed is None and not answer.content):
        yield f"{answer.status} {answer.media}: read {str(parsed)[:120]}, the server sent {str(answer.value)[:120]}"


def plain(value: Any) -> Any:
    """Return what a parsed reply stands for in JSON."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "payload"):
        return value.payload.read() if hasattr(value.payload, "read") else value.payload
    return value


def main() -> int:
    """Run from the command line."""
    folder = Path(sys.argv[1])
    document = json.loads((folder / "document.json").read_text(encoding="utf-8"))
    calls = json.loads((folder / "calls.json").read_text(encoding="utf-8"))
    sys.path.insert(0, str(folder))
    try:
        drive = Drive(calls["package"], document, calls["calls"])
    except Exception as error:  # noqa: BLE001 - a package that cannot be imported is the finding
        print(json.dumps({"operation": "import", "faults": [_said(error)]}))
        return 0
    for verdict in drive.run():
        print(json.dumps(verdict), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
