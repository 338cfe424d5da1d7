"""The operations of a jaxpr carried out at many points, with what adjoints need to travel back.

Main definition: `Tape`.

Implementation notes.  The values are computed in NumPy's extended precision where the platform
has it.  Loops are unrolled point by point, so a converged iteration forgets its early errors;
operations that only move data are run once on integer labels, which gives the map of their entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from derivax.numeric.special.table import ROW_OF_PRIMAL, Row
from derivax.numeric.verify.rounding_nodes import (
    WIDE,
    Node,
    is_float,
    literal_error,
    rounding,
    strained,
    times,
)
from derivax.numeric.verify.rounding_rules import (
    ELEMENTWISE,
    WITHOUT_ERROR,
    NoRoundingRuleError,
    operation_ulp,
    special_function,
    special_scale,
)
from derivax.numeric.verify.simplifier import rewritten

__all__ = ["Tape"]

_CALLS = frozenset(
    [
        "jit",
        "pjit",
        "custom_jvp_call",
        "custom_vjp_call",
        "custom_vjp_call_jaxpr",
        "closed_call",
        "core_call",
        "remat",
        "remat2",
        "checkpoint",
        "custom_lin",
    ]
)
_MOVES = frozenset(
    [
        "broadcast_in_dim",
        "reshape",
        "squeeze",
        "expand_dims",
        "concatenate",
        "stack",
        "slice",
        "transpose",
        "rev",
    ]
)
_MOST_OPERATIONS = 20_000

Array = Any


class Tape:
    """The operations of a jaxpr, carried out at many points, with what the adjoints need."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def add(self, node: Node) -> int:
        if len(self.nodes) >= _MOST_OPERATIONS:
            raise NoRoundingRuleError(f"more than {_MOST_OPERATIONS} operations")
        self.nodes.append(node)
        return len(self.nodes) - 1

    def push_constant(self, value: Any, dtype: Any) -> int:
        array = np.asarray(value)[None]
        if not is_float(dtype):
            return self.add(Node(array))
        rounded = np.asarray(array, dtype=dtype).astype(WIDE)
        return self.add(Node(rounded, literal_error(rounded, dtype), op="constant"))

    # --- the program as `simplifier` reads it -------------------------------------------------

    def name(self, index: int) -> str:
        return self.nodes[self._unmoved(index)].op

    def operands(self, index: int) -> tuple[int, ...]:
        return self.nodes[self._unmoved(index)].operands

    def constant(self, index: int) -> float | None:
        node = self.nodes[self._unmoved(index)]
        if node.op != "constant":
            return None
        flat = node.value.ravel()
        return float(flat[np.argmax(np.abs(flat))]) if flat.size else 0.0

    def _unmoved(self, index: int) -> int:
        """Where an entry comes from that was only moved."""
        while self.nodes[index].op in _MOVES and len(self.nodes[index].operands) == 1:
            index = self.nodes[index].operands[0]
        return index

    # --- one equation ------------------------------------------------------------------------

    def apply(self, eqn: Any, operands: Sequence[int]) -> list[int]:
        name = eqn.primitive.name
        row = ROW_OF_PRIMAL.get(eqn.params.get("name", "")) if name in _CALLS else None
        if row is not None:
            values = [self.nodes[i].value for i in operands]
            return [self._special(row, eqn.outvars[0].aval, operands, values)]
        if name in _CALLS:
            inner = eqn.params.get("call_jaxpr") or eqn.params.get("jaxpr")
            return self.run(inner, operands)
        if name == "while":
            return self._while(eqn.params, operands)
        if name == "scan":
            return self._scan(eqn.params, operands)
        if name == "cond":
            return self._cond(eqn.params, operands)
        aval = eqn.outvars[0].aval
        values = [self.nodes[i].value for i in operands]
        if name == "select_n":
            return [self._select(operands, values)]
        if name in _MOVES:
            return [self._move(eqn, operands, values)]
        if name == "convert_element_type":
            return [self._convert(eqn, operands[0], values[0])]
        if name == "reduce_precision":
            return [self._elementwise("copy", aval, operands, values, 0.5)]
        if name == "integer_pow":
            return [self._integer_power(eqn.params["y"], aval, operands[0], values[0])]
        if name == "reduce_sum":
            return [self._sum(eqn.params["axes"], aval, operands[0], values[0])]
        if name == "dot_general":
            return [self._dot(eqn.params["dimension_numbers"], aval, operands, values)]
        if name == "iota":
            return [self.add(Node(np.asarray(eqn.primitive.bind(**eqn.params))[None]))]
        if name in ELEMENTWISE:
            return [self._elementwise(name, aval, operands, values)]
        raise NoRoundingRuleError(name)

    def run(self, closed: Any, operands: Sequence[int]) -> list[int]:
        """The indices of the results of a (closed) jaxpr."""
        jaxpr = getattr(closed, "jaxpr", closed)
        environment: dict[Any, int] = {}
        for var, const in zip(jaxpr.constvars, getattr(closed, "consts", ()), strict=True):
            environment[var] = self.push_constant(const, var.aval.dtype)
        environment.update(zip(jaxpr.invars, operands, strict=True))

        def read(atom: Any) -> int:
            if hasattr(atom, "val"):
                return self.push_constant(atom.val, atom.aval.dtype)
            return environment[atom]

        for eqn in jaxpr.eqns:
            results = self.apply(eqn, [read(atom) for atom in eqn.invars])
            environment.update(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    # --- kinds of operation --------------------------------------------------------------------

    def _elementwise(
        self, name: str, aval: Any, operands: Sequence[int], values: list[Array], ulps: float = -1.0
    ) -> int:
        rank = len(aval.shape) + 1
        spread = [v.reshape(v.shape + (1,) * (rank - v.ndim)) for v in values]
        value, partials = ELEMENTWISE[name](*spread)
        if not is_float(aval.dtype):
            return self.add(Node(value))
        if ulps < 0:
            single = aval.dtype == jnp.float32
            ulps = 0.0 if name in WITHOUT_ERROR else operation_ulp(name, single)
        eps = rounding(value, aval.dtype, ulps) if ulps else None
        if name in ("lgamma", "digamma"):  # absolute near the zeros, not relative
            eps = 64 * float(jnp.finfo(aval.dtype).eps) * (1 + np.abs(value))
        pulls = []
        for index, original, partial in zip(operands, values, partials, strict=True):
            extra = tuple(range(original.ndim, rank))

            def pull(
                adjoint: Array, partial: Array = partial, extra: tuple[int, ...] = extra
            ) -> Array:
                sent = times(adjoint, partial)
                return sent.sum(axis=extra) if extra else sent

            pulls.append((index, pull))
        if eps is not None:
            eps = self._with_rewriting(name, operands, aval.dtype, value, eps)
        leaves = strained(value, aval.dtype)
        return self.add(Node(value, eps, tuple(pulls), leaves, name, tuple(operands)))

    def _with_rewriting(
        self, name: str, operands: Sequence[int], dtype: Any, value: Array, eps: Array
    ) -> Array:
        """The error with what the compiler's simplifier may round in addition."""
        charge = rewritten(name, operands, self, dtype == jnp.float32)
        if charge.ulps:
            eps = eps + rounding(value, dtype, charge.ulps)
        if charge.absolute:
            eps = eps + WIDE(charge.absolute)
        if charge.exponents:
            size = sum(np.abs(self.nodes[i].value) for i in charge.exponents)
            share = 2 * rounding(size, dtype, 0.5)  # exp(d) - 1 <= 2 d for d <= 1
            eps = eps + np.where(share <= 2, np.abs(value) * share, np.inf)
        return eps

    def _special(self, row: Row, aval: Any, operands: Sequence[int], values: list[Array]) -> int:
        """A special function as a whole: its documented error and its exact derivatives."""
        value, partials = special_function(row, values)
        ulps = row.ulp[0 if aval.dtype == jnp.float32 else 1]
        size = special_scale(row, values, value, partials)
        eps = rounding(np.where(np.isfinite(value), size, value), aval.dtype, ulps)
        pulls = []
        for index, original, partial in zip(operands, values, partials, strict=True):
            extra = tuple(range(original.ndim, value.ndim))

            def pull(
                adjoint: Array, partial: Array = partial, extra: tuple[int, ...] = extra
            ) -> Array:
                sent = times(adjoint, partial)
                return sent.sum(axis=extra) if extra else sent

            pulls.append((index, pull))
        return self.add(Node(value, eps, tuple(pulls), strained(value, aval.dtype)))

    def _select(self, operands: Sequence[int], values: list[Array]) -> int:
        which, cases = values[0], values[1:]
        rank = max(v.ndim for v in cases)
        which = which.reshape(which.shape + (1,) * (rank - which.ndim)).astype(np.int64)
        value = np.choose(which, cases)
        pulls = tuple(
            (index, lambda adjoint, taken=(which == k): times(adjoint, taken))
            for k, index in enumerate(operands[1:])
        )
        return self.add(Node(value, None, pulls))

    def _move(self, eqn: Any, operands: Sequence[int], values: list[Array]) -> int:
        labels, offset = [], 0
        for value in values:
            count = int(np.prod(value.shape[1:], dtype=np.int64))
            labels.append(jnp.arange(offset, offset + count).reshape(value.shape[1:]))
            offset += count
        source = np.asarray(eqn.primitive.bind(*labels, **eqn.params))
        batch = max(v.shape[0] for v in values)
        flat = [
            np.broadcast_to(v.reshape(v.shape[0], -1), (batch, v.size // v.shape[0]))
            for v in values
        ]
        moved = np.concatenate(flat, axis=1)[:, source.ravel()].reshape((batch, *source.shape))
        pulls, offset = [], 0
        for index, value in zip(operands, values, strict=True):
            count = value.size // value.shape[0]

            def pull(
                adjoint: Array,
                low: int = offset,
                count: int = count,
                shape: tuple[int, ...] = value.shape[1:],
            ) -> Array:
                sent = np.zeros((count, adjoint.shape[0]), dtype=WIDE)
                here = (source.ravel() >= low) & (source.ravel() < low + count)
                columns = adjoint.reshape(adjoint.shape[0], -1)[:, here]
                np.add.at(sent, source.ravel()[here] - low, columns.T)
                return sent.T.reshape((adjoint.shape[0], *shape))

            pulls.append((index, pull))
            offset += count
        return self.add(Node(moved, None, tuple(pulls), None, eqn.primitive.name, tuple(operands)))

    def _convert(self, eqn: Any, operand: int, value: Array) -> int:
        new, old = eqn.outvars[0].aval.dtype, eqn.invars[0].aval.dtype
        if not is_float(new):
            return self.add(Node(np.asarray(value).astype(new)))
        wide = value.astype(WIDE)
        narrower = is_float(old) and jnp.finfo(new).bits < jnp.finfo(old).bits
        eps = rounding(wide, new, 0.5) if narrower else None
        pulls = ((operand, lambda adjoint: adjoint),) if is_float(old) else ()
        return self.add(Node(wide, eps, pulls, strained(wide, new)))

    def _integer_power(self, n: int, aval: Any, operand: int, value: Array) -> int:
        result = value**n if n >= 0 else 1 / value ** (-n)
        partial = n * (value ** (n - 1) if n >= 1 else 1 / value ** (1 - n))
        # repeated squaring: as many roundings as factors, at most, and one for the reciprocal
        eps = rounding(result, aval.dtype, 0.5 * (abs(n) + 1))
        pulls = ((operand, lambda adjoint: times(adjoint, partial)),)
        return self.add(Node(result, eps, pulls, strained(result, aval.dtype)))

    def _sum(self, axes: Sequence[int], aval: Any, operand: int, value: Array) -> int:
        along = tuple(axis + 1 for axis in axes)
        count = int(np.prod([value.shape[axis] for axis in along], dtype=np.int64))
        eps = rounding(np.abs(value).sum(axis=along), aval.dtype, 0.5 * max(count - 1, 0))
        shape = value.shape

        def pull(adjoint: Array) -> Array:
            batch = max(adjoint.shape[0], shape[0])
            return np.broadcast_to(np.expand_dims(adjoint, along), (batch, *shape[1:]))

        total = value.sum(axis=along)
        return self.add(Node(total, eps, ((operand, pull),), strained(total, aval.dtype)))

    def _dot(self, numbers: Any, aval: Any, operands: Sequence[int], values: list[Array]) -> int:
        (left_sum, right_sum), (left_batch, right_batch) = numbers
        a, b = values
        letters = iter("abcdefghijklmnopqrstuvwxy")
        left = [""] * (a.ndim - 1)
        right = [""] * (b.ndim - 1)
        for i, j in (*zip(left_batch, right_batch), *zip(left_sum, right_sum)):
            left[i] = right[j] = next(letters)
        shared = {left[i] for i in left_sum}
        left = [letter or next(letters) for letter in left]
        right = [letter or next(letters) for letter in right]
        batch = [left[i] for i in left_batch]
        out = batch + [c for c in left if c not in batch and c not in shared]
        out += [c for c in right if c not in batch and c not in shared]
        first, second, result = ("z" + "".join(part) for part in (left, right, out))
        depth = int(np.prod([a.shape[1 + i] for i in left_sum], dtype=np.int64))

        def product(x: Array, y: Array, how: str) -> Array:
            size = max(x.shape[0], y.shape[0])
            x, y = (np.broadcast_to(part, (size, *part.shape[1:])) for part in (x, y))
            return np.einsum(how, x, y)

        forward = f"{first},{second}->{result}"
        eps = rounding(product(np.abs(a), np.abs(b), forward), aval.dtype, 0.5 * depth)
        pulls = (
            (operands[0], lambda adjoint: product(adjoint, b, f"{result},{second}->{first}")),
            (operands[1], lambda adjoint: product(adjoint, a, f"{result},{first}->{second}")),
        )
        value = product(a, b, forward)
        return self.add(Node(value, eps, pulls, strained(value, aval.dtype)))

    # --- control flow --------------------------------------------------------------------------

    def _merge(self, active: Array, new: Sequence[int], old: Sequence[int]) -> list[int]:
        """The new state where the loop goes on, the old one where it has ended."""
        if active.all():
            return list(new)
        merged = []
        for after, before in zip(new, old, strict=True):
            choice = self.add(Node(active))
            values = [self.nodes[i].value for i in (before, after)]
            merged.append(self._select([choice, before, after], [active, *values]))
        return merged

    def _while(self, params: Any, operands: Sequence[int]) -> list[int]:
        split = params["cond_nconsts"]
        test_consts = list(operands[:split])
        body_consts = list(operands[split : split + params["body_nconsts"]])
        state = list(operands[split + params["body_nconsts"] :])
        active = np.ones(1, dtype=bool)
        while True:
            (test,) = self.run(params["cond_jaxpr"], test_consts + state)
            active = active & self.nodes[test].value
            if not active.any():
                return state
            new = self.run(params["body_jaxpr"], body_consts + state)
            state = self._merge(active, new, state)

    def _scan(self, params: Any, operands: Sequence[int]) -> list[int]:
        if "num_consts" in params:
            consts, carry = params["num_consts"], params["num_carry"]
        else:  # JAX >= 0.12 keeps the three groups of operands themselves
            consts, carry = (len(group.vals) for group in params["ft_in"].unpack()[:2])
        if len(operands) > consts + carry or len(params["jaxpr"].jaxpr.outvars) > carry:
            raise NoRoundingRuleError("scan over arrays")
        state = list(operands[consts:])
        for _ in range(params["length"]):
            state = self.run(params["jaxpr"], list(operands[:consts]) + state)
        return state

    def _cond(self, params: Any, operands: Sequence[int]) -> list[int]:
        which = self.nodes[operands[0]].value.astype(np.int64)
        branches = [self.run(branch, operands[1:]) for branch in params["branches"]]
        chooser = self.add(Node(np.clip(which, 0, len(branches) - 1)))
        return [
            self._select([chooser, *results], [self.nodes[i].value for i in (chooser, *results)])
            for results in zip(*branches, strict=True)
        ]

    # --- the bound -----------------------------------------------------------------------------

    def bound(self, root: int, entry: tuple[int, ...], count: int) -> tuple[Array, Array, Array]:
        """sum_i |A_i| eps_i of one entry of a result at each point; where a value that leaves the
        range of normal numbers reaches it; and where there is such a value at all."""
        adjoints: dict[int, Array] = {}
        seed = np.zeros((count, *self.nodes[root].value.shape[1:]), dtype=WIDE)
        place: Any = (slice(None), *entry)
        seed[place] = 1
        adjoints[root] = seed
        total = np.zeros(count, dtype=WIDE)
        leaving, touched = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        for index in range(root, -1, -1):
            adjoint = adjoints.pop(index, None)
            if adjoint is None:
                continue
            node = self.nodes[index]
            if node.eps is not None:
                share = times(np.abs(adjoint), node.eps)
                total += share.reshape(share.shape[0], -1).sum(axis=1)
            if node.strained is not None:
                touched |= node.strained.reshape(node.strained.shape[0], -1).any(axis=1)
                reached = node.strained & (adjoint != 0)
                leaving |= reached.reshape(reached.shape[0], -1).any(axis=1)
            for parent, pull in node.pulls:
                sent = pull(adjoint)
                adjoints[parent] = adjoints[parent] + sent if parent in adjoints else sent
        return total, leaving, touched
