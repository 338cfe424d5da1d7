"""The text of rolled sums, products and polynomials: a function with tables for each.

*Main definitions*: operations `polynomial` (data: `Monomials`), `rolled` (data: `Pattern`) and
`taylor` (data: coefficients).

*Implementation notes*: a polynomial of one variable is Horner's rule where it is dense.  Of more,
the variables are split in two groups; the monomials of each group are rows of a table, every row
the product of two earlier ones, and the polynomial is a loop over eight terms at a time that share
the monomial of the first group.  The split is the one with the fewest operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from derivax.numeric.codegen import constants
from derivax.numeric.codegen.lower.operation import ADD, Operation, Text
from derivax.numeric.codegen.tape import Exact, Node, Tape

if TYPE_CHECKING:
    from derivax.numeric.codegen.writer import Writer

__all__ = ["OPERATIONS"]

Powers = tuple[int, ...]
AT_ONCE = 8
DENSE = 4  # Horner's rule where the degree is below this many times the number of terms


def table_lines(name: str, values: Sequence[Exact], like: str, width: int = 96) -> list[str]:
    """Lines that assign a table of numbers, each rounded once in either format."""
    doubles = [constants.round_to_double(v) for v in values]
    singles = [constants.single_that_differs(v, d) for v, d in zip(values, doubles, strict=True)]
    if all(s is None for s in singles):
        return _array_lines(name, [repr(d) for d in doubles], f"{like}.dtype", width)
    chosen = [repr(d if s is None else s) for d, s in zip(doubles, singles, strict=True)]
    return [
        *_array_lines(f"{name}_double", [repr(d) for d in doubles], f"{like}.dtype", width),
        *_array_lines(f"{name}_single", chosen, f"{like}.dtype", width),
        f"{name} = jnp.where(jnp.finfo({like}.dtype).bits > 32, {name}_double, {name}_single)",
    ]


def _array_lines(name: str, items: Sequence[str], dtype: str, width: int) -> list[str]:
    from derivax.numeric.codegen.writer import wrap

    text = wrap(f"{name} = jnp.array((", items, f",), {dtype})", "", width)
    if "\n" not in text:
        return [text]
    lines = text.split("\n")
    return [*lines[:-1], f"), {dtype})"]


def _indices(name: str, items: Sequence[int]) -> list[str]:
    return _array_lines(name, [str(k) for k in items], "jnp.int32", 96)


# -- polynomials ----------------------------------------------------------------------------------


def _write_polynomial(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    exponents, coefficients = node.data
    name = writer.own_function("polynomial")
    if len(texts) == 1 and max(e[0] for e in exponents) <= DENSE * len(exponents):
        writer.define(name, lambda: _horner(name, exponents, coefficients, writer))
        like = writer.broadcast(texts)
        return Text(f"{name}({like[0]})")
    writer.define(name, lambda: _tables(name, exponents, coefficients, writer))
    return Text(f"{name}({', '.join(writer.broadcast(texts))})")


def _horner(
    name: str, exponents: Sequence[Powers], coefficients: Sequence[Exact], writer: Writer
) -> str:
    writer.need("horner")
    degree = max(e[0] for e in exponents)
    dense: dict[int, Exact] = {e[0]: c for e, c in zip(exponents, coefficients, strict=True)}
    count = degree // 4 + 1
    listed = [dense.get(k, 0) for k in range(4 * count - 1, -1, -1)]
    lines = [
        f"def {name}(x):",
        f'    """A polynomial of degree {degree}, by Horner\'s rule."""',
        *(f"    {line}" for line in table_lines("coefficients", listed, "x")),
        f"    return horner(x, coefficients, {count})",
    ]
    return "\n".join(lines)


def _tables(
    name: str, exponents: Sequence[Powers], coefficients: Sequence[Exact], writer: Writer
) -> str:
    from derivax.numeric.codegen.writer import wrap

    for function in ("in_blocks", "monomial_rows", "paired_rows", "table_entry"):
        writer.need(function)
    count = len(exponents[0])
    group = _best_split(exponents, count)
    rest = tuple(v for v in range(count) if v not in group)
    left, right = (
        _Rows({tuple(e[v] for v in part) for e in exponents}, len(part)) for part in (group, rest)
    )
    by_head: dict[int, list[tuple[int, Exact]]] = {}
    for e, c in zip(exponents, coefficients, strict=True):
        place = left.place[tuple(e[v] for v in group)]
        by_head.setdefault(place, []).append((right.place[tuple(e[v] for v in rest)], c))
    heads: list[int] = []
    places: list[int] = []
    weights: list[Exact] = []
    for head, terms in sorted(by_head.items()):
        for k in range(0, len(terms), AT_ONCE):
            chunk = terms[k : k + AT_ONCE]
            chunk += [(0, 0)] * (AT_ONCE - len(chunk))  # row 0 is 1: 0 * 1
            heads.append(head)
            places += [p for p, _ in chunk]
            weights += [c for _, c in chunk]
    arguments = [f"x{k + 1}" for k in range(count)]
    lines = [f"    {line}" for line in table_lines("weights", weights, "x1")]
    lines += [f"    {line}" for line in _indices("heads", heads) + _indices("places", places)]
    for side, rows in (("left", left), ("right", right)):
        for which, items in (("first", rows.first), ("second", rows.second)):
            lines += [f"    {line}" for line in _indices(f"{side}_{which}", items or [0])]
    lines += ["", "    def values(variables):"]
    for side, rows, part in (("left", left, group), ("right", right, rest)):
        given = ["jnp.ones_like(table_entry(variables, 0))"]
        given += [f"table_entry(variables, {v})" for v in part]
        stacked = wrap(f"{side} = jnp.stack((", given, ",))", "        ", 96)
        lines += stacked.split("\n")
        lines[-1] = lines[-1] if "\n" not in stacked else "        ))"
        lines.append(
            f"        {side} = monomial_rows("
            f"{side}, {len(rows.first)}, {side}_first, {side}_second)"
        )
    lines += [
        "        return paired_rows(left, right, heads, places, weights)",
        "",
        f"    return in_blocks(values, jnp.stack(({', '.join(arguments)},)), x1)"
        if count < 12
        else wrap("variables = jnp.stack((", arguments, "))")
        + "\n    return in_blocks(values, variables, x1)",
    ]
    opening = [
        wrap(f"def {name}(", arguments, "):", ""),
        f'    """A polynomial of {len(exponents)} terms in {count} variables."""',
    ]
    return "\n".join([*opening, *lines])


class _Rows:
    """Monomials as rows, each the product of two earlier ones; row 0 is 1, then the variables."""

    def __init__(self, wanted: set[Powers], size: int) -> None:
        unit = [tuple(int(k == v) for k in range(size)) for v in range(size)]
        self.place: dict[Powers, int] = {(0,) * size: 0}
        self.place |= {u: k + 1 for k, u in enumerate(unit)}
        self.first: list[int] = []
        self.second: list[int] = []
        for monomial in sorted(wanted, key=lambda m: (sum(m), m)):
            self._make(monomial)

    def _make(self, monomial: Powers) -> int:
        stack = [monomial]
        while stack:
            m = stack[-1]
            if m in self.place:
                stack.pop()
                continue
            a, b = self._halves(m)
            waiting = [h for h in (a, b) if h not in self.place]
            if waiting:
                stack += waiting
                continue
            self.first.append(self.place[a])
            self.second.append(self.place[b])
            self.place[m] = len(self.place)
        return self.place[monomial]

    def _halves(self, m: Powers) -> tuple[Powers, Powers]:
        for v, e in enumerate(m):
            if e:
                lower = tuple(x - (k == v) for k, x in enumerate(m))
                if lower in self.place:
                    return lower, tuple(int(k == v) for k in range(len(m)))
        low = tuple(x // 2 for x in m)
        if not any(low):  # all exponents 0 or 1: the first variables against the last
            half, seen, parts = sum(m) // 2, 0, []
            for x in m:
                parts.append(x if seen < half else 0)
                seen += x
            low = tuple(parts)
        return low, tuple(x - y for x, y in zip(m, low, strict=True))


def _best_split(exponents: Sequence[Powers], count: int) -> Powers:
    """The first group of variables, so that rows and padded terms are few."""
    width = [len({e[v] for e in exponents}) for v in range(count)]
    order = sorted(range(count), key=lambda v: -width[v])
    best: tuple[int, Powers] | None = None
    sizes = (
        range(count) if len(exponents) * count < 4000 else sorted({0, (count - 1) // 2, count // 2})
    )
    for size in sizes:
        for group in sorted({tuple(sorted(order[:size])), tuple(sorted(order[count - size :]))}):
            heads: dict[Powers, int] = {}
            tails: set[Powers] = set()
            for e in exponents:
                head = tuple(e[v] for v in group)
                heads[head] = heads.get(head, 0) + 1
                tails.add(tuple(x for v, x in enumerate(e) if v not in group))
            padded = sum(-(-n // AT_ONCE) * AT_ONCE for n in heads.values())
            cost = 2 * (len(heads) + len(tails)) + padded
            if best is None or (cost, group) < best:
                best = cost, group
    assert best is not None
    return best[1]


# -- sums and products of one form ----------------------------------------------------------------


def _write_rolled(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    op, nodes, rows = node.data
    name = writer.own_function("sum" if op == "add" else "product")
    inputs = len(texts)

    def body() -> str:
        from derivax.numeric.codegen.writer import Writer, wrap

        tape, arg_names, output = _body(nodes)
        inner = Writer(tape, [output], arg_names, name)
        writer.needed |= inner.needed
        writer.definitions.update(inner.definitions)
        kind, call = ("term", "rolled_sum") if op == "add" else ("factor", "rolled_product")
        writer.need(call)
        writer.need("table_entry")
        arguments = [n for n in arg_names if n.startswith("x")] or ["x1"]
        columns = list(zip(*rows, strict=True))
        lines = [wrap(f"def {name}(", arguments, "):", "")]
        lines.append(f'    """{len(rows)} {kind}s of one form, which differ in numbers."""')
        for k, column in enumerate(columns):
            lines += [f"    {line}" for line in table_lines(f"table{k + 1}", column, arguments[0])]
        lines += ["", f"    def {kind}(k):"]
        lines += [f"        c{k + 1} = table_entry(table{k + 1}, k)" for k in range(len(columns))]
        lines += [f"        {line}" for line in inner.lines]
        lines.append(f"        return {inner.texts[output].text}")
        lines += ["", f"    return {call}({kind}, {len(rows) // 4}, {arguments[0]})"]
        return "\n".join(lines)

    writer.define(name, body)
    assert inputs
    return Text(f"{name}({', '.join(writer.broadcast(texts))})")


def _body(nodes: Sequence[Node]) -> tuple[Tape, list[str], int]:
    """The form as a tape, its arguments' names by position, and the entry of its value."""
    from derivax.numeric.codegen.recognisers import rebuilt_into

    tape = Tape()
    names: dict[int, str] = {}
    new: list[int] = []
    for node in nodes:
        if node.op == "arg":
            position, name = node.data
            names[position] = name
            new.append(tape.arg(position, name))
        else:
            new.append(rebuilt_into(tape, node, [new[k] for k in node.operands]))
    return tape, [names[k] for k in sorted(names)], new[-1]


def _no_derivative(tape: Tape, i: int, slot: int) -> Any:
    raise AssertionError("sums are rolled after they were differentiated")


# -- Taylor polynomials ---------------------------------------------------------------------------


def _write_taylor(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """A function for the polynomial; in the square where only even powers occur."""
    coefficients: tuple[Exact, ...] = node.data
    while len(coefficients) > 1 and not coefficients[-1]:
        coefficients = coefficients[:-1]
    even = len(coefficients) > 2 and not any(coefficients[1::2])
    listed = coefficients[::2] if even else coefficients
    name = writer.own_function("series")

    def text() -> str:
        lines = [
            f"def {name}(h):",
            f'    """Taylor polynomial of degree {len(coefficients) - 1}."""',
        ]
        variable = "h"
        if even:
            lines.append("    square = jnp.square(h)")
            variable = "square"
        for j, c in enumerate(reversed(listed)):
            value = repr(constants.round_to_double(c))
            lines.append(f"    total = {value}" + (f" + {variable} * total" if j else ""))
        return "\n".join([*lines, "    return total"])

    writer.define(name, text)
    return Text(f"{name}({texts[0].text})")


def _write_horner(writer: Writer, node: Node, texts: Sequence[Text]) -> Text:
    """c_0 + x * (c_1 + x * (...)); a vanishing coefficient leaves x * x."""
    x = texts[0].text if texts[0].text.isidentifier() else writer.hold("base", texts[0].text)
    coefficients: tuple[Exact, ...] = node.data
    text = writer.literal(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        text = (
            f"{x} * {text}"
            if text.isidentifier() or not set("+-/ ") & set(text)
            else (f"{x} * ({text})")
        )
        if len(text) > writer.room // 2:
            text = writer.hold("polynomial", text)
        if c:
            text = f"{writer.literal(c)} + {text}"
    return Text(text, ADD)


OPERATIONS: dict[str, Operation] = {
    "polynomial": Operation(_write_polynomial, _no_derivative, "polynomial"),
    "horner": Operation(_write_horner, _no_derivative, "polynomial"),
    "taylor": Operation(_write_taylor, _no_derivative, "near"),
    "rolled": Operation(_write_rolled, _no_derivative, "rolled"),
}
