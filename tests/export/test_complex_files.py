"""Complex functions as modules and as saved files, against mpmath."""

from __future__ import annotations

import runpy

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from sympy import Abs, I, MatrixSymbol, Symbol, exp, log, re, sqrt

import derivax
from derivax.errors import CompileError, InputError
from derivax.numeric.export import export
from derivax.symbolic.formula import Formula

x, a = Symbol("x", real=True), Symbol("a", positive=True)
z = Symbol("z", complex=True)
# the amplitude of a damped wave, and two complex functions of a complex number and a real one
WAVE = Formula({"field": exp(I * a * x) / (x + 2 * I), "rate": a * x}, [x, a], name="wave")
SHEET = Formula(sqrt(z + 1) * log(z) + a, [z, a], name="sheet")
POWER = Formula(Abs(z) ** 2 + re(z), [z], name="power")


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param(WAVE, marks=pytest.mark.slow, id="wave"),
        pytest.param(SHEET, id="sheet"),
        pytest.param(POWER, marks=pytest.mark.slow, id="power"),
    ],
)
def test_a_complex_module_tests_itself(formula, tmp_path, run_alone):
    path = export(derivax.compile(formula), tmp_path / f"{formula.name}.py", derivatives=1)
    run = run_alone(path, "--self-test")
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("pass") == 2
    if formula is not POWER:
        assert " derivatives" in run.stdout


def test_a_planted_error_in_a_complex_module_is_found(tmp_path, run_alone):
    path = export(derivax.compile(SHEET), tmp_path / "sheet.py", derivatives=1)
    text = path.read_text()
    assert "1.0 + z" in text
    path.write_text(text.replace("1.0 + z", "1.0001 + z"))
    run = run_alone(path, "--self-test")
    assert run.returncode == 1
    assert "FAIL" in run.stdout


def exact_sheet(point, shift):
    with mpmath.workdps(40):

        def f(w):
            return mpmath.sqrt(w + 1) * mpmath.log(w) + shift

        return complex(f(point)), complex(mpmath.diff(f, point))


def check_sheet(sheet):
    point = 0.3 - 1.2j
    value, slope = exact_sheet(point, 0.5)
    assert abs(complex(sheet(point, a=0.5)) - value) < 4e-16 * abs(value)
    found = jax.grad(lambda w: sheet(w, 0.5), holomorphic=True)(jnp.asarray(point))
    assert abs(complex(found) - slope) < 8e-16 * abs(slope)
    assert sheet(jnp.complex64(point), 0.5).dtype == "complex64"
    assert sheet(np.full((3, 1), point), np.ones(2)).shape == (3, 2)


def test_module_and_saved_file_are_the_function(tmp_path):
    compiled = derivax.compile(SHEET)
    check_sheet(runpy.run_path(str(export(compiled, tmp_path / "sheet.py")))["sheet"])
    loaded = derivax.load(derivax.save(compiled, tmp_path / "sheet.jax"))
    check_sheet(loaded)
    with pytest.raises(InputError, match="argument 'a' of sheet: is complex"):
        loaded(1.0, 1j)


def test_complex_values_of_real_arguments_are_saved(tmp_path):
    loaded = derivax.load(derivax.save(derivax.compile(WAVE), tmp_path / "wave.jax"))
    found = loaded(0.5, 2.0)
    assert abs(complex(found["field"]) - np.exp(1j) / (0.5 + 2j)) < 4e-16
    assert found["rate"].dtype == "float64"
    slope = jax.jvp(lambda x: loaded(x, 2.0)["field"], (0.5,), (1.0,))[1]
    exact = np.exp(1j) / (0.5 + 2j) * (2j - 1 / (0.5 + 2j))
    assert abs(complex(slope) - exact) < 1e-15


def test_real_functions_refuse_complex_numbers(tmp_path):
    path = export(derivax.compile(Formula(a * x, [a, x], name="line")), tmp_path / "line.py")
    with pytest.raises(TypeError, match="real numbers"):
        runpy.run_path(str(path))["line"](1j, 1.0)


def test_complex_matrix_formulas_are_refused_with_one_line(tmp_path):
    n = Symbol("n", integer=True, positive=True)
    turned = derivax.compile(Formula(I * MatrixSymbol("A", n, n), [MatrixSymbol("A", n, n)]))
    for write in (export, derivax.save):
        with pytest.raises(CompileError, match="complex numbers in a matrix formula") as caught:
            write(turned, tmp_path / "turned")
        assert "\n" not in str(caught.value)
