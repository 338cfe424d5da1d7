"""The matrix of second derivatives of a function.

Main definition: `Hessian`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sympy import MatrixSymbol, Symbol, hessian

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Hessian"]


@dataclass(frozen=True)
class Hessian(Rule):
    r"""From $E = f(x_1, ..., x_n)$ conclude $H = (\partial^2 f/\partial x_i\partial x_j)$.

    Checked entry by entry: the derivative with respect to $x_i$ of the derivative with respect to
    $x_j$, taken one at a time and in the other order than the conclusion takes them.

    Args:
        variables: x_1, ..., x_n.
        matrix: the name of H.
    """

    name: ClassVar[str] = "hessian"
    variables: tuple[Symbol, ...]
    matrix: str = "H"

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        if statement.rel != "=":
            raise InputError(str(statement), "does not define a function", "state it as E = f")
        size = len(self.variables)
        named = MatrixSymbol(self.matrix, size, size)
        return replace(
            statement, lhs=named, rhs=hessian(statement.rhs, self.variables).as_immutable()
        )

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        size = len(self.variables)
        named = MatrixSymbol(self.matrix, size, size)
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == named, f"the left side is {named}"),
            Settled(conclusion.rhs.shape == (size, size), "there is one row per variable"),  # type: ignore[attr-defined]
        ]
        for i, x in enumerate(self.variables):
            for j, y in enumerate(self.variables):
                entry = statement.rhs.diff(y).diff(x)  # type: ignore[attr-defined]
                difference = conclusion.rhs[i, j] - entry  # type: ignore[index]
                made.append(Vanishes(difference, conclusion.domain, f"the entry ({i}, {j})"))
        return tuple(made)
