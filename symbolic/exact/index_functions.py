r"""Unknown functions of a summation index, at sample points: one family of functions each.

Below a sum the value u(k) is no single unknown: u(1), u(2) ... differ, and u(3) outside the sum is
one of them.  For tests at points every such function is replaced by a member of the family

    u(k) = c_1 + c_2 t + c_3 t^2,    t = 1/(1 + k^2)    (several arguments: with weights 1, 2 ...)

with parameters c that are positive if the function says so.  What holds for every function holds
for these, so that a value that is not zero refutes; proofs never see the family.

For proofs such sums are written alike: one name for their index, and explicit ones written out.

Main definitions: `with_families`, `written_alike`.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy import Add, Basic, Dummy, Expr, Indexed, Integer
from sympy.core.function import AppliedUndef

from derivax.symbolic.exact.dag import postorder

__all__ = ["with_families", "written_alike"]

_TERMS = 3
_LONGEST = 64


def with_families(scalars: Sequence[Basic]) -> list[Basic]:
    """The expressions with every function of a bound index replaced by a family.

    >>> from sympy.abc import i, j, n
    >>> m = sp.Function("m", positive=True)
    >>> shown = with_families([sp.Sum(m(i), (i, 1, 2)) - m(1) - m(2)])
    >>> sp.simplify(shown[0].doit())
    0
    """
    heads = {_head(value) for scalar in scalars for value in _bound_values(scalar)}
    if not heads:
        return list(scalars)
    families: dict[Basic, tuple[Dummy, ...]] = {}

    def member(value: Basic) -> Expr:
        head = _head(value)
        if head not in families:
            sign = {"positive": True} if value.is_nonnegative else {"real": True}
            families[head] = tuple(Dummy(f"{head}_{k}", **sign) for k in range(_TERMS))
        places = value.indices if isinstance(value, Indexed) else value.args
        t = 1 / Add(1, *[Integer(w) * a**2 for w, a in enumerate(places, 1)])
        return Add(*[c * t**k for k, c in enumerate(families[head])])

    def known(value: Basic) -> bool:
        return isinstance(value, AppliedUndef | Indexed) and _head(value) in heads

    return [scalar.replace(known, member) for scalar in scalars]


def written_alike(scalar: Basic) -> Basic:
    """Sums over unknown functions of their index, with one name for it; short ones written out.

    >>> from sympy.abc import i, j, n
    >>> m = sp.Function("m")
    >>> written_alike(sp.Sum(m(i), (i, 1, n)) - sp.Sum(m(j), (j, 1, n)) + sp.Sum(m(i), (i, 1, 2)))
    m(1) + m(2)
    """
    if not _bound_values(scalar):
        return scalar

    def alike(total: Basic) -> Basic:
        if len(total.limits) != 1 or len(total.limits[0]) != 3:
            return total
        index, low, high = total.limits[0]
        count = high - low
        if count.is_Integer and low.is_Integer and count < _LONGEST:
            return total.doit()
        inside = total.function.atoms(sp.Sum, sp.Product)
        name = sp.Symbol(f"_k{len(inside)}", **index._assumptions_orig)
        return total.func(total.function.xreplace({index: name}), (name, low, high))

    return scalar.replace(lambda e: isinstance(e, sp.Sum | sp.Product), alike)


def _head(value: Basic) -> Basic:
    return value.base if isinstance(value, Indexed) else value.func


def _bound_values(scalar: Basic) -> list[Basic]:
    """Values of unknown functions whose argument contains the index of a sum around them."""
    found: list[Basic] = []
    if not scalar.has(sp.Sum, sp.Product):
        return found
    for total in postorder([scalar]):
        if not isinstance(total, sp.Sum | sp.Product):
            continue
        bound = {limit[0] for limit in total.limits}
        found += [
            value
            for value in total.function.atoms(AppliedUndef, Indexed)
            if bound & value.free_symbols and value.is_commutative and not value.is_integer
        ]
    return found
