r"""What is left out when an infinite series is cut off: comparison with a geometric series.

If $|t(j)| \le g(j)$ for $j \ge k$ and $g(j+1)/g(j) \le q(k) < 1$ there, then

    \sum_{j \ge k} |t(j)| \le g(k)/(1 - q(k)).

A term is a sum of products; each factor gives its part of g and of q:

    free of the index, bounded functions (sin, cos, tanh, (-1)^k)      q = 1
    polynomial of degree d to the power s       |p(j+1)/p(j)|^s <= (1 + 1/(k - R))^(d |s|) for
                                                j >= k > R, R a bound of the roots (Fujiwara 1916)
    b^(a k^2 + c k + e), exp(...)               at k, where the exponent does not grow
    gamma functions and factorials              linear factors of the ratio; one above and one below
                                                are monotone in k together, one below alone falls

*Main definitions*: `tail_bound`, `root_bound`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Add,
    And,
    Expr,
    Function,
    I,
    Max,
    Mul,
    Piecewise,
    Poly,
    Pow,
    S,
    Symbol,
    cos,
    exp,
    expand,
    factorial,
    gamma,
    oo,
    sin,
    tanh,
)
from sympy.functions.combinatorial.factorials import FallingFactorial, RisingFactorial, binomial

from derivax.symbolic.exact.dag import free_symbols_of, postorder

__all__ = ["root_bound", "tail_bound"]

BOUNDED = (sin, cos, tanh)


def tail_bound(term: Expr, k: Symbol) -> Expr | None:
    r"""A bound of $\sum_{j \ge k} |t(j)|$ as an expression in k and the parameters, which must be
    real numbers; oo where it says nothing (as for small k); None: no bound is found.

    >>> from sympy import factorial, symbols
    >>> x = symbols("x", real=True)
    >>> k = symbols("k", integer=True)
    >>> bound = tail_bound(x**k/factorial(k), k)
    >>> left = sum(1/factorial(j) for j in range(10, 40))
    >>> bool(left < bound.subs({x: 1, k: 10}) < 1.001*left)
    True
    >>> tail_bound(1/k, k) is None
    True
    """
    if any(node is I for node in postorder([term])):
        return None
    for form in (term, expand(term)):
        parts = [_majorant(t, k) for t in Add.make_args(form)]
        if all(part is not None for part in parts):
            found = [part for part in parts if part is not None]
            conditions = [c for part in found for c in part.conditions]
            conditions += [part.ratio < 1 for part in found]
            total = Add(*(part.size / (1 - part.ratio) for part in found))
            return Piecewise((total, And(*conditions)), (oo, True))
    return None


def root_bound(poly: Poly) -> Expr:
    """A bound of the moduli of the roots: twice the largest |a_(n-i)/a_n|^(1/i).

    >>> from sympy.abc import k
    >>> root_bound(Poly(k**2 - 9, k))
    6
    """
    lead, *rest = poly.all_coeffs()
    sizes = [Abs(c / lead) ** (S.One / i) for i, c in enumerate(rest, 1) if c != 0]
    return 2 * Max(*sizes) if sizes else S.Zero


@dataclass
class _Majorant:
    """g(k), what is known of g(k + 1)/g(k), and where both hold."""

    size: Expr = S.One
    ratio: Expr = S.One
    conditions: list[Expr] = field(default_factory=list)
    above: list[Expr] = field(default_factory=list)  # linear factors of the ratio, positive
    below: list[Expr] = field(default_factory=list)
    geometric: bool = False  # whether q can fall below 1


def _majorant(term: Expr, k: Symbol) -> _Majorant | None:
    found = _Majorant()
    for factor in Mul.make_args(term):
        if not _take(found, factor, k):
            return None
    if len(found.above) > len(found.below):
        return None
    if not found.geometric and len(found.above) == len(found.below):
        return None  # terms that fall like a power, or not at all
    for n, lower in enumerate(found.below):
        found.conditions.append(lower > 0)
        if n < len(found.above):  # (a k + b)/(c k + d) lies between its value at k and a/c
            upper = found.above[n]
            found.conditions.append(upper >= 0)
            limit = upper.coeff(k) / lower.coeff(k)
            found.ratio *= limit if (upper - limit * lower).expand() == 0 else Max(
                limit, upper / lower
            )  # fmt: skip
        else:
            found.ratio /= lower
    hopeless = found.ratio.is_number and (found.ratio >= 1) == True  # noqa: E712
    return None if hopeless else found


def _take(found: _Majorant, factor: Expr, k: Symbol) -> bool:
    """Put one factor of the term into the majorant; False: nothing is known about it."""
    if k not in free_symbols_of([factor]):
        found.size *= Abs(factor)
        return True
    base, power = factor.as_base_exp() if not isinstance(factor, exp) else (S.Exp1, factor.args[0])
    if isinstance(base, BOUNDED) and power.is_integer and power.is_positive:
        return True
    if k not in free_symbols_of([base]):
        return _exponential(found, base, power, k)
    if k in free_symbols_of([power]):
        return False
    if base.is_polynomial(k):
        return _polynomial(found, Poly(base, k), power, k)
    if power.is_Integer and isinstance(base, Function):
        return _gammas(found, base, int(power), k)
    return False


def _exponential(found: _Majorant, base: Expr, power: Expr, k: Symbol) -> bool:
    if not power.is_polynomial(k):
        return False
    poly = Poly(power, k)
    if poly.degree() > 2:
        return False
    if base == -1 and poly.degree() == 1 and poly.LC().is_integer:
        found.size *= 1 if poly.nth(0).is_integer else Abs(Pow(base, poly.nth(0)))
        return True
    size = S.Exp1 if base is S.Exp1 else Abs(base)
    step = (power.subs(k, k + 1) - power).expand()
    found.size *= Pow(size, power)
    found.ratio *= Pow(size, step)
    found.geometric = True
    if poly.degree() == 2:  # the step must not grow
        lead = poly.LC()
        if base is not S.Exp1 and not lead.is_number:
            return False
        growing = lead if base is S.Exp1 else (size - 1) * lead
        found.conditions.append(growing <= 0)
    return True


def _polynomial(found: _Majorant, poly: Poly, power: Expr, k: Symbol) -> bool:
    radius = root_bound(poly)
    found.size *= Abs(poly.as_expr()) ** power
    found.ratio *= (1 + 1 / (k - radius)) ** (poly.degree() * Abs(power))
    found.conditions.append(k > radius)
    return True


def _gammas(found: _Majorant, function: Function, power: int, k: Symbol) -> bool:
    """Gamma functions of a k + b, a a positive whole number, as linear factors of the ratio."""
    known: dict[type, Callable[..., list[tuple[Expr, int]]]] = {
        gamma: lambda z: [(z, 1)],
        factorial: lambda n: [(n + 1, 1)],
        RisingFactorial: lambda x, n: [(x + n, 1), (x, -1)],
        FallingFactorial: lambda x, n: [(x + 1, 1), (x - n + 1, -1)],
        binomial: lambda n, m: [(n + 1, 1), (m + 1, -1), (n - m + 1, -1)],
    }
    parts = known.get(type(function))
    if parts is None:
        return False
    for argument, sign in parts(*function.args):
        if k not in free_symbols_of([argument]):
            continue
        if not argument.is_polynomial(k):
            return False
        poly = Poly(argument, k)
        rate = poly.LC()
        if poly.degree() != 1 or not rate.is_Integer or rate <= 0:
            return False
        side = found.above if sign * power > 0 else found.below
        for _ in range(abs(power)):
            side += [argument + i for i in range(int(rate))]
    found.size *= Abs(function) ** power
    return True
