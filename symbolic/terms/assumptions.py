"""Assumptions of symbols and undefined functions, as the smallest set that implies the rest.

SymPy compares symbols by all that their assumptions imply (`positive=True` implies nineteen
facts), so `Symbol("x", positive=True)` equals `Symbol("x", positive=True, real=True)`.  The term
keeps a minimal set, found by dropping facts in a fixed order while the rest still implies them:
short, the same for equal symbols, and untouched by facts that a later SymPy may add.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sympy import Dummy, Symbol
from sympy.core.facts import InconsistentAssumptions

from derivax.errors import TermError
from derivax.symbolic.terms.limits import shown

__all__ = ["FACTS", "checked_facts", "dummy_with", "minimal_facts", "symbol_with"]

# The facts in the order of preference for keeping: the first are dropped last.
FACTS = (
    "zero", "prime", "composite", "even", "odd", "positive", "negative", "nonnegative",
    "nonpositive", "nonzero", "integer", "rational", "irrational", "algebraic", "transcendental",
    "noninteger", "real", "imaginary", "complex", "extended_positive", "extended_negative",
    "extended_nonnegative", "extended_nonpositive", "extended_nonzero", "extended_real", "finite",
    "infinite", "hermitian", "antihermitian", "polar", "commutative",
)  # fmt: skip

Facts = tuple[tuple[str, bool], ...]


@lru_cache(maxsize=4096)
def _closure(facts: Facts) -> Facts:
    """All that `facts` imply, sorted by name."""
    return tuple(sorted(Symbol("x", **dict(facts)).assumptions0.items()))


@lru_cache(maxsize=4096)
def _minimal(closure: Facts) -> Facts:
    kept = dict(closure)
    unknown = kept.keys() - set(FACTS)
    negative = [name for name in reversed(FACTS) if kept.get(name) is False]
    positive = [name for name in reversed(FACTS) if kept.get(name) is True]
    for name in [*sorted(unknown), *negative, *positive]:
        rest = tuple((key, value) for key, value in kept.items() if key != name)
        if _closure(rest) == closure:
            del kept[name]
    return tuple(sorted(kept.items()))


def minimal_facts(known: Mapping[str, bool | None]) -> dict[str, bool]:
    """The canonical smallest set of facts that implies all of `known`.

    >>> minimal_facts({"positive": True, "real": True, "commutative": True})
    {'positive': True}
    >>> minimal_facts({"integer": True, "nonnegative": True})
    {'integer': True, 'nonnegative': True}
    """
    given = tuple(sorted((name, value) for name, value in known.items() if value is not None))
    return dict(_minimal(_closure(given)))


def _checked(facts: object) -> dict[str, bool]:
    if not isinstance(facts, dict) or len(facts) > len(FACTS):
        raise TermError(shown(facts), "is not a set of assumptions {name: true or false}")
    for name, value in facts.items():
        if name not in FACTS or not isinstance(value, bool):
            raise TermError(f"{shown(name)}: {shown(value)}", "is not an assumption of SymPy")
    try:
        minimal = minimal_facts(facts)
    except InconsistentAssumptions:
        raise TermError(str(sorted(facts.items())), "are contradictory assumptions") from None
    if minimal != facts:
        raise TermError(str(sorted(facts.items())), "are not in canonical form", f"write {minimal}")
    return minimal


def symbol_with(name: str, facts: object) -> Symbol:
    """The symbol of this name with these assumptions, in canonical form."""
    return Symbol(name, **_checked(facts))


def dummy_with(name: str, facts: object, index: int | None = None) -> Dummy:
    """A dummy with these assumptions: a fresh one, or the one of a given index."""
    checked = _checked(facts)
    return Dummy(name, **checked) if index is None else Dummy(name, dummy_index=index, **checked)


def checked_facts(facts: object) -> dict[str, bool]:
    """Assumptions of an undefined function, checked like those of a symbol."""
    return _checked(facts)
