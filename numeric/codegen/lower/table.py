"""The one table: SymPy head -> how it is read onto the tape, tape operation -> how it is written.

A new head is one line in `HEADS`; a new operation is one entry in its family's `OPERATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sympy
from sympy.core import relational
from sympy.logic import boolalg

from derivax.numeric.codegen.lower import (
    arithmetic,
    array_sums,
    arrays,
    calculus,
    entire,
    error_function,
    exponential,
    gaussian,
    hyperbolic,
    implicit_root,
    infinite_ranges,
    logic,
    loops,
    matrices,
    matrix_forms,
    phi,
    quadrature,
    rolled,
    rounding,
    special,
    special_families,
    trigonometric,
)
from derivax.numeric.codegen.lower import complex_numbers as plane
from derivax.numeric.codegen.lower.operation import Operation
from derivax.numeric.codegen.lower.trigonometric import (
    read_circular,
    read_function,
    read_reciprocal,
)
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation
from derivax.symbolic.nodes.implicit_root import ImplicitRoot
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.nodes.recurrence import Recurrence

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader

__all__ = ["CHILDREN", "HEADS", "OF_MATRICES", "OPERATIONS", "supported"]

Read = Callable[["Reader", sympy.Basic, Sequence[int]], int]

HEADS: dict[type, Read] = {
    # the table of special functions; what a family below reads itself comes later and wins
    **special.HEADS,
    # numbers
    sympy.Rational: arithmetic.read_rational,
    sympy.Float: arithmetic.read_float,
    sympy.NumberSymbol: arithmetic.read_named,
    type(sympy.oo): arithmetic.read_named,
    type(-sympy.oo): arithmetic.read_named,
    type(sympy.nan): arithmetic.read_named,
    # arithmetic
    sympy.Add: arithmetic.read_add,
    sympy.Mul: arithmetic.read_mul,
    sympy.Pow: plane.beyond_reals(arithmetic.read_pow, plane.power_stays_real),
    # exponentials
    sympy.exp: exponential.read_exp,
    sympy.log: plane.beyond_reals(exponential.read_log, plane.log_stays_real),
    # trigonometric
    sympy.sin: read_circular("sin"),
    sympy.cos: read_circular("cos"),
    sympy.tan: read_circular("tan"),
    sympy.cot: read_reciprocal("tan"),
    sympy.sec: read_reciprocal("cos"),
    sympy.csc: read_reciprocal("sin"),
    sympy.asin: plane.beyond_reals(read_function("asin"), plane.never),
    sympy.acos: plane.beyond_reals(read_function("acos"), plane.never),
    sympy.atan: read_function("atan"),
    sympy.acot: plane.with_plane(read_function("acot"), plane.through("atan")),
    sympy.asec: plane.with_plane(
        read_function("asec"), plane.through("acos"), leaves_reals=True
    ),
    sympy.acsc: plane.with_plane(
        read_function("acsc"), plane.through("asin"), leaves_reals=True
    ),
    sympy.atan2: read_function("atan2"),
    # hyperbolic
    sympy.sinh: read_function("sinh"),
    sympy.cosh: read_function("cosh"),
    sympy.tanh: read_function("tanh"),
    sympy.coth: plane.with_plane(read_function("coth"), plane.reciprocal_of("tanh")),
    sympy.sech: plane.with_plane(read_function("sech"), plane.reciprocal_of("cosh")),
    sympy.csch: plane.with_plane(read_function("csch"), plane.reciprocal_of("sinh")),
    sympy.asinh: read_function("asinh"),
    sympy.acosh: plane.beyond_reals(read_function("acosh"), plane.never),
    sympy.atanh: plane.beyond_reals(read_function("atanh"), plane.never),
    sympy.acoth: plane.with_plane(
        read_function("acoth"), plane.through("atanh"), leaves_reals=True
    ),
    sympy.asech: plane.with_plane(
        read_function("asech"), plane.through("acosh"), leaves_reals=True
    ),
    sympy.acsch: plane.with_plane(read_function("acsch"), plane.through("asinh")),
    # rounding
    sympy.Abs: read_function("abs"),
    sympy.sign: read_function("sign"),
    sympy.floor: read_function("floor"),
    sympy.ceiling: read_function("ceiling"),
    sympy.Min: rounding.read_extremum("min"),
    sympy.Max: rounding.read_extremum("max"),
    sympy.Mod: rounding.read_mod,
    sympy.frac: rounding.read_frac,
    sympy.Heaviside: rounding.read_heaviside,
    # complex numbers
    sympy.sinc: plane.with_plane(special.HEADS[sympy.sinc], plane.plane_sinc),
    **plane.HEADS,
    # relations and logic
    relational.StrictLessThan: logic.read_relation("lt"),
    relational.LessThan: logic.read_relation("le"),
    relational.StrictGreaterThan: logic.read_relation("gt"),
    relational.GreaterThan: logic.read_relation("ge"),
    relational.Equality: logic.read_relation("eq"),
    relational.Unequality: logic.read_relation("ne"),
    boolalg.BooleanTrue: logic.read_truth,
    boolalg.BooleanFalse: logic.read_truth,
    boolalg.And: logic.read_variadic("and"),
    boolalg.Or: logic.read_variadic("or"),
    boolalg.Not: logic.read_not,
    boolalg.Xor: logic.read_xor,
    boolalg.Implies: logic.read_implies,
    boolalg.ITE: logic.read_ite,
    sympy.Piecewise: logic.read_piecewise,
    # error function
    sympy.erf: read_function("erf"),
    sympy.erfc: read_function("erfc"),
    # matrices
    **matrices.HEADS,
    **matrix_forms.HEADS,
    **arrays.HEADS,
    # loops
    sympy.Sum: loops.read_sum,
    sympy.Product: loops.read_product,
    sympy.Integral: quadrature.read_integral,
    **calculus.HEADS,
    # the nodes that SymPy lacks
    Phi: phi.read_phi,
    CoshRoot: entire.read_entire(0),
    SinhcRoot: entire.read_entire(1),
    ImplicitRoot: implicit_root.read_root,
    Recurrence: loops.read_recurrence,
    GaussianExpectation: gaussian.read_expectation,
}

# heads whose operands on the tape are not simply `expr.args`
CHILDREN: dict[type, Callable[[sympy.Basic], tuple[sympy.Basic, ...]]] = {
    sympy.Piecewise: logic.piecewise_children,
    sympy.Rational: lambda expr: (),
    sympy.Float: lambda expr: (),
    ImplicitRoot: implicit_root.root_children,
    Recurrence: loops.recurrence_children,
    GaussianExpectation: gaussian.expectation_children,
    sympy.Sum: loops.limit_children,
    sympy.Product: loops.limit_children,
    sympy.Integral: lambda expr: (),
    **special_families.CHILDREN,
    **matrices.CHILDREN,
    **matrix_forms.CHILDREN,
    **arrays.CHILDREN,
    **calculus.CHILDREN,
}

# heads that take matrices as operands
OF_MATRICES = frozenset(
    {*matrices.HEADS, *matrix_forms.HEADS, *arrays.HEADS, sympy.Derivative, sympy.Subs}
)

OPERATIONS: dict[str, Operation] = {
    **special.OPERATIONS,
    **arithmetic.OPERATIONS,
    **exponential.OPERATIONS,
    **trigonometric.OPERATIONS,
    **hyperbolic.OPERATIONS,
    **rounding.OPERATIONS,
    **logic.OPERATIONS,
    **error_function.OPERATIONS,
    **matrices.OPERATIONS,
    **matrix_forms.OPERATIONS,
    **arrays.OPERATIONS,
    **array_sums.OPERATIONS,
    **phi.OPERATIONS,
    **entire.OPERATIONS,
    **implicit_root.OPERATIONS,
    **loops.OPERATIONS,
    **infinite_ranges.OPERATIONS,
    **calculus.OPERATIONS,
    **rolled.OPERATIONS,
    **quadrature.OPERATIONS,
    **gaussian.OPERATIONS,
    **plane.OPERATIONS,
}


def supported() -> str:
    """The heads that can be compiled, for the message of a refusal."""
    return ", ".join(sorted({head.__name__ for head in HEADS}, key=str.lower))
