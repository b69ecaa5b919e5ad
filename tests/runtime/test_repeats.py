"""A call that changes something is processed once, whatever fails, unless the vendor knows its repeats as one."""

from __future__ import annotations

from tests.runtime.repeats import KINDS, documented, measured, table


def test_how_often_a_call_is_processed() -> None:
    """Once, save after a refused token, of which the docs tell; they have the table that is measured here (`python -m tests.runtime.repeats`)."""
    for failure, cells in measured().items():
        for (kind, _, _, repeatable), counts in zip(KINDS, cells, strict=True):
            most = 6 if repeatable else 2 if failure == "answers 401" else 1
            assert counts <= set(range(1, most + 1)), f"{kind}: the server {failure}"
            assert 1 == len(counts), "both kinds of client do the same"
    assert table() == documented()
