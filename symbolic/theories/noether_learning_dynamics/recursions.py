r"""The laws of a charge in numbers, one step at a time: what the array Programs run.

Main results: `charge_rate`, `charge_history`, `norm4_history`, `heavy_ball_response`;
`charge_history_parallel` and `norm4_history_parallel` are the same laws for Programs that compose
the steps as a tree.

The exact laws of `discrete` are about matrices of any size; here their quadratic forms get names,
so that a law is a map of numbers and can be compiled.  A history adds up many small changes, so the
*change* in a step is derived: it keeps its relative accuracy where the difference of two values
would lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Basic, Function, MatrixSymbol, Rational, Symbol, Trace, Transpose
from sympy.core.function import AppliedUndef
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.euler_lagrange import AtInstant
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.nodes.phi import Phi
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.discrete import discrete_charge
from derivax.symbolic.theories.noether_learning_dynamics.history import heavy_ball_power
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    NEURAL_MECHANICS,
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
    m,
    mu,
)
from derivax.symbolic.theories.noether_learning_dynamics.optimiser import norm_history

__all__ = [
    "charge_history",
    "charge_history_parallel",
    "charge_rate",
    "heavy_ball_response",
    "norm4_history",
    "norm4_history_parallel",
]

_d = Symbol("d", integer=True, positive=True)


def _number(left: MatrixExpr, right: MatrixExpr) -> Trace:
    """The number left^T right, as a trace."""
    return Trace(Transpose(left) * right)


def _named(derivation: Derivation, forms: Mapping[Symbol, Basic]) -> Derivation:
    """With a symbol for each of these numbers."""
    for symbol, form in forms.items():
        derivation = derivation.assume(
            Statement(symbol, "=", form), name=f"{symbol}-number", say=f"Write {symbol} for"
        )
    return derivation


def _in_numbers(
    derivation: Derivation, step: str, forms: Mapping[Symbol, Basic], name: str
) -> Derivation:
    """The law `step` with the symbols in place of the forms, as the step `name`."""
    return derivation.then(
        Substitute({form: symbol for symbol, form in forms.items()}),
        step,
        *[f"{symbol}-number" for symbol in forms],
        name=name,
        say="In these numbers the law reads",
    )


def charge_rate() -> Derivation:
    r"""How fast the momentum of an affine symmetry moves, for weights of any length.

    On $m\ddot q + \mu\dot q + g + kq = 0$ with a loss that $q \to q + s\,\xi$, $\xi = Aq + b$,
    leaves alone ($g^T\xi = 0$), the momentum $p = \dot q^T\xi$ has the rate
    $$\dot p = \dot q^TA\dot q - \tfrac km\,q^T\xi - \tfrac\mu m\,p.$$
    Scale: A = 1, b = 0; rescale: A = diag(1, -1), b = 0; translation: A = 0.

    Returns:
        a derivation whose formula is the rate, of m, mu, k and the numbers kinetic
        $= \dot q^TA\dot q$, decay $= q^T\xi$ and p.
    """
    q, v, g, b, acceleration = (MatrixSymbol(s, _d, 1) for s in ("q", "v", "g", "b", "a"))
    A = MatrixSymbol("A", _d, _d)
    xi = A * q + b
    motion = Statement(acceleration, "=", -(mu / m) * v - g / m - (k / m) * q)
    derivation = Derivation.begin(
        Problem(motion, acceleration),
        name=f"{THEORY}/charge-rate",
        title="Rate of the momentum of an affine symmetry, for weights of any length",
        source=f"{SOURCE}; {NEURAL_MECHANICS}",
    ).assume(
        Statement(Transpose(g) * A * q, "=", -Transpose(g) * b),
        name="invariance",
        say="The loss is invariant: its gradient g is orthogonal to the generator A q + b.",
    )
    derivation = derivation.then(
        MatrixIdentity(
            _number(acceleration, xi) + _number(v, A * v),
            _number(v, A * v) - (k / m) * _number(q, xi) - (mu / m) * _number(v, xi),
        ),
        0,
        "invariance",
        name="product-rule",
        say="By the product rule the momentum p = v.(A q + b) has the rate",
    )
    rate, kinetic, decay, p = (Symbol(s, real=True) for s in ("rate", "kinetic", "decay", "p"))
    forms = {
        rate: _number(acceleration, xi) + _number(v, A * v),
        kinetic: _number(v, A * v),
        decay: _number(q, xi),
        p: _number(v, xi),
    }
    derivation = _in_numbers(_named(derivation, forms), "product-rule", forms, "rate")
    return derivation.concluded(
        derivation.formula_of("rate", [m, mu, k, kinetic, decay, p], name="momentum_rate")
    )


@lru_cache(maxsize=1)
def charge_history() -> Derivation:
    r"""The exact law of a charge under heavy-ball descent, as a map of numbers.

    $$p' = \beta p - \eta k\,C + V',\qquad C' - C = 2p' - V'$$
    for $C = q^TAq$, $p = v^TAq$, $V = v^TAv$ and any symmetric generator A of a symmetry.  Entries
    of the matrix charge of linear layers obey the same law, with the symmetric part of P for p.

    Returns:
        a derivation whose formula is p' of eta, beta, k, C, p and V'; the step `charge-change`
        gives C' - C.
    """
    q, v, q1, v1 = (MatrixSymbol(s, _d, 1) for s in ("q", "v", "q_1", "v_1"))
    A = MatrixSymbol("A", _d, _d)
    C, p, V, p1, C1 = (Symbol(s, real=True) for s in ("C", "p", "V", "p_new", "C_new"))
    change = Symbol("change", real=True)
    forms = {
        C: _number(q, A * q),
        p: _number(v, A * q),
        V: _number(v1, A * v1),
        p1: _number(v1, A * q1),
        C1: _number(q1, A * q1),
    }
    derivation = _named(
        discrete_charge().renamed(
            f"{THEORY}/charge-history", "Exact law of a charge, as a map of numbers"
        ),
        forms,
    )
    derivation = _in_numbers(derivation, "momentum", forms, "momentum-number")
    derivation = _in_numbers(derivation, "charge", forms, "charge-number")
    derivation = derivation.assume(
        Statement(change, "=", C1 - C), name="change", say="In one step the charge changes by"
    ).then(
        Substitute({C1: C + 2 * p1 - V}),
        "change",
        "charge-number",
        name="charge-change",
        say="which is",
    )
    return derivation.concluded(
        derivation.formula_of("momentum-number", [eta, beta, k, C, p, V], name="momentum")
    )


def charge_history_parallel() -> Derivation:
    """`charge_history`: its map of (C, p) is affine, so that steps can be composed."""
    derivation = charge_history()
    return derivation.renamed(f"{THEORY}/charge-history-parallel", derivation.title)


@lru_cache(maxsize=1)
def norm4_history() -> Derivation:
    r"""The fourth power of a norm over one step of a recorded gradient.

    With $\hat g^2 = G$ constant over the step, $y = r^4$ changes by
    $$y(\eta) - y_0 = \eta\,\varphi(-\tfrac{4k\eta}{1-\beta})\,\Big[
      \frac{2\eta(1+\beta)}{(1-\beta)^3}\,G - \frac{4k}{1-\beta}\,y_0\Big],\qquad
      \varphi(x) = (e^x - 1)/x.$$
    The assumptions are those of `norm-history`: overdamped, smooth gradients.

    Returns:
        a derivation whose formula is the change, of eta, beta, k, G and y0.
    """
    t = Symbol("t", nonnegative=True)
    r0, gh = Symbol("r0", positive=True), Symbol("gh", nonnegative=True)
    y0, G = Symbol("y0", positive=True), Symbol("G", nonnegative=True)
    y, change = Function("y", positive=True), Symbol("change", real=True)
    derivation = norm_history().renamed(
        f"{THEORY}/norm4-history", "Fourth power of a norm over one step of a recorded gradient"
    )
    derivation = derivation.then(
        Substitute({t: eta, r0: y0 ** Rational(1, 4), gh: G ** Rational(1, 2)}),
        "norm4",
        name="one-step",
        say="Over one step of length eta, from y0 = r^4, with G the squared gradient,",
    ).assume(
        Statement(change, "=", y(eta) - y0), name="definition", say="the change"
    )  # fmt: skip
    after = derivation["one-step"].rhs
    rate = 4 * k / (1 - beta)
    gain = 2 * eta * (1 + beta) / (1 - beta) ** 3
    derivation = derivation.then(
        Substitute({y(eta): after}), "definition", "one-step", name="difference", say="is"
    ).then(
        Rewrite(rhs=eta * Phi(1, -rate * eta) * (gain * G - rate * y0)),
        "difference",
        name="change",
        say="which is, without the cancellation,",
    )  # fmt: skip
    formula = derivation.formula_of(
        "change", [eta, beta, k, G, y0], domain={beta: (0, 1)}, where=(beta < 1,),
        name="norm4_change",
    )  # fmt: skip
    return derivation.concluded(formula)


def norm4_history_parallel() -> Derivation:
    """`norm4_history`: its map of y is affine, so that steps can be composed."""
    derivation = norm4_history()
    return derivation.renamed(f"{THEORY}/norm4-history-parallel", derivation.title)


def heavy_ball_response() -> Derivation:
    r"""One step of the heavy ball on a quadratic loss of curvature h, as a map of numbers.

    $$K_{n+2} = (1 + \beta - \eta h)\,K_{n+1} - \beta K_n,\qquad K_0 = 0,\ K_1 = 1.$$
    `heavy-ball-power` derives its closed forms, by cases; powers of this map need none.

    Returns:
        a derivation whose formula is $K_{n+2}$, of eta, beta, h and the two values before.
    """
    derivation = heavy_ball_power()
    (after, *_), step = derivation[0].lhs.atoms(AppliedUndef), derivation[0]
    K, n = after.func, next(iter(after.free_symbols))
    last, before = Symbol("last", real=True), Symbol("before", real=True)
    names = ((K(n + 1), last), (K(n), before))
    derivation = derivation.renamed(
        f"{THEORY}/heavy-ball-response", "Response of the heavy ball to one impulse, in any regime"
    ).then(
        AtInstant(Symbol("K_next", real=True), names), 0, name="response",
        say="As a map of numbers:",
    )  # fmt: skip
    h = next(s for s in step.rhs.free_symbols if s.name == "h")
    return derivation.concluded(
        derivation.formula_of("response", [eta, beta, h, last, before], name="response")
    )
