r"""The calculus of variations on jets: Euler operators, integration by parts, potentials.

$$E_a(f) = \sum_J (-D)_J\,\frac{\partial f}{\partial\phi_{a,J}},\qquad
  \sum_{a,J}\frac{\partial f}{\partial\phi_{a,J}}D_J\eta_a = \sum_a E_a(f)\,\eta_a
  + D_\mu I^\mu_\eta(f)$$

f is a total divergence exactly when all $E_a(f)$ vanish.  Then, with $\eta = \phi$ and f
homogeneous of degree d in the fields, $f = D_\mu(I^\mu_\phi(f)/d)$ needs no integration; a
homotopy integral, or undetermined coefficients, serve the rest.

Main definitions: `euler_operator`, `parts_current`, `is_divergence`, `potential`, `presentable`.

References: P. J. Olver, Applications of Lie Groups to Differential Equations, chapters 4 and 5.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Integral,
    Mul,
    Pow,
    S,
    expand_mul,
    factor,
    factor_terms,
    integrate,
    powsimp,
    simplify,
)
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.linear_relations import solve_combination
from derivax.symbolic.exact.monomials import is_plainly_nonzero, is_plainly_zero, normalised
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.zero import vanishes
from derivax.symbolic.jets import JetSpace

__all__ = [
    "euler_operator",
    "is_divergence",
    "is_zero",
    "parts_current",
    "potential",
    "presentable",
    "spread",
    "zero_finding",
]

_MOST_TERMS = 400
_LARGE, _MEDIUM, _SMALL = 600, 150, 40


def zero_finding(expr: Any, domain: Domain | None = None) -> Finding:
    """Whether an expression of jets is zero: monomials first, then the general zero test."""
    if is_plainly_zero(expr):
        detail = "every monomial over the common denominator cancels"
        return Finding(Outcome.PROVEN, "monomials", detail)
    return vanishes(expr, domain)


def is_zero(expr: Any) -> bool:
    """Whether an expression of jets is established to be zero."""
    if is_plainly_zero(expr):
        return True
    return not is_plainly_nonzero(expr) and zero_finding(expr).outcome.established


def euler_operator(space: JetSpace, f: Any, field: int) -> Any:
    r"""$E_a(f)$, the variational derivative ($\partial_q - d/dt\,\partial_{q'}$, ...)."""
    terms = []
    for symbol, a, index in space.jets_in(f):
        if a == field:
            sign = (-1) ** sum(index)
            terms.append(sign * space.total_index(f.diff(symbol), index))
    return Add(*terms)


def parts_current(space: JetSpace, f: Any, eta: dict[int, Any]) -> list[Any]:
    r"""$I^\mu_\eta(f)$: what integration by parts moves off the variation $\eta_a$.

    For $f = L(q, q')$ it is $p\cdot\eta$; for higher derivatives Ostrogradsky's momenta appear.
    """
    current: list[list[Any]] = [[] for _ in space.variables]
    for symbol, a, index in space.jets_in(f):
        if eta.get(a, S.Zero) == 0:
            continue
        factor, rest = f.diff(symbol), index
        while any(rest):
            mu = max(i for i, n in enumerate(rest) if n)
            rest = tuple(n - (i == mu) for i, n in enumerate(rest))
            current[mu].append(factor * space.total_index(eta[a], rest))
            factor = -space.total(factor, mu)
    return [Add(*terms) for terms in current]


# ---- potentials of total divergences --------------------------------------------------------


def is_divergence(space: JetSpace, f: Any) -> bool:
    """Whether f is a total divergence: all Euler operators vanish.

    A divergence is linear in its highest derivatives, which is looked at first.
    """
    jets = space.jets_in(f)
    if not jets:
        return True
    top = max(sum(index) for _, _, index in jets)
    highest = [symbol for symbol, _, index in jets if sum(index) == top]
    if top == 0 and any(is_plainly_nonzero(f.diff(s)) for s in highest):
        return False
    if len(space.variables) == 1 and any(is_plainly_nonzero(f.diff(s, 2)) for s in highest):
        return False
    return all(is_zero(euler_operator(space, f, a)) for a in range(len(space.fields)))


def potential(space: JetSpace, f: Any) -> list[Any] | None:
    r"""$\Lambda^\mu$ with $D_\mu\Lambda^\mu = f$; None when f is no total divergence.

    The answer is checked before it is given.

    >>> from sympy import Function, symbols
    >>> from derivax.symbolic.jets import JetSpace
    >>> t = symbols("t", real=True)
    >>> q = Function("q", real=True)(t)
    >>> space = JetSpace((q,), (t,))
    >>> (found,) = potential(space, space.jets(q.diff(t)**2 + q*q.diff(t, 2)))
    >>> space.functions(found)
    q(t)*Derivative(q(t), t)
    >>> potential(space, space.jets(q.diff(t)**2)) is None
    True

    Raises:
        NotImplementedError: it is a total divergence, but no potential was found.
    """
    if f == 0 or is_zero(f):
        return [S.Zero for _ in space.variables]
    if not is_divergence(space, f):
        return None
    f = spread(f)
    terms = Add.make_args(f)
    groups: dict[Any, list[Any]] = {}
    for term in terms:
        groups.setdefault(_degree(space, term), []).append(term)
    parts = {d: Add(*group) for d, group in groups.items()}
    if len(parts) > 1 and not all(
        is_zero(euler_operator(space, part, a))
        for part in parts.values()
        for a in range(len(space.fields))
    ):
        parts = {None: f}
    total = [S.Zero for _ in space.variables]
    for degree, part in parts.items():
        found = _potential_of_degree(space, part, degree)
        total = [old + new for old, new in zip(total, found)]
    return total


def _degree(space: JetSpace, expr: Any) -> Any:
    """The degree under a common scaling of all jets; None when there is none."""
    if space.place(expr) is not None:
        return S.One
    if not any(space.place(s) is not None for s in expr.free_symbols):
        return S.Zero
    if isinstance(expr, Add):
        common = {_degree(space, a) for a in expr.args}
        return common.pop() if len(common) == 1 else None
    if isinstance(expr, Mul):
        degrees = [_degree(space, a) for a in expr.args]
        return None if None in degrees else Add(*degrees)
    if isinstance(expr, Pow) and not space.jets_in(expr.exp):
        base = _degree(space, expr.base)
        return None if base is None else base * expr.exp
    if all(isinstance(a, Expr) and _degree(space, a) == 0 for a in expr.args):
        return S.Zero
    return None


def _potential_of_degree(space: JetSpace, f: Any, degree: Any) -> list[Any]:
    fields = {a: space.field(a) for a in range(len(space.fields))}
    if degree is not None and degree != 0:
        return [part / degree for part in parts_current(space, f, fields)]
    jets = space.jets_in(f)
    if not jets:
        first = space.variables[0]
        return [integrate(f, first), *[S.Zero for _ in space.variables[1:]]]
    for attempt in (_by_coefficients, _by_homotopy, _by_one_coordinate):
        found = attempt(space, f)
        if found is not None and is_zero(space.divergence(found) - f):
            return found
    raise NotImplementedError(str(space.functions(f)))


def _by_coefficients(space: JetSpace, f: Any) -> list[Any] | None:
    """Undetermined coefficients of the monomials that may stand in the potential."""
    candidates: dict[tuple[int, Any], None] = {}
    bases = {
        p.base for p in f.atoms(Pow) if not (p.exp.is_Integer and p.exp > 0) and space.jets_in(p)
    }
    for term in Add.make_args(spread(f)):
        for symbol, a, index in space.jets_in(term):
            for mu in range(len(space.variables)):
                if not index[mu]:
                    continue
                lower = space.jet(a, tuple(n - (i == mu) for i, n in enumerate(index)))
                lifted = powsimp(term / symbol * lower)
                candidates.setdefault((mu, _monic(lifted)))
                for base in bases:
                    for unit in Add.make_args(base.expand()):
                        candidates.setdefault((mu, _monic(powsimp(lifted * base / unit))))
    made = [
        (mu, m)
        for mu, m in candidates
        if not any(
            p.exp.is_negative and space.place(p.base) is not None and p.base not in bases
            for p in m.atoms(Pow)
        )
    ]
    if not made or len(made) > _MOST_TERMS:
        return None
    images = [space.total(m, mu) for mu, m in made]
    weights = solve_combination(images, f)
    if weights is None:
        return None
    total: list[Any] = [S.Zero for _ in space.variables]
    for (mu, monomial), weight in zip(made, weights):
        total[mu] += weight * monomial
    return total


def _monic(term: Any) -> Any:
    return term.as_independent(*term.free_symbols, as_Add=False)[1]


def _by_homotopy(space: JetSpace, f: Any) -> list[Any] | None:
    r"""$\Lambda^\mu = \int_0^1 I^\mu_\phi(f)[\lambda\phi]\,d\lambda/\lambda$, plus what is left at
    $\phi = 0$."""
    scale = Dummy("scale", positive=True)
    jets = [s for s, _, _ in space.jets_in(f)]
    rest = f.subs(dict.fromkeys(jets, S.Zero), simultaneous=True)
    if rest.is_finite is False or rest.has(S.NaN, S.ComplexInfinity):
        return None
    fields = {a: space.field(a) for a in range(len(space.fields))}
    found = []
    for part in parts_current(space, f, fields):
        below = [s for s, _, _ in space.jets_in(part)]
        scaled = part.xreplace({s: scale * s for s in below}) / scale
        value = integrate(expand_mul(scaled), (scale, 0, 1))
        if value.has(Integral, S.NaN, S.ComplexInfinity):
            return None
        found.append(value)
    found[0] += integrate(rest, space.variables[0]) if rest != 0 else S.Zero
    return found


def _by_one_coordinate(space: JetSpace, f: Any) -> list[Any] | None:
    """Integrate the coefficient of one highest derivative, subtract, go on (one variable only)."""
    if len(space.variables) != 1:
        return None
    total, rest = S.Zero, f
    for _ in range(4 * len(space.fields) + 4):
        jets = space.jets_in(rest)
        if not jets:
            return [total + integrate(rest, space.variables[0])]
        top = max(sum(i) for _, _, i in jets)
        if top == 0:
            return None
        symbol, a, _ = next(row for row in jets if sum(row[2]) == top)
        lower = space.jet(a, (top - 1,))
        slope = rest.diff(symbol)
        piece = integrate(slope, lower)
        if symbol in slope.free_symbols or piece.has(Integral):
            return None
        total += piece
        rest = spread(rest - space.total(piece))
        if is_zero(rest):
            return [total]
    return None



def presentable(space: JetSpace, expr: Any) -> Any:
    """The shortest of a few ways to write an expression of jets; 0 when it is zero."""
    if is_plainly_zero(expr):
        return S.Zero
    ways = [expr]
    size = expr.count_ops()
    if size < _LARGE:
        wide = spread(expr)
        ways.append(wide)
        if size < _MEDIUM:
            ways += [factor_terms(wide), factor_terms(expr)]
            if wide.is_rational_function():
                ways.append(factor(wide))
            if size < _SMALL and expr.has(TrigonometricFunction, HyperbolicFunction):
                ways.append(simplify(expr))
    return min(ways, key=lambda w: w.count_ops())


def spread(expr: Any) -> Any:
    """A sum of monomials; `expand` would also take apart the powers of r = sqrt(x**2 + y**2)."""
    try:
        return expand_mul(normalised(expr))
    except ArithmeticError:
        return expand_mul(expr)
