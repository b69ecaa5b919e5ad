"""Compare two Python surfaces: what a caller, a reader of members or a type checker would notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.review.model import Change, Impact
from scripts.review.surface import Class, Function, Member, Parameter, Signature, Surface

_WRAPPED = re.compile(r"^(?:Response|SyncPages|AsyncPages|Job|AsyncJob)\[(.*)\]$")


def compare_surfaces(vendor: str, before: Surface, after: Surface) -> list[Change]:
    """Return every change of classes, members, enum values, functions and parameters; twins give one change."""
    return merge([*_classes(vendor, before, after), *_functions(vendor, before, after)])


def merge(changes: list[Change]) -> list[Change]:
    """Join changes of one rule at one subject; the first one speaks."""
    return list({(change.rule, change.subject): change for change in reversed(changes)}.values())[::-1]


def make_change(
    vendor: str,
    rule: str,
    subject: str,
    words: str,
    impact: Impact,
    *,
    before: str = "",
    after: str = "",
) -> Change:
    """Return one change of the Python API; of a part that came or went, `after` or `before` is its shape, by which a rename is known."""
    detail = f"{before}->{after}" if rule.endswith(("-type-changed", "value-changed")) else ""
    message = f"`{subject}` {words}" + (f": `{before}` → `{after}`." if detail else ".")
    return Change(
        vendor=vendor,
        layer="python",
        rule=rule,
        subject=subject,
        message=message,
        impact=impact,
        detail=detail,
        before=before,
        after=after,
    )


def _classes(vendor: str, before: Surface, after: Surface) -> Iterator[Change]:
    for key in _facade_first([*before.classes, *(key for key in after.classes if key not in before.classes)]):
        old, new = before.classes.get(key), after.classes.get(key)
        if old is None and new is not None and not key.startswith("resources."):
            yield make_change(vendor, "class-added", new.subject, "was added", Impact.MINOR, after=_class_shape(new))
        elif new is None and old is not None and not key.startswith("resources."):
            yield make_change(
                vendor, "class-removed", old.subject, "was removed", Impact.MAJOR, before=_class_shape(old)
            )
        elif old is not None and new is not None:
            yield from _members(vendor, old, new)
            lost = [base for base in old.bases if base not in new.bases and not key.startswith("resources.")]
            if lost:
                words = f"is no longer a `{lost[0]}`"
                yield make_change(vendor, "base-removed", new.subject, words, Impact.MAJOR)


def _members(vendor: str, old: Class, new: Class) -> Iterator[Change]:
    kind = "value" if new.is_enum else "member"
    for name in dict.fromkeys([*old.members, *new.members]):
        was, now = old.members.get(name), new.members.get(name)
        subject = f"{new.subject}.{name}"
        if was is None and now is not None:
            required = now.required and not new.is_enum
            rule, words = (
                (f"{kind}-added-required", "was added and is required") if required else (f"{kind}-added", "was added")
            )
            impact = Impact.MAJOR if required else Impact.MINOR
            yield make_change(vendor, rule, subject, words, impact, after=now.annotation)
        elif now is None and was is not None:
            yield make_change(vendor, f"{kind}-removed", subject, "was removed", Impact.MAJOR, before=was.annotation)
        elif was is not None and now is not None:
            yield from _member(vendor, subject, was, now, kind)


def _member(vendor: str, subject: str, was: Member, now: Member, kind: str) -> Iterator[Change]:
    if now.required and not was.required:
        yield make_change(
            vendor,
            f"{kind}-became-required",
            subject,
            "became required",
            Impact.MAJOR,
            before=was.annotation,
            after=now.annotation,
        )
    elif _parts(was.annotation) != _parts(now.annotation):
        words = "has another value" if kind == "value" else "has another type"
        rule = "value-changed" if kind == "value" else f"{kind}-type-changed"
        yield make_change(vendor, rule, subject, words, Impact.MAJOR, before=was.annotation, after=now.annotation)
    elif was.required and not now.required:
        yield make_change(vendor, f"{kind}-became-optional", subject, "became optional", Impact.MINOR)


def _functions(vendor: str, before: Surface, after: Surface) -> Iterator[Change]:
    owners = {key for key in before.classes.keys() ^ after.classes.keys() if not key.startswith("resources.")}
    for key in _facade_first([*before.functions, *(key for key in after.functions if key not in before.functions)]):
        old, new = before.functions.get(key), after.functions.get(key)
        if key.rpartition(".")[0] in owners:
            continue  # the class tells it
        if old is None and new is not None:
            yield make_change(vendor, "function-added", new.subject, "was added", Impact.MINOR, after=_shape(new))
        elif new is None and old is not None:
            yield make_change(vendor, "function-removed", old.subject, "was removed", Impact.MAJOR, before=_shape(old))
        elif old is not None and new is not None:
            yield from _signatures(vendor, old, new)


def _signatures(vendor: str, old: Function, new: Function) -> Iterator[Change]:
    if len(new.signatures) < len(old.signatures):
        yield make_change(vendor, "overload-removed", new.subject, "can be called in fewer ways", Impact.MAJOR)
    for was, now in zip(old.signatures, new.signatures, strict=False):
        yield from _parameters(vendor, new.subject, was, now)
        before, after = _unwrap(was.returns), _unwrap(now.returns)
        if _parts(before) != _parts(after):
            yield make_change(
                vendor,
                "return-type-changed",
                new.subject,
                "returns another type",
                Impact.MAJOR,
                before=before,
                after=after,
            )


def _shape(function: Function) -> str:
    return repr(function.signatures)


def _class_shape(found: Class) -> str:
    return repr((found.is_enum, found.bases, sorted(found.members.items())))


def _unwrap(text: str) -> str:
    match = _WRAPPED.match(text)
    return match[1] if match else text


def _parameters(vendor: str, name: str, was: Signature, now: Signature) -> Iterator[Change]:
    old, new = ({item.name: item for item in signature.parameters if item.kind != "rest"} for signature in (was, now))
    for key in dict.fromkeys([*old, *new]):
        subject = f"{name}({key})"
        before, after = old.get(key), new.get(key)
        if before is None and after is not None:
            rule, words = (
                ("parameter-added-required", "was added and is required")
                if after.required
                else ("parameter-added", "was added")
            )
            impact = Impact.MAJOR if after.required else Impact.MINOR
            yield make_change(vendor, rule, subject, words, impact, after=after.annotation)
        elif after is None and before is not None:
            yield make_change(
                vendor, "parameter-removed", subject, "was removed", Impact.MAJOR, before=before.annotation
            )
        elif before is not None and after is not None:
            yield from _parameter(vendor, subject, before, after)
    order = [[item.name for item in signature.parameters if item.kind == "positional"] for signature in (was, now)]
    common = [[item for item in names if item in order[1 - side]] for side, names in enumerate(order)]
    if common[0] != common[1] or order[1][: len(common[1])] != common[1]:
        yield make_change(
            vendor, "parameters-moved", name, "takes its positional arguments in another order", Impact.MAJOR
        )


def _parameter(vendor: str, subject: str, before: Parameter, after: Parameter) -> Iterator[Change]:
    if after.required and not before.required:
        yield make_change(vendor, "parameter-became-required", subject, "became required", Impact.MAJOR)
        return
    if before.kind == "positional" and after.kind == "keyword":
        yield make_change(
            vendor, "parameter-became-keyword", subject, "is no longer accepted by position", Impact.MAJOR
        )
    if _parts(before.annotation) != _parts(after.annotation):
        widened = _parts(before.annotation) <= _parts(after.annotation)
        rule, words = (
            ("parameter-type-widened", "takes more") if widened else ("parameter-type-changed", "takes another type")
        )
        yield make_change(
            vendor,
            rule,
            subject,
            words,
            Impact.MINOR if widened else Impact.MAJOR,
            before=before.annotation,
            after=after.annotation,
        )


def _parts(annotation: str) -> set[str]:
    """Split a union at its top level: its order counts for nothing, and a parameter whose union only grew takes everything it took before."""
    parts, depth, current = set(), 0, ""
    for letter in annotation:
        depth += (letter == "[") - (letter == "]")
        if letter == "|" and depth == 0:
            parts.add(current.strip())
            current = ""
        else:
            current += letter
    return parts | {current.strip()}


def _facade_first(keys: list[str]) -> list[str]:
    """Put what users type first, so that it speaks for its twins."""

    def rank(key: str) -> tuple[int, int]:
        return (
            0 if key.startswith("resources.") else 1 if key.startswith(("client.", "models.")) else 2,
            "Async" in key or "WithRawResponse" in key,
        )

    return sorted(keys, key=rank)
