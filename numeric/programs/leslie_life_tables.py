r"""Programs of life tables: growth factor, stable population, elasticities, extinction.

Main definitions: `growth_factor`, `stable_population`, `elasticities`, `branching_extinction`.

Implementation notes.  The references never use the logarithmic form: the growth factor is the
certified positive root of the polynomial (Arb, a sign change), the vectors are read off the rows of
the matrix equations L w = lambda w and v L = lambda v, the extinction probabilities off h(q) = q.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds, Equals, Satisfies
from derivax.numeric.programs.leslie_certified import positive_root
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.theories import leslie_populations as theory

__all__ = ["branching_extinction", "elasticities", "growth_factor", "stable_population"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.leslie"
_CITATION = "Leslie 1945; Caswell 2001; arXiv:2412.19831"
_TABLE = (
    Array("f", ("n",), "fecundities by age, female offspring per step", low=0.0),
    Array("s", ("n-1",), "survivals from each age to the next, in (0, 1]", low=0.0, strict=True),
)


@lru_cache(maxsize=16)
def _derived(name: str) -> Any:
    """A derivation of the theory, derived once."""
    return getattr(theory, name)()


@lru_cache(maxsize=16)
def _kernel(name: str, derivation: str, step: str) -> Compiled:
    """One named step of a derivation, its symbols in the order of the array code."""
    made = _derived(derivation)
    right = made[step].rhs
    wanted = _ORDER[name]
    by_name = {x.name: x for x in right.free_symbols}
    return compile_formula(made.formula_of(step, [by_name[x] for x in wanted], name=name))


_ORDER = {
    "discounted": ("a", "x", "i"),
    "newton": ("P", "c", "Tbar"),
    "growth_factor_of": ("r",),
    "next_age": ("s_i", "w_i", "lambda"),
    "value_before": ("f_i", "s_i", "v_next", "lambda"),
    "parents": ("f_i", "w_i", "lambda"),
    "disorder": ("p_i", "p_others"),
    "sensitivity": ("v_a", "w_b", "vw"),
    "elasticity": ("L_ab", "S_ab", "lambda"),
    "offspring": ("f", "s", "z", "z_next"),
    "births_slope": ("f", "s", "z", "z_next"),
    "survival_slope": ("f", "s", "z"),
}
_ROOT = {
    "discounted": ("growth_factor", "discounted"),
    "newton": ("growth_factor", "newton"),
    "growth_factor_of": ("growth_factor", "lambda"),
}
_VECTORS = {
    "next_age": ("stable_population", "next-age"),
    "value_before": ("stable_population", "value-before"),
}


def _kernels(places: Mapping[str, tuple[str, str]]) -> dict[str, Compiled]:
    return {name: _kernel(name, *place) for name, place in places.items()}


def _derivations(places: Mapping[str, tuple[str, str]]) -> tuple[Any, ...]:
    return tuple(_derived(name) for name in dict.fromkeys(d for d, _ in places.values()))


def check_life_table(arrays: Values) -> None:
    """Refuse survivals above 1, wrong lengths, and tables without births."""
    f, s = np.asarray(arrays["f"]), np.asarray(arrays["s"])
    if len(s) != len(f) - 1:
        raise InputError(
            f"{len(f)} fecundities and {len(s)} survivals",
            "survivals lead from one age to the next: one fewer than ages",
            f"pass s of length {len(f) - 1}",
        )
    if s.max() > 1:
        raise InputError(f"s = {s.max():.6g}", "is no survival", "survivals lie in (0, 1]")
    if not f.max() > 0:
        raise InputError("f", "holds no births: the growth factor is 0", "give a fecundity > 0")


# --- growth factor -----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def growth_factor() -> Program:
    r"""Growth factor of a life table: the root of $\sum_i f_il_i\lambda^{-i} = 1$.

    Arguments: `f` (n,), fecundities >= 0, not all 0; `s` (n - 1,), survivals in (0, 1].
    Returns: `lam`, the factor per step, and `r` = ln lam.
    Raises: `InputError` for negative or wrong numbers, survivals above 1, no births.

    Newton's method on ln G, from below: it never overflows and converges for every table.  Under
    `jax.vmap` it runs over draws; derivatives up to the third order are those of the root.

    >>> found = growth_factor()([0.0, 4.0, 3.0], [0.5, 0.25])
    >>> round(float(found["lam"]), 6)
    1.5
    """
    return Program(
        name="growth_factor",
        title="Growth factor of a life table, from its Euler-Lotka equation",
        citation=_CITATION,
        arguments=_TABLE,
        results=(
            Array("lam", (), "growth factor per step"),
            Array("r", (), "growth rate per step, ln lam"),
        ),
        kernels=_kernels(_ROOT),
        array_code=ArrayCode(_ARRAYS, "growth"),
        derivations=_derivations(_ROOT),
        claims=_growth_claims(),
        reference=_growth_reference,
        cases=life_table_cases,
        precondition=check_life_table,
        derivatives=3,
    )


def _growth_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    lam = positive_root(values["f"], values["s"])
    return {"lam": np.array(lam, dtype=object), "r": np.array(lam.log(), dtype=object)}


def life_table_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sizes 2 ... 32, one reproducing age, rare survivors, ages after the last birth."""
    yield "2 ages", {"f": np.array([0.3, 1.9]), "s": np.array([0.55])}
    yield "3 ages", {"f": np.array([0.0, 4.0, 3.0]), "s": np.array([0.5, 0.25])}
    one = {"f": np.array([0.0, 0.0, 6.0]), "s": np.array([0.5, 0.3])}
    yield "3 ages, 1 of them reproducing", one
    yield "7 ages", {"f": rng.uniform(0.0, 1.5, 7), "s": rng.uniform(0.2, 0.99, 6)}
    sterile = np.array([0.1, 0.9, 0.7, 0.2, 0.0, 0.0, 0.0])
    yield (
        "7 ages, rank-deficient: 3 after the last birth",
        {"f": sterile, "s": np.array([0.3, 0.6, 0.7, 0.7, 0.6, 0.2])},
    )
    yield "7 ages, rare survivors", {"f": np.full(7, 40.0), "s": np.full(6, 1e-3)}
    yield (
        "7 ages, rectangular survival",
        {"f": np.array([0, 0, 0.2, 0.4, 0.5, 0.1, 0]), "s": np.ones(6)},
    )
    mature = np.where(np.arange(32) > 6, rng.uniform(0.0, 0.3, 32), 0.0)
    yield "32 ages", {"f": mature, "s": rng.uniform(0.8, 1.0, 31)}


def _growth_claims() -> tuple[Any, ...]:
    two = {"f": np.array([0.3, 1.7]), "s": np.array([0.6])}
    three = {"f": np.array([0.2, 1.6, 1.1]), "s": np.array([0.5, 0.4])}
    old = {"f": np.zeros(40), "s": np.full(39, 0.95)}
    old["f"][39] = 11.0
    long = {"f": np.linspace(0.0, 0.02, 1000), "s": np.full(999, 0.97)}
    return (
        Equals(
            "two ages: the formula in radicals",
            "leslie-populations/two-ages",
            (two,),
            exact=lambda values: _closed("two_ages", values),
        ),
        Equals(
            "three ages: the formula in cosines",
            "leslie-populations/three-ages",
            (three,),
            exact=lambda values: _closed("three_ages", values),
        ),
        Equals(
            "births at one age k: m_k^(1/k)",
            "leslie-populations/one-reproducing-age",
            (old,),
            exact=_one_age,
        ),
        Satisfies(
            "the Euler-Lotka equation, with 1000 ages",
            "leslie-populations/euler-lotka",
            (long,),
            residual=_euler_lotka,
        ),
    )


def _closed(name: str, values: Values) -> dict[str, Any]:
    """The closed form of a derivation, in balls."""
    from derivax.symbolic.exact.ball import BallProgram

    formula = getattr(theory, name)().formula
    f, s = values["f"], values["s"]
    net = [f[0], f[1] * s[0], *([f[2] * s[0] * s[1]] if len(f) > 2 else [])]
    given = [f[0], f[1], s[0]] if len(f) == 2 else net
    point = dict(zip(formula.args, given, strict=True))
    return {"lam": np.array(BallProgram(formula.expr, list(formula.args)).at(point, 256))}


def _one_age(values: Values) -> dict[str, Any]:
    net = values["f"][-1]
    for survival in values["s"]:
        net = net * survival
    return {"lam": np.array(net.root(len(values["f"])), dtype=object)}


def _euler_lotka(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    survivors = np.concatenate([[1.0], np.cumprod(instance["s"] / float(found["lam"]))])
    terms = instance["f"] * survivors / float(found["lam"])
    return {"Euler-Lotka": (np.array([terms.sum() - 1.0]), np.array([1.0]))}


# --- stable population -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def stable_population() -> Program:
    r"""Stable age distribution, reproductive value, generation times and entropy of a life table.

    Arguments: `f` (n,), `s` (n - 1,) as for `growth_factor`.
    Returns: `w` (n,), shares of the ages (sum 1); `v` (n,), reproductive values (v_1 = 1); `lam`,
        `r`; `R0`, `Tc` (mean age of mothers in a cohort), `Tbar` (in the stable population), in
        steps with ages from 1; `entropy`, $-\sum p_i\ln p_i/\bar T$.

    >>> found = stable_population()([0.0, 4.0, 3.0], [0.5, 0.25])
    >>> [round(float(x), 4) for x in (*found["w"], found["R0"], found["Tc"], found["Tbar"])]
    [0.72, 0.24, 0.04, 2.375, 2.1579, 2.1111]
    """
    places = {
        **_ROOT,
        **_VECTORS,
        "parents": ("stable_population", "parents"),
        "disorder": ("stable_population", "disorder"),
    }
    return Program(
        name="stable_population",
        title="Stable age distribution, reproductive value and generation times of a life table",
        citation=_CITATION,
        arguments=_TABLE,
        results=(
            Array("w", ("n",), "stable age distribution, sum 1"),
            Array("v", ("n",), "reproductive value, v_1 = 1"),
            Array("lam", (), "growth factor per step"),
            Array("r", (), "growth rate per step"),
            Array("R0", (), "net reproductive rate"),
            Array("Tc", (), "cohort generation time, in steps"),
            Array("Tbar", (), "mean age of parents in the stable population, in steps"),
            Array("entropy", (), "Demetrius' entropy, per step"),
        ),
        kernels=_kernels(places),
        array_code=ArrayCode(_ARRAYS, "stable"),
        derivations=_derivations(places),
        claims=_stable_claims(),
        reference=_stable_reference,
        cases=life_table_cases,
        precondition=check_life_table,
        rough=("7 ages, rectangular survival", "7 ages, rank-deficient: 3 after the last birth",
               "3 ages", "3 ages, 1 of them reproducing"),
    )  # fmt: skip


def rows_of_eigenvectors(values: Values, lam: Any) -> tuple[list[Any], list[Any]]:
    """w and v in balls, from the rows of L w = lambda w and the columns of v L = lambda v."""
    from flint import arb

    f, s = list(values["f"]), list(values["s"])
    w = [arb(1)]
    for survival in s:
        w.append(survival * w[-1] / lam)
    v: list[Any] = [arb(0)] * len(f)
    after = arb(0)
    for k in reversed(range(len(f))):
        after = (f[k] + (s[k] * after if k < len(s) else 0)) / lam
        v[k] = after
    return w, v


def _stable_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    from flint import arb

    lam = positive_root(values["f"], values["s"])
    w, v = rows_of_eigenvectors(values, lam)
    total = sum(w, arb(0))
    net, survivors = [], arb(1)
    for k, births in enumerate(values["f"]):
        net.append(births * survivors)
        survivors = survivors * (values["s"][k] if k < len(values["s"]) else 0)
    R0 = sum(net, arb(0))
    p = [m / lam ** (k + 1) for k, m in enumerate(net)]
    Tbar = sum(((k + 1) * x for k, x in enumerate(p)), arb(0))
    disorder = sum((-x * x.log() for x in p if not x.contains(0)), arb(0))
    numbers = {
        "lam": lam,
        "r": lam.log(),
        "R0": R0,
        "Tc": sum(((k + 1) * m for k, m in enumerate(net)), arb(0)) / R0,
        "Tbar": Tbar,
        "entropy": disorder / Tbar,
    }
    found = {name: np.array(x, dtype=object) for name, x in numbers.items()}
    return {
        "w": np.array([x / total for x in w], dtype=object),
        "v": np.array(v, dtype=object),
        **found,
    }


def _stable_claims() -> tuple[Any, ...]:
    rng = np.random.default_rng(3)
    table = {"f": rng.uniform(0, 1, 9), "s": rng.uniform(0.3, 1, 8)}
    return (
        Satisfies(
            "L w = lambda w and v L = lambda v",
            "leslie-populations/stable-population",
            (table,),
            residual=_eigenvector_residual,
            share=1e-13,
        ),
        Satisfies(
            "v.w (with w_1 = 1) is the mean age of parents",
            "leslie-populations/stable-population: product",
            (table,),
            residual=lambda _, __, found: {
                "v.w": (
                    np.array([found["v"] @ found["w"] / found["w"][0] - found["Tbar"]]),
                    np.array([found["Tbar"]]),
                )
            },
            share=1e-13,
        ),
    )


def leslie_matrix(f: Any, s: Any) -> Any:
    """The Leslie matrix of a table."""
    L = np.diag(np.asarray(s, dtype=np.float64), -1)
    L[0] = f
    return L


def _eigenvector_residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    L, lam = leslie_matrix(instance["f"], instance["s"]), float(found["lam"])
    w, v = found["w"], found["v"]
    return {"right": (L @ w - lam * w, lam * w), "left": (v @ L - lam * v, lam * v)}


# --- elasticities ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def elasticities() -> Program:
    r"""Sensitivities of the growth factor to every fecundity and survival, and elasticities.

    Arguments: `f` (n,), `s` (n - 1,) as for `growth_factor`.
    Returns: `lam`; `sensitivity_f`, `sensitivity_s`; `elasticity_f`, `elasticity_s`.  All
        elasticities add up to 1.  The elasticity of an entry that is zero is zero; its sensitivity
        is not.

    >>> found = elasticities()([0.0, 4.0, 3.0], [0.5, 0.25])
    >>> float(found["elasticity_f"].sum() + found["elasticity_s"].sum()).__round__(6)
    1.0
    """
    places = {
        **_ROOT,
        **_VECTORS,
        "sensitivity": ("sensitivities", "sensitivity"),
        "elasticity": ("sensitivities", "elasticity"),
    }
    return Program(
        name="elasticities",
        title="Sensitivities and elasticities of the growth factor of a life table",
        citation=_CITATION,
        arguments=_TABLE,
        results=(
            Array("lam", (), "growth factor per step"),
            Array("sensitivity_f", ("n",), "derivative of lam by each fecundity"),
            Array("sensitivity_s", ("n-1",), "derivative of lam by each survival"),
            Array("elasticity_f", ("n",), "proportional sensitivity to each fecundity"),
            Array("elasticity_s", ("n-1",), "proportional sensitivity to each survival"),
        ),
        kernels=_kernels(places),
        array_code=ArrayCode(_ARRAYS, "life_table_elasticities"),
        derivations=(*_derivations(places), theory.eigenvalue_perturbation()),
        claims=(
            Satisfies(
                "the sensitivities are the gradient of growth-factor",
                "leslie-populations/elasticities: routes-f, routes-s",
                ({"f": np.array([0.2, 1.6, 1.1]), "s": np.array([0.5, 0.4])},),
                residual=_gradient_residual,
                share=1e-13,
            ),
            Bounds(
                "the elasticities add up to 1",
                "leslie-populations/elasticities: all",
                ({"f": np.array([0.2, 1.6, 0.0]), "s": np.array([0.5, 0.4])},),
                limits=lambda _: {"sum": (np.ones(1), np.ones(1))},
                observe=lambda _, found: {
                    "sum": np.array([found["elasticity_f"].sum() + found["elasticity_s"].sum()])
                },
            ),
        ),
        reference=_elasticities_reference,
        cases=life_table_cases,
        precondition=check_life_table,
    )


def _gradient_residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    import jax
    import jax.numpy as jnp

    given = {k: jnp.asarray(v) for k, v in instance.items()}
    slope = jax.grad(lambda g: growth_factor()(**g)["lam"])(given)
    return {
        f"by {k}": (np.asarray(slope[k]) - found[f"sensitivity_{k}"], found[f"sensitivity_{k}"])
        for k in ("f", "s")
    }


def _elasticities_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """v_a w_b/v.w with the vectors of the matrix equations."""
    from flint import arb

    lam = positive_root(values["f"], values["s"])
    w, v = rows_of_eigenvectors(values, lam)
    product = sum((a * b for a, b in zip(v, w, strict=True)), arb(0))
    by_f = np.array([v[0] * x / product for x in w], dtype=object)
    by_s = np.array([v[k + 1] * w[k] / product for k in range(len(w) - 1)], dtype=object)
    return {
        "lam": np.array(lam, dtype=object),
        "sensitivity_f": by_f,
        "sensitivity_s": by_s,
        "elasticity_f": by_f * values["f"] / lam,
        "elasticity_s": by_s * values["s"] / lam,
    }


# --- extinction --------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def branching_extinction() -> Program:
    r"""Probability that the line of one individual dies out (Poisson births, Bernoulli survival).

    $$q_i = e^{f_i(q_1-1)}(1-s_i+s_iq_{i+1}),\qquad q = 1 \text{ if } R_0 \le 1$$

    Arguments: `f` (n,), `s` (n - 1,) as for `growth_factor`.
    Returns: `q` (n,), by the age of the first individual, and `R0`.

    >>> found = branching_extinction()([0.0, 4.0, 3.0], [0.5, 0.25])
    >>> [round(float(x), 3) for x in found["q"]]
    [0.575, 0.15, 0.279]
    """
    places = {
        "offspring": ("branching", "offspring"),
        "births_slope": ("branching", "births-slope"),
        "survival_slope": ("branching", "survival-slope"),
    }
    return Program(
        name="branching_extinction",
        title="Extinction probabilities of a life table with Poisson births",
        citation=_CITATION,
        arguments=_TABLE,
        results=(
            Array("q", ("n",), "extinction probability of the line of one individual of each age"),
            Array("R0", (), "net reproductive rate"),
        ),
        kernels=_kernels(places),
        array_code=ArrayCode(_ARRAYS, "extinction"),
        derivations=_derivations(places),
        claims=_extinction_claims(),
        reference=_extinction_reference,
        cases=life_table_cases,
        precondition=check_life_table,
        rough=("7 ages, rare survivors",),
    )


def _extinction_claims() -> tuple[Any, ...]:
    table = {"f": np.array([0.4, 1.6, 1.1]), "s": np.array([0.5, 0.4])}
    doomed = {"f": np.array([0.1, 0.6, 0.1]), "s": np.array([0.5, 0.4])}

    def residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
        q, f = found["q"], instance["f"]
        s = np.append(instance["s"], 0.0)
        after = np.append(q[1:], 1.0)
        return {"h(q) = q": (np.exp(f * (q[0] - 1)) * (1 - s + s * after) - q, q)}

    return (
        Satisfies(
            "q = h(q)",
            "leslie-populations/branching: offspring",
            (table, doomed),
            residual=residual,
            share=1e-14,
        ),
        Bounds(
            "extinction is certain if R_0 <= 1",
            "leslie-populations/euler-lotka: threshold",
            (doomed,),
            limits=lambda _: {"q": (np.ones(3), np.ones(3))},
        ),
    )


def _extinction_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The smallest fixed point by bisection in balls: h_1(z) - z changes its sign once below 1."""
    from flint import arb, ctx

    f, s = list(values["f"]), [*values["s"], arb(0)]

    def fates(z: Any) -> list[Any]:
        q, found = arb(1), []
        for births, survival in zip(reversed(f), reversed(s), strict=True):
            q = (births * (z - 1)).exp() * (1 - survival + survival * q)
            found.append(q)
        return found[::-1]

    survivors, R0 = arb(1), arb(0)
    for births, survival in zip(f, s, strict=True):
        R0 += births * survivors
        survivors *= survival
    if R0 <= 1:
        return {"q": np.array([arb(1)] * len(f), dtype=object), "R0": np.array(R0, dtype=object)}
    low, high = arb(0), arb(1) - arb(2) ** -40
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        low, high = (middle, high) if fates(middle)[0] > middle else (low, middle)
    z = low
    for _ in range(12):  # secant steps from a bracket of 2^-60: quadratic, checked below
        step = arb(2) ** -(ctx.prec // 3)
        slope = (fates(z + step)[0] - fates(z - step)[0]) / (2 * step)
        z = (z + (fates(z)[0] - z) / (1 - slope)).mid()
    radius = arb(2) ** -(bits - 24)
    if not (fates(z - radius)[0] > z - radius and fates(z + radius)[0] < z + radius):
        raise InputError("branching_extinction", "its reference found no sign change", "")
    root = z + arb(0, radius)
    return {"q": np.array(fates(root), dtype=object), "R0": np.array(R0, dtype=object)}
