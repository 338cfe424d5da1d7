r"""The flow that a multi-step recursion follows, to any order in the step.

Main definitions: `SlowManifold`, `StepsAsDerivatives`.

A recursion in $x_{n-1}, x_n, x_{n+1}$ (heavy ball), of one or several components, has fast
solutions besides the slow ones.  On the slow ones $x_{n+j} = e^{jhD}x_n$ with $D =
F\cdot\partial$, and the recursion fixes $F = F_0 + hF_1 + \dots$ order by order, linearly.

References: Hairer, Lubich, Wanner, Geometric Numerical Integration, chapter XV (multistep methods);
theory card noether-learning-dynamics, D4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Function,
    ImmutableMatrix,
    MatrixBase,
    Ne,
    S,
    Symbol,
    expand,
    factorial,
)
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.modified_equation import flow_series
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["SlowManifold", "StepsAsDerivatives"]

TIME = Symbol("t", real=True)


@dataclass(frozen=True)
class _Steps:
    """Recursions of several components, with a symbol for every value x_k(n + j)."""

    residuals: tuple[Any, ...]
    symbols: tuple[dict[int, Any], ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, premises: tuple[Statement, ...], index: Symbol) -> _Steps:
        """Read the recursions; their unknowns in the order of the names."""
        residuals = []
        for premise in premises:
            if premise.rel != "=":
                raise InputError(str(premise), "is not an equation", "a recursion is one")
            residuals.append(Add(premise.lhs, -premise.rhs))
        values = {v for r in residuals for v in r.atoms(AppliedUndef) if index in v.free_symbols}
        inner = [v for v in values if len(v.args) == 1 and v.args[0].is_polynomial(index)
                 and not v.args[0].atoms(AppliedUndef)]  # fmt: skip
        heads = sorted({v.func for v in inner}, key=str)
        if len(heads) != len(premises):
            raise InputError(
                str(premises[0]) if premises else "no premise",
                f"there are {len(heads)} unknowns in {len(premises)} recursions", "one for each",
            )  # fmt: skip
        symbols: dict[Any, dict[int, Any]] = {head: {} for head in heads}
        put = {}
        for value in inner:
            shift = value.args[0] - index
            if not shift.is_Integer:
                raise InputError(str(value), "is not a value at n + j", "")
            put[value] = Dummy(f"{value.func}{shift}", real=True)
            symbols[value.func][int(shift)] = put[value]
        named = tuple(_put(r, put) for r in residuals)
        if any(index in r.free_symbols for r in named):
            raise InputError(str(premises[0]), "depends on the index itself", "")
        return cls(named, tuple(symbols[head] for head in heads), tuple(map(str, heads)))

    def functions(self, time: Symbol) -> tuple[Any, ...]:
        """The components as functions of time."""
        return tuple(Function(name, real=True)(time) for name in self.names)


def _put(expr: Any, values: dict[Any, Any]) -> Any:
    """Values put for others, at once; slopes of unknown functions carried out there."""
    return expr.subs(values, simultaneous=True)


def _statement(left: list[Any], right: list[Any], **context: Any) -> Statement:
    """`left ~ right`, a matrix statement for several components."""
    if len(left) == 1:
        return Statement(left[0], "~", right[0], **context)
    return Statement(ImmutableMatrix(left), "~", ImmutableMatrix(right), **context)


def _rows(side: Basic) -> list[Any]:
    return list(side) if isinstance(side, MatrixBase) else [side]


@dataclass(frozen=True)
class SlowManifold(Rule):
    r"""From a recursion between $x_{n+j}$ conclude $x' = F(x) + O(h^{p+1})$ for its slow solutions.

    For the heavy ball $x_{n+1} - x_n = \beta(x_n - x_{n-1}) - h g(x_n)$:
    $F = -\frac{g}{1-\beta} - h\frac{(1+\beta)\,g' g}{2(1-\beta)^3} + \dots$

    The premises are the recursions, one for each component (sorted by name in the conclusion).

    Args:
        order: p, the highest power of h that is kept.
        step: h.
        index: n.
        time: the variable t of the differential equation, one unit of it 1/h steps.

    >>> from sympy import symbols
    >>> n = symbols("n", integer=True)
    >>> h, b = symbols("h beta", positive=True)
    >>> x, g = Function("x"), Function("g")
    >>> ball = Statement(x(n + 1) - x(n), "=", b*(x(n) - x(n - 1)) - h*x(n))
    >>> print(SlowManifold(0, h, n).conclude(ball).rhs)
    x(t)/(beta - 1)
    """

    name: ClassVar[str] = "slow manifold"
    needs: ClassVar[int | None] = None
    order: int
    step: Symbol
    index: Symbol
    time: Symbol = TIME

    def _coefficients(
        self, steps: _Steps, field: tuple[Any, ...], state: tuple[Any, ...], upto: int
    ) -> list[list[Any]]:
        """Coefficients of h^0 ... of each residual on the flow of a field."""
        put = {}
        flow = flow_series(field, state, self.step, upto)
        for i, symbols in enumerate(steps.symbols):
            for j, symbol in symbols.items():
                row = self._scaled(flow, field, state, j, upto)[i]
                put[symbol] = Add(*[c * self.step**k for k, c in enumerate(row)])
        found = []
        for residual in steps.residuals:
            whole = _put(residual, put)
            found.append([
                expand(whole.diff(self.step, k).subs(self.step, 0).doit() / factorial(k))
                for k in range(upto + 1)
            ])  # fmt: skip
        return found

    def _scaled(
        self, flow: Any, field: tuple[Any, ...], state: tuple[Any, ...], j: int, upto: int
    ) -> Any:
        """The flow over j steps: of the field j F over one step."""
        if j == 1:
            return flow
        if j == 0:
            return [(x,) for x in state]
        return flow_series(tuple(j * f for f in field), state, self.step, upto)

    def field(
        self, steps: _Steps, state: tuple[Any, ...], premise: Statement
    ) -> tuple[tuple[Any, ...], Any]:
        """F through h^order, and the determinant that was divided by."""
        at_rest = {s: x for x, symbols in zip(state, steps.symbols) for s in symbols.values()}
        rows = []
        for residual in steps.residuals:
            if expand(_put(residual, at_rest).subs(self.step, 0)) != 0:
                raise InputError(str(premise), f"does not rest at {self.step} = 0", "")
            rows.append([
                Add(*[_put(j * residual.diff(s), at_rest) for j, s in symbols.items()]).subs(
                    self.step, 0
                )
                for symbols in steps.symbols
            ])  # fmt: skip
        slopes = ImmutableMatrix(rows)
        determinant = slopes.det(method="berkowitz").factor()
        if determinant == 0:
            raise InputError(str(premise), "has no first-order flow (the factor vanishes)", "")
        total: list[Any] = [S.Zero for _ in state]
        for k in range(self.order + 1):
            missing = [
                row[k + 1] for row in self._coefficients(steps, tuple(total), state, k + 1)
            ]
            change = slopes.LUsolve(ImmutableMatrix(missing))
            total = [old - self.step**k * c for old, c in zip(total, change)]
        return tuple(total), determinant

    def conclude(self, *premises: Statement) -> Statement:
        steps = _Steps.of(premises, self.index)
        state = tuple(Dummy(name, real=True) for name in steps.names)
        field, determinant = self.field(steps, state, premises[0])
        functions = steps.functions(self.time)
        back = dict(zip(state, functions))
        rows = []
        for component in field:
            terms = [
                self.step**k * expand(component).coeff(self.step, k).factor()
                for k in range(self.order + 1)
            ]
            rows.append(Add(*terms).subs(back))
        given = () if determinant.is_nonzero else (Ne(determinant, 0),)
        rates = [Derivative(f, self.time) for f in functions]
        return _statement(rates, rows, given=given, tends=(self.step, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        steps = _Steps.of(premises, self.index)
        functions = steps.functions(self.time)
        rates = [Derivative(f, self.time) for f in functions]
        sides = _rows(conclusion.rhs)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "~"),
            Settled(
                conclusion.tends == (self.step, S.Zero) and _rows(conclusion.lhs) == rates
                and len(sides) == len(rates),
                f"the statement is {rates[0]} ~ ... as {self.step} -> 0",
            ),
        ]  # fmt: skip
        if len(sides) != len(rates):
            return tuple(made)
        state = tuple(Dummy(name, real=True) for name in steps.names)
        back = dict(zip(functions, state))
        field: tuple[Expr, ...] = tuple(side.doit().subs(back) for side in sides)
        domain = conclusion.domain.extended(list(state))
        for row in self._coefficients(steps, field, state, self.order + 1):
            for k, value in enumerate(row):
                about = f"the flow obeys the recursion at order {k} in {self.step}"
                made.append(Vanishes(value, domain, about))
        _, determinant = self.field(steps, state, premises[0])
        if not determinant.is_nonzero:
            relation = Ne(determinant, 0, evaluate=False)
            made.append(SignHolds(relation, domain, "the factor is not zero"))
        return tuple(made)


@dataclass(frozen=True)
class StepsAsDerivatives(Rule):
    r"""From a recursion conclude the differential equation whose terms through $h^p$ it holds.

    $x_{n+j} = x(t + jh)$ is expanded, the recursion divided by h: for the heavy ball $\tfrac
    h2(1+\beta)x'' + (1-\beta)x' \sim -g(x)$ with p = 1.

    The premises are the recursions, one for each component.

    Args:
        order: p, the highest power of h that is kept (derivatives through p + 1).
        step: h.
        index: n.
        time: t.

    >>> from sympy import symbols
    >>> n = symbols("n", integer=True)
    >>> h, b = symbols("h beta", positive=True)
    >>> x, g = Function("x"), Function("g")
    >>> ball = Statement(x(n + 1) - x(n) - b*(x(n) - x(n - 1)), "=", -h*g(x(n)))
    >>> print(StepsAsDerivatives(0, h, n).conclude(ball))
    (1 - beta)*Derivative(x(t), t) ~ -g(x(t)) as h -> 0
    """

    name: ClassVar[str] = "steps as derivatives"
    needs: ClassVar[int | None] = None
    order: int
    step: Symbol
    index: Symbol
    time: Symbol = TIME

    def _orders(self, steps: _Steps, paths: list[list[Any]]) -> list[list[Any]]:
        """Coefficients of h^1, h^2, ... of each residual on paths with these derivatives."""
        put = {
            symbol: Add(*[v * (j * self.step) ** i / factorial(i) for i, v in enumerate(values)])
            for symbols, values in zip(steps.symbols, paths)
            for j, symbol in symbols.items()
        }
        found = []
        for residual in steps.residuals:
            whole = _put(residual, put)
            if expand(whole.subs(self.step, 0).doit()) != 0:
                raise InputError(str(residual), f"does not rest at {self.step} = 0", "")
            found.append([
                expand(whole.diff(self.step, k).subs(self.step, 0).doit() / factorial(k))
                for k in range(1, self.order + 2)
            ])  # fmt: skip
        return found

    def _paths(self, steps: _Steps) -> list[list[Any]]:
        return [
            [Dummy(f"{name}{i}", real=True) for i in range(self.order + 2)]
            for name in steps.names
        ]

    def _named(self, steps: _Steps, paths: list[list[Any]]) -> dict[Any, Any]:
        """{symbol: the derivative of the path that it stands for}."""
        return {
            s: function.diff(self.time, i) if i else function
            for function, slots in zip(steps.functions(self.time), paths)
            for i, s in enumerate(slots)
        }

    def conclude(self, *premises: Statement) -> Statement:
        steps = _Steps.of(premises, self.index)
        paths = self._paths(steps)
        back = self._named(steps, paths)
        left, right = [], []
        slopes = [s for slots in paths for s in slots[1:]]
        for row in self._orders(steps, paths):
            whole = Add(*[c * self.step**i for i, c in enumerate(row)])
            moving = Add(*[s * expand(whole).coeff(s).factor() for s in slopes])
            rest = expand(whole - moving)
            left.append(moving.subs(back))
            right.append(-rest.subs(back))
        return _statement(left, right, tends=(self.step, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        steps = _Steps.of(premises, self.index)
        paths = self._paths(steps)
        sides = list(zip(_rows(conclusion.lhs), _rows(conclusion.rhs)))
        made: list[Obligation] = [
            *keeps_relation(conclusion, "~"),
            Settled(
                conclusion.tends == (self.step, S.Zero) and len(sides) == len(paths),
                f"it holds as {self.step} -> 0, for every component",
            ),
        ]
        named = self._named(steps, paths)
        domain = conclusion.domain.extended([c for slots in paths for c in slots])
        for (lhs, rhs), orders in zip(sides, self._orders(steps, paths)):
            claimed = _put(Add(lhs, -rhs).doit(), {f: s for s, f in named.items()})
            for i, value in enumerate(orders):
                own = claimed.diff(self.step, i).subs(self.step, 0).doit() / factorial(i)
                about = f"the recursion at order {i + 1} in {self.step}"
                made.append(Vanishes(Add(value, -own), domain, about))
        return tuple(made)
