"""The ledger: every inconsistency that concerns an operation of the spec → the action that treats it, or the reason why none does.

An operation names the inconsistencies that concern it in `x-evidence-ids`; the evidence may number others, of which the spec has no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scripts.common.document import operations
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


def make_ledger(vendor: Vendor, actions: Iterable[Action], document: dict[str, Any]) -> tuple[list[Entry], list[str]]:
    """Return the ledger of one vendor and its faults: numbers without an entry, with two, of no operation, or unknown to the evidence."""
    page = vendor.evidence.read_text(encoding="utf-8", errors="replace") if vendor.evidence.is_file() else ""
    numbers = evidence_numbers(page)
    concerned = {number for _, _, item in operations(document) for number in item.get("x-evidence-ids") or []}
    reasons, ledger = read_reasons(vendor), vendor.show(vendor.ledger)
    treated: dict[str, list[Action]] = {}
    for action in actions:
        for number in action.ids:
            treated.setdefault(number, []).append(action)
    uses = {
        **dict.fromkeys(sorted(concerned), "stands in x-evidence-ids"),
        **dict.fromkeys(reasons, f"stands in {ledger}"),
        **{number: f"is treated by {found[0].where}" for number, found in treated.items()},
    }
    faults = [
        f"{number} {use}, but the evidence has no such number" for number, use in uses.items() if number not in numbers
    ]
    entries: list[Entry] = []
    for number in numbers:
        found, reason = treated.get(number), reasons.get(number)
        if found and reason:
            faults.append(f"{number} is treated by {found[0].where} and also listed in {ledger}: keep one")
        if found:
            places = (f"{action.file.rsplit('/', 1)[-1]} #{action.number}" for action in found)
            entries.append(Entry(number, "overlay", ", ".join(dict.fromkeys(places))))
        elif reason:
            entries.append(Entry(number, *reason))
            if number not in concerned:
                faults.append(
                    f"{number} stands in {ledger}, but no operation names it in x-evidence-ids: add it there or drop the entry"
                )
        elif number in concerned:
            faults.append(f"{number} has no overlay action and no entry in {ledger}: add one of them")
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
