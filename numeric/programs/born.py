r"""The scattering Programs of `born-diagrams`: discretised potentials exactly, and order by order.

Main definitions: `a_exact`, `born_terms`, `born_terms_quadrature`, `born_terms_certified`.

Convention: $u'' = Uu$, u(0) = 0, u tends to a multiple of r - a; weak attraction (U < 0) has a < 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sympy import oo

from derivax.errors import InputError
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.born_reference import (
    born_terms_in_balls,
    dense_iteration,
    wave_in_balls,
)
from derivax.numeric.programs.claims import Bounds, Equals
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.exact.precision import working_precision
from derivax.symbolic.theories.born_diagrams import cells, scattering

__all__ = ["a_exact", "born_terms", "born_terms_certified", "born_terms_quadrature"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays"
_CITATION = "Lippmann, Schwinger 1950; Kaspschak, Meissner 2020, arXiv:2009.03192 (derived here)"

_CELLS = (
    Array("U", ("N",), "value of 2 mu V/hbar^2 on each cell, length^-2"),
    Array("edges", ("E",), "N + 1 increasing edges of the cells, the first >= 0", low=0.0),
)


def _kernel(derivation: Any, step: str, name: str, args: list[Any]) -> Compiled:
    wide = {a: (-oo, oo) for a in args if not a.is_nonnegative}
    return compile_formula(derivation.formula_of(step, args, domain=wide, name=name))


@lru_cache(maxsize=1)
def a_exact() -> Program:
    r"""The scattering length of a potential that is constant on cells, exactly.

    Transfer matrices in the entire functions C and S: wells, barriers and empty cells alike.

    Arguments: `U` (N,), `edges` (N + 1,).
    Returns: `a`, the scattering length (infinite at a pole, where a state is bound at zero energy);
        `wave` and `slope`, u and u' at the last edge from u = r inside the first, which have no
        pole: a = last edge - wave/slope.

    >>> import numpy as np
    >>> found = a_exact()(np.array([-1.0]), np.array([0.0, 1.0]))
    >>> round(float(found["a"]), 5)   # 1 - tan 1
    -0.55741
    """
    derivation = cells.transfer_matrix()
    args = [cells.U, cells.h]
    return Program(
        name="a_exact",
        title="Scattering length of a discretised potential, by transfer matrices",
        citation=_CITATION,
        arguments=_CELLS,
        results=(
            Array("a", (), "scattering length"),
            Array("wave", (), "u at the last edge"),
            Array("slope", (), "u' at the last edge"),
        ),
        kernels={
            "cell_even": _kernel(derivation, "wave-from-wave", "cell_even", args),
            "cell_sloped": _kernel(derivation, "slope-from-wave", "cell_sloped", args),
            "cell_growth": _kernel(derivation, "growth", "cell_growth", args),
        },
        array_code=ArrayCode(f"{_ARRAYS}.born", "through_cells"),
        derivations=(derivation,),
        claims=(
            Equals(
                "one cell from the origin: a = R (1 - S(w)/C(w)), w = U R^2",
                "born-diagrams/square-well: amplitude",
                ({"U": np.array([-1.5]), "edges": np.array([0.0, 1.125])},
                 {"U": np.array([3.0]), "edges": np.array([0.0, 0.75])}),
                exact=_one_well,
                observe=lambda _, found: {"a": found["a"]},
            ),
        ),
        reference=_exact_in_balls,
        cases=_cell_cases,
        precondition=_increasing,
        derivatives=1,
        differentiable=("U",),
    )  # fmt: skip


@lru_cache(maxsize=1)
def born_terms() -> Program:
    r"""All Born terms of a potential that is constant on cells, by power series: O(N n^2).

    $$a(\lambda U) = \sum_n\lambda^na_n,\qquad
      a_n = (-1)^{n-1}\langle r|U(GU)^{n-1}|r\rangle,\quad G = \min(r, s)$$

    Arguments: `U` (N,), `edges` (N + 1,); `weights` (n,): factors of the terms, all 1 for the terms
        themselves, g^n for another strength.  Its length is the order n.
    Returns: `terms` (n,), weights[k-1] a_k; `jost` (n + 1,), the coefficients of the Fredholm
        determinant det(1 + lambda G U) = u'(end), whose zero of least modulus is the radius of
        convergence.

    >>> import numpy as np
    >>> found = born_terms()(np.array([-1.0]), np.array([0.0, 1.0]), np.ones(3))
    >>> [round(float(x), 6) for x in found["terms"]]   # -1/3, -2/15, -17/315
    [-0.333333, -0.133333, -0.053968]
    """
    derivation = cells.born_recursion()
    args = [cells.w, cells.m]
    return Program(
        name="born_terms",
        title="Born terms of a discretised potential, by power series of transfer matrices",
        citation=_CITATION,
        arguments=(*_CELLS, Array("weights", ("n",), "factors of the terms")),
        results=(
            Array("terms", ("n",), "weights[k - 1] a_k, length"),
            Array("jost", ("n + 1",), "coefficients of the Jost function"),
        ),
        kernels={
            "even_ratio": _kernel(derivation, "even-ratio", "even_ratio", args),
            "odd_ratio": _kernel(derivation, "odd-ratio", "odd_ratio", args),
        },
        array_code=ArrayCode(f"{_ARRAYS}.born", "born_terms_of_cells"),
        derivations=(derivation,),
        claims=(
            Equals(
                "the first two terms are the gradient and -U.M U of the second Born approximation",
                "born-diagrams/second-born",
                ({"U": np.array([-0.5, 1.25, 0.75]), "edges": np.array([0.25, 0.5, 1.0, 1.75]),
                  "weights": np.ones(2)},),
                exact=_second_born,
                observe=lambda _, found: {"terms": found["terms"]},
            ),
            Bounds(
                "for attraction every term is negative",
                "born-diagrams/lippmann-schwinger",
                ({"U": -np.array([0.5, 0.25, 2.0]), "edges": np.array([0.0, 0.5, 1.0, 1.5]),
                  "weights": np.ones(12)},),
                limits=lambda values: {"terms": (None, np.zeros(12))},
            ),
        ),
        reference=_terms_in_balls,
        cases=_term_cases,
        precondition=_increasing,
        derivatives=2,
        differentiable=("U", "weights"),
    )  # fmt: skip


@lru_cache(maxsize=1)
def born_terms_quadrature() -> Program:
    r"""Born terms of any potential from its values at nodes of panels, by running integrals.

    The kernel min(r, s) has a kink; running integrals on Gauss-Legendre nodes see none of it, so
    that the error falls at the order of the rule.

    Arguments: `potential` (panels, P), U at `nodes` of each panel; `edges` (panels + 1,); `nodes`
        (P,), different points in (-1, 1), e.g. `numpy.polynomial.legendre.leggauss(P)[0]`;
        `weights` (n,), factors of the terms.
    Returns: `terms` (n,).

    >>> import numpy as np
    >>> edges, nodes = np.linspace(0, 30, 41), np.polynomial.legendre.leggauss(6)[0]
    >>> r = (edges[:-1, None] + edges[1:, None] + np.diff(edges)[:, None] * nodes) / 2
    >>> found = born_terms_quadrature()(-np.exp(-r), edges, nodes, np.ones(4))
    >>> [round(float(x), 5) for x in found["terms"]]   # -2, -5/4, -23/27, -677/1152
    [-2.0, -1.25, -0.85185, -0.58767]
    """
    derivation = scattering.running_integrals()
    r, U, u = scattering.r, scattering.U_here, scattering.u_here
    p, q = scattering.p_here, scattering.q_here
    return Program(
        name="born_terms_quadrature",
        title="Born terms of a potential given at nodes, by running integrals",
        citation=_CITATION,
        arguments=(
            Array("potential", ("panels", "P"), "U at the nodes of each panel"),
            Array("edges", ("E",), "increasing edges of the panels, the first >= 0", low=0.0),
            Array("nodes", ("P",), "different points in (-1, 1)", low=-1.0),
            Array("weights", ("n",), "factors of the terms"),
        ),
        results=(Array("terms", ("n",), "weights[k - 1] a_k, length"),),
        kernels={
            "first_source": _kernel(derivation, "first-source", "first_source", [r, U, u]),
            "second_source": _kernel(derivation, "second-source", "second_source", [r, U, u]),
            "next_wave": _kernel(derivation, "next-wave", "next_wave", [r, p, q]),
        },
        array_code=ArrayCode(f"{_ARRAYS}.born_quadrature", "iterated_born_terms"),
        derivations=(derivation,),
        claims=(
            Equals(
                "a constant potential on one panel: -1/3, -2/15 (times U, U^2)",
                "born-diagrams/square-well-series",
                ({"potential": np.full((1, 6), -1.0), "edges": np.array([0.0, 1.0]),
                  "nodes": np.linspace(-0.875, 0.875, 6), "weights": np.ones(2)},),
                exact=_well_terms,
            ),
        ),
        reference=lambda values, bits: {
            "terms": _weighted(values["weights"], dense_iteration(
                values["potential"], list(values["edges"]), list(values["nodes"]),
                len(values["weights"])))
        },
        cases=_panel_cases,
        precondition=_panels_fit,
        derivatives=1,
        differentiable=("potential", "weights"),
    )  # fmt: skip


def born_terms_certified(
    U: ArrayLike, edges: ArrayLike, order: int, bits: int = 128
) -> tuple[np.ndarray, np.ndarray]:
    """Born terms with a certified error bar each: (values, radii) from Arb balls.

    `U` and `edges` are taken as the exact binary numbers that they are.

    >>> values, radii = born_terms_certified([-1.0], [0.0, 1.0], 4)
    >>> bool(abs(values[3] + 62 / 2835) <= 1e-17), bool(radii.max() < 1e-30)
    (True, True)
    """
    from flint import arb

    values = {"U": np.asarray(U, dtype=np.float64), "edges": np.asarray(edges, dtype=np.float64)}
    _increasing(values)
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise InputError(f"order = {order!r}", "is no Born order", "pass 1, 2, 3, ...")
    with working_precision(bits):
        given = {k: [arb(float(x)) for x in v] for k, v in values.items()}
        terms, _ = born_terms_in_balls(given["U"], given["edges"], order)
        return (
            np.array([float(t.mid()) for t in terms]),
            np.array([float(t.rad()) for t in terms]),
        )


# --- preconditions ---------------------------------------------------------------------------


def _increasing(arrays: Values) -> None:
    U, edges = np.asarray(arrays["U"]), np.asarray(arrays["edges"])
    if edges.ndim != 1 or len(edges) != len(U) + 1:
        raise InputError(
            f"{len(U)} cells and {np.size(edges)} edges", "do not fit", "N cells have N + 1 edges"
        )
    _sorted_edges(edges)
    if not np.isfinite(U).all():
        raise InputError("U", "holds NaN or infinite entries", "")


def _sorted_edges(edges: np.ndarray) -> None:
    if not np.isfinite(edges).all() or edges[0] < 0 or not (np.diff(edges) > 0).all():
        raise InputError(
            "edges", "are no increasing radii from 0 on", "sort them; the first is >= 0"
        )


def _panels_fit(arrays: Values) -> None:
    potential, edges = np.asarray(arrays["potential"]), np.asarray(arrays["edges"])
    if len(edges) != len(potential) + 1:
        raise InputError(
            f"{len(potential)} panels and {len(edges)} edges", "do not fit",
            "n panels have n + 1 edges",
        )  # fmt: skip
    _sorted_edges(edges)
    nodes = np.sort(np.asarray(arrays["nodes"]))
    if nodes[0] < -1 or nodes[-1] > 1 or not (np.diff(nodes) > 0).all():
        raise InputError("nodes", "are no different points in [-1, 1]", "use leggauss(P)[0]")


# --- references, cases, claims ---------------------------------------------------------------


def _weighted(weights: Any, terms: Any) -> np.ndarray:
    return np.array([w * t for w, t in zip(weights, terms, strict=True)], dtype=object)


def _exact_in_balls(values: Values, bits: int) -> dict[str, Any]:
    edges = list(values["edges"])
    u, p = wave_in_balls(list(values["U"]), edges)
    a = edges[-1] - u / p
    return {k: np.array(v, dtype=object) for k, v in (("a", a), ("wave", u), ("slope", p))}


def _terms_in_balls(values: Values, bits: int) -> dict[str, Any]:
    weights = values["weights"]
    terms, jost = born_terms_in_balls(list(values["U"]), list(values["edges"]), len(weights))
    return {"terms": _weighted(weights, terms), "jost": np.array(jost, dtype=object)}


def _one_well(values: Values) -> dict[str, Any]:
    """R - R S(w)/C(w) through sine and cosine of a complex root."""
    from flint import acb

    R = values["edges"][1]
    root = acb(values["U"][0]).sqrt() * R
    return {"a": np.array((R - R * (root.sinh() / (root * root.cosh())).real), dtype=object)}


def _second_born(values: Values) -> dict[str, Any]:
    U, e = values["U"], values["edges"]
    cells_of = list(itertools.pairwise(e))
    first = [(h**3 - low**3) / 3 for low, h in cells_of]
    other = [(h**2 - low**2) / 2 for low, h in cells_of]
    second = U[0] * 0
    for i, (low, h) in enumerate(cells_of):
        inside = ((h**5 - low**5) / 5 - low**3 * (h**2 - low**2) / 2) * 2 / 3
        second = second - U[i] ** 2 * inside
        for j in range(i + 1, len(U)):
            second = second - 2 * U[i] * U[j] * first[i] * other[j]
    gradient = sum((u * f for u, f in zip(U, first, strict=True)), U[0] * 0)
    return {"terms": np.array([gradient, second], dtype=object)}


def _well_terms(values: Values) -> dict[str, Any]:
    from flint import fmpq

    U = values["potential"][0, 0]
    terms = [U * fmpq(1, 3), -(U**2) * fmpq(2, 15)]
    return {"terms": np.array(terms, dtype=object)}


def _cells(rng: Any, count: int, low: float = 0.0, size: float = 1.0) -> dict[str, Any]:
    widths = rng.uniform(0.3, 1.0, count) * 2 / count
    return {
        "U": size * rng.uniform(-1.5, 1.0, count),
        "edges": np.concatenate([[low], low + np.cumsum(widths)]),
    }


def _cell_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for count in (1, 2, 3, 7, 32):
        yield str(count), _cells(rng, count)
    yield "3, from 1/2 on", _cells(rng, 3, low=0.5)
    yield "3, weak", _cells(rng, 3, size=1e-4)
    empty = _cells(rng, 3)
    yield "3, empty cells", {**empty, "U": np.array([0.0, -1.0, 0.0])}
    yield "3, barrier", {**empty, "U": np.array([20.0, -1.0, 60.0])}


def _term_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, values in _cell_cases(rng):
        if label == "3, barrier":
            continue
        yield label, {**values, "weights": np.ones({"32": 4, "3": 1}.get(label, 7))}


def _panel_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1 x 1": (1, 1, 1),
        "rectangular, 1 x 3": (1, 3, 3),
        "3 x 2": (3, 2, 2),
        "rectangular, 7 x 3": (7, 3, 3),
        "rectangular, 2 x 7": (2, 7, 3),
        "3 x 3, rank-deficient": (3, 3, 3),
        "32 x 2": (32, 2, 2),
    }
    for label, (panels, count, order) in shapes.items():
        # about as far out in all, so that the terms are of one size
        widths = rng.uniform(0.3, 1.0, panels) * min(1.0, 3.0 / panels)
        potential = rng.uniform(-1.0, 0.5, (panels, count))
        if "rank-deficient" in label:
            # U constant on each panel: the values at the nodes are an outer product
            potential = np.outer(potential[:, 0], np.ones(count))
        yield label, {
            "potential": potential,
            "edges": np.concatenate([[0.0], np.cumsum(widths)]),
            "nodes": np.polynomial.legendre.leggauss(count)[0],
            "weights": np.ones(order),
        }
