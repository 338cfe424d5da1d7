r"""The entire functions cosh(sqrt w), sinh(sqrt w)/sqrt(w) and all their derivatives.

    F_m(w) = 0F1(; m + 1/2; w/4),      F_0 = cosh sqrt w,  F_1 = sinh sqrt w/sqrt w,
    F_m' = F_{m+1}/(4m + 2)

The operation `entire` with data m is F_m, so derivatives stay in the family; `entire_scaled` is
exp(-sqrt(max(w, 0))) F_m(w), which stays in range for every w, and lets a quotient of sums of such
functions be evaluated with its growth taken out.

*Implementation notes*: circular functions of sqrt(-w) and exponentials of sqrt(w) for m = 0, 1;
beyond, the recurrence F_{m+1} = (4m^2 - 1)(F_{m-1} - F_m)/w for |w| >= 2 (m+1)^2 and the power
series below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "growth", "read_entire", "scaled", "scaled_source"]

HIGHEST = 12


def read_entire(m: int) -> Callable[[Reader, sympy.Expr, Sequence[int]], int]:
    """Reads `CoshRoot` (m = 0) or `SinhcRoot` (m = 1)."""

    def read(reader: Reader, expr: sympy.Expr, ids: Sequence[int]) -> int:
        return reader.tape.push("entire", (ids[0],), m)

    return read


def growth(tape: Tape, w: int) -> int:
    """sqrt(max(w, 0)): the exponent with which F_m(w) grows."""
    return tape.power(tape.push("max", (w, tape.const(0))), Fraction(1, 2))


def scaled(tape: Tape, i: int) -> int:
    """The entry exp(-growth) F_m(w) for an entry F_m(w)."""
    return tape.push("entire_scaled", tape[i].operands, tape[i].data)


def _derivative(tape: Tape, i: int, slot: int) -> int:
    m: int = tape[i].data
    if m + 1 > HIGHEST:
        raise CompileError(
            f"derivative {m + 1} of cosh(sqrt(w))", "is beyond the derivatives that are made", ""
        )
    return tape.scale(Fraction(1, 4 * m + 2), tape.push("entire", tape[i].operands, m + 1))


def _write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    m: int = node.data
    writer.define(f"entire_scaled_{m}", lambda: scaled_source(m))
    name = writer.define(f"entire_{m}", lambda: _source(m))
    return Text(f"{name}({texts[0].text})")


def _write_scaled(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    m: int = node.data
    name = writer.define(f"entire_scaled_{m}", lambda: scaled_source(m))
    return Text(f"{name}({texts[0].text})")


def _meaning(m: int) -> str:
    return {0: "cosh(sqrt(w))", 1: "sinh(sqrt(w))/sqrt(w)"}.get(m, f"0F1(; {2 * m + 1}/2; w/4)")


def _source(m: int) -> str:
    return "\n".join(
        [
            f"def entire_{m}(w):",
            f'    """{_meaning(m)}, entire in w."""',
            "    half = jnp.exp(0.5 * jnp.sqrt(jnp.maximum(w, 0.0)))",
            f"    return entire_scaled_{m}(w) * half * half",
        ]
    )


def scaled_source(m: int) -> str:
    """The text of `entire_scaled_m`."""
    radius = 2 * (m + 1) ** 2 if m > 1 else 1
    lines = [
        f"def entire_scaled_{m}(w):",
        f'    """exp(-sqrt(max(w, 0))) {_meaning(m)}."""',
        f"    far = jnp.where(jnp.abs(w) < {radius}.0, {radius}.0, w)" if m else "    far = w",
        "    root = jnp.sqrt(jnp.abs(far))",
        "    value_0 = jnp.where(far < 0.0, jnp.cos(root), 0.5 + 0.5 * jnp.exp(-2.0 * root))",
    ]
    if not m:
        return "\n".join([*lines, "    return value_0"])
    lines += [
        "    growing = -0.5 * jnp.expm1(-2.0 * root)",
        "    value_1 = jnp.where(far < 0.0, jnp.sin(root), growing) / root",
    ]
    lines += [
        f"    value_{k + 1} = {4 * k * k - 1}.0 * (value_{k - 1} - value_{k}) / far"
        for k in range(1, m)
    ]
    lines.append(f"    near = jnp.clip(w, -{radius}.0, {radius}.0)")
    for j, c in enumerate(reversed(_coefficients(m, radius))):
        lines.append(f"    series = {float(c)!r}" + (" + near * series" if j else ""))
    lines += [
        "    series = series * jnp.exp(-jnp.sqrt(jnp.maximum(near, 0.0)))",
        f"    return jnp.where(jnp.abs(w) < {radius}.0, series, value_{m})",
    ]
    return "\n".join(lines)


def _coefficients(m: int, radius: int) -> list[Fraction]:
    """Taylor coefficients of 0F1(; m + 1/2; w/4), until the next is negligible at the radius."""
    c, j = Fraction(1), 0
    coefficients: list[Fraction] = []
    while not coefficients or abs(c) * radius**j > Fraction(1, 2**60):
        coefficients.append(c)
        c /= 4 * (Fraction(2 * m + 1, 2) + j) * (j + 1)
        j += 1
    return coefficients


OPERATIONS = {
    "entire": Operation(_write, _derivative, "entire"),
    "entire_scaled": Operation(_write_scaled, None, "scaled"),
}
