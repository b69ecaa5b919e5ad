"""What importing costs, and where the HTTP library may appear."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import loyalty_runtime

RUNTIME = Path(loyalty_runtime.__file__).parent
HEAVY = ("anyio", "asyncio", "attr", "attrs", "certifi", "email", "h11", "http", "httpcore", "httpx", "inspect", "json", "logging", "msgspec", "pyrate_limiter",
         "random", "secrets", "socket", "sqlite3", "ssl", "tempfile", "urllib", "uuid", "zlib")  # fmt: skip
PROGRAM = """
import sys
sys.path.insert(0, {path!r})
import loyalty_runtime
from loyalty_runtime.async_client import AsyncBaseClient
from loyalty_runtime.client import BaseClient
from loyalty_runtime.declared.operation import CursorLinks, LongOperation, LongRunning, Operation, PagedOperation, RateLimit, Reply
from loyalty_runtime.declared.schemes import ApiKey, Basic, Bearer, OAuth2
from loyalty_runtime.types import UNSET, File, Unset
from loyalty_runtime.declared.vendor import Server, Vendor
VENDOR = Vendor(slug="demo", name="Demo", servers={{"production": Server("https://api.example.com")}},
                schemes={{"oauth": OAuth2(token_url="/token")}}, security=(("oauth",),), rate_limits=(RateLimit(100, 900),))
class Demo(BaseClient):
    vendor = VENDOR
class AsyncDemo(AsyncBaseClient):
    vendor = VENDOR
OPERATION = Operation(vendor="demo", id="getGuest", method="GET", path="/v1/guests/{{id}}", security=(("oauth",),), responses={{200: Reply()}})
Demo(credentials={{"client_id": "i", "client_secret": "s"}}), AsyncDemo()
import json as found
print(found.dumps([sorted(MODULES), MEMORY]))
"""


def run(program: str) -> list[object]:
    prelude = (
        "MODULES = set(sys.modules)\nimport resource\nMEMORY = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    )
    code = program.replace("import json as found", f"{prelude}import json as found")
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )  # -S: no site packages' own imports
    found: list[object] = json.loads(done.stdout)
    return found


def test_a_client_is_made_without_its_libraries() -> None:
    """Importing the runtime, declaring an operation and making both clients loads no network, TLS, JSON or logging module."""
    modules, _ = run(PROGRAM.format(path=str(RUNTIME.parent)))
    assert isinstance(modules, list)
    loaded = {name.partition(".")[0] for name in modules}
    assert loaded & set(HEAVY) == set()
    assert "loyalty_runtime.client" in modules
    assert "loyalty_runtime.calls.engine" not in modules


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux only")
def test_a_client_takes_little_memory() -> None:
    """The whole process with both clients stays within 4 MB of a bare one."""
    _, with_client = run(PROGRAM.format(path=str(RUNTIME.parent)))
    _, bare = run("import sys\nimport json as found\nprint(found.dumps([sorted(MODULES), MEMORY]))")
    assert isinstance(with_client, int)
    assert isinstance(bare, int)
    assert with_client - bare < 4096


def test_each_http_library_is_imported_in_one_module() -> None:
    """Its successor is a swap of one module, which nothing imports before the first request."""
    libraries = {"httpx", "httpcore", "h11", "requests", "urllib3", "aiohttp"}
    found: dict[str, set[str]] = {}
    for file in sorted(RUNTIME.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                if name.partition(".")[0] in libraries:
                    found.setdefault(file.name, set()).add(name.partition(".")[0])
    assert found == {"connection.py": {"h11"}}
    by_name = [file.name for file in (RUNTIME / "http").rglob("*.py") if "import_module(" in file.read_text("utf-8")]
    assert by_name == ["seam.py"]  # httpx or httpx2, as the client chooses


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
        loyalty_runtime.nothing


def test_the_module_map_is_complete() -> None:
    """The package's docstring names every module."""
    text = loyalty_runtime.__doc__ or ""
    missing = [
        file.stem for file in RUNTIME.rglob("*.py") if not file.stem.startswith("_") and f"`{file.stem}`" not in text
    ]
    assert missing == []


def test_the_version_is_the_distributions() -> None:
    """The constant agrees with pyproject.toml."""
    import tomllib

    with (RUNTIME.parents[1] / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == loyalty_runtime.__version__
