"""The time budget can fail, and every folder of tests has one."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
BUDGET = tomllib.loads((TESTS / "budget.toml").read_text())

_spec = importlib.util.spec_from_file_location("derivax_conftest", TESTS / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_conftest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_conftest)
judge = _conftest.judge

GROUPS = {
    "core": {"paths": ["exact", "terms"], "seconds": 10},
    "packaging": {"paths": ["house/test_packaging.py"], "seconds": 5},
    "house": {"paths": ["house"], "seconds": 3},
    "theories": {"paths": ["theories"], "seconds": 4, "each": True},
}


def test_a_group_within_its_budget_passes() -> None:
    over, lines = judge(GROUPS, {"tests/exact/test_a.py": 6.0, "tests/terms/test_b.py": 4.0}, 1.0)
    assert over == []
    assert len(lines) == 1


def test_a_group_over_its_budget_fails() -> None:
    seconds = {"tests/exact/test_a.py": 6.0, "tests/terms/test_b.py": 4.5}
    assert judge(GROUPS, seconds, 1.0)[0] == ["core"]
    assert judge(GROUPS, seconds, 1.1)[0] == []


def test_the_longest_path_decides() -> None:
    seconds = {"tests/house/test_packaging.py": 4.5, "tests/house/test_face.py": 2.5}
    assert judge(GROUPS, seconds, 1.0)[0] == []
    assert judge(GROUPS, seconds, 0.85)[0] == ["packaging"]


def test_each_theory_has_a_budget_of_its_own() -> None:
    seconds = {"tests/theories/test_a.py": 3.5, "tests/theories/test_b.py": 4.5}
    assert judge(GROUPS, seconds, 1.0)[0] == ["theories tests/theories/test_b.py"]


def test_a_file_in_no_group_fails() -> None:
    assert judge(GROUPS, {"tests/elsewhere/test_a.py": 0.1}, 1.0)[0] == ["(in no group)"]


def test_every_test_file_belongs_to_a_group() -> None:
    files = [p.relative_to(TESTS.parent).as_posix() for p in TESTS.rglob("test_*.py")]
    assert judge(BUDGET["group"], dict.fromkeys(files, 0.0), 1.0)[0] == []


def test_the_budgets_fit_into_fifteen_minutes_on_two_cores() -> None:
    theories = len(list((TESTS / "theories").glob("test_*.py")))
    total = sum(
        group["seconds"] * (theories if group.get("each") else 1)
        for group in BUDGET["group"].values()
    )
    assert total / 2 < 15 * 60 - 240  # the installation takes the rest
