"""A Pepper that deviates from the spec in 40 seeded ways is found out by recorded traffic and a live run, and what they propose makes the client fit it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from examples import pepper as example
from loyalty_runtime.errors import LoyaltyError
from pepper_client import Pepper
from scripts.common.layout import Vendor
from scripts.observe.__main__ import observe
from scripts.observe.exchange import read_capture
from scripts.observe.live import run_live
from scripts.observe.propose import say
from scripts.observe.write import write_text
from scripts.spec.effective import make_effective
from tests.pipeline.conftest import run_command
from tests.pipeline.observe.seeds import CONFIRMED, SEEDS, Seed, spread
from tests.pipeline.observe.serving import serving
from tests.pipeline.observe.traffic import write_har

PEPPER = Vendor("pepper")
NEEDED = 38
USER = "0000000000000000000000a1"


@dataclass(frozen=True)
class Run:
    """What one run found: (kind, text) of what is sure and of what is not, and what it would write."""

    sure: list[tuple[str, str]]
    doubts: list[tuple[str, str]]
    files: dict[Path, str]  # of the repository, as it would change


def points(pepper: Pepper) -> None:
    """Grant and redeem, and meet a refusal."""
    example.redeem(pepper, example.grant(pepper, example.make_perk(pepper), USER))


def play(pepper: Pepper) -> None:
    """Do what the example does; where a step fails because of a deviation, go on with the next."""
    for step in (points, example.import_users):
        with contextlib.suppress(LoyaltyError):
            step(pepper)


def look(seeds: list[Seed], folder: Path, patch: pytest.MonkeyPatch) -> Run:
    """Run the example and a live run against a Pepper with these deviations."""
    with serving(*spread(seeds)) as (proxy, variables):
        for name, value in variables.items():
            patch.setenv(name, value)
        with Pepper.from_env() as pepper:
            play(pepper)
        har = write_har(folder / "traffic.har", *proxy.entries)
        probe = run_live(PEPPER, make_effective(PEPPER).document)
        address = f"{proxy.url}/pepper"
    judge, _, files = observe(PEPPER, read_capture(Path(har)), probe, servers=[address], confirmed=CONFIRMED)
    found = [(finding.sure, (finding.kind, say(finding, judge.words))) for finding in judge.result.findings.values()]
    return Run([item for sure, item in found if sure], [item for sure, item in found if not sure], files)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """The run against the sandbox as it is, and the one against the deviating one."""
    with pytest.MonkeyPatch.context() as patch:
        return look([], tmp_path_factory.mktemp("plain"), patch), look(SEEDS, tmp_path_factory.mktemp("odd"), patch)


def says(found: list[tuple[str, str]], seed: Seed) -> bool:
    """Tell whether a finding names this deviation."""
    return any(kind == seed.kind and seed.text in text for kind, text in found)


def test_there_are_forty() -> None:
    """The table has forty deviations, each of another text."""
    assert (40, 40) == (len(SEEDS), len({seed.text for seed in SEEDS}))


def test_deviations_are_found(runs: tuple[Run, Run]) -> None:
    """At least 38 of 40 are found, and none is there without its deviation."""
    plain, odd = runs
    missed = [seed.text for seed in SEEDS if not says(odd.sure, seed)]
    assert [] == [seed.text for seed in SEEDS if says(plain.sure, seed)]
    assert len(SEEDS) - len(missed) >= NEEDED, missed


def test_nothing_false_is_claimed(runs: tuple[Run, Run]) -> None:
    """What is claimed of the deviating server is a deviation, follows from one, or is true of the sandbox as it is."""
    plain, odd = runs
    expected = [text for seed in SEEDS for text in (seed.text, *seed.more)]
    assert [] == [item for item in odd.sure if item not in plain.sure and not any(text in item[1] for text in expected)]


@pytest.fixture(scope="module")
def fitted(runs: tuple[Run, Run], tmp_path_factory: pytest.TempPathFactory) -> Vendor:
    """A repository with the proposals of the deviating run in it, and the client made anew."""
    vendor = Vendor("pepper", tmp_path_factory.mktemp("fitted"))
    for folder in ("specs", "overlays"):
        shutil.copytree(PEPPER.root / folder / "pepper", vendor.root / folder / "pepper")
    vendor.evidence.parent.mkdir(parents=True)
    shutil.copy(PEPPER.evidence, vendor.evidence)
    for path, text in runs[1].files.items():
        write_text(vendor.root / path.relative_to(PEPPER.root), text)
    done = run_command("regenerate", vendor.root, "pepper")
    assert 0 == done.returncode, done.stderr
    return vendor


def test_the_proposals_are_a_valid_spec(fitted: Vendor) -> None:
    """With the proposals applied, the repository is valid: every number stands in the evidence and is used."""
    done = run_command("validate", fitted.root, "pepper")
    assert (0, "") == (done.returncode, done.stderr)


def test_the_client_fits_the_deviating_server(fitted: Vendor) -> None:
    """The client made anew reads and changes what deviates, strictly, and a second live run finds only what nobody can overlay."""
    with serving(*spread(SEEDS)) as (_, variables):
        place = os.pathsep.join([str(fitted.generated), *sys.path])
        command = [sys.executable, "-m", "tests.pipeline.observe.fitted", str(fitted.root)]
        done = subprocess.run(
            command,
            cwd=PEPPER.root,
            env={**os.environ, **variables, "PYTHONPATH": place},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert 0 == done.returncode, done.stderr[-2000:]
    report = (fitted.root / "build" / "observe" / "pepper" / "report.md").read_text(encoding="utf-8")
    assert ["## Page size (1)", "## Start of a page (1)"] == re.findall(
        r"## .*\(\d+\)", report.partition("## Method and path")[0]
    )
