"""What changed for Python code: what a caller, a reader of members or a type checker would notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.common.layout import Vendor
from scripts.reference.python_calls import split_top
from scripts.review.model import Change, Impact
from scripts.review.surface import Part, Surface, exported_names, read_surface

_WORDS = {
    "base-removed": "has one base class less",
    "overload-removed": "can be called in fewer ways",
    "value-changed": "has another value",
    "return-type-changed": "returns another type",
    "parameter-type-changed": "takes another type",
    "parameter-type-widened": "takes more",
    "parameter-became-keyword": "is no longer accepted by position",
    "parameters-moved": "takes its positional arguments in another order",
}
_ENDS = {
    "-added": "was added",
    "-added-required": "was added and is required",
    "-removed": "was removed",
    "-became-required": "became required",
    "-became-optional": "became optional",
    "-type-changed": "has another type",
}


def compare_python(before: Vendor, after: Vendor) -> list[Change]:
    """Return the changes of the client and the models package of one vendor."""
    changes: list[Change] = []
    for name in (after.client_package, after.models_package):
        old, new = before.generated / name, after.generated / name
        if new.is_dir() and not old.is_dir():
            changes.append(make_change(after.slug, "package-added", name, Impact.MINOR))
        elif old.is_dir():
            changes += compare_surfaces(after.slug, read_surface(old), read_surface(new))
    return _merge(changes)


def compare_runtime(before: Path, after: Path) -> list[Change]:
    """Return the changes of what `loyalty_runtime` exports."""
    old, new = before / "runtime" / "loyalty_runtime", after / "runtime" / "loyalty_runtime"
    if not old.is_dir():
        return [make_change("runtime", "package-added", new.name, Impact.MINOR)] if new.is_dir() else []
    names = exported_names(old) | exported_names(new)
    changes = compare_surfaces("runtime", read_surface(old, only=names), read_surface(new, only=names))
    lost = sorted(exported_names(old) - exported_names(new))
    return changes + [make_change("runtime", "name-removed", f"loyalty_runtime.{name}", Impact.MAJOR) for name in lost]


def compare_surfaces(vendor: str, before: Surface, after: Surface) -> list[Change]:
    """Return every change of classes, members, enum values, functions and parameters; twins give one change, and a part goes with its owner."""
    changes = []
    for key in sorted({**before, **after}, key=_rank):
        old, new = before.get(key), after.get(key)
        known = old or new
        if known is None or (known.owner and not (known.owner in before and known.owner in after)):
            continue
        if old is not None and new is not None:
            changes += [
                make_change(vendor, rule, new.subject, impact, before=old.type, after=new.type)
                for rule, impact in _differences(old, new)
            ]
        elif old is not None:
            shape = _shape(before, key)
            changes.append(make_change(vendor, f"{old.kind}-removed", old.subject, Impact.MAJOR, before=shape))
        elif known.kind != "base":
            rule, impact = ("-added-required", Impact.MAJOR) if known.required else ("-added", Impact.MINOR)
            changes.append(make_change(vendor, known.kind + rule, known.subject, impact, after=_shape(after, key)))
    return _merge(changes)


def make_change(vendor: str, rule: str, subject: str, impact: Impact, *, before: str = "", after: str = "") -> Change:
    """Return one change of the Python API; of a part that came or went, `after` or `before` is its shape, by which a rename is known."""
    words = _WORDS.get(rule) or next(words for end, words in _ENDS.items() if rule.endswith(end))
    detail = f"{before}->{after}" if rule.endswith(("-type-changed", "value-changed")) else ""
    message = f"`{subject}` {words}" + (f": `{before}` → `{after}`." if detail else ".")
    return Change(vendor, "python", rule, subject, message, impact, detail, before, after)


def _merge(changes: list[Change]) -> list[Change]:
    """Join changes of one rule at one subject; the first one speaks."""
    return list({(change.rule, change.subject): change for change in reversed(changes)}.values())[::-1]


def _rank(key: str) -> tuple[int, bool]:
    """Put what users type first, so that it speaks for its twins."""
    first = 0 if key.startswith("resources.") else 1 if key.startswith(("client.", "models.")) else 2
    return first, "Async" in key or "WithRawResponse" in key


def _shape(surface: Surface, key: str) -> str:
    """Return the type of a part, or one line for each part inside it: `.email: str`."""
    if surface[key].kind not in ("class", "function"):
        return surface[key].type
    inside = {other[len(key) :]: part for other, part in surface.items() if other.startswith((f"{key}.", f"{key}#"))}
    return "\n".join(sorted(f"{name}: {part.type}{'!' * part.required}" for name, part in inside.items()))


def _differences(old: Part, new: Part) -> Iterator[tuple[str, Impact]]:
    """Yield rule and impact of what differs between two versions of one part."""
    kind = new.kind
    if kind == "overload":
        was, now = old.type.split(", "), new.type.split(", ")
        common = [name for name in was if name in now]
        if now[: len(common)] != common:
            yield "parameters-moved", Impact.MAJOR
        return
    if new.required and not old.required:
        yield f"{kind}-became-required", Impact.MAJOR
        return
    if old.positional and not new.positional:
        yield "parameter-became-keyword", Impact.MAJOR
    # The order of a union counts for nothing, and a parameter whose union only grew takes everything it took before.
    before, after = (set(split_top(part.type, "|")) for part in (old, new))
    if before != after:
        if kind == "value":
            yield "value-changed", Impact.MAJOR
        elif kind == "parameter" and before <= after:
            yield "parameter-type-widened", Impact.MINOR
        elif kind == "return" and before == {"None"}:
            yield "return-type-changed", Impact.MINOR  # nobody read it
        else:
            yield f"{kind}-type-changed", Impact.MAJOR
    elif old.required and kind == "member" and not new.required:
        yield "member-became-optional", Impact.MINOR
