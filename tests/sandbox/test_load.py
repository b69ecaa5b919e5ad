"""Nothing acknowledged is lost or doubled over a `kill -9`, and where answers are lost: the load runs in small."""

from __future__ import annotations

from tests.sandbox import load, outcomes


def test_points_and_vouchers_are_conserved() -> None:
    """Eight clients grant, redeem and use vouchers for four seconds; the server is killed half way."""
    figures = load.run(clients=8, seconds=4, kill=True)
    assert all(figures[kind] for kind in ("grants", "redeems", "vouchers"))


def test_lost_answers_lose_no_stamp() -> None:
    """A dozen tills, a third of their calls disturbed, the sandbox and a process of tills killed: every verdict is right."""
    found = outcomes.run(clients=12, seconds=7, seed_number=7, share=0.33, pause=0.8, every=2.0)
    assert {"sandbox", "till"} <= found["kills and jumps"].keys()
    assert found["answers lost"] > 0 < found["sales (certain)"]["done"]
    assert {"done", "refused"} >= found["sales (certain)"].keys()
    assert (0, 0) == (found["wrong verdicts on burns"], found["burns still unknown"])
