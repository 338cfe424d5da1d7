"""Quotients and products of sums of exponentials: nothing overflows, nothing is 0/0.

s exp(a)/(exp(a) - 1 + s/u) is inf/inf for large a and 0/0 for s = 0.  Each sum of exponentials is
written by `exponential_sum`; the dominating exponents of all factors are added up and exponentiated
once, and the monomials that left the sums cancel exactly.

*Main definitions*: `ratios(tape, order)`: which entries are such quotients; `plan`: how to
rewrite one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derivax.numeric.codegen.lower import entire
from derivax.numeric.codegen.recognisers.exponential_sum import (
    HIGHEST_ORDER,
    Exponents,
    ends_are_monomials,
    evaluate_sum,
    flat_sum,
    gains,
    vanishing,
)
from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.recognisers.range import nonnegative
from derivax.numeric.codegen.recognisers.ratio import (
    Generator,
    Polynomial,
    Ratio,
    TooLarge,
    _unit,
    has_exponential,
    power,
    product,
    total,
)
from derivax.numeric.codegen.tape import Exact, Tape, exact

__all__ = ["plan", "ratios", "resolves"]

HYPERBOLIC = frozenset({"sinh", "cosh", "sech", "csch"})
EXPONENTIAL = HYPERBOLIC | {"exp", "entire"}
REPEATED = 3  # G^2 in a denominator is divided by twice: the square may overflow


def ratios(tape: Tape, order: Sequence[int]) -> dict[int, Ratio]:
    """Every entry of `order` as a Ratio; one that is not a rational operation is an atom."""
    found: dict[int, Ratio] = {}
    if not any(tape[i].op in EXPONENTIAL for i in order):
        return found
    for i in order:
        node = tape[i]
        if node.shape is not None:
            continue
        try:
            found[i] = _ratio(tape, i, found)
        except TooLarge:
            found[i] = Ratio(1, {("a", i): 1})
    return found


def _ratio(tape: Tape, i: int, found: Mapping[int, Ratio]) -> Ratio:
    node = tape[i]
    if node.op == "const":
        return Ratio(node.data)
    if node.op == "exp":
        return Ratio(1, _exponents(tape, node.operands[0], 1))
    if node.op in HYPERBOLIC:
        sign = 1 if node.op in ("cosh", "sech") else -1
        up, down = (_exponents(tape, node.operands[0], q) for q in (1, -1))
        if not up:
            raise TooLarge
        both = total([Ratio(Fraction(1, 2), up), Ratio(Fraction(sign, 2), down)])
        return both if node.op in ("sinh", "cosh") else power(both, -1)
    if node.op == "entire":  # F = exp(growth) times a factor of moderate size
        up = _exponents(tape, entire.growth(tape, node.operands[0]), 1)
        return product([Ratio(1, up), Ratio(1, {("a", entire.scaled(tape, i)): 1})])
    if node.op == "mul":
        return product([found[k] for k in node.operands])
    if node.op == "power" and node.data.denominator == 1:
        base = node.operands[0]
        if tape[base].op == "add" and not _carries(found[base]):
            # multiplied out, (a - b)^2 would cancel
            return Ratio(1, {("a", base): int(node.data)})
        return power(found[base], int(node.data))
    if node.op == "add":
        parts = [found[k] for k in node.operands]
        if not any(_carries(r) for r in parts):
            return total(parts) if len(parts) <= 6 else Ratio(1, {("a", i): 1})
        denominators = [{p for p, n in r.exponential_factors().items() if n < 0} for r in parts]
        if any(denominators) and not all(denominators):
            raise TooLarge  # x + 1/(1 + exp(a)) stays a sum
        return total(parts)
    return Ratio(1, {("a", i): 1})


def _carries(ratio: Ratio) -> bool:
    return any(g[0] == "e" for g in ratio.monomial) or any(
        has_exponential(p) for p in ratio.factors
    )


def _exponents(tape: Tape, arg: int, scale: Exact) -> dict[Generator, Exact]:
    node = tape[arg]
    powers: dict[Generator, Exact] = {}
    for term in node.operands if node.op == "add" else (arg,):
        q, rest = tape.split(term)
        r = tape.const(1) if rest is None else rest
        powers[("e", r)] = exact(powers.get(("e", r), 0) + q * scale)
    return {g: q for g, q in powers.items() if q}


def plan(tape: Tape, i: int, ratio: Ratio, found: Mapping[int, Ratio]) -> Plan | None:
    """How to rewrite entry `i`, or None where it is fine as written."""
    sums = ratio.exponential_factors()
    if tape[i].op not in ("add", "mul", "power") or not ratio.coefficient:
        return None
    if not sums:  # growth that has cancelled already
        if not _has_scaled(tape, ratio) or not any(n < 0 for n in ratio.factors.values()):
            return None
        return Plan(tuple(sorted(_needs(tape, ratio))), lambda new: _build(tape, ratio, new, True))
    in_monomial = any(g[0] == "e" for g in ratio.monomial)
    joined = any(n != 1 for n in sums.values()) or len(sums) > 1
    scaled = in_monomial or joined
    if tape[i].op == "add" and not joined and not any(gains(tape, p) for p in sums):
        return None  # a sum of exponentials: nothing overflows but what must
    if tape[i].op == "add" and not joined and _sinh_alone(tape, i, ratio, found):
        return None
    if not removes(tape, ratio):
        gaining = any(gains(tape, p) for p in sums)
        if scaled and not gaining and (_stays_in_range(tape, i) or _only_below(tape, i)):
            return None
        if _only_hyperbolic(tape, i):
            return None
        if not scaled and not any(gains(tape, p) for p in sums):
            return None
    needs = sorted(_needs(tape, ratio))
    return Plan(tuple(needs), lambda new: _build(tape, ratio, new, scaled))


def _sinh_alone(tape: Tape, i: int, ratio: Ratio, found: Mapping[int, Ratio]) -> bool:
    """Whether the only cancelling exponentials of a sum are those inside its sinh, which has code
    of its own."""
    if removes(tape, ratio) or any(vanishing(tape, p)[1] for p in ratio.exponential_factors()):
        return False
    others = [k for k in tape[i].operands if not _has_factor(tape, k, "sinh")]
    if len(others) == len(tape[i].operands):
        return False
    rest = total([found[k] for k in others])
    return not any(n < 0 for n in rest.exponential_factors().values()) and not any(
        gains(tape, p) for p in rest.exponential_factors()
    )


def _has_factor(tape: Tape, i: int, op: str) -> bool:
    factors = tape[i].operands if tape[i].op == "mul" else (i,)
    return any(tape[k].op == op for k in factors)


def _only_below(tape: Tape, i: int) -> bool:
    """Whether exponentials occur in denominators alone, each beside a term without them: where the
    sum overflows, the quotient is 0 to rounding."""
    factors = tape[i].operands if tape[i].op == "mul" else (i,)
    for k in factors:
        if not _mentions(tape, k):
            continue
        base, n = tape.base(k)
        if n >= 0 or not _has_plain_term(tape, base) or _joins(tape, tape[base].operands):
            return False
        if any(
            tape[j].op not in ("exp", "mul") or not _plain_but_exp(tape, j)
            for j in tape[base].operands
            if _mentions(tape, j)
        ):
            return False
    return True


def _plain_but_exp(tape: Tape, i: int) -> bool:
    """One exponential times what has none."""
    factors = tape[i].operands if tape[i].op == "mul" else (i,)
    carrying = [k for k in factors if _mentions(tape, k)]
    return len(carrying) == 1 and tape[carrying[0]].op == "exp"


def removes(tape: Tape, ratio: Ratio) -> bool:
    """Whether a sum of exponentials vanishes with an atom that is divided by."""
    return any(
        x is not None and ratio.monomial.get(x, 0) < 0 < order
        for x, order in (vanishing(tape, p) for p in ratio.exponential_factors())
    )


def resolves(tape: Tape, ratio: Ratio) -> bool:
    """Whether it is finite there: the sum vanishes to a known order, no lower than the divisor."""
    found = [
        (ratio.monomial.get(x, 0), order)
        for x, order in (vanishing(tape, p) for p in ratio.exponential_factors())
        if x is not None
    ]
    return removes(tape, ratio) and all(
        order < HIGHEST_ORDER and n + order >= 0 for n, order in found if n < 0
    )


def _stays_in_range(tape: Tape, i: int) -> bool:
    """Whether the quotient is fine as written: its exponentials only decay, every sum that is
    divided by holds a term without them, and no sum has anything to gain from being joined."""
    stack, seen = [i], set()
    while stack:
        k = stack.pop()
        if k in seen or not _mentions(tape, k):
            continue
        seen.add(k)
        node = tape[k]
        if node.op == "exp":
            coefficient, rest = tape.split(node.operands[0])
            if coefficient > 0 or rest is None or not nonnegative(tape, rest):
                return False
            continue
        divides = node.op == "power" and node.data < 0
        if (
            node.op not in ("add", "mul", "power")
            or (divides and not _has_plain_term(tape, node.operands[0]))
            or (node.op == "add" and _joins(tape, node.operands))
        ):
            return False
        stack.extend(node.operands)
    return True


def _has_plain_term(tape: Tape, i: int) -> bool:
    return tape[i].op == "add" and not all(_mentions(tape, k) for k in tape[i].operands)


def _joins(tape: Tape, terms: Sequence[int]) -> bool:
    """Terms with a common exponential, or quotients, are better over one denominator."""
    shared: set[int] = set()
    for term in terms:
        factors = tape[term].operands if tape[term].op == "mul" else (term,)
        for k in factors:
            base, exponent = tape.base(k)
            if tape[k].op == "exp":
                if k in shared:
                    return True
                shared.add(k)
            elif exponent < 0 and _mentions(tape, base):
                return True
    return False


def _has_scaled(tape: Tape, ratio: Ratio) -> bool:
    """Whether functions stand in it from which their exponential growth was taken out."""
    monomials = [ratio.monomial.items(), *(m for p in ratio.factors for m, _ in p)]
    return any(
        kind == "a" and tape[k].op == "entire_scaled"
        for monomial in monomials
        for (kind, k), _ in monomial
    )


def _only_hyperbolic(tape: Tape, i: int) -> bool:
    """Whether one sinh, cosh, sech or csch is all that is exponential: its own code is better."""
    node = tape[i]
    if node.op == "add":
        return all(_only_hyperbolic(tape, k) or not _mentions(tape, k) for k in node.operands)
    factors = node.operands if node.op == "mul" else (i,)
    carrying = [k for k in factors if _mentions(tape, k)]
    return len(carrying) == 1 and tape[tape.base(carrying[0])[0]].op in HYPERBOLIC


def _mentions(tape: Tape, i: int) -> bool:
    """Whether exponentials occur in the entry, through rational operations."""
    facts = tape.facts
    stack = [i]
    while stack:
        k = stack[-1]
        node = tape[k]
        rational = node.operands if node.op in ("add", "mul", "power") else ()
        waiting = [j for j in rational if ("mentions", j) not in facts]
        if waiting and ("mentions", k) not in facts:
            stack.extend(waiting)
            continue
        stack.pop()
        here = node.op in EXPONENTIAL
        facts["mentions", k] = here or any(facts["mentions", j] for j in rational)
    return facts["mentions", i]


def _needs(tape: Tape, ratio: Ratio) -> set[int]:
    from derivax.numeric.codegen.recognisers.exponential_sum import atoms_of

    needs: set[int] = set()
    monomials = [ratio.monomial.items(), *(m for p in ratio.factors for m, _ in p)]
    for monomial in monomials:
        for (kind, k), _ in monomial:
            needs.add(k)
            if kind == "e":
                needs |= {g[1] for g, _ in atoms_of(tape, k)}
    return needs


def _build(tape: Tape, ratio: Ratio, new: Mapping[int, int], scaled: bool) -> int:
    units = _units(ratio)
    if len(units) > 1:
        ratio = _settled(ratio)
    single = len(units) == 1
    growing = single and all(nonnegative(tape, r) for r in units)
    split = single and not growing and all(map(ends_are_monomials, ratio.exponential_factors()))
    exponents = Exponents(
        tape, units, new, clipped=scaled and not growing, growing=growing, split=scaled and split
    )
    monomial = dict(ratio.monomial)
    plain, sums = [], []
    peaks = [exponents.total({g: q for g, q in monomial.items() if g[0] == "e"})]
    for polynomial, n in sorted(ratio.factors.items()):
        if not has_exponential(polynomial):
            plain.append((tape.add([_monomial(tape, new, dict(m), c) for m, c in polynomial]), n))
            continue
        piece = evaluate_sum(tape, polynomial, new, exponents, scaled)
        sums.append((piece.value, n))
        for g, k in piece.extracted.items():
            monomial[g] = exact(monomial.get(g, 0) + k * n)
        if piece.peak is not None:
            peaks.append(tape.scale(n, piece.peak))
    if not scaled:
        return tape.mul(
            [
                tape.const(ratio.coefficient),
                *(tape.power(new[g[1]], k) for g, k in sorted(monomial.items())),
                *(tape.power(v, n) for v, n in plain + sums),
            ]
        )
    above: list[int] = []
    below: list[int] = []
    growth = flat_sum(tape, peaks)
    if tape.number(growth) != 0:  # in two halves: one alone may underflow before the quotient does
        above.append(tape.exp(tape.scale(Fraction(1, 2), growth)))
    _place(tape, tape.const(abs(ratio.coefficient.numerator)), 1, above, below)
    _place(tape, tape.const(ratio.coefficient.denominator), -1, above, below)
    for g, k in sorted(monomial.items()):
        if g[0] == "a" and k:
            _place(tape, new[g[1]], int(k), above, below)
    for value, n in sums + plain:
        _place(tape, value, n, above, below)
    last = above[:1] if tape.number(growth) != 0 else []
    result = _chain(tape, above, below, last)
    return tape.neg(result) if ratio.coefficient < 0 else result


def _settled(ratio: Ratio) -> Ratio:
    """The quotient with exponentials taken from the monomial back into a sum that has them.

    exp(-x^2) + exp(z) is kept as exp(-x^2) (1 + exp(z + x^2)); evaluated so, z + x^2 - x^2 would
    cost the digits of z.
    """
    monomial, factors = dict(ratio.monomial), dict(ratio.factors)
    for g in sorted(k for k in monomial if k[0] == "e"):
        for p, n in sorted(factors.items()):
            if abs(n) == 1 and any(g in dict(m) for m, _ in p):
                del factors[p]
                factors[_shifted(p, g, exact(Fraction(monomial.pop(g)) / n))] = n
                break
    return Ratio(ratio.coefficient, monomial, factors)


def _shifted(polynomial: Polynomial, g: Generator, q: Exact) -> Polynomial:
    """The polynomial times g^q."""
    terms = []
    for m, c in polynomial:
        powers = dict(m)
        powers[g] = exact(powers.get(g, 0) + q)
        terms.append((tuple(sorted((k, n) for k, n in powers.items() if n)), c))
    return tuple(sorted(terms))


def _place(tape: Tape, value: int, n: int, above: list[int], below: list[int]) -> None:
    if tape.number(value) == 1 or not n:
        return
    side = above if n > 0 else below
    side += [value] * abs(n) if abs(n) <= REPEATED else [tape.power(value, abs(n))]


def _chain(tape: Tape, above: Sequence[int], below: Sequence[int], last: Sequence[int]) -> int:
    """above[0] / below[0] * above[1] / below[1] ... * last: partial results stay in range."""
    operands, signs = [above[0] if above else tape.const(1)], ""
    rest = list(above[1:])
    for divisor in below:
        operands.append(divisor)
        signs += "/"
        if rest:
            operands.append(rest.pop(0))
            signs += "*"
    for factor in [*rest, *last]:
        operands.append(factor)
        signs += "*"
    return operands[0] if not signs else tape.push("chain", operands, signs)


def _monomial(
    tape: Tape, new: Mapping[int, int], powers: Mapping[Generator, Exact], c: Exact
) -> int:
    return tape.mul([tape.const(c), *(tape.power(new[g[1]], n) for g, n in sorted(powers.items()))])


def _units(ratio: Ratio) -> dict[int, Exact]:
    values: dict[int, list[Exact]] = {}
    monomials = [ratio.monomial.items(), *(m for p in ratio.factors for m, _ in p)]
    for monomial in monomials:
        for (kind, k), q in monomial:
            if kind == "e":
                values.setdefault(k, []).append(q)
    return {k: _unit(q) for k, q in values.items()}
