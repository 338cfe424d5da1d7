"""The partial derivatives of kernels as functions of an exported module, up to a chosen order.

*Main definitions*: `Ruled` (a kernel, the kernels of its partial derivatives, the lines that join
them in the module), `affordable_order`.

*Implementation notes*: one function per set of arguments, so that d2f/dx dy and d2f/dy dx are one;
what vanishes gets no function.  `_with_partials` of the module turns a function and its partial
derivatives into a function with a `custom_jvp`, from the highest order down, so that a derivative
of any order up to the chosen one never passes through emitted code.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

from derivax.numeric.codegen.differentiate import derivative
from derivax.numeric.codegen.kernel import Kernel

__all__ = ["Ruled", "affordable_order"]

LARGEST = 3000  # operations of all second derivatives together, before they are simplified
Positions = tuple[int, ...]


def affordable_order(kernel: Kernel) -> int:
    """The order of derivatives that a module of moderate length holds: 2, or 1 for long formulas.

    >>> from derivax.numeric.codegen.tape import Tape
    >>> tape = Tape()
    >>> x = tape.arg(0, "x")
    >>> affordable_order(Kernel("f", tape, [tape.mul((x, x))], ["x"], [x], single=True))
    2
    """
    count = len(kernel.arg_names)
    size = len(list(kernel.tape.reachable(kernel.outputs)))
    return 2 if size * count * (count + 1) <= LARGEST else 1


class Ruled:
    """A kernel with its partial derivatives up to an order.

    Args:
        kernel: the function.
        order: how often it may be differentiated symbolically.
        taken: names that the module uses already; the names of the derivatives are added.
    """

    def __init__(self, kernel: Kernel, order: int, taken: set[str]) -> None:
        self.kernel, self.order = kernel, order
        self._functions: dict[Positions, Kernel] = {(): kernel}
        taken.add(kernel.name)
        for length in range(1, order + 1):
            for positions in combinations_with_replacement(range(len(kernel.arg_names)), length):
                self._add(positions, taken)

    def _add(self, positions: Positions, taken: set[str]) -> None:
        *inner, last = positions
        parent = self._functions.get(tuple(inner))
        if parent is None:  # the lower derivative vanishes
            return
        kernel = self.kernel
        outputs = derivative(kernel.tape, parent.outputs, kernel.arg_ids[last])
        if all(kernel.tape.number(i) == 0 for i in outputs):
            return
        by = [kernel.arg_names[k] for k in positions]
        base = name = f"{kernel.name.removesuffix('_values')}_by_{'_'.join(by)}"
        while name in taken:
            name += "_"
        taken.add(name)
        order = f"{len(by)}. " if len(by) > 1 else ""
        self._functions[positions] = Kernel(
            name,
            kernel.tape,
            outputs,
            kernel.arg_names,
            kernel.arg_ids,
            single=kernel.single,
            rewrite=kernel.rewrite,
            comment=(f"{order}partial derivative of {base.partition('_by_')[0]} by", ", ".join(by)),
        )

    @property
    def derivatives(self) -> list[Kernel]:
        """The kernels of the derivatives, lower orders first."""
        return [kernel for positions, kernel in self._functions.items() if positions]

    def lines(self) -> list[str]:
        """`f = _with_partials(f, f_by_x, None, f_by_z)`, higher orders first."""
        found = []
        count = len(self.kernel.arg_names)
        for positions in sorted(self._functions, key=len, reverse=True):
            if len(positions) >= self.order:
                continue
            name = self._functions[positions].name
            slopes = []
            for k in range(count):
                slope = self._functions.get(tuple(sorted((*positions, k))))
                slopes.append("None" if slope is None else slope.name)
            line = f"{name} = _with_partials({', '.join([name, *slopes])})"
            if len(line) > 100:
                inner = "".join(f"    {part},\n" for part in [name, *slopes])
                line = f"{name} = _with_partials(\n{inner})"
            found.append(line)
        return found
