"""Run by a test in a process of its own: the client made anew calls the deviating Pepper strictly, and a live run looks once more.

Arguments: the repository whose client is on the path.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pepper_client import Pepper
from scripts.observe.__main__ import main


def call(pepper: Any) -> None:
    """Read every list that deviates to its end, and change what has another method; a misfit or an error ends this."""
    ids = [user.user_id for user in pepper.users.list(limit=1)]
    assert 3 == len(set(ids)), ids
    perks, places = list(pepper.perks.list()), list(pepper.locations.list())
    vouchers = list(pepper.vouchers.list())
    print("perk", perks[0].internal_name, perks[0].priority, perks[0].location_ids, perks[0].redemption_method)
    print("place", places[0].description, places[0].opening_hours_text, places[0].facilities.wifi)
    print(
        "voucher", vouchers[0].num_redemptions, vouchers[0].end_date, vouchers[0].start_date, vouchers[0].scheme.title
    )
    for listed in (pepper.award_enrichments, pepper.subscription_schemes, pepper.notifications, pepper.metrics_user):
        print(len(list(listed.list_definitions() if hasattr(listed, "list_definitions") else listed.list())))
    print(pepper.loyalty.get_balance().balance, pepper.rules.list()[0].active, len(pepper.scheduled_tasks.list()))
    print(pepper.payment_cards.list())
    pepper.perks.update(perks[0].id, title="Other")
    pepper.locations.update(places[0].id, title="Other")
    pepper.users.update(ids[0], first_name="Ada")
    pepper.vouchers.update(vouchers[0].id, title="Other")


if __name__ == "__main__":
    with Pepper.from_env(strict=True) as client:
        call(client)
    sys.exit(main(["pepper", "--live", "--yes"], root=Path(sys.argv[1])))
