"""What a certificate states, read from its terms: formula, problem, steps.

Main definitions: `stated_formula`, `statement_contradiction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from sympy import MatrixSymbol

from derivax.errors import DerivaxError
from derivax.numeric.verify.certificate import Certificate
from derivax.numeric.verify.stored_source import checked_source
from derivax.symbolic.formula import Formula
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.terms import digest, from_term
from derivax.symbolic.terms.limits import shown

__all__ = ["stated_formula", "statement_contradiction", "thawed"]

_PRINTED = 20_000  # operations of a formula whose printed text is compared


def thawed(value: Any) -> Any:
    """The JSON value with plain dicts and lists, as terms are read."""
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    return [thawed(part) for part in value] if isinstance(value, list | tuple) else value


def stated_formula(certificate: Certificate) -> Formula | None:
    """The formula, with the problem that it solves where no steps were recorded.

    Raises: `DerivaxError` when a term cannot be read.
    """
    stored = certificate.statement.get("formula")
    if stored is None:
        return None
    formula = Formula.from_json(thawed(stored))
    solves = None
    problem = certificate.statement.get("problem_term")
    if problem is not None:
        parts = from_term(thawed(problem))
        try:
            equations = [Statement(lhs, rel, rhs) for lhs, rel, rhs in parts["equations"]]
            unknown, given, assume = parts["unknown"], dict(parts["given"]), parts["assume"]
        except (KeyError, TypeError, ValueError):
            raise DerivaxError("the problem", "is not equations, unknown, given, assume") from None
        if certificate.statement.get("steps") is None:
            solves = Problem(equations, unknown, given, assume)
    return Formula(
        formula.expr,
        formula.args,
        formula.domain,
        name=formula.name,
        solves=solves,
        title=formula.title,
        source=formula.source,
    )


def statement_contradiction(certificate: Certificate, formula: Formula | None) -> str | None:
    """What the texts, the assumptions, the source or the steps say that the terms do not."""
    statement = certificate.statement
    same_printer = certificate.environment.get("sympy") == version("sympy")
    if formula is None:
        return _steps(statement, None, same_printer)
    if same_printer and _printed_size(formula) <= _PRINTED and statement["text"] != str(formula):
        return f"says {shown(statement['text'])}, its formula is {shown(str(formula))}"
    if statement.get("steps") is None and statement.get("problem") is not None:
        if formula.solves is None:
            return "names a problem without its term"
        if same_printer and statement["problem"] != str(formula.solves):
            return f"states the problem {shown(statement['problem'])}, its term another"
    expected = [str(relation) for relation in formula.domain.where]
    if formula.solves is not None:
        expected += [str(relation) for relation in formula.solves.assume]
    stated = list(certificate.assumptions)
    if same_printer and statement.get("steps") is None and "program" not in statement:
        if stated != list(dict.fromkeys(expected)):
            return f"lists the assumptions {shown(', '.join(stated))}; its formula has others"
    elif same_printer and not set(expected) <= set(stated):
        return "lists fewer assumptions than its formula has"
    return _code(certificate, formula) or _steps(statement, formula, same_printer)


def _code(certificate: Certificate, formula: Formula) -> str | None:
    """The named function takes as many arguments as the formula has."""
    if certificate.code is None or "program" in certificate.statement:
        return None
    tree = checked_source(certificate.code)
    for node in tree.body:
        if getattr(node, "name", None) == certificate.code["function"]:
            count = len(node.args.args)  # type: ignore[attr-defined]
            if count != len(formula.args):
                return f"has {len(formula.args)} arguments, its code {count}"
    return None


def _steps(statement: Mapping[str, Any], formula: Formula | None, same_printer: bool) -> str | None:
    """Premises come before their step, texts show their terms, and the last steps state the
    formula."""
    steps = statement.get("steps")
    if steps is None:
        return None
    sides: set[str] = set()
    try:
        for number, step in enumerate(steps):
            if any(type(p) is not int or not 0 <= p < number for p in step["premises"]):
                return f"has a step {number} with premises that are no earlier steps"
            if not isinstance(step["rule"], str) or not step["rule"].isprintable():
                return f"has a step {number} without a rule"
            both = from_term(thawed(step["term"]))
            lhs, rhs = both
            sides |= {digest(lhs), digest(rhs)}
            if same_printer and not (
                str(lhs) in step["statement"] and str(rhs) in step["statement"]
            ):
                return f"has a step {number} whose text {shown(step['statement'])} is not its term"
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, DerivaxError):
            return f"has steps that cannot be read ({error.given}: {error.why})"
        return "has steps that cannot be read"
    if formula is not None and "terms_missing" not in statement:
        if any(digest(output) not in sides for output in formula.outputs):
            return "has a formula that no step states"
    return None


def _printed_size(formula: Formula) -> int:
    """Operations of the outputs with sharing undone."""
    total = 0
    for output in formula.outputs:
        sizes: dict[int, int] = {}
        stack: list[tuple[Any, bool]] = [(output, False)]
        while stack:
            node, ready = stack.pop()
            args = getattr(node, "args", ())
            if isinstance(node, MatrixSymbol):
                args = ()
            if id(node) in sizes:
                continue
            if ready or not args:
                sizes[id(node)] = 1 + sum(sizes[id(a)] for a in args)
            else:
                stack.append((node, True))
                stack.extend((a, False) for a in args if id(a) not in sizes)
        total += sizes[id(output)]
    return total
