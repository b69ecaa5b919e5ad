"""Progress and tables for people: live on a terminal, plain lines without colour in a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Step = Callable[[str], None]

for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):  # None where it is closed, another thing under a test
        _stream.reconfigure(errors="replace")  # a terminal that has no … shows a ?, and the command goes on

# In a pipe there is no width to keep to, and tables must not fold.
console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout and sys.stdout.isatty() else 160)


class Board:
    """Show what happens to several vendors at once."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def start(self, name: str) -> Step:
        """Open a line for one vendor and return the function that changes its text."""
        if self._progress is None:
            return lambda text: console.print(f"{name}: {text}")
        progress, line = self._progress, self._progress.add_task(f"{name}: waiting", total=None)
        return lambda text: progress.update(line, description=f"{name}: {text}")


@contextmanager
def board() -> Iterator[Board]:
    """Open a board of progress lines that goes away at the end."""
    if not console.is_terminal:
        yield Board(None)
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as progress:
        yield Board(progress)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> None:
    """Print one table; `right` names the columns of numbers, and a table without rows is left out."""
    rows = list(rows)
    if not rows:
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)
