"""No stamp is lost or doubled where answers are lost: the run of `tests.sandbox.outcomes`, bounded."""

from __future__ import annotations

from tests.sandbox.outcomes import run


def test_lost_answers_lose_no_stamp() -> None:
    """A dozen tills, a third of their calls disturbed, the sandbox and a process of tills killed: every verdict is right."""
    found = run(clients=12, seconds=7, seed_number=7, share=0.33, pause=0.8, every=2.0)
    assert {"sandbox", "till"} <= found["kills and jumps"].keys()
    assert found["answers lost"] > 0 < found["sales (certain)"]["done"]
    assert {"done", "refused"} >= found["sales (certain)"].keys()
    assert (0, 0) == (found["wrong verdicts on burns"], found["burns still unknown"])
