r"""Are two formulas - theirs and yours - the same on a domain?

Main definition: `equality`, which takes expressions, text, Formulas, explicit matrices, matrix
expressions of symbolic size, and dicts or tuples of them.

What counts as equal is said in `symbolic/exact/difference.py`: the same complex value (principal
branches) at every point of the domain.  Isolated points where exactly one side has a value are
listed as conditions; a region of such points, or a gap at an integer, refutes.

The outcome is `proven` (a normal form or a differential operator with exact initial values: for all
points of the domain), `holds` (zero on exact balls at the points drawn; the resolution is the
smallest relative difference that would have been seen), `refuted` (with an exact point, both values
and their difference) or `open` (with what stayed undecided).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr, MatrixBase, MatrixSymbol, S, Symbol, oo, zoo
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.dag import free_symbols_of
from derivax.symbolic.exact.difference import same_values
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.matrix_zero import matrix_vanishes
from derivax.symbolic.exact.noncommutative import noncommutative_vanishes
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.patience import within
from derivax.symbolic.formula import Formula
from derivax.symbolic.parse import parse, parse_relations

__all__ = ["SECONDS", "equality"]

SECONDS = 20.0
"""Default time limit of one comparison."""

_EXCERPT = 60
Output = Any


def equality(
    a: Any,
    b: Any,
    domain: Mapping[Any, Any] | None = None,
    *,
    where: Iterable[Any] | str = (),
    args: Sequence[Any] | None = None,
    points: int = 32,
    seed: int = 0,
    seconds: float | None = SECONDS,
) -> Finding:
    """Compare two subjects; see `derivax.equal` for the arguments.

    >>> equality("sin(2*x)", "2*sin(x)*cos(x)").outcome.value
    'proven'
    >>> finding = equality("sqrt(x^2)", "x")
    >>> finding.outcome.value, finding.witness["first"], finding.witness["second"]
    ('refuted', '0.6153846154', '-0.6153846154')
    >>> equality("sqrt(x^2)", "x", {"x": (0, "inf")}).outcome.value
    'proven'
    """
    _refuse_bad_numbers(points, seed, seconds)
    declared = _declared(a, b, domain, args, where)
    left, right = _side(a, declared, "the first"), _side(b, declared, "the second")
    pairs = list(_pairs(left.output, right.output, ""))
    area = _area(left, right, pairs, domain, where, args, declared)
    findings: list[tuple[str, Finding]] = []
    with within(seconds):
        for label, first, second in pairs:
            finding = _compared(first, second, area, points, seed)
            if finding.outcome is Outcome.REFUTED:
                return _labelled(finding, label)
            findings.append((label, finding))
    return findings[0][1] if len(findings) == 1 else _joined(findings)


# ---- the two sides ----------------------------------------------------------------------------


class _Side:
    """An output, with the arguments and the domain of a Formula if it is one."""

    def __init__(self, output: Output, formula: Formula | None, name: str) -> None:
        self.output, self.formula, self.name = output, formula, name


def _refuse_bad_numbers(points: int, seed: int, seconds: float | None) -> None:
    for name, value in (("points", points), ("seed", seed)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(f"{name}={value!r}", "is not a whole number", f"pass {name}=32")
    if points > 100_000:
        raise InputError(f"points={points}", "are too many", "pass at most 100000")
    if seconds is not None and (isinstance(seconds, bool) or not seconds > 0):
        raise InputError(f"seconds={seconds!r}", "is no time", "pass a positive number, or None")


def _declared(
    a: Any,
    b: Any,
    domain: Mapping[Any, Any] | None,
    args: Sequence[Any] | None,
    where: Iterable[Any] | str,
) -> dict[str, Any]:
    """What names mean in text: the symbols of the other side, of `args`, `domain` and `where`."""
    known: dict[str, Any] = {}
    sources: list[Any] = [*(args or ()), *(domain or {})]
    for side in (a, b):
        if isinstance(side, Formula):
            sources += [*side.args, *side.outputs]
        elif isinstance(side, Basic | MatrixBase):
            sources.append(side)
        elif isinstance(side, Mapping | list | tuple):
            sources += [x for x in _leaves(side) if isinstance(x, Basic | MatrixBase)]
    if not isinstance(where, str):
        sources += [r for r in _listed(where) if isinstance(r, Basic)]
    for source in sources:
        if isinstance(source, Basic | MatrixBase):
            for symbol in _symbols(source):
                _declare(known, symbol)
    for source in sources:
        if isinstance(source, str) and source not in known and source.isidentifier():
            known[source] = Symbol(source, real=True)
    return known


def _declare(known: dict[str, Any], symbol: Basic) -> None:
    name = str(symbol)
    other = known.setdefault(name, symbol)
    if other != symbol:
        raise InputError(
            f"symbol {name}",
            f"is two different symbols: {_described(other)}, and {_described(symbol)}",
            "use one symbol on both sides, and say the rest in domain",
        )


def _described(symbol: Any) -> str:
    if isinstance(symbol, MatrixSymbol):
        return f"a matrix of shape {symbol.shape[0]} x {symbol.shape[1]}"
    said = getattr(symbol, "assumptions0", {})
    strong = ("zero", "positive", "negative", "nonnegative", "nonpositive", "integer", "real")
    words = [word for word in strong if said.get(word)]
    if not words:
        words = ["complex"] if said.get("complex") else ["without assumptions"]
    return f"one that is {words[0]}" + (" integer" if "integer" in words[1:] else "")


def _symbols(x: Any) -> set[Basic]:
    """Free symbols; matrix symbols stand for themselves and for the symbols of their shape."""
    if isinstance(x, MatrixBase):
        return set().union(*(_symbols(entry) for entry in x)) if x.rows * x.cols else set()
    found = free_symbols_of([x])
    if x.is_Matrix or isinstance(x, MatrixExpr) or any(isinstance(s, MatrixSymbol) for s in found):
        found |= x.atoms(MatrixSymbol)
    return found


def _side(x: Any, declared: Mapping[str, Any], which: str) -> _Side:
    if isinstance(x, Formula):
        return _Side(x.expr, x, x.name)
    return _Side(_output(x, declared, which), None, which)


def _output(x: Any, declared: Mapping[str, Any], which: str) -> Output:
    if isinstance(x, Mapping):
        if not x:
            raise InputError(which, "is an empty dict: there is nothing to compare", "")
        return {str(key): _output(value, declared, which) for key, value in x.items()}
    if isinstance(x, list | tuple):
        if not x:
            raise InputError(which, "is an empty tuple: there is nothing to compare", "")
        return tuple(_output(value, declared, which) for value in x)
    if isinstance(x, str):
        x = parse(x, declared)
    if x is True or x is False or (isinstance(x, Relational | Boolean) and not isinstance(x, Expr)):
        raise InputError(
            _short(x), "is a condition, not a value", "pass the two sides that are to be compared"
        )
    if isinstance(x, MatrixBase):
        return x.as_immutable()
    expr = as_expression(x)
    if not isinstance(expr, Expr | MatrixExpr | MatrixBase):
        raise InputError(f"{which}, a {type(x).__name__}", "is not an expression", "pass formulas")
    if expr in (S.NaN, oo, -oo, zoo) if not expr.args else False:
        raise InputError(f"{which}, {expr}", "is no number", "compare expressions with values")
    return expr


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, Mapping):
        return [leaf for value in x.values() for leaf in _leaves(value)]
    if isinstance(x, list | tuple):
        return [leaf for value in x for leaf in _leaves(value)]
    return [x]


def _pairs(a: Output, b: Output, label: str) -> Iterable[tuple[str, Any, Any]]:
    """(label, first, second) for every pair of outputs that belong together."""
    if isinstance(a, dict) or isinstance(b, dict):
        if not (isinstance(a, dict) and isinstance(b, dict)):
            raise InputError("a dict and something else", "cannot be compared", "pass two dicts")
        lone = sorted(set(a) ^ set(b))
        if lone:
            raise InputError(
                f"key {lone[0]!r}", f"is in the {'first' if lone[0] in a else 'second'} only", ""
            )
        for key in a:
            yield from _pairs(a[key], b[key], f"{label}[{key!r}]")
        return
    if isinstance(a, tuple) or isinstance(b, tuple):
        if not (isinstance(a, tuple) and isinstance(b, tuple)):
            raise InputError("a tuple and something else", "cannot be compared", "pass two tuples")
        if len(a) != len(b):
            raise InputError(f"{len(a)} outputs and {len(b)}", "cannot be compared", "")
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from _pairs(x, y, f"{label}[{k}]")
        return
    yield label, a, b


# ---- the domain -------------------------------------------------------------------------------


def _area(
    left: _Side,
    right: _Side,
    pairs: Sequence[tuple[str, Any, Any]],
    domain: Mapping[Any, Any] | None,
    where: Iterable[Any] | str,
    args: Sequence[Any] | None,
    declared: Mapping[str, Any],
) -> Domain:
    """The common domain of the two sides; refuses symbols that do not fit."""
    free = [set().union(*(_symbols(pair[k]) for pair in pairs)) for k in (1, 2)]
    known: dict[str, Any] = {}
    for symbol in sorted(free[0], key=str) + sorted(free[1], key=str):
        _declare(known, symbol)
    if args is None and left.formula is not None and right.formula is not None:
        free = [set(left.formula.args), set(right.formula.args)]
    elif args is not None:
        listed = {declared.get(str(x), x) for x in args}
        stray = sorted((free[0] | free[1]) - listed - _shape_symbols(listed), key=str)
        if stray:
            raise InputError(f"symbol {stray[0]}", "is not among args", "add it")
        free = [listed, listed]
    lone = [sorted(free[k] - free[1 - k], key=str) for k in (0, 1)]
    if lone[0] and lone[1]:
        raise InputError(
            f"{left.name} has {lone[0][0]}, {right.name} has {lone[1][0]}",
            "the two are functions of different variables",
            "rename one, or pass args=[...] with all variables",
        )
    given, relations = _ranges(domain, declared)
    symbols = sorted((s for s in free[0] | free[1] if isinstance(s, Symbol)), key=str)
    formulas = [side.formula for side in (left, right) if side.formula is not None]
    for formula in formulas:
        symbols += [s for s in formula.domain.symbols if s not in symbols]
    relations += _relations(where, declared, symbols)
    tied = {s for r in relations if isinstance(r, Basic) for s in r.free_symbols}
    symbols += sorted((tied & set(declared.values())) - set(symbols), key=str)
    area = Domain.of(symbols, given)
    for formula in formulas:
        area = area.restricted(dict(formula.domain), formula.domain.where)
    return area.restricted(where=relations) if relations else area


def _ranges(
    domain: Mapping[Any, Any] | None, declared: Mapping[str, Any]
) -> tuple[dict[Any, Any], list[Any]]:
    """The rational ranges of a domain, and relations for irrational bounds such as pi."""
    ranges: dict[Any, Any] = {}
    relations: list[Any] = []
    for key, ends in dict(domain or {}).items():
        symbol = declared.get(str(key), key)
        if isinstance(ends, tuple | list) and len(ends) == 2 and isinstance(symbol, Symbol):
            low, high = (_irrational(end) for end in ends)
            relations += [] if low is None else [symbol >= low]
            relations += [] if high is None else [symbol <= high]
            ends = ("-inf" if low is not None else ends[0], "inf" if high is not None else ends[1])
        ranges[symbol] = ends
    return ranges, relations


def _irrational(end: Any) -> Expr | None:
    if isinstance(end, Expr) and end.is_number and end.is_extended_real and end.is_finite:
        return None if end.is_Rational or end.is_Float else end
    return None


def _shape_symbols(listed: Iterable[Any]) -> set[Any]:
    shapes = [size for x in listed if isinstance(x, MatrixSymbol) for size in x.shape]
    return {s for size in shapes for s in size.free_symbols}


def _relations(
    where: Iterable[Any] | str, declared: Mapping[str, Any], symbols: Sequence[Symbol]
) -> list[Any]:
    names = {**{str(s): s for s in symbols}, **declared}
    found: list[Any] = []
    for relation in [where] if isinstance(where, str) else _listed(where):
        if isinstance(relation, str):
            found += parse_relations(relation, names) if relation.strip() else []
        else:
            found.append(relation)
    return found


def _listed(where: Any) -> list[Any]:
    return [where] if isinstance(where, Basic | bool) else list(where)


# ---- comparing --------------------------------------------------------------------------------


def _compared(a: Any, b: Any, area: Domain, points: int, seed: int) -> Finding:
    matrices = [isinstance(x, MatrixBase | MatrixExpr) for x in (a, b)]
    if matrices[0] != matrices[1]:
        raise InputError("a matrix and a scalar", "cannot be compared", "take an entry or a trace")
    if matrices[0]:
        return _compared_matrices(a, b, area, points, seed)
    if a.atoms(MatrixExpr) or b.atoms(MatrixExpr):
        return _of_matrices(matrix_vanishes(a - b))
    if a.is_commutative is False or b.is_commutative is False:
        return _of_matrices(noncommutative_vanishes(a - b, area))
    return same_values(a, b, area.over(_scalars(area, a, b)), points=points, seed=seed)


def _scalars(area: Domain, *sides: Basic) -> list[Symbol]:
    """The symbols of the sides, and those that relations tie to them."""
    wanted = {s for side in sides for s in _symbols(side) if isinstance(s, Symbol)}
    for _ in area:
        tied = {s for r in area.where if r.free_symbols & wanted for s in r.free_symbols}
        if tied <= wanted:
            break
        wanted |= tied
    return [s for s in area if s in wanted]


def _compared_matrices(a: Any, b: Any, area: Domain, points: int, seed: int) -> Finding:
    if (_numeric(a.shape) and _numeric(b.shape) and a.shape != b.shape) or _surely_differ(a, b):
        sizes = [f"{rows} x {columns}" for rows, columns in (a.shape, b.shape)]
        raise InputError(f"matrices of shape {sizes[0]} and {sizes[1]}", "cannot be compared", "")
    explicit = [isinstance(x, MatrixBase) for x in (a, b)]
    if any(explicit):
        a, b = (x if isinstance(x, MatrixBase) else x.as_explicit() for x in (a, b))
        rows, columns = a.shape
        findings = []
        for i in range(rows):
            for j in range(columns):
                finding = _compared(a[i, j], b[i, j], area, points, seed)
                if finding.outcome is Outcome.REFUTED:
                    return _labelled(finding, f"({i}, {j})", key="entry")
                findings.append((f"({i}, {j})", finding))
        return _joined(findings)
    return _of_matrices(matrix_vanishes(a - b))


def _numeric(shape: Sequence[Any]) -> bool:
    return all(isinstance(size, int) or size.is_Integer for size in shape)


def _surely_differ(a: Any, b: Any) -> bool:
    differences = [
        as_expression(m) - as_expression(n) for m, n in zip(a.shape, b.shape, strict=True)
    ]
    return any(d.is_zero is False or (not d.is_zero and d.expand() != 0) for d in differences)


def _of_matrices(finding: Finding) -> Finding:
    """A witness of matrices in the words of this module."""
    if finding.witness is None:
        return finding
    point = {k: v for k, v in finding.witness.items() if k != "value"}
    witness = {"point": point, "difference": finding.witness.get("value")}
    return replace(finding, witness=witness)


# ---- findings ---------------------------------------------------------------------------------


def _labelled(finding: Finding, label: str, key: str = "output") -> Finding:
    if not label:
        return finding
    return replace(finding, witness={**dict(finding.witness or {}), key: label})


def _joined(findings: Sequence[tuple[str, Finding]]) -> Finding:
    """One finding for several outputs: the weakest, and which output it comes from."""
    if not findings:
        return Finding(Outcome.PROVEN, "identity", "there are no entries")
    outcome = weakest(f.outcome for _, f in findings)
    label, worst = next((k, f) for k, f in findings if f.outcome is outcome)
    resolutions = [f.resolution for _, f in findings if f.resolution is not None]
    conditions = [f"{k}: {said}" for k, f in findings for said in f.figures.get("conditions", ())]
    counts = {str(o): sum(f.outcome is o for _, f in findings) for o in Outcome}
    figures: dict[str, Any] = {"outputs": {k: n for k, n in counts.items() if n}}
    if conditions:
        figures["conditions"] = conditions
    return Finding(
        outcome,
        worst.method,
        f"{label}: {worst.detail}" if outcome is not Outcome.PROVEN else worst.detail,
        max(resolutions) if resolutions and outcome is Outcome.HOLDS else None,
        figures=figures,
    )


def _short(x: Any) -> str:
    text = str(x)
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
