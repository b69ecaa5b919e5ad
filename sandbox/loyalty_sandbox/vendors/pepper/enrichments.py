"""Award enrichments: what a reward of an external loyalty system gets on top."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import new_id, pepper, timestamp
from .pages import listed

_MEMBERS = (
    *("loyaltyRewardId", "loyaltyProvider", "title", "token", "template", "basketQualification"),
    *("dateTimeRestriction", "points", "discount", "visualisation", "excludeDiscountIds"),
)


@pepper.operation("createAwardEnrichment")
def create_enrichment(state: State, request: Request) -> Reply:
    """Create an enrichment; members that are left out are null."""
    require_admin(request)
    now = timestamp(state)
    enrichment: Document = {"_id": new_id(state), "tenantId": tenant_id(request), "created": now, "updated": now}
    enrichment |= {name: request.members.get(name) for name in _MEMBERS}
    return Reply(_shown(state.collection("enrichments").put(enrichment["_id"], enrichment)))


@pepper.operation("listAwardEnrichments")
def list_enrichments(state: State, request: Request) -> Reply:
    """List the enrichments of the tenant."""
    require_admin(request)
    return Reply(listed(request, state.collection("enrichments").find(tenantId=tenant_id(request)), _shown))


@pepper.operation("getAwardEnrichment")
def get_enrichment(state: State, request: Request) -> Reply:
    """Read an enrichment."""
    return Reply(_shown(_enrichment(state, request)))


@pepper.operation("updateAwardEnrichment")
def update_enrichment(state: State, request: Request) -> Reply:
    """Change the members that are given."""
    enrichment = _enrichment(state, request)
    enrichment |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    enrichment["updated"] = timestamp(state)
    return Reply(_shown(state.collection("enrichments").put(enrichment["_id"], enrichment)))


@pepper.operation("deleteAwardEnrichment")
def delete_enrichment(state: State, request: Request) -> Reply:
    """Delete an enrichment."""
    state.collection("enrichments").delete(_enrichment(state, request)["_id"])
    return Reply({})


def _enrichment(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, "enrichments", request.path["enrichmentId"], what="award enrichment")


def _shown(enrichment: Document) -> Document:
    return {name: value for name, value in enrichment.items() if name != "tenantId"}
