"""Ask whether a call took effect whose error is gone, as after a crash: the same arguments, nothing sent but the read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ParamSpec

from .calls.outcome import Question
from .errors import ArgumentError

if TYPE_CHECKING:
    from .declared.operation import Operation
    from .options import CallArguments
    from .outcomes import Outcome

P = ParamSpec("P")


def outcome_of(method: Callable[P, object], *, sent: float | None = None, wait: float = 0.0) -> Callable[P, Outcome]:
    """Return what asks whether a call of this method with these arguments took effect: `outcome_of(stamps.transactions.add)(user=…)`.

    `sent` is when the call was made, in seconds since 1970 by a clock you trust; without it the settle time counts from the asking.
    `wait` is how many seconds it may go on asking for a call that does not show.
    Raises `ArgumentError` for what is no method of a client's resource.
    """

    def ask(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        client, question = _question(method, sent, args, kwargs)
        return question.ask(client, wait=wait)

    return ask


def aoutcome_of(
    method: Callable[P, object], *, sent: float | None = None, wait: float = 0.0
) -> Callable[P, Awaitable[Outcome]]:
    """Do the same for methods of asynchronous clients."""

    async def ask(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        client, question = _question(method, sent, args, kwargs)
        return await question.settle(client, wait=wait)

    return ask


class _Catcher:
    """Stand for a client, and keep the call instead of making it."""

    def __init__(self) -> None:
        self.call = self.start = self._keep
        self.kept: tuple[Operation[Any], CallArguments] | None = None

    def _keep(self, operation: Operation[Any], **arguments: Any) -> Any:
        self.kept = (operation, arguments)  # type: ignore[assignment]
        return _Nothing()


class _Nothing:
    """Awaits to nothing, for methods of asynchronous resources."""

    def __await__(self) -> Any:
        yield from ()


def _question(method: Any, sent: float | None, args: Any, kwargs: Any) -> tuple[Any, Question]:
    resource = getattr(method, "__self__", None)
    client = getattr(resource, "_client", None)
    kind: Any = type(resource)
    catcher = _Catcher()
    if client is not None:
        made = method.__func__(kind(catcher), *args, **kwargs)
        close = getattr(made, "close", None)
        if close is not None and catcher.kept is None:
            _run(made)
    if catcher.kept is None:
        raise ArgumentError(
            "outcome_of takes a method that changes something, such as stamps.transactions.add.", argument="method"
        )
    operation, arguments = catcher.kept
    return client, Question(None, operation, arguments, sent)


def _run(coroutine: Any) -> None:
    from .http.blocking import run_sync

    run_sync(coroutine)
