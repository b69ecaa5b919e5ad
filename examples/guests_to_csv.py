"""Stampede: write every guest as a line of CSV, to a file that is named or to the screen.

Needs STAMPEDE_CLIENT_ID and STAMPEDE_CLIENT_SECRET; STAMPEDE_BASE_URL leads to the sandbox instead of the vendor.
The vendor allows 100 calls in 15 minutes and a page is a call, so a walk over many guests waits for its turn.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from stampede_client import Stampede
from stampede_client.models import Guest


def main() -> None:
    """Do it."""
    with Stampede.from_env(timeout=1000) as stampede:
        guests = stampede.guests.list(limit=100)
        if sys.argv[1:]:
            with Path(sys.argv[1]).open("w", newline="", encoding="utf-8") as file:
                write(guests, file)
        else:
            write(guests, sys.stdout)


def write(guests: Iterable[Guest], file: TextIO) -> None:
    """Write the guests."""
    table = csv.writer(file)
    table.writerow(["id", "email", "first", "last", "agreed to e-mail", "tags"])
    for guest in guests:
        person = guest.user_profile
        tags = " ".join(link.tag_id for link in guest.organization_profile_tags)
        table.writerow([guest.id, person.email, person.first, person.last, guest.email_opt_in_at, tags])


if __name__ == "__main__":
    main()
