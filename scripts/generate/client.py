"""Generate one client package with openapi-python-client and our template pack.

Runs in a worker process (`scripts.common.workers`), so that vendors go in parallel; by hand as `python -m scripts.generate.client SLUG SPEC FOLDER`.
"""

from __future__ import annotations

import contextlib
import copy
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openapi_python_client
from jinja2 import Template
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData, openapi
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import PythonIdentifier

from scripts.common.document import operations
from scripts.common.layout import ROOT
from scripts.common.names import shown_title
from scripts.common.problems import PipelineError, run
from scripts.common.yaml_io import load_yaml
from scripts.generate.calls import list_calls
from scripts.generate.carried import Carried, carry
from scripts.generate.discriminators import discriminators
from scripts.generate.expressions import Expressions
from scripts.generate.facade import build_resources, client_class, write_facade
from scripts.generate.finish import finish_package, marked
from scripts.generate.model_facts import ModelFacts
from scripts.generate.model_types import constructor_argument, constructor_lines, model_doc, read_type
from scripts.generate.naming import apply_names, with_tokens
from scripts.generate.operation_descriptor import descriptor_class, descriptor_fields, long_fields, rules
from scripts.generate.operation_view import OperationView
from scripts.generate.operation_words import grade, summary
from scripts.generate.template_helpers import (
    client_doc,
    doc,
    import_as_itself,
    lazy_entry,
    literal,
    member_names,
    needed,
    text,
    wrap,
)
from scripts.generate.webhooks import list_webhooks, write_webhooks

GENERATOR = "0.29.1"
# For each operation the generator copies every model that it reaches, twice to thrice; what it changes is the operation alone.
setattr(openapi, "deepcopy", copy.copy)  # noqa: B010 - a name it imports
TEMPLATES = ROOT / "scripts" / "generate" / "templates"
# What templates call by its own name.
HELPERS: tuple[Callable[..., object], ...] = (
    literal,
    doc,
    member_names,
    wrap,
    model_doc,
    read_type,
    constructor_argument,
    constructor_lines,
    client_doc,
    import_as_itself,
    lazy_entry,
    summary,
    grade,
    descriptor_class,
    descriptor_fields,
    long_fields,
)


class _Module(Template):
    def render(self, *args: Any, **kwargs: Any) -> str:
        return marked(str(self.globals["slug"]), super().render(*args, **kwargs))


def generate_client(slug: str, document: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Write the client package of one effective spec into an empty folder, formatted and marked; return its calls (`list_calls`).

    Raises:
        PipelineError: the generator warns or fails, has another version, or the formatter fails.
    """
    if openapi_python_client.__version__ != GENERATOR:
        raise PipelineError(
            f"openapi-python-client {openapi_python_client.__version__} is installed",
            where=slug,
            todo=f"The templates are tied to {GENERATOR}: install that.",
        )
    config = Config.from_sources(
        ConfigFile(package_name_override=folder.name, project_name_override=folder.name, post_hooks=[]),
        MetaType.NONE,
        Path("openapi.yaml"),
        "utf-8",
        True,
        folder,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        carried = carry(document)
        parsed, tokens = with_tokens(carried.document)
        data = GeneratorData.from_dict(parsed, config=config)
        if isinstance(data, GeneratorError):
            raise PipelineError(
                f"the generator refuses the spec: {_describe(data)}", where=slug, todo="Correct it with an overlay."
            )
        facts = ModelFacts(document, config)
        apply_names(data, facts, tokens)
        project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
        expressions = Expressions(discriminators(document))
        views = make_views(slug, document, data, expressions, carried)
        project.env.globals.update(template_globals(slug, document, expressions, views))
        project.env.globals["facts"] = facts
        project.env.template_class = _Module
        project.env.filters.update(wire=text, needed=needed)
        problems = project.build()
        resources = build_resources(document, views)
        write_facade(project, slug, document, resources)
        write_webhooks(project, slug, client_class(slug, document), list_webhooks(document))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise PipelineError(
            f"the generator warns: {_describe(problems[0])}{more}",
            where=slug,
            todo="Correct it with an overlay; nothing may be dropped.",
        )
    finish_package(folder)
    return list_calls(resources)


def make_views(
    slug: str, document: dict[str, Any], data: GeneratorData, expressions: Expressions, carried: Carried
) -> list[OperationView]:
    """Join every endpoint of the generator with its operation in the effective spec."""
    paths = {PythonIdentifier(operation["operationId"], "field_"): path for _, path, operation in operations(document)}
    endpoints = [
        endpoint for collection in data.endpoint_collections_by_tag.values() for endpoint in collection.endpoints
    ]
    views = []
    for endpoint in endpoints:
        path = paths[PythonIdentifier(endpoint.name, "field_")]
        more = carried.replies[endpoint.method.upper(), path]
        views.append(OperationView(slug, document, endpoint, path, expressions, more))
    by_id = {view.id: view for view in views}
    for view in views:
        view.siblings = by_id
    return views


def template_globals(
    slug: str, document: dict[str, Any], expressions: Expressions, views: list[OperationView]
) -> dict[str, Any]:
    """Return what our templates use beyond the generator's own names."""
    by_endpoint = {id(view.endpoint): view for view in views}
    info = document["info"]
    return {
        "slug": slug,
        "read_member": expressions.read_member,
        "hoisted": expressions.hoisted,
        "reader": expressions.reader,
        "write": expressions.write,
        "is_plain": expressions.is_plain,
        "rules_of": rules,
        "operation_view": lambda endpoint: by_endpoint[id(endpoint)],
        "client_name": client_class(slug, document),
        "package_about": f"Typed client of {shown_title(info)}.",
        **{helper.__name__: helper for helper in HELPERS},
    }


def _describe(problem: GeneratorError) -> str:
    parts = [str(part) for part in (problem.header, problem.detail) if part]
    return " ".join(" ".join(parts).split())[:400]


def main() -> int:
    """Generate from the command line: SLUG SPEC FOLDER."""
    slug, spec, folder = sys.argv[1:4]
    generate_client(slug, load_yaml(Path(spec), name=f"{slug}/openapi.yaml"), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
