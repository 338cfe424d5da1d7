"""A problem: starting equations with their unknowns, given values and assumptions.

Main definition: `Problem`.

Implementation notes.  A problem says nothing about how it is solved; `residuals` says what a
proposed solution must make zero, and is what `derive` and `verify` check answers against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sympy import Basic, Derivative, Eq, Expr, S, Subs, Symbol
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.obligations import Vanishes
from derivax.symbolic.statements import Statement

__all__ = ["Problem"]


def _equations(equations: Any) -> tuple[Statement, ...]:
    if isinstance(equations, Basic | Statement):
        equations = [equations]
    if not isinstance(equations, Sequence) or not equations:
        raise InputError(
            repr(equations), "holds no equation", "pass Eq(lhs, rhs) or a list of them"
        )
    made = []
    for equation in equations:
        if equation in (S.true, S.false):
            raise InputError(
                str(equation), "SymPy decided this equation already", "check its two sides"
            )
        if not isinstance(equation, Relational | Statement):
            raise InputError(str(equation), "is not an equation", "pass Eq(lhs, rhs)")
        made.append(Statement.of(equation))
    return tuple(made)


def _unknowns(unknown: Any) -> tuple[Basic, ...]:
    if isinstance(unknown, UndefinedFunction):
        raise InputError(str(unknown), "is a function without argument", f"write {unknown}(t)")
    if isinstance(unknown, Basic):
        return (unknown,)
    if isinstance(unknown, str) or not isinstance(unknown, Iterable):
        raise InputError(repr(unknown), "is not an unknown", "pass u(t), a symbol, or a list")
    listed = tuple(unknown)
    for one in listed:
        _unknowns(one)
    return listed


@dataclass(frozen=True, init=False)
class Problem:
    r"""Equation(s) with unknown(s), given values and assumptions.

    Args:
        equations: one `Eq` (or `Statement`) or a list of them.
        unknown: what is asked: `u(t)`, a symbol, a matrix symbol, or a list of them.
        given: values, `{u(0): u0}`, also of derivatives: `{u(t).diff(t).subs(t, 0): v0}`.
        assume: relations between the symbols, `(u0 < s, t <= 2)`; a relation on the variable of an
            ODE asks for a solution on that interval.

    >>> from sympy import Eq, Function, symbols
    >>> t, tau, s, u0 = symbols("t tau s u0", positive=True)
    >>> u = Function("u", positive=True)
    >>> problem = Problem(Eq(tau*u(t).diff(t), 2*u(t)*(s - u(t))), u(t), given={u(0): u0})
    >>> problem.variable, problem.order
    (t, 1)
    """

    equations: tuple[Statement, ...]
    unknown: tuple[Basic, ...]
    given: Mapping[Basic, Basic] = field(compare=True)
    assume: tuple[Basic, ...]

    def __init__(
        self,
        equations: Any,
        unknown: Basic | Iterable[Basic],
        given: Mapping[Any, Any] | None = None,
        assume: Iterable[Any] = (),
    ) -> None:
        unknowns = _unknowns(unknown)
        if given is not None and not isinstance(given, Mapping):
            raise InputError(repr(given), "is not a mapping", "pass given={u(0): u0}")
        if isinstance(assume, Basic | bool):
            assume = (assume,)
        if isinstance(assume, str) or not isinstance(assume, Iterable):
            raise InputError(repr(assume), "is not a relation", "pass relations such as u0 < s")
        conditions = tuple(a for a in map(as_expression, assume) if a is not S.true)
        for condition in conditions:
            if condition is S.false:
                raise InputError("assume", "contains a relation that is false", "drop or mend it")
            if not isinstance(condition, Relational):
                raise InputError(
                    str(condition), "is not a relation", "pass relations such as u0 < s"
                )
        values = {as_expression(k): as_expression(v) for k, v in dict(given or {}).items()}
        object.__setattr__(self, "equations", _equations(equations))
        object.__setattr__(self, "unknown", unknowns)
        object.__setattr__(self, "given", MappingProxyType(values))
        object.__setattr__(self, "assume", conditions)
        self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        if not self.unknown:
            raise InputError(
                "unknown=()", "a problem asks for something", "name the unknown, e.g. u(t)"
            )
        heads = {u.func for u in self.unknown if isinstance(u, AppliedUndef)}
        for unknown in self.unknown:
            if not any(_occurs(unknown, e.lhs) or _occurs(unknown, e.rhs) for e in self.equations):
                raise InputError(
                    str(unknown), "does not occur in the equations", "name an unknown that does"
                )
        for key in self.given:
            value = _value_at(key)
            if value is None or value[0].func not in heads:
                raise InputError(
                    str(key),
                    "is not a value of an unknown",
                    "given maps u(0) to the value of u at 0",
                )
            moving = set().union(*(u.free_symbols for u in self.unknown if u.func == value[0].func))
            moving -= set(value[1])  # the boundary u(x, 0) may depend on x
            if key in self.unknown or self.given[key].free_symbols & moving:
                raise InputError(
                    f"{key} = {self.given[key]}",
                    "is not a value at a fixed point",
                    "given maps u(0) to the value of u at 0",
                )

    def __hash__(self) -> int:
        return hash((self.equations, self.unknown, frozenset(self.given.items()), self.assume))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.equations, self.unknown, dict(self.given), self.assume)

    @property
    def is_differential(self) -> bool:
        """True when an equation contains a derivative of an unknown function."""
        return self.order > 0

    @property
    def order(self) -> int:
        """Order of the highest derivative (0: no derivative)."""
        orders = [
            sum(count for _, count in d.variable_count)
            for e in self.equations
            for side in (e.lhs, e.rhs)
            for d in side.atoms(Derivative)
        ]
        symbolic = [o for o in orders if not getattr(o, "is_Integer", isinstance(o, int))]
        if symbolic:
            raise InputError(f"a derivative of order {symbolic[0]}", "has no definite order", "")
        return max((int(o) for o in orders), default=0)

    @property
    def variable(self) -> Symbol:
        """The variable of the unknown functions of one variable."""
        names = {
            u.args[0] for u in self.unknown if isinstance(u, AppliedUndef) and len(u.args) == 1
        }
        if len(names) != 1:
            raise InputError(
                str(self.unknown), "have no common variable", "write the unknowns as u(t), v(t)"
            )
        return names.pop()  # type: ignore[return-value]

    @property
    def start(self) -> Expr | None:
        """The point at which values of functions of one variable are given (None when there are
        none, or several points)."""
        asked = [value[1] for value in map(_value_at, self.given) if value is not None]
        if any(len(point) != 1 for point in asked):
            return None
        points = {point[0] for point in asked}
        return points.pop() if len(points) == 1 else None  # type: ignore[return-value]

    @property
    def free_symbols(self) -> set[Basic]:
        """All free symbols of equations, given values and assumptions."""
        found: set[Basic] = set().union(*(e.free_symbols for e in self.equations))
        for key, value in self.given.items():
            found |= key.free_symbols | value.free_symbols
        return found.union(*(a.free_symbols for a in self.assume)) if self.assume else found

    @property
    def domain(self) -> Domain:
        """The domain of the scalar symbols: their assumptions, `assume`, and start <= variable."""
        symbols = sorted(
            (s for s in self.free_symbols if isinstance(s, Symbol)), key=lambda s: s.name
        )
        ranges: dict[Symbol, Any] = {}
        relations = list(self.assume)
        if self.order and self.start is not None:
            variable = self.variable
            if self.start.is_number:
                ranges[variable] = Interval(self.start, S.Infinity, False, True)
            else:
                relations.append(self.start <= variable)
        return Domain.of(symbols, ranges, tuple(relations))

    def residuals(self, solution: Mapping[Basic, Any]) -> tuple[tuple[str, Expr], ...]:
        """What must vanish for `solution` ({unknown: expression}) to solve the problem.

        Returns:
            pairs (what it is, expression): one per equation and one per given value.
        """
        missing = [u for u in self.unknown if u not in solution]
        if missing:
            raise InputError(
                str(missing[0]), "has no expression in the solution", "give all unknowns"
            )
        pairs = {u: as_expression(solution[u]) for u in self.unknown}
        found = [
            (f"equation {i + 1} is satisfied", self._inserted(e, pairs).residual)
            for i, e in enumerate(self.equations)
        ]
        for key, value in self.given.items():
            asked = _value_at(key)
            assert asked is not None
            applied, at, orders = asked
            unknown = next(
                u for u in self.unknown if isinstance(u, AppliedUndef) and u.func == applied.func
            )
            expr = pairs[unknown]
            for argument, order in zip(unknown.args, orders, strict=True):
                expr = expr.diff(argument, order) if order else expr
            moved = {old: new for old, new in zip(unknown.args, at, strict=True) if old != new}
            found.append((f"{key} = {value}", expr.subs(moved, simultaneous=True) - value))
        return tuple(found)  # type: ignore[arg-type]

    def _inserted(self, equation: Statement, pairs: Mapping[Basic, Expr]) -> Statement:
        """The equation with the solution put in, also where an unknown stands at other arguments
        (x(n + 1) of a recurrence, u(t - 1) of a delay)."""
        heads = {u.func: u for u in self.unknown if isinstance(u, AppliedUndef)}
        elsewhere = [
            value
            for side in (equation.lhs, equation.rhs)
            for value in side.atoms(AppliedUndef)
            if value.func in heads and value not in self.unknown
        ]
        if not elsewhere:
            return Statement.of(equation).replaced(pairs)

        def at(unknown: AppliedUndef, *arguments: Any) -> Expr:
            moved = dict(zip(unknown.args, arguments, strict=True))
            return pairs[unknown].subs(moved, simultaneous=True)  # type: ignore[return-value]

        def carried(side: Basic) -> Basic:
            for head, unknown in heads.items():
                side = side.replace(head, lambda *a, unknown=unknown: at(unknown, *a))
            rest = {u: e for u, e in pairs.items() if not isinstance(u, AppliedUndef)}
            return (side.subs(rest) if rest else side).doit()

        return replace(equation, lhs=carried(equation.lhs), rhs=carried(equation.rhs))

    def check(
        self, solution: Mapping[Basic, Any], conditions: Iterable[Basic] = ()
    ) -> tuple[tuple[str, Finding], ...]:
        """Check a proposed solution: one finding per equation and per given value.

        Args:
            solution: {unknown: expression}.
            conditions: relations under which the solution is claimed.
        """
        extra = {
            s
            for e in solution.values()
            for s in as_expression(e).free_symbols
            if isinstance(s, Symbol)
        }
        domain = self.domain.extended(sorted(extra, key=lambda s: s.name))
        conditions = tuple(c for c in conditions if c is not S.true)
        if conditions:
            domain = domain.restricted(where=conditions)
        findings = []
        for about, residual in self.residuals(solution):
            try:
                findings.append((about, Vanishes(residual, domain, about).check()))
            except RecursionError:
                findings.append(
                    (about, Finding(Outcome.OPEN, "zero test", "the residual is nested too deep"))
                )
        return tuple(findings)

    def __str__(self) -> str:
        lines = [str(e) for e in self.equations] + [f"{k} = {v}" for k, v in self.given.items()]
        lines += [f"assuming {a}" for a in self.assume]
        return "; ".join(lines)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        from derivax.symbolic.typeset.latex import latex

        rows = [latex(e) for e in self.equations] + [
            latex(Eq(k, v, evaluate=False)) for k, v in self.given.items()
        ]
        return "$" + r",\quad ".join(rows) + "$"


def _value_at(key: Basic) -> tuple[AppliedUndef, tuple[Basic, ...], tuple[int, ...]] | None:
    """What u(0), or a derivative of u at a point, asks: the function, the point, the orders of the
    derivative in each argument; None for anything else."""
    if isinstance(key, AppliedUndef):
        return key, key.args, (0,) * len(key.args)
    if not isinstance(key, Subs) or not isinstance(key.expr, Derivative):
        return None
    applied = key.expr.expr
    if not isinstance(applied, AppliedUndef):
        return None
    point = dict(zip(key.variables, key.point, strict=True))
    orders = dict(key.expr.variable_count)
    if not set(orders) <= set(applied.args) or not all(o.is_Integer for o in orders.values()):
        return None
    return (
        applied,
        tuple(point.get(argument, argument) for argument in applied.args),
        tuple(int(orders.get(argument, 0)) for argument in applied.args),
    )


def _occurs(unknown: Basic, side: Basic) -> bool:
    if isinstance(unknown, MatrixExpr):
        return unknown in side.atoms(type(unknown)) or unknown in side.free_symbols
    return side.has(unknown)
