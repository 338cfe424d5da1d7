"""Trees of the chain rule: their rules, and that bare and dressed sums agree."""

from __future__ import annotations

import numpy as np

from derivax.diagrams import dressed, layered, trees
from derivax.diagrams.theories.network_trees import (
    bare_rules,
    dressed_rules,
    largest_trees,
)


def test_bare_and_dressed_diagrams_add_up_to_the_same_derivatives():
    # phi = exp: every derivative is exp(z), so that nothing needs SymPy
    rng = np.random.default_rng(2)
    W = {1: rng.standard_normal((3, 2)), 2: rng.standard_normal((4, 3)),
         3: rng.standard_normal((1, 4))}  # fmt: skip
    x, v = rng.standard_normal((2, 2)) / 3
    z1 = W[1] @ x
    z2 = W[2] @ np.exp(z1)
    vertices = {1: [np.exp(z1)] * 6, 2: [np.exp(z2)] * 6}

    def propagator(upper, lower):
        found = W[lower + 1]
        for layer in range(lower + 2, upper + 1):
            found = W[layer] @ (vertices[layer - 1][1][:, None] * found)
        return found

    for order in range(1, 6):
        bare = largest_trees(order, 2, lambda layer, _: W[layer], vertices, v)
        full = largest_trees(order, 2, propagator, vertices, v, bare=False)
        sums = [sum(float(value[0]) for value, _ in found) for found in (bare, full)]
        assert abs(sums[0] - sums[1]) < 1e-12 * abs(sums[0])
        assert len(full) <= len(bare)


def test_every_tree_has_a_formula():
    for tree in trees(layered(2), 3):
        assert "phi" in str(bare_rules(2).expression(tree))
    for tree in trees(dressed(2), 3):
        assert "P^{" in str(dressed_rules(2).expression(tree))
