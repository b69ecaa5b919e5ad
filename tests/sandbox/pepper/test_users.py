"""Pepper: users, their credentials and addresses, credits, the loyalty balance."""

from __future__ import annotations

import base64
import datetime

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.base import TENANT
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, AWARD, PERK, SEGMENT
from pepper_client import Pepper
from tests.sandbox.pepper.conftest import MakePepper
from tests.sandbox.pepper.test_accounts import last_code, login
from tests.sandbox.serving import Sandbox

HOME = {"name": "Work", "address": {"line1": "2 Example Road"}, "coordinates": [-0.0715, 51.515]}


def many(admin: Pepper, number: int) -> list[str]:
    """Create users and return their ids."""
    credentials = ([{"provider": "EMAIL", "id": f"user-{place}@example.com"}] for place in range(number))
    return [admin.users.create(first_name="Many", last_name="Users", credentials=each).id for each in credentials]


def test_lists_come_in_pages(admin: Pepper) -> None:
    """`nextKey` is there while there is more, and the pages together are the whole."""
    made = many(admin, 5)
    pages = list(admin.users.list(name="many users", limit=2).by_page())
    assert [2, 2, 1] == [len(page.items) for page in pages]
    assert made == [user.id for page in pages for user in page.items]
    replies = [page.reply.page for page in pages]
    assert [True, True, False] == [isinstance(page.next_key, str) for page in replies]
    assert [(2, 2), (2, 2), (1, 2)] == [(page.count, page.limit) for page in replies]


def test_a_page_goes_on_when_its_first_item_has_gone(admin: Pepper) -> None:
    """A key whose item was deleted leads to the place where it was."""
    made = many(admin, 4)
    first = admin.users.list(name="many users", limit=2).first_page()
    admin.users.delete(made[2])
    rest = admin.users.list(name="many users", limit=2, start_key=first.reply.page.next_key).first_page()
    assert [made[3]] == [user.id for user in rest.items]


@pytest.mark.parametrize("key", ["!", "AAAA", base64.urlsafe_b64encode(b"[]").decode()])
def test_a_foreign_key_is_refused(admin: Pepper, key: str) -> None:
    """A `startKey` that no page gave is 422."""
    with pytest.raises(UnprocessableEntityError):
        admin.users.list(start_key=key).first_page()


def test_filters_of_users(sandbox: Sandbox, admin: Pepper) -> None:
    """Name, credential, role and both times narrow the list."""
    before = datetime.datetime.fromisoformat(sandbox.admin("GET", "clock")["now"])
    sandbox.advance(hours=1)
    made = many(admin, 2)

    def ids(**filters: object) -> list[str]:
        return [user.id for user in admin.users.list(**filters)]  # type: ignore[arg-type]

    assert [ADA] == ids(name="LOVE")
    assert [ADA] == ids(credential_id="ADA@example.com")
    assert [] == ids(credential_id="ada")
    assert [ADA, *made] == ids(role="USER")
    assert made == ids(created_after=before + datetime.timedelta(hours=0.5))
    sandbox.advance(hours=1)
    admin.users.update(ADA, first_name="Augusta")
    assert [ADA] == ids(updated_after=before + datetime.timedelta(hours=1.5))
    assert [ADA, *made, ADMIN] == ids(sort="-updatedAt")


def test_users_are_looked_up(admin: Pepper) -> None:
    """The named ones come, unknown ids are left out."""
    found = admin.users.lookup(user_ids=[ADA, "0" * 24], include=["points", "segmentIds"])
    assert [(ADA, [])] == [(user.id, user.segment_ids) for user in found]


def test_optional_members_come_when_included(admin: Pepper) -> None:
    """Lists hold them only when asked; one user also holds segments."""
    plain = next(iter(admin.users.list(credential_id="ada@example.com"))).to_dict()
    assert {"credentials", "favouriteLocations", "points", "addresses", "segmentIds"}.isdisjoint(plain)
    whole = admin.users.get(ADA, include=["credentials", "segments", "segmentIds"])
    assert ["+442079460000", "ada@example.com"] == [credential.id for credential in whole.credentials]
    assert ([], [], 0) == (whole.segments, whole.segment_ids, whole.points)


def test_an_update_changes_what_is_given(ada: Pepper) -> None:
    """Other members stay; a device token registers for push, a photo is noted."""
    changed = ada.users.update(ADA, first_name="Augusta", gcm_device_token="device-token", photo="aGVsbG8=")
    assert ("Augusta Lovelace", "1997-12-25", True, True) == (
        changed.full_name,
        changed.birthdate,
        changed.is_registered_for_push_notifications,
        changed.has_profile_photo,
    )


@pytest.mark.parametrize("member", ["points", "loyaltyPoints"])
def test_points_cannot_be_changed(ada: Pepper, member: str) -> None:
    """The page names the 422."""
    with pytest.raises(UnprocessableEntityError):
        ada.users.update(ADA, {member: 1000})


def test_a_deleted_user_is_marked_and_redacted(client: MakePepper, admin: Pepper) -> None:
    """Nobody finds the person any more, and the credentials are free again."""
    session = login(client, "ada@example.com", "example-password")
    client(token=session.id).users.delete(ADA)
    left = next(iter(admin.users.lookup(user_ids=[ADA])))
    assert (True, "", "") == (left.deleted, left.first_name, left.full_name)
    assert "Ada" not in str(left.to_dict())
    assert "1997" not in str(left.to_dict())
    assert ADA not in [user.id for user in admin.users.list()]
    with pytest.raises(NotFoundError):
        admin.users.get(ADA)
    with pytest.raises(NotFoundError):
        admin.users.update(ADA, first_name="Ada")
    again = client().users.create(
        first_name="New", last_name="Ada", credentials=[{"provider": "EMAIL", "id": "ada@example.com"}]
    )
    assert ADA != again.id


def test_a_user_cannot_delete_another(ada: Pepper) -> None:
    """That needs the role ADMIN."""
    with pytest.raises(PermissionDeniedError):
        ada.users.delete(ADMIN)


def test_a_second_credential_waits_for_its_code(sandbox: Sandbox, client: MakePepper, ada: Pepper) -> None:
    """Unverified it logs nobody in; verified it takes the password of the first."""
    second = ada.credentials.create(id="countess@example.com", provider="EMAIL")
    assert (False, False) == (second.is_verified, second.is_primary)
    with pytest.raises(Exception, match="401"):
        login(client, "countess@example.com", "example-password")
    with pytest.raises(UnprocessableEntityError):
        ada.credentials.verify(second.field_id, verification_code="0000")
    verified = ada.credentials.verify(second.field_id, verification_code=last_code(sandbox))
    assert (True, ADA) == (
        verified.is_verified,
        login(client, "countess@example.com", "example-password").user_id,
    )


def test_verification_can_be_skipped(sandbox: Sandbox, ada: Pepper) -> None:
    """With `skipVerification` no code is sent."""
    second = ada.credentials.create(id="countess@example.com", provider="EMAIL", skip_verification=True)
    assert (True, []) == (second.is_verified, sandbox.admin("GET", "outbox/pepper")["messages"])


def test_credentials_are_searched(admin: Pepper) -> None:
    """By their whole id in any case, by provider in either case, sorted."""
    assert ["ada@example.com"] == [each.id for each in admin.credentials.list(id="ADA@EXAMPLE.COM").items]
    assert ["+442079460000"] == [each.id for each in admin.credentials.list(provider="mobile").items]
    found = admin.credentials.list(provider="EMAIL", sort="-id").items
    assert ["admin@example.com", "ada@example.com"] == [each.id for each in found]
    assert 2 == len(admin.credentials.list_for_user(ADA)["credentials"])


def test_addresses_are_kept_with_the_user(ada: Pepper) -> None:
    """Every change answers with all of them."""
    both = [address.to_dict() for address in ada.addresses.create(ADA, HOME)]
    assert ["Home", "Work"] == [address["name"] for address in both]
    changed = ada.addresses.update(ADA, both[1]["_id"], {**HOME, "name": "Club"})
    assert ["Home", "Club"] == [address.name for address in changed]
    left = ada.addresses.delete(ADA, both[0]["_id"])
    assert ["Club"] == [address.name for address in left]
    assert ["Club"] == [address.name for address in ada.users.get(ADA).addresses]
    with pytest.raises(NotFoundError):
        ada.addresses.delete(ADA, both[0]["_id"])


def test_places_are_suggested_and_found(sandbox: Sandbox, ada: Pepper) -> None:
    """The geocoder knows what the sandbox was told."""
    place = {"line1": "3 Example Lane", "city": "Leeds", "country": "GB", "position": [-1.55, 53.8]}
    with pytest.raises(NotFoundError):
        ada.addresses.geocode({name: place[name] for name in ("line1", "city", "country")})
    sandbox.admin("POST", "hooks/pepper/place", place)
    found = ada.addresses.geocode({name: place[name] for name in ("line1", "city", "country")})
    assert [-1.55, 53.8] == found.position
    assert 1 == len(ada.addresses.suggest({"address": "example la"}).items)
    nearest = ada.addresses.suggest({"position": [-1.5, 53.8]}).items[0].to_dict()
    assert "Leeds" == nearest["address"]["city"]


def test_a_credit_raises_the_award(admin: Pepper) -> None:
    """The credit is listed, and its points are on the award."""
    admin.users.create_credit(ADA, scheme="AWARD", number=3, description="Sorry", award_id=AWARD)
    award = next(iter(admin.awards.list(user_id=ADA)))
    assert (18, [3]) == (
        award.points.available,
        [credit["number"] for credit in admin.users.list_credits(ADA)["credits"]],
    )


def test_the_balance_is_that_of_the_currency(sandbox: Sandbox, ada: Pepper, admin: Pepper) -> None:
    """Points of a PSEUDO_CURRENCY perk count, stamps do not; without a loyalty system it is refused."""
    assert (0, "POINTS") == (ada.loyalty.get_balance().balance, ada.loyalty.get_balance().type_)
    currency = admin.perks.create(
        template="PSEUDO_CURRENCY",
        title="Points",
        terms="-",
        priority=1,
        auto=True,
        points={"initial": 5},
        visualisation={},
        is_global=False,
    )
    admin.awards.grant_point_perk(currency.id, user_id=ADA, points=120)
    assert (120, 120) == (ada.loyalty.get_balance().balance, ada.loyalty.get_balance(balance_id=currency.id).balance)
    for refused in (PERK, SEGMENT):
        with pytest.raises(UnprocessableEntityError):
            ada.loyalty.get_balance(balance_id=refused)
    sandbox.admin("POST", "hooks/pepper/tenant", {"_id": TENANT, "loyaltyProvider": None})
    with pytest.raises(UnprocessableEntityError):
        ada.loyalty.get_balance()


def test_the_loyalty_account_comes_later(sandbox: Sandbox, admin: Pepper) -> None:
    """It is there after 5 seconds, or at once when the call waits for it."""
    user_id = many(admin, 1)[0]
    numbers = [admin.users.get(user_id).to_dict().get("externalLoyaltyMemberNumber")]
    sandbox.advance(seconds=5)
    numbers.append(admin.users.get(user_id).external_loyalty_member_number)
    assert [None, f"EXAMPLE-{user_id[-6:]}"] == numbers
