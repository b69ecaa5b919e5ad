"""The answers of Stampede, one row a documented status: the body, the class it is read as, and the error it raises.

Bodies are the fixtures where there is one; the others are ours, since the vendor prints none.
"""

from __future__ import annotations

from tests.clients.answers import Answered, refusals
from tests.clients.fixtures import load

ERROR = {
    "stack": "Error: artificial",
    "code": 500,
    "message": "artificial failure",
    "url": "/v1/guests",
    "method": "GET",
    "hint": "unknown member",
}
REFUSED = {"error": "invalid_client", "error_description": "artificial failure"}
# What every call with a token may answer, and what those with a guest in their path do.
COMMON = refusals(ERROR, "Error", 401, 403, 429, "default")
NOT_FOUND = refusals(ERROR, "Error", 404)
OPEN = {"anything": ["the vendor", {"does": "not describe"}]}


def fixture(name: str) -> object:
    """Return a fixture of this vendor."""
    return load("stampede", name)


ANSWERS: dict[str, list[Answered]] = {
    "createToken": [
        Answered(200, "Token", fixture("createToken/200.json")),
        Answered(400, "TokenError", fixture("createToken/400.json"), "BadRequestError"),
        *refusals(REFUSED, "TokenError", 401, "default"),
        *refusals(ERROR, "Error", 429),
    ],
    "listVenues": [Answered(200, "VenueList", fixture("listVenues/200.json")), *COMMON],
    "listGuests": [Answered(200, "GuestList", fixture("listGuests/200.json")), *COMMON],
    "getGuest": [
        Answered(200, "GuestDetails", fixture("getGuest/200.json")),
        Answered(404, "GuestNotFound", {"message": "Not Found"}, "NotFoundError"),
        *COMMON,
    ],
    "createGuest": [
        Answered(200, "SavedGuest", fixture("createGuest/200.json")),
        Answered("2XX", "SavedGuest", fixture("createGuest/200.json")),
        Answered(400, "GuestError", fixture("createGuest/400.list.json"), "BadRequestError"),
        *COMMON,
    ],
    "listGuestTags": [Answered(200, "dict", OPEN), *NOT_FOUND, *COMMON],
    "addGuestTag": [
        Answered(200, "dict", OPEN),
        Answered(400, "NoneType", None, "BadRequestError"),
        *NOT_FOUND,
        *COMMON,
    ],
    "deleteGuestTagByName": [
        Answered(200, "GuestTagRemovalResult", fixture("deleteGuestTagByName/200.json")),
        Answered(404, "NoneType", None, "NotFoundError"),
        *COMMON,
    ],
    "createFormSubmission": [
        Answered(
            "2XX", "FormSubmission", {"organisation_id": "organisation-1", "guest_id": "guest-1", "form_id": None}
        ),
        Answered(422, "FormError", fixture("createFormSubmission/422.json"), "UnprocessableEntityError"),
        *NOT_FOUND,
        *COMMON,
    ],
    "createWifiSession": [Answered("2XX", "dict", OPEN), *NOT_FOUND, *COMMON],
    "findGuestByDevice": [Answered(200, "DeviceOwner", fixture("findGuestByDevice/200.json")), *COMMON],
    "listGuestOrders": [Answered("2XX", "list", [OPEN]), *NOT_FOUND, *COMMON],
    "createGuestOrder": [Answered("2XX", "dict", OPEN), *NOT_FOUND, *COMMON],
    "createGuestBooking": [Answered("2XX", "dict", OPEN), *NOT_FOUND, *COMMON],
    "listDeals": [Answered(200, "DealPage", fixture("listDeals/200.json")), *COMMON],
    "createDeal": [
        Answered(200, "DealResult", fixture("createDeal/200.json")),
        Answered(422, "DealError", fixture("createDeal/422.json"), "UnprocessableEntityError"),
        *COMMON,
    ],
    "searchCode": [
        Answered(200, "CodePage", fixture("searchCode/200.json")),
        Answered(422, "DealError", fixture("searchCode/422.json"), "UnprocessableEntityError"),
        *COMMON,
    ],
    "revokeCode": [
        Answered(200, "RevocationResult", fixture("revokeCode/200.json")),
        Answered("2XX", "RevocationResult", fixture("revokeCode/200.json")),
        Answered(422, "DealError", fixture("revokeCode/422.json"), "UnprocessableEntityError"),
        *COMMON,
    ],
    "sendWorkflowEvent": [
        Answered(200, "WorkflowEventResult", fixture("sendWorkflowEvent/200.json")),
        Answered(400, "WorkflowError", fixture("sendWorkflowEvent/400.json"), "BadRequestError"),
        *COMMON,
    ],
    "createWorkflowRun": [Answered("2XX", "dict", OPEN), *NOT_FOUND, *COMMON],
}
