"""A normal form that proves identities: quotients of polynomials in independent kernels.

For expressions built with + - * / from exponentials, logarithms, trigonometric and hyperbolic
functions and their inverses, rational and symbolic powers, roots, the phi functions, roots of
equations and unknown functions.  If the numerator reduces to the zero polynomial, the expression is
zero wherever it is defined: every rewriting step is an identity for all values of the domain.  A
numerator that does not vanish proves nothing (a relation between kernels may be unknown); `zero.py`
then tests on balls.

Main definitions: `normal_form`, `NormalForm`, `known_sign`, `known_real`, `RefusesForm`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from flint import fmpq_mpoly
from sympy import Basic

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.kernel_algebra import NeedsRoots
from derivax.symbolic.exact.kernel_conversion import Conversion, kernel_graph
from derivax.symbolic.exact.kernel_ring import (
    Kernel,
    KernelRing,
    Quotient,
    RefusesForm,
    TooManyKernels,
)

__all__ = ["NormalForm", "RefusesForm", "known_real", "known_sign", "normal_form"]

_CAPACITIES = (12, 32, 64)
_PASSES = 24
_SECONDS = 2.0
_NODE_LIMIT = 20_000


@dataclass(frozen=True)
class NormalForm:
    """numerator / denominator, polynomials (flint `fmpq_mpoly`) in the kernels.

    `kernels`: (name of the generator, what it stands for), for the kernels that occurred.
    """

    numerator: fmpq_mpoly
    denominator: fmpq_mpoly
    kernels: tuple[tuple[str, str], ...]

    @property
    def is_zero(self) -> bool:
        """Whether the expression is proved to be zero wherever it is defined."""
        return bool(self.numerator.is_zero())

    def kernel_texts(self) -> tuple[tuple[str, str], ...]:
        """(generator, meaning) of the kernels."""
        return self.kernels


def normal_form(
    expr: Basic, domain: Domain | None = None, *, seconds: float = _SECONDS
) -> NormalForm:
    """The normal form of a scalar expression.

    Arguments: `domain` tells signs beyond the assumptions of the symbols (u0 < s makes
    log((s - u0)/u0) split); `seconds`, the time after which it gives up.

    >>> import sympy as sp
    >>> x, y = sp.symbols("x y")
    >>> normal_form(sp.exp(x + 2*y) - sp.exp(x) * sp.exp(y)**2).is_zero
    True
    >>> form = normal_form(sp.sqrt(x**2) - x);  form.is_zero
    False

    Raises `RefusesForm` if the expression is outside the class, divides by zero, or is too large.
    """
    conversion, value = _converted(expr, domain, seconds, reduce_roots=True)
    texts = tuple((f"k{k.index}", k.text) for k in conversion.ring.kernels)
    return NormalForm(value.num, value.den, texts)


def known_sign(expr: Basic, domain: Domain | None = None) -> tuple[int, bool]:
    """(sign, strict) of a real expression on all of the domain, as far as the kernels tell.

    +1 means >= 0, -1 means <= 0, 0 unknown; strict excludes zero.  An answer is a proof.

    >>> import sympy as sp
    >>> s, u, t = sp.symbols("s u t", positive=True)
    >>> known_sign(sp.exp(2*s*t) - 1 + s/u), known_sign(s*u - u**2)
    ((1, True), (0, False))
    >>> known_sign(s*u - u**2, Domain.of([s, u], where=[u < s]))
    (1, True)

    Raises `RefusesForm` as `normal_form` does.
    """
    conversion, value = _converted(expr, domain, _SECONDS, reduce_roots=False)
    if not conversion.signs.is_real(value):
        return 0, False
    return conversion.sign_of(value)


def known_real(expr: Basic, domain: Domain | None = None) -> bool:
    """Whether the kernels say that an expression is real wherever it is defined.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> known_real(1 / (1 - x)), known_real(sp.sqrt(x))
    (True, False)

    Raises `RefusesForm` as `normal_form` does.
    """
    conversion, value = _converted(expr, domain, _SECONDS, reduce_roots=False)
    return bool(conversion.signs.is_real(value))


def _converted(
    expr: Basic, domain: Domain | None, seconds: float, *, reduce_roots: bool
) -> tuple[Conversion, Quotient]:
    deadline = time.monotonic() + seconds
    graph = kernel_graph(expr)
    if len(graph.nodes) > _NODE_LIMIT:
        raise RefusesForm(f"an expression of {len(graph.nodes)} nodes")
    roots: dict[str, int] = {}
    capacity = 0
    for _ in range(_PASSES):
        ring = KernelRing(_CAPACITIES[capacity], deadline)
        try:
            conversion = Conversion(ring, graph, domain, roots)
            value = conversion.of(expr)
            return conversion, _without_implicit_roots(conversion, value) if reduce_roots else value
        except NeedsRoots:
            continue
        except TooManyKernels:
            capacity += 1
            if capacity == len(_CAPACITIES):
                raise RefusesForm(f"more than {_CAPACITIES[-1]} kernels") from None
            continue
        except (ValueError, ArithmeticError, OverflowError, MemoryError) as error:
            raise RefusesForm(f"{type(error).__name__}: {error}") from None
    raise RefusesForm("the roots of kernels do not settle")


def _without_implicit_roots(conversion: Conversion, value: Quotient) -> Quotient:
    """Reduce the numerator by F(u, p) = 0 for every root u of an equation in it."""
    done: set[int] = set()
    while not value.is_zero:
        pending = [(k, node) for k, node in conversion.implicit if k.index not in done]
        if not pending:
            break
        kernel, node = pending[0]
        done.add(kernel.index)
        relation = conversion.of(node.body_at(node)).num
        den = _eliminated(conversion.ring, value.den, relation, kernel)
        if den.is_zero():
            raise RefusesForm("division by an expression that is zero")
        num = _eliminated(conversion.ring, value.num, relation, kernel)
        value = Quotient(num, value.den)
    return value


def _eliminated(
    ring: KernelRing, numerator: fmpq_mpoly, relation: fmpq_mpoly, root: Kernel
) -> fmpq_mpoly:
    """A polynomial's pseudo-remainder by a relation, in the kernel where that is simplest.

    lead**m * polynomial = q * relation + remainder: where the leading coefficient is not zero, the
    polynomial vanishes if the remainder does.
    """
    candidates = [
        k for k in ring.used(relation) if (k is root or root.index in k.depends) and not k.degree
    ]
    if not candidates:
        return numerator
    main = min(candidates, key=lambda k: (int(relation.degrees()[k.index]), k is root))
    divisor = ring.coefficients(relation, main)
    degree = max(divisor)
    if ring.reduced(divisor[degree])[0].is_zero():
        return numerator
    for _ in range(64):
        parts = ring.coefficients(numerator, main)
        top = max(parts) if parts else 0
        if numerator.is_zero() or top < degree:
            break
        x = ring.generator(main)
        numerator = ring.times(numerator, divisor[degree]) - ring.times(
            ring.times(parts[top], relation), x ** (top - degree)
        )
        numerator, _ = ring.reduced(numerator)
    return numerator
