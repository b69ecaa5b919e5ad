"""Find which operation of the transcription is which of the vendor's file.

Five passes, surest first: equal operationId; equal method and path apart from parameter names; the same path alone, or with another version or
in the plural; equal title; likeness of title, path, parameters, body, tags and method. A likeness counts only if it is high and clearly above the next one: a wrong match would call a wrong path right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scripts.reconcile.operation import Operation

THRESHOLD = 0.6
MARGIN = 0.05
_MENTION = 0.4

By = Literal["operationId", "path", "near path", "title", "likeness"]

# Words that say the same in titles of operations.
_SAME = {
    "list": "get",
    "fetch": "get",
    "retrieve": "get",
    "read": "get",
    "add": "create",
    "new": "create",
    "remove": "delete",
    "edit": "update",
    "modify": "update",
}
_IDLE = frozenset({"a", "an", "the", "all", "of", "by", "for", "to", "id", "with"})


@dataclass(frozen=True)
class Match:
    """Pair an operation of the transcription with one of the vendor's file; `likeness` is 1.0 unless matched by it."""

    before: Operation
    after: Operation
    by: By
    likeness: float = 1.0

    @property
    def wrong(self) -> tuple[str, ...]:
        """Say what the transcription had otherwise: `method`, `path` below the host; names of path parameters do not count."""
        pairs = {
            "method": self.before.method == self.after.method,
            "path": self.before.full_shape == self.after.full_shape,
        }
        return tuple(part for part, right in pairs.items() if not right)

    def grade(self, part: str) -> str:
        """Return the grade the transcription gave to `method` or `path`."""
        return str(self.before.provenance.get(part, "unknown"))


@dataclass(frozen=True)
class Single:
    """Hold an operation without a partner, and those of the other side it resembles."""

    operation: Operation
    candidates: tuple[tuple[Operation, float], ...] = ()


@dataclass(frozen=True)
class Matching:
    """Hold the result: every operation of both sides stands in exactly one of the three."""

    matches: tuple[Match, ...]
    only_before: tuple[Single, ...]
    only_after: tuple[Single, ...]


def match_operations(before: Iterable[Operation], after: Iterable[Operation]) -> Matching:
    """Match the operations of two documents."""
    old, new = list(before), list(after)
    order = {operation.key: number for number, operation in enumerate(old)}
    matches: list[Match] = []

    def take(pairs: Iterable[tuple[Operation, Operation]], by: By) -> None:
        for left, right in pairs:
            old.remove(left)
            new.remove(right)
            matches.append(Match(left, right, by, 1.0 if by != "likeness" else round(_likeness(left, right), 2)))

    take(_unique_pairs(old, new, lambda one: re.sub(r"[^a-z0-9]", "", one.operation_id.lower())), "operationId")
    shapes: list[tuple[By, Callable[[Operation], Hashable]]] = [
        ("path", lambda one: (one.method, one.full_shape)),
        ("path", lambda one: (one.method, one.shape)),
        ("near path", lambda one: (one.full_shape, one.method if one.method in ("GET", "DELETE") else "")),
        ("near path", lambda one: one.full_shape),
        ("near path", lambda one: (one.method, _near(one))),
    ]
    while True:  # what is found makes others unique
        for by, shape in shapes:
            twins = dict(_unique_pairs(old, new, _title_words))
            back = {right: left for left, right in twins.items()}
            pairs = _unique_pairs(old, new, shape)
            # The same path under the title of another operation is no evidence: two inferred paths may be swapped.
            take([(a, b) for a, b in pairs if twins.get(a, b) == b and back.get(b, a) == a], by)
        take(_unique_pairs(old, new, _title_text), "title")
        best = _clear_best(old, new)
        if best is None:
            break
        take([best], "likeness")
    return Matching(
        tuple(sorted(matches, key=lambda match: order[match.before.key])),
        tuple(Single(operation, _resembling(operation, new)) for operation in old),
        tuple(Single(operation, _resembling(operation, old)) for operation in new),
    )


def _near(operation: Operation) -> tuple[frozenset[str] | str, ...]:
    """Return a path without versions, and without the difference of singular and plural."""
    segments = operation.full_shape.strip("/").split("/")
    return tuple(_words(part) or part for part in segments if not re.fullmatch(r"api|v\d+(\.\d+)*", part))


def _unique_pairs(
    old: list[Operation], new: list[Operation], key: Callable[[Operation], Hashable]
) -> list[tuple[Operation, Operation]]:
    """Pair operations whose key is set and unique on both sides."""
    left, right = Counter(map(key, old)), Counter(map(key, new))
    partner = {key(operation): operation for operation in new}
    return [
        (operation, partner[value])
        for operation in old
        if (value := key(operation)) and left[value] == 1 == right[value]
    ]


def _title_text(operation: Operation) -> str:
    return " ".join(operation.titles[0].split()).casefold() if operation.titles else ""


def _title_words(operation: Operation) -> frozenset[str]:
    return _words(operation.titles[0]) if operation.titles else frozenset()


def _clear_best(old: list[Operation], new: list[Operation]) -> tuple[Operation, Operation] | None:
    """Return the pair with the highest likeness that beats every other pair of either operation by the margin."""
    scores = {(a, b): _likeness(a, b) for a in old for b in new}
    best: dict[tuple[str, Operation], list[float]] = {}
    for (a, b), score in scores.items():
        for side in (("old", a), ("new", b)):
            best[side] = sorted([*best.get(side, []), score], reverse=True)[:2]
    clear = [
        (score, a, b)
        for (a, b), score in scores.items()
        if score >= THRESHOLD
        and all(
            top[0] == score and (len(top) == 1 or top[1] <= score - MARGIN) for top in (best["old", a], best["new", b])
        )
    ]
    return max(clear, key=lambda pair: pair[0])[1:] if clear else None


def _resembling(operation: Operation, others: list[Operation]) -> tuple[tuple[Operation, float], ...]:
    scored = sorted(((other, round(_likeness(operation, other), 2)) for other in others), key=lambda pair: -pair[1])
    return tuple(pair for pair in scored[:3] if pair[1] >= _MENTION)


@cache
def _likeness(left: Operation, right: Operation) -> float:
    """Return how alike two operations are, from 0 to 1; what neither of them has counts for nothing."""
    parts = [
        (0.40, max((_overlap(_words(a), _words(b)) or 0.0 for a in left.titles for b in right.titles), default=None)),
        (0.20, _overlap(_segments(left.path), _segments(right.path))),
        (0.15, _overlap(_names(left), _names(right))),
        (0.10, _overlap(left.tags, right.tags)),
        (0.15, float(left.method == right.method)),
    ]
    known = [(weight, value) for weight, value in parts if value is not None]
    return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)


@cache
def _words(text: str) -> frozenset[str]:
    split: list[str] = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower())
    words = (_SAME.get(word, word.removesuffix("s")) for word in split)
    return frozenset(word for word in words if word not in _IDLE)


@cache
def _segments(path: str) -> frozenset[str]:
    return frozenset(word for segment in path.split("/") if not segment.startswith("{") for word in _words(segment))


def _names(operation: Operation) -> frozenset[str]:
    # The names of path parameters are often ours, those of the rest the vendor's.
    return frozenset(name.lower() for place, name in operation.parameters if place != "path") | operation.members


def _overlap(left: frozenset[str], right: frozenset[str]) -> float | None:
    return len(left & right) / len(left | right) if left or right else None
