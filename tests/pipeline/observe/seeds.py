"""The 40 ways in which the deviating Pepper deviates, each with what a report must say of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.pipeline.observe.deviating import Change, Move, Reply, also, put, rename

USERS = ("GET /pepper/users", "items.*"), ("GET|PUT /pepper/users/{id}", "")
PERKS = ("GET /pepper/perks", "items.*"), ("GET|PUT /pepper/perks/{id}", "")
LOCATIONS = ("GET /pepper/locations", "items.*"), ("GET|PUT /pepper/locations/{id}", "")
SEGMENTS = ("GET /pepper/segments", "items.*"), ("GET|PUT /pepper/segments/{id}", "")
VOUCHERS = ("GET /pepper/vouchers", "items.*"), ("GET|PUT /pepper/vouchers/{id}", "")
NOTICES = ("GET /pepper/notifications", "items.*"), ("GET|PUT /pepper/notifications/{id}", "")
RULES = ("GET /pepper/rules", "*"), ("GET|PUT /pepper/rules/{id}", "")

CONFIRMED = ["FROZEN", "NFC", "DYNAMIC"]


@dataclass(frozen=True)
class Seed:
    """One deviation; `kind` and `text` are those of the finding, `more` texts of findings that follow from it."""

    kind: str
    text: str
    deviations: tuple[Move | Reply, ...] = ()
    more: tuple[str, ...] = ()
    ignored: tuple[str, str] | None = None


def _move(kind: str, old: str, new: str) -> Seed:
    below = old.replace(" /", " /pepper/"), new.replace(" /", " /pepper/")
    text = old if kind == "method" else f"{new} "
    return Seed(kind, text, (Move(*below),))


def _said(kind: str, text: str, places: tuple[tuple[str, str], ...], member: str, change: Change, *more: str) -> Seed:
    replies = [Reply((where,), f"{path}.{member}".strip("."), change) for where, path in places]
    return Seed(kind, text, tuple(replies), more)


SEEDS = [
    _move("path", "GET /awardenrichments", "GET /awardEnrichments"),
    _move("path", "GET /subscriptionschemes", "GET /subscription-schemes"),
    _move("path", "GET /loyalty/balance", "GET /loyalty"),
    _move("path", "GET /scheduledtasks", "GET /scheduledTasks"),
    _move("path", "GET /metrics/users/definitions", "GET /usermetrics/definitions"),
    _move("path", "GET /cards", "GET /paymentcards"),
    _move("path", "POST /actions/export", "POST /actions/exports"),
    _move("path", "POST /stamps/nonce", "POST /stamps/nonces"),
    _move("path", "POST /users/lookup", "POST /users/search"),
    _move("method", "POST /vouchers/redeem", "PUT /vouchers/redeem"),
    _move("method", "PUT /perks/{perkId}", "PATCH /perks/{perkId}"),
    _move("method", "PUT /locations/{locationId}", "PATCH /locations/{locationId}"),
    _move("method", "PUT /users/{userId}", "PATCH /users/{userId}"),
    _move("method", "PUT /vouchers/{voucherId}", "PATCH /vouchers/{voucherId}"),
    _said("member", "User: member nickname", USERS, "", also(nickname="x")),
    _said("member", "Perk: member internalName", PERKS, "", rename("internalTitle", "internalName")),
    _said("member", "Location: member openingHoursText", LOCATIONS, "", rename("alternativeOpeningHoursText", "openingHoursText")),
    _said("member", "Segment: member memberCount", SEGMENTS, "", also(memberCount=3)),
    _said("member", "Voucher: member scheme", VOUCHERS, "", also(scheme={"id": "x", "title": "y"})),
    _said("required", "User: id is required", USERS, "", rename("id", "userId"), "User: member userId"),
    _said("type", "Perk.priority: string", PERKS, "priority", put("1")),
    _said("type", "Location.facilities: object", LOCATIONS, "facilities", put({"wifi": True})),
    _said("type", "Voucher.numRedemptions: string", VOUCHERS, "numRedemptions", put("3")),
    _said("type", "Segment.expiryHorizon: string", SEGMENTS, "expiryHorizon", put("60")),
    _said("type", "User.birthdate: integer", USERS, "birthdate", put(1815)),
    _said("type", "Rule.active: string", RULES, "active", put("yes")),
    _said("type", "Notification.sent: string", NOTICES, "sent", put("1")),
    _said("null", "Perk.locationIds: null", PERKS, "locationIds", put(None)),
    _said("null", "Location.description: null", LOCATIONS, "description", put(None)),
    _said("null", "Segment.title: null", SEGMENTS, "title", put(None)),
    _said("null", "Voucher.endDate: null", VOUCHERS, "endDate", put(None)),
    _said("enum", "UserState: FROZEN", USERS, "state", put("FROZEN")),
    _said("enum", "RedemptionMethod: NFC", PERKS, "redemptionMethod", put("NFC")),
    _said("enum", "SegmentType: DYNAMIC", SEGMENTS, "type", put("DYNAMIC")),
    _said("format", "Voucher.startDate: not in the format date-time", VOUCHERS, "startDate", put("31/01/2026")),
    Seed("status", "status 400 is not described", (Reply(("GET /pepper/rules/validate",), status={200: 400}),)),
    Seed("status", "status 403 is not described", (Reply(("GET /pepper/credentials",), status={200: 403}),)),
    _said("paging", "a full page has no page.nextKey", (("GET /pepper/users", "page"),), "", rename("nextKey", "next"), "Page: member next"),
    Seed("page-size", "limit is not obeyed", ignored=("/pepper/locations", "limit")),
    Seed("page-start", "startKey changes nothing", ignored=("/pepper/segments", "startKey")),
]  # fmt: skip


def spread(seeds: list[Seed]) -> tuple[list[Move | Reply], dict[str, set[str]]]:
    """Return the deviations of seeds, and the query parameters that change nothing, by path."""
    ignored = {seed.ignored[0]: {seed.ignored[1]} for seed in seeds if seed.ignored}
    return [each for seed in seeds for each in seed.deviations], ignored
