"""Level 3 of a certificate once more: the recorded leaves tile the box, each is evaluated once.

Main definition: `enclosure_contradiction`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derivax.errors import DerivaxError
from derivax.numeric.verify.certificate import Level
from derivax.numeric.verify.enclosure import NotApplicable, replay
from derivax.numeric.verify.enclosure.search import table_digest
from derivax.numeric.verify.level_enclosure import float_range, outside, with_routines
from derivax.symbolic.formula import Formula

__all__ = ["enclosure_contradiction"]

# the sums of a bound are rounded outward; another NumPy may round once more
_SLACK = 1 + 1e-12


def enclosure_contradiction(
    level: Level, formula: Formula, code: Mapping[str, str], labels: Sequence[str]
) -> str | None:
    """What the recorded bounds of a level 3 get wrong; None when every one holds.

    Arguments: `code`, the certificate's source and function; `labels`, the outputs in order.
    """
    evidence = level.evidence
    if evidence.get("table_sha256") != table_digest():
        return "it rests on another table of operation errors than this version's"
    bounds = evidence.get("bounds") or ()
    stated = {(bound["output"], bound["dtype"]) for bound in bounds}
    if not stated or any((label, dtype) not in stated for label in labels for _, dtype in stated):
        return "an output has no recorded bound"
    try:
        function = with_routines(code["source"], code["function"])
        for bound in bounds:
            wrong = _bound(level, formula, function, bound, list(labels))
            if wrong is not None:
                return wrong
    except (NotApplicable, DerivaxError, ValueError, KeyError, TypeError, IndexError) as error:
        return f"its record cannot be replayed: {error}"
    return None


def _bound(
    level: Level, formula: Formula, function: Any, bound: Mapping[str, Any], labels: list[str]
) -> str | None:
    label, dtype = bound["output"], bound["dtype"]
    name = f"{label}_{dtype}" if len(labels) > 1 else dtype
    recorded = level.figures[f"error_{name}"].value
    box = [float_range(formula.domain[symbol], dtype) for symbol in formula.args]
    stored = [(float.fromhex(low), float.fromhex(high)) for low, high in bound["box"]]
    if box != stored:
        return f"the box of {name} is not the domain"
    found = replay(
        function,
        stored,
        bound["splits"],
        dtype=dtype,
        result=labels.index(label),
        excluded=outside(formula),
    )
    if not found.error <= recorded * _SLACK:
        return f"the error of {name} may reach {found.error:.3g}, recorded is {recorded:.3g}"
    relative = level.figures.get(f"relative_{name}")
    if relative is not None:
        reached = found.relative / float(np.finfo(dtype).eps)
        if not reached <= relative.value * _SLACK:
            return f"the relative error of {name} may reach {reached:.3g} eps"
    first, last = (float.fromhex(end) for end in bound["range"])
    width = (_SLACK - 1) * max(abs(first), abs(last))
    if found.low < first - width or found.high > last + width:
        return f"{name} may leave its recorded range: [{found.low:.6g}, {found.high:.6g}]"
    if bound["sign"] not in ("", found.sign) or not all(
        stated in ("", shown) for stated, shown in zip(bound["monotone"], found.monotone)
    ):
        return f"a recorded sign or direction of {name} does not follow"
    return None
