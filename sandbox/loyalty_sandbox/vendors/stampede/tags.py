"""Tags of guests; the bodies of the first two calls are the sandbox's own (SC-12)."""

from __future__ import annotations

from ...exchange import Reply, Request
from ...state import State
from .base import stampede
from .errors import invalid
from .organisation import organisation_id, path_guest, touch


@stampede.operation("listGuestTags")
def list_guest_tags(state: State, request: Request) -> Reply:
    """List the tags of a guest with their names."""
    guest = path_guest(state, request)
    tags = state.collection("tags")
    links = state.collection("guest_tags").find(organization_registration_id=guest["id"])
    found = [tag for tag in (tags.get(link["tag_id"]) for link in links) if tag]
    return Reply({"data": [{"id": tag["id"], "name": tag["name"]} for tag in found]})


@stampede.operation("addGuestTag")
def add_guest_tag(state: State, request: Request) -> Reply:
    """Attach a tag, which a new name creates; a second time changes nothing."""
    guest = path_guest(state, request)
    name = str(request.members["name"]).strip()
    if not 1 <= len(name) <= 255:
        raise invalid(request, "name", "must have 1 to 255 characters")
    organisation = organisation_id(request)
    tag = state.collection("tags").first(organization_id=organisation, name=name)
    if tag is None:
        tag = {"id": state.next_guid("tag", prefix=0xC), "organization_id": organisation, "name": name}
        state.collection("tags").put(tag["id"], tag)
    links = state.collection("guest_tags")
    if links.first(organization_registration_id=guest["id"], tag_id=tag["id"]) is None:
        link = state.next_guid("guest tag", prefix=0xB)
        links.put(link, {"id": link, "organization_registration_id": guest["id"], "tag_id": tag["id"]})
    touch(state, guest)
    return Reply({"id": tag["id"], "name": tag["name"]})


@stampede.operation("deleteGuestTagByName")
def delete_guest_tag(state: State, request: Request) -> Reply:
    """Detach a tag; the answer says whether the guest had it."""
    guest = path_guest(state, request)
    name = request.members["tag_name"]
    tag = state.collection("tags").first(organization_id=organisation_id(request), name=name)
    links = state.collection("guest_tags")
    link = links.first(organization_registration_id=guest["id"], tag_id=tag["id"]) if tag else None
    if link is None:
        return Reply({"message": "Tag not found on customer profile"})
    links.delete(link["id"])
    touch(state, guest)
    return Reply({"message": "Tag removed from customer profile"})
