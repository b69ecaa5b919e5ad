"""`python -m loyalty_sandbox`: serve the vendors on loopback until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from .clock import Clock, parse_time
from .documents import Document
from .problems import SandboxError
from .server import HOST, bind, make_server
from .vendors import load_vendors, vendor_slugs
from .world import World
from .yaml_files import read_yaml


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m loyalty_sandbox",
        description="Serve local copies of the loyalty vendors on 127.0.0.1. All credentials are artificial and are printed at the start.",
    )
    parser.add_argument(
        "--port", type=int, default=8400, help="port on 127.0.0.1; 0 takes any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--db", type=Path, metavar="FILE", help="keep the state in this SQLite file; in memory by default"
    )
    parser.add_argument(
        "--seed", type=Path, metavar="FILE", help="YAML or JSON file with more data: vendor, hook, list of bodies"
    )
    parser.add_argument(
        "--vendor", action="append", choices=vendor_slugs(), help="serve this vendor only; may be repeated"
    )
    parser.add_argument(
        "--clock",
        metavar="TIME",
        help="start the sandbox's clock at this time, 2026-01-31T18:30:00Z; it runs on from there",
    )
    parser.add_argument("--no-limits", action="store_true", help="do not apply the vendors' rate limits")
    return parser.parse_args(words)


def build_world(arguments: argparse.Namespace) -> World:
    """Make the world that the command line asks for; raises `SandboxError`."""
    seed: Document | None = None
    if arguments.seed:
        read = read_yaml(arguments.seed)
        if not isinstance(read, dict):
            raise SandboxError(f"{arguments.seed}: is not a mapping; write the vendors as its keys.")
        seed = read
    clock = None
    if arguments.clock:
        clock = Clock()
        clock.set(parse_time(arguments.clock))
    return World(
        load_vendors(arguments.vendor), db=arguments.db, seed=seed, clock=clock, limits=not arguments.no_limits
    )


def welcome(world: World, url: str) -> str:
    """Write what a user needs to start: addresses, credentials, and a call to paste."""
    lines = [f"Sandbox on {url} (index page, docs, request log). Stop it with Ctrl-C.", ""]
    for slug, engine in world.engines.items():
        lines.append(f"== {engine.vendor.title}: {url}/{slug}")
        for credential in world.credentials(slug):
            arguments = ", ".join(f"{name}={value!r}" for name, value in credential.arguments.items())
            lines.append(f"   {credential.label}: {arguments}")
        if engine.vendor.example_maker:
            examples = engine.vendor.example_maker(f"{url}/{slug}")
            lines += [
                "",
                *(f"   {line}" for line in examples.curl.splitlines()),
                "",
                *(f"   {line}" for line in examples.python.splitlines()),
            ]
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
        asyncio.run(make_server(world).serve(sockets=[listener]))
    except KeyboardInterrupt:
        pass
    finally:
        world.close()
        listener.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
