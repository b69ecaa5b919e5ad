"""Environment variables with which the examples find a running sandbox and its artificial credentials."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty_sandbox.vendors import vendor_slugs
from loyalty_sandbox.world import World

# What the constructor argument must be where a vendor's sandbox has several credentials; the first one that fits is taken.
WANTED = {"orderingstack": {"username": "operator"}}


def environment(world: World, url: str) -> dict[str, str]:
    """Return `STAMPEDE_BASE_URL`, `STAMPEDE_CLIENT_ID` …, as `from_env()` reads them."""
    variables: dict[str, str] = {}
    for slug in world.engines:
        wanted = WANTED.get(slug, {})
        credential = next(each for each in world.engines[slug].credentials if wanted.items() <= each.arguments.items())
        variables[f"{slug}_base_url".upper()] = f"{url}/{slug}"
        variables.update({f"{slug}_{name}".upper(): value for name, value in credential.arguments.items()})
    return variables


def without_vendors(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables without those of any vendor, so that a real credential never reaches an example of the demo."""
    prefixes = tuple(f"{slug}_".upper() for slug in vendor_slugs())
    return {name: value for name, value in variables.items() if not name.startswith(prefixes)}
