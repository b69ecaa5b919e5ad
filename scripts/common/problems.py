"""Problems a person can act on: what was found, where, what to do next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

_ENDS = (".", "!", "?", "…")


class PipelineError(Exception):
    """Say in one line what was found, where, and what to do next; `others` are further findings of that kind, a line each."""

    def __init__(self, found: str, *, where: str = "", todo: str = "", others: Sequence[str] = ()) -> None:
        self.found = " ".join(found.split())
        self.where = where
        self.todo = todo
        line = f"{where}: {self.found}" if where else self.found
        text = f"{line}{'' if line.endswith(_ENDS) else '.'} {todo}" if todo else line
        self.others = tuple(others)
        super().__init__("\n".join([text, *(f"  {' '.join(other.split())}" for other in others)]))

    def __reduce__(self) -> tuple[partial[PipelineError], tuple[str]]:
        return partial(PipelineError, where=self.where, todo=self.todo, others=self.others), (self.found,)


def run(command: Callable[[], int]) -> int:
    """Run a command and turn every expected failure into one line on stderr and exit code 1."""
    try:
        return command()
    except PipelineError as problem:
        print(f"error: {problem}", file=sys.stderr)
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(f"error: {place}{problem.strerror or problem}. Nothing was replaced.", file=sys.stderr)
    except KeyboardInterrupt as stop:
        print(f"error: interrupted. {stop.args[0] if stop.args else 'Nothing was replaced.'}", file=sys.stderr)
        return 130
    return 1
