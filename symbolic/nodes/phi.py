r"""The functions of exponential integrators.

    \varphi_0(x) = e^x,    \varphi_{k+1}(x) = (\varphi_k(x) - 1/k!) / x,    \varphi_k(0) = 1/k!

They are entire: \varphi_k(x) = \sum_n x^n / (n+k)! = 1F1(1; k+1; x) / k!, positive on the real
line, and x*\varphi_1(x) = e^x - 1 without the cancellation.

Main definition: `Phi`.
Reference: Hochbruck, Ostermann, Exponential integrators, Acta Numerica 19 (2010), eq. (2.10).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import arb
from sympy import Expr, Integer, factorial
from sympy.core.function import ArgumentIndexError

from derivax.errors import InputError
from derivax.symbolic.exact.ball import evaluated
from derivax.symbolic.exact.ball_values import NAN, Ball, simplest, whole_number

__all__ = ["Phi"]


class Phi(sp.Function):
    r"""`Phi(k, x)` = \varphi_k(x), for an integer k >= 0.

    >>> x = sp.Symbol("x")
    >>> Phi(0, x), Phi(3, 0), Phi(1, x).diff(x)
    (exp(x), 1/6, Phi(1, x) - Phi(2, x))
    >>> Phi(2, x).rewrite(sp.exp)
    (-x + exp(x) - 1)/x**2
    >>> Phi(1, sp.Float("1e-20")).evalf(15)
    1.00000000000000

    Raises `InputError` if k is a number other than 0, 1, 2, ...
    """

    nargs = (2,)

    @classmethod
    def eval(cls, k: Expr, x: Expr) -> Expr | None:
        if k.is_number and not (isinstance(k, Integer) and k >= 0):
            raise InputError(f"Phi({k}, ...)", "the index is an integer 0, 1, 2, ...")
        if k.is_zero:
            return sp.exp(x)
        if x.is_zero:
            return 1 / factorial(k)
        return None

    def fdiff(self, argindex: int = 1) -> Expr:
        r"""d/dx \varphi_k(x) = \varphi_k(x) - k \varphi_{k+1}(x)."""
        k, x = self.args
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return Phi(k, x) - k * Phi(k + 1, x)

    def _eval_rewrite_as_exp(self, k: Expr, x: Expr, **kwargs: Any) -> Expr:
        if not isinstance(k, Integer):
            return self
        taylor = sum(x**j / factorial(j) for j in range(int(k)))
        return (sp.exp(x) - taylor) / x**k

    def _as_kernels_(self) -> Expr:
        """An equal expression (for x != 0) in kernels that the normal form knows."""
        return self._eval_rewrite_as_exp(*self.args)

    def _taylor_(self, n: int, at: Expr) -> Expr:
        r"""The Taylor coefficient \varphi_k^{(n)}(at) / n!, simplest at 0."""
        k = self.args[0]
        if at.is_zero:
            return 1 / factorial(n + k)
        variable = sp.Dummy("x")
        return Phi(k, variable).diff(variable, n).subs(variable, at) / factorial(n)

    def _taylor_ball_(self, n: int, at: Ball) -> Ball:
        """The same on a ball: 1F1(n+1; n+k+1; x) / (n+k)!."""
        order = n + int(self.args[0])
        return simplest(at.hypgeom_1f1(n + 1, order + 1) / arb(order).fac())

    def _eval_is_real(self) -> bool | None:
        return True if self.args[1].is_extended_real else None

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[1].is_real else None

    def _eval_is_finite(self) -> bool | None:
        return True if self.args[1].is_finite else None

    def _eval_evalf(self, prec: int) -> Any:
        arguments = [a._evalf(prec) if i else a for i, a in enumerate(self.args)]
        if not all(a.is_number for a in arguments):
            return None
        return evaluated(Phi(*arguments), prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        k, x = (printer._print(a) for a in self.args)
        power = f"^{{{exp}}}" if exp is not None else ""
        return rf"\varphi_{{{k}}}{power}\left({x}\right)"

    def _ball_(self, evaluate: Callable[..., Ball]) -> Ball:
        """1F1(1; k+1; x) / k!, which Arb encloses tightly for small, large and complex x."""
        index, x = evaluate(self.args[0]), evaluate(self.args[1])
        if not isinstance(index, arb) or not index.is_integer() or not index >= 0:
            return NAN
        k = whole_number(index)
        return simplest(x.hypgeom_1f1(1, k + 1) / arb(k).fac())
