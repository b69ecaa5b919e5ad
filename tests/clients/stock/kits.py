"""Two clients of one small spec: stock output of the generator, and ours."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from scripts.common.yaml_io import load_yaml
from scripts.generate.client import generate_client

SPEC = Path(__file__).with_name("spec.yaml")
TOKEN = "artificial-key-0001"


@dataclass(frozen=True)
class Kit:
    """A generated client and how it is made and called: stock output by its functions, ours by the methods of its resources."""

    name: str
    package: str
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def models(self) -> Any:
        """Return the package of the models."""
        return importlib.import_module(f"{self.package}.models")

    @property
    def types(self) -> Any:
        """Return the module with the type of a file."""
        return importlib.import_module(f"{self.package}.types")

    def make(self, url: str, *, asynchronous: bool = False) -> Any:
        """Return a client of a server."""
        if self.name == "stock":
            client = importlib.import_module(f"{self.package}.client").AuthenticatedClient
            return client(base_url=url, token=TOKEN, **self.settings)
        client = getattr(importlib.import_module(self.package), "AsyncAcme" if asynchronous else "Acme")
        return client(base_url=url, api_key=TOKEN, max_retries=0, **self.settings)

    def call(
        self,
        url: str,
        function: str,
        *path: object,
        asynchronous: bool = False,
        whole: bool = False,
        **keywords: object,
    ) -> Any:
        """Call an operation, such as `things.get_thing`, and return its value, or its whole reply."""
        if asynchronous:

            async def run() -> Any:
                async with self.make(url, asynchronous=True) as client:
                    return await self._bound(client, function, asynchronous, whole)(*path, **keywords)

            return asyncio.run(run())
        with self.make(url) as client:
            return self._bound(client, function, asynchronous, whole)(*path, **keywords)

    def _bound(self, client: Any, function: str, asynchronous: bool, whole: bool) -> Callable[..., Any]:
        tag, _, operation = function.partition(".")
        if self.name == "stock":
            # Stock output has no function for a value where the spec documents none.
            name = {False: ("sync", "sync_detailed"), True: ("asyncio", "asyncio_detailed")}[asynchronous][whole]
            return partial(getattr(importlib.import_module(f"{self.package}.api.{function}"), name), client=client)
        resource = getattr(client.with_raw_response if whole else client, tag)
        # A method is the verb alone where the operation names the resource.
        found: Callable[..., Any] = next(
            getattr(resource, name) for name in (operation, operation.partition("_")[0]) if hasattr(resource, name)
        )
        return found


def generate(folder: Path) -> None:
    """Write both clients into a folder, each once."""
    generate_client("acme", load_yaml(SPEC, name="spec.yaml"), folder / "acme_client")
    config = folder / "stock.yaml"
    config.write_text(
        "package_name_override: acme_stock\nproject_name_override: acme_stock\npost_hooks: []\n", encoding="utf-8"
    )
    program = str(Path(sys.executable).with_name("openapi-python-client"))
    options = [
        "--meta",
        "none",
        "--config",
        str(config),
        "--output-path",
        str(folder / "acme_stock"),
        "--fail-on-warning",
    ]
    subprocess.run(
        [program, "generate", "--path", str(SPEC), *options],
        check=True,
        capture_output=True,
        timeout=120,
    )
