r"""Balanced modes of any depth: the mode equation, the time it takes, and the limit L to infinity.

Main results: `depth_time`, `depth_delay`, `infinite_depth`, `weight_decay`.

Implementation notes.  L is a symbol throughout; a real L is no less sound than a whole one.  The
time is left as an integral over $y = \ln u$: in that variable the integrand neither grows nor
cancels near $u = 0$, where the partial fractions of $u^{2/L-2}/(s-u)$ lose all their digits, and
the cost does not depend on L.
"""

from __future__ import annotations

from sympy import (
    Eq,
    Function,
    Gt,
    Integer,
    Integral,
    LambertW,
    Lt,
    Rational,
    Symbol,
    exp,
    log,
    oo,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.identity import Identity
from derivax.symbolic.methods.integrate import Integrate, Separate
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.solve_for import BackSubstitute, SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.notation import SOURCE, THEORY, t, tau, u0

__all__ = ["depth_delay", "depth_time", "infinite_depth", "weight_decay"]

s, L, N = (Symbol(name, positive=True) for name in ("s", "L", "N"))
uf, v0, vf = (Symbol(name, positive=True) for name in ("uf", "v0", "vf"))
a, P, u = (Function(name, positive=True) for name in ("a", "P", "u"))
_TINY = Rational(1, 10**9)
# where code is compared: beyond, times and strengths leave the range of floats, and exact integrals
# over hundreds of powers of ten take minutes each
_MODERATE = {s: (Rational(1, 100), 100), tau: (Rational(1, 100), 10**6)}
RATE = L * u(t) ** (2 - 2 / L) * (s - u(t))


def mode_equation() -> Derivation:
    r"""$\tau\dot u = L\,u^{2-2/L}(s-u)$ for a balanced mode of L layers, L a symbol."""
    derivation = Derivation.begin(
        Problem(Statement(tau * a(t).diff(t), "=", P(t) * (s - P(t) * a(t))), a(t)),
        name=f"{THEORY}/depth-time",
        title="A balanced mode of any depth",
        source=SOURCE,
    )
    derivation = derivation.assume(
        Statement(P(t), "=", a(t) ** (L - 1)),
        name="balanced",
        say="P is the product of the strengths in the other L - 1 layers (see `decoupling`); "
        "balanced, all strengths are equal:",
    ).assume(Statement(u(t), "=", a(t) ** L), name="product", say="The strength of the whole map:")
    rate = a(t) ** (L - 1) * (s - a(t) ** L) / tau
    derivation = derivation.then(
        Substitute(), 0, "balanced", name="balanced-mode", say="Hence for each layer"
    ).then(
        Rewrite(lhs=a(t).diff(t), rhs=rate, multiplier=1 / tau), "balanced-mode", name="rate-of-a"
    )
    derivation = derivation.then(Differentiate(t), "product", name="rate-of-u").then(
        Substitute({a(t).diff(t): rate}), "rate-of-u", "rate-of-a", name="chain-rule"
    )
    in_a = L * a(t) ** (2 * L - 2) * (s - a(t) ** L)
    derivation = derivation.then(
        Rewrite(lhs=tau * u(t).diff(t), rhs=in_a, multiplier=tau), "chain-rule", name="closed"
    ).then(SolveFor(a(t)), "product", name="layer")
    return derivation.then(
        Substitute({a(t): u(t) ** (1 / L)}), "closed", "layer", name="closed-in-u"
    ).then(
        Rewrite(rhs=RATE),
        "closed-in-u",
        name="mode-equation",
        say="which closes in u alone:",
    )


def _separated() -> Derivation:
    """The mode equation, its variables separated below the plateau."""
    derivation = mode_equation().assume(
        Statement(u(0), "=", u0), name="start", say="From the initial strength"
    )
    rule = Separate(u(t), u(t) ** (2 - 2 / L) * (s - u(t)), L / tau)
    return derivation.then(
        rule,
        "mode-equation",
        name="separated",
        say="Separate the variables, below the plateau:",
        claim=rule.conclude(derivation["mode-equation"]).under(Lt(u0, s)),
    )


def depth_time() -> Derivation:
    r"""How long a balanced mode of L layers takes from u0 to uf, for any L.

    $$t = \frac{\tau}{L}\int_{\ln u_0}^{\ln u_f}\frac{e^{(2/L-1)y}}{s-e^y}\,dy
        = \frac{\tau}{L}\int_{u_0}^{u_f}\frac{du}{u^{2-2/L}(s-u)}$$

    Returns:
        A derivation whose formula takes (u0, uf, s, L, tau), for u0 < uf < s and real L > 0.
    """
    y, at = Symbol("y", real=True), Symbol("t_f", nonnegative=True)
    derivation = _separated()
    integrand = exp((2 / L - 1) * y) / (s - exp(y))
    derivation = derivation.then(
        Integrate(t, Integral(integrand, (y, log(u0), log(u(t)))), L / tau * t),
        "separated",
        "start",
        name="integrated",
        say="and integrate over y = ln u:",
    )
    derivation = derivation.then(
        Substitute({t: at}), "integrated", name="at-the-end", say="At the time t_f"
    ).assume(Statement(u(at), "=", uf, given=(Lt(uf, s),)), name="end", say="the strength is u_f:")
    derivation = derivation.then(
        Substitute({u(at): uf}), "at-the-end", "end", name="relation", say="Hence"
    ).then(SolveFor(at), "relation", name="depth-time", say="Solved for the time:")
    formula = derivation.formula_of(
        "depth-time",
        [u0, uf, s, L, tau],
        domain={**_MODERATE, u0: (_TINY, 100), uf: (_TINY, 100), L: (1, 10**4)},
        name="depth_time",
        where=(u0 < uf,),
    )
    return derivation.concluded(formula)


def infinite_depth() -> Derivation:
    r"""A balanced mode of very many layers: its learning curve in closed form.

    As $L\to\infty$ the rate per layer tends to $u^2(s-u)$, so that N layers obey
    $\tau\dot u = N u^2 (s - u)$, whose solution is
    $$u(t) = \frac{s}{1+\omega(z)},\qquad z = \ln x_0 + x_0 - \frac{s^2 N t}{\tau},\quad
      x_0 = \frac{s}{u_0} - 1,$$
    with Wright's $\omega(z) = W_0(e^z)$: $\omega + \ln\omega = z$.

    Returns:
        A derivation whose formula takes (t, u0, s, N, tau), for u0 < s.
    """
    derivation = mode_equation().then(
        Rewrite(lhs=tau * u(t).diff(t) / L, rhs=RATE / L, multiplier=1 / L),
        "mode-equation",
        name="per-layer",
        say="Per layer",
    )
    v = Symbol("v", positive=True)
    derivation = derivation.then(
        Limit(L, oo, expr=(RATE / L).subs(u(t), v)),
        name="deep-limit",
        say="the rate at the strength v tends, for many layers, to",
    )
    problem = Problem(
        Eq(tau * u(t).diff(t), N * u(t) ** 2 * (s - u(t))), u(t), given={u(0): u0}, assume=(u0 < s,)
    )
    x0 = s / u0 - 1
    solution = s / (1 + LambertW(exp(log(x0) + x0 - s**2 * N * t / tau)))
    claim = Statement(u(t), "=", solution, forall=problem.domain)
    derivation = derivation.assume(
        claim, name="ansatz", say="The equation of N layers in this limit is solved by"
    ).then(BackSubstitute(problem), "ansatz", name="infinite-depth", claim=claim)
    derivation = derivation.renamed(f"{THEORY}/infinite-depth", "A balanced mode of infinite depth")
    formula = derivation.formula_of(
        "infinite-depth",
        [t, u0, s, N, tau],
        domain={
            t: (0, 10**4),
            u0: (_TINY, 100),
            **_MODERATE,
            N: (1, 10**6),
        },
        name="infinite_depth",
        solves=problem,
    )
    return derivation.concluded(formula)


def depth_delay() -> Derivation:
    r"""Steps of a mode when each depth learns at its own best rate, and what depth adds to them.

    At the rate $\mathrm{lr} = 1/(L s^{2-2/L})$ of `depth-rate`, with $\tau = 1/\mathrm{lr}$, the
    way from $v_0 s$ to $v_f s$ takes
    $$n_L = \int_{\ln v_0}^{\ln v_f}\frac{e^{(2/L-1)y}}{1-e^y}\,dy$$
    steps, whatever s.  The integrand tends to $e^{-y}/(1-e^y)$ as $L\to\infty$; it exceeds that
    of two layers by $e^{-y}$, so that $n_\infty - n_2 = 1/v_0 - 1/v_f$.

    Returns:
        A derivation whose formula takes (v0, vf, L), for v0 < vf < 1.
    """
    y, v = Symbol("y", real=True), Function("v", positive=True)
    steps = Symbol("n", nonnegative=True)
    derivation = mode_equation().assume(
        Statement(u(t), "=", s * v(t)), name="fraction", say="As a fraction of the plateau s"
    )
    derivation = derivation.then(Differentiate(t), "fraction", name="fraction-rate")
    derivation = derivation.then(
        Substitute({u(t).diff(t): s * v(t).diff(t), u(t): s * v(t)}),
        "mode-equation",
        "fraction-rate",
        "fraction",
        name="in-fractions",
    ).then(
        Substitute({tau: L * s ** (2 - 2 / L)}),
        "in-fractions",
        name="at-best-rate",
        say="and at the best rate, tau = 1/lr = L s^(2-2/L),",
    )
    rate = v(t) ** (2 - 2 / L) * (1 - v(t))
    derivation = derivation.then(
        Rewrite(lhs=v(t).diff(t), rhs=rate, multiplier=s ** (2 / L - 3) / L),
        "at-best-rate",
        name="fraction-equation",
        say="the strength falls out:",
    ).assume(Statement(v(0), "=", v0), name="start", say="From the fraction")
    separate = Separate(v(t), rate, Integer(1))
    derivation = derivation.then(
        separate,
        "fraction-equation",
        name="separated",
        claim=separate.conclude(derivation["fraction-equation"]).under(Lt(v0, 1)),
    )
    integrand = exp((2 / L - 1) * y) / (1 - exp(y))
    derivation = derivation.then(
        Integrate(t, Integral(integrand, (y, log(v0), log(v(t)))), t),
        "separated",
        "start",
        name="integrated",
        say="Integrated over y = ln v:",
    ).then(Substitute({t: steps}), "integrated", name="at-the-end", say="After n steps")
    derivation = derivation.assume(
        Statement(v(steps), "=", vf, given=(Lt(vf, 1),)), name="end", say="the fraction is v_f:"
    ).then(Substitute({v(steps): vf}), "at-the-end", "end", name="relation")
    derivation = derivation.then(SolveFor(steps), "relation", name="steps", say="Hence")
    derivation = derivation.then(
        Limit(L, oo, expr=integrand), name="deep-limit", say="The integrand for many layers:"
    ).then(
        Identity(exp(-y) / (1 - exp(y)) - 1 / (1 - exp(y)), exp(-y)),
        name="excess",
        say="which exceeds that of two layers by",
    )
    derivation = derivation.then(
        Identity(Integral(exp(-y), (y, log(v0), log(vf))), 1 / v0 - 1 / vf),
        name="delay",
        say="and costs, however deep the network, at most",
    )
    derivation = derivation.renamed(f"{THEORY}/depth-delay", "Steps at the best rate of each depth")
    formula = derivation.formula_of(
        "steps",
        [v0, vf, L],
        domain={v0: (_TINY, 1), vf: (_TINY, 1), L: (1, 10**4)},
        name="depth_delay",
        where=(v0 < vf,),
    )
    return derivation.concluded(formula)


def weight_decay() -> Derivation:
    r"""Weight decay of rate gamma in every layer: the saddle-node, for more than two layers.

    $$\tau\dot u = L u\,[u^{1-2/L}(s-u) - \gamma]$$
    A learned state exists up to the largest decay
    $$\gamma_c = u_c^{1-2/L}(s-u_c),\qquad u_c = s\,\frac{L-2}{2L-2},$$
    where it meets the state that separates it from u = 0.

    Returns:
        A derivation whose formula is {gamma_c, u_c} of (s, L), for L > 2.
    """
    gamma, x = Symbol("gamma", nonnegative=True), Symbol("u", positive=True)
    derivation = mode_equation().renamed(
        f"{THEORY}/weight-decay", "Weight decay and its saddle-node"
    )
    rate = a(t) ** (L - 1) * (s - a(t) ** L) / tau
    derivation = derivation.assume(
        Statement(a(t).diff(t), "=", rate - gamma * a(t) / tau),
        name="decaying-rate",
        say="With the penalty gamma |W|^2/2 every strength also decays:",
    ).then(
        Substitute({a(t).diff(t): rate - gamma * a(t) / tau}),
        "rate-of-u",
        "decaying-rate",
        name="decaying-chain-rule",
    )
    in_a = L * a(t) ** L * (a(t) ** (L - 2) * (s - a(t) ** L) - gamma)
    derivation = derivation.then(
        Rewrite(lhs=tau * u(t).diff(t), rhs=in_a, multiplier=tau),
        "decaying-chain-rule",
        name="decaying-closed",
    ).then(Substitute({a(t): u(t) ** (1 / L)}), "decaying-closed", "layer", name="decaying-in-u")
    growth = x ** (1 - 2 / L) * (s - x)
    derivation = derivation.then(
        Rewrite(rhs=L * u(t) * (growth.subs(x, u(t)) - gamma)),
        "decaying-in-u",
        name="decaying-mode",
        say="Hence",
    )
    top = s * (L - 2) / (2 * L - 2)
    rule = Extremum(x, top, "max", 0, s, expr=growth)
    derivation = (
        derivation.then(
            rule,
            name="saddle-node",
            say="A state u > 0 rests where u^(1-2/L) (s-u) = gamma, possible up to the maximum:",
            claim=rule.conclude().under(Gt(L, 2)),
        )
        .then(
            Rewrite(rhs=s * L / (2 * L - 2) * top ** (1 - 2 / L)),
            "saddle-node",
            name="largest-decay",
        )
        .assume(
            Statement(Symbol("u_c", positive=True), "=", top, given=(Gt(L, 2),)),
            name="place",
            say="Its place is called u_c.",
        )
    )
    formula = derivation.formula_of(
        {"gamma_c": "largest-decay", "u_c": "place"}, [s, L], name="weight_decay"
    )
    return derivation.concluded(formula)
