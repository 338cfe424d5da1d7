r"""The only root of an equation in a bracket.

Main definition: `BracketedRoot`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Dummy, Expr, Ge, Gt, Le, Lt, Ne, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.nodes.implicit_root import ImplicitRoot, canonical_variable
from derivax.symbolic.obligations import Obligation, Settled, SignHolds
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["BracketedRoot"]


@dataclass(frozen=True, init=False)
class BracketedRoot(Rule):
    r"""From $F(u) = G(u)$ conclude that u is the root of $F - G$ in a bracket.

    Checked: $F - G$ is strictly monotone in the bracket and changes its sign over it, so that there
    is exactly one root; and u lies in the bracket, by its domain or a condition of the premise.

    Args:
        unknown: u.
        low, high: the bracket, finite.

    >>> from sympy import exp, symbols
    >>> u, p = symbols("u p", positive=True)
    >>> print(BracketedRoot(u, 0, p).conclude(Statement(u*exp(u), "=", p)))
    u = ImplicitRoot(-p + u*exp(u), u, 0, p)
    """

    name: ClassVar[str] = "root in a bracket"
    needs: ClassVar[int | None] = 1
    unknown: Symbol
    low: Expr
    high: Expr

    def __init__(self, unknown: Symbol, low: Any, high: Any) -> None:
        for name, value in (("low", as_expression(low)), ("high", as_expression(high))):
            if value.is_infinite or unknown in value.free_symbols:
                raise InputError(f"{name} = {value}", "is no end of a bracket", "give it finite")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "unknown", unknown)

    def _root(self, statement: Statement) -> Expr:
        if statement.rel != "=" or self.unknown not in statement.free_symbols:
            raise InputError(str(statement), f"is no equation for {self.unknown}", "")
        v = Dummy("u", **self.unknown._assumptions.generator)
        gap = Add(statement.lhs, -statement.rhs).subs(self.unknown, v)
        return ImplicitRoot(gap, v, self.low, self.high)

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.unknown, "=", self._root(premises[0]))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        u, domain = self.unknown, statement.domain
        gap = Add(statement.lhs, -statement.rhs)
        # all of the bracket: what the premise says of u would hide other roots
        v = canonical_variable(0, self.low, self.high)
        parameters = domain.over([s for s in domain if s != u])
        inside = parameters.extended([v]).restricted(where=(Gt(v, self.low), Lt(v, self.high)))
        slope = gap.subs(u, v).diff(v)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(
                conclusion.lhs == u and conclusion.rhs == self._root(statement),
                "the right side is the root of the equation in the bracket",
            ),
            SignHolds(Ne(slope, 0), inside, "the equation is strictly monotone in the bracket"),
            SignHolds(Ge(u, self.low, evaluate=False), domain, "the root is not below the bracket"),
            SignHolds(Le(u, self.high, evaluate=False), domain, "the root is not above it"),
        ]
        rising = SignHolds(Gt(slope, 0), inside, "").check().outcome.established
        for end, upper in ((self.low, False), (self.high, True)):
            relation = Ge if upper == rising else Le
            about = f"the equation has the right sign at the {'upper' if upper else 'lower'} end"
            others = domain.restricted(where=())
            made.append(SignHolds(relation(gap.subs(u, end), 0, evaluate=False), others, about))
        return tuple(made)
