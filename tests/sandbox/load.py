"""Load the Pepper sandbox and count every point and voucher: `python -m tests.sandbox.load [--clients 200] [--seconds 30] [--kill]`.

An administrator grants and redeems points of the awards of shared users, and the users redeem vouchers that have a limit for one user
and one for all, as fast as they can. The six decimals of an amount are the number of its request, so that every stored movement names the
request that made it. With `--kill` the server is killed with `kill -9` half way and started again on the same file. At the end the file is
compared with what the clients were told: nothing acknowledged may be missing, nothing may be there twice or unasked for, and every balance
must be the sum of its movements. A request that was under way at the kill may have taken effect or not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
from attrs import define, field

from loyalty_sandbox.command import build_world
from loyalty_sandbox.command import parse_arguments as sandbox_arguments
from loyalty_sandbox.core.clock import iso
from loyalty_sandbox.core.documents import Document
from loyalty_sandbox.core.security import keep_token
from tests.sandbox.credentials import ADMIN_TOKEN, APPLICATION, PERK
from tests.sandbox.loading import Server, documents

USERS = [f"0000000000000000ffff{number:04x}" for number in range(0x9000, 0x9000 + 40)]
PER_USER = 3
# Code of a voucher: how often it can be redeemed in all. With some the limit for all is reached first, with some the one for a user.
VOUCHERS = {f"LOAD{number}": 60 if number % 2 else 1000 for number in range(10)}
MILLION = 1_000_000
Find = Callable[..., list[Document]]


@define
class Record:
    """What the clients asked for and were told, by the note that makes each request unique."""

    asked: dict[str, tuple[str, str, float | str]] = field(factory=dict)  # note: kind, user, amount or code
    told: dict[str, int] = field(factory=dict)  # note: status
    milliseconds: list[float] = field(factory=list)
    lost: int = 0
    awards: dict[str, str] = field(factory=dict)  # user: award
    redemptions: dict[str, str] = field(factory=dict)  # id of an acknowledged redemption: note

    def choose(self, chance: random.Random) -> tuple[str, str, str, dict[str, object], str]:
        """Choose the next request (note, method, path, body, token): granting, redeeming and vouchers are equally frequent."""
        note, user = str(len(self.asked)), chance.choice(USERS)
        kind = chance.choice(("grant", "redeem", "voucher"))
        if kind == "voucher":
            code = chance.choice(list(VOUCHERS))
            self.asked[note] = (kind, user, code)
            return note, "POST", "/vouchers/redeem", {"code": code}, token(user)
        amount = round(chance.randrange(1, 30) + int(note) / MILLION, 6)
        if kind == "redeem" and user in self.awards:
            self.asked[note] = (kind, user, amount)
            return note, "PUT", f"/users/{user}/pointawards/{self.awards[user]}", {"valueToRedeem": amount}, ADMIN_TOKEN
        self.asked[note] = ("grant", user, amount)
        return note, "POST", f"/pointperks/{PERK}/awards", {"userId": user, "points": amount}, ADMIN_TOKEN

    def hear(self, note: str, status: int, content: bytes) -> None:
        """Keep the status, the award of a user, and the id of a redemption."""
        self.told[note] = status
        kind, user, _ = self.asked[note]
        assert status in (200, 422), content
        if status == 200 and kind == "grant":
            award = json.loads(content)["_id"]
            assert self.awards.setdefault(user, award) == award, f"user {user} has two awards of one perk"
        if status == 200 and kind == "voucher":
            assert self.redemptions.setdefault(json.loads(content)["_id"], note) == note, "a redemption was given twice"


def token(user: str) -> str:
    """Return the artificial token of a user."""
    return f"sandbox-pepper-load-{user}"


async def client(number: int, server: Server, record: Record, until: float) -> None:
    """Send requests until the time is over; a broken connection is opened anew, and its request is not repeated."""
    chance = random.Random(number)  # noqa: S311 - repeatable, not secret
    while time.monotonic() < until:
        transport = httpx.AsyncHTTPTransport(verify=False)
        address = f"http://127.0.0.1:{server.port}/pepper"
        async with httpx.AsyncClient(base_url=address, transport=transport, timeout=60) as http:
            try:
                while time.monotonic() < until:
                    note, method, path, body, word = record.choose(chance)
                    headers = {"Authorization": f"Token {word}", "X-Application-Id": APPLICATION, "X-Api-Version": "12"}
                    before = time.monotonic()
                    answer = await http.request(method, path, json=body, headers=headers)
                    record.milliseconds.append((time.monotonic() - before) * 1000)
                    record.hear(note, answer.status_code, answer.content)
            except httpx.TransportError as error:
                record.lost += not isinstance(error, httpx.ConnectError)
                await asyncio.sleep(0.02)


async def load(server: Server, record: Record, *, clients: int, seconds: float, kill: bool) -> None:
    """Run all clients, and kill and start the server half way."""
    until = time.monotonic() + seconds
    tasks = [asyncio.create_task(client(number, server, record, until)) for number in range(clients)]
    if kill:
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    await asyncio.gather(*tasks)


def compare(kind: str, record: Record, stored: list[str]) -> None:
    """Compare the notes of stored movements with what was asked and told; raises `AssertionError` for what is lost, doubled or invented."""
    asked = {note for note, request in record.asked.items() if request[0] == kind}
    acknowledged = {note for note in asked if record.told.get(note) == 200}
    refused = {note for note in asked if record.told.get(note, 200) != 200}
    assert len(stored) == len(set(stored)), f"{kind}: a movement is stored twice"
    assert acknowledged <= set(stored), f"{kind}: an acknowledged movement is lost"
    assert set(stored) <= asked, f"{kind}: a movement nobody asked for"
    assert not refused & set(stored), f"{kind}: a refused movement is stored"


def audit(database: Path, record: Record) -> dict[str, int]:
    """Compare the file with what was asked and told; raises `AssertionError` for what is lost, doubled or invented."""
    find = documents(database, "pepper")
    points, moved = _audit_points(find, record)
    redeemed = _audit_vouchers(find, record)
    return {**moved, "vouchers": redeemed, "points": round(points)}


def _audit_points(find: Find, record: Record) -> tuple[float, dict[str, int]]:
    stored: dict[str, list[str]] = {"grant": [], "redeem": []}
    total = 0.0
    for user in USERS:
        awards = find("awards", userId=user, perkId=PERK)
        assert len(awards) <= 1, f"user {user} has two awards of one perk"
        for award in awards:
            entries = find("award_entries", awardId=award["_id"])
            for entry in entries:
                amount = abs(entry["points"])
                note = str(round(amount * MILLION) % MILLION)
                assert record.asked.get(note) == (entry["kind"], user, amount), f"{entry['kind']}: nobody asked for it"
                assert (entry["points"] > 0) == (entry["kind"] == "grant")
                stored[entry["kind"]].append(note)
            balance = round(sum(entry["points"] for entry in entries), 6)
            assert award["points"]["available"] == balance >= 0, f"user {user}: the balance is not its movements"
            total += balance
    for kind, notes in stored.items():
        compare(kind, record, notes)
    return total, {f"{kind}s": len(notes) for kind, notes in stored.items()}


def _audit_vouchers(find: Find, record: Record) -> int:
    codes = {each["_id"]: each["code"] for each in find("vouchers") if each["code"] in VOUCHERS}
    stored = [each for each in find("voucher_redemptions") if each["voucherId"] in codes]
    made = {each["_id"]: (each["userId"], codes[each["voucherId"]]) for each in stored}
    acknowledged: Counter[tuple[str, str]] = Counter()
    for number, note in record.redemptions.items():
        _, user, code = record.asked[note]
        assert made.get(number) == (user, code), "voucher: an acknowledged redemption is lost"
        acknowledged[user, str(code)] += 1
    asked = [(note, user, str(code)) for note, (kind, user, code) in record.asked.items() if kind == "voucher"]
    open_ = Counter((user, code) for note, user, code in asked if note not in record.told)
    by_user, by_code = Counter(made.values()), Counter(code for _, code in made.values())
    for pair, times in by_user.items():
        assert times <= PER_USER, f"voucher: {pair} is beyond the limit of a user"
        assert times <= acknowledged[pair] + open_[pair], f"voucher: nobody asked for a redemption of {pair}"
    assert all(times <= VOUCHERS[code] for code, times in by_code.items()), "voucher: beyond the limit for all"
    for note, user, code in asked:
        if record.told.get(note, 200) != 200:  # nothing gives a redemption back, so a limit that was reached still is
            reached = by_user[user, code] == PER_USER or by_code[code] == VOUCHERS[code]
            assert reached, f"voucher: {code} was refused to {user} below both limits"
    return len(stored)


def seed(database: Path) -> None:
    """Make users with tokens, and vouchers, in a fresh file."""
    world = build_world(sandbox_arguments(["--vendor", "pepper", "--db", str(database)]))
    state = world.engines["pepper"].state
    with world.store.transaction():
        for user in USERS:
            state.collection("users").put(
                user, {"$key": user, "id": user, "_id": user, "fullName": f"Load {user[-4:]}"}
            )
            claims: Document = {"user": user, "roles": ["USER"]}
            keep_token(state, token(user), schemes=["auth-token"], claims=claims)
        for number, (code, limit) in enumerate(VOUCHERS.items()):
            voucher: Document = {
                "_id": f"0000000000000000ffff{0x8000 + number:04x}",
                "tenantId": "0000000000000000000000a0",
            }
            voucher |= {"title": "Load", "code": code, "$key": voucher["_id"], "voucherSchemeId": PERK}
            voucher |= {"startDate": iso(state.now), "endDate": iso(state.now + timedelta(days=1))}
            voucher |= {"numRedemptionsPerUser": PER_USER, "numGlobalRedemptions": limit}
            state.collection("vouchers").put(voucher["_id"], voucher)
    world.close()


def run(*, clients: int, seconds: float, kill: bool) -> dict[str, object]:
    """Seed a file, load its server, audit the file, and return the figures."""
    record = Record()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "load.db"
        seed(database)
        server = Server(database, "pepper")
        server.start()
        try:
            asyncio.run(load(server, record, clients=clients, seconds=seconds, kill=kill))
        finally:
            server.kill()
        found = audit(database, record)
    times = statistics.quantiles(record.milliseconds, n=100)
    return {
        "clients": clients,
        "seconds": seconds,
        "killed": kill,
        "answers": len(record.told),
        "answers per second": round(len(record.told) / seconds),
        "statuses": dict(sorted(Counter(record.told.values()).items())),
        "without an answer": record.lost,
        "milliseconds (median, 99 %)": [round(times[49]), round(times[98])],
        **found,
    }


def main() -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.load", description="Load a sandbox and count all.")
    parser.add_argument("--clients", type=int, default=200, help="clients at the same time (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--kill", action="store_true", help="kill -9 the server half way and start it again")
    options = parser.parse_args()
    print(json.dumps(run(clients=options.clients, seconds=options.seconds, kill=options.kill)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
