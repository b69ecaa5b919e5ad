"""The ledger: every numbered inconsistency of the evidence → the action that treats it, or the reason why none does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.spec.overlay import Action

TREATMENTS = {
    "source": "the spec already says it right",
    "client": "the client's runtime handles it",
    "none": "nothing to correct",
    "open": "unknown, left open",
}
_NUMBER = re.compile(r"\*\*([A-Z]-\d+)\*\*")


@dataclass(frozen=True)
class Entry:
    """Hold one line of the ledger."""

    number: str
    treatment: str
    detail: str


def evidence_numbers(text: str) -> list[str]:
    """List the numbered inconsistencies of an evidence page, such as `S-16`, in their order."""
    return list(dict.fromkeys(_NUMBER.findall(text)))


def make_ledger(vendor: Vendor, actions: Iterable[Action]) -> tuple[list[Entry], list[str]]:
    """Return the ledger of one vendor and its faults: numbers without an entry, with two, or unknown to the evidence."""
    numbers = (
        evidence_numbers(vendor.evidence.read_text(encoding="utf-8", errors="replace"))
        if vendor.evidence.is_file()
        else []
    )
    reasons = read_reasons(vendor)
    by_number: dict[str, list[Action]] = {}
    for action in actions:
        for number in action.ids:
            by_number.setdefault(number, []).append(action)
    faults = [
        f"{number} is treated by {by_number[number][0].where}, but the evidence has no such number"
        for number in by_number
        if number not in numbers
    ]
    faults += [
        f"{number} stands in {vendor.show(vendor.ledger)}, but the evidence has no such number"
        for number in reasons
        if number not in numbers
    ]
    entries: list[Entry] = []
    for number in numbers:
        treated, reason = by_number.get(number), reasons.get(number)
        if treated and reason:
            faults.append(
                f"{number} is treated by {treated[0].where} and also listed in {vendor.show(vendor.ledger)}: keep one"
            )
        if treated:
            places = ", ".join(
                dict.fromkeys(f"{action.file.rsplit('/', 1)[-1]} #{action.number}" for action in treated)
            )
            entries.append(Entry(number, "overlay", places))
        elif reason:
            entries.append(Entry(number, *reason))
        else:
            faults.append(
                f"{number} has no overlay action and no entry in {vendor.show(vendor.ledger)}: add one of them"
            )
    return entries, faults


def read_reasons(vendor: Vendor) -> dict[str, tuple[str, str]]:
    """Read `ledger.yaml`: number → (treatment, reason).

    Raises:
        PipelineError: an entry has no known treatment or no reason.
    """
    if not vendor.ledger.is_file():
        return {}
    name = vendor.show(vendor.ledger)
    raw = load_yaml(vendor.ledger, name=name)
    if not isinstance(raw or {}, dict):
        raise PipelineError(
            "the ledger is not a mapping",
            where=name,
            todo="Write each number as a key with treatment and reason below it.",
        )
    result: dict[str, tuple[str, str]] = {}
    for number, entry in (raw or {}).items():
        if not isinstance(entry, dict) or entry.get("treatment") not in TREATMENTS:
            raise PipelineError(
                f"{number} has no known treatment", where=name, todo=f"Use one of {', '.join(TREATMENTS)}."
            )
        if not str(entry.get("reason") or "").strip():
            raise PipelineError(f"{number} has no reason", where=name, todo="Say why no action is needed.")
        result[number] = (entry["treatment"], " ".join(str(entry["reason"]).split()))
    return result
