"""A live run: the vendor's generated client makes the calls, so that credentials, rate limits and addresses are the user's."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty_runtime.calls.rawcall import raw_operation
from loyalty_runtime.errors import ArgumentError, LoyaltyError
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.observe.exchange import Capture
from scripts.observe.probe import Probe, SkipCall, StopProbe


def run_live(vendor: Vendor, document: dict[str, Any], values: Mapping[str, str] | None = None) -> Probe:
    """Ask the vendor with the credentials of the environment; `values` are those of parameters that no list gives.

    Raises:
        PipelineError: the client cannot be made, or the first calls fail.
    """
    servers: list[str] = []
    name = str(document["info"].get("x-client-name") or "")
    try:
        module = importlib.import_module(vendor.client_package)
        client = getattr(module, name).from_env(
            read_only=True, inferred="allow", observers=[lambda event: servers.append(event.server)]
        )
    except (ImportError, AttributeError) as problem:
        todo = f"Run nox -s regenerate -- {vendor.slug}."
        raise PipelineError(f"the client cannot be imported ({problem})", where=vendor.slug, todo=todo) from None
    except LoyaltyError as problem:
        raise PipelineError(str(problem), where=vendor.slug, todo="Set the variables of your account.") from None
    heard = hashlib.sha256()

    def send(
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: Mapping[str, str],
        security: list[dict[str, Any]] | None,
    ) -> Any:
        chosen = None if security is None else tuple(tuple(each) for each in security)
        operation = raw_operation(client.vendor, method, path, chosen)
        try:
            reply = client.call_raw(operation, query=dict(query), headers=headers)
        except ArgumentError as problem:  # nothing was sent
            raise SkipCall(str(problem)) from None
        heard.update(reply.content)
        return reply

    probe = Probe(document, send, known={name: [value] for name, value in (values or {}).items()})
    with client:
        try:
            probe.run()
        except (LoyaltyError, StopProbe) as problem:
            if not any(item.ok for item in probe.exchanges):
                raise PipelineError(
                    str(problem), where=vendor.slug, todo="Check the address and the credentials."
                ) from None
            probe.notes.append(f"The run ended early: {problem}")
    capture = Capture(heard.hexdigest())
    probe.origin = servers[-1].lower() if servers else ""
    probe.exchanges = [replace(item, capture=capture, origin=probe.origin) for item in probe.exchanges]
    probe.refused = [
        (replace(item, capture=capture, origin=probe.origin), own, known) for item, own, known in probe.refused
    ]
    return probe
