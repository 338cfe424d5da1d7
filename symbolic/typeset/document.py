r"""A complete article of a derivation or formula: sentences, displays, rules, outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivax.symbolic.typeset.names import text_latex
from derivax.symbolic.typeset.rows import (
    Row,
    domain_latex,
    is_derivation,
    is_formula,
    rows_of,
)

__all__ = ["document"]

_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\allowdisplaybreaks
\newcommand{\ruleandoutcome}[2]{\hfill\textsl{#1}\enspace(\textsc{#2})}
\newcommand{\stepnumber}[1]{\textbf{#1.}\enspace}
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
    parts = [_PREAMBLE, r"\begin{document}", rf"\section*{{{text_latex(title)}}}"]
    name, source = getattr(x, "name", ""), getattr(x, "source", "")
    if isinstance(name, str) and name and name != title:
        parts.append(rf"\texttt{{{text_latex(name)}}}")
    if isinstance(source, str) and source and source != name:
        parts.append(f"Source: {text_latex(source)}.")
    parts += list(_derivation(x) if is_derivation(x) else _subject(x))
    return "\n\n".join([*parts, r"\end{document}", ""])


def _subject(x: Any) -> Iterator[str]:
    for row in rows_of(x):
        yield _display(row)
    if is_formula(x):
        yield from _domain_of(x)


def _derivation(x: Any) -> Iterator[str]:
    seen: list[str] = []
    for number, step in enumerate(x.steps, 1):
        outcome = str(step.outcome).replace("_", " ")
        rule = getattr(step.rule, "name", str(step.rule))
        sentence = text_latex(step.sentence) or text_latex(rule).capitalize()
        note = rf"\ruleandoutcome{{{text_latex(rule)}}}{{{text_latex(outcome)}}}"
        if outcome == "not applicable":
            note = rf"\hfill\textsl{{{text_latex(rule)}}}"
        else:
            seen.append(outcome)
        uses = ", ".join(str(p + 1) for p in step.premises)
        basis = f" (from {uses})" if uses else ""
        yield rf"\stepnumber{{{number}}}{sentence}{basis}{note}"
        yield from (_display(row) for row in rows_of(step.statement))
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
        yield " ".join(f"{text_latex(a)}." for a in assumptions)


def _domain_of(formula: Any) -> Iterator[str]:
    shown = domain_latex(getattr(formula, "domain", None))
    if shown:
        yield f"for ${'$, $'.join(shown)}$."


def _display(row: Row) -> str:
    if len(row.right) > 1:
        return f"\\begin{{align*}}\n{row.aligned()}\n\\end{{align*}}"
    return f"\\begin{{equation*}}\n{row.inline()}\n\\end{{equation*}}"
