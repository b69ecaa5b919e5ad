"""Many calls at once: cost and speed of a call as tasks and threads grow, beside clients of other libraries."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.figures import Goal, Result, Setting
from benchmarks.loops import Load
from benchmarks.peers import AIOHTTP, HTTPX, HTTPX2, NIQUESTS, OURS
from benchmarks.rounds import interleave, ratios, spread

SUBJECTS = (OURS, HTTPX, HTTPX2, AIOHTTP, NIQUESTS)
STEPS = (("tasks", 1), ("tasks", 20), ("tasks", 100), ("tasks", 400), ("threads", 1), ("threads", 16), ("threads", 64))
BURST = 2000
_ROUNDS = 9  # at most: a round of all steps takes more than half a minute
_CALLS = 400
_SLOW = 150  # raw httpx takes tens of milliseconds for a call among hundreds
_GOALS = {
    ("tasks", 1): Goal(0.80, "0.84 raw httpx2"),
    ("tasks", 100): Goal(1 / 3, "0.40 raw httpx2"),
    ("tasks", 400): Goal(1 / 3, "0.53 raw httpx2"),
    ("threads", 1): Goal(0.85, "0.84 raw httpx2"),
}
Row = dict[str, list[dict[str, float]]]


def concurrency_figures(setting: Setting) -> list[Result]:
    """Measure one call of a list of 50 guests at every step, all subjects interleaved; then 2,000 calls that begin at once."""
    with ExitStack() as stack:
        loads = {
            name: stack.enter_context(Load(name, setting.environments[name], base_url=setting.base_url))
            for name in SUBJECTS
            if name in setting.environments
        }
        rounds = min(setting.rounds, _ROUNDS)
        rows = {step: _measure(loads, *step, rounds=rounds) for step in STEPS}
        rows["burst", BURST] = _measure(
            {name: loads[name] for name in (OURS, AIOHTTP) if name in loads},
            "burst",
            BURST,
            rounds=min(rounds, 5),
        )
    results = [
        _result(
            rows[kind, level], HTTPX, f"a list of 50 guests, {level} {_noun(kind, level)}", _GOALS.get((kind, level))
        )
        for kind, level in STEPS
    ]
    if AIOHTTP in loads:
        results += [
            _result(rows["tasks", 100], AIOHTTP, "the same at 100 tasks, beside raw aiohttp", Goal(1 / 0.45)),
            _result(rows["burst", BURST], AIOHTTP, f"{BURST} calls that begin at once", Goal(2.0)),
        ]
    return [*results, _flat(rows["tasks", 1], rows["tasks", 400])]


def _noun(kind: str, level: int) -> str:
    return kind if level > 1 else kind.removesuffix("s")


def _measure(loads: dict[str, Load], kind: str, level: int, *, rounds: int) -> Row:
    """Ask every subject that has this kind once a round; aiohttp has no threads."""
    names = [name for name in loads if not (kind == "threads" and name == AIOHTTP)]
    found: Row = {name: [] for name in names}

    def once(name: str) -> float:
        count = BURST if kind == "burst" else _SLOW if name == HTTPX and level >= 100 else _CALLS
        answer = loads[name].measure(kind, level, count)
        found[name].append(answer)
        return answer["wall"]

    interleave(names, once, rounds=rounds)
    return found


def _result(row: Row, base: str, title: str, goal: Goal | None) -> Result:
    walls = {name: [each["wall"] for each in values] for name, values in row.items()}
    costs = {name: spread([each["cpu"] for each in values]).median for name, values in row.items()}
    return Result(
        "concurrency",
        title,
        "s a call",
        goal,
        base,
        len(row[OURS]),
        ratios(walls, base),
        {name: spread(values) for name, values in walls.items()},
        {name: f"{1e6 * cost:.0f} µs CPU" for name, cost in costs.items()},
    )


def _flat(one: Row, many: Row) -> Result:
    """Compare the CPU time of a call among 400 tasks with that of a call alone."""
    compared = {
        name: spread([late["cpu"] / early["cpu"] for early, late in zip(one[name], many[name], strict=True)])
        for name in one
    }
    goal, title = Goal(1.2, "0.95 raw aiohttp"), "CPU of a call among 400 tasks, beside one alone"
    return Result("concurrency", title, "ratio", goal, "itself alone", len(one[OURS]), compared, {})
