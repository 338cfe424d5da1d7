r"""First-order equations u' = f(u) g(t) with an initial value, by separation of variables.

Main definitions: `solve` (a problem to a derivation), `separated`, `Separated`.

Assumptions: one equation, linear in u', one initial value.  f may hold any symbols.

What plain SymPy cannot do and how it is done: `dsolve` loses the branch, the sign of logarithms
and the interval of existence.  Here every move is a checked rule (`Separate`, `Integrate`,
`SolveFor`, `ImplicitInverse`, `BackSubstitute`); logarithms are of ratios q(u)/q(u0), which stay
positive; where no explicit inverse exists u becomes an `ImplicitRoot` between the equilibria
around u0; for a quadratic f whose discriminant has no known sign the result is written in the
entire functions C and S and checked for every sign; what must stay positive for the solution to
exist is stated, or the asked interval refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    Add,
    Derivative,
    Dummy,
    Expr,
    Ge,
    Gt,
    Mul,
    Ne,
    Poly,
    Pow,
    S,
    Symbol,
    cancel,
    expand,
    expand_log,
    factor,
    factor_terms,
    fraction,
    log,
    oo,
    pi,
    posify,
    powsimp,
    roots,
    separatevars,
    sqrt,
    together,
)
from sympy.core.function import AppliedUndef
from sympy.polys.polyerrors import PolynomialError

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import sign_holds, vanishes
from derivax.symbolic.formula import Formula
from derivax.symbolic.methods.antiderivative import antiderivative, definite
from derivax.symbolic.methods.existence import (
    must_stay_positive,
    parameter_conditions,
    relative,
)
from derivax.symbolic.methods.integrate import Integrate, Separate
from derivax.symbolic.methods.refusal import DoesNotApply
from derivax.symbolic.methods.solve_for import BackSubstitute, ImplicitInverse, SolveFor
from derivax.symbolic.methods.substitute import Rewrite
from derivax.symbolic.nodes.entire_hyperbolic import CoshRoot, SinhcRoot
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement

__all__ = ["Separated", "separated", "solve"]


@dataclass(frozen=True)
class Separated:
    """u'(t) = f(v) g(t) at v = u(t), with u(start) = initial."""

    unknown: AppliedUndef
    variable: Symbol
    v: Symbol
    f: Expr
    g: Expr
    start: Expr
    initial: Expr


def separated(problem: Problem) -> Separated:
    """Bring the problem to separated form.

    Raises:
        DoesNotApply: more than one equation, not first order, not linear in u', no or several
            initial values, or a right-hand side that is not a product f(u) g(t).
    """
    if len(problem.equations) != 1 or len(problem.unknown) != 1:
        raise DoesNotApply("takes one equation for one unknown function")
    (unknown,) = problem.unknown
    if not isinstance(unknown, AppliedUndef) or problem.order == 0:
        raise DoesNotApply("the equation has no derivative of the unknown")
    if problem.order > 1:
        raise DoesNotApply(f"the equation is of order {problem.order}, not 1")
    if len(problem.given) != 1:
        raise DoesNotApply(f"needs one initial value, e.g. given={{{unknown.func}(0): u0}}")
    variable = problem.variable
    ((key, initial),) = problem.given.items()
    rate, symbol = Derivative(unknown, variable), Dummy("rate")
    residual = problem.equations[0].residual.doit().subs(rate, symbol)  # type: ignore[attr-defined]
    multiplier = residual.diff(symbol)
    if symbol in multiplier.free_symbols or multiplier.is_zero:
        raise DoesNotApply(f"the equation is not linear in {rate}")
    v = Symbol(_fresh_name(problem, "v"), **unknown._assumptions.generator)
    rhs = cancel(together(-residual.subs(symbol, 0) / multiplier)).subs(unknown, v)
    f, g = _factors(rhs, v, variable, problem.domain)
    return Separated(unknown, variable, v, f, g, key.args[0], initial)  # type: ignore[arg-type]


def _fresh_name(problem: Problem, stem: str) -> str:
    taken = {s.name for s in problem.free_symbols if isinstance(s, Symbol)}
    while stem in taken:
        stem += "_"
    return stem


def _factors(rhs: Expr, v: Symbol, t: Symbol, domain: Domain) -> tuple[Expr, Expr]:
    """rhs = f(v) g(t), constants with g."""
    if v not in rhs.free_symbols:
        return S.One, rhs
    for form in (rhs, factor(rhs), factor_terms(rhs), powsimp(factor(rhs))):
        parts = separatevars(form, symbols=(v, t), dict=True)
        if parts is not None:
            f, constant = parts[v], parts["coeff"]
            content, f = f.as_content_primitive() if f.is_polynomial(v) else (S.One, f)
            return f, parts[t] * constant * content
    v1, v2, t1, t2 = (
        Symbol(f"{s.name}_{i}", **s._assumptions.generator) for s in (v, t) for i in (1, 2)
    )
    cross = rhs.subs({v: v1, t: t1}) * rhs.subs({v: v2, t: t2}) - rhs.subs(
        {v: v1, t: t2}
    ) * rhs.subs({v: v2, t: t1})
    if vanishes(cross, None).outcome is Outcome.REFUTED:
        raise DoesNotApply(f"{rhs} is not a product f({v}) g({t})")
    raise DoesNotApply(f"{rhs} could not be written as a product f({v}) g({t})")


def solve(problem: Problem) -> Derivation:
    """Derive u(t).

    Returns:
        A derivation whose formula is u(t) in the problem's symbols, t first.

    Raises:
        DoesNotApply: the problem is not of this kind, an integral is not found, or the solution
            does not exist on the whole of the asked interval.
    """
    parts = separated(problem)
    derivation = Derivation.begin(problem, title=f"Solution of {problem.equations[0]}")
    f0 = parts.f.subs(parts.v, parts.initial)
    if f0.is_zero or vanishes(f0, problem.domain).outcome.established:
        return _equilibrium(derivation, parts)
    rule = Separate(parts.unknown, parts.f.subs(parts.v, parts.unknown), parts.g)
    claim = rule.conclude(derivation[0])
    if not sign_holds(Ne(f0, 0), problem.domain).outcome.established:
        claim = claim.under(Ne(f0, 0))
    derivation = derivation.then(
        rule,
        0,
        name="separated",
        say=f"Separate the variables, away from {parts.f.subs(parts.v, parts.unknown)} = 0:",
        claim=claim,
    )
    quadratic = _irrational_quadratic(parts, problem.domain)
    if quadratic is not None:
        return _quadratic(derivation, parts, quadratic)
    return _general(derivation, parts)


def _equilibrium(derivation: Derivation, parts: Separated) -> Derivation:
    """f(u0) = 0: the solution stays where it is."""
    claim = Statement(parts.unknown, "=", parts.initial)
    derivation = derivation.assume(
        claim, name="constant", say="The initial value is an equilibrium; try"
    )
    return _finish(derivation, parts, ())


def _general(derivation: Derivation, parts: Separated) -> Derivation:
    primitive = antiderivative(1 / parts.f, parts.v)
    if primitive is None:
        raise DoesNotApply(f"no antiderivative of {1 / parts.f} was found")
    time = antiderivative(parts.g, parts.variable)
    if time is None:
        raise DoesNotApply(f"no antiderivative of {parts.g} was found")
    lhs = definite(primitive, parts.v, parts.initial).subs(parts.v, parts.unknown)
    rhs = definite(time, parts.variable, parts.start)
    rule = Integrate(parts.variable, lhs, rhs)
    derivation = derivation.then(
        rule, "separated", 1, name="integrated", say="Integrate from the initial value."
    )
    try:
        derivation = derivation.then(
            SolveFor(parts.unknown),
            "integrated",
            1,
            name="solved",
            say=f"Solve for {parts.unknown}.",
        )
    except InputError:
        return _implicit(derivation, parts)
    solved = derivation["solved"]
    tidy = _tidied(solved.rhs)  # type: ignore[arg-type]
    if tidy != solved.rhs:
        derivation = derivation.then(Rewrite(rhs=tidy), "solved", say="In a shorter form.")
    in_range = [
        c.lhs for c in solved.given if isinstance(c, Gt) and parts.variable in c.free_symbols
    ]
    positive = [*in_range, *must_stay_positive(tidy, parts.unknown, parts.variable)]
    return _finish(
        derivation,
        parts,
        tuple(dict.fromkeys(relative(q, parts.variable, parts.start) for q in positive)),
    )


def _tidied(expr: Expr) -> Expr:
    """The shortest of a few equal forms."""
    forms = [expr]
    for tidy in (
        cancel,
        factor_terms,
        _cancelled_bases,
        lambda e: powsimp(expand_log(e)),
        lambda e: cancel(together(e)),
    ):
        try:
            forms.append(tidy(expr))
        except (PolynomialError, NotImplementedError):
            continue
    return min(forms, key=lambda e: (e.count_ops(), e.sort_key()))


def _cancelled_bases(expr: Expr) -> Expr:
    """The bases of powers and the arguments of logarithms multiplied out and cancelled."""
    return expr.replace(
        lambda e: isinstance(e, Pow) and isinstance(e.base, Mul | Add),
        lambda e: powsimp(expand(cancel(e.base), power_exp=False)) ** e.exp,
    )


# --- a quadratic right-hand side, for every sign of its discriminant


def _irrational_quadratic(parts: Separated, domain: Domain) -> tuple[Expr, Expr, Expr] | None:
    """(a, b, c) of f = a v^2 + b v + c, unless its roots are rational and certainly distinct."""
    try:
        polynomial = Poly(parts.f, parts.v)
    except PolynomialError:
        return None
    if polynomial.degree() != 2:
        return None
    a, b, c = (polynomial.nth(k) for k in (2, 1, 0))
    discriminant = factor(b**2 - 4 * a * c)
    if discriminant.is_zero:
        return None
    settled = sign_holds(Gt(discriminant, 0), domain).outcome.established
    root = sqrt(posify(discriminant)[0])
    if settled and root.is_rational_function(*root.free_symbols):
        return None
    return a, b, c


def _quadratic(
    derivation: Derivation, parts: Separated, coefficients: tuple[Expr, Expr, Expr]
) -> Derivation:
    """Separation for a positive discriminant, rewritten in C and S, then checked for every sign."""
    a, b, c = coefficients
    u0, v = parts.initial, parts.v
    discriminant = factor(b**2 - 4 * a * c)
    k = Pow(discriminant, S.Half)
    time = antiderivative(parts.g, parts.variable)
    if time is None:
        raise DoesNotApply(f"no antiderivative of {parts.g} was found")
    elapsed = definite(time, parts.variable, parts.start)
    high, low = (-b + k) / (2 * a), (-b - k) / (2 * a)
    lhs = (log((v - high) / (u0 - high)) - log((v - low) / (u0 - low))) / k
    rule = Integrate(parts.variable, lhs.subs(v, parts.unknown), elapsed)
    equation = derivation["separated"].under(Gt(discriminant, 0))
    derivation = derivation.then(
        rule,
        "separated",
        1,
        name="integrated",
        say=f"Integrate by partial fractions over the two roots, real for {discriminant} > 0.",
        claim=equation.__class__(lhs.subs(v, parts.unknown), "=", elapsed, given=equation.given),
    )
    derivation = derivation.then(
        SolveFor(parts.unknown), "integrated", 1, name="solved", say=f"Solve for {parts.unknown}."
    )
    w = discriminant * elapsed**2 / 4
    grown, half = CoshRoot(w), elapsed * SinhcRoot(w) / 2
    entire = (u0 * (grown + b * half) + 2 * c * half) / (grown - (2 * a * u0 + b) * half)
    derivation = derivation.then(
        Rewrite(rhs=entire),
        "solved",
        name="entire",
        say="In C(w) = cosh sqrt(w) and S(w) = sinh sqrt(w)/sqrt(w), which are entire in w.",
    )
    positive = [grown - (2 * a * u0 + b) * half]
    if parts.unknown.is_positive:
        positive.append(entire)
    if not sign_holds(Ge(discriminant, 0), derivation.problem.domain).outcome.established:
        positive.append(pi**2 + w)
    derivation = derivation.then(
        BackSubstitute(derivation.problem),
        "entire",
        name="every-sign",
        say="The form is analytic in the discriminant and solves the problem for every sign.",
        claim=Statement(parts.unknown, "=", entire, given=tuple(derivation.problem.assume)),
    )
    return _finish(derivation, parts, tuple(positive))


# --- no explicit inverse: the root between the equilibria


def _implicit(derivation: Derivation, parts: Separated) -> Derivation:
    domain = derivation.problem.domain
    at_start = parts.f.subs(parts.v, parts.initial)
    rate = at_start * parts.g
    falling = sign_holds(rate < 0, domain).outcome.established
    rising = sign_holds(rate > 0, domain).outcome.established
    if not falling and not rising:
        raise DoesNotApply(
            f"the relation {derivation['integrated']} has no explicit inverse, and the sign of "
            f"{rate} at the start is not settled; assume it, e.g. with positive symbols"
        )
    low, high = _equilibria_around(parts, domain)
    bracket = (low, parts.initial) if falling else (parts.initial, high)
    derivation = derivation.then(
        ImplicitInverse(parts.unknown, *bracket),
        "integrated",
        1,
        name="solved",
        say=f"No explicit inverse: the root between {bracket[0]} and {bracket[1]}.",
    )
    return _finish(derivation, parts, ())


def _equilibria_around(parts: Separated, domain: Domain) -> tuple[Expr, Expr]:
    """The nearest zeros (or poles, or the end of the range) of f below and above u0."""
    ends: list[Expr] = [S.Zero] if parts.v.is_nonnegative else []
    for part in fraction(together(parts.f)):
        try:
            ends += [r for r in roots(Poly(part, parts.v)) if r.is_real is not False]
        except PolynomialError:
            continue
    low, high = (S.Zero if parts.v.is_nonnegative else -oo), oo
    for end in ends:
        if sign_holds(end < parts.initial, domain).outcome.established:
            if low is -oo or sign_holds(low <= end, domain).outcome.established:
                low = end
        elif sign_holds(end > parts.initial, domain).outcome.established:
            if high is oo or sign_holds(end <= high, domain).outcome.established:
                high = end
    return low, high


# --- the formula, where it exists


def _finish(derivation: Derivation, parts: Separated, positive: tuple[Expr, ...]) -> Derivation:
    """Existence, the final check against the problem, and the formula."""
    problem = derivation.problem
    solution = derivation.conclusion.rhs
    parameters = tuple(
        dict.fromkeys(parameter_conditions(solution, parts.variable, problem.domain))
    )
    domain = problem.domain.restricted(where=parameters) if parameters else problem.domain
    conditions: list[Expr] = []
    asked = [a for a in problem.assume if parts.variable in a.free_symbols]
    for quantity in positive:
        known = domain.restricted(where=tuple(Gt(q, 0) for q in conditions))
        finding = sign_holds(Gt(quantity, 0), known)
        if finding.outcome.established:
            continue
        if asked and finding.outcome is Outcome.REFUTED:
            where = ", ".join(f"{s} = {v}" for s, v in dict(finding.witness or {}).items())
            raise DoesNotApply(
                f"the solution does not exist on the asked interval {', '.join(map(str, asked))}: "
                f"{quantity} > 0 fails, e.g. at {where}"
            )
        conditions.append(quantity)
    claim = Statement(parts.unknown, "=", solution, forall=problem.domain).under(*parameters)
    derivation = derivation.then(
        BackSubstitute(problem, tuple(conditions)),
        -1,
        name="solution",
        say="Put back into the problem.",
        claim=claim.under(*(Gt(q, 0) for q in conditions)),
    )
    return derivation.concluded(_formula(derivation, parts))


def _formula(derivation: Derivation, parts: Separated) -> Formula:
    statement = derivation["solution"]
    others = sorted(
        (s for s in statement.rhs.free_symbols if s != parts.variable and isinstance(s, Symbol)),
        key=lambda s: s.name,
    )
    return derivation.formula_of(
        "solution",
        [parts.variable, *others],
        name=parts.unknown.func.__name__,
        solves=derivation.problem,
    )
