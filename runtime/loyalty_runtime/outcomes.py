"""What is known of a call whose answer was lost: it took effect, it did not, or nobody can tell yet."""

from __future__ import annotations

from typing import TypeAlias

from .frozen import Frozen


class Applied(Frozen):
    """The call took effect; `result` is the entry that shows it, as plain JSON, None where the entry is gone as it should be.

    `certain` is True where vendor or recorded traffic state the read and the key that settle it; otherwise the verdict is likely.
    """

    __slots__ = ("certain", "result")
    result: object
    certain: bool

    def __init__(self, result: object, *, certain: bool) -> None:
        self._fill(result=result, certain=certain)


class NotApplied(Frozen):
    """The call did not take effect and will not any more: its settle time was over when the vendor still did not show it.

    `certain` as for `Applied`. Making the call again moves nothing twice.
    """

    __slots__ = ("certain",)
    certain: bool

    def __init__(self, *, certain: bool) -> None:
        self._fill(certain=certain)


class StillUnknown(Frozen):
    """Nobody can tell; `why` says the reason and holds no value of the call.

    `ask_again` is in how many seconds asking makes sense, None where it never will.
    """

    __slots__ = ("ask_again", "why")
    why: str
    ask_again: float | None

    def __init__(self, why: str, *, ask_again: float | None = None) -> None:
        self._fill(why=why, ask_again=ask_again)


Outcome: TypeAlias = Applied | NotApplied | StillUnknown
