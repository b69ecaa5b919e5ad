"""Across vendors: a guest's stamps become points elsewhere, and every system that knows the guest hears of it.

Stampede knows the guest and what they consented to, Stamps holds the old stamps, Pepper the new points, OrderingStack the campaigns.
The four are asked at the same time; the move itself goes step by step, and stamps come back when the points cannot be granted.
Needs the variables of the four other examples.
"""

from __future__ import annotations

import asyncio

from loyalty_runtime.errors import APIError
from orderingstack_client import AsyncOrderingStack
from orderingstack_client.models import Account, AccountFilter, OtherEvent
from pepper_client import AsyncPepper
from pepper_client.models import Award, Perk, User
from stampede_client import AsyncStampede
from stampede_client.models import Guest
from stamps_client import AsyncStamps

ADDRESS, STORE, STAMPS = "ada@example.com", 2, 10


async def main() -> None:
    """Do it, and say what happens."""
    async with (
        AsyncStampede.from_env() as stampede,
        AsyncStamps.from_env() as stamps,
        AsyncPepper.from_env() as pepper,
        AsyncOrderingStack.from_env() as orderingstack,
    ):
        guest, (user, perk), account = await asyncio.gather(
            find_guest(stampede), find_user(pepper), find_account(orderingstack)
        )
        print(f"{ADDRESS} is guest {guest.id}, user {user.field_id} and account {account.id}")
        if not guest.data_opt_in_at:
            raise SystemExit("The guest has not agreed that data is held; nothing is moved.")

        earned = await stamps.awards.add_stamps(user=ADDRESS, store=STORE, number_of_stamps=STAMPS, notes="breakfast")
        before = await points_of(pepper, user, perk)
        print(f"before: {earned.customer.stamps} stamps, {before:g} points")
        left = await move(stamps, pepper, user=user, perk=perk, before=before)
        after = await points_of(pepper, user, perk)
        print(f"after:  {left} stamps, {after:g} points")
        if (earned.customer.stamps - left, after - before) != (STAMPS, STAMPS):
            raise SystemExit("Stamps and points do not add up; did somebody else move them?")

        moved = OtherEvent.from_dict({"account": account.id, "type": "STAMPS_MOVED", "stamps": STAMPS})
        await asyncio.gather(stampede.tags.add(guest.id, name="moved to points"), orderingstack.event.post([moved]))
        print("told: Stampede has tagged the guest, OrderingStack has the event")


async def find_guest(stampede: AsyncStampede) -> Guest:
    """Find the guest by e-mail address."""
    async for guest in stampede.guests.list(search=ADDRESS):
        if guest.user_profile.email == ADDRESS:
            return guest
    raise SystemExit(f"Stampede knows no guest {ADDRESS}.")


async def find_user(pepper: AsyncPepper) -> tuple[User, Perk]:
    """Find the user by e-mail address, and the perk that holds points."""
    async for user in pepper.users.list(credential_id=ADDRESS):
        async for perk in pepper.perks.list():
            return user, perk
    raise SystemExit(f"Pepper knows no user {ADDRESS}, or has no perk.")


async def find_account(orderingstack: AsyncOrderingStack) -> Account:
    """Find the account by e-mail address; filters are members of the account."""
    async for account in orderingstack.account.get_accounts(filter_=AccountFilter.from_dict({"email": ADDRESS})):
        return account
    raise SystemExit(f"OrderingStack knows no account {ADDRESS}.")


async def points_of(pepper: AsyncPepper, user: User, perk: Perk) -> float:
    """Return the points that a user has of a perk."""
    async for award in pepper.awards.list(user_id=str(user.field_id), include_unvisualised_awards=True):
        if award.perk_id == perk.field_id:
            return available(award)
    return 0


async def move(stamps: AsyncStamps, pepper: AsyncPepper, *, user: User, perk: Perk, before: float) -> int:
    """Burn stamps and grant points for them; returns the stamps that are left.

    Stamps are burnt first, so that nothing is doubled. After an error the points say whether the grant took place all the same
    (its answer may have been lost); if it did not, the stamps are given back, so that nothing is lost.
    """
    burnt = await stamps.memberships.deduct_stamps(user=ADDRESS, stamps=STAMPS, notes="moved to points")
    try:
        await pepper.awards.grant_point_perk(str(perk.field_id), user_id=str(user.field_id), points=STAMPS)
    except APIError as error:
        if await points_of(pepper, user, perk) < before + STAMPS:
            await stamps.awards.add_stamps(
                user=ADDRESS, store=STORE, number_of_stamps=STAMPS, notes="could not be moved"
            )
            raise SystemExit("Pepper has not granted the points; the stamps are given back.") from error
        print("The answer of the grant was lost; the points are there.")
    return burnt.membership.stamps or 0


def available(award: Award) -> float:
    """Return the points an award has."""
    return award.points.available or 0 if award.points else 0


if __name__ == "__main__":
    asyncio.run(main())
