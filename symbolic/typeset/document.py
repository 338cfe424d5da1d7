r"""A complete article of a derivation or formula: sentences, displays, rules, outcomes.

Implementation notes.  A right side that is too wide for a line is written with abbreviations for
what occurs in it several times ("with $w_1 = ...$"); what is still too wide is scaled to the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr, Symbol, cse, numbered_symbols
from sympy.matrices.expressions.matexpr import MatrixExpr
from sympy.printing.pretty.pretty import PrettyPrinter

from derivax.symbolic.typeset.names import text_latex
from derivax.symbolic.typeset.printer import expression_latex
from derivax.symbolic.typeset.rows import (
    Row,
    domain_latex,
    is_derivation,
    is_formula,
    pieces_of,
    rows_of,
)

__all__ = ["PREAMBLE", "document"]

PAGE = 88  # characters of a two-dimensional drawing that fit on a line of the page
MAX_ABBREVIATIONS = 12

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,graphicx}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\allowdisplaybreaks
\newcommand{\stepnumber}[1]{\textbf{#1.}\enspace}
\newcommand{\rulenote}[1]{{\unskip\nobreak\hfil\penalty50\hskip1em\hbox{}\nobreak\hfill\mbox{#1}%
\parfillskip=0pt\par}}
\newcommand{\ruleandoutcome}[2]{\rulenote{\textsl{#1}\enspace(\textsc{#2})}}
\newcommand{\fitline}[1]{\resizebox{\linewidth}{!}{$\displaystyle #1$}}
"""

_MEANING = {
    "proven": "shown for all values of the domain",
    "instances": "shown for the listed sizes",
    "holds": "survived a test that can fail, at the stated resolution",
    "assumed": "a hypothesis, or cited",
    "not applicable": "given, nothing to check",
    "not run": "left out",
    "open": "tried, neither shown nor refuted",
    "refuted": "false, with a witness",
}


def document(x: Any) -> str:
    """A compilable article about `x`."""
    title = getattr(x, "title", "") or getattr(x, "name", "") or "derivax"
    parts = [PREAMBLE, r"\begin{document}", rf"\section*{{{text_latex(title)}}}"]
    name, source = getattr(x, "name", ""), getattr(x, "source", "")
    if isinstance(name, str) and name and name != title:
        parts.append(rf"\texttt{{{text_latex(name)}}}")
    if isinstance(source, str) and source and source != name:
        parts.append(f"Source: {text_latex(source.rstrip('.'))}.")
    parts += list(_derivation(x) if is_derivation(x) else _subject(x))
    return "\n\n".join([*parts, r"\end{document}", ""])


def _subject(x: Any) -> Iterator[str]:
    for row in rows_of(x):
        yield from _display(row)
    if is_formula(x):
        shown = domain_latex(getattr(x, "domain", None))
        if shown:
            yield f"for ${'$, $'.join(shown)}$."


def _derivation(x: Any) -> Iterator[str]:
    seen: list[str] = []
    for number, step in enumerate(x.steps, 1):
        outcome = str(step.outcome).replace("_", " ")
        rule = text_latex(getattr(step.rule, "name", str(step.rule)))
        sentence = text_latex(step.sentence) or f"{rule[:1].upper()}{rule[1:]}."
        uses = ", ".join(str(p + 1) for p in step.premises)
        basis = f"{rule} from {uses}" if uses else rule
        if outcome == "not applicable":
            note = rf"\rulenote{{\textsl{{{basis}}}}}"
        else:
            note = rf"\ruleandoutcome{{{basis}}}{{{text_latex(outcome)}}}"
            seen.append(outcome)
        yield rf"\stepnumber{{{number}}}{sentence}{note}"
        for row in rows_of(step.statement):
            yield from _display(row)
    if x.formula is not None:
        yield r"\subsection*{Result}"
        yield from _subject(x.formula)
    if seen:
        yield r"\subsection*{Outcomes}"
        listed = [o for o in _MEANING if o in seen]
        yield " ".join(rf"\textsc{{{o}}}: {_MEANING[o]}." for o in listed)
        whole = text_latex(str(x.outcome).replace("_", " "))
        yield rf"The derivation as a whole: \textsc{{{whole}}}."
    assumptions = getattr(x, "assumptions", ())
    if assumptions:
        yield r"\subsection*{Assumptions}"
        yield " ".join(f"{text_latex(a.rstrip('.'))}." for a in assumptions)


def _display(row: Row) -> Iterator[str]:
    """A displayed relation; what does not fit beside it follows as text."""
    wide = _line_width(row)
    aside: list[str] = []
    if wide > PAGE:
        row, aside = _abbreviated(row)
        wide = _line_width(row)
    beside = row.remarks if wide + len(row.remarks) * 12 <= PAGE else ()
    body = Row(row.left, row.rel, row.right, beside)
    if len(row.right) > 1:
        yield f"\\begin{{align*}}\n{body.aligned()}\n\\end{{align*}}"
    elif wide > PAGE:
        yield f"\\begin{{equation*}}\n\\fitline{{{body.inline()}}}\n\\end{{equation*}}"
    else:
        yield f"\\begin{{equation*}}\n{body.inline()}\n\\end{{equation*}}"
    if row.remarks and not beside:
        aside.append(f"if ${'$, $'.join(row.remarks)}$")
    if aside:
        yield "; ".join(aside) + "."


def _line_width(row: Row) -> int:
    """Characters of the widest line of a row: all of it, or the widest term of a broken sum."""
    if not row.sides:
        return 0
    left, right = row.sides
    if len(row.right) > 1:
        return _width(left) + max(map(_width, right.args))
    return _width(left) + _width(right)


def _abbreviated(row: Row) -> tuple[Row, list[str]]:
    """The row with repeated parts of its sides abbreviated, and what they stand for."""
    if not all(isinstance(s, Expr) and not isinstance(s, MatrixExpr) for s in row.sides):
        return row, []
    used = {s.name for side in row.sides for s in side.free_symbols if isinstance(s, Symbol)}
    letter = next(c for c in "wqhzgW" if not any(name.startswith(c) for name in used) or c == "W")
    names = (s for s in numbered_symbols(f"{letter}_", start=1) if s.name not in used)
    found, sides = cse(list(row.sides), symbols=names, order="none")
    replacements, (first, second) = _unfolded(found, sides)
    if not 1 <= len(replacements) <= MAX_ABBREVIATIONS:
        return row, []
    shown = ", ".join(f"${expression_latex(s)} = {expression_latex(e)}$" for s, e in replacements)
    left = row.left if first == row.sides[0] else expression_latex(first)
    short = Row(left, row.rel, pieces_of(second, left), row.remarks, (first, second))
    return (short, [f"with {shown}"]) if _line_width(short) < _line_width(row) else (row, [])


def _unfolded(
    replacements: list[tuple[Symbol, Expr]], sides: list[Expr]
) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """Undo the abbreviations that are not needed for the line to fit, the largest parts first."""
    kept = list(replacements)
    for symbol, meaning in reversed(replacements):
        undo = {symbol: meaning}
        shorter = [(s, e.xreplace(undo)) for s, e in kept if s != symbol]
        written_out = [side.xreplace(undo) for side in sides]
        widest = max((_width(e) for s, e in shorter if e.has(*meaning.free_symbols)), default=0)
        room = max(PAGE - 8, sum(map(_width, sides)))  # what does not widen the line is undone too
        if sum(map(_width, written_out)) <= room and widest <= PAGE // 2:
            kept, sides = shorter, written_out
    names = [symbol for symbol, _ in replacements][: len(kept)]
    renamed = dict(zip((symbol for symbol, _ in kept), names, strict=True))
    return (
        [(renamed[s], e.xreplace(renamed)) for s, e in kept],
        [side.xreplace(renamed) for side in sides],
    )


def _width(expr: Any) -> int:
    """How many characters a two-dimensional drawing of the expression is wide."""
    try:
        return int(PrettyPrinter({"use_unicode": True})._print(expr).width())
    except RecursionError:
        return 10 * PAGE
