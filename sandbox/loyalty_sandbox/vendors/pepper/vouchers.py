"""Vouchers: codes that can be redeemed so often by one user, so often in all, and between two times.

The vouchers are those that the engine derives. Every redemption is a document of its own; both limits are compared with their
number in the transaction of the request.
"""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.records import KEY
from ...core.vendor import JSON, Document, Request, State
from .access import TENANT, moment, pepper, refused


@pepper.operation("redeemVoucher")
def redeem_voucher(state: State, request: Request) -> JSON:
    """Redeem a code for the caller; refuses with 422 what is unknown, too early, too late or used up."""
    user = request.claims["user"]
    if user is None:
        raise refused("The token does not belong to a user.")
    voucher = state.collection("vouchers").first(code=request.members["code"])
    if voucher is None:
        raise refused("There is no voucher with this code.")
    if not parse_time(voucher["startDate"]) <= state.now <= parse_time(voucher["endDate"]):
        raise refused("The voucher is not valid now.")
    redemptions = state.collection("voucher_redemptions")
    known = redemptions.find(voucherId=voucher[KEY])
    if len(known) >= voucher["numGlobalRedemptions"]:
        raise refused("The voucher is used up.")
    if len([each for each in known if each["userId"] == user]) >= voucher["numRedemptionsPerUser"]:
        raise refused("The user has redeemed the voucher often enough.")
    state.collection("vouchers").put(voucher[KEY], {**voucher, "numRedemptions": len(known) + 1})
    number = f"{state.next_number('redemption', first=0xC000):024x}"
    redemption: Document = {"_id": number, "tenantId": TENANT, "userId": user, "voucherId": voucher[KEY]}
    return redemptions.put(number, {**redemption, "dateRedeemed": moment(state)})
