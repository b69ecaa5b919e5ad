"""The report as Markdown: breaking changes first, then a section a vendor, one line for a vendor that did not change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scripts.review.accepted import NAME
from scripts.review.model import Change, Impact, Review, VendorReview
from scripts.review.verdict import Verdict

MARK = "<!-- spec-review -->"
_FOLD = 25  # longer lists are folded
_LAYERS = (("spec", "Wire"), ("python", "Python API"), ("overlay", "Overlays"), ("evidence", "Evidence"))


def write_report(review: Review, verdict: Verdict, *, base: str) -> str:
    """Write the whole report."""
    lines = [MARK, "# Spec review", "", _summary(review, verdict, base), ""]
    lines += _breaks(review, verdict)
    lines += _problems(verdict)
    lines += _shared(review)
    changed = [vendor for vendor in review.vendors if not vendor.unchanged]
    for vendor in changed:
        lines += _vendor(vendor)
    quiet = [f"`{vendor.vendor}`: unchanged." for vendor in review.vendors if vendor.unchanged]
    lines += ["## Unchanged", "", *(f"- {line}" for line in quiet), ""] if quiet else []
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(review: Review, verdict: Verdict, base: str) -> str:
    count = len(review.breaks)
    told = (
        "No breaking change."
        if not count
        else f"**{count} breaking {_plural('change', count)}, {len(verdict.unaccepted) or 'none'} of them not accepted.**"
    )
    version = (
        f"The next version is {verdict.next_version} ({verdict.needed.word})."
        if verdict.needed
        else "The version stays."
    )
    result = "The review passes." if verdict.passes else "**The review fails.**"
    return f"{result} {told} {version} Compared with `{base}`."


def _breaks(review: Review, verdict: Verdict) -> Iterator[str]:
    if not review.breaks:
        return
    yield from ("## Breaking changes", "", "| | vendor | what | id |", "| --- | --- | --- | --- |")
    order = sorted(
        review.breaks,
        key=lambda change: (change.id in verdict.accepted, change.vendor, change.layer != "spec", change.id),
    )
    for change in order:
        entry = verdict.accepted.get(change.id)
        state = f"accepted for {entry.version}: {inline(entry.reason)}" if entry else "**not accepted**"
        yield f"| {_cell(state)} | {change.vendor} | {_cell(inline(change.message))} | {_cell(code(change.id))} |"
    yield ""
    if verdict.unaccepted:
        yield f"Each is corrected, or accepted by an entry in `{NAME}`:"
        yield from ("", "```yaml")
        for change in order:
            if change.id not in verdict.accepted:
                yield f"- id: '{change.id}'".replace("\n", " ") if "'" not in change.id else f'- id: "{change.id}"'
                yield "  reason: …"
                yield f"  version: {verdict.released.after(Impact.MAJOR)}"
        yield from ("```", "")


def _problems(verdict: Verdict) -> Iterator[str]:
    if verdict.problems:
        yield from ("## To correct", "")
        yield from (f"- {inline(problem)}" for problem in verdict.problems)
        yield ""


def _shared(review: Review) -> Iterator[str]:
    if review.pipeline or review.runtime:
        yield from ("## Pipeline and runtime", "")
        yield from (f"- {inline(line)}" for line in review.pipeline)
        yield from _folded(
            [_line(change) for change in review.runtime], f"{len(review.runtime)} changes of the runtime"
        )
        yield ""


def _vendor(vendor: VendorReview) -> Iterator[str]:
    yield from (f"## {vendor.vendor}", "")
    if vendor.state == "added":
        yield from (f"New vendor with {vendor.operations} {_plural('operation', vendor.operations)}.", "")
    size = vendor.size
    for layer, title in _LAYERS:
        changes = vendor.of(layer)  # type: ignore[arg-type]
        if changes:
            yield from _layer(title, changes)
    if vendor.findings:
        new = sum(finding.new for finding in vendor.findings)
        yield from (
            f"**Lint and readiness**: {len(vendor.findings)} {_plural('finding', len(vendor.findings))}, {new} new.",
            "",
        )
        for finding in vendor.findings:
            yield f"- {'**new** ' if finding.new else ''}{finding.tool} {code(finding.rule)} at {code(finding.place)}: {inline(finding.message)}"
        yield ""
    if vendor.resolved_findings:
        yield from (
            f"Lint and readiness: {vendor.resolved_findings} {_plural('finding', vendor.resolved_findings)} gone.",
            "",
        )
    yield from (f"Generated: {size.files} {_plural('file', size.files)}, +{size.added} −{size.removed} lines.", "")


def _layer(title: str, changes: list[Change]) -> Iterator[str]:
    told = [change for change in changes if not change.editorial]
    wordings = [change for change in changes if change.editorial]
    counts = ", ".join(
        f"{sum(change.impact is impact for change in told)} {word}"
        for impact, word in _COUNTED
        if any(change.impact is impact for change in told)
    )
    yield from (f"**{title}**" + (f": {counts}" if counts else "") + ".", "")
    yield from _folded([_line(change) for change in told], f"{len(told)} changes")
    if wordings:
        subjects = ", ".join(code(change.subject) for change in _each_subject(wordings))
        yield from _folded(
            [f"- Only wording or examples: {subjects}."],
            f"Wording or examples of {len(wordings)} parts",
            fold=len(wordings) > _FOLD,
        )
    yield ""


_COUNTED = ((Impact.MAJOR, "breaking"), (Impact.MINOR, "additions or behaviour"), (Impact.PATCH, "small"))


def _each_subject(changes: Iterable[Change]) -> list[Change]:
    return list({change.subject: change for change in changes}.values())


def _folded(lines: list[str], title: str, *, fold: bool = False) -> Iterator[str]:
    if len(lines) > _FOLD or fold:
        yield from ("<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>")
    else:
        yield from lines


def _line(change: Change) -> str:
    told = inline(change.message)
    return f"- **breaks** {told} {code(change.id)}" if change.breaks else f"- {told}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def inline(text: str) -> str:
    """Write text of a spec as one line of Markdown that can neither start HTML nor mention anybody; code between backticks stays."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:  # an odd number of backticks
        parts = ["'".join(parts)]
    return "`".join(part if index % 2 else _escape(part) for index, part in enumerate(parts))


def _escape(text: str) -> str:
    return re.sub(r"([*_\[\]\\])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u2060"))


def code(text: str) -> str:
    """Write text of a spec as code."""
    return f"`{' '.join(text.replace('`', '').split())}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
