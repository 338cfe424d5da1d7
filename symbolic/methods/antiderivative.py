"""Finding antiderivatives of one-variable integrands with symbolic parameters.

Main definitions: `antiderivative`, `definite`, `generators`, `in_generator`.

Implementation notes.  Nothing here is trusted: whoever uses a result checks it by
differentiating. The search is: partial fractions over the roots of the denominator, in v or in a
new variable w = v^q, log v or exp(c v) in which the integrand is rational; SymPy's rule-based
integrator last.  `integrate` is not called: with symbolic parameters it may not come back.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Add,
    Dummy,
    Expr,
    I,
    Integral,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Rational,
    S,
    Symbol,
    cancel,
    exp,
    expand,
    factor_list,
    factorial,
    fraction,
    log,
    powdenest,
    powsimp,
    roots,
    together,
)
from sympy.integrals.manualintegrate import manualintegrate
from sympy.polys.polyerrors import PolynomialError

__all__ = ["antiderivative", "definite", "generators", "in_generator"]


def generators(expr: Expr, v: Symbol) -> Iterator[Expr]:
    """Candidate new variables w(v): v itself, its powers, log v, exponentials."""
    yield v
    seen: set[Expr] = {v}
    if expr.is_rational_function(v):
        for power in (2, 3, -1, -2, -3):
            seen.add(v**power)
            yield v**power
    for node in sorted(expr.atoms(Pow, log, exp), key=lambda e: e.sort_key()):
        if v not in node.free_symbols:
            continue
        candidates: list[Expr] = []
        if isinstance(node, log):
            candidates = [log(v), node]
        elif isinstance(node, exp):
            candidates = [node]
        elif node.base == v and not node.exp.is_Integer:
            candidates = [v ** (1 - node.exp), v ** (1 + node.exp), node]
            if node.exp.is_Rational:
                candidates = [v ** Rational(1, node.exp.q), *candidates]
        for candidate in candidates:
            if candidate not in seen and v in candidate.free_symbols:
                seen.add(candidate)
                yield candidate


def in_generator(f: Expr, v: Symbol, w: Expr, name: Symbol) -> Expr | None:
    """The integrand of f(v) dv in the variable w(v), or None when v survives."""
    if w == v:
        return f.subs(v, name)
    if isinstance(w, Pow) and w.base == v:
        inner = f.subs(v, name ** (1 / w.exp)) * name ** (1 / w.exp - 1) / w.exp
        return _merged_powers(powdenest(inner, force=True), name)
    inner = powsimp(f / w.diff(v))
    if isinstance(w, log) and w.args[0] == v:
        inner = inner.replace(lambda e: isinstance(e, log), lambda e: _split_log(e, v))
        inner = cancel(inner.subs(log(v), name))
    else:
        inner = inner.subs(w, name)
    return None if v in inner.free_symbols else inner


def _merged_powers(expr: Expr, name: Symbol) -> Expr:
    """Powers of `name` with their exponents added up and simplified, in sums and products alike."""

    def merged(product: Expr) -> Expr:
        exponent, rest = S.Zero, []
        for factor in Mul.make_args(product):
            base, power = factor.as_base_exp()
            if base == name:
                exponent += power
            else:
                rest.append(factor)
        return Mul(*rest) * name ** cancel(exponent)

    numerator, denominator = fraction(together(expr))
    numerator, denominator = (
        Add(*[merged(term) for term in Add.make_args(expand(part))])
        for part in (numerator, denominator)
    )
    if not isinstance(denominator, Add):
        return Add(*[merged(term / denominator) for term in Add.make_args(numerator)])
    lowest = _common_power(denominator, name)
    numerator = Add(*[merged(term / lowest) for term in Add.make_args(numerator)])
    denominator = Add(*[merged(term / lowest) for term in Add.make_args(denominator)])
    return numerator / denominator


def _common_power(total: Expr, name: Symbol) -> Expr:
    """The first power of `name` with a symbolic exponent that occurs in a sum."""
    for term in Add.make_args(total):
        for factor in Mul.make_args(term):
            base, power = factor.as_base_exp()
            if base == name and not power.is_Integer:
                return name**power
    return S.One


def _split_log(node: Expr, v: Symbol) -> Expr:
    """log(c v^n) = log c + n log v, for a product that depends on v through a power only."""
    constant, power = node.args[0].as_independent(v, as_Add=False)
    base, exponent = power.as_base_exp()
    if base == v and v not in exponent.free_symbols:
        return log(constant) + exponent * log(v)
    return node


def _rational(f: Expr, v: Symbol) -> Expr | None:
    """Antiderivative of a rational function of v by partial fractions over its roots."""
    numerator, denominator = fraction(cancel(together(f)))
    try:
        top, bottom = Poly(numerator, v), Poly(denominator, v)
    except PolynomialError:
        return None
    quotient, remainder = top.div(bottom)
    result = quotient.integrate().as_expr()
    if remainder.is_zero:
        return result
    _, factors = factor_list(bottom.as_expr(), v)
    poles: dict[Expr, int] = {}
    for factor, multiplicity in factors:
        polynomial = Poly(factor, v)
        if polynomial.degree() > 2:
            return None
        found = roots(polynomial)
        if sum(found.values()) != polynomial.degree():
            return None
        for root, count in found.items():
            poles[root] = poles.get(root, 0) + count * multiplicity
    leading = bottom.LC()
    rest = remainder.as_expr() / leading
    for pole, multiplicity in poles.items():
        others = Mul(*[(v - other) ** n for other, n in poles.items() if other != pole])
        local = rest / others
        for k in range(multiplicity):
            # coefficient of (v - pole)^(k - multiplicity)
            coefficient = cancel(local.diff(v, k).subs(v, pole)) / factorial(k)
            order = multiplicity - k
            if order == 1:
                result += coefficient * log(v - pole)
            else:
                result += coefficient * (v - pole) ** (1 - order) / (1 - order)
    return result


def antiderivative(f: Expr, v: Symbol) -> Expr | None:
    """A function of v whose derivative is `f`, or None; of several, the shortest.

    The result is a candidate: check it by differentiating.
    """
    if v not in f.free_symbols:
        return f * v
    found: list[Expr] = []
    for w in generators(f, v):
        name = Dummy("w", positive=True) if isinstance(w, Pow | Symbol) else Dummy("w", real=True)
        inner = in_generator(f, v, w, name)
        outer = None if inner is None else _rational(inner, name)
        if outer is not None and not outer.has(I):
            found.append(outer.subs(name, w))
    if found:
        return min(found, key=lambda e: (e.count_ops(), e.sort_key()))
    by_rules = manualintegrate(f, v)
    if by_rules.has(Integral) or by_rules.has(Piecewise):
        return None
    return by_rules


def definite(primitive: Expr, v: Symbol, start: Expr) -> Expr:
    """H(v) - H(start), with logarithms combined into logarithms of ratios.

    A ratio q(v)/q(start) is positive as long as q keeps its sign, so no absolute value is needed.
    """
    total: list[Expr] = []
    for term in Add.make_args(expand(primitive, log=False, power_base=False, power_exp=False)):
        if v not in term.free_symbols:
            continue
        coefficient, rest = term.as_independent(v, as_Add=False)
        if isinstance(rest, log):
            argument = rest.args[0]
            total.append(coefficient * log(_ratio(argument, v, start)))
        else:
            total.append(term - term.subs(v, start))
    return Add(*total)


def _ratio(argument: Expr, v: Symbol, start: Expr) -> Expr:
    return argument / argument.subs(v, start)
