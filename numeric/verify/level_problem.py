"""Level 0: the formula follows from, or satisfies, its problem.

Main definitions: `formula_level`, `derivation_level`.
"""

from __future__ import annotations

from typing import Any

from derivax.errors import DerivaxError
from derivax.numeric.verify.certificate import Figure, Level
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.formula import Formula

__all__ = ["derivation_level", "formula_level"]


def formula_level(formula: Formula) -> Level:
    """Put the formula into the equations and given values of the problem it claims to solve."""
    if formula.solves is None:
        return Level(Outcome.NOT_APPLICABLE, "", "the formula names no problem that it solves")
    try:
        findings = formula.solves.check(formula.solution, conditions=formula.domain.where)
    except DerivaxError as error:
        return Level(Outcome.OPEN, "substitution", str(error))
    return _level(findings, "substitution into the problem")


def derivation_level(derivation: Derivation, formula: Formula | None) -> Level:
    """Check every step again, and that the formula is what the steps state.

    Cited theorems do not weaken the level: they are listed among the assumptions.
    """
    again = derivation.recheck()
    findings = [
        (f"step {number} ({step.rule.name}): {about}", finding)
        for number, step in enumerate(again.steps)
        for about, finding in step.findings
    ]
    counted = [pair for pair in findings if pair[1].outcome is not Outcome.ASSUMED] or findings
    if formula is not None:
        counted.append(("the formula is the right-hand side of a step", _stated(again, formula)))
    return _level(counted, "obligations of each step")


def _stated(derivation: Derivation, formula: Formula) -> Finding:
    sides = [side for step in derivation for side in (step.statement.rhs, step.statement.lhs)]
    missing = [output for output in formula.outputs if output not in sides]
    if not missing:
        return Finding(Outcome.PROVEN, "exact comparison")
    return Finding(Outcome.OPEN, "exact comparison", f"{missing[0]} is not stated by any step")


def _level(findings: Any, method: str) -> Level:
    findings = list(findings)
    outcome = weakest(finding.outcome for _, finding in findings)
    about, worst = next(
        ((a, f) for a, f in findings if f.outcome is outcome), ("", Finding(outcome, method))
    )
    figures = {"checks": Figure(len(findings), "", "exact")}
    resolutions = [f.resolution for _, f in findings if f.resolution is not None]
    if resolutions:
        figures["resolution"] = Figure(float(max(resolutions)), "relative error", "bound")
    detail = about if not worst.detail else f"{about}: {worst.detail}"
    return Level(
        outcome,
        method,
        detail if outcome is not Outcome.PROVEN else "every obligation is proven",
        figures,
        witness=dict(worst.witness) if outcome is Outcome.REFUTED and worst.witness else None,
        evidence={
            "findings": [
                {"about": a, "outcome": str(f.outcome), "method": f.method} for a, f in findings
            ]
        },
    )
