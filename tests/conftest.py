"""What every test shares: float64, one compilation cache, fixed hypothesis runs, the time budget.

The budget (`tests/budget.toml`) gives seconds of processor time per group of folders; `pytest
--budget`, as `make test` calls it, adds up what the tests of each group took, on all workers and in
the processes that they started, and fails the run when a group is over.  Processor time, because a
wall clock would also count what else the machine is doing.
"""

from __future__ import annotations

import os
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Compiled XLA programs are kept inside the tree: a second run does not compile again.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(ROOT / ".cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("MPLBACKEND", "agg")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--budget", action="store_true", help="fail when a group of tests exceeds tests/budget.toml"
    )


def pytest_configure(config: pytest.Config) -> None:
    # In this process only, not through the environment: what a test starts as a process of its own
    # (the command line, an exported module) has to switch float64 on itself, as it does for a user.
    import jax
    from hypothesis import settings

    jax.config.update("jax_enable_x64", True)
    settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
    settings.register_profile("explore", deadline=None, max_examples=1000)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Budget(config), "derivax-budget")


def machine_speed() -> float:
    """Processor seconds of this machine for a fixed piece of arithmetic (the best of three)."""

    def once() -> float:
        start = time.process_time()
        total = 0
        for i in range(600_000):
            total = (total * 31 + i) % 1_000_003
        return time.process_time() - start

    return min(once() for _ in range(3))


def processor_seconds() -> float:
    """Processor time of this process and of those that it started and waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


_clock = pytest.StashKey[float]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_clock] = processor_seconds()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    now = processor_seconds()
    # an attribute of the report travels from the worker to the process that adds up
    report.processor_seconds = now - item.stash.get(_clock, now)  # type: ignore[attr-defined]
    item.stash[_clock] = now
    return report


class Budget:
    """Adds up the processor time of the tests per folder, and judges them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.enforced = config.getoption("--budget")
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.speeds = [machine_speed()] if self.enforced else []
        self.lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        taken = getattr(report, "processor_seconds", report.duration)
        self.seconds[report.nodeid.split("::", 1)[0]] += taken

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self.enforced:
            return
        budget = tomllib.loads((ROOT / "tests" / "budget.toml").read_text())
        self.speeds.append(machine_speed())
        reference = budget["machine"]["seconds"]
        slower = max(1.0, max(self.speeds) / reference) * budget["machine"]["slack"]
        over, self.lines = judge(budget["group"], self.seconds, slower)
        if over and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.lines:
            terminalreporter.section("time budget")
            for line in self.lines:
                terminalreporter.line(line)


def judge(
    groups: dict[str, dict], seconds: dict[str, float], slower: float
) -> tuple[list[str], list[str]]:
    """(names of the groups over their budget, a table) for the seconds taken by each test file.

    `slower` multiplies each budget: how much slower than the reference this machine may be.
    A file belongs to the group with the longest matching path; a group with `each = true` gives
    its seconds to every file separately.
    """
    spent: defaultdict[tuple[str, str], float] = defaultdict(float)
    over, lines = [], []
    for file, taken in seconds.items():
        matching = [
            (len(path), name)
            for name, group in groups.items()
            for path in group["paths"]
            if file == f"tests/{path}" or file.startswith(f"tests/{path}/")
        ]
        name = max(matching)[1] if matching else "(in no group)"
        each = bool(matching) and groups[name].get("each", False)
        spent[name, file if each else ""] += taken
    for (name, file), taken in sorted(spent.items()):
        allowed = groups[name]["seconds"] * slower if name in groups else 0.0
        verdict = "ok" if taken <= allowed else "OVER"
        if verdict == "OVER":
            over.append(f"{name} {file}".strip())
        lines.append(f"{verdict:5}{taken:7.1f} s of {allowed:6.1f} s  {name} {file}".rstrip())
    return over, lines


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment of a user's shell: without what this test session set for itself."""
    drop = ("JAX_", "XLA_", "PYTEST_", "COVERAGE", "PYTHONPATH", "MPLBACKEND")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
    # compiled programs may be shared, for speed: it changes no result
    kept["JAX_COMPILATION_CACHE_DIR"] = os.environ["JAX_COMPILATION_CACHE_DIR"]
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    kept["COLUMNS"] = "100"
    return kept
