r"""Sums and products over infinitely many terms, with a bound of what is left out.

Terms that fall like a geometric series or faster are added until what is left is below rounding:
`symbolic.nodes.tail_bounds` gives a bound of it as an expression, evaluated beside every term.

Rational terms fall like a power: $\sum_{k \ge a} f(k)$ is the sum up to N - 1 and

    \int_N^\infty f + f(N)/2 - \sum_{j=1}^{8} \frac{B_{2j}}{2j} c_{2j-1}

(Euler, Maclaurin; $f(N + h) = \sum_m c_m h^m$), with N >= 32 and N >= 4 R, where all roots of
numerator and denominator lie in |z| <= R.  There |f| is at most 16 times its leading power on the
disc of radius x/2 around x >= N, so by Cauchy's estimate the remainder is below 1e-16 of the tail;
the integral, of a function of N/u that is analytic for |u| < 4, has an error below 1e-20 by 10
Gauss-Legendre points (Bernstein's ellipse).  Alternating rational terms are added in pairs, which
are rational again.  A product is exp of the sum of the logarithms.

*Main definitions*: `read_infinite_sum`, `read_infinite_product`, operations `infinite_sum` and
`infinite_product` (operands first, parameters; data `Series`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.integrals.quadrature import gauss_legendre

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.body import Body, read_body
from derivax.numeric.codegen.lower.operation import Operation, Text
from derivax.numeric.codegen.tape import Node, Tape
from derivax.symbolic.nodes.tail_bounds import root_bound, tail_bound

if TYPE_CHECKING:
    from derivax.numeric.codegen.reading import Reader
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS", "is_infinite", "read_infinite_product", "read_infinite_sum"]

WRITTEN_OUT = 3  # terms that are written, so that powers such as x**0 are numbers
CORRECTIONS = 8  # of Euler and Maclaurin
SHORTEST = 32
NODES = 10


Part = tuple[sympy.Expr, sympy.Symbol, sympy.Expr]  # term, index, first


@dataclass(frozen=True)
class Series:
    """Term and bound as functions of (index, parameters), and where they come from."""

    body: Body
    term: sympy.Expr
    index: sympy.Symbol
    symbols: tuple[sympy.Symbol, ...]

    def __str__(self) -> str:
        return str(self.body)


def is_infinite(limit: Any) -> bool:
    """Whether a range (k, a, b) has no first or no last element."""
    return any(bound in (sympy.oo, -sympy.oo) for bound in limit.args[1:])


# -- SymPy -> tape --------------------------------------------------------------------------------


def read_infinite_sum(reader: Reader, expr: Any) -> int:
    """A sum from the one finite bound, or from 0 in both directions."""
    parts = _directions(expr)
    return _of_whole(reader, reader.tape.add([_sum(reader, *part) for part in parts]), parts)


def read_infinite_product(reader: Reader, expr: Any) -> int:
    """A product from the one finite bound, or from 0 in both directions."""
    parts = _directions(expr)
    return _of_whole(reader, reader.tape.mul([_product(reader, *part) for part in parts]), parts)


def _of_whole(reader: Reader, value: int, parts: Sequence[Part]) -> int:
    """NaN where a run-time bound is no whole number."""
    from derivax.numeric.codegen.lower.loops import whole_or_nan

    starts = [reader.read(first) for _, _, first in parts]
    return whole_or_nan(reader.tape, value, [k for k in starts if reader.tape.number(k) is None])


def _directions(expr: Any) -> list[Part]:
    """The range as ranges (term, k, first) that go upwards."""
    if len(expr.limits) > 1:
        raise _refusal(expr.function, "several ranges, of which one is infinite, are not summed")
    k, a, b = expr.limits[0].args
    index = sympy.Dummy(k.name, integer=True)
    term = expr.function.xreplace({k: index})
    if a is sympy.oo or b is -sympy.oo:
        raise _refusal(expr.function, "a range that begins at infinity is empty or reversed")
    if a is not -sympy.oo:
        return [(term, index, a)]
    turned = term.xreplace({index: -index})
    if b is not sympy.oo:
        return [(turned, index, -b)]
    return [(term, index, sympy.S.Zero), (turned, index, sympy.S.One)]


def _refusal(term: sympy.Expr, why: str) -> CompileError:
    return CompileError(
        f"infinite range over {str(term)[:80]}",
        why,
        "give a finite bound, or a closed form (expression.doit())",
    )


NO_BOUND = "no bound of what is left out is known (terms must fall geometrically or be rational)"


def _sum(
    reader: Reader, term: sympy.Expr, k: sympy.Symbol, first: sympy.Expr
) -> int:
    start = reader.read(first)
    bound = tail_bound(term, k)
    if bound is not None:
        given = {s: reader.leaves[s] for s in reader.args if isinstance(s, sympy.Symbol)}
        return infinite(reader.tape, "infinite_sum", start, given, term, bound, k)
    parts: list[int] = []
    for sign, piece in _by_sign(term, k):
        if sign:  # two at a time
            j = sympy.Dummy("j", integer=True)
            pair = piece.xreplace({k: first + 2 * j}) - piece.xreplace({k: first + 2 * j + 1})
            total = _rational_sum(reader, sympy.together(pair), j, sympy.S.Zero)
            parts.append(reader.tape.mul((reader.read((-1) ** first), total)))
        else:
            parts.append(_rational_sum(reader, piece, k, first))
    return reader.tape.add(parts)


def _by_sign(term: sympy.Expr, k: sympy.Symbol) -> list[tuple[bool, sympy.Expr]]:
    """The part without and the part with the factor (-1)**k."""
    sign = sympy.Dummy("s")
    marked = term.replace(
        lambda e: e.is_Pow and e.base == -1 and e.exp.is_polynomial(k),
        lambda e: sign * sympy.Pow(-1, e.exp - k),
    )
    if sign not in marked.free_symbols:
        return [(False, term)]
    poly = sympy.Poly(sympy.expand(marked), sign)
    odd = sympy.Add(*(c for (n,), c in poly.terms() if n % 2))
    even = sympy.Add(*(c for (n,), c in poly.terms() if n % 2 == 0))
    return [(s, part) for s, part in ((False, even), (True, odd)) if part != 0]


def _product(
    reader: Reader, term: sympy.Expr, k: sympy.Symbol, first: sympy.Expr
) -> int:
    start = reader.read(first)
    bound = tail_bound(term - 1, k)
    if bound is not None:
        given = {s: reader.leaves[s] for s in reader.args if isinstance(s, sympy.Symbol)}
        return infinite(reader.tape, "infinite_product", start, given, term, bound, k)
    return _rational_product(reader, term, k, first)


def infinite(
    tape: Tape,
    op: str,
    first: int,
    given: Mapping[sympy.Symbol, int],
    term: sympy.Expr,
    bound: sympy.Expr | None,
    k: sympy.Symbol,
) -> int:
    """The operation on this tape; `given` says where the symbols of the term stand."""
    from derivax.numeric.codegen.reading import Reader as OwnReader

    if term == (0 if op == "infinite_sum" else 1):
        return tape.const(int(term))
    if bound is None:
        raise _refusal(term, NO_BOUND)
    own = OwnReader(tuple(given), [f"p{n + 1}" for n in range(len(given))])
    body, outside = read_body(own, [term, bound], [k], ["k"])
    symbol_at = {leaf: symbol for symbol, leaf in own.leaves.items()}
    symbols = tuple(symbol_at[leaf] for leaf in outside)
    operands = [given[s] for s in symbols]
    written: list[int] = []
    number = tape.number(first)
    if number is not None:
        for n in range(WRITTEN_OUT):
            at = (tape.const(number + n), *operands)
            written += body.inline(tape, body.outputs[:1], at)
        first = tape.const(number + WRITTEN_OUT)
    rest = tape.push(op, (first, *operands), Series(body, term, k, symbols))
    combine = tape.add if op == "infinite_sum" else tape.mul
    return combine([*written, rest])


# -- rational terms -------------------------------------------------------------------------------


def _quotient(term: sympy.Expr, k: sympy.Symbol) -> tuple[sympy.Poly, sympy.Poly]:
    above, below = sympy.fraction(sympy.cancel(sympy.together(term)))
    if not (above.is_polynomial(k) and below.is_polynomial(k)):
        raise _refusal(term, NO_BOUND)
    return sympy.Poly(above, k), sympy.Poly(below, k)


def _rational_sum(
    reader: Reader, term: sympy.Expr, k: sympy.Symbol, first: sympy.Expr
) -> int:
    above, below = _quotient(term, k)
    if above.is_zero:
        return reader.tape.const(0)
    if below.degree() - above.degree() < 2:
        raise _refusal(term, "diverges: terms fall no faster than 1/k")
    start, end = _range(reader, first, (above, below))
    body, outside = read_body(reader, [term], [k], ["k"])
    from derivax.numeric.codegen.lower.loops import summation

    tape = reader.tape
    head = summation(tape, start, tape.sub(end, tape.const(1)), body, outside)
    return tape.add((head, _tail(reader, above, below, end, logarithm=False)))


def _rational_product(
    reader: Reader, term: sympy.Expr, k: sympy.Symbol, first: sympy.Expr
) -> int:
    from derivax.numeric.codegen.lower.loops import iterated

    above, below = _quotient(term, k)
    change = above - below
    if change.is_zero:
        return reader.tape.const(1)
    if below.degree() - change.degree() < 2:
        raise _refusal(term, "does not converge: factors tend to 1 no faster than 1 + 1/k")
    start, end = _range(reader, first, (above, below))
    state = sympy.Dummy("s")
    step, outside = read_body(reader, [state * term], [k, state], ["k", "s1"])
    tape = reader.tape
    (head,) = iterated(tape, start, tape.sub(end, start), [tape.const(1)], step, outside)
    return tape.mul((head, tape.exp(_tail(reader, above, below, end, logarithm=True))))


def _range(
    reader: Reader, first: sympy.Expr, polys: Sequence[sympy.Poly]
) -> tuple[int, int]:
    """The first index, and the index N from which the tail is summed at once."""
    tape, start = reader.tape, reader.read(first)
    radius = sympy.Max(SHORTEST, *(4 * root_bound(p) for p in polys))
    gap = sympy.Max(0, sympy.ceiling(radius - first))
    return start, tape.add((start, reader.read(gap)))


def _tail(
    reader: Reader, above: sympy.Poly, below: sympy.Poly, end: int, *, logarithm: bool
) -> int:
    """The sum of P(k)/Q(k), or of its logarithm, over k >= N."""
    tape = reader.tape
    p, q = ([reader.read(c) for c in poly.all_coeffs()] for poly in (above, below))
    change = [reader.read(c) for c in (above - below).all_coeffs()]

    def value(x: int) -> int:
        if logarithm:
            return tape.push("log1p", (tape.div(_horner(tape, change, x), _horner(tape, q, x)),))
        return tape.div(_horner(tape, p, x), _horner(tape, q, x))

    terms = []
    for node, weight in _gauss():  # x = N/u, dx = N/u^2 du
        x = tape.scale(1 / node, end)
        terms.append(tape.mul((tape.const(weight / node**2), end, value(x))))
    terms.append(tape.scale(Fraction(1, 2), value(end)))
    count = 2 * CORRECTIONS
    series = _divided(tape, _shifted(tape, p, end), _shifted(tape, q, end), count)
    if logarithm:
        series = _logarithm(tape, series)
    for j in range(1, CORRECTIONS + 1):
        number = sympy.bernoulli(2 * j) / (2 * j)
        terms.append(tape.scale(-Fraction(int(number.p), int(number.q)), series[2 * j - 1]))
    return tape.add(terms)


@lru_cache(maxsize=1)
def _gauss() -> tuple[tuple[Fraction, Fraction], ...]:
    """Nodes and weights of Gauss and Legendre on (0, 1), to 40 digits."""
    nodes, weights = gauss_legendre(NODES, 40)
    return tuple(
        ((1 + Fraction(str(x))) / 2, Fraction(str(w)) / 2)
        for x, w in zip(nodes, weights, strict=True)
    )


def _horner(tape: Tape, coefficients: Sequence[int], x: int) -> int:
    total = coefficients[0]
    for c in coefficients[1:]:
        total = tape.add((tape.mul((total, x)), c))
    return total


def _shifted(tape: Tape, coefficients: Sequence[int], x: int) -> list[int]:
    """Coefficients of p(x + h) in h, from the lowest."""
    work, found = list(coefficients), []
    while work:  # synthetic division by (z - x), again and again
        for k in range(1, len(work)):
            work[k] = tape.add((work[k], tape.mul((work[k - 1], x))))
        found.append(work.pop())
    return found


def _divided(tape: Tape, p: Sequence[int], q: Sequence[int], count: int) -> list[int]:
    """The first coefficients of the series p(h)/q(h)."""
    found: list[int] = []
    for m in range(count):
        terms = [p[m]] if m < len(p) else []
        terms += [
            tape.neg(tape.mul((q[j], found[m - j]))) for j in range(1, min(m, len(q) - 1) + 1)
        ]
        found.append(tape.div(tape.add(terms), q[0]))
    return found


def _logarithm(tape: Tape, f: Sequence[int]) -> list[int]:
    """The coefficients of log f(h), the first of which is not needed: m f_0 l_m = m f_m - ..."""
    found = [tape.const(0)]
    for m in range(1, len(f)):
        terms = [f[m]]
        terms += [
            tape.scale(Fraction(-j, m), tape.mul((found[j], f[m - j]))) for j in range(1, m)
        ]
        found.append(tape.div(tape.add(terms), f[0]))
    return found


# -- derivatives and text -------------------------------------------------------------------------


def _d_sum(tape: Tape, i: int, slot: int) -> int:
    """Term by term: the differentiated series has a bound of its own, or is refused."""
    node = tape[i]
    series: Any = node.data
    if slot == 0:
        return tape.const(0)
    slope = sympy.powsimp(series.term.diff(series.symbols[slot - 1]))
    given = dict(zip(series.symbols, node.operands[1:], strict=True))
    bound = tail_bound(slope, series.index) if slope != 0 else None
    return infinite(tape, "infinite_sum", node.operands[0], given, slope, bound, series.index)


def _d_product(tape: Tape, i: int, slot: int) -> int:
    r"""The product times \sum f'/f; beyond |f - 1| <= 1/2 that is at most 2 |f'|."""
    node = tape[i]
    series: Any = node.data
    if slot == 0:
        return tape.const(0)
    slope = sympy.powsimp(series.term.diff(series.symbols[slot - 1]))
    given = dict(zip(series.symbols, node.operands[1:], strict=True))
    bound = tail_bound(slope, series.index) if slope != 0 else None
    near = tail_bound(series.term - 1, series.index)
    if bound is not None and near is not None:
        bound = sympy.Piecewise((2 * bound, near <= sympy.Rational(1, 2)), (sympy.oo, True))
    ratio = slope / series.term
    first = node.operands[0]
    total = infinite(tape, "infinite_sum", first, given, ratio, bound, series.index)
    return tape.mul((i, total))


def _written(op: str, call: str, name: str, partial: Any) -> Operation:
    def write(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
        series: Any = node.data

        def closing(inner: Writer) -> str:
            return "(" + ", ".join(inner.texts[i].text for i in inner.outputs) + ")"

        function = writer.define_body(f"{name}_{series.body.key}", series.body, ("k",), closing)
        writer.need(call)
        first, *inputs = writer.broadcast(texts, node.operands)
        given = writer.hold_tuple("inputs", inputs)
        return Text(f"{call}({function}, {first}, {writer.zero_like(first, False)}, {given})")

    return Operation(write, partial, "total" if op == "infinite_sum" else "product")


OPERATIONS: dict[str, Operation] = {
    "infinite_sum": _written("infinite_sum", "summed_to_infinity", "terms", _d_sum),
    "infinite_product": _written(
        "infinite_product", "multiplied_to_infinity", "factors", _d_product
    ),
}
