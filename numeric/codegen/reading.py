"""From SymPy to the tape: an explicit stack, one visit per distinct object, no recursion.

*Implementation notes*: nodes are remembered by identity, never by SymPy equality or `has` /
`free_symbols` / `preorder_traversal`, which walk the tree and are exponential on shared DAGs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from derivax.errors import CompileError
from derivax.numeric.codegen.lower.table import CHILDREN, HEADS, OF_MATRICES, supported
from derivax.numeric.codegen.names import identifier
from derivax.numeric.codegen.recognisers import rebuilt_into
from derivax.numeric.codegen.shapes import ARRAYS, Shape
from derivax.numeric.codegen.tape import Tape

__all__ = ["Reader", "short"]

DIGITS = 60  # of a constant that is known by its digits alone
LEAVES = (sympy.Symbol, *ARRAYS)


class Reader:
    """Reads expressions of the given arguments onto one tape."""

    def __init__(
        self,
        args: Sequence[sympy.Basic],
        names: Sequence[str],
        functions: Mapping[Any, Any] | None = None,
        plane: Iterable[sympy.Basic] = (),
        complex_formula: bool = False,
        shapes: Mapping[Any, Shape] | None = None,
    ) -> None:
        """`plane`: the arguments that are complex; `complex_formula`: functions leave the reals;
        `shapes`: those of the arguments that are arrays."""
        self.tape = Tape()
        self.plane = frozenset(plane)
        self.complex = complex_formula or bool(self.plane)
        self.functions, self.shapes = dict(functions or {}), dict(shapes or {})
        self.args, self.names = tuple(args), tuple(names)
        self.leaves: dict[sympy.Basic, int] = {}
        for k, symbol in enumerate(self.args):
            shape = tuple(map(str, self.shapes[symbol])) if symbol in self.shapes else None
            self.leaves[symbol] = self.tape.arg(k, names[k], shape, symbol in self.plane)
        for k, symbol in enumerate(self.args):  # a dimension can also stand as a number
            sizes = self.shapes.get(symbol, ())
            for axis, size in enumerate(sizes, -len(sizes)):
                if isinstance(size, sympy.Symbol):
                    self.leaves.setdefault(size, self.tape.push("dimension", (), (k, axis)))
        self.sensitivities: dict[int, dict[int, int]] = {}  # of entries to an argument, so far
        self._seen: dict[int, int] = {}
        self._alive: list[sympy.Basic] = []  # identities stay valid while we hold the objects

    def read(self, expr: sympy.Basic) -> int:
        """The index of the expression on the tape."""
        seen = self._seen
        stack: list[tuple[sympy.Basic, Sequence[sympy.Basic] | None]] = [(expr, None)]
        path: list[sympy.Basic] = []
        while stack:
            node, entered = stack.pop()
            key = id(node)
            if entered is not None:
                path.pop()
                ids = [seen[id(child)] for child in entered]
                seen[key] = self._build(node, ids, path)
                continue
            if key in seen:
                continue
            self._alive.append(node)
            if isinstance(node, LEAVES) and node in self.leaves:
                seen[key] = self.leaves[node]
                continue
            if isinstance(node, LEAVES):
                raise self._refusal(node, path)
            children = self._children(node)
            self._alive.extend(children)
            stack.append((node, children))
            path.append(node)
            stack.extend((child, None) for child in reversed(children) if id(child) not in seen)
        return seen[id(expr)]

    def _children(self, node: sympy.Basic) -> tuple[sympy.Basic, ...]:
        rule = _entry(CHILDREN, type(node))
        return node.args if rule is None else rule(node)

    def _build(self, node: sympy.Basic, ids: Sequence[int], path: Sequence[sympy.Basic]) -> int:
        if isinstance(node, AppliedUndef):
            meaning = self.functions.get(node.func, self.functions.get(node.func.__name__))
            if isinstance(meaning, sympy.Lambda):
                return self._apply(meaning, ids)
            if callable(meaning) and not isinstance(meaning, sympy.Basic):
                name = identifier(node.func.__name__, "f")
                self.tape.given[name] = meaning
                return self.tape.push("call", ids, (name, (0,) * len(ids)))
            if meaning is not None:
                return self._apply(meaning, ids)
        read = _entry(HEADS, type(node))
        if read is None:
            number = self._number(node)
            if number is None:
                raise self._refusal(node, path)
            return number
        if type(node) not in OF_MATRICES and any(self.tape[k].shape is not None for k in ids):
            raise CompileError(
                f"{type(node).__name__}: {short(node)}",
                "is no function of matrices that is compiled",
                "apply it to the entries",
            )
        return read(self, node, ids)

    def _number(self, node: sympy.Basic) -> int | None:
        """A constant of a head without lowering, such as zeta(3), by its digits."""
        if not isinstance(node, sympy.Function) or not node.is_number:
            return None
        value = node.evalf(DIGITS)
        return self.read(value) if isinstance(value, sympy.Float) else None

    def _apply(self, meaning: sympy.Lambda, ids: Sequence[int]) -> int:
        """The body of a Lambda on these operands."""
        if not isinstance(meaning, sympy.Lambda) or len(meaning.variables) != len(ids):
            raise CompileError(
                short(meaning),
                f"is not a Lambda of {len(ids)} arguments",
                "pass functions={f: sympy.Lambda(x, expression)}",
            )
        inner = Reader(
            (*meaning.variables, *self.args),
            [f"v{k}" for k in range(len(ids) + len(self.args))],
            self.functions,
            self.plane.union(
                v for v, k in zip(meaning.variables, ids, strict=True) if k in self.tape.plane
            ),
            self.complex,
            self.shapes,
        )
        inner.tape.given = self.tape.given
        output = inner.read(meaning.expr)
        new = dict(zip((inner.leaves[v] for v in meaning.variables), ids, strict=True))
        new |= {inner.leaves[a]: self.leaves[a] for a in self.args if a not in meaning.variables}
        for i in inner.tape.reachable([output]):
            if i not in new:
                node = inner.tape[i]
                new[i] = rebuilt_into(self.tape, node, [new[k] for k in node.operands])
        return new[output]

    def _refusal(self, node: sympy.Basic, path: Sequence[sympy.Basic]) -> CompileError:
        place = f" inside {short(path[-1])}" if path else ""
        if isinstance(node, LEAVES):
            return CompileError(
                f"symbol {node.name!r}{place}",
                "is not among the arguments",
                f"pass it in args (now: {', '.join(short(a) for a in self.args) or 'none'})",
            )
        if isinstance(node, AppliedUndef):
            return CompileError(
                f"{short(node)}{place}",
                "is an undefined function",
                "pass functions={f: sympy.Lambda(x, expression)} or {'f': function of JAX arrays}",
            )
        return CompileError(
            f"{type(node).__name__}: {short(node)}{place}",
            "this head has no lowering to JAX",
            f"supported: {supported()}",
        )


def _entry(table: Mapping[type, Any], head: type) -> Any:
    found = table.get(head)
    if found is not None:
        return found
    for base in head.__mro__:
        if base in table:
            return table[base]
    return None


def short(expr: object, limit: int = 60) -> str:
    """A bounded text of an expression: never the whole tree."""
    if isinstance(expr, sympy.Basic) and expr.args:
        parts: list[str] = []
        budget = [40]
        _sketch(expr, parts, budget)
        text = "".join(parts)
    else:
        text = str(expr)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _sketch(expr: sympy.Basic, parts: list[str], budget: list[int], depth: int = 0) -> None:
    budget[0] -= 1
    if budget[0] < 0 or depth > 6:
        parts.append("…")
    elif not expr.args:
        parts.append(str(expr))
    else:
        parts.append(f"{type(expr).__name__}(")
        for k, arg in enumerate(expr.args):
            if budget[0] < 0:
                break
            parts.append(", " if k else "")
            _sketch(arg, parts, budget, depth + 1)
        parts.append(")")
