"""Pictures: nothing lies on anything else, in all graphs of an order, and every target shows it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise
from math import hypot

import pytest

from derivax.diagrams import Diagram, Tree, chain, dressed, labelled_trees, layered, trees
from derivax.diagrams.contents import Contents
from derivax.diagrams.drawing import (
    Entry,
    Style,
    draw,
    entries_of,
    gallery,
    gallery_document,
    picture,
    svg,
    tikz,
    tree_picture,
)
from derivax.diagrams.drawing.picture import Picture
from derivax.diagrams.multigraphs import multigraphs
from derivax.errors import InputError

PHI4 = Contents({"x": ("phi",) * 4}, {"": ("phi", "phi")})
PHI4_2 = Contents(PHI4.vertices, PHI4.lines, {"1": "phi", "2": "phi"})
LABELS = Style(node_labels={1: r"\phi_1", 2: r"\phi_2''", 3: r"\phi_3"}, line_labels={"": "P"})


def drawn() -> list[object]:
    graphs: list[object] = [d for n in (1, 2, 3, 4, 5) for d in multigraphs(PHI4, {"x": n})]
    graphs += [d for n in (0, 1, 2, 3) for d in multigraphs(PHI4_2, {"x": n})]
    graphs += [*trees(layered(3), 4), *labelled_trees(dressed(4), 3), chain(5)]
    return graphs


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def conflicts(shown: Picture) -> list[str]:
    """Nodes on lines that do not end there, lines on lines, nodes on nodes."""
    found = [f"nodes {a.at}" for a, b in combinations(shown.dots, 2) if distance(a.at, b.at) < 0.3]
    paths = [curve.sampled(20) for curve in shown.curves]
    for curve, path in zip(shown.curves, paths):
        for i, dot in enumerate(shown.dots):
            if i not in (curve.tail, curve.head) and min(distance(dot.at, p) for p in path) < 0.12:
                found.append(f"node {i} on line {curve.tail}-{curve.head}")
    for (a, p), (b, q) in combinations(zip(shown.curves, paths), 2):
        near = sum(min(distance(u, v) for v in q) < 0.05 for u in p[3:-3])
        if near > 6:
            found.append(f"line {a.tail}-{a.head} on {b.tail}-{b.head}")
    return found


def test_no_line_lies_on_a_node_or_another_line() -> None:
    for diagram in drawn():
        assert conflicts(picture(diagram)) == [], str(diagram)


def test_the_test_of_pictures_sees_a_conflict() -> None:
    good = picture(Diagram(["x", "x"], 2 * [(0, 1)]))
    twice = Picture(good.dots, (good.curves[0], good.curves[0]))
    assert conflicts(good) == []
    assert conflicts(twice)


def test_parallel_lines_and_self_lines_are_all_visible() -> None:
    sunset = picture(Diagram(["x", "x"], 4 * [(0, 1)]))
    heights = sorted(curve.at(0.5)[1] for curve in sunset.curves)
    assert min(b - a for a, b in pairwise(heights)) > 0.15
    eight = picture(Diagram(["x"], [(0, 0), (0, 0)]))
    assert distance(eight.curves[0].at(0.5), eight.curves[1].at(0.5)) > 1.0


def test_labels_do_not_cover_nodes_or_each_other() -> None:
    shown = [tree_picture(tree, LABELS) for tree in trees(layered(3), 3)]
    shown += [picture(d) for d in multigraphs(PHI4_2, {"x": 2})]
    for one in shown:
        places = one.labels()
        assert all(distance((x, y), dot.at) > 0.1 for x, y, _ in places for dot in one.dots)
        assert all(distance(a[:2], b[:2]) > 0.1 for a, b in combinations(places, 2))


def test_the_svg_is_well_formed_and_shows_every_line() -> None:
    diagram = Diagram(["1", "2", "x"], [(0, 2), (2, 1), (2, 2, "w", True)], (0, 1))
    text = svg(picture(diagram, Style(dashes={"w": "dashed"}, line_labels={"w": r"\psi_{<1}"})))
    root = ElementTree.fromstring(text)
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names.count("path") == 3
    assert names.count("polygon") == 1
    assert "stroke-dasharray" in text


def test_tikz_has_a_vertex_per_node_and_an_edge_per_line() -> None:
    for diagram in multigraphs(PHI4_2, {"x": 2}):
        text = tikz(picture(diagram))
        assert len(re.findall(r"\\vertex", text)) == len(diagram.nodes)
        drawn = len(re.findall(r" -- \[", text)) + len(re.findall(r"\\draw\[", text))
        assert drawn == len(diagram.lines)
        assert text.count("{") == text.count("}")
    assert tikz(picture(chain(2)), document=True).startswith(r"\documentclass")


def test_a_gallery_shows_all_diagrams_largest_first() -> None:
    entries = [Entry(d, (f"1/{d.symmetry_factor}",), 1 / d.symmetry_factor)
               for d in multigraphs(PHI4, {"x": 3})]  # fmt: skip
    text = gallery(entries, columns=3, title="third order")
    ElementTree.fromstring(text)
    shown = [int(n) for n in re.findall(r">1/(\d+)<", text)]
    assert shown == [24, 32, 48, 48]


def test_a_rule_set_fills_its_gallery_with_factor_formula_and_value() -> None:
    from sympy import symbols

    from derivax.diagrams import Propagator, RuleSet, Vertex

    g = symbols("g")
    rules = RuleSet("F", {"x": Vertex("qqqq", -g)}, {"": Propagator("qq")}, g, 2)
    entries = entries_of(rules, 2)
    assert [entry.lines[0] for entry in entries] == ["1/16", "1/48"]
    assert ">g²/48<" in gallery(entries)
    document = gallery_document(entries, title="second order")
    assert r"$\displaystyle \frac{g^{2}}{48}$" in document
    assert document.count(r"\begin{tikzpicture}") == document.count(r"\end{minipage}") == 2


def test_matplotlib_draws_the_same_picture() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axis = draw(picture(Diagram(["x", "x"], [(0, 1), (0, 1), (0, 1, "d", True)])))
    assert len(axis.patches) == 3
    import matplotlib.pyplot as plt

    plt.close("all")


def test_what_is_no_diagram_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be drawn"):
        picture("sunset")
    with pytest.raises(InputError, match="columns"):
        gallery([Entry(Tree(0))], columns=0)
