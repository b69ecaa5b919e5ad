"""The ledger: every inconsistency that concerns an operation of the spec → the action that treats it, or the reason why none does.

An operation names the inconsistencies that concern it in `x-evidence-ids`; the evidence may number others, of which the spec has no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.records import Text, read_records
from scripts.common.yaml_io import load_yaml
from scripts.spec.overlay import Action

_NUMBER = re.compile(r"\*\*([A-Z]-\d+)\*\*")


class _Reason(msgspec.Struct, forbid_unknown_fields=True):
    treatment: Literal[
        "source", "client", "none", "open"
    ]  # said right already, handled by the runtime, no fault, unknown
    reason: Text


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
    name = vendor.show(vendor.ledger)
    raw = load_yaml(vendor.ledger, name=name) if vendor.ledger.is_file() else None
    todo = "Give each number a treatment (source, client, none or open) and a reason."
    entries = read_records(raw or {}, dict[str, _Reason], where=name, todo=todo)
    return {number: (entry.treatment, " ".join(entry.reason.split())) for number, entry in entries.items()}
