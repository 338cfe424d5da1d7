"""A formula: an expression with its arguments and their domain, ready to be compiled and verified.

Main definition: `Formula`.

Implementation notes.  Equality and hash are those of the canonical term, so that a formula read
back from JSON, or written with its arguments' terms in another order, is the same formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Basic, Indexed, IndexedBase, MatrixBase, MatrixSymbol, Symbol
from sympy.tensor.array.expressions import ArraySymbol

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.problem import Problem

__all__ = ["Formula"]

Output = Any  # an expression, or a dict / tuple of expressions


def _sympified(expr: Any) -> Output:
    if isinstance(expr, Mapping):
        return {str(key): _sympified(value) for key, value in expr.items()}
    if isinstance(expr, list | tuple):
        return tuple(_sympified(value) for value in expr)
    if isinstance(expr, MatrixBase):
        return expr.as_immutable()
    if isinstance(expr, str):
        raise InputError(repr(expr), "is text, not an expression", "use derivax.parse(text) first")
    return as_expression(expr)


def _leaves(expr: Output) -> Iterable[Basic]:
    if isinstance(expr, dict):
        for value in expr.values():
            yield from _leaves(value)
    elif isinstance(expr, tuple):
        for value in expr:
            yield from _leaves(value)
    else:
        yield expr


@dataclass(frozen=True, eq=False, init=False)
class Formula:
    r"""An expression of named arguments.

    Args:
        expr: SymPy expression, matrix or matrix expression, or a dict / tuple of them.
        args: the arguments in calling order (default: the free symbols by name).
        domain: {symbol: (low, high)}, intersected with the symbols' assumptions.
        where: relations between arguments.
        name: a Python-friendly name for generated code.
        title: what it is, in a few words.
        source: where it comes from (citation, or the name of a derivation).
        solves: the `Problem` that it is claimed to solve; then verification judges the claim.

    >>> from sympy import symbols, exp
    >>> t, k = symbols("t k", positive=True)
    >>> Formula(exp(-k*t), [t, k], name="decay")
    Formula decay(t, k) = exp(-k*t)
    """

    expr: Output
    args: tuple[Any, ...]
    domain: Domain
    name: str
    title: str
    source: str
    solves: Problem | None = field(default=None)

    def __init__(
        self,
        expr: Any,
        args: Sequence[Any] | None = None,
        domain: Mapping[Any, Any] | Domain | None = None,
        where: Iterable[Basic] = (),
        name: str = "formula",
        solves: Problem | None = None,
        title: str = "",
        source: str = "",
    ) -> None:
        output = _sympified(expr)
        free = _free(output)
        arguments = tuple(sorted(free, key=str)) if args is None else tuple(args)
        _refuse_bad_arguments(arguments, free)
        scalars = [a for a in arguments if isinstance(a, Symbol)]
        if isinstance(domain, Domain):
            full = domain.extended(scalars)
            full = full.restricted(where=tuple(where)) if tuple(where) else full
        else:
            full = Domain.of(scalars, domain, tuple(where))
        for attribute, value in (
            ("expr", output),
            ("args", arguments),
            ("domain", full),
            ("name", name),
            ("title", title),
            ("source", source),
            ("solves", solves),
        ):
            object.__setattr__(self, attribute, value)
        if (
            solves is not None
            and isinstance(output, dict | tuple)
            and len(solves.unknown) != len(output)
        ):
            raise InputError(name, "has not as many outputs as the problem has unknowns", "")

    @property
    def solution(self) -> dict[Basic, Basic]:
        """{unknown of the problem: expression}, when the formula solves one."""
        if self.solves is None:
            raise InputError(
                self.name, "does not claim to solve a problem", "pass solves=Problem(...)"
            )
        outputs = list(_leaves(self.expr))
        return dict(zip(self.solves.unknown, outputs, strict=True))

    @property
    def outputs(self) -> tuple[Basic, ...]:
        """The output expressions, flat and in order."""
        return tuple(_leaves(self.expr))

    @cached_property
    def term(self) -> dict[str, Any]:
        """The canonical JSON term: expression, arguments, domain."""
        from derivax.symbolic.terms import to_term

        return to_term({"expr": self.expr, "args": self.args, "domain": self.domain})

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical term."""
        from derivax.symbolic.terms import digest

        return digest({"expr": self.expr, "args": self.args, "domain": self.domain})

    def to_json(self) -> dict[str, Any]:
        """JSON-ready form: the term and the descriptive texts."""
        return {"term": self.term, "name": self.name, "title": self.title, "source": self.source}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Formula:
        """Read back what `to_json` wrote.

        Raises:
            TermError: the term is malformed or uses something outside the whitelist.
        """
        from derivax.errors import TermError
        from derivax.symbolic.terms import from_term

        if not isinstance(data, Mapping) or not isinstance(data.get("term"), Mapping):
            raise TermError("a formula", "is not {term, name, title, source}", "")
        parts = from_term(dict(data["term"]))
        if not isinstance(parts, dict) or set(parts) != {"expr", "args", "domain"}:
            raise TermError("a formula's term", "is not {expr, args, domain}", "")
        return cls(
            parts["expr"],
            parts["args"],
            parts["domain"],
            name=str(data.get("name", "formula")),
            title=str(data.get("title", "")),
            source=str(data.get("source", "")),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.args))}) = {self.expr}"

    def __repr__(self) -> str:
        return f"Formula {self}"

    def _repr_latex_(self) -> str:
        from derivax.symbolic.typeset.latex import latex

        return f"${latex(self)}$"


def _free(output: Output) -> set[Basic]:
    """Free symbols; an indexed array counts as one symbol, its base."""
    found: set[Basic] = set()
    for leaf in _leaves(output):
        bases = leaf.atoms(IndexedBase)
        labels = {base.label for base in bases}
        free = {s for s in leaf.free_symbols if not isinstance(s, Indexed) and s not in labels}
        found |= free | bases
    return found


def _refuse_bad_arguments(arguments: tuple[Any, ...], free: set[Basic]) -> None:
    for argument in arguments:
        if not isinstance(argument, Symbol | MatrixSymbol | IndexedBase | ArraySymbol):
            raise InputError(
                str(argument), "is not a symbol", "arguments are symbols or matrix symbols"
            )
    if len(set(arguments)) != len(arguments):
        raise InputError(str(list(arguments)), "names an argument twice", "")
    covered = set(arguments)
    for argument in arguments:
        if isinstance(argument, MatrixSymbol | IndexedBase | ArraySymbol):
            covered |= argument.free_symbols
        if isinstance(argument, MatrixSymbol | ArraySymbol):  # SymPy does not count its dimensions
            covered |= {s for size in argument.shape for s in size.free_symbols}
    stray = sorted((s for s in free if s not in covered), key=str)
    if stray:
        raise InputError(
            f"symbol {stray[0]}",
            "occurs in the formula but is not an argument",
            "add it to args, or substitute it",
        )
