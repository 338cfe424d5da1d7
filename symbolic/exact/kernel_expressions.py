"""From quotients of kernels back to SymPy expressions.

Main definition: `expression_of`.
"""

from __future__ import annotations

import sympy as sp
from flint import fmpq_mpoly
from sympy import Expr, Rational

from derivax.symbolic.exact.kernel_ring import Kernel, KernelRing, Quotient

__all__ = ["expression_of"]


def expression_of(ring: KernelRing, a: Quotient) -> Expr:
    """The SymPy expression that a quotient stands for."""
    above = _polynomial(ring, a.num)
    return above if a.is_polynomial else above / _polynomial(ring, a.den)


def _polynomial(ring: KernelRing, poly: fmpq_mpoly) -> Expr:
    terms = []
    for monomial, c in poly.to_dict().items():
        powers = [_kernel(ring, ring.kernels[i]) ** int(e) for i, e in enumerate(monomial) if e]
        terms.append(sp.Mul(Rational(int(c.p), int(c.q)), *powers))
    return sp.Add(*terms)


def _kernel(ring: KernelRing, kernel: Kernel) -> Expr:
    if kernel.kind == "unity":
        return sp.I if kernel.meaning == 2 else sp.exp(sp.I * sp.pi / kernel.meaning)
    if kernel.kind == "root":
        base, order = kernel.meaning
        return expression_of(ring, base) ** Rational(1, order)
    if kernel.kind == "log":
        return sp.log(expression_of(ring, kernel.meaning))
    if kernel.kind == "exp":
        term, order = kernel.meaning
        return sp.exp(expression_of(ring, term) / order)
    if kernel.kind == "function":
        head, args = kernel.meaning
        return head(*[expression_of(ring, a) for a in args])
    return kernel.meaning
