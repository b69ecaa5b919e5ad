"""Ask whether a call took effect whose error is gone, as after a crash: the same arguments, nothing sent but the read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, ParamSpec

from .calls.outcome import Question
from .errors import ArgumentError
from .http import run_sync

if TYPE_CHECKING:
    from .declared.operation import Operation
    from .options import CallArguments
    from .outcomes import Outcome

P = ParamSpec("P")


def outcome_of(method: Callable[P, object], *, sent: float | None = None, wait: float = 0.0) -> Callable[P, Outcome]:
    """Return what asks whether calls of this method took effect, by their arguments: `outcome_of(stamps.transactions.add)(user=…)`.

    Their settle time counts from now: make it once at the start and ask with it as often as needed, about calls of processes before this
    one. `sent` is instead when the call was made, in seconds since 1970 by a clock you trust.
    `wait` is how many seconds one asking may go on for a call that does not show.
    Raises `ArgumentError` for what is no method of a client's resource that makes one call.
    """
    client, begun = _asker(method)

    def ask(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        return _question(method, args, kwargs, sent, begun).ask(client, wait=wait)

    return ask


def aoutcome_of(
    method: Callable[P, object], *, sent: float | None = None, wait: float = 0.0
) -> Callable[P, Awaitable[Outcome]]:
    """Do the same for methods of asynchronous clients."""
    client, begun = _asker(method)

    async def ask(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        return await _question(method, args, kwargs, sent, begun).settle(client, wait=wait)

    return ask


class _Catcher:
    """Stand for a client, and keep the call instead of making it."""

    def __init__(self) -> None:
        self.call = self.start = self._keep
        self.kept: tuple[Operation[Any], CallArguments] | None = None

    def pages(self, *_: Any, **__: Any) -> None:
        """Lists change nothing, so there is nothing to keep."""

    def _keep(self, operation: Operation[Any], **arguments: Any) -> Any:
        self.kept = (operation, arguments)  # type: ignore[assignment]
        return _Nothing()


class _Nothing:
    """Awaits to nothing, for methods of asynchronous resources."""

    def __await__(self) -> Any:
        yield from ()


def _asker(method: Any) -> tuple[Any, float]:
    client = getattr(getattr(method, "__self__", None), "_client", None)
    if client is None:
        raise _refusal()
    return client, client._port.clock.monotonic()


def _question(method: Any, args: Any, kwargs: Any, sent: float | None, begun: float) -> Question:
    catcher = _Catcher()
    kind: Any = type(method.__self__)
    made = method.__func__(kind(catcher), *args, **kwargs)
    if isinstance(made, Coroutine):
        run_sync(made)
    if catcher.kept is None:
        raise _refusal()
    question = Question(None, *catcher.kept, sent)
    question.begun = begun if sent is None else None
    return question


def _refusal() -> ArgumentError:
    text = "outcome_of takes a method of a client's resource that makes one call, such as stamps.transactions.add."
    return ArgumentError(text, argument="method")
