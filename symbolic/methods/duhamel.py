r"""Linear equations with a source: superposition of the response to single impulses.

Main definitions: `Duhamel` (differential equations), `DiscreteDuhamel` (recursions).

$$\sum_i a_i x^{(i)} = s(t):\quad x = h(t) + \frac1{a_r}\int_0^t K(t-\tau)\,s(\tau)\,d\tau,\qquad
  \sum_i a_i x_{n+i} = s_n:\quad x_n = h_n + \frac1{a_r}\sum_{j=0}^{n-1} K_{n-1-j}\,s_j$$
with constant $a_0, \dots, a_r$; h solves the equation without source and starts as x does; so does
K, which starts with $0, \dots, 0, 1$ (values and derivatives below the order r).

Reference: Coddington, Levinson, Theory of Ordinary Differential Equations, chapter 3, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Basic, Derivative, Dummy, Expr, Integral, Ne, S, Subs, Sum, Symbol, expand
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.recursion import Recursion, from_start, named_values
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["DiscreteDuhamel", "Duhamel"]

TAU = Symbol("tau", real=True)
PAST = Symbol("j", integer=True, nonnegative=True)


def _linear(residual: Expr, places: dict[Basic, int], variable: Symbol, what: str) -> Any:
    """Coefficients a_0 ... a_r and the source s of a residual sum_i a_i X_i - s."""
    order = max(places.values(), default=0)
    names = {value: Dummy(f"x{i}", real=True) for value, i in places.items()}
    shown = expand(residual.xreplace(names))
    coefficients: list[Any] = [S.Zero] * (order + 1)
    for value, i in places.items():
        coefficients[i] = shown.diff(names[value])
    source = -residual.xreplace(dict.fromkeys(places, S.Zero))
    if any(c.free_symbols & {*names.values(), variable} for c in coefficients):
        raise InputError(what, "is not linear with constant coefficients", "it must be for this")
    if any(c.atoms(AppliedUndef) for c in coefficients):
        raise InputError(what, "has coefficients that are functions", "they must be constants")
    return coefficients, source


def _leading(factor: Expr, domain: Domain) -> tuple[Obligation, ...]:
    if factor.is_nonzero:
        return ()
    about = f"the leading coefficient {factor} does not vanish"
    return (SignHolds(Ne(factor, 0, evaluate=False), domain, about),)


@dataclass(frozen=True)
class Duhamel(Rule):
    r"""From $\sum_i a_ix^{(i)} = s(t)$ and the values at 0 conclude x as a convolution.

    The premises are the equation, then x(0) = ..., x'(0) = ... (as `Subs(x(t).diff(t), t, 0)`), as
    many as its order.

    Args:
        unknown: x(t).
        homogeneous: h(t).
        kernel: K(t).
        dummy: the variable of integration.

    >>> from sympy import Function, exp, symbols
    >>> t, a = symbols("t a", positive=True)
    >>> x, s = Function("x"), Function("s")
    >>> rule = Duhamel(x(t), exp(-a*t), exp(-a*t))
    >>> print(rule.conclude(Statement(x(t).diff(t) + a*x(t), "=", s(t)), Statement(x(0), "=", 1)))
    x(t) = Integral(s(tau)*exp(-a*(t - tau)), (tau, 0, t)) + exp(-a*t)
    """

    name: ClassVar[str] = "Duhamel"
    needs: ClassVar[int | None] = None
    unknown: AppliedUndef
    homogeneous: Expr
    kernel: Expr
    dummy: Symbol = TAU

    def __post_init__(self) -> None:
        object.__setattr__(self, "homogeneous", as_expression(self.homogeneous))
        object.__setattr__(self, "kernel", as_expression(self.kernel))

    @property
    def _time(self) -> Symbol:
        return self.unknown.args[0]  # type: ignore[return-value]

    def _equation(self, premises: tuple[Statement, ...]) -> tuple[list[Expr], Expr, list[Expr]]:
        """Coefficients, source, and the values at 0."""
        equation, *starts = premises
        residual = Add(equation.lhs, -equation.rhs)
        places: dict[Basic, int] = {
            d: len(d.variables)
            for d in residual.atoms(Derivative)
            if d.expr == self.unknown and set(d.variables) == {self._time}
        }
        places[self.unknown] = 0
        coefficients, source = _linear(residual, places, self._time, str(equation))
        if self.unknown.func in {f.func for f in source.atoms(AppliedUndef)}:
            raise InputError(str(equation), "holds the unknown in its source", "")
        order = len(coefficients) - 1
        if len(starts) != order:
            raise InputError(f"{len(starts)} values at 0", f"the equation has order {order}", "")
        for i, start in enumerate(starts):
            shown = self.unknown.subs(self._time, 0)
            if i:
                shown = Subs(Derivative(self.unknown, (self._time, i)), self._time, 0)
            if start.lhs != shown:
                raise InputError(str(start), f"is not the value of {shown}", "")
        return coefficients, source, [s.rhs for s in starts]  # type: ignore[misc]

    def conclude(self, *premises: Statement) -> Statement:
        coefficients, source, _ = self._equation(premises)
        late = self.kernel.subs(self._time, self._time - self.dummy)
        body = late * source.subs(self._time, self.dummy) / coefficients[-1]
        value = self.homogeneous
        if source != 0:
            value = Add(value, Integral(body, (self.dummy, 0, self._time)))
        return Statement(self.unknown, "=", value)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        coefficients, _, starts = self._equation(premises)
        expected, t = self.conclude(*premises), self._time
        domain = conclusion.domain
        same = (conclusion.lhs, conclusion.rhs) == (expected.lhs, expected.rhs)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(same, "it is the homogeneous part plus the source against the kernel"),
            *_leading(coefficients[-1], domain),
        ]
        order = len(coefficients) - 1
        first = [S.Zero] * (order - 1) + [S.One]
        for part, values, what in (
            (self.homogeneous, starts, "the homogeneous part"),
            (self.kernel, first, "the kernel"),
        ):
            slopes = [part.diff(t, i) if i else part for i in range(order + 1)]
            total = Add(*[a * s for a, s in zip(coefficients, slopes)])
            made.append(Vanishes(total, domain, f"{what} solves the equation without source"))
            for i, value in enumerate(values):
                about = f"{what}, derivative {i} at 0"
                made.append(Vanishes(Add(slopes[i].subs(t, 0), -value), domain, about))
        return tuple(made)


@dataclass(frozen=True)
class DiscreteDuhamel(Rule):
    r"""From $\sum_ia_ix_{n+i} = s_n$ and the first values conclude $x_n$ as a convolution.

    The premises are the recursion, then x(0) = ..., x(1) = ..., as many as its order; then, where
    h and K are written in functions that have no closed form, their recursions and first values.

    Args:
        unknown: x(n).
        homogeneous: h(n).
        kernel: K(n).
        dummy: the variable of summation.
        instances: how many values are also compared with exact iteration.

    >>> from sympy import Function, symbols
    >>> n = symbols("n", integer=True, nonnegative=True)
    >>> a = symbols("a", positive=True)
    >>> x, s = Function("x"), Function("s")
    >>> rule = DiscreteDuhamel(x(n), a**n, a**n)
    >>> print(rule.conclude(Statement(x(n + 1), "=", a*x(n) + s(n)), Statement(x(0), "=", 1)))
    x(n) = a**n + Sum(a**(-j + n - 1)*s(j), (j, 0, n - 1))
    """

    name: ClassVar[str] = "discrete Duhamel"
    needs: ClassVar[int | None] = None
    unknown: AppliedUndef
    homogeneous: Expr
    kernel: Expr
    dummy: Symbol = PAST
    instances: int = 4

    def __post_init__(self) -> None:
        object.__setattr__(self, "homogeneous", as_expression(self.homogeneous))
        object.__setattr__(self, "kernel", as_expression(self.kernel))

    @property
    def _index(self) -> Symbol:
        return self.unknown.args[0]  # type: ignore[return-value]

    def _equation(
        self, premises: tuple[Statement, ...]
    ) -> tuple[list[Expr], Expr, list[Expr], tuple[Statement, ...]]:
        """Coefficients, source, first values, and the statements that define h and K."""
        equation, *others = premises
        n, head = self._index, self.unknown.func
        residual = Add(equation.lhs, -equation.rhs)
        values = [f for f in residual.atoms(AppliedUndef) if f.func == head]
        shifts = {f: f.args[0] - n for f in values}
        if not values or not all(s.is_Integer for s in shifts.values()):
            raise InputError(str(equation), f"is not a recursion of {self.unknown}", "")
        least = min(int(s) for s in shifts.values())
        places: dict[Basic, int] = {f: int(s) - least for f, s in shifts.items()}
        coefficients, source = _linear(residual, places, n, str(equation))
        source = source.subs(n, n - least)
        order = len(coefficients) - 1
        starts = others[:order]
        if len(starts) != order or any(s.lhs != head(i) for i, s in enumerate(starts)):
            raise InputError(
                f"{len(starts)} first values", f"{order} are needed, from {head(0)} on", ""
            )
        return coefficients, source, [s.rhs for s in starts], tuple(others[order:])  # type: ignore[misc]

    def conclude(self, *premises: Statement) -> Statement:
        coefficients, source, _, _ = self._equation(premises)
        n = self._index
        late = self.kernel.subs(n, n - 1 - self.dummy)
        body = late * source.subs(n, self.dummy) / coefficients[-1]
        value = self.homogeneous
        if source != 0:
            value = Add(value, Sum(body, (self.dummy, 0, n - 1)))
        return Statement(self.unknown, "=", value)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        coefficients, _, starts, defined = self._equation(premises)
        expected, n = self.conclude(*premises), self._index
        same = (conclusion.lhs, conclusion.rhs) == (expected.lhs, expected.rhs)
        domain = conclusion.domain
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(same, "it is the homogeneous part plus the source against the kernel"),
            *_leading(coefficients[-1], domain),
        ]
        running = from_start(domain, n, S.Zero)
        order = len(coefficients) - 1
        definitions = Recursion.of(defined, n)
        values = definitions.unrolled(self.instances + order) if defined else {}
        first = [S.Zero] * (order - 1) + [S.One]
        for part, begun, what in (
            (self.homogeneous, starts, "the homogeneous part"),
            (self.kernel, first, "the kernel"),
        ):
            total = Add(*[a * part.subs(n, n + i) for i, a in enumerate(coefficients)])
            about = f"{what} solves the recursion without source"
            made.append(Vanishes(named_values(definitions.lowered(total)), running, about))
            for i, value in enumerate(begun):
                at = part.subs(n, i).doit().xreplace(values)
                made.append(Vanishes(Add(at, -value), domain, f"{what} at {i}"))
        return (*made, *self._iterated(premises, order, values, conclusion.rhs, domain))

    def _iterated(
        self,
        premises: tuple[Statement, ...],
        order: int,
        defined: dict[Basic, Expr],
        claim: Basic,
        domain: Domain,
    ) -> list[Obligation]:
        """The first values by exact iteration: another route to the same numbers."""
        n, head = self._index, self.unknown.func
        residual = Add(premises[0].lhs, -premises[0].rhs)
        least = min(int(f.args[0] - n) for f in residual.atoms(AppliedUndef) if f.func == head)
        recursion = Recursion.of(premises[: 1 + order], n, -least)
        values = recursion.unrolled(self.instances)
        made: list[Obligation] = []
        for k in range(order + self.instances):
            value = values.get(head(k))
            if value is not None:
                difference = Add(claim.subs(n, k).doit().xreplace(defined), -value)
                about = f"{head(k)} by exact iteration"
                made.append(Vanishes(named_values(difference), domain, about))
        return made
