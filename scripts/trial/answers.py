"""The documented replies of an operation: samples for the server to send, and whether what the client read is what came."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

from scripts.trial.bodies import FILE
from scripts.trial.expect import essence, is_json
from scripts.trial.samples import Samples

MAX_VARIANTS = 4  # of one union; each is sent once


@dataclass(frozen=True)
class Answer:
    """Hold one documented reply with a sample of it; `told_apart` are the schemas that discriminators of the sample name."""

    status: int
    media: str
    value: Any
    content: bytes
    told_apart: tuple[str, ...] = ()
    undeclared: frozenset[str] = frozenset()


_WILD = {"*/*": "application/json", "application/*": "application/json", "text/*": "text/plain", "image/*": "image/png"}
NOTHING = Answer(200, "", None, b"")


def documented_answers(samples: Samples, operation: dict[str, Any]) -> Iterator[Answer]:
    """Yield every documented reply: each status, each media type, each variant of its unions."""
    documented = operation.get("responses") or {}
    for key, raw in documented.items():
        status = _status(str(key), {str(other) for other in documented})
        if status < 200:
            continue
        content = (samples.resolve(raw) or {}).get("content") or {}
        if not content or status in (204, 205, 304):
            yield Answer(status, "", None, b"")
            continue
        for media, described in content.items():
            label = _WILD.get(essence(media), str(media))
            if label != media and label in content:
                continue  # what is said of the type itself counts
            schema = samples.flat((described or {}).get("schema"))
            if essence(media).endswith("/*") and schema.get("format") == "binary":
                yield Answer(status, "application/octet-stream", FILE, FILE)
            elif is_json(media):
                yield from _variants(samples, status, label, (described or {}).get("schema") or {})
            elif essence(media).startswith("text/"):
                yield Answer(status, label, "text", b"text")
            else:
                yield Answer(status, label, FILE, FILE)


def _status(key: str, documented: set[str]) -> int:
    if key == "default":
        return 418
    if not re.fullmatch(r"[1-5](\d\d|[xX]{2})", key):
        return 0
    ends = ("99",) if key[0] in "45" else ("00", "02", "99")
    return next(int(made) for end in ends if (made := key.upper().replace("XX", end)) == key or made not in documented)


def _variants(samples: Samples, status: int, label: str, schema: Any) -> Iterator[Answer]:
    samples.most_variants = 1
    choice = 0
    while choice < (1 if status >= 400 else min(samples.most_variants, MAX_VARIANTS)):
        samples.choice = choice
        samples.told_apart.clear()
        samples.endless = False
        value = samples.value(schema, full=True)
        if samples.endless:
            return  # no server can send it
        yield Answer(
            status, label, value, json.dumps(value).encode(), tuple(samples.told_apart), frozenset(samples.undeclared)
        )
        choice += 1
    samples.choice = 0
    if status < 400 and samples.nullable:
        samples.nulls = True
        value = samples.value(schema, full=True)
        samples.nulls = False
        yield Answer(status, label, value, json.dumps(value).encode(), (), frozenset(samples.undeclared))


def compare_answer(result: Any, answer: Answer, method: str) -> Iterator[str]:
    """Yield how a reply that was read differs from what the server sent."""
    if result.status != answer.status:
        yield f"status {result.status} instead of {answer.status}"
    if answer.status >= 300 or not answer.media or method == "HEAD":
        return
    parsed = plain(result.parsed)
    if parsed != answer.value:
        yield f"{answer.status} {answer.media}: read {str(parsed)[:120]}, the server sent {str(answer.value)[:120]}"
    lost = sorted(set(_unnamed(result.parsed, answer.undeclared)))
    if lost:
        yield f"{answer.status} {answer.media}: no name for {', '.join(lost[:5])}"
    made = set(_classes(result.parsed))
    for name in answer.told_apart:
        wanted = _letters(name)
        if wanted and not any(one.removesuffix("model").endswith(wanted) for one in made):
            yield f"{answer.status} {answer.media}: an object of {name} was read as {', '.join(sorted(made)) or 'no class'}"


def _unnamed(value: Any, undeclared: frozenset[str]) -> Iterator[str]:
    """Yield the members of a sample, which has declared ones alone, that its class has no name for."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _unnamed(item, undeclared)
    elif isinstance(value, dict):  # what has declared members has a class
        yield from (name for name in value if name not in undeclared)
        yield from _unnamed(list(value.values()), undeclared)
    elif hasattr(value, "to_dict"):
        kind: Any = type(value)
        yield from unresolved(kind)
        extra = getattr(value, "additional_properties", None) or {}
        yield from (f"{type(value).__name__}.{name}" for name in extra if name not in undeclared)
        for name in getattr(type(value), "NAMES", ()):
            with contextlib.suppress(Exception):  # a member that does not fit shows in what is written back
                yield from list(_unnamed(getattr(value, name), undeclared))


@cache
def unresolved(made: Any) -> tuple[str, ...]:
    """Return what the types that a class or a method states cannot be found by; empty where they can."""
    try:
        get_type_hints(made)
    except Exception as problem:  # noqa: BLE001 - whatever evaluating them raises
        return (f"the types of {made.__name__}: {problem}",)
    return ()


def plain(value: Any) -> Any:
    """Return what a parsed reply stands for in JSON."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "payload"):
        return value.payload.read() if hasattr(value.payload, "read") else value.payload
    return value


def _classes(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _classes(item)
    elif isinstance(value, dict):
        yield from _classes(list(value.values()))
    elif hasattr(value, "to_dict"):
        yield _letters(type(value).__name__)
        for name in getattr(type(value), "NAMES", ()):
            with contextlib.suppress(Exception):  # a member that does not fit shows in what is written back
                yield from list(_classes(getattr(value, name)))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
