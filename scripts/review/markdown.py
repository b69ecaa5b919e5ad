"""The report as Markdown: breaking changes first and once, then what else changed, a section a vendor, long lists folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scripts.review.accepted import NAME, NO_REASON, Accepted, write_entry
from scripts.review.changelog import next_version
from scripts.review.model import Change, Impact, Review, VendorReview
from scripts.review.verdict import Verdict

_LARGEST = 60_000  # GitHub refuses comments above 65,536 characters
_FOLD = 8  # longer parts are folded
_PLACES = 3  # of one kind of adaptation that are written out
_SHOWN = 25  # breaks before the fold
_LAYERS = (("spec", "Wire"), ("python", "Python API"), ("overlay", "Overlays"), ("evidence", "Evidence"))


def write_report(review: Review, verdict: Verdict, *, base: str, previews: Mapping[str, str] | None = None) -> str:
    """Write the whole report; `previews` are the addresses of the pages by vendor, relative to the report."""
    lines = ["# Spec review", "", _summary(review, verdict, base), ""]
    if previews:
        links = ", ".join(f"[{name}]({address})" for name, address in previews.items())
        lines += [f"Previews: {links}. On GitHub they are in the artifact `review` of the workflow run.", ""]
    lines += _breaks(review, verdict)
    lines += _problems(verdict)
    lines += _shared(review)
    for vendor in review.vendors:
        if not vendor.unchanged:
            lines += _vendor(vendor)
    quiet = [f"`{vendor.vendor}`: unchanged." for vendor in review.vendors if vendor.unchanged]
    lines += ["## Unchanged", "", *(f"- {line}" for line in quiet), ""] if quiet else []
    return "\n".join(lines).rstrip("\n") + "\n"


def shorten(report: str) -> str:
    """Return a report as a comment: one that is too long is cut at a line, and folded parts are closed."""
    if len(report) <= _LARGEST:
        return report
    cut = report[:_LARGEST].rpartition("\n")[0]
    fence = "\n```" if cut.count("\n```") % 2 else ""
    ends = "\n\n</details>" * (cut.count("<details>") - cut.count("</details>"))
    return f"{cut}{fence}{ends}\n\n…cut: the whole report is an artifact of the workflow run.\n"


def _summary(review: Review, verdict: Verdict, base: str) -> str:
    told, version = "No breaking change.", "The version stays."
    if review.breaks:
        left = len(verdict.unaccepted) or "none"
        told = f"**{_count(len(review.breaks), 'breaking change')}, {left} of them not accepted.**"
    if verdict.needed:
        version = f"The next version is {verdict.next_version} ({verdict.needed.word})."
    result = "The review passes." if verdict.passes else "**The review fails.**"
    return f"{result} {told} {version} Compared with `{base}`."


def _breaks(review: Review, verdict: Verdict) -> Iterator[str]:
    if not review.breaks:
        return
    yield from ("## Breaking changes", "")
    order = sorted(
        review.breaks, key=lambda each: (each.id in verdict.accepted, each.vendor, each.layer != "spec", each.id)
    )
    told = [_break(change, verdict.accepted.get(change.id)) for change in order]
    yield from told[:_SHOWN]
    yield from _folded(told[_SHOWN:], f"{len(told) - _SHOWN} more", fold=True)
    follows = [(change.subject, " ".join(change.also).replace("Python: ", "")) for change in order if change.also]
    also = [f"- {code(subject)}: {inline(text)}" for subject, text in follows]
    yield ""
    if also:
        yield from _folded(also, f"What follows in Python from {len(also)} of them", fold=True)
        yield ""
    if verdict.unaccepted:
        ids = [change.id for change in order if change.id not in verdict.accepted]
        version = next_version(verdict.released, Impact.MAJOR)
        text = "".join(write_entry([name], NO_REASON, version) for name in ids)
        yield from ("<details>", f"<summary>To accept: {_count(len(ids), 'entry', 'entries')}</summary>", "")
        yield f"Correct each of them, or accept it: add its entry to `{NAME}`, with its reason:"
        yield from ("", "```yaml", *text.rstrip("\n").split("\n"), "```", "", "</details>", "")


def _break(change: Change, entry: Accepted | None) -> str:
    state = f"accepted for {entry.version}: {inline(entry.reason)}" if entry else "**not accepted**"
    return f"- {change.vendor}, {inline(change.message)} {state.rstrip('.')}. {inline(advise(change))}"


def _problems(verdict: Verdict) -> Iterator[str]:
    if verdict.problems:
        yield from ("## To correct", "")
        yield from (f"- {inline(problem)}" for problem in verdict.problems)
        yield ""


def _shared(review: Review) -> Iterator[str]:
    small = [change for change in review.runtime if not change.breaks]
    if small:
        yield from ("## Runtime", "")
        yield from _folded(map(_line, small), f"{_count(len(small), 'change')} of the runtime")
        yield ""


def _vendor(vendor: VendorReview) -> Iterator[str]:
    """Write what else changed of a vendor, folded under its counts where it is long."""
    count = len(vendor.side.operations) if vendor.side else 0
    lines = [f"- New vendor with {_count(count, 'operation')}."] if vendor.state == "added" else []
    counts = []
    for layer, title in _LAYERS:
        changes = [change for change in vendor.changes if change.layer == layer]
        rest = [change for change in changes if not (change.editorial or change.breaks)]
        wordings = list(dict.fromkeys(code(change.subject) for change in changes if change.editorial))
        parts = [*map(_line, rest), *([f"- Only wording or examples: {', '.join(wordings)}."] if wordings else [])]
        lines += ["", f"**{title}**", "", *parts] if parts else []
        counts += [f"{title} {len(rest) + len(wordings)}"] if parts else []
    if vendor.adapted or vendor.adapted_before:
        counts.append(f"adaptations {len(vendor.adapted)}")
        title = f"{len(vendor.adapted)} new, {vendor.adapted_before} gone"
        lines += ["", f"**Adapted for the generators**, never on the wire: {title}.", "", *_adapted(vendor.adapted)]
    yield from (f"## {vendor.vendor}", "")
    yield from _folded(lines[not lines[0] :] if lines else [], ", ".join(counts) or "Only what is listed above")
    yield ""


def _adapted(lines: list[str]) -> Iterator[str]:
    """Write one line for each kind of adaptation, with the first places."""
    kinds: dict[str, list[str]] = {}
    for line in lines:
        place, _, what = line.partition("]: ")
        kinds.setdefault(what, []).append(f"{place}]")
    for what, places in kinds.items():
        more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
        yield f"- {len(places)} × {inline(what)}: {', '.join(map(code, places[:_PLACES]))}{more}"


def _folded(lines: Iterable[str], title: str, *, fold: bool = False) -> Iterator[str]:
    listed = list(lines)
    if listed and (fold or len(listed) > _FOLD):
        yield from ("<details>", f"<summary>{title}</summary>", "", *listed, "", "</details>")
    else:
        yield from listed


def _line(change: Change) -> str:
    return f"- {inline(' '.join([change.message, *change.also]))}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def inline(text: str) -> str:
    """Write text of a spec as one line of Markdown that can neither start HTML nor mention anybody; code between backticks stays."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:  # an odd number of backticks
        parts = ["'".join(parts)]
    return "`".join(part if index % 2 else _escape(part) for index, part in enumerate(parts))


def _escape(text: str) -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u2060")
    safe = re.sub(r"#(?=\d)", "#\u2060", safe)
    return re.sub(r"([*_\[\]\\])", r"\\\1", safe)


def code(text: str) -> str:
    """Write text of a spec as code."""
    return f"`{' '.join(text.replace('`', '').split())}`"


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
