"""`nox -s build`: build the distribution and prove that the wheel alone is enough."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.report import console, print_table

_PROBE = """
import sys
import {package}
models = [name for name in sys.modules if name.startswith("{package}.models")]
print(len(models), "httpx" in sys.modules)
"""


def build_distribution(folder: Path) -> list[Path]:
    """Build wheel and sdist into a folder.

    Raises:
        PipelineError: the build fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PipelineError(
            f"the build failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}",
            where="pyproject.toml",
            todo="Correct the build settings.",
        )
    return sorted(folder.glob("loyalty_clients-*"))


def probe_wheel(wheel: Path, vendors: list[Vendor]) -> list[tuple[str, str, str]]:
    """Install a wheel alone in an empty environment, import every client there, and report what each import pulled in.

    Raises:
        PipelineError: the wheel does not install, a client does not import, or an import pulls in models.
    """
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        python = Path(scratch) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        _call(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)],
            f"{wheel.name} does not install",
        )
        rows = []
        for vendor in vendors:
            package = vendor.client_package
            out = _call(
                [str(python), "-I", "-W", "error", "-c", _PROBE.format(package=package)],
                f"{package} does not import from the wheel",
            )
            models, httpx = out.split()
            if models != "0":
                raise PipelineError(
                    f"`import {package}` pulls in {models} model modules",
                    where=wheel.name,
                    todo="Keep the package lazy.",
                )
            rows.append((package, "yes", "yes" if httpx == "True" else "no"))
    return rows


def _call(command: list[str], failure: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir())
    if done.returncode:
        raise PipelineError(
            f"{failure}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no message'}",
            where="dist",
            todo="Correct the package.",
        )
    return done.stdout


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s build --",
        description="Build wheel and sdist into dist/ and import every client from the wheel alone.",
    )
    parser.add_argument("vendor", nargs="*", help="probe only these clients (default: all)")
    vendors = find_vendors(parser.parse_args().vendor)
    console.print("Building …")
    files = build_distribution(ROOT / "dist")
    wheel = next(path for path in files if path.suffix == ".whl")
    console.print("Installing the wheel in an empty environment …")
    rows = probe_wheel(wheel, vendors)
    print_table("Imported from the wheel alone", ["client", "imports", "pulls in httpx"], rows)
    for path in files:
        console.print(f"dist/{path.name}  {path.stat().st_size / 1024:,.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
