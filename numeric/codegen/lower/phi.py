r"""The functions of exponential integrators and their derivatives.

    phi_k(x) = sum_j x^j/(j + k)!,      x phi_k(x) = phi_{k-1}(x) - 1/(k-1)!

The operation `phi` with data (k, n) is the n-th derivative of phi_k, so derivatives stay in the
family (phi_k' = phi_k - k phi_{k+1} cancels for large negative x).

*Implementation notes*: for |x| <= k + 2 n + 2 a series of positive terms, by Kummer's formula

    phi_k^(n)(x) = n!/(n+k)! 1F1(n+1; n+k+1; x) = n!/(n+k)! e^x 1F1(k; n+k+1; -x);

beyond, the recurrence upward in k and n, scaled by exp(-max(x, 0)) and multiplied by two half
exponentials at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial
from typing import TYPE_CHECKING

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "collected", "function_source", "read_phi"]

HIGHEST = 40


def read_phi(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
    k = reader.tape.number(ids[0])
    if k is None or k.denominator != 1 or not 0 <= k <= HIGHEST:
        raise CompileError(
            str(expr),
            "the index of phi must be a number",
            f"use a whole number from 0 to {HIGHEST}",
        )
    if k == 0:
        return reader.tape.exp(ids[1])
    return reader.tape.push("phi", (ids[1],), (int(k), 0))


def _d_phi(tape: Tape, i: int, slot: int) -> int:
    k, n = tape[i].data
    return tape.push("phi", tape[i].operands, (k, n + 1))


def collected(tape: Tape, terms: Sequence[int]) -> list[int]:
    """Terms of a sum with (n+1) A phi_k^(n)(z) + A z phi_k^(n+1)(z) made A phi_{k-1}^(n+1)(z).

    The derivative of t phi_1(-t) is exp(-t); as the sum of two terms it cancels for large t.
    """
    kept = list(terms)
    places = {k: _phi_factor(tape, k) for k in kept}
    for higher in terms:
        factor = places.get(higher)
        if factor is None or higher not in kept:
            continue
        (k, n), z = tape[factor].data, tape[factor].operands[0]
        lower = tape.push("phi", (z,), (k, n - 1)) if n else None
        for partner in terms:
            if partner not in kept or lower is None or places[partner] != lower:
                continue
            coefficient = tape.mul((partner, tape.power(lower, -1)))
            quotient = (higher, *(tape.power(j, -1) for j in (factor, coefficient, z)))
            if tape.number(tape.mul(quotient)) == Fraction(1, n):
                below = tape.push("phi", (z,), (k - 1, n)) if k > 1 else tape.exp(z)
                kept.remove(higher)
                share = tape.scale(Fraction(1, n), coefficient)
                kept[kept.index(partner)] = tape.mul((share, below))
                break
    return kept


def _phi_factor(tape: Tape, i: int) -> int | None:
    """The one factor of a product that is a phi function or a derivative of one."""
    node = tape[i]
    factors = node.operands if node.op == "mul" else (i,)
    found = [j for j in factors if tape[j].op == "phi"]
    return found[0] if len(found) == 1 else None


def _write_phi(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    k, n = node.data
    name = writer.define(f"phi_function_{k}_{n}", lambda: function_source(k, n))
    return Text(f"{name}({texts[0].text})")


def function_source(k: int, n: int) -> str:
    """The text of `phi_function_k_n`."""
    radius = k + 2 * n + 2
    what = f"phi_{k}(x)" if not n else f"derivative {n} of phi_{k} at x"
    lines = [
        f"def phi_function_{k}_{n}(x):",
        f'    """{what}: series for |x| <= {radius}, else recurrence in the index."""',
        f"    near = jnp.minimum(jnp.abs(x), {radius}.0)",
    ]
    for name, lowest in (("rising", n + 1), ("falling", k)):  # 1F1(a; n + k + 1; |x|)
        for j, c in enumerate(reversed(_coefficients(k, n, lowest, radius))):
            lines.append(f"    {name} = {float(c)!r}" + (f" + near * {name}" if j else ""))
    lines.append("    series = jnp.where(x < 0.0, jnp.exp(-near) * falling, rising)")
    lines += [
        f"    safe = jnp.where(jnp.abs(x) < {radius}.0, {radius}.0, x)",
        "    decay = jnp.exp(-jnp.abs(safe))",
        "    growing = safe > 0.0",
        "    start = jnp.where(growing, 1.0, decay)",
        "    scale = jnp.where(growing, decay, 1.0)",
    ]
    for order in range(n + 1):
        below = "start"
        for index in range(1, k + 1):
            name = f"value_{index}_{order}"
            if order == 0:
                lost = "scale" if index <= 2 else f"scale / {factorial(index - 1)}.0"
            else:
                factor = "" if order == 1 else f"{order}.0 * "
                lost = f"{factor}value_{index}_{order - 1}"
            lines.append(f"    {name} = ({below} - {lost}) / safe")
            below = name
    lines += [
        "    half = jnp.exp(0.5 * jnp.maximum(safe, 0.0))",
        f"    far = value_{k}_{n} * half * half",
        f"    return jnp.where(jnp.abs(x) < {radius}.0, series, far)",
    ]
    return "\n".join(lines)


def _coefficients(k: int, n: int, a: int, radius: int) -> list[Fraction]:
    """Taylor coefficients of n!/(n+k)! 1F1(a; n + k + 1; x), until the next is negligible."""
    c = Fraction(factorial(n), factorial(n + k))
    negligible = c / 2**64
    coefficients: list[Fraction] = []
    j = 0
    while not coefficients or c * radius**j > negligible:
        coefficients.append(c)
        c *= Fraction(a + j, (n + k + 1 + j) * (j + 1))
        j += 1
    return coefficients


OPERATIONS = {"phi": Operation(_write_phi, _d_phi, "phi")}
