"""A jaxpr as a list of scalar instructions, every operand before its use.

Calls are inlined, loops of a known number of turns unrolled, arrays taken apart into their entries
(operations that only move entries are run once on labels).  Whole numbers and truth values that do
not depend on the arguments are computed here.  Whatever else does not fit is named by
`NotApplicable`.

Main definitions: `Program`, `Instruction`, `read_program`, `NotApplicable`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from derivax.numeric.verify.enclosure.special import routine

__all__ = ["Instruction", "NotApplicable", "Program", "read_program"]

MOST_INSTRUCTIONS = 20_000
_CALL_NAMES = """
jit pjit custom_jvp_call custom_vjp_call custom_vjp_call_jaxpr closed_call core_call remat remat2
checkpoint custom_lin
"""
_MOVE_NAMES = """
broadcast_in_dim reshape squeeze expand_dims concatenate stack slice transpose rev split
dynamic_slice gather
"""
_UNARY_NAMES = """
neg abs sign floor ceil round square sqrt rsqrt cbrt exp exp2 expm1 log log1p sin cos tan asin acos
atan sinh cosh tanh asinh acosh atanh logistic erf erfc not is_finite
"""
_BINARY_NAMES = "add add_any sub mul div max min pow atan2 lt le gt ge eq ne and or xor"
_CALLS = frozenset(_CALL_NAMES.split())
_MOVES = frozenset(_MOVE_NAMES.split())
_SAME = frozenset(["copy", "copy_p", "stop_gradient", "real", "optimization_barrier"])
UNARY = frozenset(_UNARY_NAMES.split())
BINARY = frozenset(_BINARY_NAMES.split())


class NotApplicable(Exception):
    """The program holds something for which no enclosure is known; the text names it."""


class Instruction(NamedTuple):
    """One scalar operation.  `data`: the value of a constant, the exponent of a power; `dtype`:
    the float format of the result, "" for a truth value."""

    op: str
    operands: tuple[int, ...] = ()
    data: Any = None
    dtype: str = ""


class Program(NamedTuple):
    """Instructions; the first `arguments` of them are the arguments; the indices of the results."""

    instructions: tuple[Instruction, ...]
    arguments: int
    results: tuple[int, ...]
    dtype: str
    rounded_arguments: bool = False  # count the rounding of real arguments to the format


def read_program(function: Callable[..., Any], arguments: int, dtype: str) -> Program:
    """The scalar program of a JAX function of that many real scalars, in that dtype.

    Raises `NotApplicable` with the operation that does not fit.

    >>> read_program(lambda x: x * x + 1.0, 1, "float32").instructions[1].op
    'mul'
    """
    with jax.enable_x64(True):
        shapes = [jax.ShapeDtypeStruct((), jnp.dtype(dtype))] * arguments
        closed = jax.make_jaxpr(function)(*shapes)
        reader = _Reader()
        inputs = [np.array(reader.push("argument", (), k, dtype)) for k in range(arguments)]
        results = reader.run(closed, inputs)
    for entries, var in zip(results, closed.jaxpr.outvars, strict=True):
        if var.aval.dtype != dtype or entries.dtype == object:
            raise NotApplicable(f"a result of type {var.aval.dtype}")
    flat = tuple(int(i) for entries in results for i in np.ravel(entries))
    return Program(tuple(reader.instructions), arguments, flat, dtype)


class Known(NamedTuple):
    """An array of whole numbers or truth values that no argument enters."""

    value: Any


class _Reader:
    """Walks a jaxpr.  A variable is an integer array of instruction indices, or `Known`."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self.index: dict[Instruction, int] = {}

    def push(self, op: str, operands: Sequence[int] = (), data: Any = None, dtype: str = "") -> int:
        instruction = Instruction(op, tuple(int(i) for i in operands), data, dtype)
        found = self.index.get(instruction)
        if found is not None:
            return found
        if len(self.instructions) >= MOST_INSTRUCTIONS:
            raise NotApplicable(f"more than {MOST_INSTRUCTIONS} operations")
        self.instructions.append(instruction)
        self.index[instruction] = len(self.instructions) - 1
        return len(self.instructions) - 1

    def constants(self, value: Any) -> Any:
        """The variable of a constant array."""
        array = np.asarray(value)
        if not jnp.issubdtype(array.dtype, jnp.floating):
            if not (jnp.issubdtype(array.dtype, jnp.integer) or array.dtype == bool):
                raise NotApplicable(f"a constant of type {array.dtype}")
            return Known(array)
        kind = self.format(array.dtype)
        return _each(lambda x: self.push("constant", (), float(x).hex(), kind), array)

    @staticmethod
    def format(dtype: Any) -> str:
        if str(dtype) not in ("float32", "float64"):
            raise NotApplicable(f"numbers of type {dtype}")
        return str(dtype)

    def entries(self, variable: Any) -> Any:
        """Instruction indices of a variable: known truth values become constants."""
        if isinstance(variable, Known):
            if variable.value.dtype != bool:
                raise NotApplicable("a whole number where a real one is computed")
            return _each(lambda x: self.push("constant", (), bool(x)), variable.value)
        return variable

    # --- one equation ----------------------------------------------------------------------------

    def run(self, closed: Any, inputs: Sequence[Any]) -> list[Any]:
        jaxpr = getattr(closed, "jaxpr", closed)
        environment: dict[Any, Any] = {}
        for var, const in zip(jaxpr.constvars, getattr(closed, "consts", ()), strict=True):
            environment[var] = self.constants(const)
        environment.update(zip(jaxpr.invars, inputs, strict=True))

        def read(atom: Any) -> Any:
            return self.constants(atom.val) if hasattr(atom, "val") else environment[atom]

        for eqn in jaxpr.eqns:
            found = self.equation(eqn, [read(atom) for atom in eqn.invars])
            environment.update(zip(eqn.outvars, found, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def equation(self, eqn: Any, inputs: list[Any]) -> list[Any]:
        name = eqn.primitive.name
        if name in _CALLS:
            called = eqn.params.get("name")
            if isinstance(called, str) and routine(called) is not None:
                return [self.routine(called, eqn, inputs)]
            inner = eqn.params.get("call_jaxpr") or eqn.params.get("jaxpr")
            return self.run(inner, inputs)
        if name == "scan":
            return self.scan(eqn.params, inputs)
        if name == "while":
            return self.loop(eqn.params, inputs)
        if name == "cond":
            return self.branch(eqn.params, inputs)
        if all(isinstance(i, Known) for i in inputs) and not _is_float(eqn.outvars[0].aval):
            found = eqn.primitive.bind(*[jnp.asarray(i.value) for i in inputs], **eqn.params)
            found = found if eqn.primitive.multiple_results else [found]
            return [Known(np.asarray(part)) for part in found]
        if name in _MOVES:
            return self.move(eqn, inputs)
        if name == "convert_element_type":
            return [self.convert(eqn, inputs[0])]
        if name in _SAME:
            return list(inputs)
        return [self.scalar_operation(name, eqn, inputs)]

    def scalar_operation(self, name: str, eqn: Any, inputs: list[Any]) -> Any:
        shape = eqn.outvars[0].aval.shape
        is_float = _is_float(eqn.outvars[0].aval)
        if not is_float and eqn.outvars[0].aval.dtype != bool:
            raise NotApplicable(f"{name} of whole numbers that depend on the arguments")
        kind = self.format(eqn.outvars[0].aval.dtype) if is_float else ""
        if name == "select_n":
            return self.select(inputs, shape)
        if name == "clamp":
            low, x, high = (np.broadcast_to(i, shape) for i in inputs)
            raised = _each_index(lambda k: self.push("max", (x[k], low[k]), None, kind), shape)
            return _each_index(lambda k: self.push("min", (raised[k], high[k]), None, kind), shape)
        if name == "integer_pow":
            n = int(eqn.params["y"])
            return _each(lambda i: self.integer_power(int(i), n, kind), inputs[0])
        if name == "reduce_sum":
            return self.reduced("sum", inputs[0], eqn.params["axes"], kind)
        if name == "dot_general":
            return self.dot(eqn.params["dimension_numbers"], inputs, kind)
        if name == "reduce_precision":
            raise NotApplicable("reduce_precision")
        if name in UNARY:
            return _each(lambda i: self.push(name, (i,), None, kind), self.entries(inputs[0]))
        if name in BINARY:
            a, b = (np.broadcast_to(self.entries(i), shape) for i in inputs)
            return _each_index(lambda k: self.push(name, (a[k], b[k]), None, kind), shape)
        raise NotApplicable(name)

    def routine(self, called: str, eqn: Any, inputs: list[Any]) -> Any:
        """The call of a special function as one operation on the entries."""
        aval = eqn.outvars[0].aval
        kind = self.format(aval.dtype)
        parts = [np.broadcast_to(self.entries(i), aval.shape) for i in inputs]
        return _each_index(
            lambda k: self.push("routine", [p[k] for p in parts], called, kind), aval.shape
        )

    def integer_power(self, x: int, n: int, kind: str) -> int:
        """As XLA expands it: repeated squaring, a reciprocal for n < 0."""
        one = self.push("constant", (), (1.0).hex(), kind)
        if n == 0:
            return one
        power = x if abs(n) == 1 else self.push("power", (x,), abs(n), kind)
        return power if n > 0 else self.push("div", (one, power), None, kind)

    def select(self, inputs: list[Any], shape: tuple[int, ...]) -> Any:
        which, cases = inputs[0], inputs[1:]
        if isinstance(which, Known):
            if which.value.ndim == 0:
                return cases[int(which.value)]
            picked = np.broadcast_to(which.value.astype(int), shape)
            spread = [np.broadcast_to(self.entries(c), shape) for c in cases]
            return _each_index(lambda k: int(spread[picked[k]][k]), shape)
        if len(cases) != 2:
            raise NotApplicable("select_n by a whole number that depends on the arguments")
        test = np.broadcast_to(which, shape)
        if any(isinstance(c, Known) for c in cases) and not all(
            isinstance(c, Known) and c.value.dtype == bool for c in cases
        ):
            if any(isinstance(c, Known) and c.value.dtype != bool for c in cases):
                raise NotApplicable("a choice between whole numbers that depends on the arguments")
        no, yes = (np.broadcast_to(self.entries(c), shape) for c in cases)
        return _each_index(
            lambda k: self.push(
                "select",
                (test[k], no[k], yes[k]),
                None,
                self.instructions[int(no[k])].dtype,
            ),
            shape,
        )

    def move(self, eqn: Any, inputs: list[Any]) -> list[Any]:
        name = eqn.primitive.name
        # the indices of a slice or a gather are operands too: they must be known
        payload = inputs[:1] if name in ("dynamic_slice", "gather") else inputs
        rest = inputs[len(payload) :]
        if any(not isinstance(i, Known) for i in rest):
            raise NotApplicable(f"{name} at a place that depends on the arguments")
        if any(isinstance(i, Known) for i in payload):
            raise NotApplicable(f"{name} of whole numbers beside real ones")
        labels: list[Any] = []
        pool: list[int] = []
        for entries in payload:
            count = int(np.size(entries))
            labels.append(jnp.arange(len(pool), len(pool) + count).reshape(np.shape(entries)))
            pool += [int(i) for i in np.ravel(entries)]
        places = [jnp.asarray(i.value) for i in rest]
        params = dict(eqn.params)
        if name == "gather" and params.get("fill_value") is None:
            params["fill_value"] = -1
        found = eqn.primitive.bind(*labels, *places, **params)
        found = found if eqn.primitive.multiple_results else [found]
        moved = []
        for part in found:
            places_of = np.asarray(part)
            if places_of.size and (places_of.min() < 0 or places_of.max() >= len(pool)):
                raise NotApplicable(f"{name} outside its array")
            moved.append(_each(lambda i: pool[int(i)], places_of))
        return moved

    def convert(self, eqn: Any, variable: Any) -> Any:
        new = eqn.outvars[0].aval.dtype
        if isinstance(variable, Known):
            if jnp.issubdtype(new, jnp.floating):
                return self.constants(variable.value.astype(new))
            return Known(variable.value.astype(new))
        old = eqn.invars[0].aval.dtype
        if old == new:
            return variable
        if not (jnp.issubdtype(new, jnp.floating) and jnp.issubdtype(old, jnp.floating)):
            raise NotApplicable(f"conversion of {old} to {new}")
        kind = self.format(new)
        return _each(lambda i: self.push("convert", (int(i),), None, kind), variable)

    def reduced(self, op: str, entries: Any, axes: Sequence[int], kind: str) -> Any:
        kept = [k for k in range(np.ndim(entries)) if k not in axes]
        lines = np.transpose(entries, (*kept, *axes))
        shape = lines.shape[: len(kept)]
        lines = lines.reshape((*shape, -1))
        return _each_index(lambda k: self.push(op, tuple(lines[k]), None, kind), shape)

    def dot(self, numbers: Any, inputs: list[Any], kind: str) -> Any:
        """Entries as sums of products, in the order batch, left, right."""
        (left_sum, right_sum), (left_batch, right_batch) = numbers
        a, b = inputs
        left_free = [k for k in range(a.ndim) if k not in (*left_sum, *left_batch)]
        right_free = [k for k in range(b.ndim) if k not in (*right_sum, *right_batch)]
        a = np.transpose(a, (*left_batch, *left_free, *left_sum))
        b = np.transpose(b, (*right_batch, *right_free, *right_sum))
        batch, rows = a.shape[: len(left_batch)], a.shape[len(left_batch) :][: len(left_free)]
        columns = b.shape[len(right_batch) :][: len(right_free)]
        a = a.reshape((*batch, *rows, -1))
        b = b.reshape((*batch, *columns, -1))
        shape = (*batch, *rows, *columns)

        def entry(k: tuple[int, ...]) -> int:
            here, row = k[: len(batch)], k[len(batch) : len(batch) + len(rows)]
            column = k[len(batch) + len(rows) :]
            pairs = zip(np.ravel(a[(*here, *row)]), np.ravel(b[(*here, *column)]), strict=True)
            products = [self.push("mul", pair, None, kind) for pair in pairs]
            return self.push("sum", products, None, kind)

        return _each_index(entry, shape)

    # --- control flow ----------------------------------------------------------------------------

    def scan(self, params: Any, inputs: list[Any]) -> list[Any]:
        if "num_consts" in params:
            consts, carry = params["num_consts"], params["num_carry"]
        else:  # JAX >= 0.12 keeps the three groups of operands themselves
            consts, carry = (len(group.vals) for group in params["ft_in"].unpack()[:2])
        fixed, state = inputs[:consts], list(inputs[consts : consts + carry])
        columns = inputs[consts + carry :]
        rows: list[list[Any]] = []
        turns = range(params["length"])
        for turn in reversed(turns) if params.get("reverse") else turns:
            slices = [
                Known(c.value[turn]) if isinstance(c, Known) else np.asarray(c[turn])
                for c in columns
            ]
            found = self.run(params["jaxpr"], [*fixed, *state, *slices])
            state = found[:carry]
            rows.append(found[carry:])
        if params.get("reverse"):
            rows.reverse()
        stacked: list[Any] = []
        for parts in zip(*rows, strict=True):
            if all(isinstance(p, Known) for p in parts):
                stacked.append(Known(np.stack([p.value for p in parts])))
            else:
                stacked.append(np.stack([self.entries(p) for p in parts]))
        return [*state, *stacked]

    def loop(self, params: Any, inputs: list[Any]) -> list[Any]:
        split, body = params["cond_nconsts"], params["body_nconsts"]
        test_consts, body_consts = inputs[:split], inputs[split : split + body]
        state = list(inputs[split + body :])
        while True:
            (test,) = self.run(params["cond_jaxpr"], [*test_consts, *state])
            if not isinstance(test, Known):
                raise NotApplicable("while: a loop whose number of turns depends on the arguments")
            if not bool(test.value):
                return state
            state = self.run(params["body_jaxpr"], [*body_consts, *state])

    def branch(self, params: Any, inputs: list[Any]) -> list[Any]:
        which, branches = inputs[0], params["branches"]
        if isinstance(which, Known):
            chosen = int(np.clip(which.value, 0, len(branches) - 1))
            return self.run(branches[chosen], inputs[1:])
        raise NotApplicable("cond: a branch that depends on the arguments")


def _is_float(aval: Any) -> bool:
    return bool(jnp.issubdtype(aval.dtype, jnp.floating))


def _each(function: Callable[[Any], int], array: Any) -> Any:
    """An integer array: the function of every entry."""
    array = np.asarray(array)
    return _each_index(lambda k: function(array[k]), array.shape)


def _each_index(function: Callable[[tuple[int, ...]], int], shape: Sequence[int]) -> Any:
    found = np.empty(tuple(shape), dtype=np.int64)
    for k in np.ndindex(*shape):
        found[k] = function(k)
    return found


def number(instruction: Instruction) -> float:
    """The value of a float constant."""
    value = float.fromhex(instruction.data)
    if math.isnan(value):
        raise NotApplicable("a constant NaN")
    return value
