"""Every member, value and limit that the evidence's pages name in their sections on shapes and lists is in the effective spec."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.spec.effective import Effective
from tests.specs.evidence.made import effective_of

# Sections with shapes, closed lists and columns, by the start of their headings.
SECTIONS = {
    "orderingstack": ("## 7. ",),
    "pepper": ("## 5. ", "## 6. ", "## 9. ", "## 10. "),
    "stampede": ("### 1.4 ", "### 1.5 ", "## 2. "),
    "stamps": ("## 2. ",),
}
# Identifiers of those sections that name no part of an API.
OTHER_WORDS = {
    "orderingstack": {"AbstractCampaignNotification", "ApiAccount"},  # names of two shapes in older texts
    # Labels of sources; words and notation; a name that P-11 corrects.
    "pepper": {"AWD", "HUB", "MIDAS", "NOTE", "PERK", "SPID", "PointPerk", "SSO", "notificationId"},
    "stampede": {"DELETE", "PUT", "URL", "UUID", "n"},  # methods, words, notation
    "stamps": {"stamps_api"},  # a file of the vendor
}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMPOUND = re.compile(r"_|[a-z][A-Z]|^[A-Z]{3,}$")


def section(text: str, start: str) -> str:
    """Return one section of a page, its subsections included."""
    level = start.split(" ")[0]
    found = re.search(rf"^{re.escape(start)}.*?(?=^#{{1,{len(level)}}} |\Z)", text, flags=re.M | re.S)
    assert found, f"the page has no section {start!r}"
    return found[0]


def identifiers(text: str) -> set[str]:
    """Return the words that can only be names or values: quoted ones, and those in camelCase, snake_case or capitals."""
    quoted = {word for part in re.findall(r"`([^`]+)`", text) for word in _IDENTIFIER.findall(part)}
    return quoted | {word for word in _IDENTIFIER.findall(text) if _COMPOUND.search(word)}


def vocabulary(node: Any, place: str = "") -> set[str]:
    """Collect names of members, parameters, headers and columns, values, statuses, and the words of descriptions; where from is left out."""
    if place in ("x-provenance", "x-evidence-ids"):
        return set()
    if isinstance(node, dict):
        own = {word for key in node for word in (key, *_IDENTIFIER.findall(key))} if place in _NAMING else set()
        return own.union(*(vocabulary(value, "" if place in _NAMING else key) for key, value in node.items()))
    if isinstance(node, list):
        return set().union(*(vocabulary(value, place) for value in node))
    words = {str(node)} if place in _VALUES else set()
    return (
        words | set(_IDENTIFIER.findall(node)) if isinstance(node, str) and (words or place == "description") else words
    )


_NAMING = {"properties", "schemas", "responses", "headers", "securitySchemes", "content", "paths", "x-pagination"}
_VALUES = {
    "enum",
    "const",
    "default",
    "examples",
    "example",
    "value",
    "name",
    "type",
    "format",
    "pattern",
    "next",
    "tags",
    "operationId",
}


def unknown(vendor: Vendor, document: dict[str, Any]) -> set[str]:
    """Return the identifiers of the sections on shapes that a document lacks."""
    text = vendor.evidence.read_text(encoding="utf-8")
    named = set().union(*(identifiers(section(text, start)) for start in SECTIONS[vendor.slug]))
    assert len(named) > 20
    return named - vocabulary(document)


def test_every_name_of_the_shapes_is_known(vendor: Vendor, effective: Effective) -> None:
    """No member, enum value, column or parameter of the sections is unknown to the effective spec."""
    assert unknown(vendor, effective.document) == OTHER_WORDS[vendor.slug]


@pytest.mark.parametrize(
    ("slug", "name", "member"),
    [
        ("orderingstack", "Account", "importantTags"),
        ("pepper", "User", "hasProfilePhoto"),
        ("stampede", "VenueBranding", "interfaceColor"),
        ("stamps", "Membership", "is_blocked"),
    ],
)
def test_lost_member_is_seen(slug: str, name: str, member: str) -> None:
    """The comparison above sees a member that the spec loses."""
    vendor = find_vendors([slug])[0]
    document = copy.deepcopy(effective_of(vendor).document)
    del document["components"]["schemas"][name]["properties"][member]
    assert member in unknown(vendor, document)


# Limits of the pages: schema or parameter, keyword, value.
LIMITS = [
    ("pepper", "schemas", ("SegmentUserIds",), "maxItems", 100),
    ("pepper", "schemas", ("CreateVoucherRequest", "properties", "title"), "maxLength", 255),
    ("pepper", "schemas", ("CreateVoucherRequest", "properties", "code"), "minLength", 1),
    ("pepper", "schemas", ("CreateVoucherRequest", "properties", "numRedemptionsPerUser"), "minimum", 1),
    ("pepper", "schemas", ("NewStamp", "properties", "locationId"), "pattern", "^[0-9a-fA-F]{24}$"),
    ("pepper", "schemas", ("AutoTopUp", "properties", "trigger"), "default", 10),
    ("pepper", "schemas", ("Geo",), "maxItems", 2),
    ("orderingstack", "schemas", ("Constraint", "properties", "field"), "maxLength", 64),
    ("orderingstack", "schemas", ("Constraint", "properties", "value"), "maxItems", 16),
    ("orderingstack", "schemas", ("CampaignStateDefinition", "properties", "id"), "maxLength", 32),
    ("orderingstack", "schemas", ("CampaignNotification", "properties", "image"), "maxLength", 256),
    ("orderingstack", "schemas", ("Consents", "properties", "transaction"), "maxLength", 128),
    ("orderingstack", "schemas", ("Account", "properties", "coupons"), "uniqueItems", True),
    ("stampede", "schemas", ("NewFormSubmission", "properties", "venue_id"), "pattern", "^[a-zA-Z0-9]{12}$"),
    ("stampede", "schemas", ("GuestTagRemoval", "properties", "tag_name"), "maxLength", 255),
]


@pytest.mark.parametrize(
    ("slug", "kind", "way", "keyword", "value"),
    LIMITS,
    ids=lambda part: ".".join(part) if isinstance(part, tuple) else str(part),
)
def test_limits_outside_the_operations_file(
    slug: str, kind: str, way: tuple[str, ...], keyword: str, value: object
) -> None:
    """A limit that stands in the pages' tables is in the schema it belongs to."""
    node = effective_of(find_vendors([slug])[0]).document["components"][kind]
    for step in way:
        node = node[step]
    assert value == node[keyword]


def test_lists_have_as_many_values_as_the_page_counts() -> None:
    """The two long lists of Pepper have the number of values their pages state."""
    schemas = effective_of(find_vendors(["pepper"])[0]).document["components"]["schemas"]
    assert len(schemas["OrderPaymentType"]["enum"]) == 15
    assert len(schemas["EventType"]["enum"]) == 38
    assert set(schemas["UserMetricType"]["enum"]) - set(schemas["EventType"]["enum"]) == {"TIPS_GIVEN", "POINTS_EARNED"}
