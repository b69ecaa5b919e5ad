"""Pepper: perks and awards - grant, redeem, refund, tiers, segments' perks; no point is made or lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_runtime import File, NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.clock import Clock
from loyalty_sandbox.exchange import Refused
from loyalty_sandbox.state import State
from loyalty_sandbox.store import Store
from loyalty_sandbox.vendors.pepper import ledger, seed
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION
from loyalty_sandbox.vendors.pepper.seed import ADA, AWARD, PERK, SEGMENT
from pepper_client import Pepper
from tests.sandbox.serving import Sandbox, Serve

BODY: dict[str, Any] = {
    "template": "AD_HOC",
    "title": "Birthday gin",
    "terms": "-",
    "priority": 1,
    "auto": True,
    "isGlobal": False,
    "points": {"initial": 2, "step": 3},
    "visualisation": {"titleText": "Gin"},
}


def perk_of(admin: Pepper, **members: object) -> str:
    """Create a perk and return its id."""
    return str(admin.perks.create({**BODY, **members}).id)


def points(admin: Pepper) -> dict[str, float]:
    """Return the points of Ada's awards by perk."""
    return {award.perk_id: award.points.available for award in admin.awards.list(user_id=ADA, include_disabled=True)}


def kinds(admin: Pepper) -> list[str]:
    """Return the types of all actions, the newest first."""
    return [action.type_ for action in admin.actions.list()]


def test_a_grant_creates_the_award_and_raises_it(admin: Pepper) -> None:
    """The first grant gives the initial points, the next the step, and one with points these; it is one award."""
    perk = perk_of(admin)
    grants = [admin.awards.grant_point_perk(perk, user_id=ADA) for _ in range(2)]
    grants.append(admin.awards.grant_point_perk(perk, user_id=ADA, points=0.5))
    assert [2, 5, 5.5] == [award.points.available for award in grants]
    assert {(grants[0].id, ADA, perk, "Birthday gin")} == {
        (award.id, award.user_id, award.perk_id, award.title) for award in grants
    }
    assert ["REWARD_EARNED"] * 3 == kinds(admin)[:3]


def test_redeeming_lowers_and_refunding_raises(ada: Pepper, admin: Pepper) -> None:
    """Both change `points.available` and are recorded; the older call does the same."""
    with pytest.warns(DeprecationWarning):
        ada.awards.redeem(ADA, AWARD, value_to_redeem=5)
    assert 4 == ada.awards.redeem_point_award(ADA, AWARD, value_to_redeem=6)["points"]["available"]
    assert 7 == admin.awards.refund_point_award(ADA, AWARD, value=3)["points"]["available"]
    assert ["AWARD_POINTS_REFUNDED", "REDEEM_PERK", "REDEEM_PERK"] == kinds(admin)[:3]


def test_the_plain_update_sets_points_without_an_action(admin: Pepper) -> None:
    """It emits nothing, unlike the others."""
    before = kinds(admin)
    admin.awards.update_point_award(AWARD, points={"available": 99})
    assert ({PERK: 99}, before) == (points(admin), kinds(admin))


@pytest.mark.parametrize("value", [15.5, 0, -1, 10**12])
def test_nobody_redeems_what_is_not_there(ada: Pepper, admin: Pepper, value: float) -> None:
    """More than available, nothing and less than nothing are 422 and change nothing."""
    with pytest.raises(UnprocessableEntityError):
        ada.awards.redeem_point_award(ADA, AWARD, value_to_redeem=value)
    assert {PERK: 15} == points(admin)


def test_nobody_gets_back_more_than_was_redeemed(admin: Pepper) -> None:
    """10 points are redeemed in the seed."""
    with pytest.raises(UnprocessableEntityError):
        admin.awards.refund_point_award(ADA, AWARD, value=11)
    admin.awards.refund_point_award(ADA, AWARD, value=10)
    with pytest.raises(UnprocessableEntityError):
        admin.awards.refund_point_award(ADA, AWARD, value=1)


def test_an_award_belongs_to_its_user(admin: Pepper) -> None:
    """It is not found below another user."""
    with pytest.raises(NotFoundError):
        admin.awards.redeem_point_award(seed.ADMIN, AWARD, value_to_redeem=1)


def test_a_disabled_perk_is_neither_earned_nor_redeemed(admin: Pepper) -> None:
    """Both are 422; its awards are listed only when asked for."""
    admin.perks.update_point_perk(PERK, enabled=False)
    for refused in (
        lambda: admin.awards.grant_point_perk(PERK, user_id=ADA),
        lambda: admin.awards.redeem_point_award(ADA, AWARD, value_to_redeem=1),
    ):
        with pytest.raises(UnprocessableEntityError):
            refused()
    listed = [admin.awards.list_point_awards_for_user(ADA, include_disabled=asked).awards for asked in (False, True)]
    assert [0, 1] == [len(awards) for awards in listed]


def test_awards_are_listed_by_what_is_asked(ada: Pepper, admin: Pepper) -> None:
    """Unvisualised ones and those for other locations come only when asked; `fields` chooses members."""
    plain = perk_of(admin, visualisation={}, locationIds=["0" * 24])
    admin.awards.grant_point_perk(plain, user_id=ADA)
    assert {PERK} == {award.perk_id for award in ada.awards.list()}
    assert {PERK, plain} == {award.perk_id for award in ada.awards.list(include_unvisualised_awards=True)}
    elsewhere = ada.awards.list(include_unvisualised_awards=True, location_id="1" * 24)
    assert {PERK} == {award.perk_id for award in elsewhere}
    chosen = next(iter(ada.awards.list(fields="_id,points")))
    assert {"_id": AWARD, "points": {"available": 15}} == chosen.to_dict()
    with pytest.raises(UnprocessableEntityError):
        ada.awards.list(fields="title").first_page()


def test_external_loyalty_has_no_list_of_all_awards(sandbox: Sandbox, admin: Pepper) -> None:
    """One user's awards can be listed still."""
    sandbox.admin("POST", "hooks/pepper/tenant", {"_id": seed.TENANT, "loyaltyProvider": "ATREEMO"})
    with pytest.raises(UnprocessableEntityError):
        admin.awards.list().first_page()
    assert [AWARD] == [award.id for award in admin.awards.list(user_id=ADA)]


def test_perks_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, counted, changed, listed, deleted with their awards."""
    perk = perk_of(admin, enabled=False)
    assert (1, "Birthday gin") == (
        admin.perks.get(PERK, include=["awardCount"]).award_count,
        admin.perks.get(perk).title,
    )
    assert ([PERK, perk], [PERK]) == (
        [each.id for each in admin.perks.list()],
        [each.id for each in ada.perks.list()],
    )
    admin.perks.update_point_perk(perk, title="Birthday rum")
    assert ("Birthday rum", "-") == (admin.perks.get(perk).title, admin.perks.get(perk).terms)
    admin.perks.delete_point_perk(PERK)
    assert {} == points(admin)
    with pytest.raises(NotFoundError):
        admin.perks.get(PERK)


def test_of_tiers_the_highest_priority_is_active(admin: Pepper, ada: Pepper) -> None:
    """Lower tiers are neither shown nor redeemed; they come back when the higher one goes."""
    bronze, gold = (perk_of(admin, template="LEVEL", isTier=True, priority=priority) for priority in (1, 3))
    awards = {perk: str(admin.awards.grant_point_perk(perk, user_id=ADA).id) for perk in (bronze, gold)}
    assert {PERK, gold} == {award.perk_id for award in ada.awards.list()}
    with pytest.raises(UnprocessableEntityError):
        ada.awards.redeem_point_award(ADA, awards[bronze], value_to_redeem=1)
    admin.perks.delete_point_perk(gold)
    assert {PERK, bronze} == {award.perk_id for award in ada.awards.list()}


def test_membership_perks_follow_the_segment(sandbox: Sandbox, admin: Pepper) -> None:
    """Joining grants a tied CLUB perk, and leaving, here by being deleted, revokes it."""
    club = perk_of(admin, template="CLUB")
    sandbox.admin("POST", "hooks/pepper/segment-perk", {"segmentId": SEGMENT, "perkId": club})
    rows = f"user_first_name,user_last_name,opt_in_marketing,email,audience\nGrace,Hopper,TRUE,g@example.com,{SEGMENT}"
    admin.users.import_({"file": File(rows.encode(), "users.csv")}, dry_run=False, suppress_events=False)
    sandbox.advance(seconds=2)
    grace = next(iter(admin.users.list(credential_id="g@example.com"))).id
    assert [club] == [award.perk_id for award in admin.awards.list(user_id=grace)]
    admin.users.delete(grace)
    assert [] == list(admin.awards.list(user_id=grace))
    assert {"MEMBER_ADDED", "MEMBER_REMOVED"} <= set(kinds(admin))


def test_enrichments_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, changed, read, listed, deleted, by administrators; what is left out is null."""
    made = admin.award_enrichments.create(loyalty_reward_id="reward-2", loyalty_provider="ATREEMO", title="Two")
    admin.award_enrichments.update(made.id, title=None, token="T")
    kept = admin.award_enrichments.get(made.id)
    assert (None, "T", None) == (kept.title, kept.token, kept.points)
    assert 2 == len(list(admin.award_enrichments.list()))
    admin.award_enrichments.delete(made.id)
    with pytest.raises(NotFoundError):
        admin.award_enrichments.get(made.id)
    with pytest.raises(PermissionDeniedError):
        ada.award_enrichments.list().first_page()


def balance(client: Pepper) -> float:
    """Return the points of Ada's seeded award."""
    available: float = next(iter(client.awards.list(user_id=ADA))).points.available
    return available


def test_points_are_conserved_when_many_call_at_once(sandbox: Sandbox, admin: Pepper) -> None:
    """Eight callers redeem, refund and grant without order: what was answered adds up, and nothing goes below 0."""

    def work(place: int) -> float:
        change = 0.0
        for round_ in range(6):
            try:
                if (place + round_) % 3 == 0:
                    admin.awards.grant_point_perk(PERK, user_id=ADA, points=2)
                    change += 2
                elif (place + round_) % 3 == 1:
                    admin.awards.redeem_point_award(ADA, AWARD, value_to_redeem=7)
                    change -= 7
                else:
                    admin.awards.refund_point_award(ADA, AWARD, value=3)
                    change += 3
            except UnprocessableEntityError:
                pass
        return change

    with ThreadPoolExecutor(8) as pool:
        changes = list(pool.map(work, range(8)))
    assert 15 + sum(changes) == balance(admin)
    entries = sandbox.documents("pepper", "award_entries")
    assert balance(admin) == sum(entry["points"] for entry in entries if entry["awardId"] == AWARD)


def test_the_last_points_are_redeemed_once(admin: Pepper) -> None:
    """Of eight callers who want all of them, one gets them."""

    def redeem(_: int) -> int:
        try:
            admin.awards.redeem_point_award(ADA, AWARD, value_to_redeem=15)
        except UnprocessableEntityError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(redeem, range(8)))


def test_points_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    """A second sandbox on the same file goes on where the first one was."""
    database = tmp_path / "sandbox.db"
    first = serve("pepper", db=database)
    with Pepper(base_url=f"{first.url}/pepper", application_id=APPLICATION, token=ADMIN_TOKEN) as client:
        client.awards.redeem_point_award(ADA, AWARD, value_to_redeem=4)
        left = balance(client)
    first.world.store.close()
    again = serve("pepper", db=database)
    with Pepper(base_url=f"{again.url}/pepper", application_id=APPLICATION, token=ADMIN_TOKEN) as client:
        assert (11, 11) == (left, balance(client))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "redeem", "refund", "set", "credit"]),
        st.one_of(st.integers(0, 50), st.decimals(0, 50, places=2).map(float)),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_no_order_of_calls_makes_or_loses_points(steps: list[tuple[str, float]]) -> None:
    """The points of an award are the sum of its entries and never below 0, whatever is done to it."""
    store = Store()
    state = State(store, Clock(lambda: 1_800_000_000.0), "pepper")
    user = {"_id": "user", "fullName": "", "primaryPlatform": "IOS"}
    perk = {"_id": "perk", "tenantId": "tenant", "points": {}}
    award = ledger.grant(state, perk, user, points=10)
    for kind, value in steps:
        try:
            match kind:
                case "grant":
                    award = ledger.grant(state, perk, user, points=value)
                case "redeem":
                    ledger.redeem(state, award, value, user=user)
                case "refund":
                    ledger.refund(state, award, value, user=user)
                case "credit":
                    ledger.credit(state, award, value, user=user)
                case _:
                    ledger.set_points(state, award, value)
        except Refused:
            award = state.collection("awards").get(award["_id"]) or {}
        entries = state.collection("award_entries").find(awardId=award["_id"])
        assert award["points"]["available"] == pytest.approx(sum(entry["points"] for entry in entries), abs=1e-6)
        assert award["points"]["available"] >= 0
        assert award["redeemed"] >= 0
    store.close()
