"""Pepper: create a user, make a card, grant points, redeem and refund them, and follow an import.

Needs PEPPER_APPLICATION_ID and PEPPER_TOKEN of an administrator; PEPPER_BASE_URL leads to the sandbox instead of the vendor.
Most of Pepper's paths are inferred; `docs/coverage.md` says which.
The import is only started and waited for: in the sandbox no user comes out of it, and its result is the file that was sent.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from loyalty_runtime import Job
from pepper_client import File, Pepper
from pepper_client.errors import UnprocessableEntityError
from pepper_client.models import Award, Operation, Perk, PerkPoints, PerkTemplate, PerkVisualisation, User


def main() -> None:
    """Do it, and say what happens."""
    with Pepper.from_env() as pepper:
        perk = make_perk(pepper)
        user = register(pepper)
        award = grant(pepper, perk, user.id)
        redeem(pepper, award)
        import_users(pepper)


def make_perk(pepper: Pepper) -> Perk:
    """Make a card for stamps."""
    perk = pepper.perks.create(
        template=PerkTemplate.STAMP_CARD,
        title="Ten coffees, one free",
        terms="One free coffee for ten stamps.",
        priority=1,
        auto=False,
        points=PerkPoints(initial=0, min_=0, step=1, redemption=10),
        visualisation=PerkVisualisation.from_dict({"titleText": "Coffee card"}),
        is_global=False,
    )
    print(f"perk {perk.id}: {perk.title}")
    return perk


def register(pepper: Pepper) -> User:
    """Create a user who can log in by e-mail address, without the activation that needs a message."""
    user = pepper.users.create(
        first_name="Ada",
        last_name="Example",
        credentials=[{"provider": "EMAIL", "id": f"ada-{uuid4().hex[:8]}@example.com", "token": uuid4().hex}],
        has_agreed_to_share_data=True,
        auto_activate=True,
    )
    print(f"user {user.id}: {user.first_name} {user.last_name}")
    return user


def grant(pepper: Pepper, perk: Perk, user: str) -> Award:
    """Grant points twice; the second grant raises the points of the first one's award."""
    first, second = (pepper.awards.grant_point_perk(str(perk.id), user_id=user, points=10) for _ in range(2))
    same = "the same award" if first.id == second.id else "another award"
    print(f"award {second.id}: {available(second)} points after two grants, {same}")
    return second


def redeem(pepper: Pepper, award: Award) -> None:
    """Redeem a coffee, give half of it back, and meet the refusal of too much."""
    user, number = str(award.user_id), str(award.id)
    spent = pepper.awards.redeem_point_award(user, number, value_to_redeem=10)
    print(f"award {number}: {available(spent)} points after redeeming 10")
    back = pepper.awards.refund_point_award(user, number, value=5)
    print(f"award {number}: {available(back)} points after a refund of 5")
    try:
        pepper.awards.redeem_point_award(user, number, value_to_redeem=1000)
    except UnprocessableEntityError as error:
        print(f"award {number}: 1000 points cannot be redeemed ({error.status})")


def available(award: Award | Mapping[str, Any]) -> float:
    """Return the points an award has; some calls answer with one that the vendor does not describe."""
    typed = award if isinstance(award, Award) else Award.from_dict(award)
    return typed.points.available or 0 if typed.points else 0


def import_users(pepper: Pepper) -> None:
    """Start an import, wait until it has ended, and fetch its result."""
    run = uuid4().hex[:8]
    columns = ["user_first_name", "user_last_name", "email", "opt_in_marketing"]
    file = table([columns, ["Ada", "Example", f"ada-{run}@example.com", "TRUE"]])

    def progress(job: Job[Operation, Operation]) -> None:
        print(f"import: {job.status}")

    job = pepper.users.import_(file=file, dry_run=False)
    job.wait(timeout=60, progress=progress, poll=0.4)
    with tempfile.TemporaryDirectory() as folder:
        lines = job.download(Path(folder) / "users.csv").read_text(encoding="utf-8").splitlines()
    print(f"import: the result has {len(lines)} lines")


def table(rows: list[list[str]]) -> File:
    """Write rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return File(text.getvalue().encode(), file_name="users.csv", mime_type="text/csv")


if __name__ == "__main__":
    main()
