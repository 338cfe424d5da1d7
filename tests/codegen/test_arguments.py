"""Names, positions, dtypes and errors of compiled functions."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
import weakref

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Function, Lambda, Matrix, Rational, Symbol, exp, mathieus, sin, symbols

from derivax.errors import CompileError, InputError, PrecisionError
from derivax.numeric.codegen import compile_formula
from derivax.numeric.codegen.names import identifier
from derivax.symbolic.formula import Formula

x, y, t = symbols("x y t")
HOSTILE = (
    "__import__('os').system('x')",
    'a"""\nimport os',
    "x\\",
    "lambda",
    "x y",
    "1abc",
    "#",
    "",
    "jnp",
    "é̄",
    "accurate_sinh",
    "equation_ff",
    "a" * 300,
)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [("lambda", "lambda_"), ("x y", "x_y"), (r"\alpha_{1}", "alpha_1"), ("u'", "u_prime")],
)
def test_a_symbol_is_spelled_as_a_reader_expects(name, spelled):
    assert identifier(name) == spelled


@pytest.mark.parametrize("name", HOSTILE)
def test_no_symbol_name_reaches_the_source(name):
    symbol = Symbol(name) if name else Symbol("?")
    f = compile_formula(Formula(sin(symbol) + symbol, [symbol], name=name or "f"))
    (spelled,) = f.arg_names
    assert spelled.isidentifier()
    assert len(spelled) <= 33
    names = {n.id for n in ast.walk(ast.parse(f.source)) if isinstance(n, ast.Name)}
    assert "os" not in names
    assert max(map(len, f.source.splitlines())) <= 100
    assert float(f(0.5)) == pytest.approx(np.sin(0.5) + 0.5)


def test_two_arguments_with_one_spelling_are_refused_unless_renamed():
    a, b = Symbol("a b"), Symbol("a_b")
    formula = Formula(a - b, [a, b])
    with pytest.raises(InputError, match="both be called 'a_b'"):
        compile_formula(formula)
    f = compile_formula(formula, names={a: "first"})
    assert float(f(a_b=1.0, first=3.0)) == 2.0
    with pytest.raises(InputError):
        compile_formula(formula, names={a: "not a name"})
    with pytest.raises(InputError, match="not an argument"):
        compile_formula(formula, names={x: "z"})


def test_arguments_by_position_and_by_name_are_the_same_call():
    f = compile_formula(Formula(x / y, [x, y], name="ratio"))
    assert float(f(3.0, 2.0)) == float(f(y=2.0, x=3.0)) == float(f(3.0, y=2.0)) == 1.5
    slope = jax.grad(lambda v: f(y=v, x=3.0))(2.0)
    assert float(slope) == -0.75
    assert str(f.signature) == "(x, y)"
    for args, named in [
        ((1.0,), {}),
        ((1.0, 2.0, 3.0), {}),
        ((1.0, 2.0), {"x": 1.0}),
        ((1.0,), {"z": 1.0}),
    ]:
        with pytest.raises(InputError, match=r"ratio|given twice"):
            f(*args, **named)


@pytest.mark.parametrize(
    ("expr", "says"),
    [
        (x + t, "symbol 't'.*not among the arguments"),
        (mathieus(1, 2, x) * y + 1, "mathieus: mathieus.* inside .*no lowering.*supported: Abs"),
        (Function("g")(x), "undefined function"),
    ],
)
def test_what_cannot_be_lowered_is_named_with_its_place(expr, says):
    class Loose:
        args, domain, name = (x, y), None, "f"

    formula = Loose()
    formula.expr = expr
    with pytest.raises(CompileError, match=says):
        compile_formula(formula)


def test_an_undefined_function_is_compiled_with_its_meaning():
    class Loose:
        expr, args, domain, name = Function("g")(2 * x) + y, (x, y), None, "f"

    f = compile_formula(Loose(), functions={Function("g"): Lambda(t, t**2 * y)})
    assert float(f(3.0, 0.5)) == 18.5
    assert float(jax.grad(f)(3.0, 0.5)) == 12.0


def test_float32_stays_float32_while_x64_is_on():
    f = compile_formula(Formula(exp(x) / 3 + Rational(1, 7), [x]))
    assert f(jnp.float32(1)).dtype == jnp.float32
    assert f(np.float64(1)).dtype == jnp.float64
    assert f(1).dtype == jnp.float64
    assert f(np.int32(1)).dtype == jnp.float64
    assert jax.grad(f)(jnp.float32(1)).dtype == jnp.float32
    wide = compile_formula(Formula(exp(x), [x]), dtype="float64")
    assert wide(jnp.float32(1)).dtype == jnp.float64
    narrow = compile_formula(Formula(exp(x), [x]), dtype=np.float32)
    assert narrow(np.float64(1)).dtype == jnp.float32
    assert f(np.complex64(1j)).dtype == jnp.complex64


def test_float64_with_x64_off_is_one_clear_error():
    with jax.enable_x64(False), pytest.raises(PrecisionError, match="jax_enable_x64"):
        compile_formula(Formula(exp(x), [x]), dtype="float64")


def test_importing_leaves_the_configuration_of_jax_alone():
    code = (
        "import jax; before = jax.config.values.copy(); import derivax.numeric.codegen;"
        "assert before == jax.config.values"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    "options",
    [
        {"precision": "double-word"},
        {"accuracy": "most"},
        {"optimize": "x"},
        {"derivatives": -1},
        {"dtype": "int8"},
    ],
)
def test_options_that_do_not_exist_are_refused(options):
    with pytest.raises(InputError):
        compile_formula(Formula(x, [x]), **options)


def test_constants_are_rounded_once():
    big, third = 10**40 + 1, Rational(1, 3)
    # halfway between two float32, moved by 2^-80: rounding through float64 goes the other way
    tie = 1 + Rational(1, 2**24) + Rational(1, 2**80)
    f = compile_formula(Formula((x * big, x + third - third, x * tie), [x]))
    wide, same, near = f(jnp.float64(1))
    assert float(wide) == float(big)
    assert float(same) == 1.0
    assert float(f(jnp.float32(1))[2]) == 1 + 2.0**-23
    assert float(near) == 1 + 2.0**-24


def test_a_compiled_function_is_a_value():
    f = compile_formula(Formula(x * exp(-x / y), [x, y], name="g"))
    again = compile_formula(Formula(x * exp(-x / y), [x, y], name="g"))
    other = compile_formula(Formula(x * exp(-x * y), [x, y], name="g"))
    assert f == again
    assert hash(f) == hash(again)
    assert f != other
    assert weakref.ref(f)() is f
    with pytest.raises(AttributeError):
        f.name = "h"
    copy = pickle.loads(pickle.dumps(f))
    assert copy == f
    assert copy.source == f.source
    assert float(copy(1.0, 2.0)) == float(f(1.0, 2.0))
    assert jax.jit(lambda v, c: c(v, 2.0), static_argnums=1)(1.0, f) == f(1.0, 2.0)


def test_outputs_keep_their_structure_and_broadcast():
    f = compile_formula(
        Formula({"a": x + y, "b": (Matrix([[x, 1], [0, y]]), x)}, [x, y], name="many")
    )
    out = f(jnp.ones((3, 1)), jnp.arange(4.0))
    assert out["a"].shape == (3, 4)
    assert out["b"][0].shape == (3, 4, 2, 2)
    assert out["b"][1].shape == (3, 4)
    assert float(out["b"][0][0, 3, 1, 1]) == 3.0
    jacobian = jax.jacfwd(f, argnums=1)(1.0, 2.0)
    np.testing.assert_array_equal(jacobian["b"][0], [[0, 0], [0, 1]])
