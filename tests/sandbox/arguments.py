"""Arguments for a call of every operation: the examples of the effective spec, and others where these fit no first state."""

from __future__ import annotations

from typing import Any

from loyalty_runtime.types import File
from loyalty_sandbox.core.examples import build
from loyalty_sandbox.core.spec import Operation, preferred
from tests.clients.rows import python_name
from tests.sandbox.credentials import AUTHENTICATION, CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.sandbox.test_orderingstack import CAMPAIGN

_MOBILE = {"provider": "MOBILE", "id": "+442079460001", "password": PASSWORD}

PATHS: dict[str, dict[str, str]] = {"putCampaign": {"campaign": "campaign-0100"}}
BODIES: dict[str, object] = {
    "getAccessToken": {"token": AUTHENTICATION, "crm_merchant_id": 1},
    "createToken": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"},
    "putCampaign": CAMPAIGN,
    "postCampaign": CAMPAIGN,
    "createCredential": {"provider": "EMAIL", "id": "grace@example.com"},
    "createUser": {"firstName": "Grace", "lastName": "Example", "credentials": [_MOBILE]},
    "resetPassword": {"id": "ada@example.com"},
}
# Members that replace those of the example; None leaves one out.
MEMBERS: dict[str, dict[str, object]] = {
    "createNotification": {"locationIds": None, "segmentIds": None, "global": None},
    "createRegistration": {"email": "new@example.com", "mobile_number": "+442079460009"},
    "createPartialRegistration": {"user": "new@example.com"},
    "debitBalance": {"user": 2005},  # whose second balance is not empty
    "createVoucher": {"code": "AUTUMN26"},
    "addUserMetricCondition": {"metricId": None, "operator": "IS_IN_SEGMENT", "value": "0000000000000000000000e1"},
}


def arguments(operation: Operation) -> tuple[list[Any], dict[str, Any]]:
    """Make the positional and named arguments of a call: the path, what is required of query and headers, the body."""
    positional, named = [], {}
    for parameter in operation.parameters:
        name = parameter.name
        value = parameter.raw.get("example", build(parameter.schema))
        if parameter.where == "path":
            value = PATHS.get(operation.operation_id, {}).get(name, value)
            positional.append((operation.template.index(f"{{{name}}}"), value))
        elif parameter.required:
            named[python_name(name, {})] = value
    if operation.taken:
        named["body"] = _body(operation)
    return [value for _, value in sorted(positional, key=lambda pair: pair[0])], named


def _body(operation: Operation) -> object:
    media_type, media = preferred(operation.taken)
    if media_type == "multipart/form-data":
        return {"file": File(b"user_id\nnobody\n", "rows.csv")}
    name = operation.operation_id
    if name in BODIES:
        return BODIES[name]
    example = media["example"] if "example" in media else build(media.at("schema"))
    changes = MEMBERS.get(name, {})
    if not changes:
        return example
    assert isinstance(example, dict)
    return {member: value for member, value in {**example, **changes}.items() if value is not None}
