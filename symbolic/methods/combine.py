"""Linear combinations and products of equations and inequalities.

Main definition: `Combine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from sympy import Basic, Expr, Ge, Gt, MatrixBase, S, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import poles_avoided
from derivax.symbolic.obligations import (
    MatrixVanishes,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement, common_domain

__all__ = ["Combine"]


@dataclass(frozen=True, init=False)
class Combine(Rule):
    r"""From $l_i = r_i$ conclude $\sum_i c_i l_i + \sum_{ij} d_{ij} l_i l_j = (\text{same of } r)$.

    With inequalities $l_i \le r_i$ among the premises their coefficients must be nonnegative, and
    they cannot be multiplied with each other.

    Args:
        coefficients: one factor per premise.
        products: {(i, j, ...): factor}, products of premises (equations) by their positions.

    >>> from sympy import symbols
    >>> x, y = symbols("x y")
    >>> print(Combine([1, -2]).conclude(Statement(x + 2*y, "=", 5), Statement(y, "=", 1)))
    x = 3
    """

    name: ClassVar[str] = "combine"
    needs: ClassVar[int | None] = None
    coefficients: tuple[Basic, ...]
    products: Mapping[tuple[int, ...], Basic]

    def __init__(
        self,
        coefficients: Iterable[Any],
        products: Mapping[tuple[int, ...], Any] | None = None,
    ) -> None:
        factors = tuple(as_expression(c) for c in coefficients)
        pairs = {tuple(k): as_expression(v) for k, v in dict(products or {}).items()}
        for positions in pairs:
            if not positions or not all(0 <= i < len(factors) for i in positions):
                raise InputError(str(positions), "names a premise that does not exist", "")
        object.__setattr__(self, "coefficients", factors)
        object.__setattr__(self, "products", MappingProxyType(pairs))

    def __hash__(self) -> int:
        return hash((self.coefficients, tuple(self.products.items())))

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != len(self.coefficients) or not premises:
            raise InputError(
                f"{len(premises)} premises", f"{len(self.coefficients)} coefficients", "one each"
            )
        if any(p.rel not in ("=", "<=", "<") for p in premises):
            raise InputError("a premise", "is neither an equation nor an inequality", "")
        for positions in self.products:
            if any(premises[i].rel != "=" for i in positions):
                raise InputError(str(positions), "multiplies an inequality", "multiply equations")

    def _relation(self, premises: tuple[Statement, ...]) -> str:
        """The strongest relation that follows (strictness needs a positive factor, checked)."""
        relations = {p.rel for p, c in zip(premises, self.coefficients) if c != 0}
        if "<" in relations:
            return "<"
        return "<=" if "<=" in relations else "="

    def _sum(self, sides: list[Basic]) -> Basic:
        terms = [c * side for c, side in zip(self.coefficients, sides) if c != 0]
        for positions, factor in self.products.items():
            product = factor
            for i in positions:
                product = product * sides[i]
            terms.append(product)
        if not terms:
            first = sides[0]
            return ZeroMatrix(*first.shape) if isinstance(first, MatrixExpr) else S.Zero
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    def conclude(self, *premises: Statement) -> Statement:
        self.demand(premises)
        lhs, rhs = self._sum([p.lhs for p in premises]), self._sum([p.rhs for p in premises])
        if not isinstance(lhs, MatrixExpr | MatrixBase):
            common = S.Zero
            for term in lhs.expand().as_ordered_terms():
                if term in rhs.expand().as_ordered_terms():
                    common += term
            if common != 0:
                lhs, rhs = (lhs - common).expand(), (rhs - common).expand()
            lhs, rhs = _constants_right(lhs, rhs)
        return Statement(lhs, self._relation(premises), rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        self.demand(premises)
        domain = conclusion.domain
        made: list[Obligation] = []
        combined = Statement(
            self._sum([p.lhs for p in premises]), "=", self._sum([p.rhs for p in premises])
        )
        difference = Statement(conclusion.residual, "=", combined.residual).residual
        about = "lhs - rhs is the combination of the premises' lhs - rhs"
        if isinstance(difference, MatrixExpr) and not isinstance(difference, MatrixBase):
            made.append(MatrixVanishes(difference, about))
        else:
            made.append(Vanishes(difference, domain, about))
        follows = self._relation(premises)
        allowed = {"=": ("=", "<="), "<=": ("<=",), "<": ("<", "<=")}[follows]
        if conclusion.rel not in allowed:
            made.append(Settled(False, f"the relation that follows is {follows}"))
        for premise in premises:
            domain = common_domain(domain, premise.domain)
        factors = (*self.coefficients, *self.products.values())
        made += poles_avoided(factors, domain)
        strict = [c for p, c in zip(premises, self.coefficients) if p.rel == "<" and c != 0]
        for premise, factor in zip(premises, self.coefficients):
            if premise.rel != "=" and not factor.is_nonnegative:
                relation = Ge(factor, 0, evaluate=False)
                made.append(SignHolds(relation, domain, f"the factor {factor} is not negative"))
        if conclusion.rel == "<" and not any(c.is_positive for c in strict):
            made += [
                SignHolds(Gt(c, 0, evaluate=False), domain, f"the factor {c} is positive")
                for c in strict
            ]
        return tuple(made)


def _constants_right(lhs: Expr, rhs: Expr) -> tuple[Expr, Expr]:
    """Numbers on the left side go to the right."""
    constant, rest = lhs.as_independent(*lhs.free_symbols, as_Add=True)
    if rest == 0 or constant == 0:
        return lhs, rhs
    return rest, rhs - constant
