"""What users of the clients must do about a break, in one sentence a rule."""

from __future__ import annotations

from scripts.review.model import Change

# The end of a rule, the most particular ones first.
_RULES = {
    "operation-moved": "Update the package; only addresses written by hand must follow.",
    "property-renamed": "Use `{after}` wherever you read or send `{before}`.",
    "-renamed": "Write `{after}` instead of `{before}`.",
    "required-properties-added": "Send these members in every request: `{detail}`.",
    "required-properties-removed": "Expect replies without these members: `{detail}`.",
    "enum-values-added": "Handle the new value wherever you compare values.",
    "value-changed": "Compare with the new value, `{after}`.",
    "-became-required": "Always give it.",
    "-added-required": "Always give it.",
    "-type-changed": "Handle the new type, `{after}`.",
    "parameter-became-keyword": "Pass it by name.",
    "parameters-moved": "Pass the arguments in the new order, or by name.",
    "overload-removed": "Use one of the ways to call it that are left.",
    "base-removed": "Do not catch or check it by that class any more.",
    "package-removed": "Stay with the release before, or leave the vendor.",
    "-removed": "Stop using it.",
    "": "Look at every place where you use it.",
}


def advise(change: Change) -> str:
    """Return what a user must do about a change."""
    words = next(words for end, words in _RULES.items() if change.rule.endswith(end))
    detail = change.detail.replace("+", "").replace("-", "")
    return words.format(before=change.before, after=change.after, detail=detail.replace(",", ", "))
