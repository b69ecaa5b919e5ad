"""`nox -s build`: build the distribution and prove that the wheel alone is enough."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table

_PROBE = """
import sys
import {package}
models = [name for name in sys.modules if name.startswith("{package}.models")]
assert not models, f"import {package} pulls in {{len(models)}} model modules: keep the package lazy"
print("yes" if "httpx" in sys.modules else "no")
"""


def call(*command: str, failure: str) -> str:
    """Run a command outside the repository and return what it printed.

    Raises:
        PipelineError: it fails; the message has its last line.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir())
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise PipelineError(f"{failure}: {said[0]}", where="dist", todo="Correct the package or its settings.")
    return done.stdout.strip()


def probe_wheel(wheel: Path, packages: list[str]) -> list[tuple[str, str]]:
    """Install a wheel alone in an empty environment, import every client there, and tell whether each import pulled in httpx."""
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        python = str(Path(scratch) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
        install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
        call(*install, failure=f"{wheel.name} does not install")
        probe = (python, "-I", "-W", "error", "-c")
        failure = "{} does not import from the wheel"
        probe_extras(python, packages)
        return [(name, call(*probe, _PROBE.format(package=name), failure=failure.format(name))) for name in packages]


def probe_extras(python: str, packages: list[str]) -> None:
    """Prove that what needs an extra names it in one line.

    Raises:
        PipelineError: a command or an import works without its extra, or fails without naming it.
    """
    models = [(("-c", f"import {name.removesuffix('_client')}_models"), "pydantic") for name in packages]
    for words, extra in [(("-m", "loyalty_sandbox"), "sandbox"), *models]:
        done = subprocess.run((python, "-I", *words), capture_output=True, text=True, check=False)
        if done.returncode == 0 or f"'loyalty-clients[{extra}]'" not in done.stderr.splitlines()[-1]:
            found = f"python {' '.join(words)} does not name the extra {extra}"
            raise PipelineError(found, where="dist", todo="Say how to install it.")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s build --",
        description="Build wheel and sdist into dist/ and import every client from the wheel alone.",
    )
    parser.add_argument("vendor", nargs="*", help="probe only these clients (default: all)")
    packages = [vendor.client_package for vendor in find_vendors(parser.parse_args().vendor)]
    console.print("Building …")
    folder = ROOT / "dist"
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    call(*build, failure="the build failed")
    files = sorted(folder.glob("loyalty_clients-*"), key=lambda path: path.stat().st_mtime)[-2:]
    console.print("Installing the wheel in an empty environment …")
    rows = probe_wheel(next(path for path in files if path.suffix == ".whl"), packages)
    print_table("Imported from the wheel alone", ["client", "pulls in httpx"], rows)
    for path in files:
        console.print(f"dist/{path.name}  {path.stat().st_size / 1024:,.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
