"""Render operations: address, grades, parameters, body, replies, with what changed and what was corrected."""

from __future__ import annotations

from typing import Any

from scripts.common.document import resolve
from scripts.common.jsonpath import Place
from scripts.review.preview.badges import extensions, grades, provenance
from scripts.review.preview.facts import Facts, operation_facts, parameter_facts, security_text, type_text
from scripts.review.preview.marks import chip, gone, state, was
from scripts.review.preview.markup import Markup, anchor, join, prose, tag
from scripts.review.preview.notes import Notes
from scripts.review.preview.reach import Reach
from scripts.review.preview.schemas import confidence, description, limits, required_word
from scripts.review.preview.shared import SharedWriter, headers

Operation = dict[str, Any]


class OperationWriter:
    """Render the operations of one document against those of its base."""

    def __init__(self, document: Operation, base: Operation | None, notes: Notes, shared: SharedWriter) -> None:
        self._document = document
        self._base = base
        self._notes = notes
        self._shared = shared
        self._reach = Reach(document, base)

    def write(self, method: str, path: str, operation: Operation, old: tuple[str, str, Operation] | None) -> Markup:
        """Render one operation as an entry of its own; `old` is the same operation of the base."""
        place: Place = ("paths", path, method.lower())
        facts = operation_facts(method, path, operation)
        before = operation_facts(*old) if old else None
        parts = [
            self._parameters(method, path, operation, old),
            self._body(place, operation, old),
            self._replies(place, operation, old),
            self._notes.take(place),
        ]
        mark = state(before, facts, compared=self._base is not None)
        inner = join(*parts)
        below = self._reach.changed(operation)
        if not mark and (below or any(f'class="chip {word}"' in inner for word in ("new", "changed", "gone"))):
            mark = "changed"
        security = operation.get("security", self._document.get("security"))
        body = join(
            tag("p", tag("code", f"{method} {path}", class_="address")),
            tag("div", prose(operation.get("description")), class_="about"),
            provenance(operation),
            was(before, facts) if before else None,
            changed_schemas(below),
            tag("p", "Credentials: ", tag("code", security_text(security)), class_="small"),
            extensions(operation),
            inner,
        )
        name = str(operation.get("operationId") or f"{method} {path}")
        return tag(
            "details",
            tag(
                "summary",
                tag("span", method, class_=f"method {method.lower()}"),
                tag("code", name, class_="name"),
                tag("span", path, class_="path"),
                tag("span", str(operation.get("summary", "")), class_="title"),
                grades(operation),
                tag("span", "deprecated", class_="chip gone") if operation.get("deprecated") else None,
                chip(mark),
                tag("span", "corrected", class_="chip corrected") if 'class="correction"' in inner else None,
            ),
            tag("div", body, class_="body"),
            id=anchor("operation", name),
            class_=f"entry operation {mark}".rstrip(),
            data_kind="operation",
        )

    def _parameters(
        self, method: str, path: str, operation: Operation, old: tuple[str, str, Operation] | None
    ) -> Markup:
        known: dict[tuple[str, str], Operation] = {}
        if old is not None and self._base is not None:
            item = self._base["paths"][old[1]]
            for raw in [*(item.get("parameters") or []), *(old[2].get("parameters") or [])]:
                parameter = resolve(self._base, raw)
                known[str(parameter.get("in")), str(parameter.get("name"))] = parameter
        rows = []
        present: set[tuple[str, str]] = set()
        for owner, place in (
            (self._document["paths"][path], ("paths", path)),
            (operation, ("paths", path, method.lower())),
        ):
            for index, raw in enumerate(owner.get("parameters") or []):
                parameter = resolve(self._document, raw)
                key = (str(parameter.get("in")), str(parameter.get("name")))
                present.add(key)
                rows.append(
                    self._parameter(
                        raw, parameter, known.get(key), (*place, "parameters", index), compared=old is not None
                    )
                )
        removed = gone([f"{name} ({where})" for where, name in known if (where, name) not in present], "parameter")
        if not rows and not removed:
            return Markup("")
        return join(tag("h4", "Parameters"), tag("div", *rows, class_="members"), removed)

    def _parameter(
        self, raw: Operation, parameter: Operation, old: Operation | None, place: Place, *, compared: bool
    ) -> Markup:
        facts = parameter_facts(parameter)
        before: Facts | None = parameter_facts(old) if old else None
        mark = state(before, facts, compared=compared)
        head = tag(
            "div",
            tag("code", str(parameter.get("name")), class_="name"),
            tag("span", f" {parameter.get('in')} ", class_="small"),
            tag("span", type_text(parameter.get("schema")), class_="type"),
            required_word(bool(parameter.get("required"))),
            confidence(parameter) or confidence(parameter.get("schema")),
            chip(mark),
            self._shared.link(raw),
            class_="line",
        )
        about = description(parameter) or description(parameter.get("schema"))
        return tag(
            "div",
            head,
            about,
            limits(facts),
            was(before, facts) if mark else None,
            self._notes.take(place),
            class_=f"member {mark}".rstrip(),
        )

    def _body(self, place: Place, operation: Operation, old: tuple[str, str, Operation] | None) -> Markup:
        raw = operation.get("requestBody")
        earlier = old[2].get("requestBody") if old else None
        if not isinstance(raw, dict):
            return gone(["request body"], "the") if earlier else Markup("")
        body = resolve(self._document, raw)
        before = resolve(self._base, earlier) if isinstance(earlier, dict) and self._base else {}
        head = tag(
            "h4", "Body", required_word(bool(body.get("required"))), chip("new") if old and not earlier else None
        )
        return join(
            head,
            description(body),
            self._shared.contents((*place, "requestBody"), body, before),
            self._notes.take((*place, "requestBody")),
        )

    def _replies(self, place: Place, operation: Operation, old: tuple[str, str, Operation] | None) -> Markup:
        responses = operation.get("responses") or {}
        known = (old[2].get("responses") or {}) if old else {}
        rows = []
        for status, raw in responses.items():
            reply = resolve(self._document, raw)
            earlier = known.get(status)
            before = resolve(self._base, earlier) if isinstance(earlier, dict) and self._base else {}
            here: Place = (*place, "responses", status)
            contents = self._shared.contents(here, reply, before)
            mark = (
                "new"
                if old and earlier is None
                else "changed"
                if before and before.get("description") != reply.get("description")
                else ""
            )
            success = status.startswith("2")
            title = tag(
                "div",
                tag("code", status, class_=f"status {'good' if success else 'bad'}"),
                " ",
                confidence(reply),
                chip(mark),
                self._shared.link(raw),
                class_="line",
            )
            rows.append(
                tag(
                    "div",
                    title,
                    description(reply),
                    headers(reply),
                    contents,
                    self._notes.take(here),
                    class_=f"member reply {mark}".rstrip(),
                )
            )
        removed = gone([status for status in known if status not in responses], "reply")
        return join(tag("h4", "Replies"), tag("div", *rows, class_="members"), removed)


def removed_operation(method: str, path: str, operation: Operation) -> Markup:
    """Write one line for an operation the base had."""
    name = str(operation.get("operationId") or f"{method} {path}")
    parts = (
        tag("span", method, class_=f"method {method.lower()}"),
        " ",
        tag("del", tag("code", name)),
        f" {path} ",
        chip("gone"),
    )
    return tag("p", *parts, class_="removed")


def changed_schemas(names: list[str]) -> Markup:
    """Link to the changed schemas an operation uses."""
    if not names:
        return Markup("")
    links = [tag("a", name, href=f"#{anchor('schema', name)}") for name in names]
    line = join(*(part for index, item in enumerate(links) for part in ((", ", item) if index else (item,))))
    return tag("p", "Changed schemas it uses: ", line, class_="was")
