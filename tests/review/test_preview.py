"""The preview page as text: complete, self-contained, escaped."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.review.compare import Compared
from scripts.review.model import Change, Impact, VendorReview
from scripts.review.preview import write_preview
from scripts.review.side import GONE, Side, Step, Touch, run_steps
from scripts.spec.overlay import Action

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Acme", "version": "1", "description": "An invented API."},
    "servers": [{"url": "https://api.acme.example", "x-name": "production"}],
    "tags": [{"name": "members", "description": "People."}],
    "paths": {
        "/members/{memberId}": {
            "parameters": [{"$ref": "#/components/parameters/MemberId"}],
            "get": {
                "operationId": "getMember",
                "summary": "Get a member",
                "tags": ["members"],
                "x-provenance": {"method": "inferred", "path": "partial", "confidence": "low", "source": "Page 1"},
                "responses": {
                    "200": {
                        "description": "The member.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Member"}}},
                    },
                    "404": {"$ref": "#/components/responses/NotFound"},
                },
            },
        }
    },
    "components": {
        "parameters": {"MemberId": {"name": "memberId", "in": "path", "required": True, "schema": {"type": "string"}}},
        "responses": {"NotFound": {"description": "No such member."}},
        "schemas": {
            "Member": {
                "type": "object",
                "required": ["points"],
                "properties": {
                    "points": {"type": "string", "description": "The balance."},
                    "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                },
            }
        },
    },
}


def action(target: str, body: dict[str, Any], *ids: str) -> Action:
    """Return an action as the overlay reader does."""
    return Action("overlays/acme/10-types.yaml", 1, target, ids, "It is a number.", "Sample 1.", body)


def side(document: dict[str, Any], *actions: Action) -> Side:
    """Return one side with the actions applied."""
    steps, effective = run_steps(document, list(actions))
    return Side(vendor=Vendor("acme"), source=document, document=effective, text="", steps=steps)


def page(after: Side, before: Side | None = None, *changes: Change, unchanged: bool = False) -> str:
    """Return the page of one side against another."""
    state: Any = "changed" if before else "added"
    review = VendorReview(vendor="acme", state=state, changes=list(changes), unchanged=unchanged)
    return write_preview(Compared(review, before, after))


def text_of(html: str) -> str:
    """Return what a reader sees, without tags."""
    parts: list[str] = []

    class Reader(HTMLParser):
        skipped = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            self.skipped = tag in ("style", "script")

        def handle_endtag(self, tag: str) -> None:
            self.skipped = False

        def handle_data(self, data: str) -> None:
            if not self.skipped:
                parts.append(data)

    Reader().feed(html)
    return " ".join("".join(parts).split())


def test_a_correction_stands_where_it_acts() -> None:
    """The note names what the page says, what we say and the number, inside the member it corrects."""
    update = action("$.components.schemas.Member.properties.points", {"update": {"type": "integer"}}, "A-01")
    html = page(side(SPEC, update))
    member = html[html.index('<code class="name">points</code>') : html.index('<code class="name">tags</code>')]
    expected = "Corrected, because A-01 10-types.yaml type : the vendor's page says string ; we say integer . It is a number. Evidence: Sample 1."
    assert expected in text_of(member.replace("<", " <"))


def test_two_actions_of_one_number_are_one_note() -> None:
    """Removing a member and adding it again reads as one correction: the first value before, the last after."""
    remove = action("$.components.schemas.Member.properties.points.type", {"remove": True}, "A-01")
    update = action("$.components.schemas.Member.properties.points", {"update": {"type": ["integer", "null"]}}, "A-01")
    html = page(side(SPEC, remove, update))
    assert 1 == html.count('class="correction"')
    assert 'the vendor\'s page says string; we say ["integer", "null"]' in text_of(html)


def test_every_correction_is_shown_once() -> None:
    """Corrections of parts that have no place of their own are told in the overview."""
    update = action("$.servers[0]", {"update": {"description": "Production."}}, "A-02")
    html = page(side(SPEC, update))
    assert 1 == html.count("Corrected, because A-02")
    assert html.index("Corrected, because A-02") < html.index('id="operation-getMember"')


def test_a_removed_part_is_told_by_its_parent() -> None:
    """What an overlay took away is noted on what is left around it."""
    remove = action("$.components.schemas.Member.properties.tags", {"remove": True}, "A-03")
    assert "properties.tags: the vendor's page says" in text_of(page(side(SPEC, remove)))


def test_a_step_that_did_not_apply_is_not_shown() -> None:
    """An action that failed corrected nothing."""
    broken = Step(action("$.x", {"update": {}}, "A-09"), "stale", error="stale")
    removed = Step(
        action("$.info.version", {"remove": True}, "A-08"), "applied", (Touch(("info", "version"), "1", GONE),)
    )
    html = page(Side(vendor=Vendor("acme"), source=SPEC, document=SPEC, text="", steps=[broken, removed]))
    assert (False, True) == ("A-09" in html, "A-08" in html)


def test_the_weakest_grade_is_the_badge() -> None:
    """An operation whose method is inferred is not called stated or partial."""
    assert "inferred, low confidence" in text_of(page(side(SPEC)))


def changed(edit: Any) -> str:
    """Return the page of an edited spec against the original."""
    document = copy.deepcopy(SPEC)
    edit(document)
    return page(side(document), side(SPEC))


def test_a_changed_member_says_what_it_was() -> None:
    """The highlight holds the former value, and the operation that uses the schema is marked."""
    html = changed(
        lambda document: document["components"]["schemas"]["Member"]["properties"]["points"].update(type="integer")
    )
    assert "type was string, is integer" in text_of(html)
    assert "Changed schemas it uses: Member" in text_of(html)
    assert 'class="entry operation changed"' in html


def test_a_new_member_is_marked_new() -> None:
    """A member the base lacks carries the mark."""
    html = changed(
        lambda document: document["components"]["schemas"]["Member"]["properties"].update(id={"type": "string"})
    )
    assert 'class="member new"' in html


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda document: document["components"]["schemas"]["Member"]["properties"].pop("tags"), "gone member tags"),
        (lambda document: document["paths"]["/members/{memberId}"]["get"]["responses"].pop("404"), "gone reply 404"),
        (lambda document: document["paths"].pop("/members/{memberId}"), "GET getMember /members/{memberId} gone"),
    ],
    ids=["member", "reply", "operation"],
)
def test_what_is_gone_is_shown(edit: Any, expected: str) -> None:
    """A removed part is named where it was."""
    assert expected in text_of(changed(edit))


def test_no_marks_without_a_base() -> None:
    """A new vendor is not one large change."""
    html = page(side(SPEC))
    assert 'class="chip new"' not in html
    assert "A new vendor: there is nothing to compare with." in text_of(html)


def test_a_change_links_to_its_entry() -> None:
    """The list of changes leads to the part that changed."""
    change = Change(
        vendor="acme",
        layer="spec",
        rule="property-added",
        subject="Member.points",
        message="`Member.points`: property added.",
        impact=Impact.MINOR,
        pointer="#/components/schemas/Member/properties/points",
    )
    html = page(side(SPEC), side(SPEC), change)
    assert 'href="#schema-Member"' in html[: html.index('id="operation-getMember"')]


def test_every_link_has_a_target() -> None:
    """No link of the page leads nowhere, and none leads out of it."""
    html = page(side(SPEC), side(SPEC))
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert set() == {
        target for target in re.findall(r'href="([^"]+)"', html) if target[:1] != "#" or target[1:] not in ids
    }


def test_nothing_is_loaded() -> None:
    """The page has no address to load from, and its policy would forbid it."""
    html = page(side(SPEC))
    assert [] == re.findall(r"<(?:link|img|iframe|script[^>]*src|style[^>]*src|base|form)\b", html)
    assert "default-src 'none'" in html


HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> [x](javascript:window.hacked=1) ![x](https://a.example/x.png)"


def hostile() -> dict[str, Any]:
    """Return a spec with hostile text in every place that holds text."""

    def poison(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: poison(value) for key, value in node.items()}
        if isinstance(node, list):
            return [poison(item) for item in node]
        return node

    document: dict[str, Any] = poison(SPEC)
    document["info"]["title"] = document["info"]["description"] = HOSTILE
    operation = document["paths"]["/members/{memberId}"]["get"]
    operation.update(summary=HOSTILE, description=HOSTILE, tags=[HOSTILE], operationId=f'a" onclick="x{HOSTILE}')
    operation["x-provenance"]["source"] = HOSTILE
    operation["responses"]["200"]["description"] = HOSTILE
    member = document["components"]["schemas"]["Member"]
    member["properties"][HOSTILE] = {"type": "string", "description": HOSTILE, "enum": [HOSTILE], "default": HOSTILE}
    member["examples"] = [{"a": HOSTILE}]
    return document


def test_text_of_the_spec_never_becomes_markup() -> None:
    """Hostile text is shown, not obeyed: no element, attribute or script address comes from it."""
    bad = Action(
        "<b>",
        1,
        "$.components.schemas.Member",
        ("<i>",),
        HOSTILE,
        HOSTILE,
        {"update": {"description": HOSTILE}, "x-until": HOSTILE},
    )
    html = page(side(hostile(), bad))
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = [name for name, value in attrs if name.startswith("on") or (value or "").startswith("javascript:")]
            found.extend([tag] if tag in ("img", "b1") else [])
            found.extend(names)

    Reader().feed(html)
    assert [] == found
    assert 1 == html.count("<script>")
