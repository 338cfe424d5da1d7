r"""Exact Taylor coefficients of a network in balls, by routes that the code does not take.

Along a ray: Arb's own power series of the activation (no differential system).  Mixed partials: the
sum over set partitions, y_S = sum phi^(|pi|) prod z_B.  Trees: one term per diagram, from
`derivax.diagrams`.

Main definitions: `ray_in_balls`, `partials_in_balls`, `tree_sum`, `dressed_second`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Add, Expr, Function, Mul, Pow, Symbol, erf, exp, log

from derivax.diagrams import Tree, layered, trees
from derivax.diagrams.trees import set_partitions
from derivax.errors import InputError
from derivax.symbolic.exact.ball import BallProgram

__all__ = [
    "depth_of",
    "layer_tables",
    "partials_in_balls",
    "ray_in_balls",
    "series_in_balls",
    "tree_sum",
]

Values = Mapping[str, Any]


def depth_of(values: Values) -> int:
    """The number of weight matrices among the arguments."""
    return sum(1 for name in values if name.startswith("W") and name[1:].isdigit())


def series_in_balls(phi: Expr, z: Symbol, argument: Sequence[Any], bits: int) -> list[Any]:
    """The coefficients of phi(z(t)) to the length of `argument`, by Arb's power series."""
    from flint import arb, arb_series, ctx

    length, before = len(argument), ctx.cap
    try:
        ctx.cap = length
        found = _composed(phi, z, arb_series(list(argument), prec=length), bits)
        if not isinstance(found, arb_series):
            found = arb_series([found], prec=length)
        return [found[k] + arb(0) for k in range(length)]
    finally:
        ctx.cap = before


def _composed(expr: Expr, z: Symbol, at: Any, bits: int) -> Any:
    if expr == z:
        return at
    if z not in expr.free_symbols:
        return BallProgram(expr, []).at({}, bits)
    parts = [_composed(a, z, at, bits) for a in expr.args]
    if isinstance(expr, Add):
        return sum(parts[1:], parts[0])
    if isinstance(expr, Mul):
        total = parts[0]
        for part in parts[1:]:
            total = total * part
        return total
    if isinstance(expr, Pow) and expr.exp.is_Integer:
        base = parts[0] if expr.exp > 0 else 1 / parts[0]
        total = base
        for _ in range(abs(int(expr.exp)) - 1):
            total = total * base
        return total
    if isinstance(expr, Pow) and expr.exp.is_Rational and expr.exp.q == 2:
        root = parts[0].sqrt()
        return _composed(Pow(z, expr.exp.p), z, root, bits)
    if isinstance(expr, exp | log | erf):
        return getattr(parts[0], type(expr).__name__)()
    name = type(expr).__name__
    if name == "tanh":
        grown = (2 * parts[0]).exp()
        return (grown - 1) / (grown + 1)
    if isinstance(expr, Function) and hasattr(parts[0], name):
        return getattr(parts[0], name)()
    raise InputError(str(expr), "has no power series in the reference", "")


def _dot(row: Any, vector: Any) -> Any:
    total = row[0] * vector[0]
    for a, b in zip(row[1:], vector[1:], strict=True):
        total = total + a * b
    return total


def ray_in_balls(phi: Expr, z: Symbol, values: Values, bits: int) -> dict[str, Any]:
    """Coefficients of the network at x + t v, times the weights."""
    from flint import arb

    orders, L = len(values["weights"]), depth_of(values)
    rows = [list(values["x"]), list(values["v"])]
    rows += [[arb(0)] * len(rows[0]) for _ in range(orders - 2)]
    y = rows[:orders]
    for layer in range(1, L + 1):
        W, b = values[f"W{layer}"], values[f"b{layer}"]
        zs = [[_dot(row, y[k]) for row in W] for k in range(orders)]
        zs[0] = [a + c for a, c in zip(zs[0], b, strict=True)]
        y = zs if layer == L else list(map(list, zip(*(
            series_in_balls(phi, z, [zs[k][c] for k in range(orders)], bits) for c in range(len(W))
        ), strict=True)))  # fmt: skip
    scaled = [[w * c for c in row] for w, row in zip(values["weights"], y, strict=True)]
    return {"coefficients": np.array(scaled, dtype=object)}


def layer_tables(phi: Expr, z: Symbol, values: Values, order: int, bits: int) -> list[Any]:
    """phi^(k)(z^l) for k = 0 ... order, at every hidden layer: arrays [order + 1, width]."""
    from flint import arb

    made, y = [], list(values["x"])
    for layer in range(1, depth_of(values)):
        W, b = values[f"W{layer}"], values[f"b{layer}"]
        table = []
        for row, shift in zip(W, b, strict=True):
            at = _dot(row, y) + shift
            series = series_in_balls(phi, z, [at, arb(1), *[arb(0)] * max(0, order - 1)], bits)
            table.append([c * arb(k).fac() for k, c in enumerate(series[: order + 1])])
        made.append(np.array(table, dtype=object).T)
        y = list(made[-1][0])
    return made


def partials_in_balls(
    phi: Expr, z: Symbol, values: Values, order: int, bits: int
) -> dict[str, Any]:
    """The mixed derivative along all directions, by the sum over set partitions."""
    labels = tuple(range(order))
    layers = layer_tables(phi, z, values, order, bits)
    subsets = [s for k in range(1, order + 1) for s in _subsets(labels, k)]
    W = values["W1"]
    below: dict[Any, Any] = {
        (i,): np.array([_dot(row, values["directions"][i]) for row in W]) for i in labels
    }
    for level, table in enumerate(layers, 1):
        after = {}
        for S in subsets:
            total: Any = 0
            for blocks in set_partitions(S, 1, len(S)):
                if all(tuple(B) in below for B in blocks):
                    term = table[len(blocks)]
                    for B in blocks:
                        term = term * below[tuple(B)]
                    total = total + term
            after[S] = total
        W = values[f"W{level + 1}"]
        below = {S: np.array([_dot(row, y) for row in W]) for S, y in after.items()}
    return {"derivative": below[labels]}


def _subsets(labels: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    from itertools import combinations

    return list(combinations(labels, size))


def tree_sum(phi: Expr, z: Symbol, values: Values, order: int, bits: int) -> Any:
    """The coefficient of t^order along the ray: one term per layered tree, over |Aut|."""
    L = depth_of(values)
    layers = layer_tables(phi, z, values, order, bits)
    total: Any = 0
    for tree in trees(layered(L - 1), order):
        total = total + _tree_value(tree, values, layers) / tree.n_automorphisms
    W = values[f"W{L}"]
    return np.array([_dot(row, total) for row in W], dtype=object)


def _tree_value(tree: Tree, values: Values, layers: Sequence[Any]) -> Any:
    """phi^(k) at each node times the lines W to its children; a leaf is the direction."""

    def node(here: Tree, below: tuple[Any, ...]) -> Any:
        if not here.children:
            return np.array(values["v"], dtype=object)
        level = int(here.kind)  # type: ignore[call-overload]
        value = layers[level - 1][here.arity]
        for child in below:
            value = value * np.array([_dot(row, child) for row in values[f"W{level}"]])
        return value

    return tree.folded(node)
