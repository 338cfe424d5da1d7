"""Reference values of Programs for self-tests, from their exact references in ball arithmetic.

*Main definitions*: `program_reference_table(program)`, `compared_text(program)`.

*Implementation notes*: a few small cases of the Program's own, moved into float32.  Derivatives are
central differences along a direction with a step of 2^-100.  The scale of a result is its norm plus
its change when all arguments are moved by 2^-40 of their largest entry, relative to that.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from derivax.errors import DerivaxError
from derivax.numeric.export.references import decimal
from derivax.numeric.programs.claims import balls, disturbed
from derivax.symbolic.exact.precision import working_precision

__all__ = ["compared_text", "program_reference_table"]

MOST_NUMBERS, MOST_CASES, TRIALS = 80, 2, 3
BITS, STEP_BITS, PROBE_BITS = 640, 100, 40

Values = Mapping[str, Any]


def program_reference_table(program: Any) -> str | None:
    """`REFERENCES = (...)` as text; None where the Program has no exact reference."""
    if program.reference is None or program.cases is None:
        return None
    rows: list[str] = []
    for label, values in program.cases(np.random.default_rng(0)):
        if label in getattr(program, "not_smooth", ()):
            continue
        given = {k: np.float64(np.float32(v)) for k, v in values.items()}
        if sum(np.size(v) for v in given.values()) > MOST_NUMBERS:
            continue
        try:
            rows.append(_case(program, given))
        except (DerivaxError, ZeroDivisionError, ValueError):
            continue  # the exact value is not finite there
        if len(rows) == MOST_CASES:
            break
    return "REFERENCES = (\n" + "\n".join(rows) + "\n)" if rows else None


def _case(program: Any, given: Values) -> str:
    rng = np.random.default_rng(len(given))
    along = {k: _direction(program, k, v, rng) for k, v in given.items()}
    with working_precision(BITS):
        start, ways = balls(given), balls(along)
        near = [disturbed(start, rng, 2.0**-PROBE_BITS) for _ in range(TRIALS)]
        exact, *moved = (_kept(program, _reference(program, part)) for part in (start, *near))
        lines = [f"    ({_listed(program, given)},", f"    {_listed(program, along)}, {{"]
        lines += _results(exact, moved, exact)
        lines.append("    }, {")
        if program.derivatives:
            slopes, *moved = (_slope(program, part, ways) for part in (start, *near))
            lines += _results(slopes, moved, exact)
        lines.append("    }),")
    return "\n".join(lines)


def _direction(program: Any, name: str, value: Any, rng: Any) -> np.ndarray:
    """Eighths; nothing where an argument may not move, or stands at the end of its range."""
    along = np.round(8 * rng.standard_normal(np.shape(value))) / 8
    low = next(a.low for a in program.arguments if a.name == name)
    if name not in program.differentiable:
        return np.zeros(np.shape(value))
    return along if low is None else np.where(np.asarray(value) <= low, 0.0, along)


def _reference(program: Any, values: Values) -> dict[str, np.ndarray]:
    return {
        k: np.asarray(v, dtype=object) for k, v in program.reference(dict(values), BITS).items()
    }


def _kept(program: Any, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if compared_text(program).count("\n") > 2:
        return values
    names = {result.name for result in program.results}
    return {k: v for k, v in values.items() if k in names}


def _slope(program: Any, start: Values, ways: Values) -> dict[str, np.ndarray]:
    step = arb(2) ** -STEP_BITS
    above, below = (
        _kept(
            program,
            _reference(
                program, {k: np.asarray(v + sign * step * ways[k]) for k, v in start.items()}
            ),
        )
        for sign in (1, -1)
    )
    return {k: np.asarray((above[k] - below[k]) / (2 * step), dtype=object) for k in above}


def _results(
    exact: dict[str, np.ndarray], moved: list[dict[str, np.ndarray]], values: Values
) -> list[str]:
    """A derivative may vanish: what rounding may do to it is measured on the value, too."""
    lines = []
    for name, value in exact.items():
        numbers = [_fraction(x) for x in value.ravel()]
        size = max(
            sum(float(_fraction(x)) ** 2 for x in part.ravel()) ** 0.5
            for part in (value, values[name])
        )
        change = 0.0
        for one in moved:
            near = [_fraction(x) for x in one[name].ravel()]
            off = sum(float(a - b) ** 2 for a, b in zip(numbers, near, strict=True)) ** 0.5
            change = max(change, off)
        scale = size + change * 2.0**PROBE_BITS
        lines.append(f'        "{name}": ({tuple(value.shape)}, (')
        lines += [f'            "{decimal(x)}",' for x in numbers]
        lines.append(f'        ), "{scale:.6g}"),')
    return lines


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, arb):
        return Fraction(value)
    if not value.is_finite():
        raise ValueError("not finite")
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _listed(program: Any, values: Values) -> str:
    return f"({', '.join(_numbers(values[name]) for name in program.arg_names)},)"


def _numbers(value: Any) -> str:
    if np.ndim(value) == 0:
        return repr(float(value))
    inner = [_numbers(part) for part in value]
    return f"({inner[0]},)" if len(inner) == 1 else f"({', '.join(inner)})"


# -- what is compared -----------------------------------------------------------------------------


def compared_text(program: Any) -> str:
    """`_compared(given, results)` as text: the Program's own function where its text stands alone,
    else the results as they are."""
    plain = "def _compared(given, results):\n    return results\n"
    function = program.compared
    if function is None or function.__name__ == "<lambda>" or function.__closure__:
        return plain
    known = {"jax", "jnp", "numpy", "__builtins__"}
    if any(name in function.__globals__ for name in set(function.__code__.co_names) - known):
        return plain
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return plain
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return plain
    node.name, node.returns = "_compared", None
    for argument in node.args.args:
        argument.annotation = None
    return ast.unparse(tree) + "\n"
