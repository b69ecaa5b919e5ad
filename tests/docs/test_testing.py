"""The pytest plugin for users: the page on testing runs as printed, in a project of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from scripts.common.layout import ROOT

pytest_plugins = ["pytester"]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PLUGIN = ("-p", "loyalty_sandbox.pytest_plugin", "-p", "no:cacheprovider", "-W", "error", "-q")


def test_the_page_runs_as_printed(pytester: pytest.Pytester) -> None:
    """Every block together is a test module, and every test of it passes; none sees what another one did."""
    pytester.makepyfile("\n".join(BLOCKS))
    done = pytester.runpytest_subprocess(*PLUGIN)
    done.assert_outcomes(passed=sum(block.count("def test_") for block in BLOCKS))


def test_each_test_starts_in_the_first_state(pytester: pytest.Pytester) -> None:
    """State, clock, faults, limits and the log of one test do not reach the next; only what is asked for is served."""
    pytester.makeini("[pytest]\nloyalty_vendors = stamps\n")
    pytester.makepyfile(
        """
        import pytest
        from loyalty_sandbox.core.documents import SandboxError
        from stamps_client import Stamps

        @pytest.mark.parametrize("number", [1, 2])
        def test_one(loyalty_sandbox, number):
            stamps = loyalty_sandbox.client(Stamps)
            assert loyalty_sandbox.requests() == []
            loyalty_sandbox.hook("stamps", "customer", {"email": "grace@example.com", "stamps": 3})
            stamps.awards.add(user="grace@example.com", store=2, number_of_stamps=2)
            loyalty_sandbox.fault("stamps", "*", "status=503")
            loyalty_sandbox.advance(1e9)
            loyalty_sandbox.limits()

        def test_refusals(loyalty_sandbox):
            for call in (
                lambda: loyalty_sandbox.address("pepper"),
                lambda: loyalty_sandbox.fault("stamps", "nosuch", "status=503"),
                lambda: loyalty_sandbox.environment("stamps", credential="nobody"),
            ):
                with pytest.raises(SandboxError, match="is not served|no operation 'nosuch'|no credential with 'nobody'"):
                    call()
        """
    )
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=3)


def test_without_the_extra_the_fixture_names_it(pytester: pytest.Pytester) -> None:
    """The plugin loads without the sandbox's packages, as pytest finds it wherever the wheel is installed."""
    Path(pytester.path / "uvicorn.py").write_text(
        "raise ModuleNotFoundError('none', name='uvicorn')\n", encoding="utf-8"
    )
    pytester.makepyfile("def test_one(loyalty_sandbox): ...\ndef test_two(): ...\n")
    done = pytester.run(sys.executable, "-m", "pytest", *PLUGIN)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*the package uvicorn is missing: pip install 'loyalty-clients?testing?'*"])
