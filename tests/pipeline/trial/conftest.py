"""A client of a small shop, made once; each test spoils a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from scripts.trial.drive import drive
from scripts.trial.make import Made, make

SHOP = Path(__file__).with_name("shop.yaml")

Spoil = Callable[[Path], None]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """Make the client."""
    folder = tmp_path_factory.mktemp("shop")
    return folder, make("shop.yaml", SHOP.read_bytes(), folder, lambda step: None)


@pytest.fixture
def driven(shop: tuple[Path, Made], tmp_path: Path) -> Callable[[Spoil], dict[str, list[str]]]:
    """Return the function that drives a spoilt copy of the client and gives the faults of each operation."""
    made = shop[1]

    def run(spoil: Spoil, calls: list[dict[str, Any]] = made.calls) -> dict[str, list[str]]:
        folder = tmp_path / "client"
        shutil.copytree(shop[0], folder)
        spoil(folder / made.package)
        context = get_context("forkserver")
        context.set_forkserver_preload(
            ["scripts.trial.drive", "loyalty_runtime.client", "loyalty_runtime.async_client"]
        )
        reader, writer = context.Pipe(duplex=False)
        # Each client is imported under the same name, so each is driven in a process of its own.
        process = context.Process(target=_drive, args=(writer, folder, made, calls))
        process.start()
        writer.close()
        answers = reader.recv()
        process.join()
        return {answer["operation"]: answer["faults"] for answer in answers}

    return run


def _drive(writer: Connection, folder: Path, made: Made, calls: list[dict[str, Any]]) -> None:
    writer.send(list(drive(folder, made.package, made.source, calls)))
    writer.close()
