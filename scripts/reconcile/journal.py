"""Write several files as one: all of them are prepared apart first, and a run that was killed in between is finished by the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

_READY = "ready.json"


def write_all(root: Path, files: Mapping[Path, str | None], folder: Path) -> None:
    """Write files below `root`, None for one that goes; `folder` holds what is prepared.

    Raises:
        OSError: a file cannot be written. Before the first was replaced, nothing was changed; later, the next run finishes it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed: dict[str, str | None] = {}
    for number, (path, text) in enumerate(files.items()):
        listed[str(path.relative_to(root))] = None if text is None else str(number)
        if text is not None:
            (folder / str(number)).write_text(text, encoding="utf-8", newline="\n")
    (folder / "new").write_text(json.dumps(listed), encoding="utf-8")
    (folder / "new").rename(folder / _READY)
    finish(root, folder)


def finish(root: Path, folder: Path) -> bool:
    """Bring what is prepared to its place; return whether there was anything."""
    ready = folder / _READY
    if not ready.is_file():
        return False
    for name, prepared in json.loads(ready.read_text(encoding="utf-8")).items():
        path = root / name
        if prepared is None:
            path.unlink(missing_ok=True)
        elif (folder / prepared).exists():  # else it is in its place already
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / prepared).replace(path)
    shutil.rmtree(folder)
    return True
