"""Long sums and products as loops: compile time and source stay short, at the same run time.

*Main definitions*: `roll(tape, outputs)`: the outputs with

- sums of many monomials as one `polynomial` entry (tables of exponents and coefficients),
- many terms of one form, such as sum_k a_k sin(b_k x + c_k) written out, as one `rolled` entry:
  the form as a small tape of its own, and a table of the numbers in which the terms differ.

*Implementation notes*: two terms have one form when they differ in numbers only; operands of sums
and products are compared in the order of their forms, so the order of terms does not matter.
Both rewrites are exact: every number is kept as it was.  A sum of monomials is compared with its
table modulo a prime at a random point, and a rolled one is written out again and compared, entry by
entry, with what it replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import NamedTuple

from derivax.numeric.codegen import constants
from derivax.numeric.codegen.tape import Exact, Node, Tape, exact

__all__ = ["Monomials", "Pattern", "roll"]

FEWEST_MONOMIALS = 64
FEWEST_TERMS = 24
MOST_ATOMS = 48
HIGHEST_DEGREE = 400
PRIME = (1 << 61) - 1
LARGEST_FORM = 400  # operations of one term


class Monomials(NamedTuple):
    """sum_k coefficients[k] prod_v variable_v^exponents[k][v]"""

    exponents: tuple[tuple[int, ...], ...]
    coefficients: tuple[Exact, ...]


class Pattern(NamedTuple):
    """A form f(inputs, numbers) and the rows of numbers; nodes of a small tape, operands first.

    Node k is an `arg` with data (position, name): first the inputs, then the numbers.
    """

    op: str  # "add" or "mul"
    nodes: tuple[Node, ...]
    rows: tuple[tuple[Exact, ...], ...]


def roll(tape: Tape, outputs: Sequence[int], rewrite: bool = True) -> tuple[int, ...]:
    """The outputs with their long sums and products rolled up; with `rewrite`, short polynomials of
    one variable by Horner's rule."""
    from derivax.numeric.codegen.recognisers import rebuilt_into

    order = tape.reachable(outputs)
    short = {i: h for i in order if rewrite and (h := _horner(tape, i)) is not None}
    if not short and not any(_is_long(tape[i]) for i in order):
        return tuple(outputs)
    forms = Forms(tape)
    new: dict[int, int] = {}
    inside: set[int] = set()
    plans: dict[int, tuple[list[int], list[tuple[str, tuple[int, ...], object]]]] = {}
    needed: set[int] = set(outputs)
    for i in reversed(order):  # users first: what only rolled terms use is not rolled itself
        if i not in needed:
            inside.add(i)
            continue
        if _is_long(tape[i]):
            plans[i] = _plan(tape, i, forms)
            rest, loops = plans[i]
            needed.update(rest)
            for _, operands, _ in loops:
                needed.update(operands)
        elif i in short:
            needed.add(short[i][0])
        else:
            needed.update(tape[i].operands)
    for i in order:
        if i in inside:
            continue
        node = tape[i]
        if i in plans:
            rest, loops = plans[i]
            parts = [new[k] for k in rest]
            parts += [tape.push(op, [new[k] for k in ids], data) for op, ids, data in loops]
            if not loops:
                new[i] = rebuilt_into(tape, node, parts) if tuple(parts) != node.operands else i
            else:
                new[i] = parts[0] if len(parts) == 1 else tape.push(node.op, parts)
            continue
        if i in short:
            atom, coefficients = short[i]
            new[i] = tape.push("horner", (new[atom],), coefficients)
            continue
        again = [new[k] for k in node.operands]
        new[i] = i if tuple(again) == node.operands else rebuilt_into(tape, node, again)
    return tuple(new[i] for i in outputs)


def _horner(tape: Tape, i: int) -> tuple[int, tuple[Exact, ...]] | None:
    """A dense polynomial of one entry, with numbers as coefficients: (entry, coefficients)."""
    node = tape[i]
    if node.op != "add" or not 4 <= len(node.operands) < FEWEST_TERMS or node.shape is not None:
        return None
    atom: int | None = None
    powers: dict[int, Exact] = {}
    for k in node.operands:
        c, rest = tape.split(k)
        base, n = (None, 0) if rest is None else tape.base(rest)
        if base is not None and (n.denominator != 1 or n < 0 or atom not in (None, base)):
            return None
        atom = atom if base is None else base
        powers[int(n)] = c
    degree = max(powers)
    if atom is None or degree > 3 * len(powers) // 2 or tape[atom].op in ("mul", "add", "power"):
        return None
    return atom, tuple(powers.get(k, 0) for k in range(degree + 1))


def _is_long(node: Node) -> bool:
    return node.op in ("add", "mul") and len(node.operands) >= FEWEST_TERMS and node.shape is None


def _plan(
    tape: Tape, i: int, forms: Forms
) -> tuple[list[int], list[tuple[str, tuple[int, ...], object]]]:
    """Operands that stay, and the loops (operation, operands, data) that replace the others."""
    node = tape[i]
    loops: list[tuple[str, tuple[int, ...], object]] = []
    rest = list(node.operands)
    if node.op == "add":
        found = _monomials(tape, rest, forms)
        if found is not None:
            taken, atoms, monomials = found
            loops.append(("polynomial", atoms, monomials))
            rest = [k for k in rest if k not in taken]
    groups: dict[bytes, list[int]] = {}
    for k in rest:
        groups.setdefault(forms.form(k), []).append(k)
    kept: list[int] = []
    for members in groups.values():
        pattern = None
        if len(members) >= FEWEST_TERMS:
            pattern = forms.pattern(node.op, members)
        if pattern is None:
            kept += members
            continue
        inputs, found_pattern = pattern
        whole = len(members) // 4 * 4  # four at a time; the others stay as they are
        kept += members[whole:]
        loops.append(("rolled", inputs, found_pattern._replace(rows=found_pattern.rows[:whole])))
    order = {k: n for n, k in enumerate(rest)}
    return sorted(kept, key=order.__getitem__), loops


# -- monomials ------------------------------------------------------------------------------------


def _monomials(
    tape: Tape, terms: Sequence[int], forms: Forms
) -> tuple[set[int], tuple[int, ...], Monomials] | None:
    """The terms that are monomials of few common atoms, if there are many."""
    read: dict[int, tuple[Exact, dict[int, int]]] = {}
    for k in terms:
        term = _monomial(tape, k, forms)
        if term is not None:
            read[k] = term
    count: dict[int, int] = {}
    for _, powers in read.values():
        for atom in powers:
            count[atom] = count.get(atom, 0) + 1
    frequent = {atom for atom, n in count.items() if n * 50 >= len(read)}
    chosen = {k: term for k, term in read.items() if term[1].keys() <= frequent}
    if len(chosen) < FEWEST_MONOMIALS or not frequent or len(frequent) > MOST_ATOMS:
        return None
    if max(sum(powers.values()) for _, powers in chosen.values()) > HIGHEST_DEGREE:
        return None
    atoms = tuple(tape.sorted(frequent))
    table = sorted((tuple(powers.get(a, 0) for a in atoms), c) for c, powers in chosen.values())
    data = Monomials(tuple(e for e, _ in table), tuple(c for _, c in table))
    if not _agree(tape, chosen, atoms, data, forms):
        return None
    return set(chosen), atoms, data


def _agree(
    tape: Tape,
    terms: Iterable[int],
    atoms: Sequence[int],
    data: Monomials,
    forms: Forms,
) -> bool:
    """Whether entries and table have one value, modulo a prime at a point that hashing chose."""
    value = {
        a: int.from_bytes(blake2b(tape.digest(a), digest_size=8).digest()) % PRIME for a in atoms
    }

    def residue(number: Exact) -> int:
        return number.numerator * pow(number.denominator, -1, PRIME) % PRIME

    total = 0
    for k in terms:
        node = tape[k]
        product = 1
        for factor in node.operands if node.op == "mul" else (k,):
            number = forms.number(factor)
            if number is not None:
                product = product * residue(number) % PRIME
            elif factor in value:
                product = product * value[factor] % PRIME
            else:
                product = product * pow(value[tape[factor].operands[0]], tape[factor].data, PRIME)
        total += product
    for exponents, c in zip(data.exponents, data.coefficients, strict=True):
        product = residue(c)
        for a, n in zip(atoms, exponents, strict=True):
            if n:
                product = product * pow(value[a], n, PRIME) % PRIME
        total -= product
    return total % PRIME == 0


def _monomial(tape: Tape, k: int, forms: Forms) -> tuple[Exact, dict[int, int]] | None:
    coefficient: Exact = 1
    powers: dict[int, int] = {}
    node = tape[k]
    for factor in node.operands if node.op == "mul" else (k,):
        number = forms.number(factor)
        if number is not None:
            coefficient = exact(Fraction(coefficient) * Fraction(number))
            continue
        base, n = tape.base(factor)
        if n.denominator != 1 or n < 0:
            base, n = factor, 1
        powers[base] = powers.get(base, 0) + int(n)
    return coefficient, powers


# -- forms ----------------------------------------------------------------------------------------


class Forms:
    """Forms of entries: their structure with every constant replaced by a mark."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._form: dict[int, bytes] = {}
        self._constant: dict[int, bool] = {}
        self._number: dict[int, Exact | None] = {}
        self._size: dict[int, int] = {}

    def form(self, i: int) -> bytes:
        """A digest of the form of an entry."""
        tape, stack = self.tape, [i]
        while stack:
            k = stack[-1]
            if k in self._form:
                stack.pop()
                continue
            node = tape[k]
            waiting = [j for j in node.operands if j not in self._form]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            constant = node.op != "arg" and all(self._constant[j] for j in node.operands)
            self._constant[k] = constant
            self._size[k] = 1 + sum(min(self._size[j], LARGEST_FORM) for j in node.operands)
            if constant and self.number(k) is not None:
                self._form[k] = b"number"
            elif not node.operands or constant:
                self._form[k] = tape.digest(k)
            else:
                digest = blake2b(f"{node.op}|{node.data}|{node.shape}|".encode(), digest_size=12)
                for j in self.operands(k):
                    digest.update(self._form[j].ljust(12))
                self._form[k] = digest.digest()
        return self._form[i]

    def operands(self, k: int) -> list[int]:
        """The operands, those of sums and products in the order of their forms."""
        node = self.tape[k]
        if node.op in ("add", "mul"):
            return sorted(node.operands, key=lambda j: (self._form[j], self.tape.order[j]))
        return list(node.operands)

    def number(self, k: int) -> Exact | None:
        """The value of a constant entry, or None."""
        direct = self.tape.number(k)
        if direct is not None:
            return direct
        if k not in self._constant:
            self.form(k)
        if not self._constant[k]:
            return None
        if k not in self._number:
            self._number[k] = constants.evaluate(self.tape, k)
        return self._number[k]

    def pattern(self, op: str, members: Sequence[int]) -> tuple[tuple[int, ...], Pattern] | None:
        """Entries of one form as (inputs, pattern); None where a loop gains nothing."""
        if not 2 <= self._size[members[0]] <= LARGEST_FORM:
            return None
        listed = [self._listed(k) for k in members]
        first = listed[0]
        if any(len(other) != len(first) for other in listed):
            return None
        columns: list[tuple[Exact, ...]] = []
        inputs: list[int] = []
        nodes: list[Node] = []
        places: dict[tuple[int, ...], int] = {}
        for column in zip(*listed, strict=True):  # the same place in every member
            if column in places:
                continue
            k = column[0]
            numbers = [self.number(j) for j in column]
            if all(n is not None for n in numbers):
                if len(set(numbers)) == 1:
                    place = len(nodes)
                    nodes.append(Node("const", (), numbers[0]))
                else:
                    place = len(nodes)
                    nodes.append(Node("column", (), len(columns)))
                    columns.append(tuple(n for n in numbers if n is not None))
            elif len(set(column)) == 1:
                if k not in inputs:
                    inputs.append(k)
                place = len(nodes)
                nodes.append(Node("input", (), inputs.index(k)))
            else:
                below = [
                    places.get(tuple(parts))
                    for parts in zip(*(self.operands(j) for j in column), strict=True)
                ]
                if any(b is None for b in below):
                    return None
                place = len(nodes)
                nodes.append(
                    Node(
                        self.tape[k].op, tuple(b for b in below if b is not None), self.tape[k].data
                    )
                )
            places[column] = place
        if not columns or not inputs:
            return None
        renamed = []
        for node in nodes:
            if node.op == "input":
                node = Node("arg", (), (node.data, f"x{node.data + 1}"))
            elif node.op == "column":
                node = Node("arg", (), (len(inputs) + node.data, f"c{node.data + 1}"))
            renamed.append(node)
        pattern = Pattern(op, tuple(renamed), tuple(zip(*columns, strict=True)))
        for k, again in zip(members, expanded(self.tape, inputs, pattern), strict=True):
            if k != again and not self.same(k, again):
                return None
        return tuple(inputs), pattern

    def same(self, a: int, b: int) -> bool:
        """Whether two entries are equal but for numbers written as formulas in one of them."""
        stack = [(a, b)]
        while stack:
            a, b = stack.pop()
            if a == b:
                continue
            number = self.number(a)
            if number is not None:
                if number != self.number(b):
                    return False
                continue
            one, two = self.tape[a], self.tape[b]
            self.form(b)
            if (one.op, one.data, len(one.operands)) != (two.op, two.data, len(two.operands)):
                return False
            stack += zip(self.operands(a), self.operands(b), strict=True)
        return True

    def _listed(self, k: int) -> list[int]:
        """The entries of the term, operands first, each place of the form once in a fixed order;
        constants and what has no operands are leaves."""
        listed: list[int] = []
        stack = [(k, False)]
        while stack:
            i, ready = stack.pop()
            leaf = self.number(i) is not None or not self.tape[i].operands
            if ready or leaf:
                listed.append(i)
                continue
            stack.append((i, True))
            stack += [(j, False) for j in reversed(self.operands(i))]
        return listed


def expanded(tape: Tape, inputs: Sequence[int], pattern: Pattern) -> list[int]:
    """The terms that a pattern stands for, built again on a tape."""
    from derivax.numeric.codegen.recognisers import rebuilt_into

    terms = []
    for row in pattern.rows:
        values: list[int] = []
        for node in pattern.nodes:
            if node.op == "arg":
                position = node.data[0]
                if position < len(inputs):
                    values.append(inputs[position])
                else:
                    values.append(tape.const(row[position - len(inputs)]))
            else:
                values.append(rebuilt_into(tape, node, [values[j] for j in node.operands]))
        terms.append(values[-1])
    return terms
