r"""life_table: what a table of survival and fecundity says about a population.

Main definitions: `life_table`, `LifeTable`.

Implementation notes.  All numbers come from the Programs `growth_factor`, `stable_population` and
`elasticities`; the growth factor is enclosed once more by Arb, so that the digits that are shown
are certain.  The second eigenvalue (damping, oscillation) comes from NumPy's eigenvalues of the
block of reproducing ages.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError
from derivax.numeric.programs.data_files import as_matrix, read_matrix
from derivax.numeric.programs.leslie_certified import certified_growth_factor
from derivax.numeric.programs.leslie_life_tables import (
    elasticities,
    leslie_matrix,
    stable_population,
)

__all__ = ["LifeTable", "life_table"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LifeTable:
    """What `life_table` found; n ages, one step between them.

    `age`, `survival` (to the next age; the last is not used), `fecundity`: the table, (n,);
    `lam`, `r`: growth factor and rate per step; `lam_low`, `lam_high`: a certain enclosure;
    `R0` net reproductive rate; `Tc` mean age of mothers in a cohort, `Tbar` of parents in the
    stable population, `T` = ln R0/ln lam, in steps with the first age counted as 1;
    `entropy` (Demetrius, per step); `stable_age` (n,), shares; `reproductive_value` (n,), first 1;
    `elasticity_fecundity` (n,), `elasticity_survival` (n - 1,), and `sensitivity_...` alike;
    `damping_ratio`, lam/|second eigenvalue| (inf: none), `period` of its oscillation in steps (inf:
    none); `last_reproducing` age; `imprimitivity`, the common divisor d of the reproducing ages: if
    d > 1 the structure repeats every d steps and never settles.
    """

    age: Array
    survival: Array
    fecundity: Array
    lam: float
    r: float
    lam_low: float
    lam_high: float
    R0: float
    Tc: float
    Tbar: float
    T: float
    entropy: float
    stable_age: Array
    reproductive_value: Array
    elasticity_fecundity: Array
    elasticity_survival: Array
    sensitivity_fecundity: Array
    sensitivity_survival: Array
    damping_ratio: float
    period: float
    last_reproducing: float
    imprimitivity: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, ready for JSON; None where a number is infinite."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                found[one.name] = value.tolist()
            else:
                found[one.name] = None if isinstance(value, float) and math.isinf(value) else value
        return found

    def rows(self) -> tuple[tuple[str, ...], Array]:
        """Column names, and one row per age (nan: not defined for the last age)."""

        def padded(values: Array) -> Array:
            return np.append(values, np.nan)

        heads = ("age", "survival", "fecundity", "stable_age", "reproductive_value",
                 "elasticity_fecundity", "elasticity_survival")  # fmt: skip
        columns = (
            self.age, self.survival, self.fecundity, self.stable_age, self.reproductive_value,
            self.elasticity_fecundity, padded(self.elasticity_survival),
        )  # fmt: skip
        return heads, np.column_stack(columns)

    def __str__(self) -> str:
        doubling = math.log(2) / abs(self.r) if self.r else math.inf
        trend = "doubles" if self.r > 0 else "halves"
        lines = [
            f"{len(self.age)} ages, the last birth at age {self.last_reproducing:g}",
            f"growth factor   {self.lam:.12g} per step, {trend} in {doubling:.4g} steps",
            f"                certainly in [{self.lam_low:.17g}, {self.lam_high:.17g}]",
            f"growth rate     {self.r:.9g} per step",
            f"R0              {self.R0:.9g}",
            f"generation      Tc {self.Tc:.6g}, Tbar {self.Tbar:.6g}, ln R0/ln lambda {self.T:.6g}",
            f"entropy         {self.entropy:.6g} per step",
        ]
        if self.imprimitivity > 1:
            lines.append(
                f"no stable structure: all reproducing ages are multiples of {self.imprimitivity}"
            )
        else:
            lines.append(
                f"damping ratio   {self.damping_ratio:.6g}, period {self.period:.4g} steps"
            )
        heads, rows = self.rows()
        lines += ["", "  ".join(f"{h[:12]:>12}" for h in heads)]
        lines += ["  ".join(f"{x:12.6g}" for x in row) for row in rows]
        return "\n".join(lines)


def life_table(
    table: ArrayLike | str | os.PathLike[str] | None = None,
    *,
    survival: ArrayLike | None = None,
    fecundity: ArrayLike | None = None,
) -> LifeTable:
    r"""Growth, structure and elasticities of a population from its life table.

    $$\sum_i f_il_i\lambda^{-i} = 1,\qquad l_i = s_1\cdots s_{i-1}$$

    Args:
        table: (n, 3), columns age, survival to the next age, fecundity (female offspring per
            female and step that are counted at the next census); or a .csv or .npy file of them.
            Ages are consecutive; the survival of the last age is not used and may be 0.
        survival, fecundity: the two columns instead, (n,) or (n - 1,) and (n,).

    Returns: a `LifeTable`.

    Raises:
        InputError: not numbers, NaN, survivals outside (0, 1], negative fecundities, no births,
            ages that are not consecutive.

    Source: Leslie 1945; Caswell 2001.

    >>> found = life_table(survival=[0.5, 0.25], fecundity=[0, 4, 3])
    >>> round(found.lam, 12), round(found.R0, 3), round(found.T, 6)
    (1.5, 2.375, 2.133346)
    """
    age, s, f = _columns(table, survival, fecundity)
    inside = s[: len(f) - 1]
    if not (inside > 0).all():
        k = int(np.argmin(inside > 0))
        raise InputError(
            f"survival {inside[k]:g} at age {age[k]:g}",
            "nobody reaches the next age",
            "end the table at the last age that is reached",
        )
    return _measured(age, s, f)


def _columns(
    table: Any, survival: ArrayLike | None, fecundity: ArrayLike | None
) -> tuple[Array, Array, Array]:
    if (table is None) == (survival is None or fecundity is None):
        raise InputError(
            "life_table", "takes a table, or survival and fecundity", "pass one of the two"
        )
    if table is None:
        s, f = (
            as_matrix(x, n)[:, 0] for x, n in ((survival, "survival"), (fecundity, "fecundity"))
        )
        if len(s) == len(f) - 1:
            s = np.append(s, 0.0)
        if len(s) != len(f):
            raise InputError(
                f"{len(s)} survivals and {len(f)} fecundities",
                "one survival per age, or one fewer",
                "",
            )
        age = np.arange(1.0, 1.0 + len(f))
    else:
        path = isinstance(table, str | os.PathLike)
        rows = read_matrix(table) if path else as_matrix(table, "the life table")
        if rows.shape[1] != 3:
            raise InputError(
                str(table) if path else f"table of shape {rows.shape}",
                f"has {rows.shape[1]} columns",
                "three are needed: age, survival, fecundity",
            )
        age, s, f = rows.T
        if len(age) > 1 and not np.allclose(np.diff(age), age[1] - age[0], rtol=1e-9):
            raise InputError("ages", "are not equally spaced and rising", "sort them; no gaps")
    if len(f) < 2:
        raise InputError(f"{len(f)} age", "is no life table", "two ages are needed at least")
    if (f < 0).any() or (s < 0).any() or (s > 1).any():
        raise InputError(
            "life table", "has negative numbers or survivals above 1", "check the columns' order"
        )
    if not f.any():
        raise InputError("fecundity", "is 0 at every age: the growth factor is 0", "")
    return age, s, f


def _measured(age: Array, s: Array, f: Array) -> LifeTable:
    import jax

    with jax.enable_x64(True):
        found = {k: np.asarray(v) for k, v in stable_population()(f, s[:-1]).items()}
        shares = {k: np.asarray(v) for k, v in elasticities()(f, s[:-1]).items()}
    last = int(np.max(np.nonzero(f)[0])) + 1
    damping, period = _second(f[:last], s[: last - 1], float(found["lam"]))
    ball = certified_growth_factor(f, s[:-1], 18)
    R0, r = float(found["R0"]), float(found["r"])
    return LifeTable(
        age=age,
        survival=s,
        fecundity=f,
        lam=float(found["lam"]),
        r=r,
        lam_low=_outward(ball.lower(), -math.inf),
        lam_high=_outward(ball.upper(), math.inf),
        R0=R0,
        Tc=float(found["Tc"]),
        Tbar=float(found["Tbar"]),
        T=math.log(R0) / r if abs(r) > 1e-9 else float(found["Tc"]),
        entropy=float(found["entropy"]),
        stable_age=found["w"],
        reproductive_value=found["v"],
        elasticity_fecundity=shares["elasticity_f"],
        elasticity_survival=shares["elasticity_s"],
        sensitivity_fecundity=shares["sensitivity_f"],
        sensitivity_survival=shares["sensitivity_s"],
        damping_ratio=damping,
        period=period,
        last_reproducing=float(age[last - 1]),
        imprimitivity=int(np.gcd.reduce(np.nonzero(f)[0] + 1)),
    )


def _outward(end: Any, towards: float) -> float:
    """The next float beyond an end of the enclosure."""
    return math.nextafter(float(end), towards)


def _second(f: Array, s: Array, lam: float) -> tuple[float, float]:
    """lam/|lam_2|, and the period 2 pi/arg lam_2."""
    values = np.linalg.eigvals(leslie_matrix(f, s))
    others = np.delete(values, np.argmin(np.abs(values - lam)))
    if not len(others) or not np.abs(others).max() > 0:
        return math.inf, math.inf
    second = others[np.argmax(np.abs(others))]
    angle = abs(float(np.angle(second)))
    return lam / float(abs(second)), 2 * math.pi / angle if angle > 1e-12 else math.inf
