"""Lambert W, Bessel, elliptic, orthogonal and hypergeometric heads: readers and derivatives.

*Main definitions*: `READERS`, `PARTIALS`, `CHILDREN`, which `special.py` and `table.py` take in.

*Implementation notes*: SymPy's own derivatives of these heads have removable singularities (at
m = 0 for elliptic integrals, at x = 1 for Legendre's polynomials, at the branch point of W), so
derivatives are written in forms without them.  Orders 0 and 1 of the Bessel functions have
functions of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.entire import HIGHEST
from derivax.numeric.codegen.lower.operation import inverse, one_plus
from derivax.numeric.codegen.tape import Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader

__all__ = ["CHILDREN", "PARTIALS", "READERS"]

Read = Callable[["Reader", sympy.Basic, Sequence[int]], int]
Slope = Callable[..., int]
HALF = Fraction(1, 2)
SERIES = {(0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (2, 2), (2, 3), (3, 2)}


# -- Lambert W --------------------------------------------------------------------------------


def _read_lambert(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    branch = reader.tape.number(ids[1]) if len(ids) == 2 else 0
    if branch not in (0, -1):
        raise CompileError(
            str(expr), "only the branches 0 and -1 have real values", "use LambertW(x[, 0 or -1])"
        )
    inner = reader.tape[ids[0]]
    if branch == 0 and inner.op == "exp":  # Wright's omega: no overflow of the exponential
        return reader.tape.push("wright_omega", inner.operands)
    plain = reader.tape.push("lambert_wm1" if branch else "lambert_w", ids[:1])
    scaled = None if branch else _scaled_exponential(reader.tape, ids[0])
    if scaled is None:
        return plain
    factor, exponent = scaled
    tape = reader.tape
    omega = tape.push("wright_omega", (tape.add((tape.push("log", (factor,)), exponent)),))
    number = tape.number(factor)
    if number is not None:
        return omega if number > 0 else plain
    return tape.select([(tape.push("lt", (tape.const(0), factor)), omega)], plain)


def _scaled_exponential(tape: Tape, i: int) -> tuple[int, int] | None:
    """(c, g) where an entry is c exp(g)."""
    node = tape[i]
    if node.op != "mul" or i in tape.plane:
        return None
    exponents = [k for k in node.operands if tape[k].op == "exp"]
    if len(exponents) != 1:
        return None
    rest = tape.div(i, exponents[0])
    return rest, tape[exponents[0]].operands[0]


def _d_lambert(shifted: str, value: str) -> Slope:
    """exp(-W)/(1 + W), for large W as W/(x (1 + W))."""

    def slope(tape: Tape, x: int, y: int) -> int:
        w, above = tape.push(value, (x,)), tape.push(shifted, (x,))
        small = tape.push("lt", (tape.push("abs", (w,)), tape.const(Fraction(3, 2))))
        gain = tape.select([(small, tape.exp(tape.neg(w)))], tape.div(w, x))
        return tape.div(gain, above)

    return slope


# -- Bessel functions --------------------------------------------------------------------------


NAMED = {
    "bessel_j": ("bessel_j0", "bessel_j1"),
    "bessel_y": ("bessel_y0", "bessel_y1"),
    "bessel_i": ("i0", "i1"),
    "bessel_ie": ("i0e", "i1e"),
}
TURNED = {"bessel_j": -1, "bessel_y": -1}  # sign of the order -1


def of_order(tape: Tape, kind: str, order: int, x: int) -> int:
    """The Bessel function of an order on the tape; orders -1, 0, 1 by their own functions."""
    number = tape.number(order)
    if kind in NAMED and number in (-1, 0, 1):
        value = tape.push(NAMED[kind][1 if number else 0], (x,))
        return tape.scale(TURNED.get(kind, 1) if number == -1 else 1, value)
    if kind in ("bessel_k", "bessel_ke") and number is not None and number < 0:
        order = tape.const(-number)
    return tape.push(kind, (order, x))


def _read_bessel(kind: str) -> Read:
    return lambda reader, expr, ids: of_order(reader.tape, kind, ids[0], ids[1])


def _read_spherical(kind: str) -> Read:
    """sqrt(pi/(2 x)) times the function of order n + 1/2."""

    def read(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
        tape, (order, x) = reader.tape, ids
        scale = tape.power(tape.scale(HALF, tape.push("named", (), "pi")), HALF)
        wave = of_order(tape, kind, tape.add((order, tape.const(HALF))), x)
        return tape.mul((scale, tape.power(x, -HALF), wave))

    return read


def _neighbours(kind: str, below: Fraction, above: Fraction) -> Slope:
    """below C_{n-1} + above C_{n+1}."""

    def slope(tape: Tape, n: int, x: int, y: int) -> int:
        low = of_order(tape, kind, tape.add((n, tape.const(-1))), x)
        high = of_order(tape, kind, one_plus(tape, n), x)
        return tape.add((tape.scale(below, low), tape.scale(above, high)))

    return slope


def _scaled(kind: str, sign: int) -> Slope:
    """sign (C_{n-1} + C_{n+1})/2 - sign C_n (times the sign of x for I)."""
    neighbours = _neighbours(kind, HALF * sign, HALF * sign)

    def slope(tape: Tape, n: int, x: int, y: int) -> int:
        own = tape.mul((tape.push("sign", (x,)), y)) if sign > 0 else y
        return tape.add((neighbours(tape, n, x, y), tape.scale(-sign, own)))

    return slope


def _fixed(kind: str, order: int) -> Slope:
    """(C_{n-1} - C_{n+1})/2 of a whole order."""
    slope = _neighbours(kind, HALF, -HALF)
    return lambda tape, x, y: slope(tape, tape.const(order), x, y)


def _d_y1(tape: Tape, x: int, y: int) -> int:
    return tape.sub(tape.push("bessel_y0", (x,)), tape.div(y, x))


# -- elliptic integrals and functions ----------------------------------------------------------


def _gauss(tape: Tape, factor: Fraction, a: Fraction, b: Fraction, c: int, x: int) -> int:
    """factor pi 2F1(a, b; c; x)."""
    operands = (tape.const(a), tape.const(b), tape.const(c), x)
    pi = tape.push("named", (), "pi")
    return tape.mul((tape.const(factor), pi, tape.push("hyp2f1", operands)))


def _delta(tape: Tape, f: int, m: int, power: Fraction) -> int:
    """(1 - m sin^2)^power."""
    inside = tape.mul((tape.const(-1), m, tape.power(tape.push("sin", (f,)), 2)))
    return tape.power(tape.add((tape.const(1), inside)), power)


def _d_dm(power: Fraction, factor: Fraction) -> Slope:
    """factor sin^2 (1 - m sin^2)^power, the derivative of dF/dm or dE/dm in the amplitude."""

    def slope(tape: Tape, f: int, m: int, y: int) -> int:
        square = tape.power(tape.push("sin", (f,)), 2)
        return tape.mul((tape.const(factor), square, _delta(tape, f, m, power)))

    return slope


def _carlson(position: int) -> Slope:
    """-R_D/6 with the argument of this position last."""

    def slope(tape: Tape, x: int, y: int, z: int, value: int) -> int:
        places = [x, y, z]
        last = places.pop(position)
        return tape.scale(Fraction(-1, 6), tape.push("carlson_rd", (*places, last)))

    return slope


def _jacobi_product(first: str, second: str, sign: int, by_parameter: bool = False) -> Slope:
    def slope(tape: Tape, u: int, m: int, y: int) -> int:
        factors = [tape.push(first, (u, m)), tape.push(second, (u, m))]
        return tape.mul((tape.const(sign), *factors, *([m] if by_parameter else [])))

    return slope


# -- orthogonal polynomials --------------------------------------------------------------------


def _lower(tape: Tape, n: int) -> int:
    return tape.add((n, tape.const(-1)))


def _d_legendre(tape: Tape, n: int, x: int, y: int) -> int:
    return tape.push("gegenbauer", (_lower(tape, n), tape.const(Fraction(3, 2)), x))


def _d_chebyshevt(tape: Tape, n: int, x: int, y: int) -> int:
    return tape.mul((n, tape.push("chebyshevu", (_lower(tape, n), x))))


def _d_chebyshevu(tape: Tape, n: int, x: int, y: int) -> int:
    return tape.scale(2, tape.push("gegenbauer", (_lower(tape, n), tape.const(2), x)))


def _d_hermite(kind: str, factor: int) -> Slope:
    def slope(tape: Tape, n: int, x: int, y: int) -> int:
        return tape.mul((tape.const(factor), n, tape.push(kind, (_lower(tape, n), x))))

    return slope


def _d_hermite_scaled(tape: Tape, n: int, x: int, y: int) -> int:
    above = one_plus(tape, n)
    low = tape.mul((tape.power(n, HALF), tape.push("hermite_scaled", (_lower(tape, n), x))))
    high = tape.mul((tape.power(above, HALF), tape.push("hermite_scaled", (above, x))))
    return tape.scale(HALF, tape.sub(low, high))


def _d_laguerre(tape: Tape, n: int, x: int, y: int) -> int:
    return tape.neg(tape.push("assoc_laguerre", (_lower(tape, n), tape.const(1), x)))


def _d_assoc_laguerre(tape: Tape, n: int, a: int, x: int, y: int) -> int:
    return tape.neg(tape.push("assoc_laguerre", (_lower(tape, n), one_plus(tape, a), x)))


def _d_gegenbauer(tape: Tape, n: int, a: int, x: int, y: int) -> int:
    up = tape.push("gegenbauer", (_lower(tape, n), one_plus(tape, a), x))
    return tape.mul((tape.const(2), a, up))


def _d_jacobi(tape: Tape, n: int, a: int, b: int, x: int, y: int) -> int:
    up = tape.push("jacobi", (_lower(tape, n), one_plus(tape, a), one_plus(tape, b), x))
    return tape.mul((tape.const(HALF), tape.add((n, a, b, tape.const(1))), up))


# -- hypergeometric functions ------------------------------------------------------------------


def _hyper_children(expr: sympy.Basic) -> tuple[sympy.Basic, ...]:
    return (*expr.ap, *expr.bq, expr.argument)  # type: ignore[attr-defined]


def _read_hyper(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    p, q = len(expr.ap), len(expr.bq)  # type: ignore[attr-defined]
    tape = reader.tape
    if (p, q) == (0, 0):
        return tape.exp(ids[0])
    if (p, q) == (2, 1):
        a, b, c, x = ids
        for first, other in ((a, b), (b, a)):  # 2F1(1, b; b+1; x) has a function of its own
            if tape.number(first) == 1 and tape.sub(c, other) == tape.const(1):
                return tape.push("hyp2f1_one", (other, x))
    if (p, q) == (0, 1):  # 0F1(; m + 1/2; x) is a derivative of cosh(sqrt w) at w = 4 x
        m = tape.number(ids[0])
        if m is not None and (m := m - Fraction(1, 2)).denominator == 1 and 0 <= m <= HIGHEST:
            return tape.push("entire", (tape.mul((tape.const(4), ids[1])),), int(m))
    if (p, q) in SERIES:
        return tape.push(f"hyp{p}f{q}", ids)
    return _read_expanded(reader, expr, ids)


def _read_expanded(reader: Reader, expr: sympy.Basic, ids: Sequence[int]) -> int:
    """What `hyperexpand` makes of it, when that is free of hypergeometric heads."""
    expanded = sympy.hyperexpand(expr)
    if expanded.has(sympy.meijerg) or (expanded == expr):
        known = ", ".join(f"{p}F{q}" for p, q in sorted(SERIES))
        raise CompileError(
            str(expr),
            "has no named form that is known here",
            f"hyper is lowered for {known}; meijerg where hyperexpand finds such a form",
        )
    return reader.read(expanded)


def _d_hyper(p: int, q: int) -> tuple[Slope | None, ...]:
    """prod(a)/prod(b) times the function with all parameters one higher."""

    def slope(tape: Tape, *ids: int) -> int:
        parameters, x = ids[: p + q], ids[p + q]
        up = tape.push(f"hyp{p}f{q}", (*(one_plus(tape, k) for k in parameters), x))
        below = [inverse(tape, k) for k in parameters[p:]]
        return tape.mul((*parameters[:p], *below, up))

    return (*[None] * (p + q), slope)


def _d_hyp2f1_one(tape: Tape, b: int, x: int, y: int) -> int:
    above = one_plus(tape, b)
    up = tape.push("hyp2f1", (tape.const(2), above, one_plus(tape, above), x))
    return tape.mul((b, inverse(tape, above), up))


# -- the tables --------------------------------------------------------------------------------

_D_W = _d_lambert("lambert_w_plus_one", "lambert_w")
_D_WM1 = _d_lambert("lambert_wm1_plus_one", "lambert_wm1")

PARTIALS: dict[str, tuple[Slope | None, ...]] = {
    "lambert_w": (_D_W,),
    "lambert_wm1": (_D_WM1,),
    "lambert_w_plus_one": (_D_W,),
    "lambert_wm1_plus_one": (_D_WM1,),
    "wright_omega": (lambda tape, z, y: tape.div(y, one_plus(tape, y)),),
    "bessel_j0": (lambda tape, x, y: tape.neg(tape.push("bessel_j1", (x,))),),
    "bessel_j1": (_fixed("bessel_j", 1),),
    "bessel_y0": (lambda tape, x, y: tape.neg(tape.push("bessel_y1", (x,))),),
    "bessel_y1": (_d_y1,),
    "bessel_j": (None, _neighbours("bessel_j", HALF, -HALF)),
    "bessel_y": (None, _neighbours("bessel_y", HALF, -HALF)),
    "bessel_i": (None, _neighbours("bessel_i", HALF, HALF)),
    "bessel_k": (None, _neighbours("bessel_k", -HALF, -HALF)),
    "bessel_ie": (None, _scaled("bessel_ie", 1)),
    "bessel_ke": (None, _scaled("bessel_ke", -1)),
    "elliptic_k": (
        lambda tape, m, y: _gauss(tape, HALF / 4, Fraction(3, 2), Fraction(3, 2), 2, m),
    ),
    "elliptic_e": (lambda tape, m, y: _gauss(tape, -HALF / 4, HALF, Fraction(3, 2), 2, m),),
    "elliptic_f": (
        lambda tape, f, m, y: _delta(tape, f, m, -HALF),
        lambda tape, f, m, y: tape.push("elliptic_f_dm", (f, m)),
    ),
    "elliptic_e_inc": (
        lambda tape, f, m, y: _delta(tape, f, m, HALF),
        lambda tape, f, m, y: tape.push("elliptic_e_dm", (f, m)),
    ),
    "elliptic_f_dm": (_d_dm(Fraction(-3, 2), HALF), None),
    "elliptic_e_dm": (_d_dm(-HALF, -HALF), None),
    "carlson_rf": (_carlson(0), _carlson(1), _carlson(2)),
    "jacobi_amplitude": (lambda tape, u, m, y: tape.push("jacobi_dn", (u, m)), None),
    "jacobi_sn": (_jacobi_product("jacobi_cn", "jacobi_dn", 1), None),
    "jacobi_cn": (_jacobi_product("jacobi_sn", "jacobi_dn", -1), None),
    "jacobi_dn": (_jacobi_product("jacobi_sn", "jacobi_cn", -1, by_parameter=True), None),
    "legendre": (None, _d_legendre),
    "chebyshevt": (None, _d_chebyshevt),
    "chebyshevu": (None, _d_chebyshevu),
    "hermite": (None, _d_hermite("hermite", 2)),
    "hermite_prob": (None, _d_hermite("hermite_prob", 1)),
    "hermite_scaled": (None, _d_hermite_scaled),
    "laguerre": (None, _d_laguerre),
    "assoc_laguerre": (None, None, _d_assoc_laguerre),
    "gegenbauer": (None, None, _d_gegenbauer),
    "jacobi": (None, None, None, _d_jacobi),
    "hyp2f1_one": (None, _d_hyp2f1_one),
    **{f"hyp{p}f{q}": _d_hyper(p, q) for p, q in sorted(SERIES)},
}
"""Function -> derivative per argument, each a function of (tape, *arguments, value)."""

READERS: dict[str, Read] = {
    "LambertW": _read_lambert,
    "besselj": _read_bessel("bessel_j"),
    "bessely": _read_bessel("bessel_y"),
    "besseli": _read_bessel("bessel_i"),
    "besselk": _read_bessel("bessel_k"),
    "jn": _read_spherical("bessel_j"),
    "yn": _read_spherical("bessel_y"),
    "hyper": _read_hyper,
    "meijerg": _read_expanded,
}
"""SymPy head (by name) -> how it is read."""

CHILDREN: dict[type, Callable[[sympy.Basic], tuple[sympy.Basic, ...]]] = {
    sympy.hyper: _hyper_children,
    sympy.meijerg: lambda expr: (),
}
"""Heads whose operands on the tape are not simply their arguments."""
