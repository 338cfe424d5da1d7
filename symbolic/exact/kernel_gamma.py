"""The gamma function and its relatives as quotients of kernels: shift, reflection, multiplication.

Every argument c0 + k v (k an integer, v a fixed fraction of its direction) is brought to the
arguments v + q with 0 <= q < 1: by the multiplication theorem if |k| > 1, by reflection if k < 0,
and by the recurrence in steps of one (DLMF 5.5, 5.15, 25.11).  The values that are left are
algebraically independent as far as these three laws go.

Quotients like gamma(x + n)/gamma(x) agree with rf(x, n) wherever gamma has no pole, and by
continuity in x at the others; binomial(n, k) is rewritten only for n >= 0 or k >= 0, where SymPy's
value is that limit.

Main definition: `GAMMA_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor

import sympy as sp
from flint import fmpq

from derivax.symbolic.exact.kernel_algebra import KernelAlgebra
from derivax.symbolic.exact.kernel_functions import cosine, sine
from derivax.symbolic.exact.kernel_ring import Quotient, as_fraction

__all__ = ["GAMMA_RULES", "as_integer", "error_function", "gamma_value", "upper_gamma"]

_SHIFT_LIMIT = 20
_MULTIPLE_LIMIT = 6
_ORDER_LIMIT = 6


def _placed(c: KernelAlgebra, a: Quotient) -> tuple[Fraction, int, Quotient] | None:
    """(c0, k, v) with a = c0 + k v; None if a is no polynomial or k is large."""
    parts = c.split(a)
    if parts is None:
        return None
    constant, content, direction = parts
    if not content:
        return constant, 0, direction
    order = c.fineness("gamma:" + c.ring.identity_of(direction), content.denominator)
    k = int(content * order)
    if abs(k) > _MULTIPLE_LIMIT:
        return None
    return constant, k, c.ring.scaled(direction, fmpq(1, order))


def _number(c: KernelAlgebra, r: Fraction | int) -> Quotient:
    r = Fraction(r)
    return c.ring.number(r.numerator, r.denominator)


def _plus(c: KernelAlgebra, a: Quotient, r: Fraction | int) -> Quotient:
    return c.ring.add(a, _number(c, r))


def _times_pi(c: KernelAlgebra, a: Quotient) -> Quotient:
    return c.ring.mul(c.constant(sp.pi), a)


def gamma_value(c: KernelAlgebra, a: Quotient) -> Quotient:
    """gamma(a)."""
    if c.plain_angles:  # results are to be read: the recurrence only
        parts = c.split(a)
        if parts is None or not parts[1]:
            return c.function(sp.gamma, [a])
        return _shifted_gamma(c, _plus(c, a, -parts[0]), parts[0])
    placed = _placed(c, a)
    if placed is None:
        return c.function(sp.gamma, [a])
    q, k, v = placed
    if not k:
        return _gamma_number(c, q)
    if k < 0:  # gamma(a) = pi / (sin(pi a) gamma(1 - a))
        turn = sine(c, _times_pi(c, a))
        if turn.is_zero:  # an integer: reflection has nothing to say
            return _shifted_gamma(c, _plus(c, a, -q), q)
        above = gamma_value(c, c.linear((1, c.ring.one), (-1, a)))
        return c.over(c.constant(sp.pi), c.ring.mul(turn, above))
    if k == 1:
        return _shifted_gamma(c, v, q)
    result = c.raised(_number(c, k), _plus(c, c.ring.scaled(v, fmpq(k)), q - Fraction(1, 2)))
    two_pi = c.ring.scaled(c.constant(sp.pi), fmpq(2))
    result = c.ring.mul(result, c.rational_power(two_pi, Fraction(1 - k, 2)))
    for j in range(k):
        result = c.ring.mul(result, _shifted_gamma(c, v, (q + j) / k))
    return result


def _shifted_gamma(c: KernelAlgebra, v: Quotient, q: Fraction) -> Quotient:
    """gamma(v + q) from gamma(v + q - floor(q))."""
    shift = floor(q)
    if abs(shift) > _SHIFT_LIMIT:
        return c.function(sp.gamma, [_plus(c, v, q)])
    base = _plus(c, v, q - shift)
    product = c.ring.one
    for j in range(shift) if shift > 0 else range(shift, 0):
        product = c.ring.mul(product, _plus(c, base, j))
    kernel = c.function(sp.gamma, [base])
    return c.ring.mul(kernel, product) if shift > 0 else c.over(kernel, product)


def _gamma_number(c: KernelAlgebra, q: Fraction) -> Quotient:
    """gamma of a rational number, from those of (0, 1/2]."""
    if q.denominator == 1:
        return (
            _number(c, int(sp.factorial(int(q) - 1)))
            if 0 < q <= 200
            else c.function(sp.gamma, [_number(c, q)])
        )
    shift = floor(q)
    base = q - shift
    if abs(shift) > _SHIFT_LIMIT:
        return c.function(sp.gamma, [_number(c, q)])
    if base == Fraction(1, 2):
        kernel = c.square_root(c.constant(sp.pi))
    elif base > Fraction(1, 2):
        below = c.function(sp.gamma, [_number(c, 1 - base)])
        turn = sine(c, _times_pi(c, _number(c, base)))
        kernel = c.over(c.constant(sp.pi), c.ring.mul(turn, below))
    else:
        kernel = c.function(sp.gamma, [_number(c, base)])
    product = Fraction(1)
    for j in range(shift) if shift > 0 else range(shift, 0):
        product *= base + j
    factor = product if shift > 0 else 1 / product
    return c.ring.scaled(kernel, fmpq(factor.numerator, factor.denominator))


def _beta(c: KernelAlgebra, a: Quotient, b: Quotient | None = None) -> Quotient:
    b = a if b is None else b
    product = c.ring.mul(gamma_value(c, a), gamma_value(c, b))
    return c.over(product, gamma_value(c, c.ring.add(a, b)))


def _rising(c: KernelAlgebra, a: Quotient, n: Quotient) -> Quotient | None:
    constant = n.constant()
    if constant is not None and constant.q == 1 and 0 <= constant <= _SHIFT_LIMIT:
        product = c.ring.one
        for j in range(int(constant.p)):
            product = c.ring.mul(product, _plus(c, a, j))
        return product
    return c.over(gamma_value(c, c.ring.add(a, n)), gamma_value(c, a))


def _falling(c: KernelAlgebra, a: Quotient, n: Quotient) -> Quotient | None:
    return _rising(c, _plus(c, c.linear((1, a), (-1, n)), 1), n)


def _binomial(c: KernelAlgebra, n: Quotient, k: Quotient) -> Quotient | None:
    if c.signs.weak(n) <= 0 and c.signs.weak(k) <= 0 and not k.is_zero:
        return None
    constant = k.constant()
    if constant is not None and constant.q == 1 and 0 <= constant <= _SHIFT_LIMIT:
        above = _falling(c, n, k)
        return None if above is None else c.over(above, gamma_value(c, _plus(c, k, 1)))
    below = c.ring.mul(
        gamma_value(c, _plus(c, k, 1)), gamma_value(c, _plus(c, c.linear((1, n), (-1, k)), 1))
    )
    return c.over(gamma_value(c, _plus(c, n, 1)), below)


def _catalan(c: KernelAlgebra, n: Quotient) -> Quotient:
    """4**n gamma(n + 1/2) / (sqrt(pi) gamma(n + 2))."""
    power = c.raised(_number(c, 4), n)
    above = c.ring.mul(power, gamma_value(c, _plus(c, n, Fraction(1, 2))))
    root = c.square_root(c.constant(sp.pi))
    return c.over(above, c.ring.mul(root, gamma_value(c, _plus(c, n, 2))))


# ---- logarithmic derivatives --------------------------------------------------------------------


def _polygamma(c: KernelAlgebra, n: Quotient, a: Quotient) -> Quotient | None:
    order = n.constant()
    placed = _placed(c, a)
    if placed is None:
        return None
    q, k, v = placed
    if order is None or order.q != 1 or not 0 <= order <= _ORDER_LIMIT:
        return _shifted_polygamma(c, n, None, v, q) if k == 1 else None
    m = int(order.p)
    if not k:
        return _polygamma_number(c, n, m, q)
    if k < 0:  # psi_m(1 - z) = (-1)**m (psi_m(z) + pi d^m/dz^m cot(pi z))
        other = c.linear((1, c.ring.one), (-1, a))
        if sine(c, _times_pi(c, a)).is_zero:
            return _shifted_polygamma(c, n, m, _plus(c, a, -q), q)
        mirrored = _polygamma(c, n, other)
        if mirrored is None:
            return None
        both = c.ring.add(mirrored, _cotangent_derivative(c, m, other))
        return c.ring.scaled(both, fmpq((-1) ** m))
    if k == 1:
        return _shifted_polygamma(c, n, m, v, q)
    total = c.logarithm(_number(c, k)) if m == 0 else c.ring.zero
    for j in range(k):
        part = _shifted_polygamma(c, n, m, v, (q + j) / k)
        total = c.ring.add(total, c.ring.scaled(part, fmpq(1, k ** (m + 1))))
    return total


def _shifted_polygamma(
    c: KernelAlgebra, n: Quotient, m: int | None, v: Quotient, q: Fraction
) -> Quotient:
    """psi_n(v + q) = psi_n(base) + (-1)**n n! sum 1/(base + j)**(n + 1)."""
    shift = floor(q)
    base = _plus(c, v, q - shift)
    if abs(shift) > _SHIFT_LIMIT:
        return c.function(sp.polygamma, [n, _plus(c, v, q)])
    total = c.function(sp.polygamma, [n, base])
    if m is not None:
        factor = _number(c, (-1) ** m * int(sp.factorial(m)))
    else:
        factor = c.ring.mul(c.raised(_number(c, -1), n), gamma_value(c, _plus(c, n, 1)))
    for j in range(shift) if shift > 0 else range(shift, 0):
        exponent = c.linear((-1, n), (-1, c.ring.one))
        term = c.ring.mul(factor, c.raised(_plus(c, base, j), exponent))
        total = c.linear((1, total), (1 if shift > 0 else -1, term))
    return total


def _polygamma_number(c: KernelAlgebra, n: Quotient, m: int, q: Fraction) -> Quotient:
    """Rational arguments from those of (0, 1), 1 and 1/2 in closed form for psi."""
    shift = floor(q) - (1 if q.denominator == 1 else 0)
    base = q - shift
    if abs(shift) > _SHIFT_LIMIT or (q <= 0 and q.denominator == 1):
        return c.function(sp.polygamma, [n, _number(c, q)])
    if m == 0 and base == 1:
        total = c.ring.scaled(c.constant(sp.EulerGamma), fmpq(-1))
    elif m == 0 and base == Fraction(1, 2):
        total = c.linear((-1, c.constant(sp.EulerGamma)), (-2, c.logarithm(_number(c, 2))))
    elif m % 2 and base == 1:
        total = _polygamma_of_one(c, m)
    elif m % 2 and base == Fraction(1, 2):
        total = c.ring.scaled(_polygamma_of_one(c, m), fmpq(2 ** (m + 1) - 1))
    else:
        total = c.function(sp.polygamma, [n, _number(c, base)])
    rest = Fraction(0)
    for j in range(shift) if shift > 0 else range(shift, 0):
        rest += (1 if shift > 0 else -1) * Fraction(1) / (base + j) ** (m + 1)
    return c.ring.add(total, _number(c, (-1) ** m * int(sp.factorial(m)) * rest))


def _polygamma_of_one(c: KernelAlgebra, m: int) -> Quotient:
    """psi_m(1) = m! zeta(m + 1), a rational multiple of pi**(m + 1) for odd m."""
    ratio = sp.factorial(m) * sp.zeta(m + 1) / sp.pi ** (m + 1)
    power = c.ring.power(c.constant(sp.pi), m + 1)
    return c.ring.scaled(power, fmpq(int(ratio.p), int(ratio.q)))


def _cotangent_derivative(c: KernelAlgebra, m: int, z: Quotient) -> Quotient:
    """pi d^m/dz^m cot(pi z), a polynomial in cot: cot' = -pi (1 + cot^2)."""
    turn = _times_pi(c, z)
    cotangent = c.over(cosine(c, turn), sine(c, turn))
    polynomial = [0, 1]
    for _ in range(m):
        slope = [j * a for j, a in enumerate(polynomial)][1:]
        polynomial = [0] * (len(slope) + 2)
        for j, a in enumerate(slope):
            polynomial[j] -= a
            polynomial[j + 2] -= a
    total = c.ring.zero
    for j, a in enumerate(polynomial):
        if a:
            total = c.ring.add(total, c.ring.scaled(c.ring.power(cotangent, j), fmpq(a)))
    return c.ring.mul(total, c.ring.power(c.constant(sp.pi), m + 1))


def _harmonic(c: KernelAlgebra, n: Quotient, order: Quotient | None = None) -> Quotient | None:
    """H_n = psi(n + 1) + EulerGamma."""
    if order is not None and order.constant() != 1:
        return None
    psi = _polygamma(c, c.ring.zero, _plus(c, n, 1))
    return None if psi is None else c.ring.add(psi, c.constant(sp.EulerGamma))


def _log_gamma(c: KernelAlgebra, a: Quotient) -> Quotient | None:
    """log gamma(a) for a > 0: logarithm of what gamma becomes, all of whose parts are positive."""
    placed = _placed(c, a)
    if placed is None or c.signs.of(a) <= 0 or placed[1] < 1:
        return None
    q, k, v = placed
    if c.signs.weak(v) < 0 or q < 0:
        return None
    scale = _plus(c, c.ring.scaled(v, fmpq(k)), q - Fraction(1, 2))
    two_pi = c.ring.scaled(c.constant(sp.pi), fmpq(2))
    total = c.ring.zero
    if k > 1:
        log_k = c.logarithm(_number(c, k))
        total = c.linear((Fraction(1 - k, 2), c.logarithm(two_pi)), (1, c.ring.mul(scale, log_k)))
    for j in range(k):
        r = (q + j) / k
        base = _plus(c, v, r - floor(r))
        if floor(r) > _SHIFT_LIMIT or c.signs.of(base) <= 0:
            return None
        total = c.ring.add(total, c.function(sp.loggamma, [base]))
        for step in range(floor(r)):
            total = c.ring.add(total, c.logarithm(_plus(c, base, step)))
    return total


# ---- zeta and incomplete gamma functions --------------------------------------------------------


def _zeta(c: KernelAlgebra, s: Quotient, a: Quotient | None = None) -> Quotient | None:
    """zeta(s, a) by shift and multiplication; zeta(s, 1) = zeta(s)."""
    if a is None:
        return c.function(sp.zeta, [s])
    placed = _placed(c, a)
    if placed is None or placed[1] < 0:
        return None
    q, k, v = placed
    negated = c.ring.scaled(s, fmpq(-1))
    if not k:
        if q <= 0 or q > _SHIFT_LIMIT:
            return None
        shift = floor(q) - (1 if q.denominator == 1 else 0)
        base = q - shift
        total = c.function(sp.zeta, [s])
        if base == Fraction(1, 2):
            total = c.ring.mul(_plus(c, c.raised(_number(c, 2), s), -1), total)
        elif base != 1:
            total = c.function(sp.zeta, [s, _number(c, base)])
        for j in range(shift):
            total = c.linear((1, total), (-1, c.raised(_number(c, base + j), negated)))
        return total
    total = c.ring.zero
    for j in range(k):
        place = (q + j) / k
        shifted = _plus(c, v, place - floor(place))
        if abs(floor(place)) > _SHIFT_LIMIT:
            return None
        part = c.function(sp.zeta, [s, shifted])
        for step in range(floor(place)):
            part = c.linear((1, part), (-1, c.raised(_plus(c, shifted, step), negated)))
        for step in range(floor(place), 0):
            part = c.linear((1, part), (1, c.raised(_plus(c, shifted, step), negated)))
        total = c.ring.add(total, part)
    return c.ring.mul(total, c.raised(_number(c, k), negated)) if k > 1 else total


def _eta(c: KernelAlgebra, s: Quotient) -> Quotient:
    """(1 - 2**(1 - s)) zeta(s)."""
    power = c.raised(_number(c, 2), c.linear((1, c.ring.one), (-1, s)))
    return c.ring.mul(c.linear((1, c.ring.one), (-1, power)), c.function(sp.zeta, [s]))


def upper_gamma(c: KernelAlgebra, a: Quotient, x: Quotient) -> Quotient | None:
    """Gamma(a, x) from Gamma(base, x), 0 <= base < 1 in the constant term, for x > 0.

    Gamma(a + 1, x) = a Gamma(a, x) + x**a exp(-x); Gamma(1/2, x) = sqrt(pi) erfc(sqrt(x)).
    """
    parts = c.split(a)
    if parts is None or c.signs.of(x) <= 0:
        return None
    constant, content, _ = parts
    shift = floor(constant)
    if abs(shift) > _SHIFT_LIMIT:
        return None
    base = _plus(c, a, -shift)
    decay = c.exponential(c.ring.scaled(x, fmpq(-1)))
    if not content and constant - shift == Fraction(1, 2):
        error = c.function(sp.erf, [c.square_root(x)])
        root = c.square_root(c.constant(sp.pi))
        value = c.ring.mul(root, c.linear((1, c.ring.one), (-1, error)))
    else:
        value = c.function(sp.uppergamma, [base, x])
    for j in range(shift):
        at = _plus(c, base, j)
        value = c.ring.add(c.ring.mul(at, value), c.ring.mul(c.raised(x, at), decay))
    for j in range(-1, shift - 1, -1):
        at = _plus(c, base, j)
        value = c.over(c.linear((1, value), (-1, c.ring.mul(c.raised(x, at), decay))), at)
    return value


def _lower_gamma(c: KernelAlgebra, a: Quotient, x: Quotient) -> Quotient | None:
    upper = upper_gamma(c, a, x)
    return None if upper is None else c.linear((1, gamma_value(c, a)), (-1, upper))


def _expint(c: KernelAlgebra, p: Quotient, x: Quotient) -> Quotient | None:
    """E_p(x) = x**(p - 1) Gamma(1 - p, x)."""
    upper = upper_gamma(c, c.linear((1, c.ring.one), (-1, p)), x)
    return None if upper is None else c.ring.mul(c.raised(x, _plus(c, p, -1)), upper)


def _ei(c: KernelAlgebra, x: Quotient) -> Quotient | None:
    """Ei(-x) = -E_1(x) for x > 0."""
    if c.signs.of(x) >= 0:
        return None
    upper = upper_gamma(c, c.ring.zero, c.ring.scaled(x, fmpq(-1)))
    return None if upper is None else c.ring.scaled(upper, fmpq(-1))


def _hyperbolic_integral(sign: int) -> Callable[[KernelAlgebra, Quotient], Quotient | None]:
    """Shi = (Ei(x) + E_1(x))/2 and Chi = (Ei(x) - E_1(x))/2 for x > 0."""

    def rule(c: KernelAlgebra, x: Quotient) -> Quotient | None:
        upper = upper_gamma(c, c.ring.zero, x)
        if upper is None:
            return None
        half = Fraction(1, 2)
        return c.linear((half, c.function(sp.Ei, [x])), (sign * half, upper))

    return rule


def _li(c: KernelAlgebra, x: Quotient) -> Quotient | None:
    """li(x) = Ei(log x) for x > 1."""
    log = c.logarithm(x)
    return c.function(sp.Ei, [log]) if c.signs.of(log) > 0 else None


def error_function(c: KernelAlgebra, x: Quotient) -> Quotient:
    """erf(x), with erf(I y) = I erfi(y) for real y."""
    if not c.signs.is_real(x):
        i = c.unity(Fraction(1, 2))
        y = c.ring.scaled(c.ring.mul(i, x), fmpq(-1))
        if c.signs.is_real(y):
            return c.ring.mul(i, c.function(sp.erfi, [y]))
    return c.function(sp.erf, [x])


def _erfc(c: KernelAlgebra, x: Quotient) -> Quotient:
    return c.linear((1, c.ring.one), (-1, error_function(c, x)))


def _polylog(c: KernelAlgebra, s: Quotient, z: Quotient) -> Quotient | None:
    """Li_1(z) = -log(1 - z), Li_0(z) = z/(1 - z), and Li_(s-1) = z Li_s' below."""
    order = as_integer(s)
    if order is None or not -4 <= order <= 1:
        return None
    below = c.linear((1, c.ring.one), (-1, z))
    if order == 1:
        return c.ring.scaled(c.logarithm(below), fmpq(-1))
    ratio = c.over(z, below)  # w with z dw/dz = w (1 + w)
    polynomial = [0, 1]
    for _ in range(-order):
        slope = [j * a for j, a in enumerate(polynomial)]  # w d/dw, times (1 + w)
        polynomial = [a + b for a, b in zip([*slope, 0], [0, *slope], strict=True)]
    total = c.ring.zero
    for j, a in enumerate(polynomial):
        total = c.ring.add(total, c.ring.scaled(c.ring.power(ratio, j), fmpq(a)))
    return total


def as_integer(n: Quotient) -> int | None:
    """The integer that a quotient is."""
    constant = n.constant()
    return int(as_fraction(constant)) if constant is not None and constant.q == 1 else None


GAMMA_RULES: Mapping[type, Callable[..., Quotient | None]] = {
    sp.gamma: gamma_value,
    sp.factorial: lambda c, a: gamma_value(c, _plus(c, a, 1)),
    sp.beta: _beta,
    sp.RisingFactorial: _rising,
    sp.FallingFactorial: _falling,
    sp.binomial: _binomial,
    sp.catalan: _catalan,
    sp.polygamma: _polygamma,
    sp.digamma: lambda c, a: _polygamma(c, c.ring.zero, a),
    sp.harmonic: _harmonic,
    sp.loggamma: _log_gamma,
    sp.zeta: _zeta,
    sp.polylog: _polylog,
    sp.dirichlet_eta: _eta,
    sp.uppergamma: upper_gamma,
    sp.lowergamma: _lower_gamma,
    sp.expint: _expint,
    sp.Ei: _ei,
    sp.Shi: _hyperbolic_integral(1),
    sp.Chi: _hyperbolic_integral(-1),
    sp.li: _li,
    sp.erfc: _erfc,
    sp.erf: error_function,
}
