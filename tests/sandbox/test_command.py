"""The commands as users run them: a process of its own, killed and started again, and its messages."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import loyalty_sandbox
from tests.sandbox.credentials import STATIC_TOKEN

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(loyalty_sandbox.__file__).parents[1]), "PYTHONWARNINGS": "error"}
BODY = {"user": 2001, "store": 2, "number_of_stamps": 10}


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Start the command on a free port; yields the process, its address and what it printed first."""
    command = [sys.executable, "-m", "loyalty_sandbox", "--port", "0", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", first)
            assert found, first + (process.stderr.read() if process.stderr else "")
            yield process, found[0], first
        finally:
            process.kill()


def run(*words: str, module: str = "loyalty_sandbox") -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False
    )


def award(url: str, user: int = 2001) -> dict[str, dict[str, int]]:
    """Award ten stamps."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        answer = client.post(
            f"{url}/stamps/api/stamps/add",
            json={**BODY, "user": user},
            headers={"Authorization": f"Token {STATIC_TOKEN}"},
        )
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[str, int]] = answer.json()
    return found


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """Balance, award numbers and the clock are there after a new start."""
    words = ("--db", str(tmp_path / "state.db"), "--vendor", "stamps")
    with started(*words, "--clock", "2026-03-01T12:00:00Z") as (process, url, _):
        first = award(url)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with started(*words) as (_, url, _):
        second = award(url)
        now = httpx.get(f"{url}/_sandbox/clock", trust_env=False).json()["now"]
    assert (110, 120) == (first["customer"]["stamps"], second["customer"]["stamps"])
    assert first["award"]["id"] + 1 == second["award"]["id"]
    assert now.startswith("2026-03-01T12:")


def test_one_file_serves_one_sandbox(tmp_path: Path) -> None:
    """A second process is refused at its start, in one line."""
    path = tmp_path / "state.db"
    with started("--db", str(path), "--vendor", "stamps"):
        second = run("--db", str(path), "--vendor", "stamps", "--port", "0")
    assert 1 == second.returncode
    reason = "another sandbox uses it; stop that one or choose another file"
    assert f"loyalty_sandbox: {path}: cannot be used as database ({reason}).\n" == second.stderr


def test_the_start_prints_credentials_and_examples() -> None:
    """All that is needed for the first call, and Ctrl-C ends the process well."""
    with started("--vendor", "stamps", "--vendor", "stampede") as (process, url, first):
        httpx.get(f"{url}/_sandbox/clock", trust_env=False)  # it serves now
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stderr is not None
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(timeout=20)
    assert (0, "") == (process.returncode, err)
    for text in (
        f"{url}/stamps",
        f"{url}/stampede",
        STATIC_TOKEN,
        "client_secret=",
        f"curl {url}/stampede/v1/venues",
        "from stamps_client import Stamps",
    ):
        assert text in first + out


TEXT = "this is a text of some length, certainly not a database, and it stays as it is\n" * 20
BAD: list[tuple[str, str, str]] = [
    ("--clock noon", "", "'noon' is not a time; write it like 2026-01-31T18:30:00Z."),
    ("--port 99999", "", "There is no port 99999; choose one from 1 to 65535 with --port, or 0 for any free one."),
    ("--port TAKEN", "", "cannot be taken (Address already in use); choose another"),
    (
        "--seed nowhere.yaml",
        "",
        "nowhere.yaml: cannot be read (No such file or directory); check the name of the file.",
    ),
    ("--seed FILE", "stamps:\n  store: [}\n", "FILE, line 2: is not YAML"),
    ("--db FILE", TEXT, "FILE: cannot be used as database (SQLite says: file is not a database"),
    ("--spec FILE", "[1]", "is no OpenAPI document (it has no member `openapi`)"),
    ("--spec FILE", "openapi: 3.0.3\npaths: {/x: {}}", "is OpenAPI 3.0.3; the sandbox reads 3.1"),
    ("--spec FILE", "openapi: 3.1.0\npaths: {}", "has no paths"),
    (
        "--spec FILE",
        "openapi: 3.1.0\npaths: {/x: {$ref: 'other.yaml#/x'}}",
        "refers to another document, 'other.yaml#/x'",
    ),
    ("--spec FILE", "openapi: 3.1.0\npaths: {/x: {$ref: '#/nowhere'}}", "refers to '#/nowhere', which is not there"),
    ("--spec FILE", "openapi: 3.1.0\npaths: {/x: {get: {parameters: 5}}}", "is no valid OpenAPI document"),
    ("--spec FILE", "a: [b", "is not YAML"),
]


@pytest.mark.parametrize(("words", "content", "message"), BAD)
def test_what_a_user_can_correct_is_one_line(tmp_path: Path, words: str, content: str, message: str) -> None:
    """Wrong arguments, a taken port, and files that are no seed, no database or no spec: named with the reason, without a traceback, and left as they are."""
    file = tmp_path / "api.yaml"
    file.write_text(content)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--vendor", "stamps", *words.replace("FILE", str(file)).replace("TAKEN", port).split())
    assert (1, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert done.stderr.startswith("loyalty_sandbox: ")
    assert message.replace("FILE", str(file)) in done.stderr
    assert "--spec" not in words or str(file) in done.stderr
    assert content == file.read_text()


def test_a_damaged_database_is_not_served(tmp_path: Path) -> None:
    """SQLite's own check is asked before the first request."""
    path = tmp_path / "state.db"
    with started("--vendor", "pepper", "--db", str(path)) as (process, url, _):
        httpx.get(f"{url}/_sandbox/clock", trust_env=False)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    content = bytearray(path.read_bytes())
    content[8192:24576] = b"x" * 16384
    path.write_bytes(content)
    done = run("--vendor", "pepper", "--db", str(path), "--port", "0")
    assert (1, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert f"loyalty_sandbox: {path}" in done.stderr


def test_without_the_extra_its_name_is_told(tmp_path: Path) -> None:
    """One line instead of a traceback where a package of the extra is missing."""
    (tmp_path / "starlette.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'starlette'\", name='starlette')\n"
    )
    environment = {**ENVIRONMENT, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"}
    command = [sys.executable, "-m", "loyalty_sandbox", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert (1, 1) == (done.returncode, done.stderr.count("\n"))
    assert "starlette is missing" in done.stderr
    assert "pip install 'loyalty-clients[sandbox]'" in done.stderr


def test_a_file_is_served_without_vendor_code(tmp_path: Path) -> None:
    """`--spec` serves any OpenAPI 3.1 document under the name of its file, and says what to call."""
    spec = tmp_path / "Tea Club.yaml"
    spec.write_text(
        "openapi: 3.1.0\ninfo: {title: Tea, version: '1'}\npaths: {/cups: {get: {responses: {'200': {description: ok}}}}}\n"
    )
    with started("--spec", str(spec)) as (_, url, _):
        answer = httpx.get(f"{url}/tea_club/cups", trust_env=False)
    assert (200, "example") == (answer.status_code, answer.headers["X-Sandbox-Behaviour"])
