r"""The charge after n steps, exactly and in closed form.

Main results: `gradient_descent_charge`, `discrete_charge_history`, `discrete_translation`,
`heavy_ball_power`.

With momentum the laws of `discrete` are a recursion of two steps.  Its response to one impulse is
$K_n$, $K_{n+2} = sK_{n+1} - \beta K_n$, $K_0 = 0$, $K_1 = 1$: a polynomial in s and $\beta$ (of
Lucas), so that there is no case to distinguish at the double root or at $\beta = 0$.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import (
    Expr,
    Function,
    Integer,
    MatrixSymbol,
    Ne,
    Rational,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    chebyshevu,
    exp,
    log,
    sqrt,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.duhamel import DiscreteDuhamel
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.adaptive import known_optimiser
from derivax.symbolic.theories.noether_learning_dynamics.discrete import (
    CHARGE,
    MOMENTUM,
    STEP,
    WORDS,
    ahead,
    discrete_charge,
    n,
    one_step,
)
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = [
    "discrete_charge_history",
    "discrete_translation",
    "gradient_descent_charge",
    "heavy_ball_power",
]

_GRADIENT, _K, _X = Function("G", real=True), Function("K", real=True), Function("x", real=True)
_SAFE = (Rational(1, 20), Rational(99, 100))
"""Where rounding does not decide whether the roots are real, a tenth away from the double root."""
C0, p0 = Symbol("C_0", real=True), Symbol("p_0", real=True)


def gradient_descent_charge() -> Derivation:
    r"""The charge under gradient descent with weight decay, from the recorded gradients alone.

    $$C_N = (1-\eta k)^{2N}C_0 + \eta^2\sum_{n<N}(1-\eta k)^{2(N-1-n)}\,g_n^TAg_n.$$

    Returns:
        a derivation whose formula is C_N for a size $G = g^TAg$ that stays.
    """
    d = Symbol("d", integer=True, positive=True)
    q, g, q1 = MatrixSymbol("q", d, 1), MatrixSymbol("g", d, 1), MatrixSymbol("q_1", d, 1)
    A = MatrixSymbol("A", d, d)

    def form(one: MatrixSymbol) -> Trace:
        return Trace(Transpose(one) * A * one)

    kept = 1 - eta * k
    derivation = Derivation.begin(
        Problem([Statement(q1, "=", q - eta * g - eta * k * q)], [q1]),
        name=f"{THEORY}/gradient-descent-charge",
        title="The charge of a linear symmetry under gradient descent, after any number of steps",
        source=f"{SOURCE} (exact form derived here)",
    ).assume(
        Statement(Transpose(A), "=", A), name="symmetric", say="The generator is symmetric,"
    ).assume(
        Statement(Transpose(g) * A * q, "=", ZeroMatrix(1, 1)),
        name="invariance",
        say="and the loss is invariant: its gradient g is orthogonal to the generator A q.",
    ).then(
        MatrixIdentity(form(q1), kept**2 * form(q) + eta**2 * form(g)),
        0, "symmetric", "invariance",
        name="charge", say="Decay shrinks the charge, the gradient drives it:",
    )  # fmt: skip
    names = {form(q): CHARGE(n), form(q1): CHARGE(n + 1), form(g): _GRADIENT(n)}
    for key, (meaning, symbol), say in zip(
        ("c", "c-next", "g"), names.items(), ("With names for the charge,", "after", "and G,")
    ):
        derivation = derivation.assume(
            Statement(symbol, "=", meaning), name=f"name-{key}", say=say
        )
    derivation = derivation.then(
        Substitute(names), "charge", "name-c", "name-c-next", "name-g",
        name="charge-law", say="this is a recursion of numbers:",
    ).assume(
        Statement(CHARGE(0), "=", C0), name="start", say="From the first charge"
    ).then(
        DiscreteDuhamel(CHARGE(n), C0 * kept ** (2 * n), kept ** (2 * n)), "charge-law", "start",
        name="history", say="the charge after n steps is",
    )  # fmt: skip
    G = Symbol("G", real=True)
    derivation = derivation.assume(
        Statement(_GRADIENT(n), "=", G), name="constant", say="For gradients of constant size"
    ).then(
        Substitute({_GRADIENT(n): G}), "charge-law", "constant", name="constant-law",
        say="the recursion has the solution",
    )  # fmt: skip
    rate = 2 * log(kept)
    total = C0 * exp(n * rate) + eta**2 * G * n * Phi(1, n * rate) / Phi(1, rate)
    derivation = derivation.then(
        ClosedForm(CHARGE(n), total), "constant-law", "start", name="constant-history",
        say="(for steps that do not turn the weights round; without decay, C + n eta^2 G):",
        claim=Statement(CHARGE(n), "=", total, given=(eta * k < 1,)),
    )  # fmt: skip
    formula = derivation.formula_of(
        "constant-history", [n, C0, eta, k, G], domain={n: (0, 10_000), eta: (0, 1), k: (0, 1)},
        name="gradient_descent_charge",
    )  # fmt: skip
    return derivation.concluded(formula)


def response(s: Expr, b: Expr) -> tuple[Statement, Statement, Statement]:
    """What defines K: the response of x(n+2) = s x(n+1) - b x(n) to one impulse."""
    return (
        Statement(_K(n + 2), "=", s * _K(n + 1) - b * _K(n)),
        Statement(_K(0), "=", S.Zero),
        Statement(_K(1), "=", S.One),
    )


def _with_response(derivation: Derivation, s: Expr, b: Expr) -> Derivation:
    recursion, zero, one = response(s, b)
    return derivation.assume(
        recursion, name="response", say="With the response K to one impulse, defined by"
    ).assume(zero, name="response-0", say="starting with").assume(
        one, name="response-1", say="and"
    )


RESPONSE = ("response", "response-0", "response-1")


def discrete_charge_history() -> Derivation:
    r"""The charge under momentum and weight decay, from the recorded V alone.

    $$C_n = C_1K_n + C_0\,(K_{n+1} - sK_n) + \sum_{j=0}^{n-1}K_{n-1-j}\,(V_{j+2} + \beta V_{j+1}),
    \qquad s = 1 + \beta - 2\eta k,$$
    $C_1 = (1 - 2\eta k)C_0 + 2\beta p_0 + V_1$: exact, for any loss with the symmetry and any
    noise.  The continuous counterpart is `inertial-norm`.
    """
    derivation = discrete_charge("heavy-ball").renamed(
        f"{THEORY}/discrete-charge-history",
        "The charge of a linear symmetry under heavy-ball descent, after any number of steps",
    )
    C, V = CHARGE, STEP
    s = 1 + beta - 2 * eta * k
    first = (1 - 2 * eta * k) * C0 + 2 * beta * p0 + V(1)
    derivation = derivation.then(
        Substitute({n: n + 1}), "charge-law", name="charge-later", say="One step later"
    ).then(
        Substitute({n: n + 1}), "momentum-law", name="momentum-later", say="and",
    ).then(
        Combine([1, 2, -beta]), "charge-later", "momentum-later", "charge-law",
        name="two-steps", say="so that the momentum drops out of two successive steps:",
        claim=Statement(C(n + 2), "=", s * C(n + 1) - beta * C(n) + V(n + 2) + beta * V(n + 1)),
    ).assume(
        Statement(C(0), "=", C0), name="start", say="At the start"
    ).assume(
        Statement(MOMENTUM(0), "=", p0), name="start-p", say="and"
    ).then(
        Substitute({n: Integer(0)}), "momentum-law", name="p-1", say="the first step gives"
    ).then(
        Substitute({n: Integer(0)}), "charge-law", name="c-1", say="and"
    ).then(
        Combine([1, 2, 1 - 2 * eta * k, 2 * beta]), "c-1", "p-1", "start", "start-p",
        name="start-1", say="that is,", claim=Statement(C(1), "=", first),
    )  # fmt: skip
    derivation = _with_response(derivation, s, beta)
    homogeneous = first * _K(n) + C0 * (_K(n + 1) - s * _K(n))
    derivation = derivation.then(
        DiscreteDuhamel(C(n), homogeneous, _K(n)),
        "two-steps", "start", "start-1", *RESPONSE,
        name="history", say="the charge after n steps is",
    )  # fmt: skip
    return replace(derivation, formula=None)


def discrete_translation(optimiser: str = "heavy-ball") -> Derivation:
    r"""The charge $x = \hat n\cdot q$ of a translation (softmax logits) after n steps, exactly.

    $x_{n+2} = s\,x_{n+1} - b\,x_n$ with $s = 1 + \beta - \eta k$, $b = \beta$ for the heavy ball,
    $s = 1 - \eta k + \beta$, $b = (1 - \eta k)\beta$ for decoupled decay, and $s = (1+\beta)(1 -
    \eta k)$, $b = (1 - \eta k)\beta$ for Nesterov's method; so $x_n = x_1K_n - b\,x_0K_{n-1}$.

    Args:
        optimiser: "gradient-descent", "heavy-ball", "decoupled-decay" or "nesterov".

    Returns:
        a derivation whose formula is x_n of n, x_0, x_1 and the settings, for real roots.
    """
    optimiser = known_optimiser(optimiser)
    d = Symbol("d", integer=True, positive=True)
    q, v, g, hat = (MatrixSymbol(name, d, 1) for name in ("q", "v", "g", "nhat"))
    q1, v1 = MatrixSymbol("q_1", d, 1), MatrixSymbol("v_1", d, 1)
    speed, rest = one_step(optimiser, q, v, g)
    derivation = Derivation.begin(
        Problem([Statement(v1, "=", speed), Statement(q1, "=", rest + ahead(optimiser) * v1)],
                [v1, q1]),
        name=f"{THEORY}/discrete-translation",
        title=f"The charge of a translation under {WORDS[optimiser]}, after any number of steps",
        source=f"{SOURCE} (exact form derived here)",
    ).assume(
        Statement(Transpose(g) * hat, "=", ZeroMatrix(1, 1)), name="invariance",
        say="The loss does not change along n: its gradient is orthogonal to it.",
    )  # fmt: skip

    def along(column: MatrixSymbol) -> Trace:
        return Trace(Transpose(column) * hat)

    x, y = _X, Function("y", real=True)
    moved = one_step(optimiser, along(q), along(v), 0)
    derivation = derivation.then(
        MatrixIdentity(along(v1), moved[0]), 0, "invariance", name="velocity",
        say="The velocity along n follows",
    ).then(
        MatrixIdentity(along(q1), moved[1] + ahead(optimiser) * along(v1)), 1, name="position",
        say="and the position",
    )  # fmt: skip
    names = {along(q): x(n), along(q1): x(n + 1), along(v): y(n), along(v1): y(n + 1)}
    keys = ("x", "x-next", "y", "y-next")
    for key, (meaning, symbol) in zip(keys, names.items()):
        derivation = derivation.assume(
            Statement(symbol, "=", meaning), name=f"name-{key}", say="With the name"
        )
    named = [f"name-{key}" for key in keys]
    derivation = derivation.then(
        Substitute(names), "velocity", *named, name="velocity-law", say="these are recursions:"
    ).then(
        Substitute(names), "position", *named, name="position-law", say="and"
    ).assume(
        Statement(x(0), "=", Symbol("x_0", real=True)), name="start", say="At the start"
    )  # fmt: skip
    x0, x1 = Symbol("x_0", real=True), Symbol("x_1", real=True)
    if optimiser == "gradient-descent":
        derivation = derivation.then(
            Combine([1, 1]), "velocity-law", "position-law", name="one-step", say="that is",
            claim=Statement(x(n + 1), "=", (1 - eta * k) * x(n)),
        ).then(
            ClosedForm(x(n), x0 * (1 - eta * k) ** n), "one-step", "start",
            name="history", say="so that",
        )  # fmt: skip
        return derivation.concluded(
            derivation.formula_of(
                "history", [n, x0, eta, k], domain={n: (0, 1000), eta: (0, 1), k: (0, 1)}
            )
        )
    s, b = two_step_coefficients(optimiser)
    twice = optimiser == "nesterov"
    derivation = derivation.then(
        Substitute({n: n + 1}), "velocity-law", name="velocity-later", say="One step later"
    ).then(
        Substitute({n: n + 1}), "position-law", name="position-later", say="and"
    ).then(
        Combine([1, -beta, ahead(optimiser), -beta if twice else S.Zero]),
        "position-later", "position-law", "velocity-later", "velocity-law",
        name="two-steps", say="so that the velocity drops out of two successive steps:",
        claim=Statement(x(n + 2), "=", s * x(n + 1) - b * x(n)),
    ).assume(
        Statement(x(1), "=", x1), name="start-1", say="and after one step"
    )  # fmt: skip
    derivation = _with_response(derivation, s, b)
    derivation = derivation.then(
        DiscreteDuhamel(x(n), x1 * _K(n) + x0 * (_K(n + 1) - s * _K(n)), _K(n)),
        "two-steps", "start", "start-1", *RESPONSE,
        name="history", say="the charge after n steps is",
    )  # fmt: skip
    slow = _overdamped(s, b)
    whole = x1 * slow(n) - b * x0 * slow(n - 1)
    derivation = derivation.then(
        ClosedForm(x(n), whole, instances=0), "two-steps", "start", "start-1", name="overdamped",
        say="for real roots, the double root included:",
        claim=Statement(x(n), "=", whole, given=(beta > 0, eta * k < 1, s >= 2 * sqrt(b))),
    )  # fmt: skip
    formula = derivation.formula_of(
        "overdamped", [n, x0, x1, eta, beta, k],
        domain={n: (0, 1000), beta: _SAFE, eta: (0, 1), k: (0, 1)},
        where=(s >= 2 * sqrt(b) + (1 - sqrt(beta)) ** 2 / 10,),
    )  # fmt: skip
    return derivation.concluded(formula)


def two_step_coefficients(optimiser: str) -> tuple[Expr, Expr]:
    """s and b of x(n+2) = s x(n+1) - b x(n), for a translation."""
    kept = 1 - eta * k
    return {
        "heavy-ball": (1 + beta - eta * k, beta),
        "decoupled-decay": (kept + beta, kept * beta),
        "nesterov": ((1 + beta) * kept, kept * beta),
    }[optimiser]


def _overdamped(s: Expr, b: Expr) -> Any:
    r"""$K_n = z^{n-1}\,n\varphi(nw)/\varphi(w)$, z the larger root, $w = \ln(b/z^2)$.

    $(z^n - (b/z)^n)/(z - b/z)$ without 0/0 at the double root and without overflow.
    """
    root = (s + sqrt((s - 2 * sqrt(b)) * (s + 2 * sqrt(b)))) / 2
    ratio = log(b / root**2)
    return lambda at: exp((at - 1) * log(root)) * at * Phi(1, at * ratio) / Phi(1, ratio)


def heavy_ball_power() -> Derivation:
    r"""Powers of the heavy-ball step on a quadratic loss of curvature h: the response $K_n$.

    $x_n = x_1K_n - \beta x_0K_{n-1}$ with $K_n = (z_+^n - z_-^n)/(z_+ - z_-)$, $z^2 - (1 + \beta -
    \eta h)z + \beta = 0$; $K_n = n\beta^{(n-1)/2}$ at the double root $\eta h = (1 -
    \sqrt\beta)^2$; and in one expression for all cases $K_n =
    \beta^{(n-1)/2}U_{n-1}((1 + \beta - \eta h)/2\sqrt\beta)$ with Chebyshev's polynomial U.

    Returns:
        a derivation whose formula is K_n of n, eta, beta, h, for real roots, at least a
        tenth away from the double root: $\eta h \le 0.9(1 - \sqrt\beta)^2$ (else a Program).
    """
    h = Symbol("h", nonnegative=True)
    s = 1 + beta - eta * h
    recursion, zero, one = response(s, beta)
    derivation = Derivation.begin(
        Problem([recursion], [_K(n)], given={_K(0): S.Zero, _K(1): S.One}),
        name=f"{THEORY}/heavy-ball-power",
        title="Powers of the heavy-ball step on a quadratic loss",
        source=f"{SOURCE} (derived here)",
    ).assume(zero, name="response-0", say="The response to one impulse starts with").assume(
        one, name="response-1", say="and"
    )
    apart = s**2 - 4 * beta
    plus, minus = (s + sqrt(apart)) / 2, (s - sqrt(apart)) / 2
    by_roots = (plus**n - minus**n) / sqrt(apart)
    chebyshev = beta ** ((n - 1) / 2) * chebyshevu(n - 1, s / (2 * sqrt(beta)))
    slow = _overdamped(s, beta)(n)
    derivation = derivation.then(
        ClosedForm(_K(n), by_roots), 0, "response-0", "response-1", name="by-roots",
        say="By the roots of z^2 - (1 + beta - eta h) z + beta, which are complex when the motion"
        " oscillates:",
        claim=Statement(_K(n), "=", by_roots, given=(Ne(apart, 0),)),
    ).assume(
        Statement(h, "=", (1 - sqrt(beta)) ** 2 / eta), name="critical", say="At the double root"
    ).then(
        Substitute({h: (1 - sqrt(beta)) ** 2 / eta}), 0, "critical", name="critical-recursion",
        say="the recursion is",
        claim=Statement(_K(n + 2), "=", 2 * sqrt(beta) * _K(n + 1) - beta * _K(n)),
    ).then(
        ClosedForm(_K(n), n * beta ** ((n - 1) / 2)),
        "critical-recursion", "response-0", "response-1", name="double-root", say="with",
        claim=Statement(_K(n), "=", n * beta ** ((n - 1) / 2), given=(beta > 0,)),
    ).then(
        ClosedForm(_K(n), chebyshev), 0, "response-0", "response-1", name="chebyshev",
        say="In one expression for all cases, with Chebyshev's polynomials of the second kind:",
        claim=Statement(_K(n), "=", chebyshev, given=(beta > 0,)),
    ).then(
        ClosedForm(_K(n), slow, instances=0), 0, "response-0", "response-1", name="overdamped",
        say="and for real roots, the double root included, in numbers that do not overflow:",
        claim=Statement(_K(n), "=", slow, given=(beta > 0, s >= 2 * sqrt(beta))),
    )  # fmt: skip
    formula = derivation.formula_of(
        "overdamped", [n, eta, beta, h],
        domain={n: (0, 1000), beta: _SAFE, eta: (0, 1), h: (0, 2)},
        where=(s >= 2 * sqrt(beta) + (1 - sqrt(beta)) ** 2 / 10,), name="heavy_ball_power",
    )  # fmt: skip
    return derivation.concluded(formula)
