"""What is known of a call whose answer was lost: it took effect, it did not, or nobody can tell yet."""

from __future__ import annotations

from typing import TypeAlias

from .frozen import Frozen


class Applied(Frozen):
    """The call took effect; `result` is the entry that shows it, as plain JSON, None where the entry is gone as it should be.

    `certain` is True where vendor or recorded traffic state the read and the key that settle it; otherwise the verdict is likely.
    """

    result: object
    certain: bool


class NotApplied(Frozen):
    """The call did not take effect and will not any more: its settle time was over when the vendor still did not show it.

    `certain` as for `Applied`. Making the call again moves nothing twice.
    """

    certain: bool


class StillUnknown(Frozen):
    """Nobody can tell; `why` says the reason and holds no value of the call.

    `ask_again` is in how many seconds asking makes sense, None where it never will.
    """

    why: str
    ask_again: float | None = None


Outcome: TypeAlias = Applied | NotApplied | StillUnknown
