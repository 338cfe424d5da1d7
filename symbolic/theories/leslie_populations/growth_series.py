r"""The growth rate as a series in the logarithm of the net reproductive rate.

Main result: `growth_series`.
"""

from __future__ import annotations

from sympy import Add, Expr, Integer, Symbol, binomial, exp, factorial, log, symbols
from sympy.core.function import UndefinedFunction

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.series_solution import SeriesSolution
from derivax.symbolic.methods.series_to_order import SeriesToOrder
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import SOURCE, THEORY, r

__all__ = ["cumulants_from_moments", "growth_series"]

_X = Symbol("X", real=True)


def growth_series(order: int = 5) -> Derivation:
    r"""$r$ as a power series in $X = \ln R_0$, to any order.

    $$r = \frac{X}{\kappa_1} + \frac{\kappa_2X^2}{2\kappa_1^3}
        + \frac{(3\kappa_2^2-\kappa_1\kappa_3)X^3}{6\kappa_1^5} + \dots$$

    with the cumulants $\kappa_k$ of the age of mothers in a cohort, the law $m_i/R_0$.

    Args:
        order: the highest power of X.

    Returns:
        A derivation whose formula takes (X, kappa_1, ..., kappa_order), for ages within
        50 steps and R_0 within a factor e^3 of 1.
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= 9:
        raise InputError(f"order={order!r}", "is not an order of the series", "use 1 ... 9")
    kappa = (Symbol("kappa_1", positive=True), *symbols(f"kappa_2:{order + 1}", real=True))
    mu = symbols(f"mu_1:{order + 1}", positive=True)
    law = UndefinedFunction("M", positive=True)
    moments = 1 + Add(*[mu[k] * (-r) ** (k + 1) / factorial(k + 1) for k in range(order)])
    derivation = Derivation.begin(
        Problem(Statement(exp(_X) * law(r), "=", 1), r),
        name=f"{THEORY}/growth-series",
        title="Growth rate as a series in ln R_0, by the cumulants of the age of mothers",
        source=SOURCE,
    )
    cumulant_sum = Add(*[-kappa[k] * (-r) ** (k + 1) / factorial(k + 1) for k in range(order)])
    named = dict(zip(kappa, cumulants_from_moments(mu), strict=True))
    derivation = derivation.assume(
        Statement(_X, "=", -log(moments)),
        name="moments",
        say="Euler-Lotka over R_0: the law m_i/R_0 has the transform M(r) = sum mu_k (-r)^k/k!,"
        " of which powers beyond the order are left out:",
    ).then(SeriesToOrder(r, 0, order), "moments", name="log-series", say="In powers of r,")
    for symbol, value in named.items():
        derivation = derivation.assume(Statement(symbol, "=", value), name=f"{symbol}")
    derivation = derivation.then(
        Rewrite(rhs=cumulant_sum.subs(named)),
        "log-series",
        name="cumulant-series-m",
        say="whose coefficients are the cumulants,",
    ).then(
        Substitute({value: symbol for symbol, value in named.items() if value != symbol}),
        "cumulant-series-m",
        *[str(symbol) for symbol in named],
        name="cumulant-series",
        claim=Statement(_X, "~", cumulant_sum, tends=(r, Integer(0))),
    )
    derivation = derivation.then(
        SeriesSolution(r, _X, order, 0, known=order),
        "cumulant-series",
        name="growth-rate",
        say="Reverted, order by order:",
    )
    # ages are counted from 1; within 50 steps every power of a cumulant fits into float32
    ranges = {kappa[0]: (1, 50), _X: (-3, 3)}
    ranges |= {symbol: (-(50**k), 50**k) for k, symbol in enumerate(kappa[1:], 2)}
    formula = derivation.formula_of(
        "growth-rate", [_X, *kappa], domain=ranges, name="growth_rate_series"
    )
    return derivation.concluded(formula)


def cumulants_from_moments(mu: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """kappa_k = mu_k - sum_{j<k} C(k-1, j-1) kappa_j mu_{k-j}."""
    found: list[Expr] = []
    for k in range(1, len(mu) + 1):
        rest = Add(*[binomial(k - 1, j - 1) * found[j - 1] * mu[k - j - 1] for j in range(1, k)])
        found.append((mu[k - 1] - rest).expand())
    return tuple(found)
