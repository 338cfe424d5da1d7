"""What an exported module says about itself: meaning, formula, LaTeX, arguments, source, status.

*Main definitions*: `module_docstring`, `certificate_line`.

*Implementation notes*: user text (titles, sources, symbol names) reaches the file only through
`sketch.plain`, which leaves nothing that could end a docstring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from derivax.numeric.codegen.sketch import formula_text, plain, tree_size

__all__ = ["certificate_line", "described", "module_docstring", "program_docstring", "wrapped"]

LATEX_LIMIT = 400  # operations; a longer formula is not repeated in LaTeX
_ORDERS = {0: "JAX differentiates this code.", 1: "First derivatives are the symbolic ones"}


def module_docstring(
    name: str,
    formula: Any,
    arg_names: Sequence[str],
    *,
    order: int,
    dtype: str | None,
    certificate: Any,
    notes: Sequence[str] = (),
) -> str:
    """The docstring of a formula's module; `order`: up to which derivatives are symbolic."""
    title = plain(getattr(formula, "title", "") or "generated formula")
    lines = [f"{name}: {title}", ""]
    lines += wrapped("Formula:", formula_text(formula.expr, name))
    latex = _latex(formula)
    if latex:
        lines += wrapped("LaTeX:", latex)
    lines.append("Arguments:" if arg_names else "Arguments: none")
    for symbol, arg in zip(formula.args, arg_names, strict=True):
        shown = "" if str(symbol) == arg else f" (the symbol {plain(symbol)})"
        lines += wrapped(f"    {arg}{shown}:", _range(formula, symbol), "        ")
    where = getattr(getattr(formula, "domain", None), "where", ())
    if where:
        lines += wrapped("Where:", ", ".join(str(relation) for relation in where))
    lines += wrapped("Source:", str(getattr(formula, "source", "") or "not stated"))
    lines += wrapped("Certificate:", certificate_line(certificate))
    lines.append("")
    matrices = any(isinstance(a, sympy.MatrixSymbol) for a in formula.args)
    lines += wrapped("Needs jax alone. ", derivative_note(order, matrices))
    follow = f"always {dtype}" if dtype else "float32 in, float32 out; float64 in, float64 out"
    lines.append(f"Arguments broadcast; {follow}.")
    for note in notes:
        lines += wrapped("Note:", note)
    lines.append("Check:  python FILE --self-test")
    return "\n".join(lines)


def program_docstring(program: Any, *, order: int, certificate: Any) -> str:
    """The docstring of a Program's module."""
    lines = [f"{program.name}: {plain(program.title)}", ""]
    lines += described(program, "")
    for name, compiled in program.kernels.items():
        formula = compiled.formula
        if tree_size(formula.expr) <= LATEX_LIMIT:
            lines += wrapped(f"Kernel {name}:", f"{formula}; LaTeX: {sympy.latex(formula.expr)}")
    for derivation in program.derivations:
        lines += wrapped("Derived as:", f"{derivation.name}: {derivation.title}")
    for claim in program.claims:
        lines += wrapped("Claim:", f"{claim.says} ({claim.of})")
    lines += wrapped("Source:", str(program.citation or "not stated"))
    lines += wrapped("Certificate:", certificate_line(certificate))
    lines.append("")
    right = f"Derivatives are right up to order {order}; one more is an error."
    lines += wrapped("Needs jax alone. ", right)
    follow = "float32 in, float32 out; float64 in, float64 out"
    follow = f"always {program.dtype}" if program.dtype else follow
    lines += [f"Arrays of the sizes above (jax.vmap for more dimensions); {follow}.",
              "Check:  python FILE --self-test"]  # fmt: skip
    return "\n".join(lines)


def described(program: Any, indent: str = "    ") -> list[str]:
    """Arguments with shape, range and meaning, and results."""
    lines = [f"{indent}Arguments:"]
    for array in program.arguments:
        low = "" if array.low is None else f" ({'>' if array.strict else '>='} {array.low:g})"
        lines += wrapped(f"{indent}    {array}:", f"{array.title}{low}", f"{indent}        ")
    lines.append(f"{indent}Returns a dict of:")
    for array in program.results:
        lines += wrapped(f"{indent}    {array}:", array.title, f"{indent}        ")
    return lines


def derivative_note(order: int, matrices: bool) -> str:
    """How accurate which derivatives are."""
    what = " of the scalar functions between the matrix operations" if matrices else ""
    if order == 0:
        return "Derivatives are JAX's, of the code as it stands."
    upto = "First derivatives" if order == 1 else f"Derivatives{what} up to order {order}"
    if order == 1:
        upto += what
    rest = "; JAX differentiates the matrix operations themselves" if matrices else ""
    return f"{upto} are the symbolic ones (custom_jvp); higher ones differentiate that code{rest}."


def wrapped(head: str, text: str, indent: str = "    ") -> list[str]:
    """`head text` in lines of at most 98 characters; a longer word is cut."""
    words, lines, line = plain(text).split(" "), [], f"{head}"
    for word in words:
        while len(word) > 90:
            lines.append(line)
            line, word = f"{indent}{word[:90]}", word[90:]
        if len(line) + len(word) + 1 > 98:
            lines.append(line)
            line = f"{indent}{word}"
        else:
            line = f"{line} {word}"
    return [*lines, line]


def _latex(formula: Any) -> str:
    if tree_size(formula.expr) > LATEX_LIMIT:
        return ""
    return _latex_of(formula.expr)


def _latex_of(expr: Any) -> str:
    if isinstance(expr, Mapping):
        return ", ".join(f"{key} = {_latex_of(value)}" for key, value in expr.items())
    if isinstance(expr, tuple | list):
        return f"({', '.join(map(_latex_of, expr))})"
    return sympy.latex(expr)


def _range(formula: Any, symbol: Any) -> str:
    if isinstance(symbol, sympy.MatrixSymbol):
        return f"matrix, {symbol.rows} x {symbol.cols} on the last two axes"
    domain = getattr(formula, "domain", None)
    if not isinstance(domain, Mapping) or symbol not in domain:
        return "real, of any shape"
    return f"in {domain[symbol]}, of any shape"


def certificate_line(certificate: Any) -> str:
    """The verdict and the hash of a certificate, or `unverified`."""
    if certificate is None:
        return "unverified"
    return f"{certificate.verdict} ({certificate.claim}), sha256 {certificate.digest}"
