"""Points on the earth, as [longitude, latitude] in degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeGuard

from ...documents import JSON, Document

Point = Sequence[float]
_RADIUS = 6_371_000.0  # metres, of the earth


def distance(first: Point, second: Point) -> float:
    """Return the distance of two points in metres, along a great circle."""
    (long1, lat1), (long2, lat2) = (map(math.radians, point) for point in (first, second))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((long2 - long1) / 2) ** 2
    return 2 * _RADIUS * math.asin(math.sqrt(min(1.0, max(0.0, half))))


def contains(boundary: Document, point: Point) -> bool:
    """Say whether a delivery boundary holds a point.

    The page names polygons and circles without their members. The sandbox knows `coordinates`, one ring of points or the
    rings of GeoJSON, and `center` with `radius` in metres; a boundary of another form holds no point (PC-34).
    """
    center, radius = boundary.get("center", boundary.get("centre")), boundary.get("radius")
    if is_point(center) and is_number(radius):
        return distance(center, point) <= radius
    coordinates = boundary.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        return False
    rings = [coordinates] if is_point(coordinates[0]) else coordinates
    if not all(isinstance(ring, list) and all(is_point(corner) for corner in ring) for ring in rings):
        return False
    return _in_ring(rings[0], point) and not any(_in_ring(hole, point) for hole in rings[1:])


def is_point(value: JSON) -> TypeGuard[Point]:
    """Say whether a value is a longitude and a latitude."""
    if not isinstance(value, list) or len(value) != 2 or not all(is_number(part) for part in value):
        return False
    return bool(abs(value[0]) <= 180 and abs(value[1]) <= 90)


def _in_ring(ring: list[Point], point: Point) -> bool:
    """Count the edges that a line from the point to the east crosses: an odd number is inside."""
    inside, (x, y) = False, point
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def is_number(value: JSON) -> TypeGuard[float]:
    """Say whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
