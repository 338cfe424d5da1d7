"""Proofs that a function vanishes by a first-order operator and one exact initial value.

If f is continuous on an interval and f' = 0 off a discrete set (by the normal form), then f is
constant there, and f(x0) = 0 at one point proves f = 0.  If D(n + 1) = c(n) D(n) for all integers
n >= n0 and D(n0) = 0, then D = 0 (sums and products up to n).  These two settle what the normal
form leaves because it knows no value of a transcendental constant: log z + log(1/z), dilogarithms,
complete elliptic integrals, inverse trigonometric functions, integrals up to x, sums up to n.

Continuity is checked node by node: the argument of every logarithm, root, denominator and special
function with a branch point must have a proven sign on the whole domain.

Main definitions: `by_derivative`, `by_induction`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy as sp
from sympy import Add, Basic, Expr, Integer, Mul, S, Symbol

from derivax.errors import DerivaxError
from derivax.symbolic.exact.constraints import Constraint
from derivax.symbolic.exact.dag import postorder, symbols_of
from derivax.symbolic.exact.domain import Domain, Interval
from derivax.symbolic.exact.normal_form import RefusesForm, known_real, known_sign, normal_form
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.patience import check
from derivax.symbolic.exact.sign import sign_holds
from derivax.symbolic.exact.variables import binds_variables, is_jet

__all__ = ["by_derivative", "by_induction"]

_NODES = 220
_SYMBOLS = 3
_DEPTH = 2
_BOXED = 2  # symbols up to which a sign is looked for by subdivision
_CANDIDATES = (S.Zero, S.One, S.NegativeOne, S.Half, Integer(2))

_Needs = Callable[..., list[tuple[Expr, bool]]]  # (what must be positive, strictly)


def _positive(g: Expr) -> list[tuple[Expr, bool]]:
    return [(g, True)]


def _below_one(g: Expr) -> list[tuple[Expr, bool]]:
    return [(1 - g, True)]


_EVERYWHERE = {
    *(sp.Add, sp.Mul, sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.erf, sp.erfc, sp.erfi, sp.Si),
    *(sp.Shi, sp.sinc, sp.fresnels, sp.fresnelc, sp.airyai, sp.airybi, sp.airyaiprime),
    sp.airybiprime,
}
_REAL_LINE = {sp.atan, sp.asinh, sp.tanh, sp.sech, sp.Abs, sp.Max, sp.Min}
_CONDITIONS: Mapping[type, _Needs] = {
    sp.log: _positive,
    sp.asin: lambda g: [(1 - g**2, False)],
    sp.acos: lambda g: [(1 - g**2, False)],
    sp.atanh: lambda g: [(1 - g**2, True)],
    sp.acosh: lambda g: [(g - 1, False)],
    sp.tan: lambda g: [(sp.cos(g), True)],
    sp.coth: _positive,
    sp.Ei: _positive,
    sp.Ci: _positive,
    sp.Chi: _positive,
    sp.li: lambda g: [(g - 1, True)],
    sp.LambertW: lambda g, *k: [(g, False)] if not k else [(S.NegativeOne, True)],
    sp.gamma: _positive,
    sp.loggamma: _positive,
    sp.digamma: _positive,
    sp.elliptic_k: _below_one,
    sp.elliptic_e: lambda *g: _below_one(g[0]) if len(g) == 1 else [(S.NegativeOne, True)],
    sp.polygamma: lambda n, g: _positive(g),
    sp.polylog: lambda s, z: _below_one(z),
    sp.besselj: lambda n, z: [] if n.is_Integer else _positive(z),
    sp.besseli: lambda n, z: [] if n.is_Integer else _positive(z),
    sp.bessely: lambda n, z: _positive(z),
    sp.besselk: lambda n, z: _positive(z),
    sp.uppergamma: lambda a, z: _positive(z),
    sp.expint: lambda a, z: _positive(z),
}
_FIXED_FIRST = (
    *(sp.polygamma, sp.polylog, sp.besselj, sp.besseli, sp.bessely, sp.besselk),
    *(sp.uppergamma, sp.expint),
)


def by_derivative(expr: Expr, domain: Domain, depth: int = 0) -> Finding | None:
    """A proof that a settled scalar is zero on the domain, or None.

    >>> x = Symbol("x", positive=True)
    >>> by_derivative(sp.atan(x) + sp.atan(1 / x) - sp.pi / 2, Domain.of([x])).method
    'derivative'
    """
    if depth > _DEPTH or _too_large(expr):
        return None
    for x in [s for s in symbols_of([expr]) if s in domain][:_SYMBOLS]:
        check()
        interval = domain[x]
        if x not in expr.free_symbols or interval.plane or interval.integer:
            continue
        tied = [r for r in domain.where if x in r.free_symbols]
        if not all(x in Constraint(r).affine for r in tied):
            continue  # the values of x for given others may be no interval
        try:
            slope = sp.diff(expr, x)
            if _too_large(slope) or not _vanishes(slope, domain, depth):
                continue
            found = _anchored(expr, x, domain, bool(tied), depth)
        except (RefusesForm, DerivaxError, ValueError, TypeError, NotImplementedError):
            continue
        if found is not None:
            said = f"constant in {x}: its derivative is zero and it is continuous; zero at {found}"
            return Finding(Outcome.PROVEN, "derivative", said, figures={"variable": str(x)})
    return None


def _too_large(expr: Basic) -> bool:
    return any(size > _NODES for size, _ in enumerate(postorder([expr])))


def _vanishes(expr: Expr, domain: Domain, depth: int) -> bool:
    """Proven to be zero: by the normal form, or by its own derivative."""
    if expr.is_zero:
        return True
    if expr.has(S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity):
        return False
    area = domain.over([s for s in domain if s in expr.free_symbols])
    try:
        if normal_form(expr, area).is_zero:
            return True
    except RefusesForm:
        return False
    return bool(expr.free_symbols) and by_derivative(expr, area, depth + 1) is not None


def _anchored(expr: Expr, x: Symbol, domain: Domain, tied: bool, depth: int) -> str | None:
    """A point of the (closed) interval of x where `expr` is zero, and continuous up to there."""
    interval = domain[x]
    ends = [e for e in (interval.low, interval.high) if not e.is_infinite]
    if tied:
        return None
    continuous: dict[bool, bool] = {}
    for x0 in dict.fromkeys((*ends, *_CANDIDATES)):
        inside = interval.contains(x0)
        if not inside and x0 not in ends:
            continue
        closed = not inside
        if closed not in continuous:
            continuous[closed] = _continuous(expr, x, domain, closed=closed)
        if not continuous[closed]:
            continue
        value = expr.subs(x, x0)
        if isinstance(value, Expr) and _vanishes(value.doit(), domain, depth + 1):
            return f"{x} = {x0}"
    return None


def _continuous(expr: Expr, x: Symbol, domain: Domain, *, closed: bool) -> bool:
    """Whether `expr` is continuous in x on its interval (with its ends, if `closed`)."""
    interval = domain[x]
    if closed:
        fresh = sp.Dummy(x.name, real=True)
        expr = expr.xreplace({x: fresh})
        others = {s: domain[s] for s in domain if s != x}
        relations = [r for r in domain.where if x not in r.free_symbols]
        domain = Domain({**others, fresh: Interval(interval.low, interval.high)}, relations)
        x = fresh
    for node in postorder([expr], leaf=lambda e: is_jet(e) or binds_variables(e)):
        if not node.args or x not in node.free_symbols:
            continue
        if not _continuous_node(node, x, domain):
            return False
    return True


def _continuous_node(node: Basic, x: Symbol, domain: Domain) -> bool:
    head = type(node)
    if head in _EVERYWHERE:
        return True
    if isinstance(node, sp.Integral):
        return _continuous_integral(node, x, domain)
    if head in _REAL_LINE:
        return all(_is_real(a, domain) for a in node.args)
    if isinstance(node, sp.Pow):
        base, exponent = node.args
        if exponent.is_Integer and exponent >= 0:
            return True
        if exponent.is_Integer:
            return _has_sign(base, domain, strict=True) or _has_sign(-base, domain, strict=True)
        weak = exponent.is_positive is True
        return _has_sign(base, domain, strict=not weak)
    if isinstance(node, sp.Tuple):
        return True
    if isinstance(node, sp.hyper):
        return _continuous_series(node, x, domain)
    needs = _CONDITIONS.get(head)
    if needs is None or (head in _FIXED_FIRST and x in node.args[0].free_symbols):
        return False
    return all(_has_sign(g, domain, strict=strict) for g, strict in needs(*node.args))


def _continuous_series(node: sp.hyper, x: Symbol, domain: Domain) -> bool:
    upper, lower, z = node.args
    if any(x in a.free_symbols for a in (*upper, *lower)) or not all(b.is_positive for b in lower):
        return False
    if len(upper) <= len(lower):
        return True
    return len(upper) == len(lower) + 1 and _has_sign(1 - z, domain, strict=True)


def _continuous_integral(node: sp.Integral, x: Symbol, domain: Domain) -> bool:
    """An integral up to x of a function that is continuous between the limits."""
    body, *limits = node.args
    if len(limits) != 1 or len(limits[0]) != 3 or x in body.free_symbols:
        return False
    t, low, high = limits[0]
    ends = [domain[e] if e in domain else Interval(e, e) for e in (low, high) if _plain(e, domain)]
    if len(ends) != 2:
        return False
    least, most = min(e.low for e in ends), max(e.high for e in ends)
    lows = [e for e in ends if e.low == least]
    highs = [e for e in ends if e.high == most]
    hull = Interval(least, most, all(e.low_open for e in lows), all(e.high_open for e in highs))
    fresh = sp.Dummy(t.name, real=True)
    inner = Domain({**{s: domain[s] for s in domain}, fresh: hull}, domain.where)
    return _continuous(body.xreplace({t: fresh}), fresh, inner, closed=False)


def _plain(end: Basic, domain: Domain) -> bool:
    return end.is_Rational is True or (end in domain and not domain[end].plane)


def _is_real(expr: Expr, domain: Domain) -> bool:
    plane = any(s not in domain or domain[s].plane for s in expr.free_symbols)
    return not plane and (expr.is_extended_real is True or known_real(expr, domain))


def _has_sign(expr: Expr, domain: Domain, *, strict: bool) -> bool:
    """Whether expr > 0 (or >= 0) is proven on the domain."""
    area = domain.over([s for s in domain if s in expr.free_symbols])
    try:
        sign, certain = known_sign(expr, area)
        if sign > 0 and (certain or not strict):
            return True
    except RefusesForm:
        pass
    bounded = all(not (area[s].low.is_infinite or area[s].high.is_infinite) for s in area)
    if not bounded or len(area) > _BOXED:
        return False
    relation = sp.Gt(expr, 0) if strict else sp.Ge(expr, 0)
    return sign_holds(relation, area).outcome is Outcome.PROVEN


# ---- sums and products --------------------------------------------------------------------------


def by_induction(expr: Expr, domain: Domain) -> Finding | None:
    """A proof for sums and products up to an integer n with a least value, or None.

    >>> n, k = Symbol("n", integer=True, positive=True), Symbol("k", integer=True)
    >>> by_induction(sp.Sum(k, (k, 1, n)) - n * (n + 1) / 2, Domain.of([n])).method
    'induction'
    """
    totals = [
        t for t in postorder([expr], leaf=binds_variables) if isinstance(t, sp.Sum | sp.Product)
    ]
    if not totals or _too_large(expr):
        return None
    for n in [s for s in symbols_of([expr]) if s in domain and domain[s].integer]:
        start = domain[n].low
        if start.is_infinite or any(n in r.free_symbols for r in domain.where):
            continue
        try:
            if _steps(expr, n, totals, domain):
                first = expr.subs(n, start).doit()
                if _vanishes(first, domain, 1):
                    said = f"D({n} + 1) is a multiple of D({n}), and D({start}) = 0"
                    return Finding(Outcome.PROVEN, "induction", said, figures={"variable": str(n)})
        except (RefusesForm, DerivaxError, ValueError, TypeError, NotImplementedError):
            continue
    return None


def _steps(expr: Expr, n: Symbol, totals: list[Basic], domain: Domain) -> bool:
    """Whether D(n + 1) - c D(n) = 0 for c = 1 or the last factor of a product."""
    factors: list[Expr] = [S.One]
    extended: dict[Basic, Basic] = {}
    for total in totals:
        if n not in total.free_symbols:
            continue
        body, *limits = total.args
        if len(limits) != 1 or n in body.free_symbols:
            return False
        k, low, high = limits[0]
        if n in low.free_symbols or (high - n).free_symbols or not (high - n).is_Integer:
            return False
        last = body.xreplace({k: high + 1})
        if isinstance(total, sp.Sum):
            extended[total] = Add(total, last)
        else:
            extended[total] = Mul(total, last)
            factors.append(last)
    if not extended:
        return False
    marks = {total: sp.Dummy("total") for total in extended}
    held = expr.xreplace(marks)
    if any(n in t.free_symbols for t in postorder([held]) if isinstance(t, sp.Sum | sp.Product)):
        return False
    later = held.xreplace({n: n + 1}).xreplace({marks[t]: new for t, new in extended.items()})
    area = domain
    return any(normal_form(Add(later, Mul(-1, factor, expr)), area).is_zero for factor in factors)
