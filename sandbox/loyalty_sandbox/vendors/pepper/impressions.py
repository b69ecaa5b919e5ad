"""Impressions of stamps: how the sandbox encrypts one, and when it looks like an imprint.

The vendor's cipher is not known. The sandbox's is as simple as can be and protects nothing: JSON in UTF-8, combined by
exclusive or with SHA-256 of `<key> 0`, `<key> 1`, ..., in base64url without padding (PC-65).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import math
from collections.abc import Sequence
from typing import TypeAlias

from ...documents import Document, from_json, to_json

Points: TypeAlias = Sequence[Sequence[float]]
_TOLERANCE = 2.0
_MOST_POINTS = 20
_LONGEST = 10_000


def encrypt(key: str, content: Document) -> str:
    """Encrypt an impression, `{"points": [[x, y], ...], "nonce": "..."}`, as an app would."""
    return base64.urlsafe_b64encode(_combine(key, to_json(content).encode())).decode().rstrip("=")


def decrypt(key: str, impression: str) -> Document | None:
    """Decrypt an impression; None for a text that was not encrypted with this key."""
    if len(impression) > _LONGEST:
        return None
    try:
        padded = impression + "=" * (-len(impression) % 4)
        content = from_json(_combine(key, base64.b64decode(padded, altchars=b"-_", validate=True)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def is_like(points: Points, imprint: Points) -> bool:
    """Say whether two sets of points lie alike, wherever on the screen and however turned: their distances differ by 2 at most (PC-65)."""
    if len(points) != len(imprint) or not 2 <= len(points) <= _MOST_POINTS:
        return False
    pairs = zip(_distances(points), _distances(imprint), strict=True)
    return all(abs(first - second) <= _TOLERANCE for first, second in pairs)


def read_points(value: object) -> list[list[float]]:
    """Read the points of an impression; empty for anything that is no list of pairs of numbers."""
    points = value if isinstance(value, list) else []
    if all(isinstance(point, list) and len(point) == 2 and all(_is_number(part) for part in point) for point in points):
        return [[float(part) for part in point] for point in points[: _MOST_POINTS + 1]]
    return []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _distances(points: Points) -> list[float]:
    return sorted(math.dist(first, second) for first, second in itertools.combinations(points, 2))


def _combine(key: str, content: bytes) -> bytes:
    blocks = (hashlib.sha256(f"{key} {number}".encode()).digest() for number in range(len(content) // 32 + 1))
    return bytes(first ^ second for first, second in zip(content, itertools.chain.from_iterable(blocks), strict=False))
