"""What importing costs, and where the HTTP library may appear."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import loyalty_runtime
from tests.runtime.support import RawServer, http

RUNTIME = Path(loyalty_runtime.__file__).parent
HEAVY = (
    "anyio asyncio attr attrs certifi datetime email h11 http httpcore httpx inspect json logging msgspec pyrate_limiter"
    " random secrets socket sqlite3 ssl tempfile threading urllib uuid weakref zlib"
)
CLIENTS = """
from loyalty_runtime import AsyncBaseClient, BaseClient, CursorLinks, OAuth2, PagedOperation, RateLimit, Reply, Server, Vendor
from loyalty_runtime.declared.arguments import argument_checks, body_value
from loyalty_runtime.declared.facade import Resource
class Demo(BaseClient):
    vendor = Vendor(slug="demo", name="Demo", servers={"production": Server("https://api.example.com")},
                    schemes={"oauth": OAuth2(token_url="/token")}, rate_limits=(RateLimit(100, 900),))
class AsyncDemo(AsyncBaseClient):
    vendor = Demo.vendor
PagedOperation(vendor="demo", id="x", method="GET", path="/v1/{id}", security=(("oauth",),), responses={200: Reply()},
               pagination=CursorLinks(items="data", parameter="cursor", next="next"), items="data")
Demo(credentials={"client_id": "i", "client_secret": "s"}), AsyncDemo()
"""


CALL = """
from loyalty_runtime import BaseClient, Operation, Reply, Vendor
class Demo(BaseClient):
    vendor = Vendor(slug="demo", name="Demo", servers={{}})
with Demo(base_url="{}") as demo:
    demo.call(Operation(vendor="demo", id="x", method="GET", path="/x", responses={{200: Reply()}}))
"""


def loaded(program: str, *, libraries: bool = False) -> tuple[list[str], int]:
    """Return the modules a program loads in a process of its own, with or without installed libraries, and its memory in KiB."""
    start = f"import sys; sys.path.insert(0, {str(RUNTIME.parent)!r})\n"
    end = "\nfound = list(sys.modules)\nimport json, resource\nprint(json.dumps([found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
    options = [] if libraries else ["-S"]  # site packages have imports of their own
    command = [sys.executable, *options, "-c", start + program + end]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    modules, memory = json.loads(done.stdout)
    return modules, memory


def test_a_client_is_made_without_its_libraries() -> None:
    """Importing the runtime, declaring an operation and making both clients loads no network, TLS, JSON or logging module."""
    modules, _ = loaded(CLIENTS)
    assert set() == {name.partition(".")[0] for name in modules} & set(HEAVY.split())
    assert "loyalty_runtime.client" in modules
    assert "loyalty_runtime.calls.engine" not in modules


def test_a_first_call_loads_what_it_uses_only(raw_server: RawServer) -> None:
    """One synchronous read over plain HTTP brings no other kind of client, no limits, failures, lists, files, proxies or TLS."""
    raw_server.steps.append(http())
    modules, _ = loaded(CALL.format(raw_server.url), libraries=True)
    unused = "async_client paging download jobs response calls.failures calls.limits calls.tokens calls.outcome"
    unused += " declared.pages wire.bodies http.async_pool http.async_streams http.proxies http.tunnels http.tls"
    assert set() == {f"loyalty_runtime.{name}" for name in unused.split()} & set(modules)
    assert "loyalty_runtime.http.pool" in modules


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux only")
def test_a_client_takes_little_memory() -> None:
    """The whole process with both clients stays within 4 MB of a bare one."""
    assert loaded(CLIENTS)[1] - loaded("")[1] < 4096


def test_every_public_name_is_there_and_listed() -> None:
    """The lazy table, the listing and the annotations of the package agree."""
    tree = ast.parse((RUNTIME / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    only_typed = {"AsyncClientSettings", "CallArguments", "ClientSettings", "Credential"}
    assert set(loyalty_runtime.__all__) == typed - only_typed
    for name in loyalty_runtime.__all__:
        assert getattr(loyalty_runtime, name) is not None
    assert set(dir(loyalty_runtime)) >= set(loyalty_runtime.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(loyalty_runtime, "nothing")  # noqa: B009 - type checkers refuse it too


def test_the_module_map_is_complete() -> None:
    """The package's docstring names every module."""
    text = loyalty_runtime.__doc__ or ""
    missing = [
        file.stem for file in RUNTIME.rglob("*.py") if not file.stem.startswith("_") and f"`{file.stem}`" not in text
    ]
    assert missing == []


def test_the_version_is_the_distributions() -> None:
    """The constant agrees with pyproject.toml."""
    with (RUNTIME.parents[1] / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == loyalty_runtime.__version__


FULL = """
import os, resource
from loyalty_runtime import LoyaltyError
from stampede_client import Stampede
soft = 64
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, soft))
stampede = Stampede(base_url="http://127.0.0.1:9", client_id="i", client_secret="s")
held = []
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
try:
    stampede.guests.get("1")
except LoyaltyError as error:
    print(error)
"""


def test_a_process_without_free_files_is_told_so() -> None:
    """The first call imports what it needs; where no file can be opened any more, the error is one of ours."""
    path = [str(RUNTIME.parent), str(RUNTIME.parents[1] / "generated" / "stampede")]
    start = f"import sys; sys.path[:0] = {path!r}"
    done = subprocess.run([sys.executable, "-c", start + FULL], capture_output=True, text=True, check=True)
    assert "A part of this package cannot be read: Too many open files.\n" == done.stdout
