"""Run by a test in a process of its own: a live run of the client made anew, and each of its calls once more, typed and strict.

Arguments: the vendor, the repository whose client is on the path, what a live run is given (JSON), where the moved operations are (JSON).
Prints the kinds of what is still found.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

from scripts.common.document import parameters
from scripts.common.layout import Vendor
from scripts.observe.__main__ import observe
from scripts.observe.live import run_live
from scripts.spec.effective import make_effective


def descriptors(package: str) -> list[Any]:
    """Return the operations of a client."""
    api = importlib.import_module(f"{package}.api")
    modules = (importlib.import_module(each.name) for each in pkgutil.walk_packages(api.__path__, f"{api.__name__}."))
    return [module.OPERATION for module in modules if hasattr(module, "OPERATION")]


def main(slug: str, root: str, given: str, moved: str) -> None:
    """Do it; a call that fails or whose reply does not fit ends this."""
    vendor = Vendor(slug, Path(root))
    document = make_effective(vendor).document
    known = descriptors(vendor.client_package)
    there = {each.id: [each.method, each.path] for each in known}
    wrong = {name: there[name] for name, place in json.loads(moved).items() if there[name] != place}
    assert not wrong, wrong
    probe = run_live(vendor, document, json.loads(given))
    module = importlib.import_module(vendor.client_package)
    with getattr(module, document["info"]["x-client-name"]).from_env(strict=True, inferred="allow") as client:
        for exchange in probe.exchanges:
            at = [
                (each, re.fullmatch(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(each.path)), exchange.path))
                for each in known
                if each.method == "GET"
            ]
            each, found = min(((e, f) for e, f in at if f), key=lambda pair: len(pair[1].groups()))
            if exchange.ok:
                stated = parameters(document, each.path, document["paths"][each.path]["get"])
                headers = {item["name"]: item["x-client-default"] for item in stated if "x-client-default" in item}
                client.call(each, path=found.groupdict(), query=dict(exchange.query), headers=headers)
    judge, _, _ = observe(vendor, [], probe)
    print(
        json.dumps(sorted([item.kind, *map(str, item.place)] for item in judge.result.findings.values() if item.sure))
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
