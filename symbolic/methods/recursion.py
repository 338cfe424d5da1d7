"""Recursions as data: which values occur, what determines them, their unrolling.

Main definitions: `Recursion`.

Implementation notes.  A value of the unknown is `x(n)` (an undefined function) or `x[n]`
(`Indexed`); the index may stand among other arguments.  Unrolling solves, at each integer index,
the equations that contain one value not known yet; so systems, several initial values and sums over
the past are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sympy import Add, Basic, Dummy, Expr, Indexed, Integer, Product, S, Sum, Symbol
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.statements import Statement

__all__ = [
    "Recursion",
    "arguments_of",
    "from_start",
    "head_of",
    "named_values",
    "replaced_values",
    "split_top",
    "values_in",
]

_ROUNDS = 64


def head_of(value: Basic) -> Basic:
    """The function of `x(n)`, the base of `x[n]`."""
    return value.base if isinstance(value, Indexed) else value.func


def arguments_of(value: Basic) -> tuple[Basic, ...]:
    """The arguments of `x(n)`, the indices of `x[n]`."""
    return value.indices if isinstance(value, Indexed) else value.args


def values_in(expr: Basic, heads: Iterable[Basic] | None = None) -> set[Basic]:
    """All values of undefined functions and indexed symbols (of the given heads) in `expr`."""
    found: set[Basic] = expr.atoms(AppliedUndef, Indexed)
    if heads is None:
        return found
    wanted = set(heads)
    return {value for value in found if head_of(value) in wanted}


def named_values(expr: Expr) -> Expr:
    """`expr` with every value of an undefined function or indexed symbol as a real symbol.

    The same value gets the same symbol in every expression.
    """
    names = {}
    for value in values_in(expr):
        name = str(value).replace(" ", "")
        if value.is_commutative is False:
            names[value] = Symbol(name, commutative=False)
        else:
            names[value] = Symbol(name, real=True, positive=True if value.is_positive else None)
    return expr.xreplace(names)


def from_start(domain: Domain, index: Symbol, start: Basic) -> Domain:
    """The domain with `index` running over the integers from `start`."""
    return domain.extended([index]).restricted({index: Interval(start, S.Infinity, integer=True)})


def replaced_values(expr: Basic, forms: Mapping[Basic, Callable[..., Basic]]) -> Basic:
    """Every value of a head replaced by what its form gives for the arguments, sums carried out."""

    def matches(e: Basic) -> bool:
        return isinstance(e, AppliedUndef | Indexed) and head_of(e) in forms

    done = expr.replace(matches, lambda e: forms[head_of(e)](*arguments_of(e)))
    return done.doit()


@dataclass(frozen=True)
class Recursion:
    """Equations over values of unknowns at an integer index.

    Args:
        equations: statements that hold for every index from `start` on.
        initial: statements about values at fixed indices.
        index: n.
        start: the first index at which the equations hold.
    """

    equations: tuple[Statement, ...]
    initial: tuple[Statement, ...]
    index: Symbol
    start: int = 0

    @classmethod
    def of(cls, statements: Iterable[Statement], index: Symbol, start: int = 0) -> Recursion:
        """Sort statements into those with the index free and those without."""
        statements = tuple(statements)
        for statement in statements:
            if statement.rel != "=":
                raise InputError(str(statement), "is not an equation", "a recursion is one")
        equations = tuple(s for s in statements if index in s.free_symbols)
        initial = tuple(s for s in statements if index not in s.free_symbols)
        return cls(equations, initial, index, start)

    @property
    def heads(self) -> set[Basic]:
        """The unknowns: what the equations fix at one index through others."""
        return {head_of(top) for top in self.solved()}

    def shift(self, value: Basic) -> int | None:
        """k for a value at index n + k; None when the index does not occur so."""
        for argument in arguments_of(value):
            distance = argument - self.index
            if distance.is_Integer:
                return int(distance)
        return None

    def _tops(self, equation: Statement) -> list[Basic]:
        """The values with the highest shift: whole sides first, then the left side's."""
        values = [
            v
            for side in (equation.lhs, equation.rhs)
            for v in sorted(values_in(side), key=lambda v: v.sort_key())
            if self.shift(v) is not None
        ]
        highest = max((self.shift(v) or 0 for v in values), default=0)
        whole = [side for side in (equation.lhs, equation.rhs) if side in values]
        return list(dict.fromkeys(v for v in (*whole, *values) if (self.shift(v) or 0) == highest))

    def solved(self) -> dict[Basic, Expr]:
        """{value with the highest shift: what its equation gives for it}, where it is linear."""
        found: dict[Basic, Expr] = {}
        for equation in self.equations:
            for top in self._tops(equation):
                if top in found:
                    continue
                solution = _linear_solution(equation, top)
                if solution is not None:
                    found[top] = solution
                    break
        return found

    def lowered(self, expr: Basic) -> Basic:
        """`expr` with every value that the equations determine from lower indices replaced."""
        rules = {}
        for top, rhs in self.solved().items():
            rules[head_of(top)] = (top, rhs, self.shift(top))
        for _ in range(_ROUNDS):
            changes = {}
            for value in values_in(expr, rules):
                top, rhs, order = rules[head_of(value)]
                shift = self.shift(value)
                if shift is None or order is None or shift < order:
                    continue
                moved = {self.index: self.index + shift - order}
                if top.subs(moved) == value:
                    changes[value] = rhs.subs(moved)
            if not changes:
                return expr
            expr = expr.xreplace(changes).doit()
        raise InputError(str(expr), "the recursion does not lower its indices", "")

    def unrolled(self, count: int) -> dict[Basic, Expr]:
        """Exact values of the unknowns at the first `count` indices after the initial ones.

        Raises:
            InputError: the equations and initial values do not determine them.
        """
        known: dict[Basic, Expr] = {}
        for statement in self.initial:
            for value in sorted(values_in(statement.lhs), key=lambda v: v.sort_key()):
                solution = _linear_solution(statement, value)
                if solution is not None and value not in known:
                    known[value] = solution
                    break
        for k in range(self.start, self.start + count):
            pending = [
                Statement(e.lhs.subs(self.index, k).doit(), "=", e.rhs.subs(self.index, k).doit())
                for e in self.equations
            ]
            heads = self.heads
            for _ in range(len(pending) + 1):
                rest = []
                for equation in pending:
                    now = Statement(equation.lhs.xreplace(known), "=", equation.rhs.xreplace(known))
                    unknown = values_in(now.lhs, heads) | values_in(now.rhs, heads)
                    if len(unknown) == 1:
                        (value,) = unknown
                        solution = _linear_solution(now, value)
                        if solution is not None:
                            known[value] = solution
                            continue
                    if unknown:
                        rest.append(equation)
                pending = rest
            if pending:
                raise InputError(
                    str(pending[0]),
                    "is not determined by the recursion and its initial values",
                    "give the initial values as premises, e.g. x(0) = x0",
                )
        return known


def _linear_solution(equation: Statement, value: Basic) -> Expr | None:
    """The value that solves an equation in which it occurs linearly."""
    for side, other in ((equation.lhs, equation.rhs), (equation.rhs, equation.lhs)):
        if side == value and value not in values_in(other):
            return other
    if value.is_commutative is False:
        return None
    name = Dummy("x")
    residual = Add(equation.lhs, -equation.rhs).xreplace({value: name}).expand()
    slope = residual.diff(name)
    if slope == 0 or name in slope.free_symbols or value in values_in(residual):
        return None
    return (-residual.subs(name, Integer(0)) / slope).expand()


def split_top(expr: Basic, index: Symbol) -> Basic:
    """Sums and products whose upper limit moves with the index: the top terms split off.

    For an expression at n + 1: Sum(f(k), (k, a, n + 1)) = Sum(f(k), (k, a, n)) + f(n + 1).
    """

    def split(e: Basic) -> Basic:
        variable, low, high = e.limits[0]
        count = high - (high.subs(index, index - 1))
        if len(e.limits) != 1 or not count.is_Integer or count <= 0:
            return e
        body = e.function
        tops = [body.subs(variable, high - j) for j in range(int(count))]
        rest = e.func(body, (variable, low, high - count))
        for top in tops:
            rest = rest + top if isinstance(e, Sum) else rest * top
        return rest

    return expr.replace(lambda e: isinstance(e, Sum | Product), split)
