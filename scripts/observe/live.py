"""A live run: the vendor's generated client makes the calls, so that credentials, rate limits and addresses are the user's."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from loyalty_runtime.errors import LoyaltyError
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.observe.probe import Probe, StopProbe


def run_live(vendor: Vendor, document: dict[str, Any], values: Mapping[str, str] | None = None) -> Probe:
    """Ask the vendor with the credentials of the environment; `values` are those of parameters that no list gives.

    Raises:
        PipelineError: the client cannot be made, or the first calls fail.
    """
    servers: list[str] = []
    with _client(vendor, str(document["info"].get("x-client-name") or ""), servers) as client:
        probe = Probe(document, client, servers, known={name: [value] for name, value in (values or {}).items()})
        try:
            probe.run()
        except (LoyaltyError, StopProbe, KeyboardInterrupt) as problem:
            said = str(problem) or "it was interrupted"
            if not any(item.ok for item in probe.exchanges):
                todo = "Check the address and the credentials."
                raise PipelineError(said, where=vendor.slug, todo=todo) from None
            probe.notes.append(f"The run ended early: {said}.".replace("..", "."))
    return probe


def _client(vendor: Vendor, name: str, servers: list[str]) -> Any:
    """Return a client that changes nothing and writes down each server it calls."""
    try:
        module = importlib.import_module(vendor.client_package)
        observers = [lambda event: servers.append(event.server)]
        return getattr(module, name).from_env(read_only=True, inferred="allow", observers=observers)
    except (ImportError, AttributeError) as problem:
        todo = f"Run nox -s regenerate -- {vendor.slug}."
        raise PipelineError(f"the client cannot be imported ({problem})", where=vendor.slug, todo=todo) from None
    except LoyaltyError as problem:
        raise PipelineError(str(problem), where=vendor.slug, todo="Set the variables of your account.") from None
