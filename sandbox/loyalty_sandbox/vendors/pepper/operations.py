"""Reading operations: what long-running work has come to."""

from __future__ import annotations

from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import pepper
from .operations_job import shown_operation
from .pages import listed


@pepper.operation("getOperation")
def get_operation(state: State, request: Request) -> Reply:
    """Read an operation; for administrators, who alone start them (PC-06)."""
    require_admin(request)
    return Reply(shown_operation(get_own(state, request, "operations", request.path["operationId"], what="operation")))


@pepper.operation("listOperations")
def list_operations(state: State, request: Request) -> Reply:
    """List the operations of the tenant that belong to no other, the oldest first; `links` is empty (PC-13)."""
    require_admin(request)
    found = state.collection("operations").find(tenantId=tenant_id(request), parentId=None)
    return Reply({**listed(request, found, shown_operation), "links": {}})


@pepper.operation("listSubOperations")
def list_sub_operations(state: State, request: Request) -> Reply:
    """List the operations that belong to an operation; none of the sandbox's imports and exports has any (PC-13)."""
    require_admin(request)
    parent = get_own(state, request, "operations", request.path["operationId"], what="operation")
    found = state.collection("operations").find(parentId=parent["_id"])
    return Reply({**listed(request, found, shown_operation), "links": {}})
