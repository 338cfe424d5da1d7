"""Exported modules need jax alone, test themselves, and notice a planted error."""

from __future__ import annotations

import runpy

import jax
import jax.numpy as jnp
import mpmath
import pytest
from sympy import (
    Integer,
    Integral,
    MatMul,
    Matrix,
    MatrixSymbol,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Trace,
    erfc,
    exp,
    log,
    sin,
    symbols,
)

import derivax
from derivax.errors import InputError
from derivax.numeric.codegen import compile_formula
from derivax.numeric.export import export, module_text
from derivax.numeric.verify import verify
from derivax.symbolic.formula import Formula
from derivax.symbolic.nodes.implicit_root import ImplicitRoot

t, s, u0, tau = symbols("t s u0 tau", positive=True)
MODE = s * exp(2 * s * t / tau) / (exp(2 * s * t / tau) - 1 + s / u0)
n, m = symbols("n m", integer=True, positive=True)
A, B = MatrixSymbol("A", n, m), MatrixSymbol("B", n, n)


def passes(result, name):
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{name} float32: pass" in result.stdout
    assert f"{name} float64: pass" in result.stdout


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "mode.py"
    hostile = 'growth of "one" mode""" \\'
    formula = Formula(MODE, [t, s, u0, tau], name="mode", title=hostile, source="Saxe et al. 2014")
    return export(compile_formula(formula), path)


def test_the_module_tests_itself_with_jax_alone(exported, run_alone):
    result = run_alone(exported, "--self-test")
    passes(result, "mode")
    assert "second derivatives" in result.stdout


def test_the_docstring_says_what_it_is(exported):
    text = exported.read_text()
    for words in (
        "Saxe et al. 2014",
        "Certificate: unverified",
        r"\frac{s",
        "t: in (0, oo), of any shape",
        "--self-test",
        "up to order 2 are the symbolic ones",
        "# from derivax.numeric.codegen.support.phi_series",
    ):
        assert words in text
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize(
    ("place", "change"),
    [
        pytest.param("2.0 * t * s / tau", "2.000001 * t * s / tau", marks=pytest.mark.slow),
        ("8.0 * t *", "8.00001 * t *"),
    ],
    ids=["values", "second derivatives"],
)
def test_a_planted_error_fails_the_self_test(exported, run_alone, place, change):
    text = exported.read_text()
    assert place in text
    wrong = exported.with_name("wrong.py")
    wrong.write_text(text.replace(place, change))
    result = run_alone(wrong, "--self-test")
    assert result.returncode == 1
    assert "FAIL" in result.stdout


def test_second_derivatives_of_a_module_are_accurate_where_differentiated_code_is_not(exported):
    """d2/dt2 of the mode at s t/tau = 1e-5, where the code of the first derivative cancels."""
    point = (1e-5, 1.0, 1e-3, 1.0)
    with mpmath.workdps(60):

        def f(x):
            e = mpmath.exp(2 * x)
            return e / (e - 1 + 1 / mpmath.mpf(point[2]))

        exact = mpmath.diff(f, mpmath.mpf(point[0]), 2)
    mode = runpy.run_path(str(exported))["mode"]
    with jax.enable_x64(True):
        got = jax.hessian(mode)(*map(jnp.float64, point))
    assert abs(float(got) - exact) <= 16 * 2**-52 * abs(exact)


def test_structured_outputs_and_kinks(tmp_path, run_alone):
    x, lam = Symbol("x", real=True), Symbol('"""\nimport os; os.abort()\n"""')
    formula = Formula(
        {"a": Matrix([[x, 1], [lam, sin(x) * lam]]), "b": (Piecewise((x, x > 0), (0, True)),)},
        [x, lam], name="many",
    )  # fmt: skip
    path = export(compile_formula(formula), tmp_path / "many.py", derivatives=1)
    passes(run_alone(path, "--self-test"), "many")


def test_a_root_is_exported(tmp_path, run_alone):
    """u exp(u) = x, whose root is Lambert's W: no special function is needed to test it."""
    u, x = Symbol("u"), Symbol("x", positive=True)
    root = ImplicitRoot(u * exp(u) - x, u, Integer(0), 1 + x)
    path = export(compile_formula(Formula(root, [x], name="root")), tmp_path / "root.py")
    passes(run_alone(path, "--self-test"), "root")
    module = runpy.run_path(str(path))
    with jax.enable_x64(True):
        assert float(module["root"](2.0)) == pytest.approx(float(mpmath.lambertw(2)), rel=1e-15)


def test_an_integral_without_closed_form_is_exported(tmp_path, run_alone):
    a, x = Symbol("a", positive=True), Symbol("x")
    formula = Formula(
        Integral(exp(-a * x) / (1 + x**4), (x, 0, 1)), [a], domain={a: (0, 5)}, name="integral"
    )
    path = export(compile_formula(formula), tmp_path / "integral.py", derivatives=1)
    passes(run_alone(path, "--self-test"), "integral")
    module = runpy.run_path(str(path))
    with jax.enable_x64(True), mpmath.workdps(30):
        exact = mpmath.quad(lambda y: mpmath.exp(-2 * y) / (1 + y**4), [0, 1])
        assert float(module["integral"](2.0)) == pytest.approx(float(exact), rel=4e-16)


def test_a_sum_with_as_many_terms_as_an_argument_says_is_exported(tmp_path, run_alone):
    a, k = Symbol("a", positive=True), Symbol("k", integer=True)
    count = Symbol("count", integer=True, positive=True)
    formula = Formula(
        Sum(a**k / (k + 1), (k, 0, count)), [a, count], domain={a: (0, 1), count: (1, 30)},
        name="partial_sum",
    )  # fmt: skip
    path = export(compile_formula(formula), tmp_path / "partial_sum.py", derivatives=1)
    passes(run_alone(path, "--self-test"), "partial_sum")


def test_special_functions_come_with_their_sources(tmp_path, run_alone):
    x = Symbol("x", real=True)
    path = export(compile_formula(Formula(erfc(x) / 2, [x], name="tail")), tmp_path / "tail.py")
    text = path.read_text()
    assert "# from derivax.numeric.special.error_function" in text
    # the source that the file of the function names
    assert "# source: M. M. Shepherd, J. G. Laframboise, Math. Comp. 36 (1981) 249" in text
    passes(run_alone(path, "--self-test"), "tail")


def test_matrix_formulas_carry_reference_values_and_test_themselves(tmp_path, run_alone):
    formula = Formula(
        {"x": B.I * A * exp(-Trace(B) * t), "y": Trace(A * A.T) / t}, [A, B, t], name="both"
    )
    path = export(compile_formula(formula), tmp_path / "both.py")
    result = run_alone(path, "--self-test")
    passes(result, "both")
    assert "3 sets of matrices" in result.stdout
    text = path.read_text()
    assert "A: matrix, n x m on the last two axes" in text
    wrong = path.with_name("wrong.py")
    wrong.write_text(text.replace("jnp.exp(-trace1 * t)", "jnp.exp(-1.0001 * trace1 * t)"))
    assert wrong.read_text() != text
    assert run_alone(wrong, "--self-test").returncode == 1
    module = runpy.run_path(str(path))
    with pytest.raises(ValueError, match="B of shape"):
        module["both"](jnp.ones((2, 3)), jnp.ones((3, 3)), 1.0)


def test_scalar_functions_in_exported_matrix_formulas_have_symbolic_derivatives(tmp_path):
    """(exp(x) - 1)/x of a trace at 1e-6, where differentiated code loses half of its digits."""
    x = Trace(B)
    formula = Formula((exp(x) - 1) / x * B, [B], name="phi")
    module = runpy.run_path(str(export(compile_formula(formula), tmp_path / "phi.py")))
    with jax.enable_x64(True):
        slope = jax.grad(lambda b: module["phi"](b)[0, 0])(jnp.full((1, 1), 1e-6))
        second = jax.grad(jax.grad(lambda b: module["phi"](b[None, None])[0, 0]))(jnp.asarray(1e-6))
    assert float(slope[0, 0]) == pytest.approx(float(mpmath.exp(1e-6)), rel=1e-15)
    assert float(second) == pytest.approx(float(mpmath.exp(1e-6)), rel=1e-14)


def test_the_file_is_written_whole_or_not_at_all(tmp_path):
    f = compile_formula(Formula(log(t), [t], name="f"))
    with pytest.raises(InputError, match="cannot be written"):
        export(f, tmp_path / "missing" / "f.py")
    path = export(f, tmp_path / "f.py")
    assert [p.name for p in tmp_path.iterdir()] == ["f.py"]
    first = path.read_text()
    assert export(f, path).read_text() == first


def test_a_module_without_exact_values_fails_its_self_test_and_says_why(tmp_path, run_alone):
    x = Symbol("x", real=True)
    nowhere = Formula(log(-1 - x**2), [x], name="nowhere")
    path = export(compile_formula(nowhere), tmp_path / "nowhere.py")
    result = run_alone(path, "--self-test")
    assert result.returncode == 1
    assert "no exact values" in result.stdout


def test_the_order_of_symbolic_derivatives_is_chosen_and_stated():
    f = compile_formula(Formula(exp(-s * t), [t, s], name="decay"))
    assert "def decay_by_t_t_s(" in module_text(f, derivatives=3)
    text = module_text(f, derivatives=0)
    assert "_with_partials" not in text
    assert "Derivatives are JAX's" in text
    with pytest.raises(InputError, match="whole number from 0 to 4"):
        module_text(f, derivatives=9)


def test_a_certificate_is_named_by_its_hash_and_must_be_of_this_code(tmp_path):
    formula = Formula(Rational(1, 3) + s * t, [t, s], name="line")
    certificate = verify(formula, profile="quick")
    text = module_text(compile_formula(formula), certificate=certificate)
    assert f"Certificate: verified (code = formula), sha256 {certificate.digest}" in " ".join(
        text.split()
    )
    other = compile_formula(Formula(Rational(2, 3) + s * t, [t, s], name="line"))
    with pytest.raises(InputError, match="does not certify this code"):
        module_text(other, certificate=certificate)
    file = certificate.save(tmp_path / "line.json")
    path = derivax.export(formula, tmp_path / "line.py", certificate=file)
    assert certificate.digest in path.read_text()


def test_names_of_the_module_are_free_for_arguments(tmp_path, run_alone):
    x, y = symbols("given values", positive=True)
    formula = Formula(x * exp(-y), [x, y], name="_floating")
    path = export(compile_formula(formula), tmp_path / "f.py", derivatives=1)
    passes(run_alone(path, "--self-test"), compile_formula(formula).name)


def test_an_exported_module_leaves_jax_settings_alone(exported, run_alone, tmp_path):
    script = tmp_path / "use.py"
    script.write_text(
        f"import runpy, jax, jax.numpy as jnp\n"
        f"f = runpy.run_path({str(exported)!r})['mode']\n"
        "assert not jax.config.jax_enable_x64\n"
        "x = f(1, s=jnp.ones(3, 'float32'), u0=jnp.float32(0.1), tau=2)\n"
        "print(x.dtype, x.shape)\n"
    )
    assert run_alone(script).stdout == "float32 (3,)\n"


def test_products_of_fixed_matrices_are_exported(tmp_path, run_alone):
    c = MatrixSymbol("C", 2, 2)
    path = export(compile_formula(Formula(MatMul(t, c), [c, t], name="g")), tmp_path / "g.py")
    passes(run_alone(path, "--self-test"), "g")
