"""Generate the pydantic v2 models of one effective spec with datamodel-code-generator.

Runs in a worker process (`scripts.common.workers`).
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

from datamodel_code_generator.__main__ import main as generator
from pydantic import BaseModel

from scripts.common.document import components, mapping, members_of, walk_schemas
from scripts.common.names import allocate, attribute_name, stated_names
from scripts.common.problems import PipelineError
from scripts.generate.finish import finish_package, marked

# Every option that shapes the output is written out: a new default of the tool changes nothing here.
OPTIONS = (
    "--input-file-type=openapi",
    "--openapi-scopes=schemas",
    "--output-model-type=pydantic_v2.BaseModel",
    "--target-python-version=3.11",
    "--target-pydantic-version=2.11",
    "--disable-timestamp",
    "--use-annotated",
    "--field-constraints",
    "--snake-case-field",
    "--base-class=loyalty_runtime.pydantic_models.VendorModel",
    "--output-datetime-class=datetime",
    "--enum-field-as-literal=none",
    "--use-specialized-enum",
    "--capitalise-enum-members",
    "--set-default-enum-member",
    "--naming-strategy=full-path",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-schema-description",
    "--use-field-description",
    "--type-mappings",
    "email=string",  # pydantic's EmailStr needs a package of its own
    "--strict-refs",
    "--no-allow-remote-refs",
    # Any formatter of its own takes its line length from a pyproject.toml around the output; ours is isolated.
    "--no-formatters",
)

# What a reader must not refuse: the clients check these only in what is sent.
_LIMITS = frozenset(
    [
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    ]
)
_FORMATS = frozenset({"date", "date-time", "uuid", "binary", "int32", "int64", "float", "double"})

_INIT = '''"""Pydantic models of {slug}: for webhooks, queues and bodies of your own service."""

try:
    import pydantic  # noqa: F401
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "{package} needs pydantic, which is not installed: pip install 'loyalty-clients[pydantic]'.", name="pydantic"
    ) from missing

from .models import (
{names}
)

__all__ = ({listed})
'''


def generate_models(slug: str, document: dict[str, Any], folder: Path) -> None:
    """Write the models package of one derived document into a new folder.

    Raises:
        PipelineError: the generator warns or fails.
    """
    folder.mkdir(parents=True)
    module = folder / "models.py"
    if not components(document, "schemas"):
        (folder / "__init__.py").write_text(
            marked(slug, f'"""No schema of {slug} has a name, so there are no models."""\n'), encoding="utf-8"
        )
        finish_package(folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        readable = Path(temporary) / "openapi.json"
        readable.write_text(json.dumps(without_rivals(without_limits(document))), encoding="utf-8")
        aliases = Path(temporary) / "aliases.json"
        aliases.write_text(json.dumps(member_names(document)), encoding="utf-8")
        _run(slug, readable, aliases, module)
    code = module.read_text(encoding="utf-8")
    for kind in ("StrEnum", "IntEnum"):  # pydantic asks `_missing_`, so that a new value becomes a member of its own
        code = code.replace(f"({kind}):", f"(Open{kind}):")
    code = code.replace("from __future__ import annotations\n", f"from __future__ import annotations\n{_ENUMS}", 1)
    module.write_text(marked(slug, code), encoding="utf-8", newline="\n")
    names = sorted(node.name for node in ast.parse(code).body if isinstance(node, ast.ClassDef))
    text = _INIT.format(
        slug=slug,
        package=folder.name,
        names="\n".join(f"    {name}," for name in names),
        listed="".join(f'"{name}", ' for name in names),
    )
    (folder / "__init__.py").write_text(marked(slug, text), encoding="utf-8", newline="\n")
    finish_package(folder)


_ENUMS = "from loyalty_runtime.declared.enums import OpenIntEnum, OpenStrEnum\n"


def without_limits(node: Any, *, names: bool = False) -> Any:
    """Return a document whose schemas limit no values; `names` says that the keys are names, not keywords."""
    if isinstance(node, list):
        return [without_limits(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if not names and (key in _LIMITS or (key == "format" and value not in _FORMATS)):
            continue
        if not names and key in ("example", "examples", "default", "enum", "const"):
            kept[key] = value
        else:
            kept[key] = without_limits(value, names=not names and key in ("properties", "patternProperties", "schemas"))
    return kept


def without_rivals(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without the discriminators for which one variant has other values in another union: the tool would give it those of one."""
    chosen = [part for _, part in walk_schemas(document) if mapping(part).get("discriminator")]
    values: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for part in chosen:
        stated = mapping(part["discriminator"].get("mapping"))
        for target in stated.values():
            own = frozenset(value for value, other in stated.items() if other == target)
            values[part["discriminator"]["propertyName"], target].add(own)
    for part in chosen:
        told = part["discriminator"]
        if any(len(values[told["propertyName"], target]) > 1 for target in mapping(told.get("mapping")).values()):
            del part["discriminator"]
    return document


def member_names(document: dict[str, Any]) -> dict[str, str]:
    """Return what the tool takes as aliases: name on the wire → the one the client's models have, `Model.member` → where a model differs.

    What pydantic needs itself is left to the tool, and so are the names in schemas without a name that the rule gives to two members.
    """
    found: dict[str, str] = {}
    unnamed = [
        members_of(document, part)
        for place, part in walk_schemas({"components": {"schemas": components(document, "schemas")}})
        if len(place) > 3 and "$ref" not in mapping(part)
    ]
    # An alias for all would be refused there.
    shared = {wire for members in unnamed for wire, given in allocate(members).items() if given != attribute_name(wire)}
    for name, schema in components(document, "schemas").items():
        members = members_of(document, schema)
        for wire, given in allocate(members, stated=stated_names(members)).items():
            rule = attribute_name(wire)
            if hasattr(BaseModel, given) or given.startswith("model_"):
                continue
            if rule != wire and wire not in shared:
                found[wire] = rule
            if given != found.get(wire, wire):
                found[f"{name}.{wire}"] = given
    return found


def _run(slug: str, spec: Path, aliases: Path, module: Path) -> None:
    arguments = ["--input", str(spec), "--output", str(module.resolve()), "--aliases", str(aliases), *OPTIONS]
    words = io.StringIO()
    # The generator looks for a configuration around the working folder; in the new one there is none.
    with contextlib.chdir(module.parent), warnings.catch_warnings(), contextlib.redirect_stderr(words):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", UserWarning)
        failed = generator(arguments) != 0
    if failed or "Warning" in words.getvalue():
        lines = words.getvalue().strip().splitlines() or ["no message"]
        raise PipelineError(
            f"datamodel-code-generator: {lines[-1][:300]}", where=slug, todo="Correct the spec with an overlay."
        )
