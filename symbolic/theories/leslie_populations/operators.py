r"""Populations as quantum operators: boson modes of ages, and the branching process.

Main results: `boson_population`, `stochastic_population`, `hopping`, `branching`.

Implementation notes.  Operators are non-commutative symbols; commutators are decided by normal
ordering (`methods/boson_operators`).  What is derived is the algebra.
"""

from __future__ import annotations

from sympy import (
    Add,
    Eq,
    Function,
    I,
    Integer,
    Symbol,
    cos,
    exp,
    oo,
    sin,
    sqrt,
    symbols,
)

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.boson_operators import BosonIdentity
from derivax.symbolic.methods.differentiate import Differentiate
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.solve_for import BackSubstitute
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.leslie_populations.notation import SOURCE, THEORY, age_count

__all__ = ["boson_population", "branching", "hopping", "stochastic_population"]


def _modes(count: int) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...]]:
    lower = symbols(f"a_1:{count + 1}", commutative=False)
    raising = symbols(f"c_1:{count + 1}", commutative=False)
    return lower, raising


def _commutator(x: object, y: object) -> object:
    return x * y - y * x  # type: ignore[operator]


def boson_population(n: int = 2) -> Derivation:
    r"""Second quantisation: $H = \sum_{ij}a_i^\dagger M_{ij}a_j$ acts on the modes as M does.

    $$[a_i, H] = \sum_jM_{ij}a_j,\qquad e^{-H}a_ie^{H} = \sum_j(e^M)_{ij}a_j$$

    so that with $M = \ln L$ a coherent state of x becomes that of Lx.  H is not Hermitian; a
    negative eigenvalue of L makes ln L complex.

    Args:
        n: number of modes (ages).
    """
    count = age_count(n, 1, 4)
    a, c = _modes(count)
    M = [[Symbol(f"M_{i + 1}{j + 1}", real=True) for j in range(count)] for i in range(count)]
    H = Add(*[M[i][j] * c[i] * a[j] for i in range(count) for j in range(count)])
    name, generator = Symbol("H", commutative=False), H
    derivation = Derivation.begin(
        Problem(Statement(name, "=", generator), name),
        name=f"{THEORY}/boson-population",
        title="Second quantisation of an age-structured population",
        source=SOURCE,
    )
    pairs = list(zip(a, c))
    for i in range(count):
        derivation = derivation.then(
            BosonIdentity(
                _commutator(a[i], H), Add(*[M[i][j] * a[j] for j in range(count)]), pairs
            ),
            name=f"commutator-{i + 1}",
            say=f"The commutator of mode {i + 1} with H, in normal order:",
        )
    number = Add(*[c[i] * a[i] for i in range(count)])
    return derivation.then(
        BosonIdentity(_commutator(number, H), Integer(0), pairs),
        name="sectors",
        say="H keeps the number of quanta: it acts in sectors, as the symmetric power of M.",
    )


def stochastic_population(n: int = 2) -> Derivation:
    r"""Birth, ageing and death as a Doi-Peliti operator; its means follow the matrix model.

    $$H = \sum_if_i(a_1^\dagger-1)a_i^\dagger a_i + s_i(a_{i+1}^\dagger-a_i^\dagger)a_i
          + d_i(1-a_i^\dagger)a_i$$

    Args:
        n: number of ages; nobody leaves the last one but by death.
    """
    count = age_count(n, 2, 4)
    a, c = _modes(count)
    f, d = (symbols(f"{x}_1:{count + 1}", positive=True) for x in "fd")
    s = symbols(f"s_1:{count}", positive=True)
    births = [f[i] * (c[0] - 1) * c[i] * a[i] for i in range(count)]
    ageing = [s[i] * (c[i + 1] - c[i]) * a[i] for i in range(count - 1)]
    deaths = [d[i] * (1 - c[i]) * a[i] for i in range(count)]
    H = Add(*births, *ageing, *deaths)
    name = Symbol("H", commutative=False)
    derivation = Derivation.begin(
        Problem(Statement(name, "=", H), name),
        name=f"{THEORY}/stochastic-population",
        title="Birth, ageing and death in continuous time as a Doi-Peliti operator",
        source=SOURCE,
    )
    pairs = list(zip(a, c))
    derivation = derivation.then(
        BosonIdentity(H, Integer(0), pairs, left_vacuum=True),
        name="probability",
        say="Probability is conserved: under the left vacuum H vanishes.",
    )
    for i in range(count):
        gain = Add(*[f[j] * a[j] for j in range(count)]) if i == 0 else s[i - 1] * a[i - 1]
        loss = d[i] * a[i] + (s[i] * a[i] if i < count - 1 else 0)
        derivation = derivation.then(
            BosonIdentity(_commutator(a[i], H), gain - loss, pairs, left_vacuum=True),
            name=f"mean-{i + 1}",
            say=f"The mean number of age {i + 1} changes by",
        )
    return derivation


def hopping() -> Derivation:
    r"""Two modes with Hermitian hopping: numbers oscillate, the total is conserved.

    $$n_1(t) = n_1 - (n_1-n_2)\frac{4g^2}{\Omega^2}\sin^2\frac{\Omega t}2,\qquad
      \Omega^2 = (\omega_1-\omega_2)^2+4g^2$$

    Returns:
        A derivation whose formula takes (t, n1, n2, omega_1, omega_2, g).
    """
    a, c = _modes(2)
    pairs = list(zip(a, c))
    w1, w2, g = symbols("omega_1 omega_2 g", positive=True)
    H = w1 * c[0] * a[0] + w2 * c[1] * a[1] + g * (c[0] * a[1] + c[1] * a[0])
    name = Symbol("H", commutative=False)
    excess, real_part = c[0] * a[0] - c[1] * a[1], c[0] * a[1] + c[1] * a[0]
    current = I * (c[0] * a[1] - c[1] * a[0])
    derivation = Derivation.begin(
        Problem(Statement(name, "=", H), name),
        name=f"{THEORY}/hopping",
        title="Two populations that exchange quanta: Hermitian hopping",
        source=SOURCE,
    )
    detuning = w1 - w2
    for label, operator, rate, say in (
        ("total", c[0] * a[0] + c[1] * a[1], Integer(0), "The total is conserved;"),
        ("excess", excess, -2 * g * current, "the difference moves with the current,"),
        (
            "current",
            current,
            2 * g * excess - detuning * real_part,
            "the current with the difference and the coherence,",
        ),
        ("coherence", real_part, detuning * current, "and the coherence with the current:"),
    ):
        derivation = derivation.then(
            BosonIdentity(-I * _commutator(operator, H), rate, pairs), name=label, say=say
        )
    t = Symbol("t", real=True)
    D, J, R = (Function(x, real=True) for x in "DJR")
    n1, n2 = symbols("n_1 n_2", nonnegative=True)
    omega = sqrt(detuning**2 + 4 * g**2)
    start = n1 - n2
    problem = Problem(
        [
            Eq(D(t).diff(t), -2 * g * J(t)),
            Eq(J(t).diff(t), 2 * g * D(t) - detuning * R(t)),
            Eq(R(t).diff(t), detuning * J(t)),
        ],
        [D(t), J(t), R(t)],
        given={D(0): start, J(0): 0, R(0): 0},
    )
    solution = {
        R(t): start * 2 * g * detuning / omega**2 * (1 - cos(omega * t)),
        J(t): start * 2 * g / omega * sin(omega * t),
        D(t): start * (1 - 4 * g**2 / omega**2 * (1 - cos(omega * t))),
    }
    for unknown, value in solution.items():
        derivation = derivation.assume(
            Statement(unknown, "=", value), name=str(unknown.func), say="Their means are"
        )
    derivation = derivation.then(
        BackSubstitute(problem),
        "R",
        "J",
        "D",
        name="solves",
        say="which solve these equations, from uncorrelated populations.",
    )
    first = Function("N_1", real=True)(t)
    derivation = (
        derivation.assume(
            Statement(first, "=", (n1 + n2 + D(t)) / 2), name="first", say="Hence the first"
        )
        .then(Substitute({D(t): solution[D(t)]}), "first", "solves", name="first-put")
        .then(
            Rewrite(rhs=n1 - start * 4 * g**2 / omega**2 * sin(omega * t / 2) ** 2),
            "first-put",
            name="hopping",
            say="oscillates:",
        )
    )
    formula = derivation.formula_of("hopping", [t, n1, n2, w1, w2, g], name="hopping")
    return derivation.concluded(formula)


def branching() -> Derivation:
    r"""Offspring of one individual: Poisson births and Bernoulli survival.

    $$h(z) = e^{f(z_1-1)}\,(1-s+s\,z')$$

    generates the numbers of newborns (z_1) and of survivors in the next age (z'); the means are f
    and s, so that means follow the Leslie matrix; the extinction probabilities are the smallest
    solution of $q_i = h_i(q)$.

    Returns:
        A derivation whose formula takes (f, s, z, z_next): h.
    """
    f, s = Symbol("f", nonnegative=True), Symbol("s", nonnegative=True)
    z, after = Symbol("z", real=True), Symbol("z_next", real=True)
    births, survival = Function("B", positive=True), Function("S", positive=True)
    h = Function("h", positive=True)
    trials = Symbol("N", positive=True)
    tries = Function("B_N", positive=True)
    derivation = Derivation.begin(
        Problem(
            [
                Statement(tries(z), "=", (1 + f * (z - 1) / trials) ** trials),
                Statement(survival(after), "=", 1 - s + s * after),
            ],
            [tries(z), survival(after)],
        ),
        name=f"{THEORY}/branching",
        title="Generating function of Poisson births and Bernoulli survival",
        source=SOURCE,
    )
    product = h(z, after)
    derivation = (
        derivation.then(
            Limit(trials, oo, value=exp(f * (z - 1))),
            0,
            name="poisson",
            say="N independent chances of f/N each become Poisson births:",
        )
        .assume(Statement(births(z), "=", exp(f * (z - 1))), name="births", say="With their limit,")
        .assume(
            Statement(product, "=", births(z) * survival(after)),
            name="independent",
            say="births and survival being independent,",
        )
        .then(
            Substitute({births(z): exp(f * (z - 1)), survival(after): 1 - s + s * after}),
            "independent",
            "births",
            1,
            name="offspring",
            say="the generating function of the offspring is",
        )
        .then(Differentiate(z), "offspring", name="births-slope", say="Its slopes at z = 1 are")
        .then(
            Differentiate(after),
            "offspring",
            name="survival-slope",
            say="which are f and s: the means follow the Leslie matrix.",
        )
    )
    formula = derivation.formula_of(
        "offspring",
        [f, s, z, after],
        domain={z: (0, 1), after: (0, 1), s: (0, 1)},
        name="offspring",
    )
    return derivation.concluded(formula)
