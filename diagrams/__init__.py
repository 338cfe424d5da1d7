r"""Diagrams: graphs that mean formulas.  An engine that knows nothing of any one theory.

Structure
  `Diagram(nodes, lines, external)`, `Line`   typed multigraph of half-edges (line, end); `.code`
      (equal = isomorphic), `.canonical()`, `.symmetry_factor`, `.graph` (networkx), `.n_loops`,
      `.is_one_particle_irreducible`, `.has_tadpoles`, `.amputated()`          graph.py
  `automorphism_group(diagram)`   permutations of half-edges                   automorphisms.py
  `Tree(kind, children)`, `Grammar`   rooted trees; `.n_automorphisms`, `.n_labellings`,
      `.folded(node)` (value from the leaves up), `.diagram()`                 trees.py
Generation (iterators, each isomorphism class once)
  `trees(grammar, n)`, `labelled_trees(grammar, n)` with `layered(depth)`, `series_reduced()`,
      `dressed(depth)`; `chain(n)`                                             trees.py, chains.py
  `multigraphs(Contents(vertices, lines, external), {kind: n})`: connected or all; knows `.count`
                                                               contents.py, multigraphs.py
  `ribbon_graphs(degrees, genus)`, `RibbonGraph(around, across)`: `.genus`, `.n_faces`  ribbons.py
Counts from generating functions (no listing)
  `count_unlabelled(grammar, n)`, `count_labelled(grammar, n)`, `euler_transform`   counting.py
Meaning
  `Rules(nodes, lines, weight)` with `NodeRule(factor, *labels)`, `LineRule(factor, tail, head)`
      and labels `integral(r, 0, oo)`, `summed(i, 0, n - 1)`, `free(x)`;
      `.expression(diagram or tree)` -> SymPy, `.latex(diagram or tree)`       rules.py
  `RuleSet(name, {kind: Vertex(legs, factor, *labels)},
      {kind: Propagator(ends, factor, tail, head)}, coupling, order, ...)`: a problem for
      `derivax.derive`; `.enumerated(n)` = `.summed(n)`, the latter without listing    ruleset.py
  `tree_sum(grammar, n, node, line)`: all trees without listing                 tree_sums.py
Resummation: `resummation.borel_sum(coefficients, g)`, `pade`                       resummation.py
Drawing (package `derivax.diagrams.drawing`)
  `picture(x)`, `tree_picture(tree, label=, line_label=)`, `svg`, `tikz`, `draw`, `gallery`

Nodes of `Tree.diagram()`: node 0 is the external point "root", then depth first; lines run from the
upper to the lower node, kind "".  A leaf of `trees` has kind LEAF (0), of `labelled_trees`
("leaf", label).  Inner nodes of `layered(H)` and `dressed(H)` have their level 1..H as kind.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from derivax.diagrams import drawing, resummation
from derivax.diagrams.automorphisms import automorphism_group
from derivax.diagrams.chains import chain
from derivax.diagrams.contents import Contents
from derivax.diagrams.counting import (
    count_labelled,
    count_unlabelled,
    euler_transform,
    inverse_euler_transform,
)
from derivax.diagrams.counting_multigraphs import count_multigraphs
from derivax.diagrams.graph import Diagram, Line
from derivax.diagrams.multigraphs import Multigraphs, multigraphs
from derivax.diagrams.ribbons import RibbonGraph, ribbon_graphs, rooted_ribbon_graphs
from derivax.diagrams.rules import Label, LineRule, NodeRule, Rules, free, integral, summed
from derivax.diagrams.ruleset import Propagator, RuleSet, Vertex
from derivax.diagrams.tree_sums import tree_sum
from derivax.diagrams.trees import (
    LEAF,
    Grammar,
    Tree,
    dressed,
    labelled_trees,
    layered,
    series_reduced,
    trees,
)

__all__ = [
    "LEAF",
    "Contents",
    "Diagram",
    "Grammar",
    "Label",
    "Line",
    "LineRule",
    "Multigraphs",
    "NodeRule",
    "Propagator",
    "RibbonGraph",
    "RuleSet",
    "Rules",
    "Tree",
    "Vertex",
    "automorphism_group",
    "chain",
    "count_labelled",
    "count_multigraphs",
    "count_unlabelled",
    "drawing",
    "dressed",
    "euler_transform",
    "free",
    "integral",
    "inverse_euler_transform",
    "labelled_trees",
    "layered",
    "multigraphs",
    "resummation",
    "ribbon_graphs",
    "rooted_ribbon_graphs",
    "series_reduced",
    "summed",
    "tree_sum",
    "trees",
]


def __getattr__(name: str) -> Any:
    if name == "theories":  # loaded when first asked for: the engine needs none of them
        return import_module(f"{__name__}.theories")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
