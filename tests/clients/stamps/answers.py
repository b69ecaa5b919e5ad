"""The answers of Stamps, one row a documented status: the body, the class it is read as, and the error it raises."""

from __future__ import annotations

from tests.clients.answers import Answered, refusals
from tests.clients.fixtures import load


def fixture(name: str) -> object:
    """Return a fixture of this vendor."""
    return load("stamps", name)


REFUSED = fixture("deductStamps/400.json")
COMMON = [
    Answered(400, "Error", REFUSED, "BadRequestError"),
    Answered(401, "Error", fixture("errors/401.json"), "AuthenticationError"),
    Answered(403, "Error", fixture("errors/403.json"), "PermissionDeniedError"),
    Answered(405, "NoneType", None, "APIStatusError"),
    *refusals(REFUSED, "Error", 429, "default"),
    *(Answered(status, "NoneType", None, "InternalServerError") for status in (500, 502, 503, 504)),
]

ANSWERS: dict[str, list[Answered]] = {
    "addStamps": [Answered(200, "AwardResult", fixture("addStamps/200.json")), *COMMON],
    "cancelAward": [
        Answered(200, "AwardResult", fixture("cancelAward/200.json")),
        *refusals(REFUSED, "Error", 404),
        *COMMON,
    ],
    "deductStamps": [Answered(200, "DeductionResult", fixture("deductStamps/200.json")), *COMMON],
}
