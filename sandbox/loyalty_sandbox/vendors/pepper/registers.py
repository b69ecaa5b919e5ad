"""Registers of locations, tag groups, and the one file of the settings."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import new_id, pepper, timestamp
from .errors import invalid, not_found
from .locations import own_location

_GROUP = {"id", "title", "sort", "matchAll", "tags"}
_FIXED = {"_id", "tenantId", "locationId", "created", "updated"}


@pepper.operation("createRegister")
def create_register(state: State, request: Request) -> Reply:
    """Create a register; of its members only `title` is known (PC-38)."""
    location, now = own_location(state, request), timestamp(state)
    register: Document = {"_id": new_id(state), "tenantId": location["tenantId"], "locationId": location["_id"]}
    register |= {"title": request.members["title"], "created": now, "updated": now}
    return Reply(state.collection("registers").put(register["_id"], register))


@pepper.operation("listRegisters")
def list_registers(state: State, request: Request) -> Reply:
    """List the registers of a location in a member `items` (PC-38)."""
    location = own_location(state, request)
    return Reply({"items": list(state.collection("registers").find(locationId=location["_id"]))})


@pepper.operation("getRegister")
def get_register(state: State, request: Request) -> Reply:
    """Read a register."""
    return Reply(_register(state, request))


@pepper.operation("updateRegister")
def update_register(state: State, request: Request) -> Reply:
    """Change what the body holds, except for ids and times (PC-38)."""
    register = _register(state, request)
    if not isinstance(request.members.get("title", ""), str):
        raise invalid("title must be a text.")
    register |= {name: value for name, value in request.members.items() if name not in _FIXED}
    register["updated"] = timestamp(state)
    return Reply(state.collection("registers").put(register["_id"], register))


@pepper.operation("deleteRegister")
def delete_register(state: State, request: Request) -> Reply:
    """Delete a register."""
    state.collection("registers").delete(_register(state, request)["_id"])
    return Reply({})


@pepper.operation("listLocationTagGroups")
def list_tag_groups(state: State, request: Request) -> Reply:
    """List the tag groups by their `sort`, those without it last (PC-38)."""
    groups = state.collection("tag_groups").find(tenantId=tenant_id(request))
    groups.sort(key=lambda group: ("sort" not in group, group.get("sort", 0)))
    return Reply({"items": [_shown_group(group) for group in groups]})


@pepper.operation("upsertLocationTagGroup")
def save_tag_group(state: State, request: Request) -> Reply:
    """Create a tag group, or replace the one with the id."""
    require_admin(request)
    group: Document = {name: value for name, value in request.members.items() if name in _GROUP}
    group["tenantId"] = tenant_id(request)
    return Reply(_shown_group(state.collection("tag_groups").put(_group_key(request, group["id"]), group)))


@pepper.operation("deleteLocationTagGroup")
def delete_tag_group(state: State, request: Request) -> Reply:
    """Delete a tag group."""
    require_admin(request)
    if not state.collection("tag_groups").delete(_group_key(request, request.path["locationTagGroupId"])):
        raise not_found("tag group")
    return Reply({})


@pepper.operation("uploadApplePayDomainAssociation")
def keep_domain_file(state: State, request: Request) -> Reply:
    """Keep the file of the tenant; a new one replaces it (PC-38)."""
    require_admin(request)
    upload = request.uploads.get("file")
    if upload is None or not upload.content:
        raise invalid("file is required.")
    tenant = state.collection("tenants").get(tenant_id(request)) or {}
    path = f"{tenant.get('title', '')}/.well-known/apple-developer-merchantid-domain-association.txt"
    text = upload.content.decode("utf-8", errors="replace")
    state.collection("domain_files").put(
        tenant_id(request), {"tenantId": tenant_id(request), "path": path, "content": text}
    )
    return Reply({})


def _register(state: State, request: Request) -> Document:
    location = own_location(state, request)
    register = get_own(state, request, "registers", request.path["registerId"], what="register")
    if register["locationId"] != location["_id"]:
        raise not_found("register")
    return register


def _group_key(request: Request, group_id: JSON) -> str:
    return f"{tenant_id(request)} {group_id}"


def _shown_group(group: Document) -> Document:
    return {name: value for name, value in group.items() if name != "tenantId"}
