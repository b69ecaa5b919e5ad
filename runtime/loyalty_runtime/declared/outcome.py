"""The read that settles whether a call took effect, as the spec declares it in `x-outcome-check`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..frozen import NONE, Frozen


class OutcomeCheck(Frozen, kw_only=True):
    """How reading back shows that a call took effect.

    `read` returns the operation to read with (a function, so that its module is imported only when needed). `path`, `query` and `headers`
    are its arguments; they and the values of `entry` and `same` are constants, or expressions such as `$request.body#/user` for an argument of the call.
    `items` is the dotted member with the entries, empty for the reply itself. An entry whose members equal `entry` is this call's, unless it
    differs in one of `same`; those that the call did not give are left out.
    With `gone`, the call took effect when there is no such entry. `absent` are statuses that say so.
    `time` is the dotted member of an entry with its time: an older one is another call's.
    `settle` is after how many seconds a call that does not show will not show any more.
    """

    read: Callable[[], Any]
    entry: Mapping[str, object]
    settle: float
    path: Mapping[str, object] = NONE
    query: Mapping[str, object] = NONE
    headers: Mapping[str, object] = NONE
    items: str = ""
    same: Mapping[str, object] = NONE
    gone: bool = False
    absent: tuple[int, ...] = ()
    certain: bool = False
    time: str = ""
