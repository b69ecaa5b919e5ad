"""Programs of single processes, as a user would write them."""

from __future__ import annotations

from benchmarks.peers import HTTPX, LAZY_OPENAPI_GENERATOR, OPENAPI_GENERATOR, OURS, PYDANTIC, STOCK

BARE = "bare Python"
TRUSTING = "ours, trust store loaded as over TLS"

PEAK = "\nprint(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
"""Print the peak resident memory in kB: `ru_maxrss` would report the parent's where that was larger before the exec."""


def importing(name: str, package: str, *, tag: str, operation: str, model: str) -> str:
    """Return a program that imports a client and one operation, and makes the client object."""
    programs = {
        BARE: "pass",
        OURS: f"""
from {package}_client import {{client}}
from {package}_client.api.{tag} import {operation}
client = {{client}}(token="artificial", base_url="http://127.0.0.1:9")
""".format(client=package.rstrip("0123456789").capitalize()),
        STOCK: f"""
from {package}_client import AuthenticatedClient
from {package}_client.api.{tag} import {operation}
client = AuthenticatedClient(token="artificial", base_url="http://127.0.0.1:9")
""",
        OPENAPI_GENERATOR: _openapi_generator(package, tag),
        LAZY_OPENAPI_GENERATOR: _openapi_generator(package, tag),
        PYDANTIC: f"""
import httpx
from {package}_models import {model}
""",
        HTTPX: "import httpx",
    }
    return programs[name]


def _openapi_generator(package: str, tag: str) -> str:
    api = "".join(part.capitalize() for part in tag.split("_")) + "Api"
    return f"""
from {package}_client import ApiClient, Configuration, {api}
api = {api}(ApiClient(Configuration(host="http://127.0.0.1:9", access_token="artificial")))
"""


def first_call(name: str, base_url: str) -> str:
    """Return a program that makes one call to Pepper's `getUser` and prints a member of the typed reply."""
    url = f"{base_url}/users/u-1"
    ours = f"""
from pepper_client import Pepper
with Pepper(token="artificial", application_id="artificial", base_url={base_url!r}) as pepper:
    print(pepper.users.get("u-1").first_name)
"""
    programs = {
        OURS: ours,
        TRUSTING: f"""
from loyalty_runtime.http.connections import ConnectionOptions
from loyalty_runtime.http.tls import shared_ssl_context
shared_ssl_context(ConnectionOptions())
{ours}""",
        STOCK: f"""
from pepper_client import AuthenticatedClient
from pepper_client.api.users import get_user
with AuthenticatedClient(token="artificial", base_url={base_url!r}) as client:
    print(get_user.sync("u-1", client=client).first_name)
""",
        OPENAPI_GENERATOR: f"""
from pepper_client import ApiClient, Configuration, UsersApi
api = UsersApi(ApiClient(Configuration(host={base_url!r}, access_token="artificial")))
print(api.get_user("u-1").first_name)
""",
        LAZY_OPENAPI_GENERATOR: f"""
import asyncio
from pepper_client import ApiClient, Configuration, UsersApi
async def main():
    async with ApiClient(Configuration(host={base_url!r}, access_token="artificial")) as client:
        print((await UsersApi(client).get_user("u-1")).first_name)
asyncio.run(main())
""",
        PYDANTIC: f"""
import httpx
from pepper_models import User
with httpx.Client(headers={{"Authorization": "Bearer artificial"}}) as client:
    print(User.model_validate_json(client.get({url!r}).content).firstName)
""",
        HTTPX: f"""
import httpx
with httpx.Client(headers={{"Authorization": "Bearer artificial"}}) as client:
    print(client.get({url!r}).json()["firstName"])
""",
    }
    return programs[name]
