"""Evaluate an expression on balls: rigorous enclosures of its value, at any precision.

A ball is a midpoint with a radius (flint's `arb` on the real line, `acb` in the plane); every
function returns a ball that contains all values over the balls it was given.  So a ball that
excludes zero *proves* that the value is not zero, and a ball whose two ends round to the same
float *proves* what the correctly rounded float is.  What cannot be decided at a precision (a
condition of a Piecewise, the sign under a root, a pole inside the ball) is a NaN ball, never a
guess; the caller raises the precision.

Main definitions: `BallProgram`, `enclose`, `correctly_rounded`.

Implementation notes: an expression becomes a linear list of instructions once, by the iterative
walk of `dag.Graph`, and is then run at many points and precisions.  Functions follow SymPy's
principal branches.  A node class may bring its own enclosure as a method
`_ball_(self, evaluate)`, where `evaluate(expr, bindings={})` encloses a subexpression with the
bound variables set to the balls in `bindings`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb, arb, fmpq, fmpz
from mpmath.libmp import from_man_exp
from sympy import Basic, Float, Rational, S, Symbol
from sympy.core.function import AppliedUndef, Derivative

from derivax.errors import CompileError, DomainError, InputError
from derivax.symbolic.exact import ball_heads
from derivax.symbolic.exact.ball_heads import NAN, Ball, Undefined, is_nan, simplest
from derivax.symbolic.exact.dag import Graph, exact_float, exact_number
from derivax.symbolic.exact.patience import check
from derivax.symbolic.exact.precision import ROUNDING_LADDER, working_precision

__all__ = [
    "BallProgram",
    "Environment",
    "correctly_rounded",
    "enclose",
    "evaluated",
    "round_to_float32",
    "to_ball",
]

Value = Any  # a ball, or True / False / None for a condition

_CHECK_EVERY = 64  # instructions between looks at the clock


def to_ball(value: Any) -> Ball:
    """The ball of a number at the current precision.

    Exact, but for the rounding of a rational such as 1/3 to a ball of the current precision.
    """
    if isinstance(value, (arb, acb)):
        return value
    if isinstance(value, (bool, np.bool_)):
        return arb(int(value))
    if isinstance(value, (int, float, fmpz, fmpq)):
        return arb(value)
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, (complex, np.complexfloating)):
        return simplest(acb(complex(value).real, complex(value).imag))
    exact = exact_number(value)
    if exact is not None:
        return arb(fmpq(exact.numerator, exact.denominator))
    if isinstance(value, np.floating):
        return arb(float(value))
    if isinstance(value, Basic):
        return BallProgram(value)._run(Environment({}, None, {}))[0]
    raise InputError(f"value {value!r}", "not a number", "give int, Fraction, float or complex")


class Environment:
    """What an instruction that binds variables sees: the balls of the symbols, and exact values."""

    __slots__ = ("balls", "exact", "programs")

    def __init__(
        self,
        balls: Mapping[Basic, Ball],
        exact: Mapping[Basic, Any] | None,
        programs: dict[Any, tuple[Basic, BallProgram]],
    ) -> None:
        self.balls, self.exact, self.programs = balls, exact, programs

    def evaluate(self, expr: Basic, bindings: Mapping[Basic, Ball] | None = None) -> Ball:
        """The ball of a subexpression, with the symbols in `bindings` set to balls."""
        environment = self
        if bindings:
            exact = self.exact
            if exact is not None:
                exact = {key: value for key, value in exact.items() if key not in bindings}
            environment = Environment({**self.balls, **bindings}, exact, self.programs)
        key = (id(expr), frozenset(environment.balls))
        if key not in self.programs:
            self.programs[key] = expr, BallProgram(expr, environment.balls)
        return self.programs[key][1]._run(environment)[0]


def _is_opaque(node: Basic) -> bool:
    return isinstance(node, (AppliedUndef, Derivative)) or ball_heads.is_indexed(node)


class BallProgram:
    """An expression, or a sequence of them, ready to be enclosed at many points.

    `args` are the symbols that will get values (also applied functions u(t), derivatives and
    indexed entries, which then count as variables of their own).

    >>> from sympy import exp, Symbol
    >>> x = Symbol("x")
    >>> program = BallProgram((exp(x) - 1) / x, [x])
    >>> print(program.at({x: Fraction(1, 10**30)}, 256).str(10, radius=False))
    1.000000000
    >>> [str(ball) for ball in BallProgram([x**2, x**3], [x]).at([3], 64)]
    ['9.00000000000000', '27.0000000000000']

    Raises `CompileError` for a function that has no enclosure, `InputError` for a symbol that is
    not among `args`.
    """

    def __init__(self, exprs: Basic | Iterable[Basic], args: Iterable[Basic] = ()) -> None:
        self._single = isinstance(exprs, Basic)
        roots = [exprs] if isinstance(exprs, Basic) else list(exprs)
        self.args = tuple(args)
        self._input_slot: dict[Basic, int] = {}
        for key in self.args:
            self._input_slot.setdefault(key, len(self._input_slot))
        opaque = {key for key in self._input_slot if not isinstance(key, Symbol)}
        self._constants: list[Callable[[], Value]] = []
        self._constant_cache: tuple[int, list[Value]] = (0, [])
        self._code: list[tuple[Callable[..., Value], tuple[int, ...], bool]] = []
        self._programs: dict[Any, tuple[Basic, BallProgram]] = {}
        self._roots = self._build(roots, opaque)

    # ---- construction -------------------------------------------------------------------

    def _build(self, roots: Sequence[Basic], opaque: set[Basic]) -> tuple[int, ...]:
        def leaf(node: Basic) -> bool:
            if ball_heads.binds(node):
                return True
            return _is_opaque(node) and (node in opaque or isinstance(node, Derivative))

        graph = Graph(roots, leaf)
        # slots: inputs, then constants, then one per instruction
        pending: list[tuple[Callable[..., Value], tuple[int, ...], bool]] = []
        slot_of: list[tuple[str, int]] = []
        for node in graph.nodes:
            expr = node.expr
            if expr in self._input_slot if not expr.args or _is_opaque(expr) else False:
                slot_of.append(("input", self._input_slot[expr]))
                continue
            if isinstance(expr, Symbol):
                raise InputError(
                    f"symbol {expr}", "has no value: it is not among the arguments", "add it"
                )
            constant = _constant(expr)
            if constant is not None:
                slot_of.append(("constant", len(self._constants)))
                self._constants.append(constant)
                continue
            rule = ball_heads.instruction(node, graph.nodes)
            if rule is None:
                raise CompileError(
                    f"{type(expr).__name__} in {_excerpt(expr)}",
                    "no enclosure is known for this head",
                    "rewrite it, or give its class a method _ball_(self, evaluate)",
                )
            function, indices, wants_environment = rule
            slot_of.append(("code", len(pending)))
            pending.append((function, indices, wants_environment))
        first_constant = len(self._input_slot)
        first_code = first_constant + len(self._constants)
        offset = {"input": 0, "constant": first_constant, "code": first_code}
        final = [offset[kind] + index for kind, index in slot_of]
        self._code = [
            (function, tuple(final[i] for i in indices), wants)
            for function, indices, wants in pending
        ]
        return tuple(final[root] for root in graph.roots)

    # ---- evaluation ---------------------------------------------------------------------

    def at(self, values: Mapping[Basic, Any] | Sequence[Any], bits: int) -> Any:
        """The ball of the expression (a list of balls for a sequence) at `bits` bits.

        `values`: {argument: number}, or the numbers in the order of the arguments.
        """
        if not isinstance(values, Mapping):
            values = dict(zip(self.args, values, strict=True))
        missing = [str(key) for key in self._input_slot if key not in values]
        if missing:
            raise InputError(f"values {_excerpt(values)}", f"no value for {', '.join(missing)}")
        with working_precision(bits):
            results = self._run(self._environment(values))
        return results[0] if self._single else results

    def status_at(self, values: Mapping[Basic, Any], bits: int) -> tuple[list[Value], list[bool]]:
        """Like `at`, as a list, with a flag per result: True if it is *certainly* undefined here.

        A pole met exactly (1/0, log(0), gamma(-1)) is certain; a NaN ball alone is not.
        """
        with working_precision(bits):
            slots, poles = self._slots(self._environment(values))
        results = [slots[root] for root in self._roots]
        if not poles:
            return results, [False] * len(results)
        certain = self._certainly_undefined(slots, poles)
        return results, [certain[root] for root in self._roots]

    def _environment(self, values: Mapping[Basic, Any]) -> Environment:
        balls = {key: to_ball(values[key]) for key in self._input_slot}
        return Environment(balls, values, self._programs)

    def _run(self, environment: Environment) -> list[Value]:
        slots, _ = self._slots(environment)
        return [slots[root] for root in self._roots]

    def _slots(self, environment: Environment) -> tuple[list[Value], set[int]]:
        balls = environment.balls
        slots: list[Value] = [balls[key] for key in self._input_slot]
        slots.extend(self._constant_balls())
        poles: set[int] = set()
        check()
        for number, (function, indices, wants_environment) in enumerate(self._code, 1):
            if not number % _CHECK_EVERY:
                check()
            operands = [slots[i] for i in indices]
            try:
                if wants_environment:
                    slots.append(function(environment, *operands))
                else:
                    slots.append(function(*operands))
            except Undefined:
                poles.add(len(slots))
                slots.append(NAN)
            except (ValueError, ArithmeticError):  # flint refuses an operand: undecided
                slots.append(NAN)
        return slots, poles

    def _constant_balls(self) -> list[Value]:
        bits = ball_heads.current_bits()
        if self._constant_cache[0] != bits:
            self._constant_cache = (bits, [make() for make in self._constants])
        return self._constant_cache[1]

    def _certainly_undefined(self, slots: list[Value], poles: set[int]) -> list[bool]:
        start = len(self._input_slot) + len(self._constants)
        certain = [False] * start
        for position, (function, indices, _) in enumerate(self._code, start):
            if position in poles:
                certain.append(True)
                continue
            strict = ball_heads.needed_operands(function, [slots[i] for i in indices])
            certain.append(any(certain[indices[k]] for k in strict))
        return certain


def _excerpt(obj: Any) -> str:
    """A short text of a possibly huge expression (printing a shared graph is exponential)."""
    if isinstance(obj, Basic) and obj.args:
        parts = [str(a) if not a.args else type(a).__name__ + "(…)" for a in obj.args[:4]]
        return f"{type(obj).__name__}({', '.join(parts)})"
    return str(obj)[:120]


def _constant(expr: Basic) -> Callable[[], Value] | None:
    if isinstance(expr, Rational):
        number = fmpq(int(expr.p), int(expr.q))
        return lambda: arb(number)
    if isinstance(expr, Float):
        exact = exact_float(expr)
        if exact is None:
            return lambda: NAN
        dyadic = fmpq(exact.numerator, exact.denominator)
        return lambda: arb(dyadic)
    return ball_heads.CONSTANTS.get(expr) if not expr.args else None


def enclose(expr: Basic, values: Mapping[Basic, Any], bits: int = 128) -> Ball:
    """The ball of `expr` at `values` ({symbol: int, Fraction, float, complex or ball}).

    Real where the value is certainly real (`flint.arb`), else complex (`flint.acb`); not finite
    where nothing can be decided at this precision.

    >>> from sympy import sqrt, Symbol
    >>> x = Symbol("x")
    >>> print(enclose(sqrt(x), {x: -4}, 64))
    2.00000000000000j
    """
    return BallProgram(expr, values.keys()).at(values, bits)


# ---- correct rounding -----------------------------------------------------------------------


def round_to_float32(exact: arb) -> float:
    """The float32 nearest to an exact ball (ties to even), without rounding twice."""
    double = float(exact)
    if double == 0 or math.isinf(double) or math.isnan(double):
        return double
    with np.errstate(over="ignore"):
        single = np.float32(double)
    rounded = float(single)
    if rounded == double or math.isinf(rounded):
        if not math.isinf(rounded) or arb(double) == exact:
            return rounded
        # the tie between the largest float32 and 2**128 is decided by the exact value
        largest, limit = float(np.finfo(np.float32).max), arb(2) ** 128 - arb(2) ** 103
        return math.copysign(largest if abs(exact) < limit else math.inf, double)
    for side in (math.inf, -math.inf):
        with np.errstate(over="ignore"):
            other = float(np.nextafter(single, np.float32(side)))
        if abs(other - double) == abs(rounded - double):  # a tie in double may be none in truth
            return other if abs(arb(other) - exact) < abs(arb(rounded) - exact) else rounded
    return rounded


def _rounded(ball: Value, rounding: Callable[[arb], float]) -> tuple[float, bool]:
    """(float, decided) for one ball."""
    if isinstance(ball, acb):
        if is_nan(ball) or ball.imag.contains(0):
            return math.nan, False
        return math.nan, True  # certainly not real
    if not isinstance(ball, arb) or is_nan(ball):
        return math.nan, False
    low, high = rounding(ball.lower()), rounding(ball.upper())
    if low == high:
        return (0.0, True) if low == 0 and not ball.is_exact() and ball.contains(0) else (low, True)
    return math.nan, False


def correctly_rounded(
    expr: Basic,
    args: Sequence[Basic],
    columns: Sequence[Any] | Mapping[Basic, Any],
    dtype: Any = "float64",
    ladder: Sequence[int] = ROUNDING_LADDER,
) -> tuple[np.ndarray, np.ndarray]:
    """Correctly rounded values of `expr` at many points, with a mask of the decided ones.

    Arguments: `args`, the symbols; `columns`, one array of inputs per symbol, all of one length
    (taken as the exact numbers that they are); `dtype`, float32 or float64.
    Returns `(values, decided)`.  A decided value is the float nearest to the exact value, ties to
    even, infinite where the exact value overflows, and NaN where the expression is certainly
    undefined or not real.  Results below the smallest normal number are given exactly as
    subnormals.  An undecided value is NaN with `decided` False.

    >>> from sympy import Symbol, exp
    >>> x = Symbol("x")
    >>> correctly_rounded(exp(x) - 1, [x], [[1e-20, 1.0, 1000.0]])
    (array([1.00000000e-20, 1.71828183e+00,            inf]), array([ True,  True,  True]))
    """
    dtype = np.dtype(dtype)
    if dtype not in (np.dtype("float32"), np.dtype("float64")):
        raise InputError(f"dtype {dtype}", "rounding is to float32 or float64")
    rounding: Callable[[arb], float] = float if dtype == np.float64 else round_to_float32
    if isinstance(columns, Mapping):
        columns = [columns[a] for a in args]
    arrays = [np.asarray(c).ravel().tolist() for c in columns]
    if len(arrays) != len(args):
        raise InputError(f"{len(arrays)} columns", f"there are {len(args)} arguments")
    length = len(arrays[0]) if arrays else 1
    if any(len(a) != length for a in arrays):
        raise DomainError("columns", "the columns have different lengths")
    program = BallProgram(expr, args)
    values, decided = np.full(length, np.nan, dtype), np.zeros(length, bool)
    rows = [dict(zip(args, row, strict=True)) for row in zip(*arrays, strict=True)] or [{}]
    pending = list(range(length))
    for bits in ladder:
        undecided = []
        with working_precision(bits):
            for i in pending:
                results, undefined = program.status_at(rows[i], bits)
                if undefined[0]:
                    value, known = math.nan, True
                else:
                    value, known = _rounded(results[0], rounding)
                if known:
                    values[i], decided[i] = value, True
                else:
                    undecided.append(i)
        pending = undecided
        if not pending:
            break
    return values, decided


# ---- back to SymPy --------------------------------------------------------------------------


def _as_float(exact: arb, precision: int) -> Float:
    mantissa, exponent = exact.mid().man_exp()
    return Float._new(from_man_exp(int(mantissa), int(exponent), precision, "n"), precision)


def evaluated(expr: Basic, precision: int) -> Basic | None:
    """`expr`, free of symbols, as a SymPy Float (or complex number) good to `precision` bits.

    The precision of the balls is raised until they are narrow enough; None if they never are.
    """
    program = BallProgram(expr)
    bits = precision + 32
    for _ in range(6):
        ball = program.at((), bits)
        parts = (ball,) if isinstance(ball, arb) else (ball.real, ball.imag)
        if ball.is_finite() and all(
            p.is_zero() or p.rel_accuracy_bits() >= precision or (len(parts) == 2 and p.contains(0))
            for p in parts
        ):
            floats = [_as_float(p, precision) for p in parts]
            return floats[0] if len(floats) == 1 else floats[0] + S.ImaginaryUnit * floats[1]
        bits *= 2
    return None
