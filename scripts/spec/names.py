"""`specs/<vendor>/names.yaml`: the names that users know, for those of the vendor's file.

The effective spec keeps the vendor's names; what the file says stands beside them, as `x-client-operation`, `x-client-tag`, `x-client-method` and
`x-client-parameters` of an operation and `x-client-schema` of a schema. Everything that names something for users reads these: adapt, the pages, the sandbox.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

from scripts.common.document import components, join_pointer, operations, walk_schemas
from scripts.common.layout import Vendor
from scripts.common.names import class_name
from scripts.common.problems import PipelineError
from scripts.common.records import read_records
from scripts.common.yaml_io import dump_yaml, load_yaml

_HEADER = """The names that users of the {slug} client know, for those of the vendor's file: written by `nox -s reconcile`, reviewed by a person.
operations: the vendor's operationId, or `METHOD path` where it has none. schemas: a component, or the place of an inline schema; it stands for all equal ones."""
_Name = Annotated[str, msgspec.Meta(pattern=r"^\S+$")]
_Class = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Say what users know an operation by: our operationId, and tag, method and path parameters where they are not as in the vendor's file."""

    name: _Name
    tag: str = ""
    method: str = ""
    parameters: dict[str, str] = {}


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hold the names of one vendor."""

    operations: dict[str, _Name | Call] = {}
    schemas: dict[str, _Class] = {}


def load_names(vendor: Vendor) -> Names:
    """Read the names of a vendor; no file means none.

    Raises:
        PipelineError: a member is unknown or wrong.
    """
    where = vendor.show(vendor.names)
    raw = load_yaml(vendor.names, name=where) if vendor.names.is_file() else {}
    todo = "Give `operations` and `schemas`: the vendor's name → ours."
    return read_records(raw or {}, Names, where=where, todo=todo)


def dump_names(names: Names, *, slug: str) -> str:
    """Write a file of names; an operation that needs nothing but its name is one line."""
    written = {
        key: call.name if isinstance(call, Call) and call == Call(call.name) else msgspec.to_builtins(call)
        for key, call in names.operations.items()
    }
    return dump_yaml({"operations": written, "schemas": dict(names.schemas)}, header=_HEADER.format(slug=slug))


def apply_names(document: dict[str, Any], vendor: Vendor) -> None:
    """Put the names of a vendor's file beside those of its effective spec, which is changed.

    Raises:
        PipelineError: naming every entry that has no operation or schema, and every name that is given twice.
    """
    faults = put_names(document, load_names(vendor))
    if faults:
        todo = f"Correct the entry, or run nox -s reconcile -- {vendor.slug} --apply."
        raise PipelineError(faults[0], where=vendor.show(vendor.names), todo=todo, others=faults[1:])


def put_names(document: dict[str, Any], names: Names) -> list[str]:
    """Put names beside those of a document, which is changed; return every entry that has no operation or schema, and every name given twice."""
    return [*_name_operations(document, names), *_name_schemas(document, names.schemas)]


def _name_operations(document: dict[str, Any], names: Names) -> list[str]:
    faults, owners = [], dict[str, str]()
    left = dict(names.operations)
    for method, path, operation in operations(document):
        key = f"{method} {path}"
        given = left.pop(str(operation.get("operationId")), None) or left.pop(key, None)
        if given is None:
            continue
        call = given if isinstance(given, Call) else Call(given)
        if "x-client-method" in operation:
            faults.append(f"{key} is named here and by x-client-method: {call.name} and {operation['x-client-method']}")
        if call.name in owners:
            faults.append(f"{key} and {owners[call.name]} are both named {call.name}")
        owners[call.name] = key
        known = re.findall(r"\{([^{}]*)\}", path)
        faults += [f"{key} has no path parameter {name}" for name in call.parameters if name not in known]
        operation["x-client-operation"] = call.name
        told = {"x-client-tag": call.tag, "x-client-method": call.method, "x-client-parameters": call.parameters}
        operation.update({name: value for name, value in told.items() if value})
    return [*faults, *(f"{key} is no operation of the effective spec" for key in left)]


def _name_schemas(document: dict[str, Any], schemas: dict[str, str]) -> list[str]:
    faults, owners = [], dict[str, str]()
    inline = {join_pointer(place): part for place, part in walk_schemas(document)} if schemas else {}
    for key, name in schemas.items():
        part: Any = inline.get(key) if key.startswith("#/") else components(document, "schemas").get(key)
        if not key.startswith("#/") and part is not None:
            other = owners.setdefault(class_name(name), key)
            faults += [f"the schemas {other} and {key} are both named {name}"] if other != key else []
        if not isinstance(part, dict):
            faults.append(f"{key} is no schema of the effective spec")
        elif "$ref" in part:
            faults.append(f"{key} refers to {part['$ref']}: name that")
        else:
            part["x-client-schema"] = name
    return faults
