"""Who calls in these tests, and the campaigns they write."""

from __future__ import annotations

from typing import Any

from loyalty_sandbox.vendors.orderingstack.base import APP_ID, PASSWORD, SERVICE_ID, SERVICE_SECRET, TENANT

EVERYBODY = [{"field": "header.created", "op": "EXISTS"}]
REGULARS = [{"field": "counters.visits", "op": "GTE", "value": ["5"]}]


def credentials(name: str) -> dict[str, str]:
    """Return constructor arguments of the client: of the service, or of a user of the seed."""
    if not name:
        return {"client_id": SERVICE_ID, "client_secret": SERVICE_SECRET, "tenant": TENANT}
    return {"client_id": APP_ID, "tenant": TENANT, "username": name, "password": PASSWORD}


def campaign(campaign_id: str = "campaign-0100", /, **members: Any) -> dict[str, Any]:
    """Return a campaign with a message state and a coupon state for accounts with five visits."""
    states = [{"id": "hello", "transitionTo": "gift", "type": "MESSAGE"}, {"id": "gift", "type": "COUPON"}]
    body = {"id": campaign_id, "type": "STANDARD", "name": "Free coffee", "constraints": REGULARS, "states": states}
    return {**body, **members}
