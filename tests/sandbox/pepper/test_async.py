"""Pepper: the asynchronous client against the same sandbox."""

from __future__ import annotations

import asyncio

import pytest

from loyalty_runtime import ConflictError, File, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION
from loyalty_sandbox.vendors.pepper.seed import ADA, AWARD, LOCATION, PERK
from pepper_client import AsyncPepper
from tests.sandbox.serving import Sandbox


def connect(sandbox: Sandbox) -> AsyncPepper:
    """Make an administrator's client."""
    return AsyncPepper(base_url=f"{sandbox.url}/pepper", application_id=APPLICATION, token=ADMIN_TOKEN, max_retries=0)


def test_many_redeem_at_once(sandbox: Sandbox) -> None:
    """Twenty calls for 2 of 15 points: seven succeed, one point is left."""

    async def run() -> tuple[int, float]:
        async with connect(sandbox) as client:
            calls = (client.awards.redeem_point_award(ADA, AWARD, value_to_redeem=2) for _ in range(20))
            replies = await asyncio.gather(*calls, return_exceptions=True)
            refused = [reply for reply in replies if isinstance(reply, BaseException)]
            assert all(isinstance(error, UnprocessableEntityError) for error in refused)
            awards = [award async for award in client.awards.list(user_id=ADA)]
            return len(replies) - len(refused), awards[0].points.available

    assert (7, 1) == asyncio.run(run())


def test_one_of_many_checks_in(sandbox: Sandbox) -> None:
    """Of ten checkins at once at one location nine conflict."""

    async def run() -> list[type]:
        async with connect(sandbox) as client:
            calls = (client.checkins.create_for_user(ADA, location_id=LOCATION) for _ in range(10))
            return [type(reply) for reply in await asyncio.gather(*calls, return_exceptions=True)]

    assert 9 == asyncio.run(run()).count(ConflictError)


def test_pages_and_work_are_awaited(sandbox: Sandbox) -> None:
    """The same names as in the synchronous client: a list over pages, an import with its end."""
    sandbox.admin("POST", "hooks/pepper/pace", {"seconds": 0})

    async def run() -> tuple[int, float]:
        async with connect(sandbox) as client:
            body = {"file": File(f"user_id,perk_id,points\n{ADA},{PERK},5\n".encode(), "rows.csv")}
            job = await client.awards.import_(body, dry_run=False)
            await job.wait(poll=0.01)
            users = [user async for user in client.users.list(limit=1)]
            awards = [award async for award in client.awards.list(user_id=ADA)]
            return len(users), awards[0].points.available

    assert (2, 20) == asyncio.run(run())


def test_errors_are_the_same(sandbox: Sandbox) -> None:
    """A refusal has the vendor's body."""

    async def run() -> str:
        async with connect(sandbox) as client:
            with pytest.raises(UnprocessableEntityError) as refused:
                await client.users.update(ADA, {"points": 1})
            code: str = refused.value.body.code
            return code

    assert "Validation" == asyncio.run(run())
