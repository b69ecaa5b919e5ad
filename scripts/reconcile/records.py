"""What reconciling writes beside the specs: grades, the ledger, and a numbered line of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.match import Match
from scripts.spec.ledger import evidence_numbers, read_reasons
from scripts.spec.provenance import Provenance

_TITLE = "The vendor's own file"


def make_grades(matches: Iterable[Match], document: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of the file of grades: why an operation is not where the transcription had it, and what was there before.

    An entry under the key of the transcription follows its operation, unless method or path turned out to be others.
    """
    by_key = {match.after.key: match for match in matches}
    grades = {}
    for method, path, _ in operations(document):
        key = f"{method} {path}"
        match = by_key.get(key)
        before = kept.get(match.before.key) if match and not match.wrong else None
        made = {}
        if match and match.wrong:
            graded = " and ".join(f"{part} {match.grade(part)}" for part in match.wrong)
            made["reason"] = f"The transcription had {match.before.key} ({graded}), matched by {match.by}."
        if entry := {**made, **(before or {}), **kept.get(key, {})}:
            grades[key] = entry
    return grades


def number_of(vendor: Vendor, record: Provenance) -> tuple[str, str | None]:
    """Return the number under which the evidence says what the vendor's file lacks, and the page with it where it is new."""
    page = vendor.evidence.read_text(encoding="utf-8") if vendor.evidence.is_file() else f"# {vendor.slug}: evidence\n"
    heading = page.partition(f"\n## {_TITLE}\n")[2]
    known = evidence_numbers(heading)
    if known:
        return known[0], None
    numbers = evidence_numbers(page)
    letter = numbers[0][0] if numbers else vendor.slug[0].upper()
    last = max((int(number[2:]) for number in numbers), default=0)
    number = f"{letter}-{last + 1:02d}"
    said = record.origin or record.received or record.download
    text = (
        f"\n## {_TITLE}\n\nIt came from {said} on {record.retrieved} and replaced the transcription, which `specs/{vendor.slug}/transcribed/` keeps.\n\n"
        f"- **{number}** The file does not state what a client needs besides the calls themselves, such as how lists are paged; "
        f"the transcription did, and `overlays/{vendor.slug}/90-carried-over.yaml` carries it over.\n"
    )
    return number, page.rstrip("\n") + "\n" + text


def make_ledger(
    vendor: Vendor, document: Mapping[str, Any], treated: set[str], dropped: Mapping[str, str], record: Provenance
) -> str | None:
    """Return the ledger with a line for each number whose actions were dropped, without those that concern nothing; None if it stays."""
    concerned = {number for _, _, item in operations(document) for number in item.get("x-evidence-ids") or []}
    known = read_reasons(vendor)
    text = vendor.ledger.read_text(encoding="utf-8") if vendor.ledger.is_file() else "{}\n"
    stale = {number for number in known if number not in concerned or number in treated}
    parts = re.split(r"(?m)^(?=[A-Z]-\d+:)", text)
    kept = [part for part in parts if not (found := re.match(r"([A-Z]-\d+):", part)) or found[1] not in stale]
    new = {
        number: {
            "treatment": "source",
            "reason": f"The vendor's own file, received {record.retrieved}: {dropped[number]}.",
        }
        for number in sorted(concerned - treated - known.keys(), key=lambda item: (item[0], int(item[2:])))
        if number in dropped
    }
    if not stale and not new:
        return None
    body = "".join(kept)
    return re.sub(r"(?m)^\{\}\n", "", body) + (dump_yaml(new) if new else "") if new or body.strip() != "{}" else body
