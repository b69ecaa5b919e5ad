"""The only way in: every job of this repository is a session here.

`python3 noxfile.py -s tests` works on a machine with only Python, pip and git; `nox -s tests` is the same where nox is installed.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older Python should read why it stops
    raise SystemExit("error: this repository needs Python 3.11 or newer, this is %d.%d.%d" % sys.version_info[:3])  # noqa: UP031

if __name__ == "__main__":
    from scripts.bootstrap import main

    raise SystemExit(main(sys.argv[1:]))

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import nox

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))  # the command `nox` does not look beside its noxfile

from scripts.bootstrap import InstallError, install, is_installed, pip_environment, remember  # noqa: E402

nox.needs_version = ">=2025.2.9"
# Sessions share environments that `environment` below makes from the locked lists, so a list is installed once, not once a session.
nox.options.default_venv_backend = "none"
# What to run before pushing, in less than a minute. `typecheck` and `tests` are the full runs.
nox.options.sessions = ["check", "validate", "lint", "typecheck_quick", "tests_quick"]

BIN = "Scripts" if sys.platform == "win32" else "bin"
# What users install: these tests also run with the lowest allowed dependencies.
USER_TESTS = ["tests/runtime", "tests/clients", "tests/examples", "tests/sandbox"]
QUICK_TESTS = [
    "tests/runtime",
    "--ignore=tests/runtime/test_stores.py",  # starts servers and processes and waits for windows to pass
    "tests/pipeline/test_overlay.py",
    "tests/pipeline/test_records.py",
    "tests/docs/test_guides.py::test_a_quickstart_works_as_written[README]",
]


def environment(session: nox.Session, lock: str) -> Path:
    """Return the commands of the environment with one locked list and this project in it; install only what changed.

    Where LOYALTY_PYTHON names an interpreter that has the list, that one is used as it is.
    """
    if given := os.environ.get("LOYALTY_PYTHON"):
        return Path(given).parent
    home = ROOT / ".nox" / lock
    commands = home / BIN
    interpreter = str(commands / "python")
    requirements = ROOT / "locks" / f"{lock}.txt"
    project = home / "project.json"
    if not is_installed(home, requirements):
        session.run(sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(home), external=True)
        try:
            install(interpreter, requirements)
        except InstallError as problem:
            session.error(str(problem))
        remember(home, requirements)
    settings = editable_settings()
    if not project.is_file() or project.read_text(encoding="utf-8") != settings:
        session.log("Installing this project …")
        command = [
            interpreter,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--editable",
            ".",
        ]
        session.run(*command, env=pip_environment(), external=True)
        project.write_text(settings, encoding="utf-8")
    return commands


def editable_settings() -> str:
    """Return what an editable install of this project depends on; a change of a linter's settings installs nothing."""
    document = read_settings()
    parts = [document["build-system"], document["project"], document["tool"]["hatch"]]
    return json.dumps(parts, sort_keys=True)


def python(session: nox.Session, *arguments: str, lock: str = "dev") -> None:
    """Run Python in an environment, with the repository as import root and the environment's own commands first on the path."""
    commands = environment(session, lock)
    path = os.pathsep.join([str(commands), os.environ.get("PATH", "")])
    packages = read_settings()["tool"]["hatch"]["build"]["dev-mode-dirs"]
    roots = os.pathsep.join([str(ROOT), *(str(ROOT / folder) for folder in packages)])
    session.run(str(commands / "python"), *arguments, env={"PYTHONPATH": roots, "PATH": path}, external=True)


def read_settings() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def chosen_tests(session: nox.Session) -> list[str]:
    """Return the arguments of a session for pytest: a vendor stands for the tests of its client."""
    vendors = sorted(path.parent.name for path in ROOT.glob("specs/*/openapi.yaml"))
    chosen: list[str] = []
    names: list[str] = []
    before = ""
    for argument in session.posargs:
        if before.startswith("-") or argument.startswith("-") or (ROOT / argument.partition("::")[0]).exists():
            chosen.append(argument)
        elif argument in vendors:
            names.append(argument)
        else:
            folders = sorted(f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if path.is_dir())
            session.error(
                f"{argument!r} is neither a vendor nor a path. Vendors: {', '.join(vendors)}. Folders: {', '.join(folders)}"
            )
        before = argument
    # One vendor's tests are done before a second process has collected them.
    return [*chosen, "-n0", "tests/clients", "-k", " or ".join(names)] if names else chosen


def run_tests(session: nox.Session, *arguments: str, lock: str = "dev") -> None:
    """Run pytest on every core."""
    python(session, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *arguments, lock=lock)


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
    """Lint the effective specs with Redocly, the Python code with ruff, and the workflows with zizmor [-- vendor …]."""
    python(session, "-m", "scripts.lint", *session.posargs)
    if not session.posargs:
        workflows(session)


@nox.session
def workflows(session: nox.Session) -> None:
    """Audit the workflows with zizmor, without the network."""
    session.run(
        str(environment(session, "dev") / "zizmor"), "--quiet", "--offline", "--pedantic", ".github", external=True
    )


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check hand-written and generated code with mypy --strict and pyright [-- vendor …]."""
    python(session, "-m", "scripts.typecheck", *session.posargs)


@nox.session
def typecheck_quick(session: nox.Session) -> None:
    """Check the runtime and the scripts with mypy --strict."""
    python(session, "-m", "mypy", "--no-error-summary", "runtime/loyalty_runtime", "scripts")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests [-- vendor or pytest arguments …]."""
    run_tests(session, *chosen_tests(session))


@nox.session
def tests_quick(session: nox.Session) -> None:
    """Run the tests of the runtime, the overlays and the README: a first answer in seconds [-- pytest arguments …]."""
    run_tests(session, "-q", *QUICK_TESTS, *session.posargs)


@nox.session
def tests_lowest(session: nox.Session) -> None:
    """Run the tests of what users install with the lowest dependencies it allows [-- vendor or pytest arguments …]."""
    run_tests(session, *(chosen_tests(session) or USER_TESTS), lock="lowest")


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests of the runtime and the clients, and fail below the least coverage of the runtime [-- pytest arguments …]."""
    run_tests(
        session,
        "--cov",
        "--cov-report=term-missing:skip-covered",
        *(session.posargs or ["tests/runtime", "tests/clients"]),
    )


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist into dist/, then install the wheel alone in an empty environment and import every client [-- vendor …]."""
    python(session, "-m", "scripts.package", *session.posargs)


@nox.session
def fetch(session: nox.Session) -> None:
    """Make a vendor's own OpenAPI file the source: try it, then swap it in [-- vendor … --file PATH --origin URL]."""
    python(session, "-m", "scripts.fetch", *session.posargs)


@nox.session(name="try")
def try_(session: nox.Session) -> None:
    """Make a client of any document in a temporary folder, call every operation, compare with the document [-- FILE|URL … --json]."""
    python(session, "-m", "scripts.trial", *session.posargs)


@nox.session
def reconcile(session: nox.Session) -> None:
    """Compare the vendor's file with the transcription it replaced, and bring everything of ours along [-- vendor … --apply]."""
    python(session, "-m", "scripts.reconcile", *session.posargs)


@nox.session
def replacement(session: nox.Session) -> None:
    """Replace transcriptions by plausible vendor's files, from seeds, in a copy of the repository: some minutes [-- pytest arguments …]."""
    python(session, "-m", "pytest", "-q", "tests/pipeline/reconcile/whole.py", *session.posargs)


@nox.session
def observe(session: nox.Session) -> None:
    """Compare recorded traffic, or reads with your own credentials, with the effective spec [-- VENDOR traffic.har … | VENDOR --live]."""
    python(session, "-m", "scripts.observe", *session.posargs)


@nox.session
def review(session: nox.Session) -> None:
    """Report what the working tree changes against a revision, breaking changes first [-- --base REV]."""
    python(session, "-m", "scripts.review", *session.posargs)


@nox.session
def changelog(session: nox.Session) -> None:
    """Move the version and write CHANGELOG.md from the fragments in changes/ [-- --draft]."""
    python(session, "-m", "scripts.review.changelog", *session.posargs)


@nox.session
def scaffold(session: nox.Session) -> None:
    """Make the folders of a new vendor and a test that fails until its spec is written [-- SLUG …]."""
    python(session, "-m", "scripts.scaffold", *session.posargs)


@nox.session
def sandbox(session: nox.Session) -> None:
    """Serve all four vendors on 127.0.0.1, with state and reference pages [-- --help]."""
    python(session, "-m", "scripts.reference", "--out", "sandbox/loyalty_sandbox/pages/reference")
    python(session, "-m", "loyalty_sandbox", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Start the sandbox, run every example against it, stop it [-- --exports]."""
    python(session, "-m", "examples", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation with the reference of every vendor into build/site, and check its links."""
    python(session, "-m", "scripts.reference.site", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the clients against their peers, as ratios in one run [-- --help]."""
    python(session, "-m", "benchmarks", *session.posargs)


@nox.session
def run(session: nox.Session) -> None:
    """Run Python in the environment of this repository [-- -m MODULE …, or FILE …]."""
    python(session, *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write locks/*.txt anew from pyproject.toml, with hashes and without addresses [-- uv arguments …]."""
    compile_list(session, "nox", ["--group", "nox"])
    compile_list(session, "dev", ["pyproject.toml", "--all-extras", "--group", "dev"])
    compile_list(
        session, "lowest", ["pyproject.toml", "--all-extras", "--group", "dev", "--resolution", "lowest-direct"]
    )


def compile_list(session: nox.Session, name: str, what: list[str]) -> None:
    """Resolve one list for every supported Python and system; a version that still fits stays."""
    command = ["-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    output = ["--generate-hashes", "--no-header", "--no-annotate", "--output-file", f"locks/{name}.txt"]
    python(session, *command, *what, *output, *session.posargs)
