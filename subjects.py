"""From the words of a command line to what the verbs take: derivations, formulas, problems.

One table of symbols serves all texts of a command, so that the `s` of `--expr` is the `s` of
`--equation`.  Its assumptions come from `--domain` and `--where`: `s > 0` makes `s` positive, which
is what lets SymPy simplify.

Main definitions: `subjects`, `derivations`, `compiled_subjects`, `compared`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Basic, Symbol, true

from derivax import catalog, verbs
from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.formula import Formula
from derivax.symbolic.parse import parse, parse_domain, parse_names, parse_relations
from derivax.symbolic.problem import Problem
from derivax.symbolic.terms import to_term
from derivax.symbolic.texts import Texts

__all__ = [
    "as_json",
    "compared",
    "compiled_subjects",
    "derivations",
    "enable_float64",
    "subjects",
]

Subject = Derivation | Formula


def enable_float64() -> None:
    """Switch JAX to float64 in this process, which is the command's own."""
    import jax

    jax.config.update("jax_enable_x64", True)


def subjects(args: argparse.Namespace) -> Iterator[tuple[str, Subject]]:
    """(name, Derivation of a NAME or problem, or Formula written by hand), one by one."""
    if args.name is not None:
        _refuse_mixture(args)
        parameters = {name: _number(name, text) for name, text in _settings(args).items()}
        for name in catalog.expand(args.name):
            yield name, _restricted(verbs.derive(name, **parameters), args)
    elif args.expr is not None:
        formula = _formula(args)
        yield formula.name, formula
    else:
        yield "problem", verbs.derive(_problem(args, _texts(args)))


def derivations(args: argparse.Namespace, method: str | None = None) -> Iterator[Derivation]:
    """What `derivax derive` shows."""
    if args.expr is not None:
        raise InputError(
            "--expr", "is a finished formula", "to judge it, use derivax verify --expr"
        )
    if args.name is None:
        yield verbs.derive(_problem(args, _texts(args)), method=method)
        return
    if method is not None:
        raise InputError("--method", "belongs to a problem in text", "drop it for a NAME")
    for _, subject in subjects(args):
        assert isinstance(subject, Derivation)
        yield subject


def as_json(derivation: Derivation) -> dict[str, Any]:
    """A derivation as `derivax derive --json` writes it: texts for people, terms for programs."""
    steps = [
        {
            "name": step.name,
            "rule": step.rule.name,
            "premises": list(step.premises),
            "statement": str(step.statement),
            "term": to_term([step.statement.lhs, step.statement.rhs]),
            "sentence": step.sentence,
            "outcome": str(step.outcome),
            "resolution": step.resolution,
        }
        for step in derivation.steps
    ]
    return {
        "name": derivation.name,
        "title": derivation.title,
        "source": derivation.source,
        "problem": str(derivation.problem),
        "assumptions": list(derivation.assumptions),
        "outcome": str(derivation.outcome),
        "steps": steps,
        "formula": None if derivation.formula is None else derivation.formula.to_json(),
    }


def compiled_subjects(args: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """(name, Compiled) of each subject."""
    enable_float64()
    chosen = {"dtype": args.dtype, "accuracy": args.accuracy, "name": args.function}
    how: dict[str, Any] = {key: value for key, value in chosen.items() if value is not None}
    for name, subject in subjects(args):
        if "program" in catalog.RESULTS.get(name, {}):
            yield name, verbs.compile(name, dtype=args.dtype)
        else:
            yield name, verbs.compile(subject, **how)


def compared(args: argparse.Namespace) -> tuple[list[Any], dict[str, Any]]:
    """The two sides of `derivax equal`, and how they are compared."""
    words = [*args.sides, *args.expr]
    if len(words) != 2:
        raise InputError(
            f"{len(words)} sides", "equal compares two", "write derivax equal --expr A --expr B"
        )
    integers, planes = (set(parse_names(t) if t else ()) for t in (args.integer, args.complex))
    texts = _texts(args)
    sides: list[Any] = []
    for word in words:
        named = word.partition("/")[0] in {name.partition("/")[0] for name in catalog.RESULTS}
        sides.append(verbs.derive(word).formula if named else parse(word, texts.symbols))
    free = {s for side in sides for s in _symbols_of(side)}
    known = {**{s.name: s for s in free}, **texts.symbols}
    symbols = {name: _sorted(s, integers, planes) for name, s in known.items()}
    unknown = sorted((integers | planes) - set(known))
    if unknown:
        raise InputError(unknown[0], "is no symbol of the two sides", f"known: {_listing(known)}")
    if integers or planes:
        sides = [side if isinstance(side, Formula) else parse(word, symbols)
                 for word, side in zip(words, sides, strict=True)]  # fmt: skip
    own = {s.name: s for side in sides if isinstance(side, Formula) for s in _symbols_of(side)}
    symbols.update(own)
    sides = [side if isinstance(side, Formula) else parse(word, symbols)
             for word, side in zip(words, sides, strict=True)] if own else sides  # fmt: skip
    used = sorted({s for side in sides for s in _symbols_of(side)}, key=str)
    where = [relation.xreplace({known[n]: symbols[n] for n in known}) for relation in texts.where]
    related = {s for relation in where for s in relation.free_symbols}
    how: dict[str, Any] = {
        "domain": texts.ranges_of([*used, *sorted(related - set(used), key=str)]),
        "where": where,
        "points": args.points,
        "seed": args.seed,
        "seconds": args.seconds,
    }
    if args.args is not None:
        how["args"] = [symbols[name] for name in parse_names(args.args)]
    return sides, how


def _symbols_of(side: Any) -> set[Symbol]:
    found = set(side.args) if isinstance(side, Formula) else side.free_symbols
    return {s for s in found if isinstance(s, Symbol)}


def _sorted(symbol: Symbol, integers: set[str], planes: set[str]) -> Symbol:
    """The symbol as `--integer` and `--complex` want it; its sign stays."""
    if symbol.name in planes:
        return Symbol(symbol.name, complex=True)
    if symbol.name in integers:
        signs = ("positive", "nonnegative", "negative", "nonpositive")
        sign = {name: True for name in signs[:4] if getattr(symbol, f"is_{name}")}
        return Symbol(symbol.name, integer=True, **dict(list(sign.items())[:1]))
    return symbol


def _listing(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


# --- text ------------------------------------------------------------------------------------


def _texts(args: argparse.Namespace) -> Texts:
    """The symbols of `--args`, `--domain` and `--where`."""
    text = getattr(args, "args", None)
    names = [] if text is None else list(parse_names(text))
    return Texts.read(names, args.domain or "", args.where or "")


def _formula(args: argparse.Namespace) -> Formula:
    texts = _texts(args)
    values = _values(args, texts)
    expr = parse(args.expr, texts.symbols).xreplace(values)
    if args.args is None:
        symbols = sorted((s for s in expr.free_symbols if isinstance(s, Symbol)), key=str)
    else:
        named = [texts.symbols[name] for name in parse_names(args.args)]
        symbols = [symbol for symbol in named if symbol not in values]
    problem = _problem(args, texts) if args.equation is not None else None
    if problem is None and (args.given or args.unknown):
        raise InputError("--given", "belongs to an equation", "pass --equation")
    return Formula(
        expr,
        symbols,
        texts.ranges_of(symbols),
        texts.where,
        name=args.function if getattr(args, "function", None) else "formula",
        solves=problem,
    )


def _problem(args: argparse.Namespace, texts: Texts) -> Problem:
    if args.equation is None:
        raise InputError(
            "subject", "nothing is named", "give a NAME (derivax list), or --equation, or --expr"
        )
    values = _values(args, texts)
    return texts.problem(args.equation, args.given or "", args.unknown, values)


# --- parameters ------------------------------------------------------------------------------


def _refuse_mixture(args: argparse.Namespace) -> None:
    for option in ("expr", "equation", "given", "unknown", "args"):
        if getattr(args, option) is not None:
            raise InputError(
                f"{args.name} --{option}",
                "a subject is a NAME or a text, not both",
                "drop one of them",
            )


def _settings(args: argparse.Namespace) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in args.settings:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name.isidentifier() or not value.strip():
            raise InputError(f"--set {text}", "is not NAME=VALUE", "write --set L=2")
        if name in found:
            raise InputError(f"--set {text}", f"sets {name} twice", "set it once")
        found[name] = value.strip()
    return found


def _number(name: str, text: str) -> Any:
    """A Python int where the text is one, else an exact SymPy number."""
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    value = parse(text, {})
    if value.free_symbols or not value.is_number:
        raise InputError(f"--set {name}={text}", "is not a number", "write --set L=2")
    return value


def _values(args: argparse.Namespace, texts: Texts) -> dict[Basic, Basic]:
    values = {}
    for name, text in _settings(args).items():
        symbol = texts.symbols.get(name) or parse(name, texts.symbols)
        values[symbol] = parse(text, texts.symbols)
    return values


def _restricted(derivation: Derivation, args: argparse.Namespace) -> Derivation:
    """The derivation whose formula is asked on a smaller domain (`--domain`, `--where`)."""
    if args.domain is None and args.where is None:
        return derivation
    formula = derivation.formula
    if formula is None:
        raise InputError(derivation.name, "has no formula to restrict", "drop --domain and --where")
    symbols = {str(s): s for s in formula.args if isinstance(s, Symbol)}
    ranges = {str(key): ends for key, ends in parse_domain(args.domain or "").items()}
    where = tuple(r for r in parse_relations(args.where or "", symbols) if r != true)
    asked = Texts(symbols, {}, ranges, where).ranges_of(list(symbols.values()))
    smaller = Formula(
        formula.expr,
        formula.args,
        formula.domain.restricted(asked, where),
        name=formula.name,
        solves=formula.solves,
        title=formula.title,
        source=formula.source,
    )
    return derivation.concluded(smaller)
