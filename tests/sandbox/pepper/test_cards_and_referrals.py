"""Pepper: payment cards and referrals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from loyalty_runtime import APIStatusError, NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, PERK, TENANT
from pepper_client import Pepper
from tests.sandbox.pepper.refusals import refused
from tests.sandbox.pepper.test_awards import kinds, perk_of
from tests.sandbox.serving import Sandbox

CARD = "0000000000000000000000b2"
CODE = "123456"


def test_cards_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Added, read, listed, active while it is the last one, deleted; each is recorded."""
    card = ada.payment_cards.add(card_type="STRIPE", last4="1111", expires="0131")
    number = str(card.id)
    assert (ADA, "CARD", "1111", number) == (card.user_id, card.method_type, card.last4, card.card_id)
    assert card.gateway_id
    assert number == ada.payment_cards.get_active_for_user(ADA).id
    assert [CARD, number] == [one.id for one in ada.payment_cards.list_for_user(ADA).cards]
    ada.payment_cards.delete(number)
    assert CARD == ada.payment_cards.get_active_for_user(ADA).id
    assert ["CARD_DELETED", "CARD_CREATED"] == kinds(admin)[:2]
    assert admin.users.get(ADA).has_payment_card
    ada.payment_cards.delete(CARD)
    assert not admin.users.get(ADA).has_payment_card
    with pytest.raises(NotFoundError):
        ada.payment_cards.get_active_for_user(ADA)


def test_only_the_top_up_of_a_card_changes(ada: Pepper) -> None:
    """What is left out of it stays."""
    ada.payment_cards.update(CARD, {"autoTopUp": {"enabled": True, "amount": 20}, "last4": "0000"})
    ada.payment_cards.update(CARD, {"autoTopUp": {"enabled": False}})
    card = ada.payment_cards.get(CARD)
    assert (False, 20, "4242") == (card.auto_top_up.enabled, card.auto_top_up.amount, card.last4)


def test_cards_are_private(admin: Pepper, ada: Pepper) -> None:
    """Users see their own, administrators all."""
    other = str(admin.payment_cards.add(gateway_id="example-token").id)
    assert (1, 2) == (len(ada.payment_cards.list().cards), len(admin.payment_cards.list().cards))
    for denied in (
        lambda: ada.payment_cards.get(other),
        lambda: ada.payment_cards.delete(other),
        lambda: ada.payment_cards.list_for_user(ADMIN),
    ):
        with pytest.raises(PermissionDeniedError):
            denied()
    for wrong in ({"last4": "42"}, {"expires": "1330"}):
        with refused("is not valid"):
            ada.payment_cards.add(**wrong)
    setups = [ada.payment_cards.precreate().stripe.to_dict() for _ in range(2)]
    assert setups[0] != setups[1]


def test_every_referral_has_a_code_of_its_own(ada: Pepper) -> None:
    """Claimed by somebody else, once; both are linked."""
    made = [ada.referrals.create() for _ in range(3)]
    assert 3 == len({one.code for one in made})
    assert ("CREATED", ADA) == (made[0].state, made[0].referer_id)


def test_a_claim_links_both_and_rewards_them(sandbox: Sandbox, admin: Pepper, ada: Pepper) -> None:
    """By the perks that the hook has set; a second claim is refused, of the code and by the user."""
    perk = perk_of(admin)
    sandbox.admin(
        "POST",
        "hooks/pepper/referral-perks",
        {"tenantId": TENANT, "refererPerkId": PERK, "refereePerkId": perk},
    )
    claimed = ada.referrals.claim(CODE)
    assert ("CLAIMED", ADMIN, ADA) == (claimed.state, claimed.referer_id, claimed.referee_id)
    awards = {(one.user_id, one.perk_id) for one in admin.awards.list()}
    assert {(ADMIN, PERK), (ADA, perk), (ADA, PERK)} == awards
    assert {"REFERAL_CLAIMED_REFEREE", "REFERAL_CLAIMED_REFERER"} <= set(kinds(admin))
    with refused("claimed already"):
        ada.referrals.claim(CODE)
    another = str(admin.referrals.create().code)
    with refused("claimed a referral already"):
        ada.referrals.claim(another)


def test_claims_that_are_refused(sandbox: Sandbox, admin: Pepper, ada: Pepper) -> None:
    """Own, unknown, 30 days old."""
    own = str(ada.referrals.create().code)
    with refused("own referral"):
        ada.referrals.claim(own)
    with pytest.raises(NotFoundError):
        ada.referrals.claim("999999")
    late = str(admin.referrals.create().code)
    sandbox.advance(days=30)
    with refused("expired"):
        ada.referrals.claim(late)


def test_a_code_is_claimed_once_however_many_try(admin: Pepper, ada: Pepper, sandbox: Sandbox) -> None:
    """Of eight calls at once one succeeds."""

    def claim(_: int) -> int:
        try:
            ada.referrals.claim(CODE)
        except APIStatusError as error:
            assert 422 == error.status
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(claim, range(8)))
    assert 1 == kinds(admin).count("REFERAL_CLAIMED_REFEREE")
