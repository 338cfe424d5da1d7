"""From a tape to lines of Python: one pass, operands before uses, temporaries with names.

*Main definitions*: `Writer` (the state that the operations' `write` functions see),
`function_text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from fractions import Fraction

from derivax.numeric.codegen import constants, support
from derivax.numeric.codegen.lower.arithmetic import power_text, product_text
from derivax.numeric.codegen.lower.body import Body
from derivax.numeric.codegen.lower.complex_numbers import WRITES, check_plane, complex_power_text
from derivax.numeric.codegen.lower.operation import ADD, ATOM, Text
from derivax.numeric.codegen.lower.table import OPERATIONS
from derivax.numeric.codegen.schedule import Part, parts_of
from derivax.numeric.codegen.tape import Exact, Node, Tape

__all__ = ["Writer", "function_text", "part_name"]

WIDTH = 100
INLINE = 44  # a longer text gets a name
LAST = 84  # or, where it is the result
DESCRIBED = 20  # the longest name that is made of what it stands for
LEAVES = frozenset({"const", "named", "arg", "truth", "imaginary", "iterate", "component"})


class Writer:
    """Writes the body of one function.

    `texts` maps tape indices to the text that stands for them; `room` is the length at which a
    sum or product is broken into several lines.
    """

    room = 64

    def __init__(
        self,
        tape: Tape,
        outputs: Sequence[int],
        arg_names: Sequence[str],
        name: str,
        given: Mapping[int, str] | None = None,
    ) -> None:
        self.tape, self.arg_names, self.name = tape, tuple(arg_names), name
        self.lines: list[str] = []
        self.texts: dict[int, Text] = {}
        self.needed: set[str] = set()
        self.definitions: dict[str, str] = {}
        self._held: set[int] = set()
        self._taken = {name, *arg_names, *support.names()}
        self._count: dict[str, int] = {}
        self._single: dict[Fraction, str] = {}
        self._real: str | None = None
        self.outputs = tuple(outputs)
        for i, known in (given or {}).items():
            self.give(i, known)
            self._taken.add(known)
        order = tape.reachable(outputs, given or ())
        uses = tape.uses(order, outputs)
        for i in reversed(order):  # a reciprocal is written as a division at every use
            if self._is_reciprocal(i):
                uses[tape[i].operands[0]] += uses[i] - 1
        self._constant: set[int] = set()
        for i in order:
            self.write(i, uses[i])

    def write(self, i: int, uses: int = 2) -> None:
        """The text of one entry, whose operands have theirs; used twice, it gets a name."""
        node = self.tape[i]
        if node.op in ("const", "named") or (
            node.shape is None and node.operands and all(k in self._constant for k in node.operands)
        ):
            self._constant.add(i)
        self.texts[i] = self._text(i, node, uses, i in self._constant)

    def give(self, i: int, name: str) -> None:
        """Let an entry be known by a name that was assigned elsewhere."""
        self.texts[i] = Text(name)
        self._held.add(i)

    def array_arguments(self) -> list[tuple[tuple[str, ...], str]]:
        """(shape, name) of the arguments that are matrices or arrays, in order."""
        found = {n.data[0]: n.shape for n in self.tape.nodes if n.op == "arg" and n.shape}
        return [(shape, self.arg_names[k]) for k, shape in sorted(found.items())]

    def _text(self, i: int, node: Node, uses: int, constant: bool) -> Text:
        if constant and node.op not in ("const", "named"):
            value = constants.evaluate(self.tape, i)
            if value is not None:
                literal = self.literal(value)
                return Text(literal, ADD if literal.startswith("-") else ATOM)
        operation = OPERATIONS[node.op]
        if (
            node.op not in ("add", "mul")
            and sum(len(self.texts[k].text) for k in node.operands) > WIDTH // 2
        ):
            for k in node.operands:  # what is long gets a name before it becomes an argument
                if not self.texts[k].text.isidentifier() and self.tape[k].op not in LEAVES:
                    self._hold_node(k, OPERATIONS[self.tape[k].op].name)
        write = operation.write
        if self.tape.plane and not self.tape.plane.isdisjoint(node.operands):
            check_plane(self.tape, i)
            write = WRITES.get(node.op, write)
        texts = [self.texts[k] for k in node.operands]
        if constant and node.operands:  # a function that has only numbers to tell the format by
            texts = [Text(f"jnp.asarray({t.text}, {self.real_dtype()})") for t in texts]
        text = write(self, node, texts)
        self.texts[i] = text
        if node.op in LEAVES or self._is_reciprocal(i):
            return text
        if i in self.outputs and uses == 1:
            if len(text.text) > LAST:
                self._hold_node(i, operation.name)
        elif uses > 1 or len(text.text) > INLINE:
            self._hold_node(i, operation.name)
        return self.texts[i]

    # -- what the operations ask --------------------------------------------------------------

    def need(self, name: str) -> None:
        """The text calls this support function (a name of jnp or lax needs nothing)."""
        if "." not in name:
            self.needed.add(name)

    def define(self, name: str, text: Callable[[], str]) -> str:
        """Put a function of its own into the module (once); returns its name."""
        if name not in self.definitions:
            self.definitions[name] = text()
        return name

    def define_body(self, function: str, body: Body, signature: Sequence[str | tuple[str, ...]],
                    closing: Callable[[Writer], str] | None = None) -> str:
        """Define function(*signature, parameters) of a body; a tuple in the signature is one
        argument that is unpacked.  `closing` gives the text of what is returned."""
        from derivax.numeric.codegen.recognisers import recognise

        if function in self.definitions:
            return function
        heads = [part if isinstance(part, str) else "state" for part in signature]
        variables = [n for part in signature for n in ([part] if isinstance(part, str) else part)]
        names = [f"p{k + 1}" for k in range(len(body.parameters))]
        outputs = body.outputs if body.tape.plane else recognise(body.tape, body.outputs)
        inner = Writer(body.tape, outputs, (*variables[: len(body.variables)], *names), function)
        self.definitions.update(inner.definitions)
        self.needed |= inner.needed
        lines = [f"def {function}({', '.join([*heads, 'parameters'])}):"]
        unpacked = [(list(part), "state") for part in signature if not isinstance(part, str)]
        for targets, source in [*unpacked, (names, "parameters")]:
            if targets:
                closing_bracket = f",) = {source}" if len(targets) == 1 else f") = {source}"
                lines.append(wrap("(", targets, closing_bracket))
        result = inner.texts[inner.outputs[0]].text if closing is None else closing(inner)
        lines += [f"    {line}" for line in inner.lines]
        lines.append(f"    return {result}")
        self.definitions[function] = "\n".join(lines)
        return function

    def broadcast(
        self, texts: Sequence[Text], operands: Sequence[int] = (), wide: Set[int] = frozenset()
    ) -> list[str]:
        """Names of arrays of one shape with these values, of the real dtype at hand; complex those
        whose operand is, and those at the places `wide`."""
        like = self.real_dtype()
        held = [self.fresh("input") for _ in texts]
        left = ", ".join(held) if len(held) > 1 else f"({held[0]},)"
        items = []
        for k, text in enumerate(texts):
            plane = k in wide or (bool(operands) and operands[k] in self.tape.plane)
            dtype = f"jnp.result_type({like}, 1j)" if plane else like
            items.append(f"jnp.asarray({text.text}, {dtype})")
        self.assign(f"{left} = jnp.broadcast_arrays(", items, ")")
        return held

    def real_dtype(self) -> str:
        """The text of the real dtype of this call."""
        if not self.arg_names:
            return "jnp.result_type(0.5)"
        plane = {self.tape[i].data[0] for i in self.tape.plane if self.tape[i].op == "arg"}
        for k, name in enumerate(self.arg_names):
            if k not in plane:
                return f"{name}.dtype"
        if self._real is None:
            self._real = self.hold("real", f"jnp.real({self.arg_names[0]})")
        return f"{self._real}.dtype"

    def zero_like(self, name: str, plane: bool) -> str:
        """The text of a zero in the shape of an array, complex or real."""
        return f"jnp.zeros_like({name} + 0j)" if plane else f"jnp.zeros_like({name})"

    def hold_tuple(self, stem: str, names: Sequence[str]) -> str:
        """The name of a tuple of these names."""
        if not names:
            return "()"
        held = self.fresh(stem)
        self.assign(f"{held} = (", names, ",)" if len(names) == 1 else ")")
        return held

    def own_function(self, stem: str) -> str:
        """A name for a function that belongs to the one being written."""
        return self.fresh(f"{self.name}_{stem}")

    def assign(self, opening: str, items: Sequence[str], closing: str) -> None:
        """The statement `opening item, item closing` on as many lines as it takes."""
        self.lines += wrap(opening, items, closing, "", WIDTH - 4).split("\n")

    def arg_name(self, node: Node) -> str:
        position = node.data[0]
        return self.arg_names[position]

    def literal(self, value: Exact) -> str:
        """The float literal nearest to an exact number, in either format."""
        double = constants.round_to_double(value)
        if double in (float("inf"), float("-inf")):
            return "jnp.inf" if double > 0 else "-jnp.inf"
        single = constants.single_that_differs(value, double)
        if single is not None and self.arg_names:
            # rounding twice would miss the nearest float32: choose by the format at hand
            return (
                f"jnp.where(jnp.finfo({self.arg_names[0]}.dtype).bits > 32, {double!r}, {single!r})"
            )
        return repr(double)

    def literal_of(self, node: Node) -> str:
        index = self.tape.push(node.op, node.operands, node.data)
        value = constants.evaluate(self.tape, index)
        assert value is not None
        return self.literal(value)

    @staticmethod
    def single(value: Exact) -> Fraction:
        return Fraction(constants.round_to_single(value))

    def is_constant(self, i: int) -> bool:
        """Whether an entry is a number."""
        return i in self._constant

    def is_held(self, i: int) -> bool:
        return i in self._held

    def is_negative(self, i: int) -> bool:
        """Whether a term of a sum is written with a minus sign."""
        node = self.tape[i]
        if node.op == "const":
            return node.data < 0
        if node.op != "mul" or i in self._held:
            return False
        coefficient = self.tape.number(node.operands[0])
        return coefficient is not None and coefficient < 0

    def negated(self, i: int) -> Text:
        node = self.tape[i]
        if node.op == "const":
            return Text(self.literal(-node.data))
        coefficient = self.tape.number(node.operands[0])
        assert coefficient is not None
        return product_text(self, -coefficient, node.operands[1:])

    def power_text(self, base: int, exponent: Exact) -> str:
        write = complex_power_text if base in self.tape.plane else power_text
        return write(self, self.texts[base], exponent)

    def product(self, factors: Sequence[str]) -> str:
        lines: list[str] = []
        text = ""
        for factor in factors:
            if text and len(text) + len(factor) > self.room:
                lines.append(self.hold("product", text))
                text = ""
            text = f"{text} * {factor}" if text else factor
        return self.join("product", [*lines, text], " * ") if lines else text

    def join(self, stem: str, parts: Sequence[str], operator: str) -> str:
        """Parts combined as a balanced tree of lines of at most four."""
        level = list(parts)
        if sum(map(len, level)) > self.room:  # what is left beside the names
            level = [p if p.isidentifier() else self.hold(stem, p) for p in level]
        while len(level) > 4:
            level = [
                level[k]
                if k + 1 == len(level)
                else self.hold(stem, operator.join(level[k : k + 4]))
                for k in range(0, len(level), 4)
            ]
        return operator.join(level)

    # -- names --------------------------------------------------------------------------------

    def fresh(self, stem: str) -> str:
        while True:
            self._count[stem] = self._count.get(stem, 0) + 1
            name = f"{stem}{self._count[stem]}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def hold(self, stem: str, text: str) -> str:
        """Assign the text to a new name and return the name."""
        if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
            text = text[1:-1]
        name = self._described(text) or self.fresh(stem)
        self.lines.append(f"{name} = {text}")
        return name

    def named(self, stem: str, text: str) -> str:
        """The text where it is a name already, else a new name for it."""
        return text if text.isidentifier() else self.hold(stem, text)

    def _described(self, text: str) -> str | None:
        """The name of f(x) is f_x, that of a square x_squared."""
        found = re.fullmatch(r"(?:jnp\.)?([a-z]+)\(([A-Za-z_]\w*)\)", text)
        if found is None:
            return None
        function, argument = found.groups()
        name = f"{argument}_squared" if function == "square" else f"{function}_{argument}"
        if len(name) > DESCRIBED or name in self._taken or argument.startswith("_"):
            return None
        self._taken.add(name)
        return name

    def _hold_node(self, i: int, stem: str) -> None:
        self.texts[i] = Text(self.hold(stem, self.texts[i].text))
        self._held.add(i)

    def _is_reciprocal(self, i: int) -> bool:
        node = self.tape[i]
        return node.op == "power" and node.data < 0


def wrap(
    opening: str, items: Sequence[str], closing: str, indent: str = "    ", width: int = WIDTH
) -> str:
    """`opening item, item closing` on one line if it fits, else on several."""
    line = f"{indent}{opening}{', '.join(items)}{closing}"
    if len(line) <= width:
        return line
    lines, text = [f"{indent}{opening}"], ""
    for item in items:
        if text and len(indent) + 4 + len(text) + len(item) + 2 > width:
            lines.append(f"{indent}    {text.rstrip()}")
            text = ""
        text += f"{item}, "
    lines += [f"{indent}    {text.rstrip()}", f"{indent}{closing.lstrip(',')}"]
    return "\n".join(lines)


def function_text(
    name: str,
    tape: Tape,
    outputs: Sequence[int],
    arg_names: Sequence[str],
    *,
    single: bool,
    doc: str = "",
    comment: Sequence[str] = (),
) -> tuple[str, frozenset[str], Mapping[str, str]]:
    """One function of the outputs: its text, the support functions that it calls, and the functions
    that were made for it alone."""
    parts = parts_of(tape, outputs)
    if parts:
        return parts_text(name, tape, outputs, arg_names, parts, single, comment)
    writer = Writer(tape, outputs, arg_names, name)
    lines = [wrap(f"def {name}(", arg_names, "):", "")]
    if doc:
        lines.append(f'    """{doc}"""')
    note = " ".join(comment)
    lines += [f"    # {line}" for line in ([note] if len(note) < WIDTH - 6 else comment) if line]
    lines += [f"    {line}" for line in writer.lines]
    results = [writer.texts[i].text for i in outputs]
    if single:
        lines.append(f"    return {results[0]}")
    else:
        closing = ",)" if len(results) == 1 else ")"
        lines.append(wrap("return (", results, closing))
    return "\n".join(lines), frozenset(writer.needed), writer.definitions


def part_name(name: str, k: int) -> str:
    """The name of the k-th part of a function that is written in parts."""
    return f"{name}_part{k + 1}"


def parts_text(
    name: str,
    tape: Tape,
    outputs: Sequence[int],
    arg_names: Sequence[str],
    parts: Sequence[Part],
    single: bool,
    comment: Sequence[str],
) -> tuple[str, frozenset[str], Mapping[str, str]]:
    """A long function as a function for each part, and one that calls them in turn."""
    main = Writer(tape, (), arg_names, name)
    needed: set[str] = set()
    definitions: dict[str, str] = {}
    for k, part in enumerate(parts):
        called = part_name(name, k)
        for i in part.inputs:
            if i not in main.texts:
                main.write(i)
        names = [main.texts[i].text for i in part.inputs]
        given = dict(zip(part.inputs, names, strict=True))
        writer = Writer(tape, part.outputs, names, called, given)
        needed |= writer.needed
        definitions |= writer.definitions
        lines = [wrap(f"def {called}(", names, "):", "")]
        lines += [f"    {line}" for line in writer.lines]
        lines.append(wrap("return (", [writer.texts[i].text for i in part.outputs], ",)"))
        definitions[called] = "\n".join(lines)
        held = [main.fresh(OPERATIONS[tape[i].op].name) for i in part.outputs]
        left = wrap("(", held, ",)" if len(held) == 1 else ")", "", WIDTH - 4).split("\n")
        main.lines += left[:-1]
        main.assign(f"{left[-1]} = {called}(", names, ")")
        for i, text in zip(part.outputs, held, strict=True):
            main.give(i, text)
    for i in tape.reachable(outputs, main.texts):
        main.write(i)
    lines = [wrap(f"def {name}(", arg_names, "):", "")]
    lines += [f"    # {line}" for line in comment if line]
    lines += [f"    {line}" for line in main.lines]
    results = [main.texts[i].text for i in outputs]
    lines.append(f"    return {results[0]}" if single else wrap("return (", results, ",)"))
    return "\n".join(lines), frozenset(needed | main.needed), definitions
