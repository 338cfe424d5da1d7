r"""The network Programs of `born-diagrams`: Taylor coefficients, mixed derivatives, dressed lines.

Main definitions: `taylor_ray`, `mixed_partial`, `taylor_tensor`, `weights_from`.

Implementation notes.  What is compiled from the derivation are the states of a neuron (tanh z, ...)
and the bilinear form of their slopes; the array code multiplies series.  Enumerating diagrams is
for display: `derivax.diagrams` does it, and the claims compare both.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr

from derivax.errors import InputError
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.claims import Equals
from derivax.numeric.programs.program import Array, Program
from derivax.numeric.programs.taylor_algebra_code import Algebra, algebra_code
from derivax.numeric.programs.taylor_code import series_code
from derivax.numeric.programs.taylor_reference import (
    partials_in_balls,
    ray_in_balls,
    tree_sum,
)
from derivax.symbolic.formula import Formula
from derivax.symbolic.theories.born_diagrams import activations as theory

__all__ = ["mixed_partial", "network", "taylor_ray", "taylor_tensor", "weight_arguments"]

Values = Mapping[str, Any]
CITATION = "Kaspschak, Meissner 2020, arXiv:2009.03192 (rules derived here)"


@lru_cache(maxsize=64)
def taylor_ray(L: int = 3, activation: str | Expr = "tanh") -> Program:
    r"""Taylor coefficients of a network along a ray, to any order, in polynomial time.

    $$f(x + tv) = \sum_kc_kt^k,\qquad \frac{d^kf}{dt^k} = k!\,c_k$$

    Arguments: `W1` (h1, h0), `b1` (h1,), ... `WL`, `bL`: the last layer is linear; `x`, `v` (h0,);
        `weights` (orders,): factors of the coefficients, all 1 for the coefficients themselves, k!
        for derivatives.  Its length is the number of coefficients, the constant included.
    Returns: `coefficients` (orders, outputs), weights[k] c_k.  `jax.vmap` batches x and v.

    Args:
        L: number of weight matrices; H = L - 1 layers have an activation.
        activation: a name, or a SymPy expression of one symbol.

    Raises: `InputError` for an activation without derivatives (ReLU), or shapes that do not fit.

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> sine = taylor_ray(2, "sin")
    >>> found = sine(one, np.zeros(1), one, np.zeros(1), np.zeros(1), np.ones(1), np.ones(4))
    >>> [round(float(c), 4) for c in found["coefficients"][:, 0]]
    [0.0, 1.0, 0.0, -0.1667]
    """
    depth(L)
    phi = theory.activation(activation)[0]
    derivation = theory.taylor_recursion(activation)
    states = len(theory.system_of(activation).states)
    return Program(
        name="taylor_ray",
        title="Taylor coefficients of a network along a ray",
        citation=CITATION,
        arguments=(
            *weight_arguments(L),
            Array("x", ("h0",), "the input"),
            Array("v", ("h0",), "the direction"),
            Array("weights", ("orders",), "factors of the coefficients; k! gives derivatives"),
        ),
        results=(Array("coefficients", ("orders", f"h{L}"), "weights[k] times the k-th of them"),),
        kernels=kernels(activation),
        array_code=series_code(L, states),  # type: ignore[arg-type]
        derivations=(derivation,),
        claims=_ray_claims(L, phi),
        reference=lambda values, bits: ray_in_balls(phi, theory.z, values, bits),
        cases=lambda rng: _ray_cases(L, rng),
        derivatives=2,
    )


@lru_cache(maxsize=64)
def mixed_partial(
    order: int = 3, L: int = 3, activation: str | Expr = "tanh"
) -> Program:
    r"""One mixed derivative $D^nf[v_1, \dots, v_n]$ of a network: directions may repeat.

    Arguments: the weights as in `taylor_ray`, `x` (h0,), `directions` (order, h0): unit vectors
        e_i for partial derivatives.
    Returns: `derivative` (outputs,).

    Args:
        order: n; the cost is 3^n products per neuron.
        L: number of weight matrices.
        activation: a name, or a SymPy expression of one symbol.
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= 8:
        raise InputError(
            f"order = {order!r}", "is no order of a mixed derivative", "pass 1 ... 8; beyond, "
            "polarise rays of taylor-ray",
        )  # fmt: skip
    depth(L)
    phi = theory.activation(activation)[0]
    states = len(theory.system_of(activation).states)
    derivation = theory.taylor_recursion(activation).renamed(
        "born-diagrams/mixed-partial", "Mixed derivatives of a network, by subsets of labels"
    )
    return Program(
        name="mixed_partial",
        title="A mixed derivative of a network",
        citation=CITATION,
        arguments=(
            *weight_arguments(L),
            Array("x", ("h0",), "the input"),
            Array("directions", (order, "h0"), "one direction per label"),
        ),
        results=(Array("derivative", (f"h{L}",), "D^n f along the directions"),),
        kernels=kernels(activation),
        array_code=algebra_code(L, states, Algebra.of_labels(order), True),  # type: ignore[arg-type]
        derivations=(derivation,),
        claims=_mixed_claims(order, L, phi),
        reference=lambda values, bits: partials_in_balls(phi, theory.z, values, order, bits),
        cases=lambda rng: _mixed_cases(order, L, rng),
        derivatives=2,
    )


@lru_cache(maxsize=16)
def taylor_tensor(
    degree: int = 2, variables: int = 2, L: int = 3, activation: str | Expr = "tanh"
) -> Program:
    r"""All Taylor coefficients up to a degree in several directions: the full tensors.

    $f(x + \sum_it_iv_i) = \sum_mc_mt^m$; $\partial^mf = m!\,c_m$ for unit vectors v_i.

    Arguments: the weights as in `taylor_ray`, `x`, `directions` (variables, h0).
    Returns: `coefficients` (monomials, outputs), in the order of
        `Algebra.of_degree(variables, degree).indices`.
    """
    depth(L)
    for name, number, most in (("degree", degree, 12), ("variables", variables, 64)):
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
            raise InputError(f"{name} = {number!r}", f"is no whole number from 1 to {most}", "")
    phi = theory.activation(activation)[0]
    states = len(theory.system_of(activation).states)
    algebra = Algebra.of_degree(variables, degree)
    derivation = theory.taylor_recursion(activation).renamed(
        "born-diagrams/taylor-tensor", "All Taylor coefficients of a network up to a degree"
    )
    return Program(
        name="taylor_tensor",
        title="Taylor coefficients of a network in several directions",
        citation=CITATION,
        arguments=(
            *weight_arguments(L),
            Array("x", ("h0",), "the input"),
            Array("directions", (variables, "h0"), "the directions"),
        ),
        results=(
            Array("coefficients", (len(algebra.indices), f"h{L}"), "one row per monomial"),
        ),
        kernels=kernels(activation),
        array_code=algebra_code(L, states, algebra, False),  # type: ignore[arg-type]
        derivations=(derivation,),
        claims=(_tensor_claim(algebra, L, phi),),
        reference=lambda values, bits: _tensor_in_balls(algebra, phi, values, bits),
        cases=lambda rng: _directed_cases(variables, L, rng),
        derivatives=2,
    )


# --- declarations ----------------------------------------------------------------------------


def depth(L: Any) -> int:
    """The number of weight matrices.

    Raises: `InputError` for anything but a whole number from 1 to 64.
    """
    if isinstance(L, bool) or not isinstance(L, int) or not 1 <= L <= 64:
        raise InputError(f"L = {L!r}", "is no number of weight matrices", "pass 1 ... 64")
    return L


def weight_arguments(L: int) -> tuple[Array, ...]:
    """W1, b1, ..., WL, bL."""
    made = []
    for layer in range(1, L + 1):
        made.append(Array(f"W{layer}", (f"h{layer}", f"h{layer - 1}"), f"weights of layer {layer}"))
        made.append(Array(f"b{layer}", (f"h{layer}",), f"biases of layer {layer}"))
    return tuple(made)


@lru_cache(maxsize=64)
def kernels(activation: str | Expr) -> dict[str, Compiled]:
    """The states of a neuron and the bilinear form of their slopes, compiled from the steps."""
    system = theory.system_of(activation)
    derivation = theory.taylor_recursion(activation)
    source = derivation.name
    begin = Formula(_outputs(system.states), [theory.z], name="neuron_states", source=source)
    couple = Formula(
        _outputs(system.forms), [*system.first, *system.second], name="neuron_coupling",
        source=source,
    )  # fmt: skip
    return {"neuron_states": compile_formula(begin), "neuron_coupling": compile_formula(couple)}


def _outputs(exprs: Sequence[Expr]) -> Any:
    return exprs[0] if len(exprs) == 1 else tuple(exprs)


def network(sizes: Sequence[int], rng: Any, scale: float = 1.0) -> dict[str, np.ndarray]:
    """Random weights W1, b1, ... of the given layer widths."""
    made = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes), 1):
        made[f"W{layer}"] = scale * rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
        made[f"b{layer}"] = 0.3 * rng.standard_normal(outputs)
    return made


# --- cases and claims ------------------------------------------------------------------------


def _shapes(L: int) -> dict[str, tuple[int, ...]]:
    """Layer widths 1, 2, 3, 7, 32 and rectangles."""

    def widths(first: int, inner: int, last: int) -> tuple[int, ...]:
        return (first, *[inner] * (L - 1), last)

    return {
        "1": widths(1, 1, 1),
        "2": widths(2, 2, 2),
        "3": widths(2, 3, 1),
        "rectangular": (3, *[2 + k % 3 for k in range(L - 1)], 2),
        "7": widths(7, 7, 2),
        "32": widths(2, 32, 1),
    }


def _ray_cases(L: int, rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, sizes in _shapes(L).items():
        values: dict[str, Any] = network(sizes, rng)
        values["x"], values["v"] = rng.standard_normal((2, sizes[0]))
        orders = {"1": 9, "32": 4}.get(label, 6)
        values["weights"] = np.ones(orders)
        yield label, values
        if label == "3":
            flat = {**values, "W1": np.outer(np.ones(3), values["W1"][0])}
            yield "3, rank-deficient, saturated", {**flat, "b1": np.array([4.0, 0.0, -4.0])}
            yield "3, still", {**values, "v": np.zeros(sizes[0])}
            yield "3, value alone", {**values, "weights": np.ones(1)}


def _directed_cases(count: int, L: int, rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, sizes in _shapes(L).items():
        values: dict[str, Any] = network(sizes, rng)
        values["x"] = rng.standard_normal(sizes[0])
        values["directions"] = rng.standard_normal((count, sizes[0]))
        yield label, values
        if label == "3":
            flat = np.outer(np.ones(len(values["W1"])), values["W1"][0])
            yield "3, rank-deficient", {**values, "W1": flat}


def _mixed_cases(order: int, L: int, rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, values in _directed_cases(order, L, rng):
        yield label, values
        if label == "3":
            repeated = np.repeat(values["directions"][:1], order, axis=0)
            yield "3, one direction repeated", {**values, "directions": repeated}


def _instance(L: int, count: int | None = None) -> dict[str, Any]:
    rng = np.random.default_rng(11)
    sizes = (2, *[3, 2, 3, 2][: L - 1], *[2] * max(0, L - 5), 1)
    values: dict[str, Any] = network(sizes, rng)
    values["x"] = rng.standard_normal(2)
    if count is None:
        values["v"] = rng.standard_normal(2)
    else:
        values["directions"] = rng.standard_normal((count, 2))
    return values


def _ray_claims(L: int, phi: Expr) -> tuple[Any, ...]:
    order = 4
    instance = {**_instance(L), "weights": np.ones(order + 1)}

    def exact(values: Values) -> dict[str, Any]:
        if L == 1:
            return {"coefficients": ray_in_balls(phi, theory.z, values, 256)["coefficients"][1:]}
        rows = [tree_sum(phi, theory.z, values, n, 256) for n in range(1, order + 1)]
        return {"coefficients": np.array(rows, dtype=object)}

    return (
        Equals(
            f"the coefficients to order {order} are sums over layered trees, phi^(k) at nodes, W "
            "at lines, 1/|Aut|",
            "born-diagrams/taylor-ray",
            (instance,),
            exact=exact,
            observe=lambda _, found: {"coefficients": np.asarray(found["coefficients"])[1:]},
        ),
    )


def _mixed_claims(order: int, L: int, phi: Expr) -> tuple[Any, ...]:
    values = _instance(L, order)
    along = {**values, "directions": np.repeat(values["directions"][:1], order, axis=0)}

    def exact(given: Values) -> dict[str, Any]:
        from flint import arb

        weights = np.array([arb(1)] * (order + 1), dtype=object)
        ray = {**given, "v": given["directions"][0], "weights": weights}
        rows = ray_in_balls(phi, theory.z, ray, 256)["coefficients"]
        return {"derivative": rows[order] * arb(order).fac()}

    return (
        Equals(
            "with equal directions it is n! times the coefficient of the ray",
            "born-diagrams/taylor-ray",
            (along,),
            exact=exact,
        ),
    )


def _tensor_in_balls(algebra: Algebra, phi: Expr, values: Values, bits: int) -> dict[str, Any]:
    """Each coefficient as a mixed derivative over m!, by set partitions."""
    from math import factorial, prod

    from flint import arb

    rows = []
    for m in algebra.indices:
        chosen = [values["directions"][i] for i, e in enumerate(m) for _ in range(e)]
        if not chosen:
            ray = {**values, "v": values["x"], "weights": np.array([arb(1)], dtype=object)}
            rows.append(ray_in_balls(phi, theory.z, ray, bits)["coefficients"][0])
            continue
        given = {**values, "directions": np.array(chosen, dtype=object)}
        top = partials_in_balls(phi, theory.z, given, len(chosen), bits)["derivative"]
        rows.append(top / prod(map(factorial, m)))
    return {"coefficients": np.array(rows, dtype=object)}


def _tensor_claim(algebra: Algebra, L: int, phi: Expr) -> Any:
    instance = _instance(L, len(algebra.indices[0]))
    return Equals(
        "each coefficient is the sum over set partitions of its labels, over m!",
        "born-diagrams/taylor-ray",
        (instance,),
        exact=lambda values: _tensor_in_balls(algebra, phi, values, 256),
    )
