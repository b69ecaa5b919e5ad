"""The only way in: every job of this repository is a session here.

`python3 noxfile.py -s tests` works on a machine with only Python, pip and git; `nox -s tests` is the same where nox is installed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    from scripts.bootstrap import main

    raise SystemExit(main(sys.argv[1:]))

import nox

nox.needs_version = ">=2025.2.9"
# Sessions share environments that `environment` below makes from the locked lists, so a list is installed once, not once a session.
nox.options.default_venv_backend = "none"
nox.options.sessions = ["check", "validate", "lint", "typecheck", "tests"]

ROOT = Path(__file__).parent
BIN = "Scripts" if sys.platform == "win32" else "bin"


def environment(session: nox.Session, lock: str) -> Path:
    """Return the commands of the environment with one locked list and this project in it; make it unless exactly that is there."""
    home = ROOT / ".nox" / lock
    commands = home / BIN
    wanted = (ROOT / "locks" / f"{lock}.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    stamp = home / "installed-from.txt"
    if not stamp.is_file() or stamp.read_bytes() != wanted:
        session.log(f"Installing locks/{lock}.txt into .nox/{lock} …")
        pip = (str(commands / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        session.run(sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(home), external=True)
        session.run(*pip, "--require-hashes", "-r", f"locks/{lock}.txt", external=True)
        session.run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".", external=True)
        stamp.write_bytes(wanted)
    return commands


def python(session: nox.Session, *arguments: str, lock: str = "dev") -> None:
    """Run Python in an environment, with the repository as import root and the environment's own commands first on the path."""
    commands = environment(session, lock)
    path = os.pathsep.join([str(commands), os.environ.get("PATH", "")])
    session.run(str(commands / "python"), *arguments, env={"PYTHONPATH": str(ROOT), "PATH": path}, external=True)


@nox.session
def regenerate(session: nox.Session) -> None:
    """Make effective specs, clients, models and manifests from specs and overlays [-- vendor …]."""
    python(session, "-m", "scripts.regenerate", *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Prove that regenerating changes no byte [-- vendor …]."""
    python(session, "-m", "scripts.check", *session.posargs)


@nox.session
def validate(session: nox.Session) -> None:
    """Check specs, overlays and provenance, and print the ledger of inconsistencies [-- vendor …]."""
    python(session, "-m", "scripts.validate", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Lint the effective specs with Redocly and the Python code with ruff [-- vendor …]."""
    python(session, "-m", "scripts.lint", *session.posargs)
    python(session, "-m", "ruff", "check", ".")
    python(session, "-m", "ruff", "format", "--check", ".")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check hand-written and generated code with mypy --strict and pyright [-- vendor …]."""
    python(session, "-m", "scripts.typecheck", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests [-- vendor or pytest arguments …]."""
    vendors = sorted(path.parent.name for path in ROOT.glob("specs/*/openapi.yaml"))
    names = [name for name in session.posargs if name in vendors]
    chosen = [name for name in session.posargs if name not in vendors]
    if names:
        chosen += ["tests/clients", "-k", " or ".join(names)]
    python(session, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *chosen)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist into dist/, then install the wheel alone in an empty environment and import every client [-- vendor …]."""
    python(session, "-m", "scripts.package", *session.posargs)


@nox.session
def fetch(session: nox.Session) -> None:
    """Download a vendor's own OpenAPI file and make it the source [-- vendor …]."""
    python(session, "-m", "scripts.fetch", *session.posargs)


@nox.session
def reconcile(session: nox.Session) -> None:
    """Compare a downloaded source with the transcription and update the grades [-- vendor …]."""
    python(session, "-m", "scripts.reconcile", *session.posargs)


@nox.session
def review(session: nox.Session) -> None:
    """Report what the working tree changes against a revision, breaking changes first [-- --base REV]."""
    python(session, "-m", "scripts.review", *session.posargs)


@nox.session
def changelog(session: nox.Session) -> None:
    """Propose changelog fragments from the review, or assemble them [-- --help]."""
    python(session, "-m", "scripts.review.changelog", *session.posargs)


@nox.session
def scaffold(session: nox.Session) -> None:
    """Make the folders of a new vendor and a test that fails until its spec is written [-- SLUG …]."""
    python(session, "-m", "scripts.scaffold", *session.posargs)


@nox.session
def sandbox(session: nox.Session) -> None:
    """Serve all four vendors on 127.0.0.1, with state [-- --help]."""
    python(session, "-m", "loyalty_sandbox", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Start the sandbox, run every example against it, stop it."""
    python(session, "-m", "examples", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the clients against their peers, as ratios in one run [-- --help]."""
    python(session, "-m", "benchmarks", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write locks/*.txt anew from pyproject.toml, with hashes and without addresses [-- uv arguments …]."""
    for group in ("nox", "dev"):
        python(
            *(
                session,
                "-m",
                "uv",
                "pip",
                "compile",
                "--quiet",
                "--group",
                group,
                "--universal",
                "--python-version",
                "3.11",
            ),
            *(
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--output-file",
                f"locks/{group}.txt",
                *session.posargs,
            ),
        )
