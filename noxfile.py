"""The only way in: every job of this repository is a session here.

`python3 noxfile.py -s tests` works on a machine with only Python, pip and git; `nox -s tests` is the same where nox is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from scripts.bootstrap import main

    raise SystemExit(main(sys.argv[1:]))

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["check", "validate", "lint", "typecheck", "tests"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
SHARED = ".nox/dev"  # sessions that only read each other's tools share one environment


def install(session: nox.Session, lock: str) -> None:
    """Install a locked list and this project into the session's environment, unless exactly that is there."""
    wanted = (ROOT / "locks" / f"{lock}.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    stamp = Path(session.virtualenv.location) / f"installed-{lock}.txt"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    session.log(f"Installing locks/{lock}.txt …")
    session.install("--quiet", "--require-hashes", "-r", f"locks/{lock}.txt", silent=False)
    session.install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".", silent=False)
    stamp.write_bytes(wanted)


def python(session: nox.Session, *arguments: str) -> None:
    """Run Python in the session's environment with the repository as import root."""
    session.run("python", *arguments, env={"PYTHONPATH": str(ROOT)})


@nox.session(venv_location=SHARED)
def regenerate(session: nox.Session) -> None:
    """Make effective specs, clients, models and manifests from specs and overlays [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.regenerate", *session.posargs)


@nox.session(venv_location=SHARED)
def check(session: nox.Session) -> None:
    """Prove that regenerating changes no byte [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.check", *session.posargs)


@nox.session(venv_location=SHARED)
def validate(session: nox.Session) -> None:
    """Check specs, overlays and provenance, and print the ledger of inconsistencies [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.validate", *session.posargs)


@nox.session(venv_location=SHARED)
def lint(session: nox.Session) -> None:
    """Lint the effective specs with Redocly and the Python code with ruff [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.lint", *session.posargs)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(venv_location=SHARED)
def typecheck(session: nox.Session) -> None:
    """Check hand-written and generated code with mypy --strict and pyright [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.typecheck", *session.posargs)


@nox.session(venv_location=SHARED)
def tests(session: nox.Session) -> None:
    """Run the tests [-- vendor or pytest arguments …]."""
    install(session, "dev")
    vendors = sorted(path.parent.name for path in ROOT.glob("specs/*/openapi.yaml"))
    chosen = [f"tests/clients/{name}" if name in vendors else name for name in session.posargs]
    python(session, "-m", "pytest", *chosen)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist into dist/, then install the wheel alone in an empty environment and import every client [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.package", *session.posargs)


@nox.session(venv_location=SHARED)
def fetch(session: nox.Session) -> None:
    """Download a vendor's own OpenAPI file and make it the source [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.fetch", *session.posargs)


@nox.session(venv_location=SHARED)
def reconcile(session: nox.Session) -> None:
    """Compare a downloaded source with the transcription and update the grades [-- vendor …]."""
    install(session, "dev")
    python(session, "-m", "scripts.reconcile", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write locks/*.txt anew from pyproject.toml, with hashes and without addresses [-- uv arguments …]."""
    session.install("--quiet", "uv==0.13.8")
    for group in ("nox", "dev"):
        session.run(
            *("uv", "pip", "compile", "--quiet", "--group", group, "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--no-annotate", "--output-file", f"locks/{group}.txt", *session.posargs),
        )
