"""Locations as rows of a CSV file, and back: dots for nested members, `|` in lists, JSON in columns that end in `_json`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...documents import JSON, Document, from_json, to_json

TEXTS = (
    *("state", "description", "timezone", "VATnumber", "mainImageUrl", "listingImageUrl", "mapPinImageUrl"),
    "alternativeOpeningHoursText",
)
LISTS = ("facilities", "regions", "tags")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAPS = {
    "address": ("line1", "line2", "city", "region", "postalCode", "country"),
    "contacts": ("phone", "email"),
    "services": (
        *("checkins", "pre_order", "book_table", "book_room", "delivery", "dine_in", "tab", "order_to_table"),
        "pay_at_table",
    ),
    "openingHours": DAYS,
}
JSONS: dict[str, type] = {
    "ordering": dict,
    "buttons": list,
    "extended": dict,
    "beacons": list,
    "deliveryBoundaries": dict,
}
_STATES = ("PENDING", "ACTIVE", "RETIRED")
_ZONE = re.compile(r"zones\.(\d{1,3})\.(name|tables)")
_LINK = re.compile(r"links\.([^.]+)\.(enabled|parameters)")
_BOOLEANS = {"true": True, "false": False}


def read_row(row: dict[str, str]) -> tuple[Document, list[str]]:
    """Read a row into members of a location, and list what is wrong with it; empty cells are left out (PC-39)."""
    members: Document = {}
    errors: list[str] = []
    if row.get("title"):
        members["title"] = row["title"]
    else:
        errors.append("title missing")
    geo = [_degrees(row, "geo_longitude", 180, errors), _degrees(row, "geo_latitude", 90, errors)]
    if None not in geo:
        members["geo"] = geo
    members |= {name: row[name] for name in TEXTS if row.get(name)}
    if members.get("state", "ACTIVE") not in _STATES:
        errors.append(f"state must be one of {', '.join(_STATES)}")
    members |= {name: [part.strip() for part in row[name].split("|")] for name in LISTS if row.get(name)}
    for name, parts in MAPS.items():
        cells = {part: row[f"{name}.{part}"] for part in parts if row.get(f"{name}.{part}")}
        if cells:
            members[name] = (
                {p: _boolean(c, f"{name}.{p}", errors) for p, c in cells.items()} if name == "services" else cells
            )
    for name, kind in JSONS.items():
        if row.get(f"{name}_json"):
            members[name] = _json(row[f"{name}_json"], f"{name}_json", kind, errors)
    return members | _zones(row, errors) | _links(row, errors), errors


def write_row(location: Document) -> Document:
    """Write a location as a row; its columns are those that have a value."""
    row: Document = {name: location.get(name) for name in ("title", "_id", *TEXTS)}
    row |= {"geo_longitude": location["geo"][0], "geo_latitude": location["geo"][1]}
    row |= {name: "|".join(location.get(name, [])) for name in LISTS}
    for name, parts in MAPS.items():
        row |= {f"{name}.{part}": location[name].get(part) for part in parts if name in location}
    row |= {f"{name}_json": to_json(location[name]) for name in JSONS if location.get(name)}
    for number, (key, zone) in enumerate(location.get("zones", {}).items()):
        row[f"zones.{number}.name"] = zone.get("name", key)
        row[f"zones.{number}.tables"] = to_json(zone.get("tables", []))
    for provider, link in location.get("links", {}).items():
        row |= {f"links.{provider}.{part}": link.get(part) for part in ("enabled", "parameters")}
    return row


def columns(locations: Iterable[Document]) -> list[str]:
    """List the columns that some locations need: the fixed ones, then those of their zones and links."""
    fixed = ["title", "geo_longitude", "geo_latitude", "_id", *TEXTS, *LISTS]
    fixed += [f"{name}.{part}" for name, parts in MAPS.items() for part in parts] + [f"{name}_json" for name in JSONS]
    found = dict.fromkeys(name for location in locations for name in write_row(location))
    return [*fixed, *(name for name in found if name not in fixed)]


def _degrees(row: dict[str, str], name: str, most: int, errors: list[str]) -> float | None:
    try:
        value = float(row.get(name, ""))
    except ValueError:
        errors.append(f"{name} invalid or missing")
        return None
    if not -most <= value <= most:
        errors.append(f"{name} must be between -{most} and {most}")
        return None
    return value


def _boolean(text: str, name: str, errors: list[str]) -> bool | None:
    if text.lower() not in _BOOLEANS:
        errors.append(f"{name} must be true or false")
    return _BOOLEANS.get(text.lower())


def _json(text: str, name: str, kind: type, errors: list[str]) -> JSON:
    try:
        value = from_json(text)
    except (ValueError, RecursionError):
        value = None
    items = value if isinstance(value, list) else []
    if not isinstance(value, kind) or not all(isinstance(item, dict | list) for item in items):
        errors.append(f"{name} is not valid JSON of its kind")
    return value


def _zones(row: dict[str, str], errors: list[str]) -> Document:
    """Read `zones.N.…` into an object whose keys are the names of the zones."""
    cells: dict[int, dict[str, str]] = {}
    for name, text in row.items():
        found = _ZONE.fullmatch(name)
        if found and text:
            cells.setdefault(int(found[1]), {})[found[2]] = text
    zones: Document = {}
    for number, cell in sorted(cells.items()):
        if "name" not in cell:
            errors.append(f"zones.{number}.name missing")
            continue
        tables = _json(cell.get("tables", "[]"), f"zones.{number}.tables", list, errors)
        if isinstance(tables, list) and not all(_is_range(pair) for pair in tables):
            errors.append(f"zones.{number}.tables must be ranges such as [[1,10]]")
        zones[cell["name"]] = {"name": cell["name"], "tables": tables}
    return {"zones": zones} if zones else {}


def _is_range(value: JSON) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(number) is int for number in value)


def _links(row: dict[str, str], errors: list[str]) -> Document:
    links: dict[str, Document] = {}
    for name, text in row.items():
        found = _LINK.fullmatch(name)
        if found and text:
            value = _boolean(text, name, errors) if found[2] == "enabled" else text
            links.setdefault(found[1], {})[found[2]] = value
    return {"links": links} if links else {}
