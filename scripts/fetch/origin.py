"""Where a source came from, and who says that it is the vendor's: a file from disk or this machine is nobody's word until a person vouches for it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scripts.common.problems import PipelineError
from scripts.common.transfer import check_address
from scripts.spec.provenance import Provenance

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Origin:
    """Hold where a source was read, at which address the vendor publishes it, and who says so; the last two are empty while nobody does."""

    received: str
    origin: str = ""
    confirmed: str = ""

    def told(self) -> str:
        """Say in one sentence whose word the file is."""
        if self.confirmed:
            return f"It is the vendor's, from {self.origin} ({self.confirmed})."
        return "Nobody has confirmed that it is the vendor's: its operations are graded `reported` until you add --origin URL."


def origin_of(record: Provenance, address: str, file: Path | None, *, confirmed: tuple[str, str]) -> Origin:
    """Judge where a file came from: the documented host of the vendor vouches for what is read from it over HTTPS."""
    received = f"the file {file.name}" if file else address
    if confirmed[0]:
        return Origin(received, *confirmed)
    known = {urlsplit(text).hostname for text in (record.documentation, record.download) if text}
    host = None if file else urlsplit(address).hostname
    if host in known and host not in _LOOPBACK and address.startswith("https://"):
        return Origin(received, address, "read from it over HTTPS")
    return Origin(received)


def confirm(origin: str, by: str) -> tuple[str, str]:
    """Return the address and the name of who vouches for it, both empty where nobody does.

    Raises:
        PipelineError: the address is not https or on this machine, or nobody is named.
    """
    if not origin:
        return "", ""
    check_address(origin, where="--origin")
    if urlsplit(origin).hostname in _LOOPBACK:
        found, todo = f"{origin} is on this machine", "Give the address at which the vendor publishes the file."
        raise PipelineError(found, where="--origin", todo=todo)
    name = " ".join((by or _git_name()).split())
    if not name:
        raise PipelineError("nobody is named who says so", where="--origin", todo="Add --by NAME.")
    return origin, name


def _git_name() -> str:
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
