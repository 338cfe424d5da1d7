"""Removable singularities: (1 - cos x)/x^2 is 1/2 at 0, and right near 0, with its derivatives.

An entry is read as m * G(h): h = w - p the distance of an argument-like entry w from a rational
point p, G a Laurent series with exact rational coefficients, m a product of what does not depend
on h.  Where G has no pole but the code divides by zero at h = 0, the values with |h| < r are taken
from the Taylor polynomial of G.

The radius is where the code as written has lost the fewest digits (its rounding errors are followed
through the same series); the order is such that the neglected terms are below 2^-57 of the value.
The polynomial is compared with the entry in ball arithmetic before it is used.

*Main definitions*: `find(tape, order)`: entry -> `Patch`; `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

from derivax.numeric.codegen.constants import _apply
from derivax.numeric.codegen.recognisers.plan import Plan
from derivax.numeric.codegen.tape import Exact, Tape, exact
from derivax.symbolic.exact import power_series as series
from derivax.symbolic.exact.precision import working_precision

__all__ = ["Patch", "find", "plan"]

TERMS = 40  # coefficients that are computed
MOST_ENTRIES = 3000
MOST_PLACES = 8
HIGHEST = 20  # terms of a Taylor polynomial
SMALLEST = Fraction(1, 2**57)
RADII = [Fraction(k, 8) for k in (16, 12, 8, 6, 4, 3, 2)] + [
    Fraction(1, 2**k) for k in range(3, 12)
]
ENTIRE = {"sin", "cos", "sinh", "cosh", "exp", "expm1"}
FUNCTIONS = ENTIRE | {"tan", "tanh", "log", "log1p", "atan", "asin", "asinh", "atanh", "sech"}
RECIPROCALS = {"csch", "coth"}
BITS = 400

Monomial = dict[int, Fraction]


class Rationals:
    """The field of `power_series` over Fraction."""

    zero, one = Fraction(0), Fraction(1)

    def add(self, a: Fraction, b: Fraction) -> Fraction:
        return a + b

    def mul(self, a: Fraction, b: Fraction) -> Fraction:
        return a * b

    def scaled(self, a: Fraction, c: Fraction) -> Fraction:
        return a * c

    def inverse(self, a: Fraction) -> Fraction:
        return 1 / a

    def is_zero(self, a: Fraction) -> bool:
        return not a


FIELD = Rationals()


@dataclass(frozen=True)
class Laurent:
    """h^low * (coefficients[0] + coefficients[1] h + ...), coefficients[0] != 0."""

    low: int
    coefficients: tuple[Fraction, ...]

    @staticmethod
    def of(low: int, coefficients: Sequence[Fraction]) -> Laurent | None:
        for k, c in enumerate(coefficients):
            if c:
                return Laurent(low + k, tuple(coefficients[k:]))
        return None

    def times(self, other: Laurent) -> Laurent:
        product = series.multiply(FIELD, list(self.coefficients), list(other.coefficients))
        return Laurent(self.low + other.low, tuple(product))

    def power(self, n: int) -> Laurent:
        first = self.coefficients[0]
        raised = series.power(FIELD, list(self.coefficients), Fraction(n), first**n)
        return Laurent(self.low * n, tuple(raised))

    def taylor(self) -> list[Fraction] | None:
        """Coefficients from h^0 on; None: there is a pole."""
        return None if self.low < 0 else [Fraction(0)] * self.low + list(self.coefficients)

    def value(self, h: float) -> float:
        total = 0.0
        for c in reversed(self.coefficients):
            total = total * h + float(c)
        return total * h**self.low


@dataclass(frozen=True)
class Form:
    """monomial * series; `divides`: computing it divides by zero at h = 0."""

    monomial: tuple[tuple[int, Fraction], ...]
    series: Laurent
    divides: bool = False


@dataclass(frozen=True)
class Patch:
    """Near w = p (|w - p| < radius) the entry is monomial * h^low * sum_k coefficients[k] h^k."""

    w: int
    p: Fraction
    radius: Fraction
    monomial: tuple[tuple[int, Fraction], ...]
    low: int
    coefficients: tuple[Fraction, ...]


# -- places ---------------------------------------------------------------------------------------


def find(tape: Tape, order: Sequence[int]) -> dict[int, Patch]:
    """The outermost entries with a removable singularity, and their patches."""
    if len(order) > MOST_ENTRIES or not any(
        (tape[i].op == "power" and tape[i].data < 0) or tape[i].op in RECIPROCALS for i in order
    ):
        return {}
    found: dict[int, Patch] = {}
    for w, p in _places(tape, order):
        forms = _Forms(tape, w, p)
        read = {i: forms.of(i) for i in order}
        users: dict[int, list[int]] = {}
        for i in order:
            for k in tape[i].operands:
                users.setdefault(k, []).append(i)
        for i in order:
            form = read[i]
            if i in found or form is None or not _removable(tape, i, form):
                continue
            outer = [read[j] for j in users.get(i, ())]
            if (
                outer
                and all(f is not None and _depends(f) for f in outer)
                and all(f is not None and f.series.low >= 0 for f in outer)
            ):
                continue  # part of a larger entry that is patched as a whole
            patch = _patch(tape, i, forms, form)
            if patch is not None:
                found[i] = patch
    return found


def _depends(form: Form) -> bool:
    return form.series.low != 0 or any(form.series.coefficients[1:])


def _removable(tape: Tape, i: int, form: Form) -> bool:
    if tape[i].op not in ("add", "mul") or not form.divides or form.series.low < 0:
        return False
    return _depends(form)


def _places(tape: Tape, order: Sequence[int]) -> list[tuple[int, Fraction]]:
    """Entries w and rational points p where something may be 0/0."""
    divisors = {tape[i].operands[0] for i in order if tape[i].op == "power" and tape[i].data < 0}
    divisors |= {tape[i].operands[0] for i in order if tape[i].op in RECIPROCALS}
    below = set(tape.reachable(sorted(divisors)))
    places: dict[tuple[int, Fraction], None] = {}
    for i in order:
        node = tape[i]
        if node.op in FUNCTIONS or node.op in RECIPROCALS:
            constant, w = _offset(tape, node.operands[0])
            parts = None if w is None else {tape.base(k)[0] for k in _factors(tape, w)}
            if w is not None and parts and (w in below or parts & below):
                places[w, Fraction(0)] = None
    for d in sorted(divisors):
        if tape[d].op == "add":
            constant, w = _offset(tape, d)
            if w is not None and constant and tape[w].op == "arg":
                coefficient = next(c for c, r in map(tape.split, tape[d].operands) if r == w)
                places[w, -Fraction(constant) / Fraction(coefficient)] = None
    return list(places)[:MOST_PLACES]


def _factors(tape: Tape, i: int) -> tuple[int, ...]:
    return tape[i].operands if tape[i].op == "mul" else (i,)


def _offset(tape: Tape, i: int) -> tuple[Exact, int | None]:
    """i = constant + number * w as (constant, w); w is None where it has another form."""
    node = tape[i]
    if node.op != "add":
        return 0, tape.split(i)[1]
    if len(node.operands) != 2:
        return 0, i
    constant = tape.number(node.operands[0])
    if constant is None:
        return 0, i
    return constant, tape.split(node.operands[1])[1]


# -- entries as monomial * series ------------------------------------------------------------------


class _Forms:
    def __init__(self, tape: Tape, w: int, p: Fraction) -> None:
        self.tape, self.w, self.p = tape, w, p
        self.powers = {} if p else self._monomial(w)
        self.lead = min(self.powers, default=None)
        self.known: dict[int, Form | None] = {}

    def _monomial(self, i: int) -> Monomial:
        result: Monomial = {}
        for k in _factors(self.tape, i):
            base, n = self.tape.base(k)
            if self.tape.number(base) is None:
                result[base] = result.get(base, Fraction(0)) + Fraction(n)
        return result

    def constant(self, c: Exact) -> Laurent:
        return Laurent(0, (Fraction(c), *[Fraction(0)] * (TERMS - 1)))

    def form(self, monomial: Monomial, s: Laurent, divides: bool) -> Form:
        """With whole powers of h taken out of the monomial."""
        if self.lead is not None and self.lead in monomial:
            j = monomial[self.lead] / self.powers[self.lead]
            whole = j.numerator // j.denominator
            if whole:
                monomial = dict(monomial)
                for b, n in self.powers.items():
                    monomial[b] = monomial.get(b, Fraction(0)) - whole * n
                s = Laurent(s.low + whole, s.coefficients)
                divides = divides or whole < 0
        kept = tuple(sorted((b, n) for b, n in monomial.items() if n))
        return Form(kept, s, divides)

    def of(self, i: int) -> Form | None:
        """The form of an entry whose operands are known; None: the constant 0."""
        if i not in self.known:
            self.known[i] = self._read(i)
        return self.known[i]

    def _atom(self, i: int) -> Form:
        base, n = self.tape.base(i)
        if self.tape[i].op == "power" and self.tape[i].data.denominator != 1:
            base, n = i, 1
        return self.form({base: Fraction(n)}, self.constant(1), False)

    def _read(self, i: int) -> Form | None:
        node = self.tape[i]
        if i == self.w:
            coefficients = [Fraction(0)] * TERMS
            coefficients[0], coefficients[1] = self.p, Fraction(1)
            h = Laurent.of(0, coefficients)
            assert h is not None
            return Form((), Laurent(h.low, (*h.coefficients, *[Fraction(0)] * h.low)))
        if node.op == "const":
            return Form((), self.constant(node.data)) if node.data else None
        if node.shape is not None:
            return self._atom(i)
        parts = [self.of(k) for k in node.operands]
        if node.op == "mul" and all(parts):
            monomial: Monomial = {}
            product = self.constant(1)
            for f in parts:
                assert f is not None
                for b, n in f.monomial:
                    monomial[b] = monomial.get(b, Fraction(0)) + n
                product = (
                    product.times(f.series)
                    if _depends(f) or f.series != self.constant(1)
                    else product
                )
            return self.form(monomial, product, any(f is not None and f.divides for f in parts))
        if node.op == "power" and node.data.denominator == 1 and parts[0] is not None:
            f, degree = parts[0], int(node.data)
            if abs(degree) > 12:
                return self._atom(i)
            first = f.series.coefficients[0]
            raised = f.series.power(degree)
            if not _depends(f):
                raised = self.constant(Fraction(first**degree))
            divides = f.divides or (degree < 0 and f.series.low > 0)
            return self.form({b: k * degree for b, k in f.monomial}, raised, divides)
        if node.op == "add":
            return self._sum(i, parts)
        if len(parts) == 1 and parts[0] is not None:
            return self._function(i, node.op, parts[0])
        return self._atom(i)

    def _sum(self, i: int, parts: Sequence[Form | None]) -> Form | None:
        present = [f for f in parts if f is not None]
        if len({f.monomial for f in present}) != 1:
            return self._atom(i)
        low = min(f.series.low for f in present)
        length = min(f.series.low + len(f.series.coefficients) for f in present) - low
        total = [Fraction(0)] * length
        for f in present:
            for k, c in enumerate(f.series.coefficients[: length - (f.series.low - low)]):
                total[k + f.series.low - low] += c
        summed = Laurent.of(low, total)
        if summed is None or len(summed.coefficients) < TERMS // 2:
            return self._atom(i)
        return self.form(dict(present[0].monomial), summed, any(f.divides for f in present))

    def _function(self, i: int, op: str, f: Form) -> Form | None:
        """A function with rational Taylor coefficients at the value of its argument."""
        known = op in FUNCTIONS or op in RECIPROCALS
        u = f.series.taylor() if known and not f.monomial and _depends(f) else None
        if u is None:
            return self._atom(i)
        start = Fraction(1) if op == "log" else Fraction(0)
        if u[0] != start:
            return self._atom(i)
        coefficients = _composed(op, u[:TERMS])
        result = Laurent.of(0, coefficients)
        if result is None:
            return self._atom(i)
        if op in RECIPROCALS:
            top = _composed("cosh", u[:TERMS])
            sine = Laurent.of(0, _composed("sinh", u[:TERMS]))
            assert sine is not None
            result = sine.power(-1)
            if op == "coth":
                result = result.times(Laurent(0, tuple(top)))
        return Form((), result, f.divides or op in RECIPROCALS)


def _composed(op: str, u: list[Fraction]) -> list[Fraction]:
    zero, one = Fraction(0), Fraction(1)
    if op in ("exp", "expm1"):
        e = series.exponential(FIELD, u, one)
        return [e[0] - (op == "expm1"), *e[1:]]
    if op in ("log", "log1p"):
        v = [u[0] + (op == "log1p"), *u[1:]]
        return series.logarithm(FIELD, v, zero)
    if op in ("sin", "cos", "tan"):
        s, c = series.sine_cosine(FIELD, u, zero, one)
        return {"sin": s, "cos": c}.get(op) or series.divide(FIELD, s, c)
    if op in ("sinh", "cosh", "tanh", "sech", *RECIPROCALS):
        s, c = series.sine_cosine(FIELD, u, zero, one, 1)
        if op == "sech":
            return series.divide(FIELD, [one, *[zero] * (len(c) - 1)], c)
        return {"sinh": s, "cosh": c}.get(op) or (series.divide(FIELD, s, c) if op == "tanh" else s)
    # the others by their derivatives
    square = series.multiply(FIELD, u, u)
    sign = {"atan": 1, "asinh": 1, "asin": -1, "atanh": -1}[op]
    below = [one + sign * square[0], *(sign * q for q in square[1:])]
    half = Fraction(-1, 2) if op in ("asin", "asinh") else Fraction(-1)
    slope = series.power(FIELD, below, half, one)
    slopes = series.multiply(FIELD, slope[:-1], series.derivative(FIELD, u))
    return series.integral(FIELD, slopes, zero)


# -- patches --------------------------------------------------------------------------------------


def _patch(tape: Tape, i: int, forms: _Forms, form: Form) -> Patch | None:
    s = form.series
    growth = _growth(s.coefficients)
    best: tuple[tuple[int, int], Fraction, int] | None = None
    for r in RADII:
        if float(r) * growth > 0.6:
            continue
        count = _count(s.coefficients, r, growth)
        if count is None:
            continue
        lost = max(_digits_lost(tape, i, forms, h) for h in (float(r), -float(r)))
        key = (round(max(lost, 4.0)), count)
        if best is None or key < best[0]:
            best = key, r, count
    if best is None:
        return None
    patch = Patch(forms.w, forms.p, best[1], form.monomial, s.low, s.coefficients[: best[2]])
    return patch if _agrees(tape, i, forms, patch) else None


def _growth(c: Sequence[Fraction]) -> float:
    """1/radius of convergence, from the later coefficients."""
    pairs = [(k, abs(float(v))) for k, v in enumerate(c) if v and k >= len(c) // 2]
    first = abs(float(c[0]))
    return max(((v / first) ** (1.0 / k) for k, v in pairs), default=0.0) * 1.1


def _count(c: Sequence[Fraction], r: Fraction, growth: float) -> int | None:
    """How many coefficients leave less than 2^-57 of the value for |h| <= r."""
    x = float(r)
    sizes = [abs(float(v)) * x**k for k, v in enumerate(c)]
    smallest = min(
        abs(sum(float(v) * h**k for k, v in enumerate(c))) for h in (x, -x, x / 2, -x / 2, 0.0)
    )
    q = x * growth
    tail = abs(float(c[0])) * q ** len(c) / (1 - q)
    allowed = float(SMALLEST) * smallest
    if tail > allowed:
        return None
    count = len(c)
    while count > 1 and tail + sizes[count - 1] <= allowed:
        count -= 1
        tail += sizes[count]
    used = sum(1 for v in c[:count] if v)
    return count if used <= HIGHEST else None


def _digits_lost(tape: Tape, i: int, forms: _Forms, h: float) -> float:
    """The relative error of the code as written at h, in units of the rounding error."""
    errors: dict[int, float] = {}

    def value(k: int) -> float:
        f = forms.of(k)
        return 0.0 if f is None else f.series.value(h)

    for k in tape.reachable([i]):
        node = tape[k]
        f = forms.of(k)
        if k == forms.w or not node.operands or f is None or not _depends(f):
            errors[k] = 0.0
            continue
        rates = [errors[j] for j in node.operands]
        size = abs(value(k)) or 1e-300
        if node.op == "add":
            sizes = [abs(_term(forms, j, k, h)) for j in node.operands]
            errors[k] = 1.0 + sum(a * e for a, e in zip(sizes, rates, strict=True)) / size
        elif node.op in ("mul", "power"):
            errors[k] = 1.0 + sum(rates) * (abs(float(node.data)) if node.op == "power" else 1.0)
        else:
            slope = 1.0
            (j,) = node.operands
            x = value(j)
            step = 1e-4
            f_j = forms.of(j)
            if f_j is not None and rates[0]:
                near = f.series.value(h * (1 + step))
                moved = f_j.series.value(h * (1 + step))
                if moved != x:
                    slope = abs((near - value(k)) / (moved - x) * x / size)
            errors[k] = 1.0 + slope * rates[0]
    return errors[i]


def _term(forms: _Forms, j: int, k: int, h: float) -> float:
    """The operand j of the sum k, in units of the monomial of the sum."""
    f = forms.of(j)
    return 0.0 if f is None else f.series.value(h)


def _agrees(tape: Tape, i: int, forms: _Forms, patch: Patch) -> bool:
    """Whether the polynomial is the entry to 2^-55, in ball arithmetic on both sides of p."""
    with working_precision(BITS):
        for step in (1, -1, Fraction(1, 2), Fraction(-3, 7), Fraction(1, 50)):
            h = patch.radius * step * Fraction(1023, 1024)
            values: dict[int, flint.arb] = {}
            if not _solve(tape, forms, h, values):
                return False
            exact_value = _ball(tape, i, values)
            if exact_value is None:
                return False
            total = flint.arb(0)
            ball = _arb(h)
            for c in reversed(patch.coefficients):
                total = total * ball + _arb(c)
            total *= ball**patch.low
            for b, n in patch.monomial:
                factor = _ball(tape, b, values)
                if factor is None:
                    return False
                total *= factor ** _arb(n) if n.denominator != 1 else factor ** int(n)
            if not abs(total - exact_value) < abs(exact_value) * _arb(Fraction(1, 2**55)):
                return False
    return True


def _arb(x: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def _solve(tape: Tape, forms: _Forms, h: Fraction, values: dict[int, flint.arb]) -> bool:
    """Give values to the factors of w so that w = p + h."""
    if forms.p or tape[forms.w].op == "arg" or len(forms.powers) != len(_factors(tape, forms.w)):
        values[forms.w] = _arb(forms.p + h)
        return tape[forms.w].op == "arg"
    lead = next((b for b, n in sorted(forms.powers.items()) if abs(n) == 1), None)
    if lead is None or any(tape[b].op != "arg" for b in forms.powers):
        return False
    rest = _arb(h)
    for k, (b, n) in enumerate(sorted(forms.powers.items())):
        if b != lead:
            values[b] = _arb(Fraction(5 + 2 * k, 4 + k))
            rest /= values[b] ** _arb(n)
    values[lead] = rest if forms.powers[lead] == 1 else 1 / rest
    return True


def _ball(tape: Tape, i: int, values: dict[int, flint.arb]) -> flint.arb | None:
    """The entry at these values; arguments without one get a number of their own."""
    for k in tape.reachable([i], values):
        node = tape[k]
        if node.op == "arg":
            values[k] = _arb(Fraction(7 + node.data[0], 6 + 2 * node.data[0]))
            continue
        value = _apply(node, [values[j] for j in node.operands])
        if value is None or not value.is_finite():
            return None
        values[k] = value
    return values[i]


def plan(tape: Tape, i: int, patch: Patch, away: Plan | None = None) -> Plan:
    """The entry as written (or as `away` says), and near the point its Taylor polynomial."""
    beyond = tape[i].operands if away is None else away.needs
    needs = {*beyond, patch.w, *(b for b, _ in patch.monomial)}

    def build(new: Mapping[int, int]) -> int:
        from derivax.numeric.codegen.recognisers import rebuilt_into

        node = tape[i]
        operands = [] if away else [new[k] for k in node.operands]
        if away is not None:
            far = away.build(new)
        else:
            far = i if tuple(operands) == node.operands else rebuilt_into(tape, node, operands)
        h = tape.sub(new[patch.w], tape.const(exact(patch.p)))
        near = tape.push("taylor", (h,), tuple(exact(c) for c in patch.coefficients))
        factors = [tape.power(new[b], exact(n)) for b, n in patch.monomial]
        near = tape.mul([near, tape.power(h, patch.low), *factors])
        size = tape.push("abs", (h,))
        inside = tape.push("lt", (size, tape.const(exact(patch.radius))))
        return tape.select([(inside, near)], far)

    return Plan(tuple(sorted(needs)), build)
