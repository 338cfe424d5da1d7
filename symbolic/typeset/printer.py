r"""SymPy's LaTeX printer with our escaper for every name, and a few marks of our own.

SymPy passes a name that holds `{` through as raw LaTeX, so `Symbol(r"\input{x}")` would be obeyed;
here all names of symbols, functions, matrices and indices go through `name_latex`, and whatever
has no printing method is shown as escaped text.
"""

from __future__ import annotations

from typing import Any

from sympy import Basic, Rational
from sympy.core.function import AppliedUndef
from sympy.matrices.matrixbase import MatrixBase
from sympy.printing.latex import LatexPrinter, accepted_latex_functions

from derivax.errors import InputError
from derivax.symbolic.typeset.names import name_latex, text_latex

# Functions that have a macro which takes no argument (`\frac` and `\sqrt` would).
_MACRO_FUNCTIONS = frozenset(accepted_latex_functions) - {"frac", "root", "sqrt", "re", "im"}

__all__ = ["MAX_NODES", "expression_latex", "refuse_unprintable"]

MAX_NODES = 20_000
_DEEP = 250
_MAX_BITS = 13_000  # Python refuses to print longer integers


class _Printer(LatexPrinter):
    """LaTeX of SymPy objects in which no name is trusted."""

    def _deal_with_super_sub(self, string: str, style: str = "plain") -> str:
        name = name_latex(string)
        return rf"\mathbf{{{name}}}" if style == "bold" else name

    def _hprint_Function(self, func: str) -> str:
        if func in _MACRO_FUNCTIONS:
            return rf"\{func}"
        name = name_latex(func)
        return (
            name.replace(r"\mathrm{", r"\operatorname{", 1) if name.startswith(r"\mathrm") else name
        )

    def _print_Function(self, expr: Any, exp: str | None = None) -> str:
        if not isinstance(expr, AppliedUndef):
            return str(super()._print_Function(expr, exp))
        # SymPy takes the name as a format string here, so that a % in it breaks the printer.
        name = self._hprint_Function(expr.func.__name__)
        arguments = ", ".join(self._print(arg) for arg in expr.args)
        power = f"^{{{exp}}}" if exp is not None else ""
        base = self.parenthesize_super(name) if power else name
        return rf"{base}{power}{{\left({arguments}\right)}}"

    def _print_MatAdd(self, expr: Any) -> str:
        # SymPy writes a + -b for a sum of matrices
        terms = [str(self._print(term)) for term in expr.args]
        text = terms[0]
        for term in terms[1:]:
            text += f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}"
        return text

    def _print_Str(self, expr: Any) -> str:
        return name_latex(expr.name)

    def _print_str(self, expr: str) -> str:
        return rf"\text{{{text_latex(expr)}}}"

    def emptyPrinter(self, expr: Any) -> str:
        return rf"\text{{{text_latex(str(expr)[:2000])}}}"


_SETTINGS: dict[str, Any] = {"ln_notation": False, "inv_trig_style": "full"}


def refuse_unprintable(expr: Any) -> None:
    """Refuse what would not fit on paper: SymPy's printers write shared parts out again and again.

    Raises:
        InputError: more than `MAX_NODES` nodes when written out, or too deeply nested.
    """
    size: dict[int, int] = {}
    depth: dict[int, int] = {}
    alive: list[Any] = []
    stack: list[tuple[Any, bool]] = [(expr, False)]
    while stack:
        obj, done = stack.pop()
        key = id(obj)
        if key in size:
            continue
        children = _children(obj)
        if isinstance(obj, Rational) and max(abs(obj.p), obj.q).bit_length() > _MAX_BITS:
            raise InputError(
                "a number of more than 4000 digits", "is too large to be typeset", "name it"
            )
        if done:
            size[key] = 1 + sum(size[id(child)] for child in children)
            depth[key] = 1 + max((depth[id(child)] for child in children), default=0)
            if size[key] > MAX_NODES or depth[key] > _DEEP:
                raise InputError(
                    f"an expression of {size[key]} nodes, {depth[key]} deep",
                    "is too large to be typeset", "typeset its parts",
                )  # fmt: skip
            continue
        alive.append(children)
        stack.append((obj, True))
        stack.extend((child, False) for child in children if id(child) not in size)


def _children(obj: Any) -> tuple[Any, ...]:
    if isinstance(obj, dict):
        return tuple(obj.values())
    if isinstance(obj, list | tuple):
        return tuple(obj)
    if isinstance(obj, MatrixBase):
        return tuple(obj.flat())
    return obj.args if isinstance(obj, Basic) else ()


def expression_latex(expr: Any) -> str:
    """LaTeX of a SymPy object, inert whatever its symbols are called.

    Raises:
        InputError: too large or too deep for paper.
    """
    refuse_unprintable(expr)
    try:
        return str(_Printer(_SETTINGS).doprint(expr))
    except RecursionError:
        raise InputError("an expression", "is nested too deeply to be typeset", "") from None
