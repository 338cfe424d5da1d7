"""Unevaluated calculus: Derivative, Subs, roots of polynomials, functions supplied by the caller.

A derivative is taken on the tape, so it needs no closed form; a supplied JAX function is one
operation, whose derivatives are taken through it.

*Main definitions*: `HEADS`, `CHILDREN`, operation `call` (data: name, order of differentiation per
argument), `supplied` (the functions behind the names in a source).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import flint
import sympy
from sympy.polys.rootoftools import ComplexRootOf, RootSum

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.body import read_body
from derivax.numeric.codegen.lower.complex_numbers import real_part
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape
from derivax.symbolic.exact.precision import working_precision

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["CHILDREN", "HEADS", "OPERATIONS", "supplied"]

ROOT_DIGITS, ROOT_BITS = 60, 256
PREFIX = "supplied_"


def derivative_children(expr: Any) -> tuple[sympy.Basic, ...]:
    """What is differentiated; the derivative itself where SymPy takes it in a matrix."""
    for variable in expr.variables:
        if not isinstance(variable, sympy.Symbol | sympy.MatrixSymbol):
            raise _no_argument(variable)
    if not any(isinstance(v, sympy.MatrixSymbol) for v in expr.variables):
        return (expr.expr,)
    try:
        value = expr.expr.diff(*expr.variables)
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        value = expr
    if isinstance(value, sympy.Derivative) or not isinstance(value, sympy.MatrixExpr):
        raise CompileError(
            str(expr)[:80],
            "is a derivative in a matrix that has no closed form as a matrix",
            "compile what is differentiated, and use jax.grad on it",
        )
    return (value,)


def _no_argument(variable: sympy.Basic) -> CompileError:
    return CompileError(
        f"derivative with respect to {str(variable)[:60]}",
        "is not one with respect to an argument",
        "differentiate with respect to symbols",
    )


def read_derivative(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """The derivative on the tape; derivatives in one argument share what they have in common."""
    from derivax.numeric.codegen.differentiate import pushed_forward

    value, tape = ids[0], reader.tape
    for variable, count in expr.variable_count:
        if isinstance(variable, sympy.MatrixSymbol):
            return value
        if variable not in reader.leaves or tape[reader.leaves[variable]].op != "arg":
            raise _no_argument(variable)
        leaf = reader.leaves[variable]
        known = reader.sensitivities.setdefault(leaf, {})
        for _ in range(int(count)):
            (value,) = pushed_forward(tape, [value], {leaf: tape.const(1)}, known)
    return value


def read_subs(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """The expression at the point."""
    variables = list(expr.variables)
    plane = [v for v, k in zip(variables, ids, strict=True) if k in reader.tape.plane]
    names = [f"v{k + 1}" for k in range(len(variables))]
    body, outside = read_body(reader, [expr.expr], variables, names, plane)
    return body.inline(reader.tape, body.outputs, (*ids, *outside))[0]


def read_root_of(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """A root of a polynomial with numbers as coefficients, to far more digits than a float has."""
    if expr.free_symbols:
        raise CompileError(
            str(expr)[:80], "has symbols in its polynomial", "use ImplicitRoot with a bracket"
        )
    return reader.read(expr.evalf(ROOT_DIGITS))


def read_root_sum(reader: Reader, expr: Any, ids: Sequence[int]) -> int:
    """The sum of a function over all roots of a polynomial."""
    poly = expr.poly
    if poly.free_symbols_in_domain or not poly.is_univariate:
        raise CompileError(str(expr)[:80], "has symbols in its polynomial", "")
    terms = [read_body_at(reader, expr.fun, root) for root in all_roots(poly)]
    total = reader.tape.add(terms)
    return total if reader.complex else real_part(reader.tape, total)


def all_roots(poly: sympy.Poly) -> list[sympy.Expr]:
    """All roots of a polynomial over the rationals, with multiplicity, to 60 digits (Arb)."""
    _, whole = poly.clear_denoms(convert=True)
    found: list[sympy.Expr] = []
    with working_precision(ROOT_BITS):
        coefficients = [int(c) for c in reversed(whole.all_coeffs())]
        roots: Any = flint.fmpz_poly(coefficients).complex_roots()
        for root, multiplicity in roots:
            real, imag = (_number(part) for part in (root.real, root.imag))
            found += [real + sympy.I * imag] * multiplicity
    return found


def _number(ball: flint.arb) -> sympy.Expr:
    if ball.contains(0):
        return sympy.S.Zero
    mantissa, exponent = ball.mid().man_exp()
    return sympy.Integer(int(mantissa)) * sympy.Integer(2) ** int(exponent)


def read_body_at(reader: Reader, meaning: sympy.Lambda, root: sympy.Expr) -> int:
    value = reader.read(root)
    (variable,) = meaning.variables
    plane = [variable] if value in reader.tape.plane else []
    body, outside = read_body(reader, [meaning.expr], [variable], ["v1"], plane)
    return body.inline(reader.tape, body.outputs, (value, *outside))[0]


HEADS: dict[type, Callable[..., int]] = {
    sympy.Derivative: read_derivative,
    sympy.Subs: read_subs,
    ComplexRootOf: read_root_of,
    RootSum: read_root_sum,
}

CHILDREN: dict[type, Callable[[Any], tuple[sympy.Basic, ...]]] = {
    sympy.Derivative: derivative_children,
    sympy.Subs: lambda expr: tuple(expr.point),
    ComplexRootOf: lambda expr: (),
    RootSum: lambda expr: (),
}


# -- functions of the caller ----------------------------------------------------------------------


def _d_call(tape: Tape, i: int, slot: int) -> int:
    name, orders = tape[i].data
    raised = tuple(n + (k == slot) for k, n in enumerate(orders))
    return tape.push("call", tape[i].operands, (name, raised))


def _write_call(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    name, orders = node.data
    function = PREFIX + "_".join([name, *map(str, orders)])
    arguments = [f"x{k + 1}" for k in range(len(orders))]
    which = "" if not any(orders) else f", derivative of order {orders}"

    def stub() -> str:
        return (
            f"def {function}({', '.join(arguments)}):\n"
            f'    """{name}{which}: given by the caller of compile."""\n'
            f"    return jnp.nan * {arguments[0]}"
        )

    writer.define(function, stub)
    return Text(f"{function}({', '.join(text.text for text in texts)})")


def supplied(given: Mapping[str, Callable[..., Any]], source: str) -> dict[str, Any]:
    """The functions in whose place the source has stubs, differentiated as their names say."""
    found: dict[str, Any] = {}
    for name, function in given.items():
        for line in source.splitlines():
            head = f"def {PREFIX}{name}_"
            if line.startswith(head):
                orders = tuple(int(n) for n in line[len(head) :].split("(")[0].split("_"))
                found[f"{PREFIX}{name}_{'_'.join(map(str, orders))}"] = _differentiated(
                    function, orders
                )
    return found


def _differentiated(function: Callable[..., Any], orders: Iterable[int]) -> Callable[..., Any]:
    import jax
    import jax.numpy as jnp

    def along(run: Callable[..., Any], k: int) -> Callable[..., Any]:
        def slope(*args: Any) -> Any:
            def moved(value: Any) -> Any:
                return run(*args[:k], value, *args[k + 1 :])

            return jax.jvp(moved, (args[k],), (jnp.ones_like(args[k]),))[1]

        return slope

    run = function
    for k, times in enumerate(orders):
        for _ in range(times):
            run = along(run, k)

    def called(*args: Any) -> Any:
        return run(*jnp.broadcast_arrays(*(jnp.asarray(a) for a in args)))

    return called


OPERATIONS = {"call": Operation(_write_call, _d_call, "value")}
