"""The rooms of `scripts`: a stage imports only what stands before it, and no module imports itself by a detour."""

from __future__ import annotations

from scripts.common.layout import ROOT
from tests.rooms import wrong_imports

STAGES = ["common", "spec", "generate", "trial", "reference", "scaffold", "fetch", "reconcile", "observe", "review"]
COMMANDS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if path.stem != "__init__")


def test_no_import_runs_upward() -> None:
    """Every module has a room and imports its own and lower ones, without a circle; the commands at the top come last."""
    assert [] == wrong_imports(ROOT / "scripts", [["node"], *([stage] for stage in STAGES), COMMANDS])
