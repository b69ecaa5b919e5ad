"""A sandbox that deviates from the spec in 40 drawn ways is found out by recorded traffic and a live run, and what they propose makes the client fit it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.common.jsonpath import Place
from scripts.common.layout import Vendor
from scripts.observe.__main__ import observe
from scripts.observe.exchange import read_captures
from scripts.observe.live import run_live
from scripts.observe.write import write_text
from scripts.spec.effective import make_effective
from tests.pipeline.conftest import run_command
from tests.pipeline.observe.deviating import Deviating, Move, deviating
from tests.pipeline.observe.drawing import Deviation, Drawing
from tests.pipeline.observe.traffic import write_har

SEED = int(os.environ.get("OBSERVE_SEED", "7"))
WAYS = 40
SHARE = 38 / 40
# What each vendor's examples do, and what a person with an account gives to a live run.
PROGRAMS = {
    "orderingstack": ["orderingstack"],
    "pepper": ["pepper"],
    "stampede": ["stampede"],
    "stamps": ["stamps", "stamps_till", "stamps_member"],
}
GIVEN = {
    "orderingstack": {"filter": "name", "name": "a"},
    "pepper": {},
    "stampede": {"mac": "02:00:00:00:00:01", "code": "ABC"},
    "stamps": {"user": "ada@example.com", "merchant": "14"},
}
Found = tuple[str, Place, str]  # kind, place and key of a finding


@dataclass(frozen=True)
class Run:
    """What one run found that is sure, and what it would write; `ways` are the deviations."""

    found: dict[Found, set[str]]  # with the operations that show it
    files: dict[Path, str]
    ways: list[Deviation]

    def names(self, way: Deviation) -> bool:
        """Tell whether a finding names this deviation."""
        keys = [key for kind, place, key in self.found if (kind, place) == (way.kind, way.place)]
        return way.key in keys or (way.kind in ("path", "method", "enum") and bool(keys))


def play(slug: str, proxy: Deviating, variables: dict[str, str], patch: pytest.MonkeyPatch) -> Any:
    """Run the examples, then a live run."""
    for name, value in variables.items():
        patch.setenv(name, value)
    proxy.lenient = True
    for name in PROGRAMS[slug]:
        importlib.import_module(f"examples.{name}").main()
    proxy.lenient = False
    vendor = Vendor(slug)
    return run_live(vendor, make_effective(vendor).document, GIVEN[slug])


def shown(entries: list[dict[str, Any]]) -> Iterator[tuple[str, int, dict[str, str], Any]]:
    """Yield operation, status, query and body of what the sandbox answered."""
    for entry in entries:
        headers = {pair["name"]: pair["value"] for pair in entry["response"]["headers"]}
        query = dict(pair.split("=", 1) for pair in entry["request"]["url"].partition("?")[2].split("&") if "=" in pair)
        content = entry["response"]["content"]
        body = json.loads(content["text"]) if "json" in content["mimeType"] and content["text"] else None
        if name := headers.get("x-sandbox-operation"):
            yield name, entry["response"]["status"], query, body


def look(slug: str, ways: list[Deviation], folder: Path, patch: pytest.MonkeyPatch) -> tuple[Run, list[Any]]:
    """Observe the examples and a live run against a sandbox with these deviations; returns what the sandbox answered as well."""
    with deviating(slug, [way.rule for way in ways]) as (proxy, variables):
        probe = play(slug, proxy, variables, patch)
        har = write_har(folder / "traffic.har", *proxy.entries)
        address = f"{proxy.url}/{slug}"
    words = [word for way in ways for word in way.words]
    judge, _, files = observe(Vendor(slug), read_captures([Path(har)]), probe, servers=[address], confirmed=words)
    found = {key: item.operations for key, item in judge.result.findings.items() if item.sure}
    return Run(found, files, ways), list(shown(proxy.entries))


@pytest.fixture(scope="module", params=sorted(PROGRAMS))
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run, Run]:
    """A vendor, the run against its sandbox as it is, and the one against the deviating one."""
    slug = request.param
    with pytest.MonkeyPatch.context() as patch:
        plain, answers = look(slug, [], tmp_path_factory.mktemp("plain"), patch)
        ways = Drawing(make_effective(Vendor(slug)).document, answers, SEED).draw(WAYS)
        odd, _ = look(slug, ways, tmp_path_factory.mktemp("odd"), patch)
    return slug, plain, odd


def test_deviations_are_found(runs: tuple[str, Run, Run]) -> None:
    """At least 38 of 40 are found, and none is there without its deviation."""
    _, plain, odd = runs
    missed = [way for way in odd.ways if not odd.names(way)]
    print(f"{runs[0]}: {len(odd.ways) - len(missed)} of {len(odd.ways)}")
    assert [] == [way for way in odd.ways if plain.names(way)]
    assert len(odd.ways) - len(missed) >= SHARE * len(odd.ways), missed


def test_nothing_false_is_claimed(runs: tuple[str, Run, Run]) -> None:
    """What is claimed of the deviating server is a deviation, or true of the sandbox as it is."""
    _, plain, odd = runs
    true = {(way.kind, way.place) for way in odd.ways} | {(kind, place) for kind, place, _ in plain.found}
    words = {word for way in odd.ways for word in way.words}
    assert [] == [item for item in odd.found if item[:2] not in true and item[2] not in words]


def test_the_proposals_make_the_client_fit(runs: tuple[str, Run, Run], tmp_path: Path) -> None:
    """With the proposals applied the repository is valid, and the client made anew reads what deviates, strictly; what is left nobody can overlay."""
    slug, _, odd = runs
    own, made = Vendor(slug), Vendor(slug, tmp_path)
    for folder in ("specs", "overlays"):
        shutil.copytree(own.root / folder / slug, tmp_path / folder / slug)
    made.evidence.parent.mkdir(parents=True)
    shutil.copy(own.evidence, made.evidence)
    for path, text in odd.files.items():
        write_text(tmp_path / path.relative_to(own.root), text)
    for command in ("regenerate", "validate"):
        done = run_command(command, tmp_path, slug)
        assert (0, "") == (done.returncode, done.stderr)
    moved = {
        way.operation: way.rule.new.split(" ") for way in odd.ways if isinstance(way.rule, Move) and odd.names(way)
    }
    with deviating(slug, [way.rule for way in odd.ways]) as (_, variables):
        place = os.pathsep.join([str(made.generated), *sys.path])
        words = [slug, str(tmp_path), json.dumps(GIVEN[slug]), json.dumps(moved)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.pipeline.observe.fitted", *words],
            cwd=own.root,
            env={**os.environ, **variables, "PYTHONPATH": place},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert 0 == done.returncode, done.stderr[-2000:]
    assert {"page-size", "page-start"} >= {item[0] for item in json.loads(done.stdout)}, done.stdout
