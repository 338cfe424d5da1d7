"""verify: from a formula or a derivation to a certificate.

Main definitions: `verify`, `verify_formula`, `verify_derivation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sympy.core.function import AppliedUndef

from derivax.errors import CompileError, DerivaxError, InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.verify.automatic_truth import automatic_level
from derivax.numeric.verify.budget import Budget
from derivax.numeric.verify.certificate import (
    CODE_IS_FORMULA,
    CODE_IS_SOLUTION,
    PROFILES,
    STEPS_FOLLOW,
    Certificate,
    Level,
    source_digest,
)
from derivax.numeric.verify.environment import environment
from derivax.numeric.verify.level_derivatives import derivatives_level
from derivax.numeric.verify.level_enclosure import enclosure_level
from derivax.numeric.verify.level_ground_truth import GroundTruth, ground_truth_level
from derivax.numeric.verify.level_problem import derivation_level, formula_level
from derivax.numeric.verify.level_values import values_level
from derivax.numeric.verify.senseless import checked_seed, refuse_senseless
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula
from derivax.symbolic.terms import to_term

__all__ = ["verify", "verify_derivation", "verify_formula"]

Progress = Callable[[str, Level], None]


def verify(
    x: Any,
    *,
    profile: str = "standard",
    seed: int = 0,
    budget: float | str | None = None,
    compiled: Any = None,
    ground_truth: GroundTruth | None = None,
    progress: Progress | None = None,
) -> Certificate:
    """Verify a formula, a derivation or a compiled function.

    Arguments: `profile`, "quick" (L0, L1), "standard" (and L2, L4) or "full" (and L3); `seed` of
    the sample points; `budget`, seconds (or "30s", "2min"): a level that did not begin in time is
    `not_run`; `compiled`, the code to judge (by default the subject is compiled); `ground_truth`,
    "module:function" of the simulator of the original system; `progress` is told each finished
    level. Returns: a `Certificate`; its verdict is `verified`, `incomplete` or `refuted`.

    >>> from sympy import exp, symbols
    >>> t, k = symbols("t k", positive=True)
    >>> certificate = verify(Formula(exp(-k*t), [t, k], name="decay"), profile="quick")
    >>> certificate.verdict, certificate.claim
    ('verified', 'code = formula')
    """
    options: dict[str, Any] = {
        "profile": profile,
        "seed": seed,
        "budget": budget,
        "compiled": compiled,
        "ground_truth": ground_truth,
        "progress": progress,
    }
    if isinstance(x, Derivation):
        return verify_derivation(x, **options)
    if isinstance(x, Formula):
        return verify_formula(x, **options)
    if hasattr(x, "claims") and hasattr(x, "kernels"):
        from derivax.numeric.verify.verifying_programs import verify_program

        del options["compiled"]
        return verify_program(x, **options)
    if hasattr(x, "formula") and hasattr(x, "source") and callable(x):
        return verify_formula(x.formula, **{**options, "compiled": x})
    raise InputError(
        f"verify({type(x).__name__})", "not a formula", "pass a Formula, Derivation or Compiled"
    )


def verify_formula(
    formula: Formula,
    *,
    profile: str = "standard",
    seed: int = 0,
    budget: float | str | None = None,
    compiled: Any = None,
    ground_truth: GroundTruth | None = None,
    progress: Progress | None = None,
) -> Certificate:
    """Verify a formula, with `solves=Problem` also that it answers the problem; see `verify`."""
    run = _Run(formula, None, profile, seed, budget, compiled, ground_truth, progress)
    return run.certificate()


def verify_derivation(
    derivation: Derivation,
    *,
    profile: str = "standard",
    seed: int = 0,
    budget: float | str | None = None,
    compiled: Any = None,
    ground_truth: GroundTruth | None = None,
    progress: Progress | None = None,
) -> Certificate:
    """Verify every step of a derivation and the code of its formula; see `verify`."""
    run = _Run(
        derivation.formula, derivation, profile, seed, budget, compiled, ground_truth, progress
    )
    return run.certificate()


class _Run:
    """One verification: the levels in order, within the budget."""

    def __init__(
        self,
        formula: Formula | None,
        derivation: Derivation | None,
        profile: str,
        seed: int,
        budget: float | str | None,
        compiled: Any,
        ground_truth: GroundTruth | None,
        progress: Progress | None,
    ) -> None:
        if profile not in PROFILES:
            raise InputError(
                f"profile = {profile!r}", "unknown", f"use one of {', '.join(PROFILES)}"
            )
        checked_seed(seed)
        self.no_code = "the derivation has no formula to compile"
        if derivation is not None and formula is not None and compiled is None:
            unknown = _unknown_functions(formula)
            if unknown:
                self.no_code = f"holds for any {unknown}: verify what functions={{...}} makes of it"
                formula = None
        self.formula, self.derivation, self.compiled = formula, derivation, compiled
        self.profile, self.seed, self.ground_truth = profile, seed, ground_truth
        self.progress = progress
        self.budget = Budget(budget)
        self.levels: dict[str, Level] = {}
        if formula is not None:
            refuse_senseless(formula)
        if compiled is not None and not callable(compiled):
            raise InputError(
                f"compiled = {str(compiled)[:80]}", "is no function", "pass derivax.compile(...)"
            )

    def certificate(self) -> Certificate:
        """Run the levels of the profile and put the certificate together."""
        for name in PROFILES[self.profile]:
            if self.budget.is_spent:
                level = self.budget.not_run()
            else:
                level = getattr(self, f"_{name.lower()}")()
            self.levels[name] = level
            if self.progress is not None:
                self.progress(name, level)
        subject: Any = self.derivation if self.derivation is not None else self.formula
        return Certificate(
            name=subject.name or "unnamed",
            statement=self._statement(),
            code=self._code(),
            environment=environment(),
            profile=self.profile,
            levels=self.levels,
            claim=self._claim(),
            assumptions=self._assumptions(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=self.seed,
        )

    # --- levels --------------------------------------------------------------------------------

    def _l0(self) -> Level:
        if self.derivation is not None:
            return derivation_level(self.derivation, self.formula)
        assert self.formula is not None
        return formula_level(self.formula)

    def _on_code(self, level: Callable[..., Level], **options: Any) -> Level:
        if self.formula is None:
            return Level(Outcome.NOT_APPLICABLE, "", self.no_code)
        if self.compiled is None:
            try:
                self.compiled = compile_formula(self.formula)
            except CompileError as error:
                return Level(Outcome.OPEN, "", f"the formula was not compiled: {error}")
        return level(self.compiled, self.formula, **options)

    def _l1(self) -> Level:
        return self._on_code(values_level, seed=self.seed)

    def _l2(self) -> Level:
        options: dict[str, Any] = {}
        if self.profile == "full":
            options = {"second": ("float32", "float64"), "second_nodes": 3000}
        return self._on_code(derivatives_level, seed=self.seed, **options)

    def _l3(self) -> Level:
        return self._on_code(enclosure_level, seconds=self.budget.share(10.0))

    def _l4(self) -> Level:
        truth = self.ground_truth
        if self.formula is not None and truth:
            return self._on_code(lambda code, _: ground_truth_level(code, truth))
        if self.formula is not None and self.formula.solves is not None:
            left = self.budget.share(20.0)
            return self._on_code(automatic_level, seed=self.seed, seconds=left)
        return Level(Outcome.NOT_APPLICABLE, "", "no ground truth is known for this subject")

    # --- what the certificate says ---------------------------------------------------------------

    def _claim(self) -> str:
        if self.formula is None:
            return STEPS_FOLLOW
        stated = self.derivation is not None or (
            self.formula is not None and self.formula.solves is not None
        )
        return CODE_IS_SOLUTION if stated else CODE_IS_FORMULA

    def _assumptions(self) -> tuple[str, ...]:
        found: list[str] = []
        if self.derivation is not None:
            found += self.derivation.assumptions
        if self.formula is not None:
            found += [str(relation) for relation in self.formula.domain.where]
            if self.formula.solves is not None:
                found += [str(relation) for relation in self.formula.solves.assume]
        return tuple(dict.fromkeys(found))

    def _statement(self) -> Mapping[str, Any]:
        statement: dict[str, Any] = {"text": self._text()}
        formula, derivation = self.formula, self.derivation
        try:
            if formula is not None:
                statement["formula"] = formula.to_json()
            problem = derivation.problem if derivation is not None else None
            if problem is None and formula is not None:
                problem = formula.solves
            if problem is not None:
                statement["problem"] = str(problem)
                statement["problem_term"] = to_term(
                    {
                        "equations": [[e.lhs, e.rel, e.rhs] for e in problem.equations],
                        "unknown": list(problem.unknown),
                        "given": [[key, value] for key, value in problem.given.items()],
                        "assume": list(problem.assume),
                    }
                )
            if derivation is not None:
                statement["steps"] = [
                    {
                        "rule": step.rule.name,
                        "premises": list(step.premises),
                        "statement": str(step.statement),
                        "term": to_term([step.statement.lhs, step.statement.rhs]),
                    }
                    for step in derivation.steps
                ]
        except DerivaxError as error:
            statement["terms_missing"] = str(error)
        return statement

    def _text(self) -> str:
        if self.formula is not None:
            return str(self.formula)
        assert self.derivation is not None
        return str(self.derivation.conclusion)

    def _code(self) -> Mapping[str, str] | None:
        source = getattr(self.compiled, "source", None)
        if not isinstance(source, str):  # a function of the user: judged, but not stored
            return None
        return {"source": source, "sha256": source_digest(source), "function": self.compiled.name}


def _unknown_functions(formula: Formula) -> str:
    """The names of the unknown functions that a formula holds."""
    found = {f for entry in formula.outputs for f in entry.atoms(AppliedUndef)}
    return ", ".join(sorted({str(f.func) for f in found}))
