r"""The flow that a multi-step recursion follows, to any order in the step.

Main definitions: `SlowManifold`, `StepsAsDerivatives`.

A recursion in $x_{n-1}, x_n, x_{n+1}$ (heavy ball) has fast solutions besides the slow ones.  On
the slow ones $x_{n+j} = e^{jhD}x_n$ with $D = F\cdot\partial$, and the recursion fixes $F = F_0 +
hF_1 + \dots$ order by order, linearly.

References: Hairer, Lubich, Wanner, Geometric Numerical Integration, chapter XV (multistep methods);
theory card noether-learning-dynamics, D4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Derivative, Dummy, Expr, Function, Ne, S, Symbol, expand, factorial
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
class SlowManifold(Rule):
    r"""From a recursion between $x_{n+j}$ conclude $x' = F(x) + O(h^{p+1})$ for its slow solutions.

    For the heavy ball $x_{n+1} - x_n = \beta(x_n - x_{n-1}) - h g(x_n)$:
    $F = -\frac{g}{1-\beta} - h\frac{(1+\beta)\,g g'}{2(1-\beta)^3} + \dots$

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
    order: int
    step: Symbol
    index: Symbol
    time: Symbol = TIME

    def _shifts(self, premise: Statement) -> tuple[Any, dict[int, Any], str]:
        """The residual with x(n + j) as symbols, those symbols by j, and the name of x."""
        if premise.rel != "=":
            raise InputError(str(premise), "is not an equation", "a recursion is one")
        residual = Add(premise.lhs, -premise.rhs)
        values = [v for v in residual.atoms(AppliedUndef) if self.index in v.free_symbols]
        inner = [v for v in values if v.args[0].is_polynomial(self.index)
                 and not v.args[0].atoms(AppliedUndef)]  # fmt: skip
        heads = {v.func for v in inner}
        if len(heads) != 1:
            raise InputError(str(premise), "is not a recursion of one unknown", "")
        symbols: dict[int, Any] = {}
        for value in inner:
            shift = value.args[0] - self.index
            if not shift.is_Integer:
                raise InputError(str(value), "is not a value at n + j", "")
            symbols[int(shift)] = Dummy(f"x{shift}", real=True)
        named = residual.subs(
            {v: symbols[int(v.args[0] - self.index)] for v in inner}, simultaneous=True
        )
        if self.index in named.free_symbols:
            raise InputError(str(premise), "depends on the index itself", "")
        return named, symbols, str(heads.pop())

    def _coefficients(self, premise: Statement, field: Any, x: Any, upto: int) -> list[Any]:
        """Coefficients of h^0 ... of the residual on the flow of a field."""
        named, symbols, _ = self._shifts(premise)
        (flow,) = flow_series((field,), (x,), self.step, upto)
        put = {
            symbol: Add(*[
                c * self.step**k for k, c in enumerate(self._scaled(flow, field, x, j, upto))
            ])
            for j, symbol in symbols.items()
        }  # fmt: skip
        whole = named.subs(put, simultaneous=True)
        found = []
        for k in range(upto + 1):
            found.append(expand(whole.diff(self.step, k).subs(self.step, 0).doit() / factorial(k)))
        return found

    def _scaled(self, flow: Any, field: Any, x: Any, j: int, upto: int) -> list[Any]:
        """The flow over j steps: of the field j F over one step."""
        if j == 1:
            return list(flow)
        if j == 0:
            return [x]
        return list(flow_series((j * field,), (x,), self.step, upto)[0])

    def field(self, premise: Statement, x: Any) -> tuple[Any, Any]:
        """F through h^order, and the factor that was divided by."""
        named, symbols, _ = self._shifts(premise)
        at_rest = dict.fromkeys(symbols.values(), x)
        slope = Add(*[j * named.diff(s).xreplace(at_rest) for j, s in symbols.items()])
        slope = slope.subs(self.step, 0)
        if slope == 0:
            raise InputError(str(premise), "has no first-order flow (the factor vanishes)", "")
        if expand(named.xreplace(at_rest).subs(self.step, 0)) != 0:
            raise InputError(str(premise), f"does not rest at {self.step} = 0", "")
        total: Any = S.Zero
        for k in range(self.order + 1):
            missing = self._coefficients(premise, total, x, k + 1)[k + 1]
            total = total - self.step**k * missing / slope
        return total, slope

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        x = Dummy("x", real=True)
        field, slope = self.field(premise, x)
        name = self._shifts(premise)[2]
        function = Function(name, real=True)(self.time)
        terms = [
            self.step**k * expand(field).coeff(self.step, k).factor()
            for k in range(self.order + 1)
        ]
        given = () if slope.is_nonzero else (Ne(slope, 0),)
        return Statement(
            Derivative(function, self.time), "~", Add(*terms).subs(x, function),
            given=given, tends=(self.step, S.Zero),
        )  # fmt: skip

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        name = self._shifts(premise)[2]
        function = Function(name, real=True)(self.time)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "~"),
            Settled(
                conclusion.tends == (self.step, S.Zero)
                and conclusion.lhs == Derivative(function, self.time),
                f"the statement is {function}' ~ ... as {self.step} -> 0",
            ),
        ]
        x = Dummy("x", real=True)
        field: Expr = conclusion.rhs.doit().subs(function, x)
        domain = conclusion.domain.extended([x])
        for k, value in enumerate(self._coefficients(premise, field, x, self.order + 1)):
            about = f"the flow obeys the recursion at order {k} in {self.step}"
            made.append(Vanishes(value, domain, about))
        _, slope = self.field(premise, x)
        if not slope.is_nonzero:
            made.append(SignHolds(Ne(slope, 0, evaluate=False), domain, "the factor is not zero"))
        return tuple(made)


@dataclass(frozen=True)
class StepsAsDerivatives(Rule):
    r"""From a recursion conclude the differential equation whose terms through $h^p$ it holds.

    $x_{n+j} = x(t + jh)$ is expanded, the recursion divided by h: for the heavy ball $\tfrac
    h2(1+\beta)x'' + (1-\beta)x' \sim -g(x)$ with p = 1.

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
    order: int
    step: Symbol
    index: Symbol
    time: Symbol = TIME

    def _orders(self, premise: Statement, values: list[Any]) -> list[Any]:
        """Coefficients of h^1, h^2, ... of the residual on a path with these derivatives."""
        named, symbols, _ = SlowManifold(0, self.step, self.index)._shifts(premise)
        put = {
            symbol: Add(*[v * (j * self.step) ** i / factorial(i) for i, v in enumerate(values)])
            for j, symbol in symbols.items()
        }
        whole = named.subs(put, simultaneous=True)
        if expand(whole.subs(self.step, 0).doit()) != 0:
            raise InputError(str(premise), f"does not rest at {self.step} = 0", "")
        return [
            expand(whole.diff(self.step, k).subs(self.step, 0).doit() / factorial(k))
            for k in range(1, self.order + 2)
        ]

    def _path(self, premise: Statement) -> tuple[Any, list[Any]]:
        name = SlowManifold(0, self.step, self.index)._shifts(premise)[2]
        function = Function(name, real=True)(self.time)
        slots = [Dummy(f"x{i}", real=True) for i in range(self.order + 2)]
        return function, slots

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        function, slots = self._path(premise)
        found = self._orders(premise, slots)
        whole = Add(*[c * self.step**i for i, c in enumerate(found)])
        moving = Add(*[s * expand(whole).coeff(s).factor() for s in slots[1:]])
        rest = expand(whole - moving)
        back = {s: function.diff(self.time, i) if i else function for i, s in enumerate(slots)}
        tends = (self.step, S.Zero)
        return Statement(moving.subs(back), "~", -rest.subs(back), tends=tends)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        function, slots = self._path(premise)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "~"),
            Settled(conclusion.tends == (self.step, S.Zero), f"it holds as {self.step} -> 0"),
        ]
        # a polynomial path of degree p + 1 is its own Taylor series
        s = Dummy("s", real=True)
        path = Add(*[c * s**i / factorial(i) for i, c in enumerate(slots)])
        residual = Add(conclusion.lhs, -conclusion.rhs)
        claimed = residual.subs(function, path.subs(s, self.time)).doit().subs(self.time, 0)
        domain = conclusion.domain.extended(slots)
        for i, value in enumerate(self._orders(premise, slots)):
            own = claimed.diff(self.step, i).subs(self.step, 0) / factorial(i)
            about = f"the recursion at order {i + 1} in {self.step}"
            made.append(Vanishes(Add(value, -own), domain, about))
        return tuple(made)
