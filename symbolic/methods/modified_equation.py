r"""The differential equation that a small-step map follows, to any order in the step.

Main definitions: `ModifiedEquation`, `StepCount`.

Main facts used: along $x' = F(x)$ a time step h acts as $e^{hD} x$ with $D = F \cdot \partial$, so
the map $x \leftarrow \Phi_h(x)$ follows $F = f + h f_2 + h^2 f_3 + \dots$ exactly when $e^{hD} x =
\Phi_h(x)$ order by order; each order fixes the next $f_k$ linearly.

References: Hairer, Lubich, Wanner, Geometric Numerical Integration, chapter IX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Function,
    Gt,
    ImmutableMatrix,
    Integral,
    MatrixBase,
    Ne,
    S,
    Symbol,
    expand,
    factorial,
    log,
    together,
)
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.recursion import Recursion, head_of
from derivax.symbolic.obligations import Obligation, Settled, SignHolds, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["ModifiedEquation", "StepCount", "field_of_map", "flow_series"]

Field = tuple[Expr, ...]


def _coefficients(expr: Expr, h: Symbol, order: int) -> list[Expr]:
    """Coefficients of h^0 ... h^order of an expression that is analytic in h at 0."""
    if expr.is_polynomial(h):
        whole = expand(expr)
        return [whole.coeff(h, k) for k in range(order + 1)]
    found = []
    for k in range(order + 1):
        value = expr.diff(h, k).subs(h, 0).doit() / factorial(k)
        if not value.is_finite and value.is_finite is not None:
            raise InputError(str(expr), f"is not analytic in {h} at 0", "")
        found.append(value)
    return found


def flow_series(field: Field, state: tuple[Symbol, ...], h: Symbol, order: int) -> list[Field]:
    """Coefficients of h^0 ... h^order of the flow of `field` over a time h, per component."""
    parts = [_coefficients(component, h, order) for component in field]
    total = [[x, *[S.Zero] * order] for x in state]
    current = [[x, *[S.Zero] * order] for x in state]  # D^k x, by powers of h
    for k in range(1, order + 1):
        after = []
        for component in current:
            row = [S.Zero] * (order + 1)
            for power, value in enumerate(component):
                if value == 0:
                    continue
                for x, part in zip(state, parts):
                    slope = value.diff(x)
                    if slope == 0:
                        continue
                    for extra in range(order + 1 - power):
                        row[power + extra] = row[power + extra] + part[extra] * slope
            after.append([expand(value) for value in row])
        current = after
        for i, component in enumerate(current):
            for power in range(order + 1 - k):
                total[i][power + k] = total[i][power + k] + component[power] / factorial(k)
    return [tuple(row) for row in total]


def field_of_map(image: Field, state: tuple[Symbol, ...], h: Symbol, order: int) -> Field:
    """The field whose flow agrees with the map through h^(order + 1); its terms through h^order."""
    targets = [_coefficients(component, h, order + 1) for component in image]
    for x, target in zip(state, targets):
        if expand(target[0] - x) != 0:
            raise InputError(str(image), f"is not near the identity at {h} = 0", "")
    terms: list[list[Expr]] = [[] for _ in state]
    for k in range(1, order + 2):
        partial = tuple(Add(*[c * h**j for j, c in enumerate(row)]) for row in terms)
        flow = flow_series(partial, state, h, k)
        for i, row in enumerate(terms):
            row.append(expand(targets[i][k] - flow[i][k]))
    return tuple(Add(*[c * h**j for j, c in enumerate(row)]) for row in terms)


@dataclass(frozen=True, init=False)
class ModifiedEquation(Rule):
    r"""From the map $x_{n+1} = \Phi_h(x_n)$ conclude $x' = F(x) + O(h^{p+1})$, F to order p in h.

    For $\Phi_h(x) = x + h f(x)$: $F = f - \tfrac h2 f f' + h^2(\tfrac1{12} f^2 f'' + \tfrac13 f
    f'^2) - \dots$.

    The premises are the recursions `x(n+1) = ...`, one for each component; or pass `image`.

    Args:
        order: p, the highest power of h that is kept.
        step: h.
        image: {x: Phi(x)}, in place of premises; x are symbols.
        time: the variable t of the differential equation.
        index: n, the index of the recursions (default: read off the premises).

    >>> from sympy import Function, symbols
    >>> x, h = symbols("x h", real=True)
    >>> f = Function("f")
    >>> print(ModifiedEquation(1, h, {x: x + h*f(x)}).conclude().rhs)
    -h*f(x(t))*Derivative(f(x(t)), x(t))/2 + f(x(t))
    """

    name: ClassVar[str] = "modified equation"
    needs: ClassVar[int | None] = None
    order: int
    step: Symbol
    image: tuple[tuple[Symbol, Expr], ...]
    time: Symbol
    index: Symbol | None

    def __init__(
        self,
        order: int,
        step: Symbol,
        image: Mapping[Any, Any] | None = None,
        *,
        time: Symbol | None = None,
        index: Symbol | None = None,
    ) -> None:
        if not isinstance(order, int) or order < 0:
            raise InputError(f"order {order}", "is not a power of the step", "pass 0, 1, 2, ...")
        pairs = tuple((k, as_expression(v)) for k, v in dict(image or {}).items())
        if not all(isinstance(k, Symbol) for k, _ in pairs):
            raise InputError(str(image), "has keys that are not symbols", "pass {x: x + h*f(x)}")
        for name, value in (
            ("order", order),
            ("step", step),
            ("image", pairs),
            ("time", time if time is not None else Symbol("t", real=True)),
            ("index", index),
        ):
            object.__setattr__(self, name, value)

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if bool(self.image) == bool(premises):
            raise InputError(
                f"{len(premises)} premises", "the map is given by premises or by image=...", ""
            )

    def map(self, premises: tuple[Statement, ...]) -> tuple[tuple[Symbol, ...], Field, list[str]]:
        """The state symbols, the image of the map, and the names of the components."""
        self.demand(premises)
        if self.image:
            state = tuple(x for x, _ in self.image)
            return state, tuple(e for _, e in self.image), [x.name for x in state]
        index = self.index if self.index is not None else _index_of(premises)
        solved = Recursion.of(premises, index).solved()
        if len(solved) != len(premises):
            raise InputError(str(premises[0]), "is not a recursion x(n+1) = ...", "")
        names = {top.subs(index, index - 1): Dummy(str(head_of(top)), real=True) for top in solved}
        image = tuple(rhs.subs(names) for rhs in solved.values())
        if any(index in e.free_symbols for e in image):
            raise InputError(str(premises[0]), "depends on the index itself", "")
        return tuple(names.values()), image, [str(head_of(top)) for top in solved]

    def _named(self, state: tuple[Symbol, ...], names: list[str]) -> dict[Symbol, Basic]:
        return {x: Function(name)(self.time) for x, name in zip(state, names)}

    def conclude(self, *premises: Statement) -> Statement:
        state, image, names = self.map(premises)
        field = field_of_map(image, state, self.step, self.order)
        functions = self._named(state, names)
        rows = [component.subs(functions) for component in field]
        rates = [Derivative(functions[x], self.time) for x in state]
        tends = (self.step, S.Zero)
        if len(rows) == 1:
            return Statement(rates[0], "~", rows[0], tends=tends)
        return Statement(ImmutableMatrix(rates), "~", ImmutableMatrix(rows), tends=tends)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        state, image, names = self.map(premises)
        functions = self._named(state, names)
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.tends != (self.step, S.Zero):
            made.append(Settled(False, f"the statement is asymptotic in {self.step} -> 0"))
        rates = [Derivative(functions[x], self.time) for x in state]
        lhs = list(conclusion.lhs) if isinstance(conclusion.lhs, MatrixBase) else [conclusion.lhs]
        if lhs != rates:
            made.append(Settled(False, f"the left side is {rates}"))
        rhs = list(conclusion.rhs) if isinstance(conclusion.rhs, MatrixBase) else [conclusion.rhs]
        if len(rhs) != len(state):
            return (*made, Settled(False, f"the field has {len(state)} components"))
        back = {function: x for x, function in functions.items()}
        field = tuple(component.doit().subs(back) for component in rhs)
        flow = flow_series(field, state, self.step, self.order + 1)
        domain = conclusion.domain.extended(list(state))
        for name, row, component in zip(names, flow, image):
            targets = _coefficients(component, self.step, self.order + 1)
            for k in range(self.order + 2):
                about = f"flow and map of {name} agree at order {k} in {self.step}"
                made.append(Vanishes(Add(row[k], -targets[k]), domain, about))
        return tuple(made)


def _index_of(premises: tuple[Statement, ...]) -> Symbol:
    symbols = {
        s
        for p in premises
        for value in p.lhs.atoms(AppliedUndef)
        for s in value.free_symbols
        if isinstance(s, Symbol)
    }
    if len(symbols) != 1:
        raise InputError(str(premises[0]), "has no single index", "pass index=n")
    return symbols.pop()


@dataclass(frozen=True, init=False)
class StepCount(Rule):
    r"""From $x' = F(x)$ with $F = f + h f_2 + \dots$ conclude how many steps lead from a0 to af.

    $$n = \frac1h \int_{a_0}^{a_f} \frac{da}{f} + \frac12 \ln\frac{f(a_f)}{f(a_0)} + O(h)$$
    for the map $x \leftarrow x + h f(x)$; in general the series of $1/(hF)$ in h, integrated term
    by term.

    The premise is the conclusion of a `ModifiedEquation` (of one component).

    Args:
        step: h.
        start, end: a0 and af, between which f keeps its sign (for an undefined f, a hypothesis).
        flow_time: the integral of da/f from a0 to af, when it is known in closed form.
        count: the symbol of the result.

    Source: theory card saxe-linear-networks, D11 (there with f = a^(L-1) (s - a^L)).
    """

    name: ClassVar[str] = "step count"
    needs: ClassVar[int | None] = 1
    step: Symbol
    start: Expr
    end: Expr
    flow_time: Expr | None
    count: Symbol

    def __init__(
        self,
        step: Symbol,
        start: Any,
        end: Any,
        *,
        flow_time: Any = None,
        count: Symbol | None = None,
    ) -> None:
        for name, value in (
            ("step", step),
            ("start", as_expression(start)),
            ("end", as_expression(end)),
            ("flow_time", None if flow_time is None else as_expression(flow_time)),
            ("count", count if count is not None else Symbol("n", positive=True)),
        ):
            object.__setattr__(self, name, value)

    def _field(self, premise: Statement) -> tuple[Expr, Symbol, int]:
        """F(a), the variable a, and the order in h to which F is known."""
        lhs = premise.lhs
        if not isinstance(lhs, Derivative) or not isinstance(lhs.expr, AppliedUndef):
            raise InputError(str(premise), "is not an equation x'(t) = F(x)", "one component")
        a = Dummy("a", real=True)
        field = premise.rhs.doit().subs(lhs.expr, a)
        if set(lhs.variables) & field.free_symbols:
            raise InputError(str(premise), "depends on time itself", "")
        if not field.is_polynomial(self.step):
            raise InputError(str(premise), f"is not a polynomial in {self.step}", "")
        order = (
            max(int(expand(field).as_poly(self.step).degree()), 0) if field.has(self.step) else 0
        )
        return expand(field), a, order

    def integrands(self, premise: Statement) -> tuple[list[Expr], Symbol]:
        """Coefficients of h^0, h^1, ... of 1/F(a)."""
        field, a, order = self._field(premise)
        terms = [field.coeff(self.step, k) for k in range(order + 1)]
        inverse = [1 / terms[0]]
        for k in range(1, order + 1):
            inverse.append(-Add(*[terms[j] * inverse[k - j] for j in range(1, k + 1)]) / terms[0])
        return inverse, a

    def conclude(self, *premises: Statement) -> Statement:
        (premise,) = premises
        inverse, a = self.integrands(premise)
        f = 1 / inverse[0]
        total = []
        for k, integrand in enumerate(inverse):
            term: Expr
            if k == 0 and self.flow_time is not None:
                term = self.flow_time
            elif k == 1 and together(integrand - f.diff(a) / (2 * f)).cancel() == 0:
                term = log(f.subs(a, self.end) / f.subs(a, self.start)) / 2
            else:
                name = Dummy("a") if a in self.end.free_symbols else Symbol("a", real=True)
                taken = self.start.free_symbols | self.end.free_symbols | integrand.free_symbols
                name = Dummy("a", real=True) if name in taken else name
                term = Integral(integrand.subs(a, name), (name, self.start, self.end))
            total.append(term * self.step ** (k - 1))
        ratio = f.subs(a, self.end) / f.subs(a, self.start)
        one_sign = S.true if ratio.atoms(AppliedUndef) else Gt(ratio, 0)
        given = () if one_sign is S.true else (one_sign,)
        return Statement(self.count, "~", Add(*total), given=given, tends=(self.step, S.Zero))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (premise,) = premises
        inverse, a = self.integrands(premise)
        domain = conclusion.domain
        made = list(keeps_relation(conclusion, "~"))
        if conclusion.tends != (self.step, S.Zero) or conclusion.lhs != self.count:
            made.append(Settled(False, f"the statement is {self.count} ~ ... as {self.step} -> 0"))
        end = Dummy("a_f", positive=self.end.is_positive, real=True)
        claimed = _with_end(conclusion.rhs, self.end, end)
        time = expand(claimed * self.step)
        rate = time.diff(end).doit()
        wide = domain.extended([end])
        for k, integrand in enumerate(inverse):
            about = f"dn/d({self.end}) is 1/(h F) at order {k - 1} in {self.step}"
            derivative = rate.coeff(self.step, k)
            made.append(Vanishes(Add(derivative, -integrand.subs(a, end)), wide, about))
        rest = Add(
            rate, -Add(*[rate.coeff(self.step, k) * self.step**k for k in range(len(inverse))])
        )
        made.append(Vanishes(rest, wide, "there are no further orders"))
        nothing = claimed.subs(end, self.start).doit()
        made.append(Vanishes(nothing, domain, f"no steps lead from {self.start} to itself"))
        f = 1 / inverse[0]
        ratio = f.subs(a, self.end) / f.subs(a, self.start)
        if not ratio.atoms(AppliedUndef):
            relation = Gt(ratio, 0, evaluate=False)
            made.append(SignHolds(relation, domain, "the field has one sign at both ends"))
            part = Symbol("fraction_of_the_way", nonnegative=True)
            inside = domain.extended([part]).restricted({part: (0, 1)})
            between = f.subs(a, self.start + part * (self.end - self.start))
            nonzero = Ne(between, 0, evaluate=False)
            made.append(SignHolds(nonzero, inside, "the field does not vanish between the ends"))
        return tuple(made)


def _with_end(expr: Basic, end: Expr, name: Symbol) -> Expr:
    """The claim as a function of its upper end."""
    if isinstance(end, Symbol):
        return expr.subs(end, name)
    raise InputError(str(end), "is not a symbol", "count the steps to a symbol, then substitute")
