r"""What is set on a line: left side, relation, right side, and remarks; long sums broken.

Main definitions: `Row`, `rows_of` (any subject -> its rows), `domain_latex`.

The subjects are recognised by their attributes (statement: `lhs, rel, rhs`; formula: `expr, args`;
derivation: `steps`; problem: `equations, given`), so that this room knows no room above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Add, Basic, S, Symbol
from sympy.core.relational import Relational
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.symbolic.typeset.names import name_latex, text_latex
from derivax.symbolic.typeset.printer import expression_latex

__all__ = ["LINE", "Row", "domain_latex", "is_derivation", "is_formula", "is_problem",
           "is_statement", "pieces_of", "rows_of", "visible_length"]  # fmt: skip

BREAK = " \\\\ "
COMMA = r",\ "
LINE = 70  # visible characters after which a sum is broken

_RELATIONS = {
    "=": "=", "<=": r"\leq", "<": "<", "~": r"\sim", "->": r"\to", "in": r"\in",
    "==": "=", ">=": r"\geq", ">": ">", "!=": r"\neq",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One relation as LaTeX; `rel` is empty for a bare expression.

    `right` holds the pieces of a broken sum, `remarks` conditions (of a statement), `sides` the
    expressions themselves.
    """

    left: str
    rel: str
    right: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    sides: tuple[Any, ...] = ()

    @property
    def remark(self) -> str:
        """The conditions in brackets, to follow the relation."""
        return rf"\qquad \left({COMMA.join(self.remarks)}\right)" if self.remarks else ""

    def inline(self) -> str:
        """On one line, without alignment."""
        body = f"{self.left} {self.rel} {' '.join(self.right)}" if self.rel else self.left
        return f"{body} {self.remark}".strip()

    def aligned(self) -> str:
        """With one alignment mark before the relation; broken sums continue under it."""
        if not self.rel:
            return f"& {self.left} {self.remark}".rstrip()
        first, *more = self.right
        lines = [f"{self.left} &{self.rel} {first}", *(rf"&\quad {piece}" for piece in more)]
        return f"{BREAK.join(lines)} {self.remark}".rstrip()


def visible_length(tex: str) -> int:
    """Roughly how many characters a piece of LaTeX shows on its line."""
    tex = re.sub(r"\\frac\{[^{}]*\}", "", tex)
    tex = re.sub(r"\\(?:left|right|text|mathrm|operatorname|quad|,|;|:)", "", tex)
    tex = re.sub(r"\\[A-Za-z]+", "x", tex)
    return len(re.sub(r"[{}\s_^]", "", tex))


def pieces_of(expr: Any, left: str = "") -> tuple[str, ...]:
    """LaTeX of a right side, a long sum cut into pieces that fit beside the left side."""
    whole = expression_latex(expr)
    room = max(LINE // 2, LINE - visible_length(left))
    if not isinstance(expr, Add) or isinstance(expr, MatrixExpr) or visible_length(whole) <= room:
        return (whole,)
    pieces: list[str] = []
    line = ""
    for term in expr.as_ordered_terms():
        tex = expression_latex(term)
        signed = tex if tex.startswith("-") or not (line or pieces) else f"+ {tex}"
        if line and visible_length(line + signed) > room:
            pieces.append(line)
            line = signed
        else:
            line = f"{line} {signed}".strip()
    return (*pieces, line)


def is_statement(x: Any) -> bool:
    """Duck type of a statement."""
    return all(hasattr(x, name) for name in ("lhs", "rel", "rhs", "given"))


def is_formula(x: Any) -> bool:
    """Duck type of a formula."""
    return not isinstance(x, Basic) and all(hasattr(x, n) for n in ("expr", "args", "name"))


def is_derivation(x: Any) -> bool:
    """Duck type of a derivation."""
    return hasattr(x, "steps") and hasattr(x, "problem")


def is_problem(x: Any) -> bool:
    """Duck type of a problem."""
    return hasattr(x, "equations") and hasattr(x, "given")


def rows_of(x: Any) -> Iterator[Row]:
    """The rows of a subject, in order."""
    if is_derivation(x):
        for step in x.steps:
            yield from rows_of(step.statement)
    elif is_statement(x):
        yield _statement(x)
    elif is_formula(x):
        yield from _formula(x)
    elif is_problem(x):
        for equation in x.equations:
            yield from rows_of(equation)
        for key, value in x.given.items():
            yield _row(key, "=", value)
    elif isinstance(x, Relational):
        yield _row(x.lhs, _RELATIONS[x.rel_op], x.rhs)
    elif isinstance(x, Mapping):
        for key, value in x.items():
            left = key if isinstance(key, Basic) else name_latex(str(key))
            yield _row(left, "=", value)
    elif isinstance(x, list | tuple):
        for value in x:
            yield from rows_of(value)
    elif isinstance(x, str):
        yield Row(rf"\text{{{text_latex(x)}}}", "", ())
    else:
        yield Row(expression_latex(x), "", ())


def _row(left: Any, rel: str, right: Any, remarks: tuple[str, ...] = ()) -> Row:
    shown = left if isinstance(left, str) else expression_latex(left)
    first = Symbol("f") if isinstance(left, str) else left
    return Row(shown, rel, pieces_of(right, shown), remarks, (first, right))


def _statement(x: Any) -> Row:
    remarks = []
    tends = getattr(x, "tends", None)
    if tends is not None:
        variable, point = tends
        remarks.append(rf"{expression_latex(variable)} \to {expression_latex(point)}")
    conditions = [c for c in x.given if c not in (S.true, True)]
    remarks += [expression_latex(condition) for condition in conditions]
    return _row(x.lhs, _RELATIONS[x.rel], x.rhs, tuple(remarks))


def _formula(x: Any) -> Iterator[Row]:
    called = rf"\left({', '.join(expression_latex(a) for a in x.args)}\right)" if x.args else ""
    name = name_latex(x.name or "f")
    outputs = x.expr
    if isinstance(outputs, Mapping):
        for key, value in outputs.items():
            yield _row(f"{name_latex(str(key))}{called}", "=", value)
    elif isinstance(outputs, list | tuple):
        for number, value in enumerate(outputs, 1):
            yield _row(f"{name}_{{[{number}]}}{called}", "=", value)
    else:
        yield _row(f"{name}{called}", "=", outputs)


def domain_latex(domain: Any) -> list[str]:
    r"""The parts of a domain, such as $t \in [0, \infty)$ and $u_0 < s$."""
    if domain is None:
        return []
    parts = []
    for symbol in domain.symbols:
        interval = domain[symbol]
        if getattr(interval, "plane", False):
            parts.append(rf"{expression_latex(symbol)} \in \mathbb{{C}}")
            continue
        left = "(" if interval.low_open else "["
        right = ")" if interval.high_open else "]"
        bounds = f"{expression_latex(interval.low)}, {expression_latex(interval.high)}"
        integers = r" \cap \mathbb{Z}" if interval.integer else ""
        parts.append(rf"{expression_latex(symbol)} \in {left}{bounds}{right}{integers}")
    return parts + [expression_latex(relation) for relation in domain.where]
