r"""The matrix Riccati equation, solved by linearisation, for all shapes.

Main definitions: `RateOf` (the time derivative of a product, from the rates of its factors),
`MatrixRiccati`.

Main facts used.  With $\dot E = AE$, $\dot G = GB$, $\dot P = GSE$ and $E = G = I$, $P = 0$ at the
start,

$$R = E R_0 (I + P R_0)^{-1} G \quad\text{solves}\quad \dot R = AR + RB - RSR,\quad R(0) = R_0,$$

and with $R_0 = Q_0 Q_0^T$ the inverse moves into the smaller space:
$R = E Q_0 (I + Q_0^T P Q_0)^{-1} Q_0^T G$.

Implementation notes.  The solution is checked, not trusted: its rate by the product rule is put
into the equation, and the difference is reduced by the non-commutative normal form; so is its value
at the start.  That the inverse exists is proven for $S = I$, $B = A^T$ (then P is an integral of
$E^T E$, and the bracket is I plus a Gram matrix); otherwise it becomes a condition.

Source: W. T. Reid, Riccati Differential Equations (1972); K. Fukumizu, "Effect of batch learning in
multilayer neural networks" (1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sympy import Basic, Determinant, Expr, Identity, Inverse, MatrixSymbol, Ne, S, Symbol
from sympy.matrices.expressions import MatAdd, MatMul, MatPow, MatrixExpr, Transpose, ZeroMatrix

from derivax.errors import InputError
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.nodes.matrix_calculus import TimeDerivative
from derivax.symbolic.obligations import MatrixVanishes, Obligation, Settled
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["MatrixRiccati", "RateOf", "rate_of"]


def rate_of(
    expr: Basic, rates: Mapping[MatrixExpr, MatrixExpr], time: Symbol | None = None
) -> Any:
    """The time derivative of a matrix expression by the product rule.

    `rates` gives that of the moving letters; every other letter is constant.  Scalar factors are
    differentiated by `time`.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    >>> rate_of(A.T * A, {A: B})
    A.T*B + B.T*A
    """
    if not getattr(expr, "is_Matrix", False):
        return S.Zero if time is None else expr.diff(time)
    if expr in rates:
        return rates[expr]  # type: ignore[index]
    if not _moves(expr, rates, time):
        return ZeroMatrix(*expr.shape)  # type: ignore[attr-defined]
    if isinstance(expr, Transpose):
        return Transpose(rate_of(expr.arg, rates, time))
    if isinstance(expr, Inverse):
        return -expr * rate_of(expr.arg, rates, time) * expr
    if isinstance(expr, MatAdd):
        moving = [part for part in expr.args if _moves(part, rates, time)]
        return MatAdd(*[rate_of(part, rates, time) for part in moving]).doit(deep=False)
    factors = expr.args
    if isinstance(expr, MatPow) and expr.exp.is_Integer and expr.exp > 0:
        factors = (expr.base,) * int(expr.exp)
    elif not isinstance(expr, MatMul):
        factors = ()
    terms = []
    for i, factor in enumerate(factors):
        if _moves(factor, rates, time):
            moved = rate_of(factor, rates, time)
            terms.append(MatMul(*factors[:i], moved, *factors[i + 1 :]))
    if terms:
        return terms[0] if len(terms) == 1 else MatAdd(*terms)
    raise InputError(
        str(expr), "has no rate that we take", "use sums, products, transposes and inverses"
    )


def _moves(expr: Basic, rates: Mapping[MatrixExpr, MatrixExpr], time: Symbol | None) -> bool:
    return any(expr.has(letter) for letter in rates) or (time is not None and expr.has(time))


@dataclass(frozen=True)
class RateOf(Rule):
    r"""From rates $\dot X = \dots$ conclude the rate of the matrix that a product names.

    The first premise names the product, `M = f(X, ...)`; each further premise is the rate of one
    letter, `TimeDerivative(X) = ...` or a multiple of it.  Letters without a rate are constant.
    Concluded: `TimeDerivative(M) = ...`, checked by the product rule.

    Args:
        time: the variable of scalar factors that move.
    """

    name: ClassVar[str] = "product rule"
    needs: ClassVar[int | None] = None
    time: Symbol | None = None

    def _rate(self, premises: tuple[Statement, ...]) -> MatrixExpr:
        named, *given = premises
        rates: dict[MatrixExpr, MatrixExpr] = {}
        for statement in given:
            letter, rate = _solved_rate(statement)
            rates[letter] = rate
        return rate_of(named.rhs, rates, self.time)

    def conclude(self, *premises: Statement) -> Statement:
        if not premises or not isinstance(premises[0].lhs, MatrixSymbol):
            raise InputError("the first premise", "does not name a matrix", "state it as M = ...")
        rate = self._rate(premises)
        return replace(premises[0], lhs=TimeDerivative(premises[0].lhs), rhs=rate, forall=None)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        named = TimeDerivative(premises[0].lhs)
        expected = self._rate(premises)
        return (
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == named, f"the left side is {named}"),
            MatrixVanishes(
                MatAdd(conclusion.rhs, MatMul(S.NegativeOne, expected)),  # type: ignore[arg-type]
                "the right side is the rate by the product rule, for all shapes",
            ),
        )


def _solved_rate(statement: Statement) -> tuple[MatrixExpr, MatrixExpr]:
    """(X, rate) of a statement c TimeDerivative(X) = ..."""
    coefficient: Expr = S.One
    left = statement.lhs
    if isinstance(left, MatMul):
        coefficient, factors = left.as_coeff_matrices()
        left = factors[0] if len(factors) == 1 else left
    if statement.rel != "=" or not isinstance(left, TimeDerivative) or not coefficient.is_nonzero:
        raise InputError(str(statement), "is not a rate", "state it as TimeDerivative(X) = ...")
    rate = statement.rhs
    if coefficient != 1:
        rate = MatMul(1 / coefficient, rate).doit(deep=False)
    return left.args[0], rate  # type: ignore[return-value]


@dataclass(frozen=True, init=False)
class MatrixRiccati(Rule):
    r"""From $c\dot R = AR + RB - RSR$ and $R(0) = Q_0 Q_0^T$ conclude R in terms of E, G and P.

    The premises are the equation, the value at the start, and the rates of E, G and P (multiples of
    TimeDerivative) in this order; when G is $E^T$ its rate is left out.

    Args:
        initial: {R: its letter at the start, E: I, P: 0 ...}: the values at the start.
        factor: $Q_0$.
        propagator, integral: E and P; right: G (default $E^T$).
    """

    name: ClassVar[str] = "matrix Riccati linearisation"
    needs: ClassVar[int | None] = None
    factor: MatrixExpr
    propagator: MatrixExpr
    integral: MatrixExpr
    right: MatrixExpr

    def __init__(
        self,
        factor: MatrixExpr,
        propagator: MatrixExpr,
        integral: MatrixExpr,
        right: MatrixExpr | None = None,
    ) -> None:
        object.__setattr__(self, "factor", factor)
        object.__setattr__(self, "propagator", propagator)
        object.__setattr__(self, "integral", integral)
        object.__setattr__(self, "right", Transpose(propagator) if right is None else right)

    @property
    def bracket(self) -> MatrixExpr:
        r"""$I + Q_0^T P Q_0$."""
        q = self.factor
        return MatAdd(Identity(q.shape[1]), MatMul(Transpose(q), self.integral, q))

    def conclude(self, *premises: Statement) -> Statement:
        if len(premises) < 4:
            raise InputError(
                f"{len(premises)} premises",
                "the equation, the start and the rates of E and P are needed",
                "",
            )
        unknown, _ = _solved_rate(premises[0])
        q = self.factor
        solution = MatMul(self.propagator, q, Inverse(self.bracket), Transpose(q), self.right)
        found = replace(premises[0], lhs=unknown, rhs=solution, forall=None)
        if self._is_gram(premises):
            return found
        return found.under(Ne(Determinant(self.bracket), 0))

    def _rates(self, premises: tuple[Statement, ...]) -> dict[MatrixExpr, MatrixExpr]:
        rates = dict(_solved_rate(statement) for statement in premises[2:])
        known = {self.propagator, self.integral}
        if not isinstance(self.right, Transpose):
            known.add(self.right)
        if set(rates) != known:
            raise InputError(
                ", ".join(map(str, rates)), "are not the rates that are needed", f"give {known}"
            )
        return rates

    def _is_gram(self, premises: tuple[Statement, ...]) -> bool:
        """P' is a positive multiple of E^T E or of E E with symmetric E: P is a Gram integral."""
        rate = self._rates(premises)[self.integral]
        if not isinstance(rate, MatMul):
            return False
        coefficient, factors = rate.as_coeff_matrices()
        same = isinstance(self.right, Transpose) and self.right.arg == self.propagator
        gram = [self.right, self.propagator]
        return bool(same and list(factors) == gram and coefficient.is_positive)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        equation, start, *_ = premises
        unknown, slope = _solved_rate(equation)
        rates = self._rates(premises)
        solution = conclusion.rhs
        put_in = slope.xreplace({unknown: solution})
        residual = MatAdd(rate_of(solution, rates), MatMul(S.NegativeOne, put_in))
        # at the start: E = G = I, P = 0
        q = self.factor
        begun: dict[Any, Any] = {self.propagator: Identity(self.propagator.shape[0])}
        begun[self.integral] = ZeroMatrix(*self.integral.shape)
        if not isinstance(self.right, Transpose):
            begun[self.right] = Identity(self.right.shape[0])
        at_start = solution.xreplace(begun).doit()
        made: list[Obligation] = [
            *keeps_relation(conclusion, "="),
            Settled(conclusion.lhs == unknown, f"the left side is {unknown}"),
            MatrixVanishes(residual, "the solution satisfies the equation, for all shapes"),
            Settled(start.rhs == MatMul(q, Transpose(q)), "the start is Q Q^T of the factor"),
            MatrixVanishes(
                MatAdd(at_start, MatMul(S.NegativeOne, start.rhs)),
                "at the start, where E = I and P = 0, it takes the given value",
            ),
        ]
        bracket = self.bracket
        if self._is_gram(premises):
            about = "the bracket is I plus a Gram matrix, so it has an inverse"
            made.append(Settled(True, about))
        else:
            condition = Ne(Determinant(bracket), 0)
            made.append(Settled(condition in conclusion.given, f"stated under {condition}"))
        return tuple(made)
