"""Standalone export: one readable module that needs JAX alone and can test itself.

*Main definitions*: `export_formula`.

*Implementation notes*: user text (titles, sources, symbol names) reaches the file only through
`sketch.plain`, which leaves nothing that could end a docstring.  Reference values and derivatives
come from ball arithmetic on the formula itself (derivatives as central differences at 900 bits),
not from the code that they test.  The file is written to a temporary name and moved into place.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy

from derivax.errors import InputError
from derivax.numeric.codegen import emit
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.kernel import Kernel, module
from derivax.numeric.codegen.references import reference_table
from derivax.numeric.codegen.sketch import formula_text, plain, tree_size

__all__ = ["export_formula"]

LATEX_LIMIT = 400  # operations; a longer formula is not repeated in LaTeX


def export_formula(
    compiled: Compiled, path: str | os.PathLike[str], certificate: Any = None
) -> Path:
    """Write the compiled formula as one module; `python FILE --self-test` checks it.

    Args:
        compiled: what `compile_formula` returned.
        path: the file, written whole or not at all.
        certificate: a certificate of it (its sha256 is recorded), or None ("unverified").

    Returns: the path.

    Raises: `InputError` when the directory does not exist or the file cannot be written.
    """
    path = Path(path)
    text = module_text(compiled, certificate)
    compile(text, str(path), "exec")  # a module that does not even parse is never written
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            str(path),
            f"cannot be written ({error.strerror})",
            "give a file in an existing directory",
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise InputError(str(path), f"cannot be written ({error.strerror})") from None
    return path


def module_text(compiled: Compiled, certificate: Any = None) -> str:
    """The text of the module."""
    kernel = compiled.kernel
    if not isinstance(kernel, Kernel):
        return _matrix_module(compiled, certificate)
    value = Kernel(
        f"{compiled.name}_values",
        kernel.tape,
        kernel.outputs,
        kernel.arg_names,
        kernel.arg_ids,
        single=False,
        rewrite=kernel.rewrite,
    )
    partials = []
    for position, name in enumerate(kernel.arg_names):
        derivative = kernel.derivative(position)
        partials.append(
            Kernel(
                f"{compiled.name}_by_{name}",
                kernel.tape,
                derivative.outputs,
                kernel.arg_names,
                kernel.arg_ids,
                single=False,
                rewrite=kernel.rewrite,
            )
        )
    code = module([value, *partials])
    emit.check_source(code)
    body = code.removeprefix(emit.HEADER)
    args = ", ".join(kernel.arg_names)
    call = f"{args}," if len(kernel.arg_names) == 1 else args
    return TEMPLATE.format(
        doc=_docstring(compiled, certificate),
        body=body.strip("\n"),
        name=compiled.name,
        args=args,
        call=call,
        partials=", ".join(p.name for p in partials) + ("," if len(partials) == 1 else ""),
        dtype=repr(compiled.dtype),
        summary=plain(getattr(compiled.formula, "title", "") or f"The formula {compiled.name}."),
        result=_layout_text(compiled.layout),
        references=reference_table(compiled),
    )


def _matrix_module(compiled: Compiled, certificate: Any) -> str:
    source = compiled.source.removeprefix(emit.HEADER)
    return MATRIX_TEMPLATE.format(doc=_docstring(compiled, certificate), body=source.strip("\n"))


def _layout_text(layout: Any) -> str:
    """The returned object, as an expression over `values`."""
    kind, *rest = layout
    if kind == "entry":
        return f"values[{rest[0]}]"
    if kind == "matrix":
        start, rows, columns = rest
        if not rows * columns:
            return f"jnp.zeros(({rows}, {columns}))"
        stacked = f"jnp.stack(values[{start}:{start + rows * columns}], axis=-1)"
        return f"jnp.reshape({stacked}, values[{start}].shape + ({rows}, {columns}))"
    if kind == "dict":
        return "{" + ", ".join(f"{key!r}: {_layout_text(v)}" for key, v in rest[0]) + "}"
    parts = ", ".join(_layout_text(v) for v in rest[0])
    if kind == "list":
        return f"[{parts}]"
    return f"({parts},)" if len(rest[0]) == 1 else f"({parts})"


# -- the docstring --------------------------------------------------------------------------------


def _docstring(compiled: Compiled, certificate: Any) -> str:
    formula = compiled.formula
    title = plain(getattr(formula, "title", "") or "generated formula")
    lines = [f"{compiled.name}: {title}", ""]
    lines += _wrapped("Formula:", formula_text(formula.expr, compiled.name))
    latex = _latex(formula)
    if latex:
        lines += _wrapped("LaTeX:", latex)
    lines.append("Arguments:")
    for symbol, name in zip(formula.args, compiled.arg_names, strict=True):
        shown = "" if str(symbol) == name else f" (the symbol {plain(symbol)})"
        lines.append(f"    {name}{shown}: {plain(_range(formula, symbol))}")
    where = getattr(getattr(formula, "domain", None), "where", ())
    if where:
        lines += _wrapped("Where:", ", ".join(str(relation) for relation in where))
    if getattr(formula, "source", ""):
        lines += _wrapped("Source:", str(formula.source))
    lines += [
        f"Certificate: {_certificate(certificate)}",
        "",
        "Needs jax alone.  First derivatives are the symbolic ones (custom_jvp); higher ones",
        "differentiate that code.  Arguments broadcast; float32 in, float32 out.",
        "Check:  python FILE --self-test",
    ]
    return "\n".join(lines)


def _wrapped(head: str, text: str) -> list[str]:
    words, lines, line = plain(text).split(" "), [], f"{head}"
    for word in words:
        while len(word) > 92:
            lines.append(line)
            line, word = f"    {word[:92]}", word[92:]
        if len(line) + len(word) + 1 > 98:
            lines.append(line)
            line = f"    {word}"
        else:
            line = f"{line} {word}"
    return [*lines, line]


def _latex(formula: Any) -> str:
    if tree_size(formula.expr) > LATEX_LIMIT:
        return ""
    expr = formula.expr
    if isinstance(expr, Mapping):
        return ", ".join(f"{key} = {sympy.latex(value)}" for key, value in expr.items())
    return sympy.latex(expr)


def _range(formula: Any, symbol: Any) -> str:
    if isinstance(symbol, sympy.MatrixSymbol):
        return f"matrix, {symbol.rows} x {symbol.cols} on the last two axes"
    domain = getattr(formula, "domain", None)
    if not isinstance(domain, Mapping) or symbol not in domain:
        return "real"
    return f"in {domain[symbol]}"


def _certificate(certificate: Any) -> str:
    if certificate is None:
        return "unverified"
    if isinstance(certificate, str):
        return plain(certificate)
    text = (
        certificate.to_json()
        if hasattr(certificate, "to_json")
        else json.dumps(certificate, sort_keys=True)
    )
    if not isinstance(text, str):
        text = json.dumps(text, sort_keys=True)
    verdict = getattr(certificate, "verdict", "")
    return plain(f"{verdict} sha256 {hashlib.sha256(text.encode()).hexdigest()}".strip())


TEMPLATE = '''r"""{doc}
"""

import argparse
import sys
from fractions import Fraction

import jax
import jax.numpy as jnp
from jax import lax

{body}


def _broadcast(results, args):
    shape = jnp.broadcast_shapes(*(a.shape for a in args))
    dtype = args[0].dtype if args else jnp.result_type(float)
    return tuple(jnp.broadcast_to(lax.convert_element_type(r, dtype), shape) for r in results)


@jax.custom_jvp
def _values(*args):
    return _broadcast({name}_values(*args), args)


PARTIALS = ({partials})


def _values_jvp(primals, tangents):
    """Only the partial derivatives of perturbed arguments are computed."""
    values = _values(*primals)
    dots = [jnp.zeros_like(v) for v in values]
    for partial, tangent in zip(PARTIALS, tangents, strict=True):
        if isinstance(tangent, jax.custom_derivatives.SymbolicZero):
            continue
        for k, coefficient in enumerate(partial(*primals)):
            if not (isinstance(coefficient, float) and coefficient == 0.0):
                dots[k] = dots[k] + coefficient * tangent
    return values, tuple(dots)


if PARTIALS:
    _values.defjvp(_values_jvp, symbolic_zeros=True)


def {name}({args}):
    """{summary}"""
    given = ({call})
    dtype = {dtype}
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ValueError('float64: call jax.config.update("jax_enable_x64", True) first')
    if dtype is None:
        dtype = jnp.result_type(*given) if given else jnp.result_type(float)
        if not jnp.issubdtype(dtype, jnp.floating):
            dtype = jnp.result_type(float)
    values = _values(*(lax.convert_element_type(x, dtype) for x in given))
    return {result}


# -- self-test: python FILE --self-test --------------------------------------------------------

# (arguments, [(exact value, condition number), ...], {{argument: [the same of its derivative]}})
# from ball arithmetic on the formula, to 25 digits; the arguments are exact in float32
{references}

ALLOWED_ULP = 24  # times (1 + condition number): rounding of intermediate results


def _ulps(got, exact, dtype):
    exact = Fraction(exact)
    if got != got or got in (float("inf"), float("-inf")):
        return float("inf")
    bits, lowest = (24, -126) if dtype == "float32" else (53, -1022)
    size = abs(exact)
    exponent = lowest
    if size > Fraction(2) ** lowest:
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        exponent -= size < Fraction(2) ** exponent
    return float(abs(Fraction(got) - exact) / Fraction(2) ** (exponent - bits + 1))


def _self_test():
    jax.config.update("jax_enable_x64", True)
    passed, checks = True, 0
    for dtype in ({dtype},) if {dtype} else ("float32", "float64"):
        worst, share = 0.0, 0.0
        for args, values, derivatives in REFERENCES:
            given = [jnp.asarray(float(a), dtype) for a in args]
            pairs = list(zip(_values(*given), values, strict=True))
            for position, exact in derivatives.items():
                tangents = [jnp.asarray(float(k == position), dtype) for k in range(len(given))]
                pairs += zip(jax.jvp(_values, given, tangents)[1], exact, strict=True)
            for got, (exact, condition) in ((got, known) for got, known in pairs if known):
                if not float(jnp.finfo(dtype).tiny) * 8 < abs(float(exact)) < float(
                    jnp.finfo(dtype).max
                ) and float(exact):
                    continue  # beyond the range of the format
                error = _ulps(float(got), exact, dtype)
                worst, share = max(worst, error), max(share, error / (1.0 + float(condition)))
                checks += 1
        good = share <= ALLOWED_ULP and checks > 0
        passed = passed and good
        print(
            f"{name} {{dtype}}: {{'pass' if good else 'FAIL'}}, {{checks}} values, "
            f"max error {{worst:.2f}} ulp ({{share:.2f}} ulp per unit of condition number)"
        )
    return 0 if passed else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="{name}: generated by derivax")
    parser.add_argument("--self-test", action="store_true", help="compare with exact values")
    if parser.parse_args().self_test:
        sys.exit(_self_test())
    print(__doc__)
'''

MATRIX_TEMPLATE = '''r"""{doc}
"""

import jax
import jax.numpy as jnp
from jax import lax

{body}
'''
