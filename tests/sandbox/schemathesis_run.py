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

from attrs import frozen

from loyalty_sandbox.core.documents import Document, SandboxError, to_json
from loyalty_sandbox.core.log import RequestLog
from loyalty_sandbox.core.spec import read_spec
from loyalty_sandbox.server import running
from loyalty_sandbox.vendors import load_vendors, vendor_slugs
from loyalty_sandbox.world import World

# A request that fits the effective spec may still be refused for what the state holds: an unknown customer, a redeemed code.
# The vendors answer that with 400, 404, 409 or 422, so these count as accepted, and so do 401 and 403 for who calls: this check
# does not notice a refusal that is wrong. That refusals are right is tested elsewhere. A refusal may have a status that the spec does not
# declare, since vendors answer more than they document; a success may not, which the sandbox's own log tells.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422"]
"""


@frozen
class Result:
    """What a run found for one vendor."""

    vendor: str
    exit_code: int
    cases: int
    operations: int
    statuses: dict[str, int]
    violations: tuple[str, ...]
    output: str

    @property
    def passed(self) -> bool:
        """Whether nothing was found and something was tested."""
        return self.exit_code == 0 and not self.violations and self.cases > 0


def authorisation(spec: Document, arguments: dict[str, str]) -> list[str]:
    """Turn constructor arguments of a client into header lines, by the security schemes of the effective spec."""
    lines: list[str] = []
    for name, scheme in spec["components"]["securitySchemes"].items():
        value = arguments.get(scheme.get("x-argument", name))
        if value is None:
            continue
        if scheme["type"] == "apiKey":
            lines.append(f"{scheme['name']}: {scheme.get('x-prefix', '')} {value}".replace(":  ", ": "))
        elif scheme["type"] == "http" and scheme["scheme"] == "bearer":
            lines.append(f"Authorization: Bearer {value}")
    # Of several schemes that share a header, the first is shown: more lines of one name would leave only the last.
    lines = [
        line
        for at, line in enumerate(lines)
        if line.partition(":")[0] not in {each.partition(":")[0] for each in lines[:at]}
    ]
    if not any(line.lower().startswith("authorization") for line in lines) and "access_token" in arguments:
        lines.append(f"Authorization: Bearer {arguments['access_token']}")
    return lines


def run(slug: str, *, examples: int, seed: int) -> Result:
    """Serve a vendor and let schemathesis loose on it."""
    world = World(load_vendors([slug]), limits=False)
    world.log = RequestLog(1_000_000)
    arguments: dict[str, str] = {}
    for credential in world.engines[slug].credentials:
        arguments = {**credential.arguments, **arguments}
    with tempfile.TemporaryDirectory() as folder, running(world) as server:
        place = Path(folder)
        (place / "schemathesis.toml").write_text(CONFIGURATION)
        (place / "openapi.json").write_text(to_json(read_spec(slug).document))
        headers = [word for line in authorisation(read_spec(slug).document, arguments) for word in ("--header", line)]
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(place / "schemathesis.toml"), "run"]
        command += [str(place / "openapi.json"), "--url", f"{server.url}/{slug}", "--checks", "all", *headers]
        command += ["--continue-on-failure", "--max-examples", str(examples), "--seed", str(seed), "--no-color"]
        command += ["--warnings", "off", "--exclude-checks", "status_code_conformance"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    entries = world.log.select(limit=1_000_000)
    statuses = Counter(str(entry["status"]) for entry in entries)
    # What would have broken the spec was answered with an example instead, which is no violation on the wire.
    wrong = [entry for entry in entries if entry["behaviour"] != "example"]
    violations = tuple(f"{entry['method']} {entry['path']}: {text}" for entry in wrong for text in entry["violations"])
    world.close()
    operations = len(world.engines[slug].operations)
    found = dict(sorted(statuses.items()))
    return Result(slug, done.returncode, len(entries), operations, found, violations, done.stdout + done.stderr)


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    program, does = "python -m tests.sandbox.schemathesis_run", "Run schemathesis against the sandbox."
    parser = argparse.ArgumentParser(prog=program, description=does)
    parser.add_argument("vendors", nargs="*", help=f"vendors to test (default: {', '.join(vendor_slugs())})")
    add = parser.add_argument
    add("--examples", type=int, default=50, help="test cases per operation and phase (default: %(default)s)")
    add("--seed", type=int, default=1, help="seed of the random data (default: %(default)s)")
    add("--verbose", action="store_true", help="print what schemathesis prints also when it finds nothing")
    arguments = parser.parse_args(words)
    failed = False
    logging.disable(logging.ERROR)  # the parsers of broken requests complain; what matters is in the log of the sandbox
    try:
        for slug in arguments.vendors or vendor_slugs():
            result = run(slug, examples=arguments.examples, seed=arguments.seed)
            failed = failed or not result.passed
            if arguments.verbose or not result.passed:
                print(result.output)
            for violation in result.violations[:20]:
                print(f"{slug}: {violation}", file=sys.stderr)
            failure = f"FAILED (exit code {result.exit_code}, {len(result.violations)} violations)"
            figures: Document = {"vendor": slug, "operations": result.operations, "requests": result.cases}
            figures |= {"statuses": result.statuses}
            print(json.dumps({**figures, "result": "no failure" if result.passed else failure}))
    except SandboxError as error:
        print(f"schemathesis_run: {error}", file=sys.stderr)
        return 1
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
