r"""Items on a tree, with features that are inherited and flipped, for `tree-modes`.

The original system: the covariance of the leaves, summed over all patterns of flips on their paths,
and its eigenvalues by LAPACK; and features that are really drawn.

Main definition: `tree_modes`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from derivax.numeric.ground_truth.comparison import Comparison

__all__ = ["tree_modes"]

Array = NDArray[np.float64]


def _drawn(tree: nx.DiGraph, flip: float, features: int, seed: int) -> Array:
    """Features (features, nodes): inherited from the parent, flipped with a probability."""
    rng = np.random.default_rng(seed)
    found = np.empty((features, len(tree)))
    for node in nx.topological_sort(tree):
        parents = list(tree.predecessors(node))
        if parents:
            signs = np.where(rng.random(features) < flip, -1.0, 1.0)
            found[:, node] = found[:, parents[0]] * signs
        else:
            found[:, node] = rng.choice([-1.0, 1.0], features)
    return found


def _covariance(tree: nx.DiGraph, flip: float) -> Array:
    """E[x_i x_j] of the leaves: the sum over all patterns of flips on the edges of their path."""
    leaves = [n for n in tree if not tree.out_degree(n)]
    graph = tree.to_undirected()
    found = np.eye(len(leaves))
    for i, first in enumerate(leaves):
        lengths = nx.single_source_shortest_path_length(graph, first)
        for j, second in enumerate(leaves[:i]):
            edges = lengths[second]
            flips = np.arange(edges + 1)
            ways = np.array([float(comb(edges, int(f))) for f in flips])
            chance = ways * flip**flips * (1 - flip) ** (edges - flips)
            found[i, j] = found[j, i] = np.sum(chance * (-1.0) ** flips)
    return found


def _predicted(code: Callable[..., Any], branches: int, levels: int, flip: float) -> Array:
    """All eigenvalues that the code says, each as often as it says, largest first."""
    found = [code(h, levels, branches, flip, 1.0) for h in range(1, levels + 1)]
    values = [float(found[0]["common"]) ** 2]
    for one in found:
        values += [float(one["split"]) ** 2] * round(float(one["multiplicity"]))
    return np.sort(np.array(values))[::-1]


def tree_modes() -> tuple[Comparison, ...]:
    """All eigenvalues with multiplicities of three trees, and drawn features of a fourth."""
    made = []
    for branches, levels, flip in ((2, 5, 0.1), (3, 3, 0.25), (4, 2, 0.0)):
        tree = nx.balanced_tree(branches, levels, create_using=nx.DiGraph)
        exact = np.sort(np.linalg.eigvalsh(_covariance(tree, flip)))[::-1]

        def predict(
            code: Callable[..., Any], given: tuple[int, int, float] = (branches, levels, flip)
        ) -> Array:
            return _predicted(code, *given)

        made.append(
            Comparison(
                f"covariance of the leaves of a tree with {branches}^{levels} leaves",
                exact,
                predict,
                np.full(exact.shape, 1e-13 * exact[0]),
                setting={"B": branches, "D": levels, "epsilon": flip},
            )
        )
    return (*made, _drawn_comparison())


def _drawn_comparison() -> Comparison:
    """The largest singular value of drawn features, against sampling error of six deviations."""
    features, runs = 4000, 24
    tree = nx.balanced_tree(2, 4, create_using=nx.DiGraph)
    leaves = [n for n in tree if not tree.out_degree(n)]
    seen = [
        np.linalg.svd(_drawn(tree, 0.15, features, seed)[:, leaves], compute_uv=False)[0]
        for seed in range(runs)
    ]
    mean, error = float(np.mean(seen)), float(np.std(seen, ddof=1) / np.sqrt(runs))
    # the largest singular value is biased upwards, by the other modes over the gap: 1/features
    bias = 2 * mean / features * len(leaves)

    def predict(code: Callable[..., Any]) -> float:
        return float(code(1, 4, 2, 0.15, float(features))["common"])

    return Comparison(
        "largest singular value of drawn features",
        mean,
        predict,
        6 * error + bias,
        setting={"B": 2, "D": 4, "epsilon": 0.15, "features": features, "runs": runs},
    )
