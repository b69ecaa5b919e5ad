"""Write the facade of a client: one class per vendor, one resource per tag, one method per operation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from openapi_python_client import Project

from scripts.common.document import components, resolve
from scripts.common.names import call_of, class_stem, resource_name
from scripts.common.problems import PipelineError
from scripts.generate import descriptors
from scripts.generate.finish import marked
from scripts.generate.model_types import Argument
from scripts.generate.operation_view import OperationView
from scripts.generate.operation_words import documentation


@dataclass(frozen=True)
class Method:
    """Hold one method of a resource."""

    name: str
    view: OperationView

    @property
    def kind(self) -> str:
        """`pages`, `start` or `call`: which door of the client it goes through."""
        return "pages" if self.view.page else ("start" if self.view.long else "call")

    @property
    def arguments(self) -> list[Argument]:
        """Every argument that is no body."""
        return [*self.view.positional, *self.view.keywords]

    @property
    def overloaded(self) -> bool:
        """Tell whether the body may be given by its members."""
        return bool(self.view.members)

    def signature(self, *, form: str) -> str:
        """Write the parameters after `self`: `members`, `body` or `both` (the implementation behind the two)."""
        view = self.view
        parts = [argument.declared for argument in view.positional]
        keywords = [argument.declared for argument in view.keywords]
        if form == "body":
            parts.append(f"body: {view.body_type}" if view.body_required else f"body: {view.body_type} | Unset = UNSET")
        elif form == "both":
            parts.append(f"body: {view.body_type} | Unset = UNSET")
        elif form == "members":
            keywords = [
                argument.declared
                for argument in sorted([*view.members, *view.keywords], key=lambda item: not item.required)
            ]
        keywords.append("options: CallOptions | None = None")
        if form == "both":
            keywords.append("**_members: Any")
        return builtin(", ".join([*parts, "*", *keywords]))

    def form(self) -> str:
        """Return the one form of a method that is not overloaded."""
        return "body" if self.view.body is not None else "plain"

    @property
    def passed(self) -> str:
        """Write the arguments as they are handed to the function module."""
        pairs = [f"{argument.name}={argument.name}" for argument in self.arguments]
        if self.overloaded:
            pairs.append("body=members_or_body(body, _members)")
        elif self.view.body is not None:
            pairs.append("body=body")
        return ", ".join([*pairs, "options=options"])

    def returns(self, *, asynchronous: bool, raw: bool) -> str:
        """Write the type a method returns."""
        result = builtin(self.view.result)
        if raw:
            return f"Response[{result}]"
        if self.view.page:
            return f"{'AsyncPages' if asynchronous else 'SyncPages'}[{builtin(self.view.page[1])}, {result}]"
        if self.view.long:
            return f"{'AsyncJob' if asynchronous else 'Job'}[{result}, {builtin(self.view.final)}]"
        return result

    @cached_property
    def documentation(self) -> str:
        """The docstring, the same in both clients."""
        result = self.view.result
        kinds = {
            "pages": f"An iterator over all items; `.by_page()` walks the pages (`{result}`).",
            "start": f"A job to wait for; it starts as `{result}`.",
        }
        returns = kinds.get(
            self.kind,
            "Nothing."
            if result == "None"
            else (f"`{result}`." if result != "Any" else "The decoded JSON body; the vendor does not describe it."),
        )
        return documentation(self.view, [*self.view.positional, *self.view.members, *self.view.keywords], returns)


@dataclass(frozen=True)
class Resource:
    """Hold one resource of the facade."""

    tag: str
    about: str
    methods: list[Method]

    @property
    def attribute(self) -> str:
        """The attribute of the client, such as `guests`."""
        return resource_name(self.tag)

    @property
    def stem(self) -> str:
        """The stem of its class names, such as `GuestsResource`: no schema is named so."""
        return f"{class_stem(self.tag)}Resource"

    def imports(self) -> list[str]:
        """Return the import lines of every type in its signatures."""
        return sorted({line for method in self.methods for line in method.view.type_imports("..")})


def builtin(code: str) -> str:
    """Keep the built-in `list` apart from a method of that name in the same class."""
    return re.sub(r"\blist\[", "builtins.list[", code)


def build_resources(document: dict[str, Any], views: list[OperationView]) -> list[Resource]:
    """Return the resources in the order of the spec's tags.

    Raises:
        PipelineError: two tags make one resource.
    """
    described = {item["name"]: item.get("description", "") for item in document.get("tags") or []}
    by_tag: dict[str, list[OperationView]] = {}
    for view in views:
        by_tag.setdefault(view.operation["tags"][0], []).append(view)
    resources = []
    for tag in sorted(by_tag, key=lambda name: list(described).index(name) if name in described else len(described)):
        about = " ".join(str(described.get(tag, "")).split()) or f"Operations of {tag}."
        resources.append(Resource(tag, about, [Method(call_of(view.operation)[1], view) for view in by_tag[tag]]))
    attributes = [resource.attribute for resource in resources]
    if len(set(attributes)) < len(attributes):
        raise PipelineError(
            f"two tags make one resource: {sorted(attributes)}", where="tags", todo="Rename one of them by an overlay."
        )
    return resources


def client_class(slug: str, document: dict[str, Any]) -> str:
    """Return the name of the client: as `info` states in `x-client-name`, or from the slug."""
    return document["info"].get("x-client-name") or class_stem(slug)


def credential_arguments(document: dict[str, Any]) -> list[str]:
    """List the constructor arguments for credentials, in the order of the security schemes."""
    names: dict[str, None] = {}
    for name, raw in components(document, "securitySchemes").items():
        scheme = resolve(document, raw)
        if scheme["type"] == "oauth2":
            names.update(dict.fromkeys(["client_id", "client_secret"]))
            if "password" in scheme.get("flows", {}):
                names.update(dict.fromkeys(["username", "password"]))
            names.update(dict.fromkeys(((scheme.get("x-token-request") or {}).get("headers") or {}).values()))
            names["access_token"] = None
        elif scheme["type"] == "http" and scheme["scheme"].lower() == "basic":
            own = scheme.get("x-arguments") or {}
            names.update(dict.fromkeys([own.get(name, name) for name in ("username", "password")]))
        else:
            names.update(dict.fromkeys(((scheme.get("x-token-request") or {}).get("members") or {}).values()))
            names[scheme.get("x-argument", name)] = None
    return list(names)


def write_facade(project: Project, slug: str, document: dict[str, Any], resources: list[Resource]) -> None:
    """Write the facade modules of a generated package."""
    folder = Path(project.package_dir)
    info = document["info"]
    name = client_class(slug, document)
    shared = {
        "slug": slug,
        "name": name,
        "about": " ".join(str(info.get("summary") or info.get("description") or info["title"]).split()),
        "resources": resources,
        "credentials": credential_arguments(document),
        "vendor": vendor_fields(slug, name, document),
    }
    client_template = project.env.get_template("facade/client.py.jinja")
    resource_template = project.env.get_template("facade/resource.py.jinja")
    files = {
        "client.py": client_template.render(prefix="", **shared),
        "async_client.py": client_template.render(prefix="Async", **shared),
        "_vendor.py": project.env.get_template("facade/vendor.py.jinja").render(**shared),
        "resources/__init__.py": marked(
            slug, '"""Resources of the client, one module each, imported at first use."""\n'
        ),
    }
    files.update(
        {
            f"resources/{resource.attribute}.py": resource_template.render(resource=resource, **shared)
            for resource in resources
        }
    )
    (folder / "resources").mkdir()
    for path, code in files.items():
        (folder / path).write_text(code, encoding="utf-8")


def vendor_fields(slug: str, name: str, document: dict[str, Any]) -> list[str]:
    """Return the keyword arguments of the vendor's descriptor as Python source."""
    return [
        f"slug={slug!r}",
        f"name={name!r}",
        f"servers={descriptors.servers(document.get('servers') or [])}",
        f"schemes={descriptors.schemes(document)}",
        f"security={descriptors.security(document.get('security'))}",
        f"rate_limits={descriptors.rate_limits(document.get('x-rate-limit'))}",
    ]
