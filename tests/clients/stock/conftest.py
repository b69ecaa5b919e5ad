"""Generate the two clients once a session, also when several processes share the work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.clients.stock.kits import Kit, generate


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder with both clients, importable."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    folder = shared / "kits"
    with FileLock(shared / "kits.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            generate(folder)
            (folder / "done").touch()
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def ours(generated: Path) -> Kit:
    """Return the client made with our templates."""
    return Kit("ours", "acme_client", generated)


@pytest.fixture
def stock(generated: Path) -> Kit:
    """Return the client the generator makes on its own."""
    return Kit("stock", "acme_stock", generated)
