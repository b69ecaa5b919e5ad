"""Two clients of one small spec: stock output of the generator, and ours."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.yaml_io import load_yaml
from scripts.generate.client import generate_client

SPEC = Path(__file__).with_name("spec.yaml")
TOKEN = "artificial-key-0001"
# How an operation is called: the method of our client, the function module of stock output.
METHODS = {
    "getThing": ("things.get", "things.get_thing"),
    "listThings": ("things.list", "things.list_things"),
    "deleteThing": ("things.delete", "things.delete_thing"),
    "getEvent": ("things.get_event", "things.get_event"),
    "uploadFile": ("files.upload", "files.upload_file"),
}


@dataclass(frozen=True)
class Kit:
    """A generated client, called the same way whichever it is, sync or async."""

    package: str
    url: str
    asynchronous: bool

    @property
    def is_stock(self) -> bool:
        """Tell whether the generator made it on its own."""
        return self.package == "acme_stock"

    def module(self, name: str) -> Any:
        """Import a module of the package."""
        return importlib.import_module(f"{self.package}.{name}")

    def make(self) -> Any:
        """Return a client of the server."""
        if self.is_stock:
            return self.module("client").AuthenticatedClient(base_url=self.url, token=TOKEN)
        made = getattr(self.module("client"), "AsyncAcme" if self.asynchronous else "Acme")
        return made(base_url=self.url, api_key=TOKEN, max_retries=0)

    def call(self, operation: str, *path: object, whole: bool = False, **keywords: object) -> Any:
        """Call an operation and return its value, or its whole reply."""
        if self.asynchronous:
            return asyncio.run(self._call_async(operation, path, keywords, whole))
        with self.make() as client:
            return self._invoke(client, operation, path, keywords, whole)

    async def _call_async(
        self, operation: str, path: tuple[object, ...], keywords: dict[str, object], whole: bool
    ) -> Any:
        async with self.make() as client:
            return await self._invoke(client, operation, path, keywords, whole)

    def _invoke(
        self, client: Any, operation: str, path: tuple[object, ...], keywords: dict[str, object], whole: bool
    ) -> Any:
        method, function = METHODS[operation]
        if self.is_stock:
            name = ("asyncio" if self.asynchronous else "sync") + ("_detailed" if whole else "")
            return getattr(self.module(f"api.{function}"), name)(*path, client=client, **keywords)
        resource, _, name = method.partition(".")
        return getattr(getattr(client.with_raw_response if whole else client, resource), name)(*path, **keywords)


def generate(folder: Path) -> None:
    """Write both clients into a folder."""
    generate_client("acme", load_yaml(SPEC, name="spec.yaml"), folder / "acme_client")
    config = folder / "stock.yaml"
    config.write_text("package_name_override: acme_stock\nproject_name_override: acme_stock\npost_hooks: []\n", "utf-8")
    program = str(Path(sys.executable).with_name("openapi-python-client"))
    options = ["--path", str(SPEC), "--config", str(config), "--output-path", str(folder / "acme_stock")]
    command = [program, "generate", "--meta", "none", "--fail-on-warning", *options]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
