"""What traffic showed, as one page for a person."""

from __future__ import annotations

from scripts.observe.findings import Finding
from scripts.observe.judge import Judgement
from scripts.observe.propose import Proposal, say
from scripts.observe.words import SEVERAL, Words, is_token

_TITLES = {
    "path": "Paths refuted",
    "method": "Methods refuted",
    "doubt": "Paths in doubt",
    "call": "Calls that the spec does not have",
    "status": "Statuses",
    "media": "Media types",
    "header": "Headers",
    "unlike": "Bodies of another kind",
    "member": "Members that are not described",
    "required": "Required members that were absent",
    "type": "Types",
    "null": "Nulls",
    "enum": "Values beyond an enum",
    "format": "Formats",
    "body": "Bodies that are not described",
    "parameter": "Query parameters that are not described",
    "paging": "Paging",
    "page-size": "Page size",
    "page-start": "Start of a page",
}


def as_markdown(slug: str, seen: Judgement, words: Words, proposals: list[Proposal], notes: list[str]) -> str:
    """Return the report: what was confirmed, what was refuted or missing, what is proposed."""
    lines = [f"# {slug}: traffic and the effective spec", "", summary(seen), ""]
    if count := sum(capture.unread for capture in seen.captures.values()):
        lines += [f"Left out: {count} entries that have no request and reply as HAR 1.2 describes them.", ""]
    lines += [f"- {note}" for note in notes] + [""] * bool(notes)
    for kind, title in _TITLES.items():
        found = [item for item in seen.findings.values() if item.kind == kind]
        if found:
            lines += [f"## {title} ({len(found)})", "", *sorted(_line(item, words) for item in found), ""]
    if proposals:
        lines += [f"## Proposed numbers ({len(proposals)})", "", "| number | what | actions |", "| --- | --- | --- |"]
        rows = ((p.number, p.text, p.hand or str(len(p.actions))) for p in proposals)
        lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows] + [""]
    if seen.confirmed:
        lines += [f"## Method and path confirmed ({len(seen.confirmed)})", ""]
        lines += [f"- {name}: {finding.evidence}" for name, finding in sorted(seen.confirmed.items())]
    return "\n".join(lines).rstrip() + "\n"


def _line(finding: Finding, words: Words) -> str:
    names = ", ".join(sorted(filter(None, finding.operations))) or "no operation"
    more = f" ({names}; {finding.count} exchange{'s' * (finding.count > 1)})"
    return f"- {'' if finding.sure else 'likely: '}{say(finding, words)}{more}"


def summary(seen: Judgement) -> str:
    """Return the counts in one line."""
    sure = sum(finding.sure for finding in seen.findings.values())
    named = set(seen.confirmed).union(*(finding.operations for finding in seen.findings.values())) - {""}
    count = sum(seen.foreign.values())
    left_out = f" {count} were with other addresses; --server names a further one of the API." if count else ""
    return (
        f"{seen.exchanges} exchanges, {seen.attributed} of them of {len(named)} operations of the spec; {len(seen.confirmed)} methods "
        f"and paths confirmed, {sure} findings, {len(seen.findings) - sure} doubts.{left_out}"
    )


def candidates(seen: Judgement, words: Words) -> list[str]:
    """Return lines for the terminal alone: other hosts, and texts that may be members of an enum, for a person to look at."""
    lines = []
    if seen.foreign:
        lines.append(
            f"left out: {', '.join(sorted(seen.foreign)[:10])}. Is one of them the API? Name it with --server."
        )
    for finding in seen.findings.values():
        if finding.kind == "enum":
            new = [t for t, n in finding.detail.items() if n >= SEVERAL and is_token(t) and t not in words.confirmed]
            if new:
                lines.append(
                    f"{say(finding, words)}: is it {', '.join(sorted(new)[:10])}? Add --confirm for each that is no personal data."
                )
    return lines
