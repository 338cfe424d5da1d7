"""Exported modules need jax alone, test themselves, and notice a planted error."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sympy import Matrix, MatrixSymbol, Piecewise, Symbol, exp, log, sin, symbols

from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula
from derivax.numeric.codegen.standalone import export_formula
from derivax.symbolic.formula import Formula

t, s, u0, tau = symbols("t s u0 tau", positive=True)
MODE = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)

RUN = """
import sys, runpy
class Hide:
    def find_spec(self, name, *rest):
        if name.split(".")[0] in ("derivax", "sympy", "flint", "mpmath", "networkx"):
            raise ImportError(name)
sys.meta_path.insert(0, Hide())
sys.argv = [sys.argv[1], *sys.argv[2:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(path, *options):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-I", "-c", RUN, str(path), *options],
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
        cwd=path.parent,
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "mode.py"
    hostile = 'growth of "one" mode""" \\'
    formula = Formula(MODE, [t, s, u0, tau], name="mode", title=hostile, source="Saxe et al. 2014")
    return export_formula(compile_formula(formula), path)


def test_the_module_tests_itself_with_jax_alone(exported):
    result = run(exported, "--self-test")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "mode float32: pass" in result.stdout
    assert "mode float64: pass" in result.stdout


def test_the_docstring_says_what_it_is(exported):
    text = exported.read_text()
    for words in ("Saxe et al. 2014", "unverified", r"\frac{s", "t: in (0, oo)", "--self-test"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_planted_error_fails_the_self_test(exported):
    text = exported.read_text()
    assert "2.0 * t * s / tau" in text
    wrong = exported.with_name("wrong.py")
    wrong.write_text(text.replace("2.0 * t * s / tau", "2.000001 * t * s / tau"))
    result = run(wrong, "--self-test")
    assert result.returncode == 1
    assert "FAIL" in result.stdout


def test_structured_outputs_and_kinks(tmp_path):
    x, lam = Symbol("x", real=True), Symbol('"""\nimport os; os.abort()\n"""')
    formula = Formula(
        {"a": Matrix([[x, 1], [lam, sin(x) * lam]]), "b": (Piecewise((x, x > 0), (0, True)),)},
        [x, lam], name="many",
    )  # fmt: skip
    path = export_formula(compile_formula(formula), tmp_path / "many.py", certificate={"a": 1})
    result = run(path, "--self-test")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "sha256" in path.read_text()


def test_the_file_is_written_whole_or_not_at_all(tmp_path):
    f = compile_formula(Formula(log(t), [t], name="f"))
    with pytest.raises(InputError, match="cannot be written"):
        export_formula(f, tmp_path / "missing" / "f.py")
    path = export_formula(f, tmp_path / "f.py")
    assert [p.name for p in tmp_path.iterdir()] == ["f.py"]
    first = path.read_text()
    assert export_formula(f, path).read_text() == first


def test_matrix_formulas_are_exported_too(tmp_path):
    a = MatrixSymbol("A", 2, 2)
    path = export_formula(compile_formula(Formula(t * a, [a, t], name="g")), tmp_path / "g.py")
    assert run(path).returncode == 0
