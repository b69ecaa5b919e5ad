"""What is measured, and what it should come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks.environments import Environment
from benchmarks.layout import BUILD
from benchmarks.loops import Worker
from benchmarks.payloads import guest_page
from benchmarks.peers import HTTPX, LAZY_OPENAPI_GENERATOR, OPENAPI_GENERATOR, OURS, PYDANTIC, STOCK
from benchmarks.processes import HAS_PEAK, run_program
from benchmarks.rounds import Spread, interleave, ratios, spread
from benchmarks.snippets import BARE, PEAK, TRUSTING, first_call, importing
from scripts.common.problems import PipelineError

MODULES = {
    OURS: "ours",
    STOCK: "stock",
    OPENAPI_GENERATOR: "openapi_generator",
    LAZY_OPENAPI_GENERATOR: "openapi_generator",
    PYDANTIC: "pydantic_httpx",
    HTTPX: "raw_httpx",
}
PEPPER = {"tag": "users", "operation": "get_user", "model": "User"}


@dataclass(frozen=True)
class Goal:
    """What a figure should be at most, and what the best peer measured when the goal was set."""

    most: float
    peer: str = "–"


@dataclass
class Result:
    """One figure: every subject's value, compared with a base or absolute."""

    key: str
    title: str
    unit: str
    goal: Goal | None
    base: str
    rounds: int
    compared: dict[str, Spread]
    absolute: dict[str, Spread]
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> Spread:
        return self.compared[OURS]

    @property
    def met(self) -> bool | None:
        """Say whether the median meets the goal; None where there is none."""
        return None if self.goal is None else self.ours.median <= self.goal.most

    def peers(self) -> Iterator[tuple[str, Spread]]:
        """Give the other subjects, least first."""
        others = ((name, value) for name, value in self.compared.items() if name != OURS and name != self.base)
        return iter(sorted(others, key=lambda item: item[1].median))


@dataclass(frozen=True)
class Setting:
    """What every figure needs: environments, the server, how often, and where progress goes."""

    environments: Mapping[str, Environment]
    base_url: str
    rounds: int
    say: Callable[[str], None]


def import_figures(setting: Setting) -> list[Result]:
    """Measure importing a client of 172 operations with one operation: time and peak memory in the same runs."""
    names = [
        name
        for name in (OURS, STOCK, OPENAPI_GENERATOR, LAZY_OPENAPI_GENERATOR, PYDANTIC, HTTPX)
        if name in setting.environments
    ]
    programs = {name: importing(name, "pepper", **PEPPER) for name in names}
    times, peaks = measure_imports(setting, programs)
    time = Result(
        "import",
        "import the Pepper client and one operation",
        "s, bare Python of the same round subtracted",
        Goal(0.15, "0.74 openapi-generator, lazy imports"),
        STOCK,
        setting.rounds,
        ratios(times, STOCK, empty=BARE),
        _above(times),
    )
    memory = Result(
        "memory",
        "peak resident memory after it",
        "MB",
        Goal(15.0, "25.8 msgspec models, httpx by hand"),
        "",
        setting.rounds,
        {name: spread(values) for name, values in peaks.items()},
        {},
    )
    return [time, memory] if HAS_PEAK else [time]


def measure_imports(
    setting: Setting, programs: Mapping[str, str]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Run programs interleaved with a bare one; return seconds and peaks (MB) by name and round."""
    peaks: dict[str, list[float]] = {name: [] for name in (*programs, BARE)}

    def once(name: str) -> float:
        environment = setting.environments[OURS if name == BARE else name]
        program = (programs.get(name) or importing(BARE, "", tag="", operation="", model="")) + (
            PEAK if HAS_PEAK else ""
        )
        run = run_program(environment, program, what=f"import, {name}")
        peaks[name].append(int(run.output or 0) / 1024)
        return run.seconds

    for name in peaks:
        once(name)
        peaks[name].clear()
    return interleave([*programs, BARE], once, rounds=setting.rounds), peaks


def _above(times: Mapping[str, list[float]]) -> dict[str, Spread]:
    bare = times[BARE]
    return {
        name: spread([value - zero for value, zero in zip(values, bare, strict=True)])
        for name, values in times.items()
        if name != BARE
    }


def cold_figure(setting: Setting) -> list[Result]:
    """Measure a process that makes one call to Pepper over loopback and prints a member of the typed reply."""
    names = [name for name in MODULES if name in setting.environments]
    programs = {name: first_call(name, setting.base_url) for name in (*names, TRUSTING)}

    def once(name: str) -> float:
        environment = setting.environments[OURS if name == TRUSTING else name]
        run = run_program(environment, programs[name], what=f"cold, {name}")
        if run.output != "Ada":
            raise PipelineError(f"the first name is {run.output!r}", where=f"cold, {name}", todo="Correct the program.")
        return run.seconds

    for name in programs:
        once(name)
    times = interleave(list(programs), once, rounds=setting.rounds)
    result = Result(
        "cold",
        "cold process to the first typed response",
        "s, the whole process",
        Goal(1.10),
        HTTPX,
        setting.rounds,
        ratios(times, HTTPX),
        {name: spread(values) for name, values in times.items()},
        {OURS: "over plain HTTP no trust store is loaded; with TLS it is, which the row below shows"},
    )
    return [result]


@contextmanager
def workers(setting: Setting, names: list[str]) -> Iterator[dict[str, Worker]]:
    """Run one worker per peer."""
    payload = BUILD / "page.json"
    payload.write_bytes(guest_page(1000))
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Worker(name, setting.environments[name], MODULES[name], base_url=setting.base_url, payload=payload)
            )
            for name in names
            if name in setting.environments
        }


def loop_figure(
    setting: Setting, key: str, title: str, *, task: str, names: list[str], base: str, goal: Goal, count: int
) -> Result:
    """Measure repeated work of several peers."""
    with workers(setting, names) as running:
        notes = {}
        for name, worker in running.items():
            facts = worker.facts(task)
            notes[name] = _describe(facts)
            worker.seconds(task, count)
        times = interleave(list(running), lambda name: running[name].seconds(task, count), rounds=setting.rounds)
    return Result(
        key,
        title,
        "s",
        goal,
        base,
        setting.rounds,
        ratios(times, base),
        {n: spread(v) for n, v in times.items()},
        notes,
    )


def _describe(facts: Mapping[str, object]) -> str:
    if "same" in facts:
        return "" if facts["same"] else "does not write back all that was read"
    kept = "" if facts["kept"] else ", unknown members lost"
    return f"{facts['items']} × {facts['type']}{kept}"


def read_figure(setting: Setting) -> list[Result]:
    """Measure bytes → typed objects."""
    names = [OURS, STOCK, OPENAPI_GENERATOR, PYDANTIC, HTTPX]
    title = "1,000 Stampede guests, bytes → typed objects"
    return [
        loop_figure(
            setting,
            "read",
            title,
            task="read",
            names=names,
            base=STOCK,
            goal=Goal(0.36, "0.43 pydantic-core"),
            count=15,
        )
    ]


def write_figure(setting: Setting) -> list[Result]:
    """Measure typed objects → bytes."""
    names = [OURS, STOCK, OPENAPI_GENERATOR, PYDANTIC, HTTPX]
    title = "1,000 Stampede guests, typed objects → bytes"
    return [
        loop_figure(
            setting,
            "write",
            title,
            task="write",
            names=names,
            base=STOCK,
            goal=Goal(0.28, "0.28 pydantic-core"),
            count=15,
        )
    ]


def call_figures(setting: Setting) -> list[Result]:
    """Measure a call for 50 items over loopback, sync and async."""
    goal = Goal(1.0, "1.22 pydantic models, httpx by hand")
    blocking = [OURS, STOCK, OPENAPI_GENERATOR, PYDANTIC, HTTPX]
    awaited = [OURS, STOCK, LAZY_OPENAPI_GENERATOR, PYDANTIC, HTTPX]
    return [
        loop_figure(
            setting,
            "call",
            "typed call of 50 guests through the facade, sync",
            task="call",
            names=blocking,
            base=HTTPX,
            goal=goal,
            count=150,
        ),
        loop_figure(
            setting, "call-async", "the same, async", task="call_async", names=awaited, base=HTTPX, goal=goal, count=150
        ),
    ]
