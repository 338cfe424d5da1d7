r"""Dressed lines of a network: all propagators, and second derivatives by one vertex.

Main definitions: `propagators`, `hessian_diagram`.
"""

# ruff: noqa: E741  (l and m are the layers of P(l, m))

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr

from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.claims import Equals
from derivax.numeric.programs.program import Array, Program
from derivax.numeric.programs.taylor import CITATION, depth, network, weight_arguments
from derivax.numeric.programs.taylor_code import NetworkCode, weights_of
from derivax.numeric.programs.taylor_reference import (
    depth_of,
    layer_tables,
    partials_in_balls,
    ray_in_balls,
)
from derivax.symbolic.theories.born_diagrams import activations as theory

__all__ = ["hessian_diagram", "propagators"]

Values = Mapping[str, Any]


@lru_cache(maxsize=64)
def propagators(L: int = 3, activation: str | Expr = "tanh") -> Program:
    r"""Every dressed propagator $P^{(l,m)} = \partial z^l/\partial y^m$ of a network.

    $$P^{(m+1,m)} = W^{m+1},\qquad P^{(l,m)} = W^l\,\mathrm{diag}(\phi'(z^{l-1}))\,P^{(l-1,m)}$$

    Arguments: the weights as in `taylor-ray`, `x` (h0,).
    Returns: `P_l_m` (h_l, h_m) for l > m; P_L_0 is the Jacobian.
    """
    depth(L)
    phi = theory.activation(activation)[0]
    pairs = [(l, m) for l in range(1, L + 1) for m in range(l)]
    derivation = theory.second_derivative(activation).renamed(
        "born-diagrams/propagators", "Dressed propagators of a network"
    )
    return Program(
        name="propagators",
        title="All dressed propagators of a network",
        citation=CITATION,
        arguments=(*weight_arguments(L), Array("x", ("h0",), "the input")),
        results=tuple(
            Array(f"P_{l}_{m}", (f"h{l}", f"h{m}"), f"dz^{l}/dy^{m}") for l, m in pairs
        ),
        kernels={
            "neuron": _kernel(derivation, 0, "neuron"),
            "neuron_slope": _kernel(derivation, "slope", "neuron_slope"),
        },
        array_code=_propagator_code(L, pairs),  # type: ignore[arg-type]
        derivations=(derivation,),
        claims=(
            Equals(
                "P_L_0 is the coefficient of order 1 along each unit vector",
                "born-diagrams/taylor-ray",
                (_point(L),),
                exact=lambda values: {"jacobian": _jacobian(phi, values, 0, L, 256)},
                observe=lambda _, found: {"jacobian": found[f"P_{L}_0"]},
            ),
        ),
        reference=lambda values, bits: {
            f"P_{l}_{m}": _jacobian(phi, values, m, l, bits) for l, m in pairs
        },
        cases=lambda rng: _cases(L, rng),
        derivatives=1,
    )  # fmt: skip


@lru_cache(maxsize=64)
def hessian_diagram(L: int = 3, activation: str | Expr = "tanh") -> Program:
    r"""Second derivatives of a network as a sum of one-vertex diagrams, layer by layer.

    $$\partial_i\partial_jf_a = \sum_{l,c}P^{(L,l)}_{ac}\phi''_l(c)P^{(l,0)}_{ci}P^{(l,0)}_{cj}$$

    Arguments: the weights as in `taylor-ray`, `x` (h0,).
    Returns: `layers` (L - 1, outputs, h0, h0), the part of each hidden layer; `hessian` (outputs,
        h0, h0), their sum.  Needs L >= 2.
    """
    depth(L)
    if L < 2:
        from derivax.errors import InputError

        raise InputError("L = 1", "is a linear map: its second derivative is zero", "pass L >= 2")
    phi = theory.activation(activation)[0]
    derivation = theory.second_derivative(activation)
    return Program(
        name="hessian_diagram",
        title="Second derivatives of a network by dressed propagators",
        citation=CITATION,
        arguments=(*weight_arguments(L), Array("x", ("h0",), "the input")),
        results=(
            Array("layers", (L - 1, f"h{L}", "h0", "h0"), "the diagrams with a vertex per layer"),
            Array("hessian", (f"h{L}", "h0", "h0"), "their sum"),
        ),
        kernels={
            "neuron": _kernel(derivation, 0, "neuron"),
            "neuron_slope": _kernel(derivation, "slope", "neuron_slope"),
            "neuron_curvature": _kernel(derivation, "curvature", "neuron_curvature"),
        },
        array_code=_hessian_code(L),  # type: ignore[arg-type]
        derivations=(derivation,),
        claims=(
            Equals(
                "the sum of the diagrams is the sum over set partitions of two labels",
                "born-diagrams/mixed-partial",
                (_point(L),),
                exact=lambda values: {"hessian": _hessian(phi, values, 256)},
                observe=lambda _, found: {"hessian": found["hessian"]},
            ),
        ),
        reference=lambda values, bits: {"hessian": _hessian(phi, values, bits)},
        cases=lambda rng: _cases(L, rng),
        derivatives=1,
    )


def _kernel(derivation: Any, step: int | str, name: str) -> Compiled:
    return compile_formula(derivation.formula_of(step, [theory.z], name=name))


def _point(L: int) -> dict[str, Any]:
    rng = np.random.default_rng(4)
    sizes = (2, *[3, 2][: L - 1], *[2] * max(0, L - 3), 2)
    return {**network(sizes, rng), "x": rng.standard_normal(2)}


def _cases(L: int, rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": (1, *[1] * (L - 1), 1),
        "2": (2, *[2] * (L - 1), 2),
        "3": (2, *[3] * (L - 1), 1),
        "rectangular": (3, *[2 + k % 3 for k in range(L - 1)], 2),
        "7": (7, *[7] * (L - 1), 1),
        "32": (2, *[32] * (L - 1), 1),
    }
    for label, sizes in shapes.items():
        values: dict[str, Any] = network(sizes, rng)
        yield label, {**values, "x": rng.standard_normal(sizes[0])}
        if label == "3":
            flat = {**values, "W1": np.outer(np.ones(3), values["W1"][0])}
            yield "3, rank-deficient", {**flat, "x": rng.standard_normal(2)}


# --- array code ------------------------------------------------------------------------------


def _forward(L: int) -> list[str]:
    lines = ["    y0 = x"]
    for layer in range(1, L):
        lines += [
            f"    z{layer} = product(W{layer}, y{layer - 1}) + b{layer}",
            f"    y{layer} = neuron(z{layer})",
            f"    d{layer} = slope(z{layer})",
        ]
    return lines


def _propagator_code(L: int, pairs: list[tuple[int, int]]) -> NetworkCode:
    listed = ", ".join(weights_of(L))
    lines = [
        f"def dressed_lines(neuron, slope, {listed}, x):",
        '    """P(l, m) for all l > m, from below."""',
        *_forward(L),
    ]
    for l, m in pairs:
        below = f"product(W{l}, jnp.expand_dims(d{l - 1}, 1) * P_{l - 1}_{m})"
        lines.append(f"    P_{l}_{m} = {f'W{l}' if l == m + 1 else below}")
    found = ", ".join(f"P_{l}_{m}" for l, m in pairs)
    lines.append(f"    return ({found},)")
    return NetworkCode("dressed_lines", "\n".join(lines), (("taylor_algebra", "product"),))


def _hessian_code(L: int) -> NetworkCode:
    listed = ", ".join(weights_of(L))
    lines = [
        f"def one_vertex_diagrams(neuron, slope, curvature, {listed}, x):",
        '    """The second derivative as a sum over the layer of the vertex."""',
        *_forward(L),
        "    up1 = W1",
    ]
    lines += [
        f"    up{l} = product(W{l}, jnp.expand_dims(d{l - 1}, 1) * up{l - 1})"
        for l in range(2, L)
    ]
    lines.append(f"    down{L - 1} = W{L}")
    lines += [
        f"    down{l} = product(down{l + 1} * d{l + 1}, W{l + 1})"
        for l in range(L - 2, 0, -1)
    ]
    lines += [
        f"    part{l} = vertex(down{l} * curvature(z{l}), up{l})" for l in range(1, L)
    ]
    listed = ", ".join(f"part{l}" for l in range(1, L))
    lines += [
        f"    layers = jnp.stack(({listed},), axis=0)",
        "    return (layers, jnp.sum(layers, axis=0))",
    ]
    parts = (("taylor_algebra", "product"), ("taylor_algebra", "vertex"))
    return NetworkCode("one_vertex_diagrams", "\n".join(lines), parts)


# --- references ------------------------------------------------------------------------------


def _jacobian(phi: Expr, values: Values, m: int, l: int, bits: int) -> np.ndarray:
    """dz^l/dy^m by power series of the layers m + 1 ... l along each unit vector."""
    from flint import arb

    inputs = list(values["x"]) if m == 0 else list(layer_tables(phi, theory.z, values, 0, bits)[
        m - 1
    ][0])  # fmt: skip
    inner: dict[str, Any] = {}
    for k, layer in enumerate(range(m + 1, l + 1), 1):
        inner[f"W{k}"], inner[f"b{k}"] = values[f"W{layer}"], values[f"b{layer}"]
    columns = []
    for j in range(len(inputs)):
        unit = np.array([arb(int(i == j)) for i in range(len(inputs))], dtype=object)
        ray = {**inner, "x": np.array(inputs, dtype=object), "v": unit,
               "weights": np.array([arb(1), arb(1)], dtype=object)}  # fmt: skip
        columns.append(ray_in_balls(phi, theory.z, ray, bits)["coefficients"][1])
    return np.array(columns, dtype=object).T


def _hessian(phi: Expr, values: Values, bits: int) -> np.ndarray:
    from flint import arb

    count, outputs = len(values["x"]), len(values[f"b{depth_of(values)}"])
    found = np.empty((outputs, count, count), dtype=object)
    for i in range(count):
        for j in range(i, count):
            units = [[arb(int(k == place)) for k in range(count)] for place in (i, j)]
            given = {**values, "directions": np.array(units, dtype=object)}
            both = partials_in_balls(phi, theory.z, given, 2, bits)["derivative"]
            found[:, i, j] = found[:, j, i] = both
    return found
