r"""The gradient of a scalar function of matrices, by its first variation.

Main definition: `MatrixGradient`.

Implementation notes.  $dE = \operatorname{tr}(G^T dW)$ defines $G = \partial E/\partial W$.  The
variation is taken by the product rule; each cyclic word holds the variation once and is rotated
until it stands last.  Checked by the normal form of traces, so that a wrong G is refuted by
rational matrices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sympy import Add, Basic, MatrixSymbol, Mul, Symbol, Trace
from sympy.matrices.expressions import MatAdd, MatMul, Transpose, ZeroMatrix
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.matrix_form import Word, trace_form
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.nodes.matrix_calculus import GradientMatrix
from derivax.symbolic.obligations import MatrixVanishes, Obligation, Settled
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["MatrixGradient", "variation"]


def variation(expr: Basic, matrix: MatrixSymbol, change: MatrixSymbol) -> Basic:
    """The part of expr(W + H) - expr(W) that is linear in H."""
    if expr == matrix:
        return change
    if matrix not in expr.free_symbols:
        return ZeroMatrix(*expr.shape) if isinstance(expr, MatrixExpr) else Add()
    if isinstance(expr, Transpose):
        return Transpose(variation(expr.arg, matrix, change))
    if isinstance(expr, Trace):
        return Trace(variation(expr.arg, matrix, change))
    if isinstance(expr, MatAdd):
        return MatAdd(*[variation(a, matrix, change) for a in expr.args]).doit(deep=False)
    if isinstance(expr, Add):
        return Add(*[variation(a, matrix, change) for a in expr.args])
    if isinstance(expr, MatMul | Mul):
        maker, total = (MatMul, MatAdd) if isinstance(expr, MatMul) else (Mul, Add)
        terms = []
        for i, factor in enumerate(expr.args):
            if matrix in factor.free_symbols:
                varied = variation(factor, matrix, change)
                terms.append(maker(*expr.args[:i], varied, *expr.args[i + 1 :]))
        return terms[0] if len(terms) == 1 else total(*terms)
    raise InputError(
        str(expr), f"has no variation in {matrix} that we take", "use products and traces"
    )


def _expression(word: Word) -> MatrixExpr:
    factors = [Transpose(atom) if flag else atom for atom, flag in word]
    return factors[0] if len(factors) == 1 else MatMul(*factors)


@dataclass(frozen=True)
class MatrixGradient(Rule):
    r"""From $E = f(W)$ conclude $\partial E/\partial W = G$, with $dE = \operatorname{tr}(G^T dW)$.

    Args:
        matrix: W.
    """

    name: ClassVar[str] = "matrix gradient"
    matrix: MatrixSymbol

    def _change(self) -> MatrixSymbol:
        return MatrixSymbol(f"d{self.matrix.name}", *self.matrix.shape)

    def conclude(self, *premises: Statement) -> Statement:
        (statement,) = premises
        if not isinstance(statement.lhs, Symbol):
            raise InputError(str(statement), "does not define a scalar", "state it as E = ...")
        change = self._change()
        gradient: list[MatrixExpr] = []
        for cycles, coefficient in trace_form(
            variation(statement.rhs, self.matrix, change)
        ).items():
            if len(cycles) != 1:
                raise InputError(str(statement.rhs), "is not linear in traces", "")
            (word,) = cycles
            place = next(i for i, (atom, _) in enumerate(word) if atom == change)
            rest = word[place + 1 :] + word[:place]
            # tr(rest H) = tr(G^T H) with G = rest^T;  tr(rest H^T) = tr(rest^T H) with G = rest
            if not word[place][1]:
                rest = tuple((atom, not flag) for atom, flag in reversed(rest))
            gradient.append(coefficient * _expression(rest))
        total = MatAdd(*gradient) if len(gradient) > 1 else gradient[0]
        return replace(statement, lhs=GradientMatrix(statement.lhs, self.matrix), rhs=total)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        (statement,) = premises
        change = self._change()
        first_order = variation(statement.rhs, self.matrix, change)
        claimed = Trace(MatMul(Transpose(conclusion.rhs), change))
        named = GradientMatrix(statement.lhs, self.matrix)
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == named, f"the left side is {named}"),
            MatrixVanishes(
                Add(first_order, -claimed), "the variation of E is tr(G^T dW), for all shapes"
            ),
        )
