r"""Two age-structured species: predators and prey, and the complex-valued model.

Main results: `predator_prey`, `coupled_growth`, `one_class_each`, `complex_model`.

Implementation notes.  Blocks are matrix symbols of any sizes; identities are decided by the
non-commutative normal form.  x is the prey, y the predator: x' = Ax - By, y' = Cx + Dy.
"""

from __future__ import annotations

from sympy import (
    Gt,
    I,
    Identity,
    ImmutableMatrix,
    Inverse,
    Lt,
    MatrixSymbol,
    Ne,
    Rational,
    Symbol,
    Transpose,
    sqrt,
    symbols,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.identity import Identity as IdentityRule
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.methods.series_solution import SeriesSolution
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import SOURCE, THEORY

__all__ = ["complex_model", "coupled_growth", "one_class_each", "predator_prey"]

_n, _k = (Symbol(x, integer=True, positive=True) for x in ("n", "k"))
_z = Symbol("z", nonzero=True)
A, B, C, D = (
    MatrixSymbol("A", _n, _n),
    MatrixSymbol("B", _n, _k),
    MatrixSymbol("C", _k, _n),
    MatrixSymbol("D", _k, _k),
)


def predator_prey() -> Derivation:
    r"""The generating function of the prey, and the prey alone as a second-order recursion.

    $$\bigl[I - zA + z^2B(I-zD)^{-1}C\bigr]X(z) = x_0 - zB(I-zD)^{-1}y_0$$

    and, where the predation B is square and invertible,
    $$x_{t+2} = (A + BDB^{-1})\,x_{t+1} - (BDB^{-1}A + BC)\,x_t.$$
    """
    x, x1, x2, X, x0 = (MatrixSymbol(s, _n, 1) for s in ("x_t", "x_t+1", "x_t+2", "X", "x_0"))
    y, y1, Y, y0 = (MatrixSymbol(s, _k, 1) for s in ("y_t", "y_t+1", "Y", "y_0"))
    prey = Statement(x1, "=", A * x - B * y)
    predator = Statement(y1, "=", C * x + D * y)
    derivation = Derivation.begin(
        Problem([prey, predator], [x1, y1]),
        name=f"{THEORY}/predator-prey",
        title="Predators and prey: generating function by a Schur complement, prey alone",
        source=SOURCE,
    )
    resolvent = Inverse(Identity(_k) - _z * D)
    schur = Identity(_n) - _z * A + _z**2 * B * resolvent * C
    derivation = (
        derivation.assume(
            Statement(_z * A * X, "=", X - x0 + _z * B * Y),
            name="X",
            say="Multiplied by z^{t+1} and summed over t, for X = sum z^t x_t:",
        )
        .assume(
            Statement(_z * C * X, "=", Y - _z * D * Y - y0),
            name="Y",
            say="and for the predators, Y = sum z^t y_t:",
        )
        .then(
            MatrixIdentity(schur * X, x0 - _z * B * resolvent * y0),
            "X",
            "Y",
            name="generating-function",
            say="The predators eliminated (a Schur complement):",
        )
    )
    bn = MatrixSymbol("B", _n, _n)
    cn, dn = MatrixSymbol("C", _n, _n), MatrixSymbol("D", _n, _n)
    yn, yn1 = MatrixSymbol("y_t", _n, 1), MatrixSymbol("y_t+1", _n, 1)
    turned = bn * dn * Inverse(bn)
    return (
        derivation.assume(
            Statement(x2, "=", A * x1 - bn * yn1),
            name="next",
            say="With square, invertible predation, two steps",
        )
        .assume(Statement(yn1, "=", cn * x + dn * yn), name="predator-square")
        .assume(
            Statement(yn, "=", Inverse(bn) * A * x - Inverse(bn) * x1),
            name="predator-from-prey",
            say="and the predators read off the prey",
        )
        .then(
            MatrixIdentity(x2, (A + turned) * x1 - (turned * A + bn * cn) * x),
            "next",
            "predator-square",
            "predator-from-prey",
            name="prey-alone",
            say="give the prey alone:",
        )
    )


def coupled_growth() -> Derivation:
    r"""The growth factor of coupled species: an exact equation, and its second order.

    $$v_A^TB(\mu - D)^{-1}C\,x = (\lambda_A - \mu)\,v_A^Tx$$

    for an eigenvector (x; y) of the block matrix, with the reproductive values v_A of the prey.
    For weak coupling eps the right vector is w_A up to eps^2, so that
    $\mu = \lambda_A - \varepsilon^2v_A^TB(\lambda_A-D)^{-1}Cw_A/v_A^Tw_A + O(\varepsilon^4)$; with
    one class each all orders are found.  Nearly equal growth factors: projected on both Perron
    pairs, a 2 x 2 matrix.

    Returns:
        A derivation whose formula takes (eps, a, b, c, d): one class each, fourth order, within
        the radius 4 eps^2 bc < (a - d)^2 of its series.
    """
    mu, rate = Symbol("mu", real=True), Symbol("lambda_A", real=True)
    x, v, y = MatrixSymbol("x", _n, 1), MatrixSymbol("v_A", _n, 1), MatrixSymbol("y", _k, 1)
    prey = Statement(A * x, "=", mu * x + B * y)
    predator = Statement(C * x, "=", mu * y - D * y)
    derivation = Derivation.begin(
        Problem([prey, predator], [x, y]),
        name=f"{THEORY}/coupled-growth",
        title="Growth factor of coupled species: exact equation, weak and near-degenerate coupling",
        source=SOURCE,
    )
    resolvent = Inverse(mu * Identity(_k) - D)
    derivation = (
        derivation.then(
            MatrixIdentity(resolvent * C * x, y), 1, name="predators", say="The predators follow:"
        )
        .then(
            MatrixIdentity(B * resolvent * C * x, A * x - mu * x),
            0,
            1,
            name="schur",
            say="In the equation of the prey,",
        )
        .assume(
            Statement(Transpose(v) * A, "=", rate * Transpose(v)),
            name="values",
            say="projected on its reproductive values",
        )
        .then(
            MatrixIdentity(Transpose(v) * B * resolvent * C * x, (rate - mu) * Transpose(v) * x),
            0,
            1,
            "values",
            name="projected",
            say="this is an exact equation for the growth factor mu.",
        )
    )
    eps = Symbol("epsilon", real=True)
    a, b, c, d = symbols("a b c d", positive=True)
    derivation = derivation.assume(
        Statement(eps**2 * b * c, "=", (a - mu) * (mu - d), given=(Gt(a, d),)),
        name="one-class",
        say="With one class each and coupling of size eps it reads",
    ).then(
        SeriesSolution(mu, eps, 4, a),
        "one-class",
        name="weak",
        say="solved in powers of eps:",
    )
    # the series of the root in eps converges for 4 eps^2 bc < (a - d)^2; entries of sizes that
    # float32 holds to the fourth power
    entries = (Rational(1, 100), 100)
    formula = derivation.formula_of(
        "weak",
        [eps, a, b, c, d],
        domain={eps: (-1, 1), a: entries, b: entries, c: entries, d: entries},
        where=(Lt(4 * eps**2 * b * c, (a - d) ** 2),),
        name="coupled_growth_factor",
    )
    return derivation.concluded(formula)


def one_class_each() -> Derivation:
    r"""Predator and prey with one class each: growth factors, oscillation and its modulus.

    $$\mu = \tfrac12\bigl(a + d \pm \sqrt{(a-d)^2 - 4bc}\bigr)$$

    It oscillates exactly when $4bc > (a-d)^2$, with modulus $\sqrt{ad+bc}$.  The same 2 x 2 matrix,
    with projections b, c of the blocks, is the near-degenerate approximation of large blocks.

    Returns:
        A derivation whose formula takes (a, b, c, d): {modulus_squared, discriminant}.
    """
    a, b, c, d = symbols("a b c d", positive=True)
    re, im = Symbol("alpha", real=True), Symbol("beta", real=True)
    mu = Symbol("mu", complex=True)
    matrix = ImmutableMatrix([[a, -b], [c, d]])
    polynomial = (matrix - mu * ImmutableMatrix.eye(2)).det()
    half, gap = (a + d) / 2, sqrt((a - d) ** 2 - 4 * b * c)
    derivation = Derivation.begin(
        Problem(Statement(polynomial, "=", 0), mu),
        name=f"{THEORY}/one-class-each",
        title="Predator and prey with one class each: growth, oscillation",
        source=SOURCE,
    ).then(
        IdentityRule(polynomial, (half + gap / 2 - mu) * (half - gap / 2 - mu)),
        name="growth-factors",
        say="Its roots are the growth factors:",
    )
    derivation = (
        derivation.assume(
            Statement(re**2 - im**2, "=", (a + d) * re - (a * d + b * c)),
            name="real-part",
            say="A growth factor alpha + i beta solves the real part",
        )
        .assume(
            Statement(2 * re * im, "=", (a + d) * im),
            name="imaginary-part",
            say="and the imaginary part of the equation;",
        )
        .then(
            Combine([1 / (2 * im)]),
            "imaginary-part",
            name="alpha",
            claim=Statement(re, "=", half, given=(Ne(im, 0),)),
            say="if it oscillates (beta is not 0),",
        )
        .then(
            Substitute({re: half}),
            "real-part",
            "alpha",
            name="beta-raw",
        )
        .then(
            Combine([-1]),
            "beta-raw",
            name="beta",
            claim=Statement(im**2, "=", (4 * b * c - (a - d) ** 2) / 4),
            say="which needs 4bc > (a - d)^2, and then has",
        )
        .then(
            Combine([1, half + re], {}),
            "beta",
            "alpha",
            name="modulus",
            claim=Statement(im**2 + re**2, "=", a * d + b * c),
            say="the squared modulus:",
        )
    )
    discriminant = Symbol("Delta", real=True)
    derivation = derivation.assume(
        Statement(discriminant, "=", 4 * b * c - (a - d) ** 2), name="discriminant"
    )
    formula = derivation.formula_of(
        {"modulus_squared": "modulus", "discriminant": "discriminant"},
        [a, b, c, d],
        name="predator_prey_growth",
    )
    return derivation.concluded(formula)


def complex_model() -> Derivation:
    r"""Equal species with symmetric predation are one complex population.

    $$x' = Ax - By,\quad y' = Bx + Ay \quad\Longrightarrow\quad (x+iy)' = (A+iB)(x+iy)$$

    so that the growth factors are those of A + iB and their conjugates; when A and B share the
    vector w, mu = alpha + i beta.
    """
    x, y, x1, y1 = (MatrixSymbol(s, _n, 1) for s in ("x_t", "y_t", "x_t+1", "y_t+1"))
    Z, w = MatrixSymbol("Z_t", _n, 1), MatrixSymbol("w", _n, 1)
    P = MatrixSymbol("B", _n, _n)
    alpha, beta = Symbol("alpha", real=True), Symbol("beta", real=True)
    derivation = Derivation.begin(
        Problem([Statement(x1, "=", A * x - P * y), Statement(y1, "=", P * x + A * y)], [x1, y1]),
        name=f"{THEORY}/complex-model",
        title="Two equal species as one complex population",
        source=SOURCE,
    )
    return (
        derivation.assume(
            Statement(Z, "=", x + I * y), name="Z", say="Prey and predators as real and imaginary"
        )
        .then(
            MatrixIdentity(x1 + I * y1, (A + I * P) * (x + I * y)),
            0,
            1,
            name="complex",
            say="parts of one population:",
        )
        .assume(Statement(A * w, "=", alpha * w), name="A-w", say="A vector that A and B share")
        .assume(Statement(P * w, "=", beta * w), name="B-w")
        .then(
            MatrixIdentity((A + I * P) * w, (alpha + I * beta) * w),
            "A-w",
            "B-w",
            name="growth-factor",
            say="grows by a complex factor: modulus and period follow.",
        )
    )
