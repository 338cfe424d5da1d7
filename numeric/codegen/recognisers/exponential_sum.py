"""One sum of exponentials, evaluated without overflow and without cancellation at its zeros.

F = sum_i c_i exp(e_i).  *Far* from e = 0 the dominating exponent m is taken out at run time,
F = exp(m) sum_i c_i exp(e_i - m).  *Near* e = 0, where terms cancel, each is replaced by

    exp(e) = 1 + e + ... + e^(k-1)/(k-1)! + e^k phi_k(e),

with k so large that the polynomial parts cancel exactly: F = x^v (sum of terms that do not
vanish with x).  The factor x^v leaves the sum, and cancels against the rest of the quotient.

*Main definitions*: `ExponentialSum`: `extracted` (monomial that left the sum), `peak` (m, or None),
`value` (tape index of F / (extracted * exp(m))).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from derivax.numeric.codegen.recognisers.ratio import (
    Generator,
    Monomial,
    Polynomial,
    Ratio,
    factored,
)
from derivax.numeric.codegen.tape import Exact, Tape, exact

__all__ = ["ExponentialSum", "Exponents", "evaluate_sum", "flat_sum", "gains"]

HIGHEST_ORDER = 4  # phi_1 ... phi_4
NEAR = 2  # the series of phi_k hold for |e| <= 2
HALF = Fraction(1, 2)  # a shorter one of phi_1 for |e| <= 1/2

Laurent = dict[Monomial, Exact]


@dataclass(frozen=True)
class ExponentialSum:
    extracted: Mapping[Generator, Exact]
    peak: int | None
    value: int


class Exponents:
    """Tape indices of exponents, clipped alike everywhere in one quotient.

    `units[r]` is the rational of which all multiples of r in the quotient are whole multiples.
    `growing`: there is one exponent, known to be >= 0; then the peak of every sum is known too,
    differences of exponents cancel on the tape, and nothing needs to be clipped.
    `split`: there is one exponent b of unknown sign, written max(b, 0) + min(b, 0), so that
    differences of its multiples are again exact: one of the two is zero.
    """

    def __init__(
        self,
        tape: Tape,
        units: Mapping[int, Exact],
        new: Mapping[int, int],
        clipped: bool,
        growing: bool = False,
        split: bool = False,
    ) -> None:
        self.tape, self.units, self.new = tape, units, new
        self.clipped, self.growing, self.split = clipped, growing, split

    def base(self, r: int) -> int:
        scaled = self.tape.scale(self.units[r], self.new[r])
        constant = all(self.tape[k].op != "arg" for k in self.tape.reachable([scaled]))
        if constant or not (self.clipped or self.growing):
            return scaled
        return self.tape.push("clip_exponent" if self.clipped else "exponent", (scaled,))

    def total(self, part: Mapping[Generator, Exact] | Monomial) -> int:
        """The exponent of a product of exponentials."""
        tape = self.tape
        powers: dict[Generator, Exact] = dict(part)
        terms = []
        for (kind, r), q in sorted(powers.items()):
            if kind == "e":
                n = exact(Fraction(q) / self.units[r])
                if self.split:
                    terms += [tape.scale(n, self.side(r, op)) for op in ("max", "min")]
                else:
                    terms.append(tape.scale(n, self.base(r)))
        return tape.add(terms)

    def side(self, r: int, op: str) -> int:
        """max(b, 0) or min(b, 0) of the exponent b."""
        return self.tape.push(op, self.tape.sorted((self.base(r), self.tape.const(0))))


def ends_are_monomials(polynomial: Polynomial) -> bool:
    """Whether the terms with the largest and the smallest exponent cannot vanish."""
    groups = _groups(polynomial)
    ordered = sorted(groups, key=lambda part: sum(q for _, q in part))
    return len(groups[ordered[0]]) == len(groups[ordered[-1]]) == 1


def _split(monomial: Monomial) -> tuple[Monomial, Monomial]:
    return (
        tuple(item for item in monomial if item[0][0] == "e"),
        tuple(item for item in monomial if item[0][0] == "a"),
    )


def _groups(polynomial: Polynomial) -> dict[Monomial, Laurent]:
    groups: dict[Monomial, Laurent] = {}
    for monomial, c in polynomial:
        exponential, atoms = _split(monomial)
        groups.setdefault(exponential, {})[atoms] = c
    return groups


def _times(a: Laurent, b: Laurent) -> Laurent:
    result: Laurent = {}
    for m, c in a.items():
        for n, d in b.items():
            powers = dict(m)
            for g, k in n:
                powers[g] = exact(powers.get(g, 0) + k)
            key = tuple(sorted((g, k) for g, k in powers.items() if k))
            result[key] = exact(result.get(key, 0) + c * d)
    return {m: c for m, c in result.items() if c}


def _add_to(target: Laurent, other: Laurent, scale: Exact = 1) -> None:
    for m, c in other.items():
        target[m] = exact(target.get(m, 0) + c * scale)
        if not target[m]:
            del target[m]


def atoms_of(tape: Tape, r: int) -> Monomial:
    """A tape index as a Laurent monomial of atoms (coefficient-free products only)."""
    node = tape[r]
    powers: dict[Generator, Exact] = {}
    for k in node.operands if node.op == "mul" else (r,):
        base, n = tape.base(k)
        if n.denominator != 1:
            base, n = k, 1
        powers[("a", base)] = exact(powers.get(("a", base), 0) + n)
    return tuple(sorted(powers.items()))


def _exponent(tape: Tape, part: Monomial) -> Laurent:
    """The exponent of an exponential with one generator, as a Laurent polynomial of atoms."""
    if not part:
        return {}
    ((generator, q),) = part
    number = tape.number(generator[1])
    if number is not None:
        return {(): exact(q * number)}
    return {atoms_of(tape, generator[1]): q}


def _degree(m: Monomial, x: Generator) -> Exact:
    return dict(m).get(x, 0)


def vanishing(tape: Tape, polynomial: Polynomial) -> tuple[Generator | None, int]:
    """An atom x with which the sum vanishes, and to which order (0: no such atom)."""
    groups = _groups(polynomial)
    if any(len(part) > 1 for part in groups):
        return None, 0
    exponents = {part: _exponent(tape, part) for part in groups}
    degrees = [dict(m) for part, e in exponents.items() if part for m in e]
    candidates = sorted(g for g in degrees[0] if all(d.get(g, 0) >= 1 for d in degrees))
    best: tuple[Generator | None, int] = (None, 0)
    for x in candidates:
        order = _order(groups, exponents, x)
        if order > best[1]:
            best = (x, order)
    return best


def _order(
    groups: Mapping[Monomial, Laurent], exponents: Mapping[Monomial, Laurent], x: Generator
) -> int:
    low: Laurent = {}
    for part, coefficients in groups.items():
        term: Laurent = {(): 1}
        for k in range(HIGHEST_ORDER):
            _add_to(low, _times(coefficients, term), Fraction(1, factorial(k)))
            term = _times(term, exponents[part])
    orders = [_degree(m, x) for m in low if _degree(m, x) < HIGHEST_ORDER]
    return int(min(orders, default=HIGHEST_ORDER))


def pairs(polynomial: Polynomial) -> list[tuple[Monomial, Monomial, Monomial, Exact]]:
    """Terms c (exp(e_i) - exp(e_j)) hidden in the sum: (i, j, atoms, c)."""
    groups = _groups(polynomial)
    found: list[tuple[Monomial, Monomial, Monomial, Exact]] = []
    used: set[tuple[Monomial, Monomial]] = set()
    parts = sorted(groups, key=lambda part: (len(part), part), reverse=True)
    for a, first in enumerate(parts):
        for second in parts[a + 1 :]:
            for atoms, c in sorted(groups[first].items()):
                if groups[second].get(atoms) == -c and not {(first, atoms), (second, atoms)} & used:
                    used |= {(first, atoms), (second, atoms)}
                    found.append((first, second, atoms, c))
    return found


def gains(tape: Tape, polynomial: Polynomial) -> bool:
    """Whether the sum has a zero at e = 0 that plain evaluation would spoil."""
    return vanishing(tape, polynomial)[1] > 0 or bool(pairs(polynomial))


class _Writer:
    def __init__(self, tape: Tape, new: Mapping[int, int], exponents: Exponents) -> None:
        self.tape, self.new, self.exponents = tape, new, exponents

    def monomial(self, coefficient: Exact, atoms: Monomial) -> int:
        tape = self.tape
        return tape.mul(
            [tape.const(coefficient), *(tape.power(self.new[g[1]], n) for g, n in atoms)]
        )

    def zeros(self, terms: Laurent) -> int:
        """The coefficient without its monomial factor: zero where it vanishes."""
        return self.tape.mul(
            [
                self.tape.add([self.monomial(c, m) for m, c in polynomial])
                for polynomial in factored(terms).factors
            ]
        )

    def laurent(self, terms: Laurent) -> int:
        """A coefficient in factored form: (s - u)^2, not s^2 - 2 s u + u^2."""
        if not terms:
            return self.tape.const(0)
        ratio: Ratio = factored(terms)
        parts = [self.monomial(ratio.coefficient, tuple(sorted(ratio.monomial.items())))]
        for polynomial, n in ratio.factors.items():
            summed = self.tape.add([self.monomial(c, m) for m, c in polynomial])
            parts.append(self.tape.power(summed, n))
        return self.tape.mul(parts)


def evaluate_sum(
    tape: Tape, polynomial: Polynomial, new: Mapping[int, int], exponents: Exponents, scaled: bool
) -> ExponentialSum:
    """Tape entries for the sum; `scaled` takes out the dominating exponent."""
    writer = _Writer(tape, new, exponents)
    groups = _groups(polynomial)
    x, order = vanishing(tape, polynomial)
    if order and x is not None:
        found: tuple[int | None, dict[Generator, Exact]] = _near_zero(writer, groups, x, order)
    else:
        found = _near_pairs(writer, groups, polynomial), {}
    near, extracted = found
    inverse = tuple(sorted((g, exact(-n)) for g, n in extracted.items()))
    coefficients = {part: writer.laurent(_times(c, {inverse: 1})) for part, c in groups.items()}
    totals = {part: exponents.total(part) for part in sorted(groups)}
    peak, totals = _peak(writer, groups, totals) if scaled else (None, totals)

    def decayed(part: Monomial) -> int:
        e = totals[part]
        return tape.exp(flat_sum(tape, [e, tape.neg(peak)]) if peak is not None else e)

    far = tape.add(
        [tape.mul((coefficients[part], decayed(part))) for part in sorted(groups, reverse=True)]
    )
    if near is None:
        return ExponentialSum(extracted, peak, far)
    if peak is not None:
        near = tape.mul((near, tape.exp(tape.neg(peak))))
    highest = {tape[i].data for i in tape.reachable([near]) if tape[i].op == "phi_series"}
    close = _close(writer, groups, HALF if highest == {HALF} else NEAR)
    return ExponentialSum(extracted, peak, tape.select([(close, near)], far))


def _peak(
    writer: _Writer, groups: Mapping[Monomial, Laurent], totals: dict[Monomial, int]
) -> tuple[int, dict[Monomial, int]]:
    """The largest exponent among the terms whose coefficient is not zero, and the exponents, made
    -oo for terms with coefficient zero."""
    tape = writer.tape
    highest = max(groups, key=lambda part: sum(q for _, q in part))
    if writer.exponents.growing:  # one exponent >= 0: the highest power dominates
        return totals[highest], totals
    if writer.exponents.split:
        ((generator, q),) = highest
        n = exact(Fraction(q) / writer.exponents.units[generator[1]])
        return tape.scale(n, writer.exponents.side(generator[1], "max")), totals
    weighted = {}
    for part, e in totals.items():
        if len(groups[part]) > 1:  # s - u0 can vanish
            weight = writer.zeros(groups[part])
            present = tape.push("ne", tape.sorted((weight, tape.const(0))))
            e = tape.select([(present, e)], tape.push("named", (), "-inf"))
        weighted[part] = e
    peak = _largest(tape, list(weighted.values()))
    if not set(totals.values()) & set(weighted.values()):  # all may vanish: any exponent will do
        some = tape.push("ne", tape.sorted((peak, tape.push("named", (), "-inf"))))
        peak = tape.select([(some, peak)], _largest(tape, list(totals.values())))
    return peak, weighted


def flat_sum(tape: Tape, terms: Sequence[int]) -> int:
    """The sum, with sums among the terms taken apart so that equal parts cancel."""
    parts: list[int] = []
    for term in terms:
        coefficient, rest = tape.split(term)
        if rest is not None and tape[rest].op == "add":
            parts += [tape.scale(coefficient, k) for k in tape[rest].operands]
        else:
            parts.append(term)
    return tape.add(parts)


def _largest(tape: Tape, values: Sequence[int]) -> int:
    largest = values[0]
    for value in values[1:]:
        largest = tape.push("max", tape.sorted((largest, value)))
    return largest


def _close(writer: _Writer, groups: Mapping[Monomial, Laurent], radius: Exact) -> int:
    """Whether every exponent is small enough for the series."""
    tape, largest = writer.tape, dict[int, Exact]()
    for part in groups:
        for g, q in part:
            ratio = abs(Fraction(q) / writer.exponents.units[g[1]])
            largest[g[1]] = max(largest.get(g[1], 0), ratio)
    tests = [
        tape.push(
            "lt",
            (
                tape.push("abs", (writer.exponents.base(r),)),
                tape.const(Fraction(radius) / n / len(largest)),
            ),
        )
        for r, n in sorted(largest.items())
    ]
    test = tests[0]
    for other in tests[1:]:
        test = tape.push("and", tape.sorted((test, other)))
    return test


def _near_zero(
    writer: _Writer, groups: Mapping[Monomial, Laurent], x: Generator, order: int
) -> tuple[int, dict[Generator, Exact]]:
    """F / extracted for small exponents, by phi functions; extracted contains x^order."""
    tape = writer.tape
    polynomial: Laurent = {}
    functions: dict[tuple[Monomial, int], Laurent] = {}
    for part, coefficients in groups.items():
        exponent = _exponent(tape, part)
        degree = min((_degree(m, x) for m in exponent), default=0)
        for atoms, c in coefficients.items():
            missing = order - _degree(atoms, x)
            k = max(0, -(-int(missing) // int(degree))) if part else 0
            term: Laurent = {atoms: c}
            if not part:
                _add_to(polynomial, term)
                continue
            for j in range(k):
                _add_to(polynomial, term, Fraction(1, factorial(j)))
                term = _times(term, exponent)
            _add_to(functions.setdefault((part, k), {}), term)
    everything = [dict(m) for terms in (polynomial, *functions.values()) for m in terms]
    generators = sorted({g for m in everything for g in m})
    extracted = {g: _common([m.get(g, 0) for m in everything]) for g in generators}
    extracted = {g: n for g, n in extracted.items() if n}
    inverse: Laurent = {tuple(sorted((g, exact(-n)) for g, n in extracted.items())): 1}
    terms = [writer.laurent(_times(polynomial, inverse))]
    shallow = max((k for _, k in functions), default=0) == 1  # exp(e) - 1 loses little for e > 1/2
    for (part, k), coefficients in sorted(functions.items()):
        e = writer.exponents.total(part)
        value = tape.push("phi_series", (e,), HALF if shallow else k) if k else tape.exp(e)
        terms.append(tape.mul((writer.laurent(_times(coefficients, inverse)), value)))
    return tape.add(terms), extracted


def _common(powers: Sequence[Exact]) -> Exact:
    """The power that all terms share.  A quotient such as t u/tau beside 1 stays as it is: moving
    tau to the other side would leave terms that overflow where the quotient does not."""
    if min(powers) > 0:
        return min(powers)
    return max(powers) if max(powers) < 0 else 0


def _near_pairs(
    writer: _Writer, groups: Mapping[Monomial, Laurent], polynomial: Polynomial
) -> int | None:
    """F for small exponents with c (exp(a) - exp(b)) as c exp(b) expm1(a - b); None: no pair."""
    found = pairs(polynomial)
    if not found:
        return None
    tape, total = writer.tape, writer.exponents.total
    left = {part: dict(c) for part, c in groups.items()}
    terms = []
    for first, second, atoms, c in found:
        del left[first][atoms], left[second][atoms]
        a, b = total(first), total(second)
        terms.append(
            tape.mul(
                (writer.monomial(c, atoms), tape.exp(b), tape.push("expm1", (tape.sub(a, b),)))
            )
        )
    for part, coefficients in sorted(left.items()):
        if coefficients:
            terms.append(tape.mul((writer.laurent(coefficients), tape.exp(total(part)))))
    return tape.add(terms)
