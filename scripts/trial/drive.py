"""Call every operation of a made client, sync and async, and compare what came with the document."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.generate.adapt.media import chosen
from scripts.trial.aim import aims_right, settings
from scripts.trial.answers import NOTHING, Answer, compare_answer, documented_answers, unresolved
from scripts.trial.bodies import body_value, compare_body
from scripts.trial.expect import (
    Parameter,
    Seen,
    compare_parameters,
    compare_security,
    read_parameters,
    without_keys,
)
from scripts.trial.samples import Samples
from scripts.trial.server import Server


@dataclass(frozen=True)
class Given:
    """Hold one way to call an operation: the arguments, and what the document says of them."""

    method: str
    path: str
    operation: dict[str, Any]
    parameters: list[Parameter]
    body: tuple[list[str], Any] | None
    arguments: dict[str, Any]


def drive(
    folder: Path, package: str, document: dict[str, Any], calls: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield `operation` and `faults` for each operation of a document (OpenAPI 3.1) whose client lies in a folder.

    A client that cannot be imported gives one entry, `import`. The package stays imported: this is for a process of its own.
    """
    sys.path.insert(0, str(folder))
    try:
        made = Drive(package, document, calls)
    except Exception as error:  # noqa: BLE001 - a package that cannot be imported is the finding
        yield {"operation": "import", "faults": [_said(error)]}
        return
    yield from made.run()


class Drive:
    """Call the operations of one package."""

    def __init__(self, package: str, document: dict[str, Any], calls: list[dict[str, Any]]) -> None:
        self.package, self.document = package, document
        self.calls = {(call["method"], call["path"]): call for call in calls}
        self.writing = Samples(document, writing=True)
        self.reading = Samples(document, writing=False)
        self.sync, self.asynchronous = (_class_of(f"{package}.{name}") for name in ("client", "async_client"))
        self.server = Server()

    def run(self) -> Iterator[dict[str, Any]]:
        """Yield the verdict on each operation of the document."""
        place = {"base_url": self.server.url}
        with self.sync(**settings(self.sync, **place)) as client, asyncio.Runner() as runner:
            other = self.asynchronous(**settings(self.asynchronous, **place))
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
        model = self._model(call)
        for made in (getattr(type(getattr(client, call["resource"])), call["name"]), model):
            yield from unresolved(made) if made else ()
        for full in (True, False):
            given = self._given(call, method, path, operation, full=full)
            answers = list(documented_answers(self.reading, operation)) or [NOTHING]
            if not full:
                answers = answers[:1]
            for answer in answers:
                yield from self._one(client, None, call, self._by_model(model, given), answer)
                yield from self._one(other, runner, call, given, answer)
        yield from aims_right(
            self.sync, self.document, method, path, lambda made: _method(made, call)(**given.arguments)
        )

    def _given(self, call: dict[str, Any], method: str, path: str, operation: dict[str, Any], *, full: bool) -> Given:
        parameters = read_parameters(self.writing, path, self.document["paths"][path], operation, full=full)
        body = self._body(operation, full=full)
        names = {(item["in"], item["wire"]): item["python"] for item in call["arguments"]}
        # An argument that the client lacks is left out here, and shows on the wire.
        found = {names.get((item.place, item.name)): item.value for item in parameters}
        arguments = {name: value for name, value in found.items() if name is not None}
        if body is not None:
            arguments["body"] = body[1]
        return Given(method, path, operation, parameters, body, arguments)

    def _model(self, call: dict[str, Any]) -> Any:
        """Return the class of a body; None where it has none."""
        return call["body"] and getattr(importlib.import_module(f"{self.package}.{call['body'][0]}"), call["body"][1])

    def _by_model(self, model: Any, given: Given) -> Given:
        """Return the same call with its body as a model, where it has one; a body that is no object stays as it is."""
        value = given.arguments.get("body")
        if not model or not isinstance(value, dict):
            return given
        return replace(given, arguments={**given.arguments, "body": model.from_dict(value)})

    def _body(self, operation: dict[str, Any], *, full: bool) -> tuple[list[str], Any] | None:
        declared = self.writing.resolve(operation.get("requestBody") or {})
        content = declared.get("content") or {}
        if not content or (not full and declared.get("required") is not True):
            return None
        media = chosen(list(content))
        described = content[media] or {}
        return list(content), body_value(self.writing, media, described.get("schema"), full=full)

    def _one(self, client: Any, runner: Any, call: dict[str, Any], given: Given, answer: Answer) -> Iterator[str]:
        self.server.seen.clear()
        self.server.reply = (answer.status, answer.media, answer.content)
        result: Any = None
        problem: Exception | None = None
        try:
            result = _method(client, call)(**given.arguments)
            if runner is not None:
                result = runner.run(_finished(result))
            elif inspect.isgenerator(result):
                result = next(result)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this operation's fault
            problem = error
        if not self.server.seen:
            yield f"nothing was sent: {_said(problem)}"
            return
        yield from self._request(self.server.seen[0], given)
        if problem is not None:
            if answer.status < 300:
                yield f"{answer.status} {answer.media}: {_said(problem)}"
            return
        try:
            yield from compare_answer(result, answer, given.method)
        except Exception as error:  # noqa: BLE001 - reading is lazy, and what it raises is a fault as well
            yield f"{answer.status} {answer.media}: {_said(error)}"

    def _request(self, seen: Seen, given: Given) -> Iterator[str]:
        if seen.method != given.method:
            yield f"method {seen.method}, the document says {given.method}"
        yield from compare_security(seen, self.document, given.operation, self.writing)
        seen.target = without_keys(seen.target, self.document, self.writing)
        yield from compare_parameters(seen, "", given.path, given.parameters)
        if given.body is not None:
            yield from compare_body(seen, *given.body)
        elif seen.body:
            yield f"a body was sent, none was given: {seen.body[:80]!r}"


def _class_of(module: str) -> Any:
    """Return the client that a generated module defines."""
    made = vars(importlib.import_module(module)).values()
    return next(item for item in made if inspect.isclass(item) and item.__module__ == module)


def _method(client: Any, call: dict[str, Any]) -> Any:
    return getattr(getattr(client.with_raw_response, call["resource"]), call["name"])


async def _finished(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


def _said(problem: BaseException | None) -> str:
    text = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {text[:200]}"
