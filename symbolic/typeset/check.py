r"""A strict reader of our own LaTeX: balanced, macros of a known list, nothing that TeX would obey.

Main definition: `check_latex`.  It is what the tests hold against every output; it is no TeX parser
and accepts much less than TeX does.
"""

from __future__ import annotations

import re

from derivax.errors import InputError
from derivax.symbolic.typeset.document import PREAMBLE
from derivax.symbolic.typeset.names import GREEK

__all__ = ["MACROS", "check_latex"]

MACROS = GREEK | frozenset({
    "rulenote", "fitline",     "Big", "Bigg", "Im", "Leftrightarrow", "Re", "Rightarrow", "arccos",
    "arcsin", "arctan", "arg", "ast", "bar", "begin", "big", "bigg", "binom", "bmod", "cap",
    "cdot", "cdots", "circ", "cos", "cosh", "cot", "coth", "csc", "cup", "dagger", "ddot",
    "det", "dot", "dots", "ell", "emptyset", "end", "enspace", "ensuremath",
    "equiv", "exp", "frac", "genfrac", "geq", "hat", "hbar", "iiint", "iint", "in",
    "infty", "int", "lVert", "langle", "lceil", "ldots", "left", "leq", "lfloor", "lim",
    "limits", "ln", "log", "lvert", "mapsto", "mathbb", "mathbf", "mathcal", "mathfrak",
    "mathring", "mathrm", "mathtt", "max", "mid", "min", "nabla", "neg", "neq",
    "not", "notin", "odot", "operatorname", "oplus", "otimes", "overline",
    "partial", "pmod", "prime", "prod", "qquad", "quad", "rVert", "rangle", "rceil",
    "rfloor", "right", "rightarrow", "ruleandoutcome", "rvert", "sec", "section",
    "setminus", "sim", "sin", "sinh", "sqrt", "stepnumber", "subsection", "subset", "substack",
    "sum", "tan", "tanh", "text", "textasciicircum", "textasciitilde", "textbackslash",
    "textbar", "textbf", "textgreater", "textless", "textsc", "textsl", "texttt", "tilde",
    "times", "to", "top", "underline", "varnothing", "vec", "vee", "veebar",
    "wedge", "widehat",
})  # fmt: skip
_ENVIRONMENTS = frozenset(
    {"align*", "aligned", "equation*", "cases", "matrix", "array", "document", "smallmatrix"}
)
_ALIGNING = _ENVIRONMENTS - {"document", "equation*"}
_TOKEN = re.compile(r"\\([A-Za-z]+)(\*?)|\\(.)|([{}$&%#~^_])", re.S)


def check_latex(text: str) -> None:
    r"""Refuse LaTeX that is unbalanced or holds anything outside the known list.

    Raises:
        InputError: with the place.

    >>> check_latex(r"\frac{x}{2}")
    >>> check_latex(r"\input{x}")
    Traceback (most recent call last):
    ...
    derivax.errors.InputError: '\\input{x}' at 1: \input is not among the known macros
    """

    def fail(place: int, why: str) -> InputError:
        return InputError(f"{text[place : place + 30]!r} at {place + 1}", why)

    if "^^" in text:
        raise fail(text.index("^^"), "^^ would be read as a character code")
    stack: list[tuple[str, int]] = []
    position = 0
    if text.startswith(PREAMBLE):
        text = text[len(PREAMBLE) :]
    while match := _TOKEN.search(text, position):
        place, position = match.start(), match.end()
        word, _, escaped, sign = match.groups()
        if word in ("begin", "end"):
            name = re.compile(r"\{([a-z]+\*?)\}").match(text, match.end(1))
            if not name or name[1] not in _ENVIRONMENTS:
                raise fail(place, "is not a known environment")
            position = name.end()
            if word == "begin":
                stack.append((name[1], place))
                if name[1] == "array":
                    columns = re.compile(r"\{[lcr|]+\}").match(text, position)
                    if not columns:
                        raise fail(place, "is an array without columns")
                    position = columns.end()
            elif not stack or stack.pop()[0] != name[1]:
                raise fail(place, "closes what is not open")
        elif word in ("left", "right"):
            if word == "left":
                stack.append(("left", place))
            elif not stack or stack.pop()[0] != "left":
                raise fail(place, r"\right without \left")
        elif word:
            if word not in MACROS:
                raise fail(place, f"\\{word} is not among the known macros")
        elif escaped:
            if escaped == "(":
                stack.append(("\\(", place))
            elif escaped == ")":
                if not stack or stack.pop()[0] != "\\(":
                    raise fail(place, "closes what is not open")
            elif escaped not in "\\{}$&%#_,:;! |\n":
                raise fail(place, "is not a known escape")
        elif sign == "{":
            stack.append(("{", place))
        elif sign == "}":
            if not stack or stack.pop()[0] != "{":
                raise fail(place, "a brace closes nothing")
        elif sign == "&":
            inside = next((name for name, _ in reversed(stack) if name not in ("{", "left")), "")
            if inside not in _ALIGNING:
                raise fail(place, "an alignment mark outside of an alignment")
        elif sign == "$":
            if stack and stack[-1][0] == "$":
                stack.pop()
            elif any(name == "document" for name, _ in stack):
                stack.append(("$", place))
            else:
                raise fail(place, "a dollar sign outside of running text")
        elif sign in "%~#":
            raise fail(place, f"an unescaped {sign}")
    if stack:
        raise fail(stack[-1][1], "is never closed")
