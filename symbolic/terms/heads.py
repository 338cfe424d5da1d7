"""The heads that a term may hold: one table, name -> SymPy class, arguments, how it is rebuilt.

A head that is not here is refused, in both directions.  Rebuilding never calls an evaluating
constructor: `Basic.__new__` puts the arguments together as they are, and each `make_*` sets what
SymPy's own constructor would have set besides the arguments (a slot, `nargs`, a set of arguments).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy import Basic, Expr, S, Tuple
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.functions.special.hyper import TupleArg
from sympy.logic.boolalg import Boolean
from sympy.matrices import expressions as mx
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.matrices.expressions.slice import MatrixSlice
from sympy.sets.sets import Set

from derivax.symbolic.exact.dag import postorder
from derivax.symbolic.nodes.dominant_eigenvalue import DominantEigenvalue
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation
from derivax.symbolic.nodes.implicit_root import (
    FIRST_ROOT_INDEX,
    ImplicitRoot,
    canonical_variable,
)
from derivax.symbolic.nodes.matrix_calculus import GradientMatrix, TimeDerivative
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.nodes.recurrence import Recurrence
from derivax.symbolic.nodes.spectrum import Spectrum

__all__ = [
    "BINDERS",
    "CONSTANTS",
    "CONSTANT_NAMES",
    "FIRST_ROOT_INDEX",
    "HEADS",
    "HEAD_OF",
    "KINDS",
    "Head",
]


def _is_scalar(value: object) -> bool:
    return isinstance(value, Expr) and not isinstance(value, MatrixExpr)


# What an argument can be.  A Symbol is both a scalar and a Boolean, as in SymPy.
KINDS: dict[str, Callable[[object], bool]] = {
    "scalar": _is_scalar,
    "matrix": lambda value: isinstance(value, MatrixExpr),
    "expression": lambda value: isinstance(value, Expr),
    "boolean": lambda value: isinstance(value, Boolean),
    "set": lambda value: isinstance(value, Set),
    "pair": lambda value: isinstance(value, ExprCondPair),
    "tuple": lambda value: isinstance(value, Tuple),
    "name": lambda value: isinstance(value, Str | sp.Symbol),
    "map": lambda value: isinstance(value, sp.Lambda),
    "any": lambda value: isinstance(value, Basic),
}


@dataclass(frozen=True)
class Head:
    """One line of the table.

    Args:
        name: how the term spells it.
        cls: the SymPy class.
        kinds: kind of each argument (a key of `KINDS`); `rest` is the kind of all further ones.
        make: builds the object from class, arguments and whether all arguments commute.
        order: "kept"; "sum" (commutative, SymPy's sum order); "factors" (the commuting ones);
            "set" (SymPy's `ordered`); "matrices" (SymPy's `default_sort_key`).
        commutes: True for heads that are scalars though their arguments are matrices.
        recurses: the constructor or a later `hash` walks the arguments without sharing.
    """

    name: str
    cls: Any
    kinds: tuple[str, ...]
    rest: str | None
    make: Callable[[Any, list[Basic], bool], Basic]
    order: str = "kept"
    commutes: bool | None = None
    recurses: bool = False

    def accepts(self, count: int) -> bool:
        """Whether this many arguments are possible."""
        low = len(self.kinds)
        if count < low or (self.rest is None and count > low):
            return False
        nargs = getattr(self.cls, "_nargs", None)
        return not nargs or count in nargs

    def kind_at(self, position: int) -> str:
        """The kind of the argument at a position."""
        return self.kinds[position] if position < len(self.kinds) else str(self.rest)


def _make_plain(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    return Basic.__new__(cls, *args)


def _make_operation(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    made = Basic.__new__(cls, *args)
    made.is_commutative = commutes
    return made


def _make_function(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    made = Basic.__new__(cls, *args)
    made.nargs = _nargs(cls)
    return made


@lru_cache(maxsize=512)
def _nargs(cls: Any) -> Any:
    return cls.nargs  # a new FiniteSet on every access


def _make_lattice(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    made = Basic.__new__(cls, *args)
    made._argset = frozenset(args)
    return made


def _make_boolean(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    made = _make_function(cls, args, commutes)
    made._argset = frozenset(args)
    return made


def _make_finite_set(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    made = Basic.__new__(cls, *args)
    made._args_set = set(args)
    return made


def _make_by_constructor(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    return cls(*args)


def _make_index(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    if len(args) == 1:
        return sp.Idx(args[0])
    return sp.Idx(args[0], tuple(args[1].args))


def _make_phi(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    if args[0].is_Number and not (args[0].is_Integer and args[0] >= 1):
        raise ValueError("the index of phi is a positive integer")
    return _make_function(cls, args, commutes)


def _make_implicit_root(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    """The node as it is; its variable must be the one that the class itself would choose."""
    body, variable, low, high = args
    inside = [node.level for node in postorder([body]) if isinstance(node, ImplicitRoot)]
    if variable != canonical_variable(1 + max(inside, default=0), low, high):
        raise ValueError("the variable of an implicit root is not the canonical one")
    return Basic.__new__(cls, body, variable, low, high)


def _make_expectation(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    """By the constructor, which chooses the canonical names of what is bound."""
    meaning, entries = args
    if len(entries) not in (1, 3) or len(meaning.variables) != (1 if len(entries) == 1 else 2):
        raise ValueError("an expectation has one variance or three entries of a covariance")
    made = cls.of(meaning, entries)
    if not isinstance(made, cls):
        raise ValueError("the expectation of a constant is that constant")
    return made


def _make_recurrence(cls: Any, args: list[Basic], commutes: bool) -> Basic:
    """By the constructor, which chooses the canonical names of what is bound."""
    meaning, initial, depth, component = args
    if not isinstance(meaning.expr, Tuple):
        raise ValueError("the step of a recurrence is a tuple")
    made = cls.of(meaning, initial, depth, component)
    if not isinstance(made, cls):
        raise ValueError("a recurrence of depth 0 is its initial state")
    return made


# The functions whose arguments are all scalars; how many there may be, SymPy's class knows.
_FUNCTIONS = [
    "exp", "log", "sin", "cos", "tan", "cot", "sec", "csc", "sinc", "asin", "acos", "atan",
    "acot", "asec", "acsc", "atan2", "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh",
    "acosh", "atanh", "acoth", "asech", "acsch", "Abs", "sign", "floor", "ceiling", "frac",
    "re", "im", "conjugate", "arg", "Mod", "Heaviside", "DiracDelta", "KroneckerDelta", "erf",
    "erfc", "erfi", "erf2", "erfinv", "erfcinv", "erf2inv", "fresnels", "fresnelc", "Ei", "li",
    "Li", "Si", "Ci", "Shi", "Chi", "expint", "gamma", "loggamma", "digamma", "trigamma",
    "polygamma", "lowergamma", "uppergamma", "multigamma", "beta", "betainc",
    "betainc_regularized", "factorial", "factorial2", "subfactorial", "binomial",
    "RisingFactorial", "FallingFactorial", "harmonic", "bernoulli", "bell", "euler", "catalan",
    "fibonacci", "lucas", "tribonacci", "genocchi", "zeta", "dirichlet_eta", "polylog",
    "lerchphi", "stieltjes", "LambertW", "besselj", "bessely", "besseli", "besselk", "hankel1",
    "hankel2", "jn", "yn", "hn1", "hn2", "airyai", "airybi", "airyaiprime", "airybiprime",
    "elliptic_k", "elliptic_f", "elliptic_e", "elliptic_pi", "legendre", "assoc_legendre",
    "hermite", "hermite_prob", "laguerre", "assoc_laguerre", "chebyshevt", "chebyshevu",
    "chebyshevt_root", "chebyshevu_root", "gegenbauer", "jacobi", "Ynm", "LeviCivita",
    "SingularityFunction",
]  # fmt: skip

_RELATIONS = ("Eq", "Ne", "Lt", "Le", "Gt", "Ge")

_Row = tuple[str, Any, tuple[str, ...], str | None, Callable[..., Basic], dict[str, Any]]

_ROWS: list[_Row] = [
    # arithmetic
    ("Add", sp.Add, ("scalar", "scalar"), "scalar", _make_operation, {"order": "sum"}),
    ("Mul", sp.Mul, ("scalar", "scalar"), "scalar", _make_operation, {"order": "factors"}),
    ("Pow", sp.Pow, ("scalar", "scalar"), None, _make_operation, {}),
    ("Min", sp.Min, ("scalar", "scalar"), "scalar", _make_lattice, {"order": "set"}),
    ("Max", sp.Max, ("scalar", "scalar"), "scalar", _make_lattice, {"order": "set"}),
    *((f, getattr(sp, f), (), "scalar", _make_function, {}) for f in _FUNCTIONS),
    ("hyper", sp.hyper, ("tuple", "tuple", "scalar"), None, _make_function, {}),
    ("meijerg", sp.meijerg, ("tuple", "tuple", "scalar"), None, _make_function, {}),
    ("TupleArg", TupleArg, (), "any", _make_plain, {}),
    ("Order", sp.Order, ("scalar", "tuple"), "tuple", _make_plain, {}),
    # relations, logic, cases
    *((name, getattr(sp, name), ("any", "any"), None, _make_plain, {}) for name in _RELATIONS),
    ("And", sp.And, ("boolean", "boolean"), "boolean", _make_boolean, {"order": "set"}),
    ("Or", sp.Or, ("boolean", "boolean"), "boolean", _make_boolean, {"order": "set"}),
    ("Xor", sp.Xor, ("boolean", "boolean"), "boolean", _make_boolean, {"order": "set"}),
    ("Not", sp.Not, ("boolean",), None, _make_function, {}),
    ("Implies", sp.Implies, ("boolean", "boolean"), None, _make_plain, {}),
    ("ITE", sp.ITE, ("boolean", "boolean", "boolean"), None, _make_function, {}),
    ("Contains", sp.Contains, ("any", "set"), None, _make_plain, {}),
    ("Case", ExprCondPair, ("any", "boolean"), None, _make_plain, {}),
    ("Piecewise", sp.Piecewise, ("pair",), "pair", _make_plain, {}),
    # calculus (Sum, Product, Integral and Derivative have lines of their own in read and write)
    ("Lambda", sp.Lambda, ("tuple", "any"), None, _make_plain, {}),
    ("Subs", sp.Subs, ("any", "tuple", "tuple"), None, _make_by_constructor, {"recurses": True}),
    ("Limit", sp.Limit, ("scalar", "scalar", "scalar", "name"), None, _make_plain, {}),
    ("Tuple", Tuple, (), "any", _make_plain, {}),
    # nodes that SymPy lacks
    ("CoshRoot", CoshRoot, ("scalar",), None, _make_function, {}),
    ("SinhcRoot", SinhcRoot, ("scalar",), None, _make_function, {}),
    ("Phi", Phi, ("scalar", "scalar"), None, _make_phi, {}),
    ("ImplicitRoot", ImplicitRoot, ("scalar",) * 4, None, _make_implicit_root, {"recurses": True}),
    ("GaussianExpectation", GaussianExpectation, ("map", "tuple"), None, _make_expectation,
     {"recurses": True}),
    ("DominantEigenvalue", DominantEigenvalue, ("matrix",), None, _make_by_constructor,
     {"recurses": True, "commutes": True}),
    ("Spectrum", Spectrum, ("matrix", "scalar"), None, _make_by_constructor,
     {"recurses": True, "commutes": True}),
    ("Recurrence", Recurrence, ("map", "tuple", "scalar", "scalar"), None, _make_recurrence,
     {"recurses": True}),
    ("TimeDerivative", TimeDerivative, ("matrix",), None, _make_by_constructor, {}),
    ("GradientMatrix", GradientMatrix, ("scalar", "matrix"), None, _make_by_constructor, {}),
    # indexed objects
    ("Indexed", sp.Indexed, ("any", "scalar"), "scalar", _make_by_constructor, {"recurses": True}),
    ("Idx", sp.Idx, ("scalar",), "tuple", _make_index, {"recurses": True}),
    # matrices
    ("MatrixSymbol", sp.MatrixSymbol, ("name", "scalar", "scalar"), None, _make_by_constructor,
     {"recurses": True}),
    ("MatrixElement", MatrixElement, ("matrix", "scalar", "scalar"), None, _make_plain,
     {"commutes": True}),
    ("MatAdd", mx.MatAdd, ("matrix",), "matrix", _make_plain, {"order": "matrices"}),
    ("MatMul", mx.MatMul, ("expression",), "expression", _make_plain, {}),
    ("MatPow", mx.MatPow, ("matrix", "scalar"), None, _make_plain, {}),
    ("Inverse", mx.Inverse, ("matrix", "scalar"), None, _make_plain, {}),
    ("Transpose", mx.Transpose, ("matrix",), None, _make_plain, {}),
    ("Adjoint", mx.Adjoint, ("matrix",), None, _make_plain, {}),
    ("Trace", mx.Trace, ("matrix",), None, _make_plain, {"commutes": True}),
    ("Determinant", mx.Determinant, ("matrix",), None, _make_plain, {"commutes": True}),
    ("Permanent", mx.Permanent, ("matrix",), None, _make_plain, {"commutes": True}),
    ("Identity", mx.Identity, ("scalar",), None, _make_by_constructor, {"recurses": True}),
    ("ZeroMatrix", mx.ZeroMatrix, ("scalar", "scalar"), None, _make_by_constructor,
     {"recurses": True}),
    ("OneMatrix", mx.OneMatrix, ("scalar", "scalar"), None, _make_plain, {}),
    ("HadamardProduct", mx.HadamardProduct, ("matrix",), "matrix", _make_plain,
     {"order": "matrices"}),
    ("HadamardPower", mx.HadamardPower, ("expression", "expression"), None, _make_plain, {}),
    ("KroneckerProduct", mx.KroneckerProduct, ("matrix",), "matrix", _make_plain, {}),
    ("DiagMatrix", mx.DiagMatrix, ("matrix",), None, _make_by_constructor, {"recurses": True}),
    ("DiagonalMatrix", mx.DiagonalMatrix, ("matrix",), None, _make_plain, {}),
    ("DiagonalOf", mx.DiagonalOf, ("matrix",), None, _make_plain, {}),
    ("DotProduct", mx.DotProduct, ("matrix", "matrix"), None, _make_plain, {"commutes": True}),
    ("BlockMatrix", mx.BlockMatrix, ("matrix",), None, _make_plain, {}),
    ("BlockDiagMatrix", mx.BlockDiagMatrix, ("matrix",), "matrix", _make_plain, {}),
    ("MatrixSlice", MatrixSlice, ("matrix", "tuple", "tuple"), None, _make_plain, {}),
    ("FunctionMatrix", mx.FunctionMatrix, ("scalar", "scalar", "map"), None, _make_plain, {}),
    ("ElementwiseApplyFunction", ElementwiseApplyFunction, ("map", "matrix"), None, _make_plain,
     {}),
    # sets
    ("Interval", sp.Interval, ("scalar", "scalar", "boolean", "boolean"), None, _make_plain, {}),
    ("FiniteSet", sp.FiniteSet, (), "any", _make_finite_set, {"order": "set"}),
    ("Union", sp.Union, ("set", "set"), "set", _make_lattice, {"order": "set"}),
    ("Intersection", sp.Intersection, ("set", "set"), "set", _make_lattice, {"order": "set"}),
    ("Complement", sp.Complement, ("set", "set"), None, _make_plain, {}),
    ("ProductSet", sp.ProductSet, ("set",), "set", _make_plain, {}),
    ("Range", sp.Range, ("scalar", "scalar", "scalar"), None, _make_plain, {}),
]  # fmt: skip


def _commutes(cls: Any) -> bool | None:
    """What the class says of all its objects: Abs(P) commutes though P does not."""
    return getattr(cls, "default_assumptions", {}).get("commutative")


HEADS: dict[str, Head] = {
    name: Head(name, cls, kinds, rest, make, **{"commutes": _commutes(cls), **options})
    for name, cls, kinds, rest, make, options in _ROWS
}
HEAD_OF: dict[Any, Head] = {head.cls: head for head in HEADS.values()}

# Heads that bind: position of the bound variable(s), and the positions in their scope.
BINDERS: dict[str, tuple[int, tuple[int, ...]]] = {
    "Lambda": (0, (0, 1)),
    "Subs": (1, (0, 1)),
    "Limit": (1, (0, 1)),
}

CONSTANTS: dict[str, Basic] = {
    "pi": S.Pi, "E": S.Exp1, "I": S.ImaginaryUnit, "oo": S.Infinity, "-oo": S.NegativeInfinity,
    "zoo": S.ComplexInfinity, "nan": S.NaN, "EulerGamma": S.EulerGamma, "Catalan": S.Catalan,
    "GoldenRatio": S.GoldenRatio, "TribonacciConstant": S.TribonacciConstant, "true": S.true,
    "false": S.false, "Reals": S.Reals, "Integers": S.Integers, "Naturals": S.Naturals,
    "Naturals0": S.Naturals0, "Rationals": S.Rationals, "Complexes": S.Complexes,
    "EmptySet": S.EmptySet, "UniversalSet": S.UniversalSet, "identity": S.IdentityFunction,
}  # fmt: skip
CONSTANT_NAMES: dict[Any, str] = {type(value): name for name, value in CONSTANTS.items()}
