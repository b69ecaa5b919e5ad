"""What a page says of an operation: address, grade, behaviour, parameters, body, replies, how to call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import METHODS, mapping, resolve, split_pointer
from scripts.common.jsonpath import Place
from scripts.common.names import known_id, known_path
from scripts.reference.commands import curl, media_sample, schemes_of, server_url
from scripts.reference.markup import Ids, plain, pretty
from scripts.reference.python_calls import Key, PythonCall, argument_values
from scripts.reference.schemas import Member, Schema, SchemaReader
from scripts.spec.grades import GRADES

_PLACES = ("path", "query", "header", "cookie")


@dataclass
class Content:
    """Hold one media type of a body or a reply; `shown` are its members, drawn here once more when a component has them."""

    media: str
    schema: Schema
    shown: Schema
    confidence: str = ""
    examples: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Message:
    """Hold a body or a reply."""

    place: Place
    title: str
    description: str
    required: bool = False
    contents: list[Content] = field(default_factory=list)
    headers: list[Member] = field(default_factory=list)


@dataclass
class Parameter:
    """Hold one parameter, and the value the client sends unless the caller gives one."""

    name: str
    place: str
    required: bool
    description: str
    schema: Schema
    at: Place
    sent: str = ""


@dataclass
class Operation:
    """Hold everything shown of one operation; `raw` is the operation as the document has it."""

    id: str
    method: str
    path: str
    place: Place
    tag: str
    name: str
    raw: dict[str, Any]
    grade: str
    provenance: dict[str, str]
    security: str
    parameters: list[Parameter]
    body: Message | None
    replies: list[Message]
    python_name: str = ""
    call: PythonCall | None = None
    python: str = ""
    python_async: str = ""
    curl: str = ""

    def places(self) -> Iterable[Place]:
        """Yield the place of every part that is shown."""
        yield self.place
        for parameter in self.parameters:
            yield parameter.at
            yield from list(parameter.schema.places())[1:]  # the parameter speaks for its schema
        for message in [*([self.body] if self.body else []), *self.replies]:
            yield message.place
            for content in message.contents:
                yield from content.schema.places()


class OperationReader:
    """Read the operations of one document."""

    def __init__(
        self, document: dict[str, Any], slug: str, ids: Ids, schemas: SchemaReader, calls: dict[Key, PythonCall]
    ) -> None:
        self._document, self._slug, self._ids, self._schemas, self._calls = document, slug, ids, schemas, calls

    def read(self) -> list[Operation]:
        """Return every operation below `paths` and `webhooks`, in the order of the document."""
        return [
            self._operation(kind, path, item, method)
            for kind in ("paths", "webhooks")
            for path, raw in mapping(self._document.get(kind)).items()
            for item in [resolve(self._document, raw)]
            for method in item
            if method in METHODS and isinstance(item[method], dict)
        ]

    def _operation(self, kind: str, path: str, item: dict[str, Any], method: str) -> Operation:
        raw: dict[str, Any] = item[method]
        place: Place = (kind, path, method)
        name = known_id(raw) or f"{method.upper()} {path}"
        provenance = mapping(raw.get("x-provenance"))
        call = self._calls.get((method.upper(), known_path(str(path), raw))) if kind == "paths" else None
        tags = [str(tag) for tag in raw.get("tags") or [] if tag] if isinstance(raw.get("tags"), list) else []
        operation = Operation(
            id=self._ids.of("operation", name),
            method=method.upper(),
            path=str(path),
            place=place,
            tag="Webhooks" if kind == "webhooks" else str(raw.get("x-client-tag") or (tags or ["Other"])[0]),
            name=name,
            raw=raw,
            grade=_weakest(provenance),
            provenance={str(key): _told(value) for key, value in provenance.items()},
            security=_security(raw.get("security", self._document.get("security"))),
            parameters=list(self._parameters(item, raw, place)),
            body=self._body(raw, place),
            replies=list(self._replies(raw, place)),
        )
        self._ways_to_call(operation, item, raw, call)
        return operation

    def _declared(self, item: dict[str, Any], raw: dict[str, Any], place: Place) -> list[tuple[Place, dict[str, Any]]]:
        found: dict[tuple[Any, Any], tuple[Place, dict[str, Any]]] = {}
        for owner, at in ((item, place[:-1]), (raw, place)):
            listed = owner.get("parameters")
            for index, entry in enumerate(listed if isinstance(listed, list) else ()):
                parameter = resolve(self._document, entry)
                where = _shared_place(entry) or (*at, "parameters", index)
                found[parameter.get("in"), parameter.get("name")] = (where, parameter)
        order = {name: index for index, name in enumerate(_PLACES)}
        return sorted(found.values(), key=lambda pair: order.get(str(pair[1].get("in")), len(order)))

    def _parameters(self, item: dict[str, Any], raw: dict[str, Any], place: Place) -> Iterable[Parameter]:
        for at, parameter in self._declared(item, raw, place):
            contents = mapping(parameter.get("content"))
            media = next(iter(contents), "")
            node = parameter.get("schema", mapping(contents.get(media)).get("schema"))
            schema = self._schemas.read(node, (*at, "schema"))
            schema.confidence = schema.confidence or str(parameter.get("x-confidence") or "")
            schema.limits += [
                (word, plain(parameter[word])) for word in ("style", "explode", "allowReserved") if word in parameter
            ]
            if parameter.get("deprecated") is True:
                schema.flags.append("deprecated")
            yield Parameter(
                str(parameter.get("name")),
                str(parameter.get("in")),
                parameter.get("required") is True,
                str(parameter.get("description") or schema.description),
                schema,
                at,
                plain(parameter["x-client-default"]) if "x-client-default" in parameter else "",
            )

    def _body(self, raw: dict[str, Any], place: Place) -> Message | None:
        entry = raw.get("requestBody")
        body = resolve(self._document, entry)
        if not body:
            return None
        at = _shared_place(entry) or (*place, "requestBody")
        return Message(
            at,
            "Body",
            str(body.get("description") or ""),
            body.get("required") is True,
            list(self._contents(body, at)),
        )

    def _replies(self, raw: dict[str, Any], place: Place) -> Iterable[Message]:
        for status, entry in mapping(raw.get("responses")).items():
            if str(status).startswith("x-"):
                continue
            reply = resolve(self._document, entry)
            at = _shared_place(entry) or (*place, "responses", status)
            message = Message(at, str(status), str(reply.get("description") or ""))
            message.contents = list(self._contents(reply, at, drawn=str(status).startswith("2")))
            for name, header in mapping(reply.get("headers")).items():
                part = resolve(self._document, header)
                schema = self._schemas.read(part.get("schema"), (*at, "headers", name))
                schema.description = str(part.get("description") or schema.description)
                message.headers.append(Member(str(name), part.get("required") is True, schema))
            yield message

    def _contents(self, owner: dict[str, Any], at: Place, *, drawn: bool = True) -> Iterable[Content]:
        # Members of a component are drawn once more in bodies and good replies; error replies link to it.
        for media, part in mapping(owner.get("content")).items():
            node = mapping(part).get("schema")
            place: Place = (*at, "content", media, "schema")
            schema = self._schemas.read(node, place)
            component = self._schemas.component(node) if drawn else None
            shown = self._schemas.read(component[2], component[1]) if component else schema
            content = Content(str(media), schema, shown, schema.confidence)
            if "example" in mapping(part):
                content.examples.append(("Example", pretty(part["example"])))
            for name, raw in mapping(mapping(part).get("examples")).items():
                example = resolve(self._document, raw)
                if "value" in example:
                    content.examples.append((str(example.get("summary") or name), pretty(example["value"])))
            yield content

    def _ways_to_call(
        self, operation: Operation, item: dict[str, Any], raw: dict[str, Any], call: PythonCall | None
    ) -> None:
        document = self._document
        declared = [part for _, part in self._declared(item, raw, operation.place)]
        samples = [(part, part.get("x-client-default", media_sample(document, part))) for part in declared]
        contents = mapping(resolve(document, raw.get("requestBody")).get("content"))
        media = next(iter(contents), "")
        body = media_sample(document, mapping(contents.get(media))) if media else None
        if media.startswith("multipart/"):
            body = _with_files(body, resolve(document, mapping(contents.get(media)).get("schema")), raw)
        if operation.place[0] == "paths":
            sent = [(part, value) for part, value in samples
                    if part.get("required") is True or part.get("in") == "path" or "x-client-default" in part]  # fmt: skip
            url = server_url(document, raw, item) + operation.path
            operation.curl = curl(operation.method, url, sent, schemes_of(document, raw, self._slug), media, body)
        if call is not None:
            operation.python_name = f"{self._slug}.{call.name}"
            operation.call = call
            values = argument_values([(str(part.get("name")), value) for part, value in samples], body)
            operation.python, operation.python_async = (call.snippet(values, asynchronous=way) for way in (False, True))


def _shared_place(entry: Any) -> Place | None:
    """Return the place of the component an entry refers to: what is noted there is told wherever it is used."""
    reference = entry.get("$ref") if isinstance(entry, dict) else None
    if isinstance(reference, str) and reference.startswith("#/components/") and reference.count("/") == 3:
        return tuple(split_pointer(reference))
    return None


def _with_files(body: Any, schema: dict[str, Any], raw: dict[str, Any]) -> Any:
    """Put a file in the place of each binary member: the columns that are asked for, as the first line of one."""
    columns = [str(mapping(column).get("name")) for column in mapping(raw.get("x-csv")).get("request") or []]
    files = [name for name, part in mapping(schema.get("properties")).items() if _is_file(mapping(part))]
    return {**mapping(body), **dict.fromkeys(files, (",".join(columns) + "\n").encode())}


def _is_file(part: dict[str, Any]) -> bool:
    return part.get("format") == "binary" or "contentMediaType" in part


def _weakest(provenance: dict[str, Any]) -> str:
    words = {str(provenance[member]) for member in ("method", "path") if member in provenance}
    return next((grade for grade in GRADES if grade in words), "")


def _told(value: Any) -> str:
    return "; ".join(map(plain, value)) if isinstance(value, list) else plain(value)


def _security(ways: Any) -> str:
    if not isinstance(ways, list):
        return ""
    return " or ".join(" and ".join(map(str, mapping(way))) or "none" for way in ways) or "none"
