r"""Levels 0 to 2 for Programs: claims, values and derivatives over shapes.

*L0.*  Every step of the derivations behind the kernels is checked again; every claim is checked on
its exact instances; the array code spells out no kernel.

*L1.*  The program runs on its cases (shapes 1, 2, 3, 7, 32, rectangular, rank-deficient) in float32
and float64 and is compared with its reference in ball arithmetic, normwise.  A difference counts
when it exceeds `ULP` ulp of the norm plus `SAFETY` times the change of the exact value when every
argument is moved by one ulp of its largest entry: that is |a||b| for products, the condition number
for solves, the inverse gap for eigenvectors, without saying so for each operation.

*L2.*  `jax.jvp` along a random direction and `jax.grad` of a random combination against the exact
difference quotient at a step of 2^-100.

Level 2 leaves out cases of more than `_LARGEST_SLOPE` numbers (compile time, not accuracy).

A case whose exact value is not finite, or whose conditioning explains any result, is *undecided*
and counted; more than a tenth of them leaves the level open.

Main definitions: `claims_level`, `program_values_level`, `program_derivatives_level`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derivax.errors import DerivaxError
from derivax.numeric.verify.certificate import Figure, Level
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.precision import working_precision

__all__ = ["claims_level", "program_derivatives_level", "program_values_level"]

ULP, SAFETY, UNDECIDED = 32, 64, 0.1
_STEP_BITS, _BITS = 100, 256
_PROBE = 2.0**-40
_KEPT_NUMBERS = 4096
_LARGEST_SLOPE = 64

Values = Mapping[str, Any]


def claims_level(program: Any) -> Level:
    """The steps behind the kernels, and every claim on its exact instances."""
    findings: list[tuple[str, Finding]] = []
    assumed = 0
    for derivation in program.derivations:
        for step in derivation.recheck().steps:
            for about, finding in step.findings:
                if finding.outcome is Outcome.ASSUMED:
                    assumed += 1
                else:
                    findings.append((f"{derivation.name} {step.name or step.rule.name}: {about}",
                                     finding))  # fmt: skip
    findings += [(f"kernel {name}", _stated(program, name)) for name in program.kernels]
    steps = len(findings)
    for claim in program.claims:
        try:
            findings.append((f"{claim.says} ({claim.of})", claim.check(program)))
        except DerivaxError as error:
            findings.append((claim.says, Finding(Outcome.OPEN, "claim", str(error))))
    if not program.claims:
        findings.append(("claims", Finding(Outcome.OPEN, "claim", "the program claims nothing")))
    outcome = weakest(finding.outcome for _, finding in findings)
    about, worst = next(pair for pair in findings if pair[1].outcome is outcome)
    resolutions = [f.resolution for _, f in findings if f.resolution is not None]
    figures = {
        "steps": Figure(steps, "", "exact"),
        "claims": Figure(len(program.claims), "", "exact"),
    }
    if resolutions:
        figures["resolution"] = Figure(float(max(resolutions)), "relative error", "bound")
    good = outcome.established
    return Level(
        outcome,
        "steps behind the kernels; claims on exact instances",
        "every step and every claim stands" if good else f"{about}: {worst.detail}",
        figures,
        dict(worst.witness) if worst.witness and not good else None,
        {
            "findings": [
                {"about": a, "outcome": str(f.outcome), "method": f.method} for a, f in findings
            ]
        },
    )


def _stated(program: Any, name: str) -> Finding:
    """The formula of a kernel is the right side of a step."""
    formula = program.kernels[name].formula
    sides = [
        side
        for derivation in program.derivations
        for step in derivation
        for side in (step.statement.rhs, step.statement.lhs)
    ]
    outputs = getattr(formula, "outputs", ())
    if outputs and all(output in sides for output in outputs):
        return Finding(Outcome.PROVEN, "exact comparison", "is the right side of a step")
    witness = {"kernel": name, "formula": str(formula)}
    detail = "is stated by no step of its derivations"
    return Finding(Outcome.REFUTED, "exact comparison", detail, None, witness)


# --- values ----------------------------------------------------------------------------------


def program_values_level(
    program: Any,
    *,
    seed: int = 0,
    dtypes: Sequence[str] = ("float32", "float64"),
    labels: Sequence[str] | None = None,
) -> Level:
    """Level 1 of a program; `labels` names cases (default: all)."""
    import jax
    import jax.numpy as jnp

    method = "arrays of several shapes against exact arithmetic"
    if program.reference is None or program.cases is None:
        return Level(Outcome.NOT_RUN, method, "the program has no exact reference")
    record = _Record(_dtypes(program, dtypes))
    with jax.enable_x64(True):
        for label, values in _cases(program, seed, labels):
            exact, moved = _references(program, values, seed)
            for dtype in record.dtypes:
                given = {k: jnp.asarray(v, dtype) for k, v in values.items()}
                results = program(**given)
                _expect_dtype(record, results, dtype, label)
                found = _compared(program, given, results)
                for name, known in exact.items():
                    change = _norm(moved[name] - known) / _PROBE
                    record.add(dtype, f"{label}: {name}", found[name], known, change)
                record.keep(dtype, label, values, results)
    return record.level(method)


def program_derivatives_level(
    program: Any,
    *,
    seed: int = 0,
    dtypes: Sequence[str] = ("float32", "float64"),
    labels: Sequence[str] | None = None,
) -> Level:
    """Level 2 of a program: directional derivatives and gradients; `labels` as for level 1."""
    import jax
    import jax.numpy as jnp

    method = "jvp and gradient against exact difference quotients"
    if program.derivatives < 1:
        return Level(Outcome.NOT_APPLICABLE, method, "the program declares no derivatives")
    if program.reference is None or program.cases is None:
        return Level(Outcome.NOT_RUN, method, "the program has no exact reference")
    record = _Record(_dtypes(program, dtypes))
    with jax.enable_x64(True):
        derived = _derived(program)
        for label, values in _cases(program, seed, labels):
            large = sum(np.size(v) for v in values.values()) > _LARGEST_SLOPE
            if large or label in program.rough:
                continue
            rng = np.random.default_rng([seed, len(label), *map(ord, label)])
            along = {
                k: _short(rng.standard_normal(np.shape(v))) if k in program.differentiable
                else np.zeros(np.shape(v))
                for k, v in values.items()
            }  # fmt: skip
            along = _inside(program, values, along)
            slope, moved = _slopes(program, values, along, seed)
            mixing = {k: _short(rng.standard_normal(np.shape(v))) for k, v in slope.items()}
            for dtype in record.dtypes:
                given = {k: jnp.asarray(v, dtype) for k, v in values.items()}
                ways = {k: jnp.asarray(v, dtype) for k, v in along.items()}
                weights = {k: jnp.asarray(v, dtype) for k, v in mixing.items()}
                forward, backward = derived(given, ways, weights)
                for name, known in slope.items():
                    change = _norm(moved[name] - known) / _PROBE
                    record.add(dtype, f"{label}: jvp of {name}", forward[name], known, change)
                total = sum(float(np.sum(mixing[k] * slope[k])) for k in slope)
                shares = sum(_norm(mixing[k]) * _norm(slope[k]) for k in slope)
                change = sum(_norm(mixing[k]) * _norm(moved[k] - slope[k]) / _PROBE for k in slope)
                record.add(dtype, f"{label}: gradient", backward, np.longdouble(total), change,
                           shares)  # fmt: skip
    return record.level(method)


def _derived(program: Any) -> Any:
    """jvp of what is compared, and the gradient of a combination along the same direction."""
    import jax
    import jax.numpy as jnp

    names = program.differentiable

    @jax.jit
    def run(given: Values, ways: Values, weights: Values) -> Any:
        def seen(values: Values) -> Values:
            return _compared(program, values, program(**values))

        def mixed(moving: Values) -> Any:
            parts = seen({**given, **moving})
            return sum(jnp.sum(weights[k] * parts[k]) for k in parts)

        _, forward = jax.jvp(seen, (given,), (ways,))
        slopes = jax.grad(mixed)({k: given[k] for k in names})
        return forward, sum(jnp.sum(slopes[k] * ways[k]) for k in names)

    return run


def _inside(program: Any, values: Values, along: dict[str, Any]) -> dict[str, Any]:
    """Where an argument stands at the end of its range, its one-sided derivative is not asked."""
    for declared in program.arguments:
        if declared.low is not None:
            at_end = np.asarray(values[declared.name]) <= declared.low
            along[declared.name] = np.where(at_end, 0.0, along[declared.name])
    return along


# --- the exact side --------------------------------------------------------------------------


def _cases(program: Any, seed: int, labels: Sequence[str] | None) -> Any:
    """(label, arguments) with entries that float32 holds."""
    for label, values in program.cases(np.random.default_rng(seed)):
        if labels is None or label in labels:
            yield label, {k: _short(v) for k, v in values.items()}


def _short(values: Any) -> np.ndarray:
    return np.asarray(np.asarray(values, dtype=np.float32), dtype=np.float64)


def _compared(program: Any, values: Values, results: Values) -> Values:
    return results if program.compared is None else program.compared(values, results)


def _references(program: Any, values: Values, seed: int) -> tuple[Values, Values]:
    """The exact values, and those with every argument moved by `_PROBE` of its largest entry."""
    from derivax.numeric.programs.claims import balls, disturbed, midpoints

    rng = np.random.default_rng(seed + 1)
    with working_precision(_BITS):
        given = balls(values)
        near = disturbed(given, rng, _PROBE)
        exact, moved = (
            {k: midpoints(v) for k, v in program.reference(part, _BITS).items()}
            for part in (given, near)
        )
    return exact, moved


def _slopes(program: Any, values: Values, along: Values, seed: int) -> tuple[Values, Values]:
    """Exact directional derivatives, at the point and next to it."""
    from flint import arb

    from derivax.numeric.programs.claims import balls, disturbed, midpoints

    bits = _BITS + 3 * _STEP_BITS
    rng = np.random.default_rng(seed + 1)
    found = []
    with working_precision(bits):
        given = balls(values)
        ways = balls(along)
        step = arb(2) ** -_STEP_BITS
        for start in (given, disturbed(given, rng, _PROBE)):
            moved = [
                {k: np.asarray(start[k] + sign * step * ways[k]) for k in start} for sign in (1, -1)
            ]
            sides = [program.reference(part, bits) for part in moved]
            found.append(
                {
                    k: midpoints((np.asarray(sides[0][k]) - np.asarray(sides[1][k])) / (2 * step))
                    for k in sides[0]
                }
            )
    return found[0], found[1]


def _norm(array: Any) -> float:
    return float(np.linalg.norm(np.asarray(array, dtype=np.float64).ravel()))


# --- judging ---------------------------------------------------------------------------------


def _dtypes(program: Any, dtypes: Sequence[str]) -> tuple[str, ...]:
    return (program.dtype,) if program.dtype else tuple(dtypes)


def _expect_dtype(record: _Record, results: Values, dtype: str, label: str) -> None:
    for name, value in results.items():
        if str(value.dtype) != dtype and record.wrong is None:
            record.wrong = {"case": label, "result": name, "dtype": str(value.dtype)}


@dataclass
class _Record:
    """What was compared, case by case."""

    dtypes: tuple[str, ...]
    compared: int = 0
    undecided: int = 0
    wrong: dict[str, Any] | None = None
    worst: dict[str, dict[str, Any]] = field(default_factory=dict)
    resolution: dict[str, float] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, dtype: str, what: str, found: Any, known: Any, change: float, scale: float = 0.0
    ) -> None:
        """One array: its error against what rounding explains."""
        eps = float(np.finfo(dtype).eps)
        size = max(_norm(known), scale)
        allowed = eps * (ULP * size + SAFETY * change)
        hopeless = SAFETY * eps * change > size > 0 or change * _PROBE > size > 0
        if not np.isfinite(allowed) or hopeless:
            self.undecided += 1
            return
        self.compared += 1
        value = np.asarray(found, dtype=np.longdouble)
        error = _norm(value - known) if np.shape(value) == np.shape(known) else float("inf")
        error = error if np.isfinite(error) else float("inf")
        ratio = 0.0 if error == 0 else error / allowed if allowed > 0 else float("inf")
        if size > 0:
            self.resolution[dtype] = max(self.resolution.get(dtype, 0.0), allowed / size)
        if ratio >= self.worst.get(dtype, {"ratio": -1.0})["ratio"]:
            ulp = error / (eps * size) if size else 0.0
            self.worst[dtype] = {"case": what, "ratio": float(ratio), "ulp_of_norm": float(ulp)}
        if ratio > 1 and self.wrong is None:
            self.wrong = {
                "case": what,
                "dtype": dtype,
                "error": float(error),
                "allowed": float(allowed),
                "norm": float(size),
            }

    def keep(self, dtype: str, label: str, values: Values, results: Values) -> None:
        """Inputs and results for a re-check, small cases only."""
        count = sum(np.size(v) for v in values.values())
        if sum(entry["count"] for entry in self.kept) + count > _KEPT_NUMBERS:
            return
        self.kept.append(
            {
                "case": label,
                "dtype": dtype,
                "count": int(count),
                "arguments": {k: _listed(v) for k, v in values.items()},
                "results": {k: _listed(v) for k, v in results.items()},
            }
        )

    def level(self, method: str) -> Level:
        """The outcome of all comparisons."""
        figures = {
            "compared": Figure(self.compared, "", "exact"),
            "undecided": Figure(self.undecided, "", "exact"),
        }
        for dtype, worst in self.worst.items():
            figures[f"max_{dtype}"] = Figure(worst["ulp_of_norm"], "ulp of the norm", "measured")
        evidence = {"worst": self.worst, "cases": self.kept}
        if self.wrong is not None:
            detail = f"{self.wrong['case']}: code and exact value differ by more than rounding"
            return Level(Outcome.REFUTED, method, detail, figures, self.wrong, evidence)
        if not self.compared or self.undecided > UNDECIDED * (self.compared + self.undecided):
            detail = f"{self.undecided} of {self.compared + self.undecided} arrays are undecided"
            return Level(Outcome.OPEN, method, detail, figures, None, evidence)
        figures["resolution"] = Figure(
            max(self.resolution.values(), default=0.0), "relative error", "bound"
        )
        detail = f"{self.compared} arrays within what rounding explains"
        if self.undecided:
            detail += f"; {self.undecided} undecided (too ill-conditioned)"
        return Level(Outcome.HOLDS, method, detail, figures, None, evidence)


def _listed(value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    return {"shape": list(array.shape), "values": [float(x).hex() for x in array.ravel()]}
