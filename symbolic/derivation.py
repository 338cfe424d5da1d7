"""A derivation: named, checked steps from a problem to a formula.

Main definitions: `Step`, `Derivation`.

Implementation notes.  A derivation is immutable: `then` returns a longer one.  The rule of a step
concludes (or a conclusion is claimed) and builds the obligations, which are checked at once; a
false conclusion becomes a step with outcome `refuted`, never an exception, so that it can be
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Basic, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.formula import Formula
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Given, Rule
from derivax.symbolic.statements import Statement, common_domain

__all__ = ["Derivation", "Step"]


@dataclass(frozen=True)
class Step:
    """One step: the rule, the steps it uses, what it states, and what its check found.

    `premises` are indices of earlier steps; `findings` pairs (what was claimed, `Finding`).
    """

    rule: Rule
    premises: tuple[int, ...]
    statement: Statement
    sentence: str
    name: str
    findings: tuple[tuple[str, Finding], ...]

    @property
    def outcome(self) -> Outcome:
        """The weakest finding; `not_applicable` for what was given."""
        return weakest(finding.outcome for _, finding in self.findings)

    @property
    def resolution(self) -> float | None:
        """The coarsest resolution among the findings that hold by test."""
        return max(
            (f.resolution for _, f in self.findings if f.resolution is not None), default=None
        )

    def __str__(self) -> str:
        return f"{self.statement}   [{self.rule.name}: {self.outcome}]"


@dataclass(frozen=True)
class Derivation:
    """Steps from a problem to its result.

    Args:
        problem: the starting point.
        steps: the steps so far.
        name: `theory/result`, or a name of the user's.
        title: what is derived, in a few words.
        source: citation.
        formula: the result, once there is one.

    >>> from sympy import symbols, Eq
    >>> from derivax.symbolic.methods.substitute import Substitute
    >>> x, y = symbols("x y")
    >>> d = Derivation.begin(Problem(Eq(y, x**2), y), name="square")
    >>> d = d.then(Substitute({x: 3}), 0, say="Put x = 3.")
    >>> print(d.steps[-1].statement, d.outcome)
    y = 9 proven
    """

    problem: Problem
    steps: tuple[Step, ...] = ()
    name: str = ""
    title: str = ""
    source: str = ""
    formula: Formula | None = None

    @classmethod
    def begin(
        cls, problem: Problem, *, name: str = "", title: str = "", source: str = ""
    ) -> Derivation:
        """A derivation whose first steps are the problem's equations and given values."""
        derivation = cls(problem, (), name, title, source)
        for number, equation in enumerate(problem.equations):
            say = "The starting equation." if number == 0 else "Together with"
            derivation = derivation.assume(equation, say=say)
        for key, value in problem.given.items():
            derivation = derivation.assume(Statement(key, "=", value), say="The given value.")
        return derivation

    def assume(self, statement: Statement | Basic, *, name: str = "", say: str = "") -> Derivation:
        """Add a hypothesis or definition, as given."""
        return self.then(Given(Statement.of(statement)), name=name, say=say)  # type: ignore[arg-type]

    def then(
        self,
        rule: Rule,
        *premises: int | str,
        name: str = "",
        say: str = "",
        claim: Statement | None = None,
    ) -> Derivation:
        """The derivation with one more step.

        Args:
            rule: the move.
            premises: earlier steps, by name or index (-1 is the last).
            name: a name for the step, by which later steps and programs refer to it.
            say: one sentence for the reader.
            claim: the conclusion, when it is known; else the rule concludes.

        Returns:
            A new derivation; its last step carries what the check found.
        """
        if name and any(step.name == name for step in self.steps):
            raise InputError(name, "names an earlier step already", "choose another name")
        indices = tuple(self.index(p) for p in premises)
        used = tuple(self.steps[i].statement for i in indices)
        rule.demand(used)
        conclusion = claim if claim is not None else rule.conclude(*used)
        conclusion = self._in_context(conclusion, used if rule.keeps_conditions else ())
        findings = tuple((o.about, o.check()) for o in rule.obligations(used, conclusion))
        if not findings and not isinstance(rule, Given):
            findings = ((rule.name, Finding(Outcome.OPEN, "none", "the rule built no obligation")),)
        step = Step(rule, indices, conclusion, say, name, findings)
        return replace(self, steps=(*self.steps, step))

    def _in_context(self, conclusion: Statement, premises: Sequence[Statement]) -> Statement:
        """The conclusion inherits the domains and the conditions of all that it rests on."""
        conditions = [c for p in premises for c in p.given]
        conclusion = conclusion.under(*conditions)
        domains = [p.forall for p in premises if p.forall is not None]
        base = conclusion.forall
        if base is None:
            base = domains[0] if domains else self.problem.domain
        for domain in domains:
            base = common_domain(base, domain) if domain != base else base
        symbols = sorted(
            (s for s in conclusion.free_symbols if isinstance(s, Symbol)), key=lambda s: s.name
        )
        return replace(conclusion, forall=base.extended(symbols))

    def continued(self, other: Derivation) -> Derivation:
        """This derivation followed by another that starts from what was derived here.

        What `other` takes as given must be a statement of this derivation, or is added as given;
        names that are taken already get a prime.

        Returns:
            the longer derivation, with the formula of `other`.
        """
        steps = list(self.steps)
        places: list[int] = []
        names = {step.name for step in steps if step.name}
        for step in other.steps:
            sides = (step.statement.lhs, step.statement.rel, step.statement.rhs)
            known = [
                i
                for i, own in enumerate(steps[: len(self.steps)])
                if (own.statement.lhs, own.statement.rel, own.statement.rhs) == sides
                and set(own.statement.given) <= set(step.statement.given)
            ]
            if isinstance(step.rule, Given) and known:
                places.append(known[-1])
                continue
            name = step.name
            while name and name in names:
                name += "'"
            names.add(name)
            premises = tuple(places[i] for i in step.premises)
            places.append(len(steps))
            steps.append(replace(step, premises=premises, name=name))
        return replace(self, steps=tuple(steps), formula=other.formula)

    def renamed(self, name: str, title: str) -> Derivation:
        """The same steps under another name and title."""
        return replace(self, name=name, title=title)

    def concluded(self, formula: Formula) -> Derivation:
        """The derivation with its result."""
        return replace(self, formula=formula)

    def index(self, step: int | str) -> int:
        """Index of a step given by name or (possibly negative) index."""
        if isinstance(step, str):
            for i, candidate in enumerate(self.steps):
                if candidate.name == step:
                    return i
            known = ", ".join(s.name for s in self.steps if s.name) or "none"
            raise InputError(repr(step), "is not the name of a step", f"named steps: {known}")
        if not -len(self.steps) <= step < len(self.steps):
            raise InputError(f"step {step}", f"does not exist ({len(self.steps)} steps)", "")
        return step % len(self.steps)

    def __getitem__(self, step: int | str) -> Statement:
        return self.steps[self.index(step)].statement

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def conclusion(self) -> Statement:
        """The last statement."""
        return self[-1]

    @property
    def outcome(self) -> Outcome:
        """The weakest outcome of the steps (what was given does not count)."""
        return weakest(step.outcome for step in self.steps)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Conditions of the result, and what was taken from the literature."""
        cited = [
            str(f.detail) for s in self.steps for _, f in s.findings if f.outcome is Outcome.ASSUMED
        ]
        conditions = [str(c) for c in self.steps[-1].statement.given] if self.steps else []
        return tuple(dict.fromkeys([*map(str, self.problem.assume), *conditions, *cited]))

    def formula_of(
        self,
        steps: int | str | Mapping[str, int | str],
        args: Sequence[Any] | None = None,
        **options: Any,
    ) -> Formula:
        """The right-hand side of a step (or a dict of several) as a Formula.

        Args:
            steps: a step, or {output name: step}.
            args: arguments in calling order.
            options: further arguments of `Formula`; `domain` defaults to that of the statement.
        """
        if isinstance(steps, Mapping):
            expr: Any = {key: self[step].rhs for key, step in steps.items()}
            statements = [self[step] for step in steps.values()]
        else:
            expr, statements = self[steps].rhs, [self[steps]]
        where = tuple(dict.fromkeys(c for s in statements for c in s.given))
        base: Domain = (
            statements[0].forall if statements[0].forall is not None else self.problem.domain
        )
        if args is not None:
            scalars = [a for a in args if isinstance(a, Symbol)]
            chosen = dict(options.pop("domain", {}) or {})
            base = base.extended(scalars)
            ranges = {s: base[s] for s in scalars} | chosen
            kept = tuple(w for w in (*base.where, *where) if w.free_symbols <= set(scalars))
            options["domain"], options["where"] = ranges, (*kept, *options.pop("where", ()))
        else:
            options.setdefault("domain", base)
            options["where"] = (*where, *options.pop("where", ()))
        options.setdefault("source", self.source or self.name)
        options.setdefault("title", self.title)
        options.setdefault("name", (self.name.rpartition("/")[2] or "formula").replace("-", "_"))
        return Formula(expr, args, **options)

    def recheck(self) -> Derivation:
        """Build and check every obligation again from the recorded statements."""
        steps = []
        for step in self.steps:
            used = tuple(self.steps[i].statement for i in step.premises)
            again = tuple((o.about, o.check()) for o in step.rule.obligations(used, step.statement))
            steps.append(replace(step, findings=again))
        return replace(self, steps=tuple(steps))

    def __str__(self) -> str:
        from derivax.symbolic.typeset.text import render_text

        return render_text(self)

    def __repr__(self) -> str:
        return f"Derivation({self.name or 'unnamed'}: {len(self.steps)} steps, {self.outcome})"

    def _repr_latex_(self) -> str:
        from derivax.symbolic.typeset.latex import latex

        return latex(self, style="derivation")
