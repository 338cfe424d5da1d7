r"""From a recursion and its initial values to a closed form at symbolic index.

Main definition: `ClosedForm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Add, Basic, Expr, Indexed, Symbol, rsolve
from sympy.core.function import AppliedUndef

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.methods.recursion import (
    Recursion,
    arguments_of,
    from_start,
    head_of,
    replaced_values,
    values_in,
)
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["ClosedForm"]


@dataclass(frozen=True, init=False)
class ClosedForm(Rule):
    r"""From $x_{n+1} = f(x_n, n)$ and $x_0$ conclude $x_n = g(n)$.

    The premises are the recursion (one or several equations, of any order) and the initial values.

    Args:
        unknown: `x(n)` or `x[n]`; or, for a system, {x(n): g, y(n): h}, of which the first is
            stated.
        form: g, an expression in n; else SymPy's `rsolve` looks for it.
        index: n, when it cannot be read off the unknown.
        start: the first index of the recursion.
        instances: how many values are also compared with exact iteration.

    >>> from sympy import Function, symbols
    >>> n = symbols("n", integer=True, nonnegative=True)
    >>> a, c = symbols("a c", positive=True)
    >>> x = Function("x")
    >>> rule = ClosedForm(x(n), c*a**n)
    >>> print(rule.conclude(Statement(x(n + 1), "=", a*x(n)), Statement(x(0), "=", c)))
    x(n) = a**n*c
    """

    name: ClassVar[str] = "closed form"
    needs: ClassVar[int | None] = None
    forms: Mapping[Basic, Basic | None]
    index: Symbol
    start: int
    instances: int

    def __init__(
        self,
        unknown: Basic | Mapping[Any, Any],
        form: Any = None,
        *,
        index: Symbol | None = None,
        start: int = 0,
        instances: int = 4,
    ) -> None:
        if isinstance(unknown, Mapping):
            forms = {as_expression(k): as_expression(v) for k, v in unknown.items()}
        else:
            forms = {unknown: None if form is None else as_expression(form)}
        if not forms or not all(isinstance(k, AppliedUndef | Indexed) for k in forms):
            raise InputError(str(unknown), "is not a value x(n) or x[n]", "name the unknown so")
        object.__setattr__(self, "forms", MappingProxyType(forms))
        object.__setattr__(self, "index", index if index is not None else _index(tuple(forms)))
        object.__setattr__(self, "start", int(start))
        object.__setattr__(self, "instances", int(instances))

    def __hash__(self) -> int:
        return hash((tuple(self.forms.items()), self.index, self.start, self.instances))

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if not premises:
            raise InputError("no premise", "a closed form solves a recursion", "give it first")

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        unknown, form = next(iter(self.forms.items()))
        if form is None:
            form = self._found(Recursion.of(premises, self.index, self.start), unknown)
        return Statement(unknown, "=", form)

    def _found(self, recursion: Recursion, unknown: Basic) -> Expr:
        (equation, *more) = recursion.equations or (None,)
        if equation is None or more or not isinstance(unknown, AppliedUndef):
            raise InputError(str(unknown), "is not one function of one recursion", "pass its form")
        values = {v: recursion.unrolled(0)[v] for v in recursion.unrolled(0)}
        try:
            form = rsolve(Add(equation.lhs, -equation.rhs), unknown, values)
        except (NotImplementedError, ValueError, TypeError) as refused:
            raise InputError(
                str(equation), f"no closed form was found ({refused})", "pass its form"
            ) from refused
        if form is None:
            raise InputError(str(equation), "no closed form was found", "pass its form")
        return form

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        recursion = Recursion.of(premises, self.index, self.start)
        stated = next(iter(self.forms))
        made = list(keeps_relation(conclusion, "="))
        if conclusion.lhs != stated:
            made.append(Settled(False, f"the left side is {stated}"))
        forms: dict[Basic, Callable[..., Basic]] = {}
        for unknown, form in self.forms.items():
            body = conclusion.rhs if unknown == stated else form
            if body is None or values_in(body, recursion.heads):
                return (*made, Settled(False, f"the form of {unknown} is free of the unknowns"))
            forms[head_of(unknown)] = _form(unknown, self.index, body)
        domain = conclusion.domain
        running = from_start(domain, self.index, as_expression(self.start))
        for equation in recursion.equations:
            residual = replaced_values(Add(equation.lhs, -equation.rhs), forms)
            about = f"the recursion {equation} holds at symbolic {self.index}"
            made.append(Vanishes(residual, running, about))
        for statement in recursion.initial:
            residual = replaced_values(Add(statement.lhs, -statement.rhs), forms)
            made.append(Vanishes(residual, domain, f"the initial value {statement}"))
        return (*made, *self._iterated(recursion, conclusion))

    def _iterated(self, recursion: Recursion, conclusion: Statement) -> tuple[Obligation, ...]:
        """The first values by exact iteration; they exist only if the premises determine them."""
        try:
            values = recursion.unrolled(self.instances)
        except InputError as missing:
            return (Settled(False, f"the premises determine the first values ({missing})"),)
        form = _form(conclusion.lhs, self.index, conclusion.rhs)
        mine = [v for v in values if head_of(v) == head_of(conclusion.lhs)]
        if not mine:
            return (Settled(False, f"the premises determine {conclusion.lhs}"),)
        return tuple(
            Vanishes(
                Add(form(*arguments_of(v)), -values[v]),
                conclusion.domain,
                f"{v} by exact iteration",
            )
            for v in mine
        )


def _index(unknowns: tuple[Basic, ...]) -> Symbol:
    symbols = [a for a in arguments_of(unknowns[0]) if isinstance(a, Symbol)]
    if len(symbols) != 1:
        raise InputError(str(unknowns[0]), "has no single index", "pass index=n")
    return symbols[0]


def _form(unknown: Basic, index: Symbol, body: Basic) -> Callable[..., Basic]:
    """The function of the arguments of `unknown` that its closed form is."""
    names = arguments_of(unknown)

    def at(*values: Basic) -> Basic:
        pairs = {name: value for name, value in zip(names, values) if isinstance(name, Symbol)}
        return body.subs(pairs, simultaneous=True)

    return at
