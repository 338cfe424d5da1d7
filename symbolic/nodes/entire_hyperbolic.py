r"""The entire functions $C(w) = \cosh\sqrt w$ and $S(w) = \sinh\sqrt w/\sqrt w$.

Main definitions: `CoshRoot`, `SinhcRoot`.

Implementation notes.  They cover the oscillating (w < 0), critical (w = 0) and overdamped (w > 0)
case of a second-order linear equation without a branch: $C' = S/2$, $S' = (C - S)/(2w)$, $C^2 - w
S^2 = 1$.  Both are even in $\sqrt w$, so the choice of the root does not matter.  SymPy's
`cosh(sqrt(w))` is the same for w > 0 but has no real evaluation through w = 0.

References: DLMF 15.4, 16.2 ($C(w) = {}_0F_1(;\tfrac12;\tfrac w4)$, $S(w) =
{}_0F_1(;\tfrac32;\tfrac w4)$).
"""

from __future__ import annotations

from typing import Any

import flint
from sympy import Expr, Function, Rational, S, cosh, exp, factorial, hyper, sinh, sqrt

__all__ = ["CoshRoot", "SinhcRoot"]


class CoshRoot(Function):
    r"""$C(w) = \cosh\sqrt w$, entire: $\cos\sqrt{-w}$ for w < 0.

    >>> from sympy.abc import w
    >>> CoshRoot(0), CoshRoot(w).diff(w)
    (1, SinhcRoot(w)/2)
    """

    nargs = 1

    @classmethod
    def eval(cls, w: Expr) -> Expr | None:
        return S.One if w.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return SinhcRoot(self.args[0]) / 2

    def _eval_rewrite_as_exp(self, w: Expr, **_: Any) -> Expr:
        return (exp(sqrt(w)) + exp(-sqrt(w))) / 2

    def _eval_rewrite_as_cosh(self, w: Expr, **_: Any) -> Expr:
        return cosh(sqrt(w))

    def _eval_rewrite_as_hyper(self, w: Expr, **_: Any) -> Expr:
        return hyper([], [S.Half], w / 4)

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_nonnegative else None

    def _eval_evalf(self, prec: int) -> Expr:
        return cosh(sqrt(self.args[0]))._eval_evalf(prec)

    def _ball_(self, evaluate: Any) -> Any:
        return _bessel_type(evaluate(self.args[0]), flint.arb(1) / 2)

    def _as_kernels_(self) -> Expr:
        """Nothing simpler: the argument is expanded, the node stays."""
        return self

    @staticmethod
    def _taylor_(k: int, at: Expr) -> Expr:
        """The coefficient of w^k at w = 0."""
        return 1 / factorial(2 * k)

    @staticmethod
    def _taylor_ball_(k: int, w: Any) -> Any:
        return _derivative(k, w, flint.fmpq(1, 2))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = rf"\cosh\sqrt{{{printer._print(self.args[0])}}}"
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"


class SinhcRoot(Function):
    r"""$S(w) = \sinh\sqrt w/\sqrt w$, entire: $\sin\sqrt{-w}/\sqrt{-w}$ for w < 0, 1 at w = 0.

    >>> from sympy.abc import w
    >>> SinhcRoot(0)
    1
    """

    nargs = 1

    @classmethod
    def eval(cls, w: Expr) -> Expr | None:
        return S.One if w.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        w = self.args[0]
        return (CoshRoot(w) - self) / (2 * w)

    def _eval_rewrite_as_exp(self, w: Expr, **_: Any) -> Expr:
        return (exp(sqrt(w)) - exp(-sqrt(w))) / (2 * sqrt(w))

    def _eval_rewrite_as_cosh(self, w: Expr, **_: Any) -> Expr:
        return sinh(sqrt(w)) / sqrt(w)

    def _eval_rewrite_as_hyper(self, w: Expr, **_: Any) -> Expr:
        return hyper([], [Rational(3, 2)], w / 4)

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_nonnegative else None

    def _eval_evalf(self, prec: int) -> Expr:
        w = self.args[0]
        return (sinh(sqrt(w)) / sqrt(w))._eval_evalf(prec)

    def _ball_(self, evaluate: Any) -> Any:
        return _bessel_type(evaluate(self.args[0]), flint.arb(3) / 2)

    def _as_kernels_(self) -> Expr:
        """Nothing simpler: the argument is expanded, the node stays."""
        return self

    @staticmethod
    def _taylor_(k: int, at: Expr) -> Expr:
        """The coefficient of w^k at w = 0."""
        return 1 / factorial(2 * k + 1)

    @staticmethod
    def _taylor_ball_(k: int, w: Any) -> Any:
        return _derivative(k, w, flint.fmpq(3, 2))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        w = printer._print(self.args[0])
        body = rf"\frac{{\sinh\sqrt{{{w}}}}}{{\sqrt{{{w}}}}}"
        return body if exp is None else rf"\left({body}\right)^{{{exp}}}"


def _bessel_type(w: Any, order: Any) -> Any:
    """0F1(; order; w/4): through exponentials away from 0, by the hypergeometric series near it."""
    size = abs(flint.acb(w)).mid()
    if size < 1:
        if isinstance(w, flint.arb):
            return (w / 4).hypgeom_0f1(order)
        return (w / 4).hypgeom_0f1(flint.acb(order))
    root = flint.acb(w).sqrt()
    grown, decayed = root.exp(), (-root).exp()
    value = (grown + decayed) / 2 if order == flint.arb(1) / 2 else (grown - decayed) / (2 * root)
    return value.real if isinstance(w, flint.arb) else value


def _derivative(k: int, w: Any, order: Any) -> Any:
    """The k-th derivative over k! of 0F1(; order; w/4)."""
    rising = flint.fmpq(1)
    for j in range(k):
        rising *= 4 * (order + j) * (j + 1)
    shifted = flint.arb(order + k)
    if isinstance(w, flint.arb):
        return (w / 4).hypgeom_0f1(shifted) / flint.arb(rising)
    return (w / 4).hypgeom_0f1(flint.acb(shifted)) / flint.acb(rising)
