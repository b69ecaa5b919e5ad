"""What a page tells to do: the commands, files and edits of its code blocks."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"(?P<place>At the end of |In |)`(?P<path>[\w/.-]+)`(, before `(?P<line>[^`]+)`)?:$")


@dataclass(frozen=True)
class Command:
    """Hold a command the page tells to run."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join(self.words)


@dataclass(frozen=True)
class Edit:
    """Hold a text the page tells to write: a whole file, at the end of one, or before a line of one."""

    path: str
    text: str
    place: str
    line: str | None = None

    def __str__(self) -> str:
        return f"edit {self.path}"

    def apply(self, root: Path) -> None:
        """Write the text where the page says."""
        path = root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.place:
            path.write_text(self.text, encoding="utf-8", newline="\n")
            return
        before = path.read_text(encoding="utf-8")
        if self.line is None:
            after = before + self.text
        else:
            mark = f"\n{self.line}\n"
            assert before.count(mark) == 1, f"{self.path}: {self.line!r} is no line of its own, or several"
            after = before.replace(mark, f"\n{self.text}{self.line}\n")
        path.write_text(after, encoding="utf-8", newline="\n")


def read_part(page: str, title: str) -> str:
    """Return the part of a page below a heading of the second level."""
    lines: list[str] = []
    inside = fenced = False
    for line in page.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            inside = line == f"## {title}\n"
        elif inside:
            lines.append(line)
    assert lines, f"there is no part {title!r}"
    return "".join(lines)


def read_steps(part: str) -> list[Command | Edit]:
    """Return the commands and edits of a part of a page, in their order."""
    steps: list[Command | Edit] = []
    for block in _BLOCK.finditer(part):
        if block["language"] == "sh":
            lines = (shlex.split(line, comments=True) for line in block["text"].splitlines())
            steps += [Command(tuple(words)) for words in lines if words]
            continue
        named = _FILE.search(block["before"])
        assert named, f"no file is named before: {block['text'][:40]!r}"
        steps.append(Edit(named["path"], block["text"], named["place"], named["line"]))
    return steps
