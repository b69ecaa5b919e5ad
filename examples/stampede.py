"""Stampede: capture a guest, tag them, book a table, make a deal, take a code out of use.

Needs STAMPEDE_CLIENT_ID and STAMPEDE_CLIENT_SECRET; STAMPEDE_BASE_URL leads to the sandbox instead of the vendor.
Everything but the deal and the code may be repeated: a guest is known by the e-mail address, a booking by its `event_id`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stampede_client import Stampede
from stampede_client.models import BookingStatus, Code, Gender, GuestPrivacy, MarketingConsent, SavedGuest


def main() -> None:
    """Do it, and say what happens."""
    with Stampede.from_env() as stampede:
        guest = capture(stampede)
        book(stampede, guest)
        make_deal(stampede)
        revoke_code(stampede)


def capture(stampede: Stampede) -> SavedGuest:
    """Create the guest, or update the one with this address; consents are the guest's own."""
    guest = stampede.guests.create(
        email="grace@example.com",
        first="Grace",
        last="Hopper",
        gender=Gender.F,
        privacy=GuestPrivacy(data=True, marketing=MarketingConsent(email=True, sms=False)),
    )
    print(f"guest {guest.id}: may be written to since {guest.email_opt_in_at}, by SMS: {guest.sms_opt_in_at or 'no'}")
    stampede.tags.add(guest.id, name="vip")
    details = stampede.guests.get(guest.id)
    print(f"guest {details.user_profile.first} {details.user_profile.last} has the tag vip")
    return guest


def book(stampede: Stampede, guest: SavedGuest) -> None:
    """Book a table for tomorrow; the same `event_id` again replaces the booking."""
    venue = next(iter(stampede.venues.list()))
    starts = datetime.now(UTC).replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for party_size in (2, 4):
        stampede.bookings.create(
            guest.id,
            venue_id=venue.id,
            event_id="example-booking",
            status=BookingStatus.ACTIVE,
            party_size=party_size,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
        )
        print(f"booking example-booking in {venue.name}: a table for {party_size} on {starts:%d %B at %H:%M} UTC")


def make_deal(stampede: Stampede) -> None:
    """Make a deal; `cash_value_amount` is in pennies."""
    made = stampede.deals.create(
        name="10 pounds off", cash_value_amount=1000, cash_value_currency="GBP", days_code_valid_for=30
    )
    deals = [deal.name for deal in stampede.deals.list()]
    print(f"deal {made.voucher.id}: {made.voucher.name}; the organisation has {len(deals)}")


def revoke_code(stampede: Stampede) -> None:
    """Find a code that can be taken out of use, and do so. The API makes no codes: the vendor's own tools hand them out."""
    free: list[Code] = [code for code in stampede.codes.search(code="ABC") if code.is_revokable is True]
    if not free:
        print("code: none is left to revoke")
        return
    revoked = stampede.codes.revoke(code=str(free[-1].code)).voucher_code
    print(f"code {revoked.code}: revoked at {revoked.revoked_at}")


if __name__ == "__main__":
    main()
