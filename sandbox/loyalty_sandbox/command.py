"""The command line of the sandbox."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from .core.clock import Clock, parse_time
from .core.documents import Document, SandboxError, read_yaml
from .core.first_call import first_calls
from .core.world import World
from .server import HOST, bind, make_server
from .vendors import load_vendors, vendor_of, vendor_slugs


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m loyalty_sandbox",
        description="Serve local copies of the loyalty vendors on 127.0.0.1. All credentials are artificial and are printed at the start.",
    )
    add = parser.add_argument
    add("--port", type=int, default=8400, help="port on 127.0.0.1; 0 takes any free one (default: %(default)s)")
    add("--db", type=Path, metavar="FILE", help="keep the state in this SQLite file; in memory by default")
    add("--seed", type=Path, metavar="FILE", help="YAML or JSON file with more data: vendor, hook, list of bodies")
    add("--vendor", action="append", choices=vendor_slugs(), help="serve this vendor only; may be repeated")
    add("--spec", action="append", type=Path, metavar="FILE", help="serve this OpenAPI 3.1 file; may be repeated")
    add("--clock", metavar="TIME", help="start the clock at this time, 2026-01-31T18:30:00Z; it runs on from there")
    add("--no-limits", action="store_true", help="do not apply the vendors' rate limits")
    return parser.parse_args(words)


def build_world(arguments: argparse.Namespace) -> World:
    """Make the world that the command line asks for; raises `SandboxError`."""
    seed: Document | None = None
    if arguments.seed:
        read = read_yaml(arguments.seed)
        if not isinstance(read, dict):
            raise SandboxError(f"{arguments.seed}: is not a mapping; write the vendors as its keys.")
        seed = read
    files = [vendor_of(path) for path in arguments.spec or []]
    vendors = [*files, *(load_vendors(arguments.vendor) if arguments.vendor or not files else [])]
    slugs = [vendor.slug for vendor in vendors]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise SandboxError(f"Two vendors would be served as {twice[0]!r}; rename one of the files.")
    clock = Clock() if arguments.clock else None
    if clock:
        clock.set(parse_time(arguments.clock))
    return World(vendors, db=arguments.db, seed=seed, clock=clock, limits=not arguments.no_limits)


def welcome(world: World, url: str) -> str:
    """Write what a user needs to start: addresses, credentials, and a call to paste."""
    lines = [f"Sandbox on {url} (index page, reference, request log). Stop it with Ctrl-C.", ""]
    for slug, engine in world.engines.items():
        lines.append(f"== {engine.vendor.title}: {url}/{slug}")
        for credential in engine.credentials:
            arguments = ", ".join(f"{name}={value!r}" for name, value in credential.arguments.items())
            lines.append(f"   {credential.label}: {arguments}")
        if engine.unbound:
            missing = ", ".join(engine.unbound)
            lines.append(f"   The spec lacks {missing}; what is known of these operations is left out.")
        for text in first_calls(engine, f"{url}/{slug}"):
            lines += ["", *(f"   {line}" for line in text.splitlines())]
        lines.append("")
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    arguments = parse_arguments(words)
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s: %(message)s")
    try:
        world = build_world(arguments)
        listener = bind(arguments.port)
    except SandboxError as error:
        print(f"loyalty_sandbox: {error}", file=sys.stderr)
        return 1
    try:
        print(welcome(world, f"http://{HOST}:{listener.getsockname()[1]}"), flush=True)
        make_server(world).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        world.close()
        listener.close()
    return 0
