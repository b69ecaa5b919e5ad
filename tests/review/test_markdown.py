"""The report as Markdown: what comes first, what is folded, and text of a spec that stays text."""

from __future__ import annotations

import pytest
from packaging.version import Version

from scripts.review.accepted import Accepted
from scripts.review.markdown import code, inline, shorten, write_report
from scripts.review.model import Change, Impact, Review, VendorReview
from scripts.review.verdict import Verdict, needed_impact

RELEASED = Version("0.1.0")


def change(subject: str = "Member.points", *, impact: Impact = Impact.MAJOR, editorial: bool = False) -> Change:
    """Return a change of an invented member."""
    return Change(
        vendor="acme",
        layer="spec",
        rule="property-removed",
        subject=subject,
        message=f"`{subject}` was removed.",
        impact=impact,
        editorial=editorial,
    )


def report(
    *vendors: VendorReview, unaccepted: list[Change] | None = None, accepted: dict[str, Accepted] | None = None
) -> str:
    """Return the report of some vendors."""
    review = Review(vendors=list(vendors))
    verdict = Verdict(
        released=RELEASED, needed=needed_impact(review), accepted=accepted or {}, unaccepted=unaccepted or []
    )
    return write_report(review, verdict, base="abc")


def test_an_accepted_break_shows_its_reason() -> None:
    """The reader sees for which version and why."""
    entry = Accepted(change().id, "The vendor removed it.", Version("0.2.0"))
    text = report(VendorReview(vendor="acme", changes=[change()]), accepted={change().id: entry})
    assert "`Member.points` was removed. accepted for 0.2.0: The vendor removed it. Stop" in text
    assert "The review passes." in text


def test_long_lists_are_folded() -> None:
    """Many changes of a vendor are behind a line that counts them, and so are breaks that fill more than a screen."""
    text = report(
        VendorReview(vendor="acme", changes=[change(f"Member.m{index}", impact=Impact.MINOR) for index in range(40)])
    )
    assert "<summary>Wire 40</summary>" in text
    text = report(VendorReview(vendor="acme", changes=[change(f"Member.m{index}") for index in range(40)]))
    assert "<summary>15 more</summary>" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <img src=x> b", "a &lt;img src=x> b"),
        ("by @ada and #7", "by @\u2060ada and #\u20607"),
        ("`code <b>` *x*", "`code <b>` \\*x\\*"),
        ("one ` only <b>", "one ' only &lt;b>"),
        ("two\nlines", "two lines"),
        ("[x](javascript:1)", "\\[x\\](javascript:1)"),
    ],
)
def test_text_of_a_spec_stays_text(text: str, expected: str) -> None:
    """No HTML, no mention, no link and no line break comes from a spec."""
    assert expected == inline(text)


def test_a_comment_is_as_long_as_github_takes() -> None:
    """A longer report is cut at a line, outside of folded parts, and says where the whole one is."""
    text = "<details>\n" + "a line\n" * 10_000 + "</details>\n"
    cut = shorten(text)
    assert cut.endswith("\na line\n\n</details>\n\n…cut: the whole report is an artifact of the workflow run.\n")
    assert (True, "short") == (len(cut) < 65_536, shorten("short"))


def test_code_cannot_be_left() -> None:
    """A backtick inside an id does not end the code around it."""
    assert "`ab c`" == code("a`b\nc")


def test_adaptations_are_one_line_a_kind() -> None:
    """What the generators newly read in another form is counted by kind, with the first places."""
    lines = [f"$['paths']['/{letter}']: tag shop" for letter in "abcd"] + ["$['info']: null says nothing"]
    text = report(VendorReview(vendor="acme", adapted=lines, adapted_before=2))
    assert "**Adapted for the generators**, never on the wire: 5 new, 2 gone." in text
    assert "- 4 × tag shop: `$['paths']['/a']`, `$['paths']['/b']`, `$['paths']['/c']` and 1 more\n" in text
    assert "- 1 × null says nothing: `$['info']`\n" in text
