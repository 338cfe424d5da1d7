"""What comes back from a term is the object that went in, part by part, nothing evaluated."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Eq, Mul, Pow, S
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices import expressions as mx
from sympy.matrices.expressions.slice import MatrixSlice

from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.terms import digest, from_term, to_term
from derivax.symbolic.terms.heads import BINDERS, CONSTANTS, HEADS

x, y, z = sp.symbols("x y z")
p = sp.Symbol("p", positive=True)
k, n = sp.symbols("k n", integer=True, positive=True)
a, b = sp.symbols("a b")
P, Q = sp.symbols("P Q", commutative=False)
f, g = sp.Function("f"), sp.Function("g", positive=True)
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
C = sp.MatrixSymbol("C", 4, 4)
array = sp.IndexedBase("w", shape=(n, 3))


def back(obj: Any) -> Any:
    """Through JSON text and back."""
    return from_term(json.loads(json.dumps(to_term(obj))))


def identical(one: Any, two: Any) -> bool:
    """Same type, arguments (in order), hash, and everything else SymPy hangs on an object."""
    if type(one) is not type(two):
        return False
    if isinstance(one, sp.Basic):
        attributes = [getattr(o, "__dict__", {}).keys() - {"_free_symbols"} for o in (one, two)]
        return one is two or (
            one == two
            and hash(one) == hash(two)
            and len(one.args) == len(two.args)
            and all(map(identical, one.args, two.args))
            and attributes[0] == attributes[1]
            and getattr(one, "is_commutative", None) == getattr(two, "is_commutative", None)
        )
    if isinstance(one, dict):
        return one == two
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(identical, one, two))
    return bool(one == two)


def unevaluated(function: Any, count: int) -> Any:
    return function(*(x, y, z, p)[:count], evaluate=False)


# One or more objects per line of the table of heads whose arguments are not all scalars.
SAMPLES: dict[str, list[Any]] = {
    "Add": [x + 2 * y + 3, Add(x, x, evaluate=False), x - x**2 / 3 + sp.sqrt(2), P * Q + Q * P,
            sp.I * x + sp.pi, Add(1, 2, x, evaluate=False)],
    "Mul": [2 * x * y, Mul(2, x + y, evaluate=False), x * P * y * Q * 2, Mul(x, x, evaluate=False),
            x / y, sp.Rational(2, 3) * sp.I * x, Mul(0, x, evaluate=False)],
    "Pow": [x**2, 2**x, sp.sqrt(x), Pow(S.Exp1, x, evaluate=False), Pow(2, 2, evaluate=False)],
    "Min": [sp.Min(x, y, 3)],
    "Max": [sp.Max(x, y, z, 0)],
    "hyper": [sp.hyper((1, x), (2,), y)],
    "meijerg": [sp.meijerg(((1, 2), (3,)), ((sp.Rational(1, 3),), ()), x)],
    "TupleArg": [sp.hyper((1, x), (2,), y).args[0]],
    "Order": [sp.Order(x**2)],
    "Eq": [Eq(x, y), Eq(A.T.T, A, evaluate=False), Eq(x, x, evaluate=False), Eq(A, B)],
    "Ne": [sp.Ne(x, y)], "Lt": [x < y], "Le": [x <= 2], "Gt": [x > y], "Ge": [sp.Ge(2, x)],
    "And": [(x > 0) & (y < 3) & (z > 1), a & b], "Or": [(x > 0) | (y < 3), a | (a & b)],
    "Xor": [sp.Xor(a, b)], "Not": [sp.Not(a)],
    "Implies": [sp.Implies(a, b)], "ITE": [sp.ITE(x > 0, x < 1, y > 2)],
    "Contains": [sp.Contains(x, sp.Interval(0, y))],
    "Case": [ExprCondPair(x, x > 0)],
    "Piecewise": [sp.Piecewise((x, x > 0), (y, True)), sp.Piecewise((A, x > 0), (B, True))],
    "Tuple": [sp.Tuple(), sp.Tuple(x, sp.Tuple(1, y))],
    "Indexed": [array[k, 1], sp.Indexed("w", k)],
    "Idx": [sp.Idx("i"), sp.Idx("i", n), sp.Idx("i", (2, 5))],
    "MatrixSymbol": [A, sp.MatrixSymbol("X", 2, 3)],
    "MatrixElement": [C[1, k], sp.MatrixSymbol("v", n + 5, 1)[2, 0] * x],
    "MatAdd": [A + B, A * B + B.T, mx.MatAdd(A, A)], "MatMul": [A * B, 2 * A * B, mx.MatMul(A, x,
    B)],
    "MatPow": [A**2, A**x], "Inverse": [A.inverse(), A.inverse() * B], "Transpose": [A.T,
    mx.Transpose(mx.Transpose(A))], "Adjoint": [A.adjoint()],
    "Trace": [sp.Trace(A * B) * x], "Determinant": [mx.Determinant(A)],
    "Permanent": [mx.Permanent(A)], "Identity": [mx.Identity(n)], "ZeroMatrix": [mx.ZeroMatrix(n,
    2)],
    "OneMatrix": [mx.OneMatrix(2, n)], "HadamardProduct": [mx.hadamard_product(A, B, A.T)],
    "HadamardPower": [mx.HadamardPower(A, 2)], "KroneckerProduct": [mx.KroneckerProduct(A, B)],
    "DiagMatrix": [mx.DiagMatrix(sp.MatrixSymbol("v", n, 1))],
    "DiagonalMatrix": [mx.DiagonalMatrix(A)],
    "DiagonalOf": [mx.DiagonalOf(A)],
    "DotProduct": [mx.DotProduct(sp.MatrixSymbol("v", n, 1), sp.MatrixSymbol("w", n, 1))],
    "BlockMatrix": [mx.BlockMatrix([[A, B], [B, A]])], "BlockDiagMatrix": [mx.BlockDiagMatrix(A,
    B)],
    "MatrixSlice": [MatrixSlice(C, (0, 2), (1, 3))],
    "Interval": [sp.Interval(0, x), sp.Interval.open(0, sp.oo)],
    "FiniteSet": [sp.FiniteSet(x, 1, 2)], "Union": [sp.Union(sp.Interval(0, 1), sp.Interval(2, x))],
    "Intersection": [sp.Intersection(sp.Interval(0, x), sp.Interval(2, y))],
    "Complement": [sp.Complement(S.Reals, sp.Interval(0, x), evaluate=False)],
    "ProductSet": [sp.ProductSet(S.Reals, sp.Interval(0, 1))], "Range": [sp.Range(1, 10, 2)],
}  # fmt: skip

OTHERS: list[Any] = [
    sp.Integer(-(10**5000)), sp.Rational(-3, 7), S.Half, sp.Float("0.1", 40), sp.Float(0.1),
    sp.Float("-1e-400"), sp.Float(0), x, p, k, P, sp.Symbol(""" "odd" \\name {} é """), Str("s"),
    f(x), g(x, y), sp.Function("h", nargs=2)(x, y), sp.Function("q", commutative=True)(P),
    f, sp.Function("h", nargs=(1, 2)), f(A),
    sp.Derivative(f(x), x), sp.Derivative(f(x, y), y, (x, 2)), f(x, y).diff(x, y),
    sp.Integral(x**2, x), sp.Matrix([[x, 1], [y, 2]]).as_immutable(), sp.ImmutableMatrix(0, 3, []),
    sp.ImmutableMatrix([[1, 2]]), array, sp.IndexedBase("w"), *CONSTANTS.values(),
    {"b": [1, True, None, "s"], "a": (x, {x: y})}, [], (), {}, "", 0, -7, False,
    Domain.of([x, k], {x: (0, "1/3")}, where=[x < k]), Domain.of([]), Interval(0, 1, low_open=True),
    Interval("-inf", "inf", plane=True), {"expr": sp.exp(-p), "args": (p,),
    "domain": Domain.of([p])},
]  # fmt: skip

_SCALAR_FUNCTIONS = [
    head for head in HEADS.values() if head.rest == "scalar" and not head.kinds
    and head.order == "kept"
]  # fmt: skip


@pytest.mark.parametrize("head", sorted(SAMPLES))
def test_every_structured_head_comes_back_identical(head: str) -> None:
    for obj in SAMPLES[head]:
        assert any(node[0] == head for node in to_term(obj)["nodes"])
        assert identical(back(obj), obj), obj


def test_every_line_of_the_table_has_a_sample() -> None:
    nodes_of_ours = {
        "CoshRoot",
        "SinhcRoot",
        "TimeDerivative",
        "Gradient",
        "GradientMatrix",
        "Phi",
        "ImplicitRoot",
        "Recurrence",
        "GaussianExpectation",
        "DominantEigenvalue",
        "Spectrum",
    }
    with_lambda = {"Lambda", "Subs", "Limit", "FunctionMatrix", "ElementwiseApplyFunction"}
    scalar = {head.name for head in _SCALAR_FUNCTIONS}
    assert set(HEADS) - set(SAMPLES) - scalar <= nodes_of_ours | with_lambda
    assert set(BINDERS) <= with_lambda | nodes_of_ours


@pytest.mark.parametrize("head", [head.name for head in _SCALAR_FUNCTIONS])
def test_every_function_comes_back_unevaluated(head: str) -> None:
    nargs = HEADS[head].cls._nargs or (1, 2, 3)
    for count in nargs:
        if 0 < count <= 4:
            args = (x, y, z, p)[:count]
            try:
                obj = HEADS[head].cls(*args, evaluate=False)
            except (TypeError, ValueError):
                continue
            if isinstance(obj, HEADS[head].cls):
                assert identical(back(obj), obj)


@pytest.mark.parametrize("obj", OTHERS, ids=lambda obj: type(obj).__name__)
def test_atoms_containers_and_domains_come_back_identical(obj: Any) -> None:
    again = back(obj)
    assert identical(again, obj)
    assert to_term(again) == to_term(obj)


def test_nodes_of_the_project_come_back() -> None:
    from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
    from derivax.symbolic.nodes.implicit_root import ImplicitRoot
    from derivax.symbolic.nodes.matrix_calculus import GradientMatrix, TimeDerivative
    from derivax.symbolic.nodes.phi import Phi

    u, c = sp.symbols("u c", positive=True)
    v = sp.Symbol("v")
    root = ImplicitRoot(u + sp.log(u) - c, u, 0, sp.oo)
    nested = ImplicitRoot(v**3 + v - root, v)
    for obj in (
        CoshRoot(x) * SinhcRoot(x + 1), TimeDerivative(A) * B, GradientMatrix(x, A),
        Phi(3, x) + Phi(k, x), root, nested, nested.diff(c), root.body,
    ):  # fmt: skip
        assert identical(back(obj), obj)
    assert digest(root) == digest(ImplicitRoot(v + sp.log(v) - c, v, 0, sp.oo))


def test_a_mutable_matrix_is_read_back_as_its_immutable_equal() -> None:
    obj = sp.Matrix([[x, 1], [y, 2]])
    assert back(obj) == obj
    assert digest(obj) == digest(obj.as_immutable())


def test_equal_symbols_are_one_symbol_and_different_ones_two() -> None:
    same = sp.Symbol("s", positive=True, real=True, nonzero=True)
    assert digest(same) == digest(sp.Symbol("s", positive=True))
    assert to_term(same)["nodes"] == [["Symbol", "s", {"positive": True}]]
    assert digest(same) != digest(sp.Symbol("s")) != digest(sp.Symbol("s", real=True))
    assert digest(f(x)) != digest(g(x)) != digest(sp.Function("g")(x))


def test_one_and_true_and_the_number_one_are_different() -> None:
    objects = [1, True, S.One, S.true, "1", sp.Float(1), 1.0 if False else [1], (1,)]
    assert len({digest(obj) for obj in objects}) == len(objects)


scalars = st.deferred(
    lambda: st.one_of(
        st.sampled_from([x, y, p, k, P, Q, sp.pi, sp.I]),
        st.integers(-9, 9).map(sp.Integer),
        st.fractions(-3, 3, max_denominator=7).map(lambda q: sp.Rational(q.numerator,
        q.denominator)),
        st.builds(lambda s, e: Add(*s, evaluate=e), st.lists(scalars, min_size=2, max_size=4),
        st.booleans()),
        st.builds(lambda s, e: Mul(*s, evaluate=e), st.lists(scalars, min_size=2, max_size=4),
        st.booleans()),
        st.builds(lambda s, e: Pow(s, e, evaluate=False), scalars, st.integers(-3, 3)),
        st.builds(lambda h, s: h(s, evaluate=False), st.sampled_from([sp.sin, sp.exp, sp.Abs,
        sp.gamma]), scalars),
        st.builds(f, scalars),
    )
)  # fmt: skip


def sympy_order(obj: Any) -> Any:
    """The same object with every sum and product in SymPy's order (what a term does not keep)."""
    if not obj.args:
        return obj
    args = [sympy_order(arg) for arg in obj.args]
    if isinstance(obj, Add | Mul):
        free = [arg for arg in args if isinstance(obj, Add) or arg.is_commutative]
        fixed = [arg for arg in args if isinstance(obj, Mul) and not arg.is_commutative]
        from functools import cmp_to_key

        numbers = [arg for arg in free if arg.is_Number or arg is S.ComplexInfinity]
        rest = [arg for arg in free if not (arg.is_Number or arg is S.ComplexInfinity)]
        key = cmp_to_key(sp.Basic.compare)
        args = sorted(numbers, key=key) + sorted(rest, key=key) + fixed
    return obj.func(*args, evaluate=False)


@settings(max_examples=40, deadline=None)
@given(scalars)
def test_expressions_come_back_in_the_order_of_sympy(expr: Any) -> None:
    again = back(expr)
    assert identical(again, sympy_order(expr))
    assert to_term(again) == to_term(expr)
    assert digest(again) == digest(expr)
