"""The calls that the reference prints, run as they stand against the sandbox: Python, Python with asyncio, curl."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_runtime import APIError
from loyalty_sandbox.server import Running
from scripts.common.layout import find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.reference.commands import server_url
from scripts.reference.markup import Ids
from scripts.reference.operations import Operation, OperationReader
from scripts.reference.python_calls import read_calls
from scripts.reference.schemas import SchemaReader
from tests.runtime.stores import missing
from tests.sandbox.credentials import (
    ACCESS_TOKEN,
    ADMIN_TOKEN,
    APPLICATION,
    MERCHANT_TOKEN,
    PASSWORD,
    STAMPEDE_TOKEN,
    STATIC_TOKEN,
    STORE_TOKEN,
    SUPER_TOKEN,
    USERNAME,
)
from tests.sandbox.serving import served

pytestmark = pytest.mark.filterwarnings("ignore")  # inferred and deprecated operations are called as well
VENDORS = {vendor.slug: vendor for vendor in find_vendors()}
CREDENTIALS: dict[str, dict[str, str]] = {
    "stampede": {"access_token": STAMPEDE_TOKEN},
    "stamps": {
        "access_token": ACCESS_TOKEN,
        "token": STATIC_TOKEN,
        "store_token": STORE_TOKEN,
        "merchant_token": MERCHANT_TOKEN,
    },
    "orderingstack": {"access_token": SUPER_TOKEN},
    "pepper": {"application_id": APPLICATION, "token": ADMIN_TOKEN, "username": USERNAME, "password": PASSWORD},
}
# What the vendor's example meets in the sandbox's first state: it speaks of other records, or is refused by the schema.
REFUSED = {
    "stampede": {"createToken"},  # the credentials of the example
    "stamps": {
        "getAccessToken",  # the credentials of the example
        "deductStamps",  # too few stamps
        "debitBalance",  # too little money
        "cancelAward",  # no such award
        "createRegistration",  # the member is there already
        "createPartialRegistration",
    },
    "orderingstack": {"putCampaign", "message", "coupon"},  # another id in the body, no part in the campaign
    "pepper": {"createNotification"},  # three audiences at once
}


def shown(slug: str) -> list[Operation]:
    """Return the operations of a vendor as the reference shows them."""
    vendor = VENDORS[slug]
    document, ids = load_yaml(vendor.generated / "openapi.yaml"), Ids()
    calls = read_calls(vendor.generated / vendor.client_package)
    read = OperationReader(document, slug, ids, SchemaReader(document, ids), calls).read()
    return [operation for operation in read if operation.place[0] == "paths"]  # the vendor makes the calls of webhooks


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    """All vendors, without rate limits."""
    with served(limits=False) as server:
        yield server


@pytest.fixture(params=sorted(VENDORS))
def slug(request: pytest.FixtureRequest, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set what the printed programs read: the address and the credentials of one vendor."""
    name = str(request.param)
    for argument, value in CREDENTIALS[name].items():
        monkeypatch.setenv(f"{name}_{argument}".upper(), value)
    monkeypatch.setenv(f"{name.upper()}_BASE_URL", f"{sandbox.url}/{name}")
    return name


@pytest.mark.parametrize("way", ["python", "python_async"])
def test_python(slug: str, way: str, sandbox: Running) -> None:
    """Every printed program calls its operation, is answered as the spec says, and ends without an error, but where the example cannot fit."""
    failed = {}
    engine = sandbox.world.engines[slug]
    for operation in shown(slug):
        sandbox.world.reset(slug)
        before = sandbox.world.log.last_number
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(getattr(operation, way), operation.name, "exec"), {})  # noqa: S102 - the page's own programs
        except APIError as error:
            failed[operation.name] = error
        (entry, *_) = [each for each in sandbox.world.log.select(after=before) if each["operation"] == operation.name]
        assert ([], engine.behaviour(operation.name)) == (entry["violations"], entry["behaviour"]), operation.name
    endless = {"lookupUsers"} if slug == "pepper" else set()  # the sandbox repeats the example, which names a next page
    assert REFUSED[slug] | endless == set(failed), failed


def test_curl(slug: str, sandbox: Running, tmp_path: Path) -> None:
    """Every printed command is answered with a good status under the vendor's own address, but where the example cannot fit."""
    curl, document = shutil.which("curl"), load_yaml(VENDORS[slug].generated / "openapi.yaml")
    if curl is None:
        missing("curl")
    (tmp_path / "rows.csv").write_text("user_id\nnobody\n", encoding="utf-8")
    failed = {}
    for operation in shown(slug):
        sandbox.world.reset(slug)
        command = operation.curl.replace(server_url(document, operation.raw), f"{sandbox.url}/{slug}", 1)
        assert command != operation.curl
        shell = ["bash", "-c", f"{command} --silent --show-error --output /dev/null --write-out '%{{http_code}}'"]
        done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False)
        if not re.fullmatch(r"2\d\d|3\d\d", done.stdout):
            failed[operation.name] = done.stdout + done.stderr
    assert REFUSED[slug] == set(failed), failed
