"""The points of awards, which granting and refunds raise and redeeming lowers, and vouchers, which are redeemed within their limits and times.

The records are those that the engine derives for perks, awards, vouchers and users; redeemed points are kept beside the award, and every redemption
of a voucher is a document of its own, so that both limits are compared with their number.
"""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.records import KEY, PARENTS
from ...core.vendor import JSON, Document, Refusal, Request, State
from . import TENANT, moment, pepper, refused

_MOST = 1_000_000_000
_REDEEMED = "$redeemed"


@pepper.operation("grantPerk", "grantPointPerk")
def grant(state: State, request: Request) -> JSON:
    """Create the user's award of a perk, or raise the points of the one that is there; without `points` by the perk's step, or 1."""
    perk, user_id = _get(state, "perks", request.path["perkId"]), str(request.members["userId"])
    if state.collection("users").get(user_id) is None:
        raise refused("There is no user with this userId.")
    step = perk["points"].get("step", 1) if isinstance(perk.get("points"), dict) else 1
    amount = _amount(request.members.get("points", step), least=0)
    award = state.collection("awards").first(perkId=perk[KEY], userId=user_id)
    if award is None:
        number = f"{state.next_number('award', first=0xB000):024x}"
        award = {name: perk[name] for name in ("template", "title", "terms", "redemptionMethod") if name in perk}
        award |= {"_id": number, "tenantId": TENANT, "userId": user_id, "perkId": perk[KEY], "points": {"available": 0}}
        award |= {KEY: number, PARENTS: {}}
    return _moved(state, award, amount, "grant")


@pepper.operation("redeemAward", "redeemPointAward")
def redeem(state: State, request: Request) -> JSON:
    """Take points off an award; refuses more than there are with 422."""
    award, amount = _award(state, request), _amount(request.members["valueToRedeem"])
    if _available(award) < amount:
        raise refused(f"The award has {_available(award)} points only.")
    award[_REDEEMED] = _sum(award.get(_REDEEMED, 0), amount)
    return _moved(state, award, -amount, "redeem")


@pepper.operation("refundPointAward")
def refund(state: State, request: Request) -> JSON:
    """Give redeemed points back; refuses more than were redeemed with 422."""
    award, amount = _award(state, request), _amount(request.members["value"])
    if award.get(_REDEEMED, 0) < amount:
        raise refused(f"Of the award {award.get(_REDEEMED, 0)} points are redeemed only.")
    award[_REDEEMED] = _sum(award[_REDEEMED], -amount)
    return _moved(state, award, amount, "refund")


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


def _moved(state: State, award: Document, difference: float, kind: str) -> JSON:
    """Change the points of an award by an entry of its ledger, and answer with the award."""
    number = str(state.next_number("award entry"))
    state.collection("award_entries").put(number, {"awardId": award[KEY], "kind": kind, "points": difference})
    award["points"] = {**award["points"], "available": _sum(_available(award), difference)}
    award["updatedAt"] = moment(state)
    return state.collection("awards").put(award[KEY], award)


def _available(award: Document) -> float:
    return award["points"].get("available") or 0


def _get(state: State, kind: str, key: JSON) -> Document:
    found = state.collection(kind).get(str(key))
    if found is None:
        raise Refusal("not-found")
    return found


def _award(state: State, request: Request) -> Document:
    award = _get(state, "awards", request.path["awardId"])
    if award.get("userId") != request.path["userId"]:
        raise Refusal("not-found")
    return award


def _amount(value: JSON, *, least: float = 0.000001) -> float:
    """Read a number of points, whole or not, at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= round(value, 6) <= _MOST:
        raise refused(f"Points are a number from {least:g} to {_MOST}.")
    return _sum(value, 0)


def _sum(first: float, second: float) -> float:
    """Add to six decimals, so that 0.1 and 0.2 are 0.3; whole numbers stay whole."""
    total = round(first + second, 6)
    return int(total) if total == int(total) else total
