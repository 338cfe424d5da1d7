r"""Products of random layers: how the length of a vector grows through a network at its start.

Main results: `lyapunov`, `edge_of_chaos`.
"""

from __future__ import annotations

from sympy import Function, Integer, Integral, Rational, Symbol, exp, gamma, log, oo, tanh

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.bracketed_root import BracketedRoot
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.methods.theorem import Theorem
from derivax.symbolic.nodes.gaussian_expectation import GaussianExpectation
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.notation import SOURCE, THEORY

__all__ = ["edge_of_chaos", "lyapunov"]

_SMALLEST, _EDGE = Rational(1, 10**9), Rational(1001, 1000)
N, L = Symbol("N", positive=True), Symbol("L", positive=True)


def lyapunov() -> Derivation:
    r"""Mean and variance of the logarithmic length of a vector after L Gaussian layers of width N.

    For entries of variance 1/N every layer multiplies $\|v\|^2$ by $\chi^2_N/N$, independently:
    $$E\ln\frac{\|W_L\cdots W_1v\|}{\|v\|} = \frac L2\Big[\psi\Big(\frac N2\Big)
      + \ln\frac2N\Big],\qquad \mathrm{Var} = \frac L4\psi_1\Big(\frac N2\Big)$$

    Returns:
        A derivation whose formula is {mean, variance} of (L, N), exact for every N.
    """
    x, p = Symbol("x", positive=True), Symbol("p", positive=True)
    moment, growth = Function("M", positive=True), Function("K", real=True)
    density = (x / 2) ** (N / 2 - 1) * exp(-x / 2) / (2 * gamma(N / 2))
    derivation = Derivation.begin(
        Problem(Statement(moment(p), "=", Integral(density * (x / N) ** p, (x, 0, oo))), moment(p)),
        name=f"{THEORY}/lyapunov",
        title="Logarithmic growth of a vector through random layers, mean and variance",
        source=SOURCE,
    )
    moments = (2 / N) ** p * gamma(N / 2 + p) / gamma(N / 2)
    derivation = derivation.then(
        Theorem("Euler's integral of the gamma function, DLMF 5.2.1"),
        0,
        name="moments",
        say="The moments of the factor chi^2_N/N of one layer:",
        claim=Statement(moment(p), "=", moments),
    )
    derivation = derivation.assume(
        Statement(growth(p), "=", L * log(moment(p))),
        name="independent",
        say="Layers are independent: the cumulants of ln |v|^2 add up,",
    ).then(Substitute(), "independent", "moments", name="generating")
    results = {}
    for order, name, share in ((1, "mean", 2), (2, "variance", 4)):
        derivation = derivation.then(
            Differentiate(p, order), "generating", name=f"slope-{order}"
        ).then(
            Limit(p, 0, "+", expr=derivation["generating"].rhs.diff(p, order) / share),
            name=name,
            say=f"The {name} of ln |v|, from the derivative of order {order} at p = 0, is",
        )
        results[name] = name
    formula = derivation.formula_of(
        results, [L, N], domain={L: (1, 10**4), N: (1, 10**4)}, name="lyapunov"
    )
    return derivation.concluded(formula)


def edge_of_chaos() -> Derivation:
    r"""The variance that a wide random tanh network settles at, and the gain of its gradients.

    $$q^{l+1} = g^2\,E[\tanh(\sqrt{q^l}z)^2],\qquad \chi = g^2\,E[\tanh'(\sqrt{q}z)^2]$$
    For $g > 1$ there is one fixed point $q > 0$; gradients grow by $\chi$ per layer there, and the
    network is nearly isometric for g just above 1.

    Returns:
        A derivation whose formula is {q, chi} of g.
    """
    gain, q, z = Symbol("g", positive=True), Symbol("q", positive=True), Symbol("z", real=True)
    step, layer = Function("q", positive=True), Symbol("l", integer=True, nonnegative=True)
    chi = Symbol("chi", positive=True)
    derivation = Derivation.begin(
        Problem(
            Statement(
                step(layer + 1), "=", gain**2 * GaussianExpectation(tanh(z) ** 2, z, step(layer))
            ),
            step(layer),
        ),
        name=f"{THEORY}/edge-of-chaos",
        title="Fixed point of a wide random tanh network and the gain of its gradients",
        source=SOURCE,
    )
    square = GaussianExpectation(tanh(z) ** 2, z, q)
    given = (q > _SMALLEST, q < gain**2, gain > _EDGE)
    derivation = derivation.assume(
        Statement(q, "=", gain**2 * square, given=given),
        name="fixed-point",
        say="At a fixed point other than 0 (tanh is bounded by 1),",
    ).then(
        Rewrite(lhs=Integer(1), rhs=gain**2 * square / q, multiplier=1 / q),
        "fixed-point",
        name="divided",
    )
    derivation = derivation.then(
        BracketedRoot(q, _SMALLEST, gain**2),
        "divided",
        name="variance",
        say="The right side falls in q: there is one root,",
    )
    derivation = derivation.assume(
        Statement(chi, "=", gain**2 * GaussianExpectation((1 - tanh(z) ** 2) ** 2, z, q)),
        name="gradient-gain",
        say="and squared gradients grow per layer by",
    ).then(Substitute({q: derivation["variance"].rhs}), "gradient-gain", "variance", name="chi")
    formula = derivation.formula_of(
        {"q": "variance", "chi": "chi"}, [gain], domain={gain: (_EDGE, 10)}, name="edge_of_chaos"
    )
    return derivation.concluded(formula)
