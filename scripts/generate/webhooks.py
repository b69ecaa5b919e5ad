"""Write the webhooks of a client: those whose signature the spec states, one reader each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_python_client import Project

from scripts.common.document import mapping, resolve
from scripts.common.names import class_name, module_name, snake
from scripts.common.problems import PipelineError
from scripts.generate.descriptors import call

_KNOWN = {
    "algorithm": ("hmac-sha1", "hmac-sha256", "hmac-sha512"),
    "encoding": ("hex", "base64"),
    "payload": ("raw", "minified"),
}


@dataclass(frozen=True)
class Webhook:
    """Hold one webhook: the name in the document, its words, the model of its body, how it is signed."""

    name: str
    summary: str
    about: str
    model: str
    signature: str

    @property
    def python(self) -> str:
        """The name in Python, `level_changed`."""
        return snake(self.name)

    @property
    def model_module(self) -> str:
        """The module of the model."""
        return module_name(self.model)


def signed_body(document: dict[str, Any], item: Any) -> tuple[dict[str, Any], str] | None:
    """Return signature and name of the body's schema of a webhook; nothing where the document does not state both."""
    operation = mapping(mapping(item).get("post"))
    body = resolve(document, operation.get("requestBody") or {})
    schema = mapping(mapping(mapping(body.get("content")).get("application/json")).get("schema"))
    reference = schema.get("$ref")
    signature = operation.get("x-signature")
    if not isinstance(signature, dict) or not isinstance(reference, str) or "#/components/schemas/" not in reference:
        return None
    return signature, reference.rpartition("/")[2]


def list_webhooks(document: dict[str, Any]) -> list[Webhook]:
    """Return the webhooks of an adapted document.

    Raises:
        PipelineError: a signature is of a kind that the runtime does not know.
    """
    found = []
    for name, item in mapping(document.get("webhooks")).items():
        signed = signed_body(document, item)
        if signed is None:
            continue
        signature, model = signed
        for key, values in _KNOWN.items():
            if signature.get(key, values[0]) not in values:
                raise PipelineError(
                    f"x-signature has the {key} {signature.get(key)!r}",
                    where=f"webhooks.{name}.post",
                    todo=f"Use one of {', '.join(values)}.",
                )
        source = call(
            "Signature",
            header=signature["header"],
            algorithm=str(signature["algorithm"]).removeprefix("hmac-"),
            encoding=signature["encoding"],
            payload=signature.get("payload"),
        )
        post = item["post"]
        summary = " ".join(str(post.get("summary") or f"Read the webhook {name}").split()).rstrip(".")
        found.append(Webhook(name, summary, str(post.get("description") or ""), class_name(model), source))
    return found


def write_webhooks(project: Project, slug: str, name: str, webhooks: list[Webhook]) -> None:
    """Write the module of the webhooks into a generated package, if there are any."""
    if webhooks:
        code = project.env.get_template("facade/webhooks.py.jinja").render(slug=slug, name=name, webhooks=webhooks)
        (Path(project.package_dir) / "webhooks.py").write_text(code, encoding="utf-8")
