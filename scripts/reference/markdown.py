"""The reference of a vendor as Markdown: a page a resource, a page of models, and one that leads to them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scripts.common.document import mapping, resolve
from scripts.common.layout import Vendor
from scripts.common.yaml_io import load_yaml
from scripts.reference.behaviour import behaviour_told, csv_columns, limits_told
from scripts.reference.markup import Ids, is_web_address
from scripts.reference.operations import Operation, OperationReader
from scripts.reference.python_calls import read_calls
from scripts.reference.python_models import Model, read_models
from scripts.reference.render import TEMPLATES
from scripts.reference.schemas import Schema, SchemaReader, Word
from scripts.spec.grades import operation_grade

_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """Hold one page: its path below the folder of the vendor, its title, one sentence on it, its text."""

    path: str
    title: str
    about: str
    text: str


def reference_pages(vendor: Vendor) -> list[Page]:
    """Return the pages of a vendor's effective spec and client, the leading one first.

    Raises:
        PipelineError: the effective spec cannot be read.
    """
    spec = vendor.generated / "openapi.yaml"
    document = load_yaml(spec, name=vendor.show(spec))
    package = vendor.generated / vendor.client_package
    models = read_models(package)
    ids = Ids()
    schemas = SchemaReader(document, ids)
    operations = OperationReader(document, vendor.slug, ids, schemas, read_calls(package)).read()
    resources: dict[str, list[Operation]] = {}
    for operation in operations:
        if operation.call:
            resources.setdefault(operation.call.resource, []).append(operation)
    for listed in resources.values():
        listed.sort(key=lambda item: item.python_name)
    write = _Writer(document, vendor, models, schemas)
    pages = [
        Page(
            f"{name}.md",
            name,
            ", ".join(f"{item.call.method}" for item in listed if item.call),
            write("resource", name=name, operations=listed),
        )
        for name, listed in sorted(resources.items())
    ]
    return [
        Page("index.md", write.title, f"{len(operations)} operations", write("vendor", resources=resources)),
        *pages,
        Page("models.md", "models", f"{len(models)} models", write("models")),
    ]


class _Writer:
    def __init__(self, document: dict[str, Any], vendor: Vendor, models: dict[str, Model], schemas: SchemaReader):
        self._document, self._models, self._schemas = document, models, schemas
        info = mapping(document.get("info"))
        self.title = str(info.get("x-client-name") or info.get("title") or vendor.slug)
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # noqa: S701 - it is Markdown; `text`, `cell` and `code` escape
        )
        environment.filters.update(text=text, cell=cell, code=code, indent4=_indent)
        environment.globals.update(
            slug=vendor.slug,
            title=self.title,
            info=info,
            package=vendor.client_package,
            models=models,
            schemes=mapping(mapping(document.get("components")).get("securitySchemes")),
            variables=_variables(vendor.generated / vendor.client_package, vendor.slug),
            limits=limits_told(document.get("x-rate-limit")),
            type=self.type,
            linked=self.linked,
            facts=facts,
            member_facts=self.member_facts,
            grade=lambda item: operation_grade(mapping(item.raw.get("x-provenance"))),
            behaviour_told=behaviour_told,
            csv_columns=csv_columns,
            page_of=lambda raw: url if is_web_address(url := mapping(raw.get("externalDocs")).get("url")) else "",
            mapping=mapping,
        )
        self._environment = environment

    def __call__(self, template: str, **values: Any) -> str:
        made = self._environment.get_template(f"{template}.md.jinja").render(values)
        return re.sub(r"\n{3,}", "\n\n", made).strip() + "\n"

    def type(self, words: list[Word]) -> str:
        """Write the type of a schema, models as links."""
        return "".join(
            f"[{code(word.text)}](models.md#{word.text})" if word.text in self._models else cell(word.text)
            for word in words
        )

    def linked(self, told: str) -> str:
        """Write a Python type, models as links."""
        parts = re.split(r"(\w+)", told)
        return "".join(f"[{part}](models.md#{part})" if part in self._models else cell(part) for part in parts)

    def member_facts(self, model: str, wire: str) -> str:
        """Write the limits of a member, where a component of the spec has the name of its model."""
        place = ("components", "schemas", model)
        components = mapping(mapping(self._document.get("components")).get("schemas"))
        schema = resolve(self._document, components.get(model))
        node = mapping(schema.get("properties")).get(wire)
        return facts(self._schemas.read(node, (*place, "properties", wire))) if node is not None else ""


def facts(schema: Schema) -> str:
    """Write the allowed values and limits of a schema on one line of a table."""
    values = [f"one of {', '.join(map(code, schema.values))}"] if schema.values else []
    return "; ".join([*values, *(f"{name} {code(value)}" for name, value in schema.limits), *schema.flags])


def text(value: object) -> str:
    """Write a description as Markdown that can start no HTML, no image, no heading, and link to the web only."""
    parts = _CODE.split(str(value or "").strip())
    return "".join(part if index % 2 else _escape(part) for index, part in enumerate(parts))


def cell(value: object) -> str:
    """Write a description as one cell of a table."""
    return " ".join(text(value).split()).replace("|", "\\|")


def code(value: object) -> str:
    """Write a text as code, also inside a table."""
    return f"`{' '.join(str(value).replace('`', '').split())}`".replace("|", "\\|") if str(value) else ""


def _escape(part: str) -> str:
    part = part.replace("&", "&amp;").replace("<", "&lt;").replace("![", "!\\[").replace("{:", "{ :")
    part = re.sub(r"\]\((?!https?://)", "]\\(", part)
    return re.sub(r"(?m)^(\s*)(#|===|\?\?\?|!!!)", r"\1\\\2", part)


def _indent(value: str) -> str:
    return value.replace("\n", "\n    ")


def _variables(package: Path, slug: str) -> list[str]:
    """Return the environment variables of a client's credentials: its class names the arguments."""
    told = ast.parse((package / "client.py").read_bytes())
    names = [
        re.findall(
            r"`(\w+)`", " ".join((ast.get_docstring(node) or "").split()).partition("arguments: ")[2].partition(";")[0]
        )
        for node in told.body
        if isinstance(node, ast.ClassDef)
    ]
    return [f"{slug}_{name}".upper() for name in names[0]] if names else []
