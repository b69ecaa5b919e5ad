"""Arguments for a call of every operation: the examples of the effective spec, and others where these fit no first state."""

from __future__ import annotations

import base64
from typing import Any

from loyalty_runtime.types import File
from loyalty_sandbox.documents import Document, to_json
from loyalty_sandbox.examples import build_example
from loyalty_sandbox.operations import Operation, resolve
from loyalty_sandbox.vendors.pepper.base import PASSWORD
from loyalty_sandbox.vendors.pepper.seed import ADA, LOCATION, PERK
from loyalty_sandbox.vendors.stampede.base import CLIENT_ID, CLIENT_SECRET
from tests.clients.rows import python_name
from tests.sandbox.orderingstack.people import campaign

_TOKEN = ".".join(base64.urlsafe_b64encode(part).decode() for part in (b"{}", to_json({"sub": "1"}).encode(), b"-"))
_MOBILE = {"provider": "MOBILE", "id": "+442079460001", "password": PASSWORD}
_ADDRESS = {"line1": "1 Example Street", "city": "London", "country": "GB"}

# Values of path parameters.
PATHS: dict[str, dict[str, str]] = {
    "putCampaign": {"campaign": "campaign-0100"},
    "previewCampaign": {"campaign": "campaign-0002"},
    "initializeCampaign": {"campaign": "campaign-0002"},
}
# Bodies whole.
BODIES: dict[str, object] = {
    "createToken": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"},
    "putCampaign": campaign(),
    "postCampaign": campaign(),
    "geocodeAddress": _ADDRESS,
    "createCheckin": {"locationId": LOCATION},
    "createCredential": {"provider": "EMAIL", "id": "grace@example.com"},
    "createUser": {"firstName": "Grace", "lastName": "Example", "credentials": [_MOBILE]},
    "loginWithSso": {"idToken": _TOKEN, "firstName": "Grace", "lastName": "Example"},
    "resetPassword": {"id": "ada@example.com"},
    "updateSubscriptionScheme": {"title": "Tea club"},
}
# Members that replace those of the example; None leaves one out.
MEMBERS: dict[str, dict[str, object]] = {
    "createNotification": {"locationIds": None, "segmentIds": None, "global": None},
    "createVoucher": {"code": "AUTUMN26"},
    "addUserMetricCondition": {"metricId": None, "operator": "IS_IN_SEGMENT", "value": "0000000000000000000000e1"},
}
_DEFAULT_FILE = f"user_id\n{ADA}\n"
FILES: dict[str, str] = {
    "importAwards": f"user_id,perk_id,points\n{ADA},{PERK},5\n",
    "importLocations": "title,geo_longitude,geo_latitude\nExample Square,-0.1,51.5\n",
    "importUsers": "user_first_name,user_last_name,opt_in_marketing,email\nGrace,Example,TRUE,grace@example.com\n",
}


def arguments(spec: Document, operation: Operation) -> tuple[list[Any], dict[str, Any]]:
    """Make the positional and named arguments of a call: the path, what is required of query and headers, the body."""
    positional, named = [], {}
    for given in operation.raw.get("parameters", []):
        parameter: Any = resolve(spec, given)
        name = parameter["name"]
        value = parameter.get("example", build_example(spec, parameter.get("schema", {})))
        if parameter["in"] == "path":
            value = PATHS.get(operation.operation_id, {}).get(name, value)
            positional.append((operation.template.index(f"{{{name}}}"), value))
        elif parameter.get("required"):
            named[python_name(name, {})] = value
    body = resolve(spec, operation.raw.get("requestBody", {}))
    content = body.get("content", {}) if isinstance(body, dict) else {}
    if content:
        named["body"] = _body(spec, operation.operation_id, content)
    return [value for _, value in sorted(positional, key=lambda pair: pair[0])], named


def _body(spec: Document, name: str, content: Document) -> object:
    media_type, media = next(iter(content.items()))
    if media_type == "multipart/form-data":
        return {"file": File(FILES.get(name, _DEFAULT_FILE).encode(), "rows.csv")}
    if name in BODIES:
        return BODIES[name]
    example = media["example"] if "example" in media else build_example(spec, media["schema"])
    changes = MEMBERS.get(name, {})
    if not changes:
        return example
    assert isinstance(example, dict)
    return {member: value for member, value in {**example, **changes}.items() if value is not None}
