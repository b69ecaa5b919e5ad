"""What users of the clients must do about a break, in one sentence a rule."""

from __future__ import annotations

from scripts.review.model import Change

_RULES = {
    "operation-removed": "Stop calling it.",
    "operation-moved": "Update the package; only addresses written by hand must follow.",
    "property-renamed": "Use `{after}` wherever you read or send `{before}`.",
    "parameter-renamed": "Pass `{after}` instead of `{before}`.",
    "property-removed": "Stop reading and sending it.",
    "parameter-removed": "Stop passing it.",
    "parameter-became-required": "Pass it in every call.",
    "parameter-added-required": "Pass it in every call.",
    "required-properties-added": "Send these members in every request: `{detail}`.",
    "required-properties-removed": "Expect replies without these members: `{detail}`.",
    "enum-values-added": "Handle the new value wherever you compare values.",
    "enum-values-removed": "Stop sending and expecting the value.",
    "schema-type-changed": "Handle the new type, `{after}`, wherever you read or send it.",
    "function-removed": "Stop calling it.",
    "class-removed": "Stop importing it.",
    "member-removed": "Stop using it.",
    "value-removed": "Stop using it.",
    "value-changed": "Compare with the new value, `{after}`.",
    "member-became-required": "Give it whenever you make the object.",
    "member-added-required": "Give it whenever you make the object.",
    "member-type-changed": "Handle the new type, `{after}`.",
    "parameter-type-changed": "Pass the new type, `{after}`.",
    "parameter-became-keyword": "Pass it by name.",
    "parameters-moved": "Pass the arguments in the new order, or by name.",
    "return-type-changed": "Handle the new type of the result, `{after}`.",
    "overload-removed": "Use one of the ways to call it that are left.",
    "base-removed": "Do not catch or check it by that class any more.",
    "name-removed": "Stop importing it.",
    "package-removed": "Stay with the release before, or leave the vendor.",
}
_RENAMED = "Write `{after}` instead of `{before}`."
_OTHER = "Look at every place where you use it."


def advise(change: Change) -> str:
    """Return what a user must do about a change."""
    words = _RULES.get(change.rule) or (_RENAMED if change.rule.endswith("-renamed") else _OTHER)
    detail = change.detail.replace("+", "").replace("-", "")
    return words.format(before=change.before, after=change.after, detail=detail.replace(",", ", "))
