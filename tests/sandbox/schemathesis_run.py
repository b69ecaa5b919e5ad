"""Run schemathesis against the sandbox: `python -m tests.sandbox.schemathesis_run [vendor …] [--examples N] [--seed N]`.

Each vendor is served in this process, without rate limits, and schemathesis runs as a process of its own against it with all its checks.
The run fails with any finding of schemathesis, and with any answer that breaks the effective spec by the sandbox's own log.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from loyalty_sandbox.core.documents import to_json
from loyalty_sandbox.core.engine import Engine
from loyalty_sandbox.core.log import RequestLog
from loyalty_sandbox.core.spec import read_spec
from loyalty_sandbox.vendors import vendor_slugs
from tests.sandbox.serving import served

# A request that fits the effective spec may still be refused for what the state holds: an unknown customer, a redeemed code.
# The vendors answer that with 400, 404, 409 or 422, so these count as accepted, and so do 401 and 403 for who calls: this check
# does not notice a refusal that is wrong. That refusals are right is tested elsewhere. A refusal may have a status that the spec does not
# declare, since vendors answer more than they document; a success may not, which the sandbox's own log tells.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422"]
"""


def authorisation(engine: Engine) -> dict[str, str]:
    """Return the headers that carry the credentials of a sandbox; of several schemes that share a header, the first counts."""
    arguments: dict[str, str] = {}
    for credential in engine.credentials:
        arguments = {**credential.arguments, **arguments}
    headers: dict[str, str] = {}
    for name, scheme in engine.spec.document["components"]["securitySchemes"].items():
        value = arguments.get(scheme.get("x-argument", name))
        if value and scheme["type"] == "apiKey":
            headers.setdefault(scheme["name"], f"{scheme.get('x-prefix', '')} {value}".strip())
        elif value and scheme.get("scheme") == "bearer":
            headers.setdefault("Authorization", f"Bearer {value}")
    if "access_token" in arguments:
        headers.setdefault("Authorization", f"Bearer {arguments['access_token']}")
    return headers


def run(slug: str, options: argparse.Namespace) -> bool:
    """Serve a vendor, let schemathesis loose on it, and print the figures; says whether nothing was found."""
    with tempfile.TemporaryDirectory() as folder, served(slug, limits=False) as server:
        server.world.log = RequestLog(1_000_000)
        engine, place = server.world.engines[slug], Path(folder)
        (place / "schemathesis.toml").write_text(CONFIGURATION)
        (place / "openapi.json").write_text(to_json(read_spec(slug).document))
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(place / "schemathesis.toml"), "run"]
        command += [str(place / "openapi.json"), "--url", f"{server.url}/{slug}", "--checks", "all"]
        command += [word for header in authorisation(engine).items() for word in ("--header", ": ".join(header))]
        command += ["--continue-on-failure", "--max-examples", str(options.examples), "--seed", str(options.seed)]
        command += ["--no-color", "--warnings", "off", "--exclude-checks", "status_code_conformance"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    entries = server.world.log.select(limit=1_000_000)
    # What would have broken the spec was answered with an example instead, which is no violation on the wire.
    wrong = [entry for entry in entries if entry["behaviour"] != "example"]
    violations = [f"{entry['method']} {entry['path']}: {text}" for entry in wrong for text in entry["violations"]]
    passed = done.returncode == 0 and not violations and len(entries) > 0
    if options.verbose or not passed:
        print(done.stdout + done.stderr)
    for violation in violations[:20]:
        print(f"{slug}: {violation}", file=sys.stderr)
    failure = f"FAILED (exit code {done.returncode}, {len(violations)} violations)"
    figures = {
        "vendor": slug,
        "operations": len(engine.operations),
        "requests": len(entries),
        "statuses": dict(sorted(Counter(str(entry["status"]) for entry in entries).items())),
        "result": "no failure" if passed else failure,
    }
    print(json.dumps(figures))
    return passed


def main() -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.schemathesis_run", description="Run schemathesis.")
    parser.add_argument("vendors", nargs="*", help="vendors to test (default: all)")
    parser.add_argument("--examples", type=int, default=50, help="cases per operation and phase (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random data (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="print what schemathesis prints in any case")
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # the parsers of broken requests complain; what matters is in the log of the sandbox
    results = [run(slug, options) for slug in options.vendors or vendor_slugs()]
    return int(False in results)


if __name__ == "__main__":
    raise SystemExit(main())
