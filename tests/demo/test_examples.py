"""Every example runs, with public verbs only."""

import ast
import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))
# several trainings or fits, many compilations
DEAR = (
    "born_series",
    "leslie_populations",
    "mlp_taylor",
    "noether_learning",
    "noether_mechanics",
)
RUNS = [
    pytest.param(path, marks=pytest.mark.slow if path.stem in DEAR else (), id=path.stem)
    for path in EXAMPLES
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_uses_public_names_only(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("derivax.")
        if isinstance(node, ast.Import):
            assert all(not alias.name.startswith("derivax.") for alias in node.names)


@pytest.mark.parametrize("path", RUNS)
def test_the_example_runs(path, capsys, monkeypatch, tmp_path):
    """In its short form, if it has one; figures go where it is started."""
    short = ["--quick"] if '"--quick"' in path.read_text() else []
    monkeypatch.setattr("sys.argv", [str(path), *short])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out.strip()
