"""exp(u) (a F_0(w) + b F_1(w) + ...): the growth of the entire functions joins the exponent.

Each F_m(w) grows like exp(sqrt w), and an over-damped motion is such a sum times a decay that is
stronger: the factors overflow where their product is moderate.  With F_m = exp(g) S_m, where
g = sqrt(max(w, 0)) and S_m is of moderate size, the product is exp(u + g) (a S_0 + b S_1 + ...).
Where u < 0 < w, u + g = (w - u^2)/(g - u), and w - u^2 is expanded with exact coefficients: nothing
is left to cancel when both come from one quadratic equation.

*Main definition*: `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derivax.numeric.codegen.lower import entire
from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.recognisers.ratio import Ratio, TooLarge, power, product, total
from derivax.numeric.codegen.tape import Tape

__all__ = ["plan"]

_MOST = 200  # entries of a factor that are looked at


def plan(tape: Tape, i: int) -> Plan | None:
    """The product with one exponent; None where this is no such product."""
    node = tape[i]
    if node.op != "mul":
        return None
    decays = [k for k in node.operands if tape[k].op == "exp"]
    if len(decays) != 1:
        return None
    (decay,) = decays
    degrees: dict[int, int | None] = {}
    arguments: set[int] = set()
    degree_sum = 0
    for k in node.operands:
        if k == decay:
            continue
        degree = _degree(tape, k, degrees, arguments)
        if degree is None:
            return None
        degree_sum += degree
    if degree_sum != 1 or len(arguments) != 1:
        return None
    (w,) = arguments
    (u,) = tape[decay].operands
    spine = _spine(tape, [k for k in node.operands if k != decay], degrees)
    plain = {k for j in (i, *spine) for k in tape[j].operands if degrees.get(k) == 0}

    difference = _difference(tape, u, w)
    if difference is not None:
        plain |= {g[1] for g in difference.monomial}
        plain |= {g[1] for p in difference.factors for m, _ in p for g, _ in m}

    def build(new: Mapping[int, int]) -> int:
        scaled: dict[int, int] = {k: new[k] for k in plain}
        for k in spine:
            part = tape[k]
            if part.op == "entire":
                scaled[k] = tape.push("entire_scaled", (new[w],), part.data)
            else:
                make = tape.add if part.op == "add" else tape.mul
                scaled[k] = make([scaled[operand] for operand in part.operands])
        exponent = _exponent(tape, new[u], new[w], difference, new)
        factors = [scaled[k] for k in node.operands if k != decay]
        return tape.mul([tape.exp(exponent), *factors])

    return Plan((u, w, *sorted(plain)), build)


def _difference(tape: Tape, u: int, w: int) -> Ratio | None:
    """w - u^2 as a rational function, where it is a single product (nothing cancels in it)."""
    try:
        found = total([_rational(tape, w), product([Ratio(-1), power(_rational(tape, u), 2)])])
    except TooLarge:
        return None
    return found if found.coefficient and not found.factors else None


def _rational(tape: Tape, k: int) -> Ratio:
    node = tape[k]
    if node.op == "const":
        return Ratio(node.data)
    if node.op == "add":
        return total([_rational(tape, operand) for operand in node.operands])
    if node.op == "mul":
        return product([_rational(tape, operand) for operand in node.operands])
    if node.op == "power" and node.data.denominator == 1:
        return power(_rational(tape, node.operands[0]), int(node.data))
    return Ratio(1, {("a", k): 1})


def _exponent(tape: Tape, u: int, w: int, difference: Ratio | None, new: Mapping[int, int]) -> int:
    growth = entire.growth(tape, w)
    plain = tape.add([u, growth])
    if difference is None:
        return plain
    powers = [tape.power(new[g[1]], n) for g, n in sorted(difference.monomial.items())]
    numerator = tape.mul([tape.const(difference.coefficient), *powers])
    zero, one = tape.const(0), tape.const(1)
    both = tape.push("and", (tape.push("lt", (u, zero)), tape.push("lt", (zero, w))))
    # g - u = -u (1 + sqrt(w)/abs(u)), and w/u^2 = 1 + (w - u^2)/u^2 does not overflow with w;
    # where this side is not taken the divisor is 1
    size = tape.select([(both, tape.neg(u))], one)
    share = tape.add([one, tape.div(tape.div(numerator, size), size)])
    root = tape.power(tape.push("max", (share, zero)), Fraction(1, 2))
    near = tape.div(tape.div(numerator, size), tape.add([one, root]))
    return tape.select([(both, near)], plain)


def _spine(tape: Tape, roots: Sequence[int], degrees: Mapping[int, int | None]) -> list[int]:
    """The entries of degree 1 below the roots, operands before their use."""
    found: set[int] = set()
    stack = [k for k in roots if degrees[k] == 1]
    while stack:
        k = stack.pop()
        if k not in found:
            found.add(k)
            if tape[k].op != "entire":
                stack += [operand for operand in tape[k].operands if degrees[operand] == 1]
    return sorted(found)


def _degree(tape: Tape, k: int, degrees: dict[int, int | None], arguments: set[int]) -> int | None:
    """How many entire functions each term multiplies: 0 or 1, None where terms differ."""
    if k in degrees:
        return degrees[k]
    if len(degrees) > _MOST:
        return None
    node = tape[k]
    degree: int | None = 0
    if node.op == "entire":
        arguments.add(node.operands[0])
        degree = 1
    elif node.op in ("add", "mul"):
        found = [_degree(tape, operand, degrees, arguments) for operand in node.operands]
        if None in found:
            degree = None
        elif node.op == "add":
            degree = found[0] if len(set(found)) == 1 else None
        else:
            degree = sum(d for d in found if d is not None)
    elif any(tape[j].op == "entire" for j in tape.reachable([k])):
        degree = None
    degrees[k] = degree
    return degree
