"""Pepper: import users from a file and follow the work, grant points, redeem and refund them, send a notification.

Needs PEPPER_APPLICATION_ID and PEPPER_TOKEN of an administrator; PEPPER_BASE_URL leads to the sandbox instead of the vendor.
Most of Pepper's paths are inferred; `docs/coverage.md` says which.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from loyalty_runtime import Job
from pepper_client import File, Pepper
from pepper_client.errors import UnprocessableEntityError
from pepper_client.models import Award, NotificationType, Operation, Perk, PerkPoints, PerkTemplate, PerkVisualisation

GUESTS = ("Ada", "Grace", "Edith", "Katherine")


def main() -> None:
    """Do it, and say what happens."""
    with Pepper.from_env() as pepper:
        users = import_users(pepper)
        perk = make_perk(pepper)
        award = grant(pepper, perk, users)
        redeem(pepper, award)
        notify(pepper, users)


def import_users(pepper: Pepper) -> list[str]:
    """Import a file: first a dry run, then in earnest; returns the ids of the new users."""
    run = uuid4().hex[:8]
    rows = [[name, "Example", f"{name.lower()}-{run}@example.com", "TRUE"] for name in GUESTS]
    file = table([["user_first_name", "user_last_name", "email", "opt_in_marketing"], *rows])

    def progress(job: Job[Operation, Operation]) -> None:
        done = job.reply.metadata if job.reply is not None else None
        print(f"import: {job.status}, {done}")

    pepper.users.import_(file=file).wait(progress=progress, poll=0.4)
    print("import: the dry run has found nothing wrong")
    job = pepper.users.import_(file=file, dry_run=False)
    job.wait(timeout=60, progress=progress, poll=0.4)
    with tempfile.TemporaryDirectory() as folder:
        result = job.download(Path(folder) / "users.csv").read_text(encoding="utf-8")
    users = [row["pepper_id"] for row in csv.DictReader(io.StringIO(result))]
    print(f"import: {len(users)} users, the first is {pepper.users.get(users[0]).full_name}")
    return users


def table(rows: list[list[str]]) -> File:
    """Write rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return File(text.getvalue().encode(), file_name="users.csv", mime_type="text/csv")


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


def grant(pepper: Pepper, perk: Perk, users: list[str]) -> Award:
    """Grant points to everybody, and twice to the first; returns the first one's award."""
    awards = [pepper.awards.grant_point_perk(str(perk.id), user_id=user, points=10) for user in [*users, users[0]]]
    print(f"award {awards[-1].id}: {available(awards[-1])} points after two grants")
    return awards[-1]


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


def notify(pepper: Pepper, users: list[str]) -> None:
    """Tell the users, and look whom it has reached: two have a device, one wants no marketing."""
    for place, user in enumerate(users[:2]):
        pepper.users.update(user, apn_device_token=f"example-device-{place}")
    pepper.users.update(users[2], has_agreed_to_receive_marketing=False)
    sent = pepper.notifications.create(
        title="Free coffee",
        message="Ten stamps are waiting on your card.",
        type_=NotificationType.ALERT,
        value="coffee",
        is_processing_message=False,
        user_ids=users,
    )
    number = str(sent.id)
    print(f"notification {number}: {sent.status}")
    for _ in range(60):
        if sent.completed_at:
            break
        time.sleep(0.5)  # it goes out in the background
        sent = pepper.notifications.get(number)
    print(f"notification {number}: {sent.sent:g} sent, {sent.failures:g} failed, {sent.skipped:g} skipped")
    receipts = [str(receipt["status"]) for receipt in pepper.notifications.list_receipts(number)]
    print(f"notification {number}: receipts say {', '.join(sorted(receipts))}")


if __name__ == "__main__":
    main()
