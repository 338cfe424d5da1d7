r"""LaTeX of expressions, statements, formulas, problems and derivations, in four styles.

Main definition: `latex`.  Styles:

- `equation`: one line without delimiters, to stand between `$` (several rows: `aligned`);
- `align`: an `align*` environment, relations under each other, long sums broken;
- `derivation`: `align*`, each statement with its sentence, rule and outcome beside it;
- `document`: a complete article, sentences as text between displayed equations.

Names and sentences are inert whatever they hold, see `names`.
"""

from __future__ import annotations

from typing import Any

from derivax.errors import InputError
from derivax.symbolic.typeset.document import document
from derivax.symbolic.typeset.names import text_latex
from derivax.symbolic.typeset.rows import BREAK, Row, is_derivation, rows_of

__all__ = ["STYLES", "latex"]

STYLES = ("equation", "align", "derivation", "document")


def latex(x: Any, style: str = "equation") -> str:
    r"""LaTeX source of `x`.

    Args:
        x: SymPy object, Statement, Formula, Problem, Derivation, or dict / list / tuple of these.
        style: "equation", "align", "derivation" or "document".

    Returns:
        LaTeX (amsmath) that compiles whatever the symbols are called.

    Raises:
        InputError: an unknown style, or an expression too large for paper.

    >>> from sympy import Eq, exp, symbols
    >>> t, u_0 = symbols("t u_0")
    >>> print(latex(Eq(t, u_0*exp(-t))))
    t = u_{0} e^{- t}
    >>> print(latex(Eq(t, 1), style="align"))
    \begin{align*}
    t &= 1
    \end{align*}
    """
    if style not in STYLES:
        raise InputError(repr(style), "is not a style", f"use one of {', '.join(STYLES)}")
    if style == "document":
        return document(x)
    if style == "derivation" and is_derivation(x):
        return _aligned([_beside(step) for step in x.steps])
    if style == "equation":
        return _equation(x)
    return _aligned([row.aligned() for row in rows_of(x)])


def _equation(x: Any) -> str:
    if is_derivation(x):
        x = x.formula if x.formula is not None else x.steps[-1].statement
    rows = list(rows_of(x))
    if len(rows) == 1:
        return rows[0].inline()
    lines = BREAK.join(row.aligned() for row in rows)
    return rf"\begin{{aligned}} {lines} \end{{aligned}}"


def _aligned(lines: list[str]) -> str:
    body = " \\\\\n".join(lines) if lines else r"& \text{(nothing)}"
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _beside(step: Any) -> str:
    """A statement and, in a second column, what was done."""
    (row,) = rows_of(step.statement)
    said = f"{step.sentence.rstrip()} " if step.sentence else ""
    note = rf"&& \text{{{text_latex(said + said_of(step))}}}"
    first, *more = Row(row.left, row.rel, row.right).aligned().split(BREAK)
    lines = [f"{first} {row.remark} {note}" if not more else f"{first} {note}", *more]
    if more and row.remark:
        lines[-1] += f" {row.remark}"
    return BREAK.join(lines)


def said_of(step: Any) -> str:
    """Rule and outcome of a step in brackets: [separate: proven]."""
    rule = getattr(step.rule, "name", str(step.rule))
    outcome = str(step.outcome).replace("_", " ")
    return f"[{rule}]" if outcome == "not applicable" else f"[{rule}: {outcome}]"
