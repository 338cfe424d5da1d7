"""Programs of life tables and competitions, certified numbers, fits: card numbers, bad input.

Literal numbers: theory card `leslie-populations`, sections 6 and 7 (computed there by other means).
"""

from __future__ import annotations

import json

import numpy as np
import pytest

import derivax as dx
from derivax import catalog, data
from derivax.errors import InputError
from derivax.numeric.ground_truth import leslie as truth
from derivax.numeric.programs import leslie_blocks as blocks
from derivax.numeric.programs import leslie_competition as competition
from derivax.numeric.programs import leslie_life_tables as tables
from derivax.numeric.programs.leslie_certified import (
    certified_growth_factor,
    certified_perron_root,
    certified_winner,
    winner_region,
)
from derivax.numeric.programs.leslie_fit import (
    fit_competition,
    logistic_growth,
    lotka_volterra,
    one_step_regression,
)
from derivax.numeric.verify.level_ground_truth import judge
from derivax.symbolic.exact.outcome import Outcome

PROGRAMS = [name for name in catalog.expand("leslie-populations") if "program" in catalog.row(name)]


@pytest.fixture(scope="module", autouse=True)
def float64():
    import jax

    with jax.enable_x64(True):
        yield


def test_growth_factors_of_the_card() -> None:
    program = tables.growth_factor()
    f, s = np.array([0.0, 4.0, 3.0]), np.array([0.5, 0.25])
    assert float(program(f, s)["lam"]) == pytest.approx(1.5, abs=1e-15)
    ages = np.arange(1, 101)
    human = np.where((ages >= 17) & (ages <= 50), 0.08, 0.0)
    found = float(program(human, np.full(99, 0.98))["lam"])
    assert found == pytest.approx(1.011788718414604, abs=1e-14)


def test_a_thousand_ages_do_not_overflow() -> None:
    """Survivorship falls to 1e-301, one age of births; the root is f^(1/1000) s^(999/1000)."""
    f = np.zeros(1000)
    f[-1] = 1e300
    found = float(tables.growth_factor()(f, np.full(999, 0.5))["lam"])
    assert found == pytest.approx(np.exp((np.log(1e300) + 999 * np.log(0.5)) / 1000), rel=1e-13)


def test_draws_run_together_and_agree_with_each_alone() -> None:
    import jax

    rng = np.random.default_rng(1)
    f, s = rng.uniform(0, 1, (5, 3)), rng.uniform(0.2, 1, (5, 2))
    program = tables.growth_factor()
    together = jax.vmap(lambda a, b: program(a, b)["lam"])(f, s)
    for k in range(5):
        roots = np.roots([1.0, -f[k, 0], -f[k, 1] * s[k, 0], -f[k, 2] * s[k].prod()])
        assert float(together[k]) == pytest.approx(np.abs(roots).max(), rel=1e-13)


def test_certified_numbers_of_the_card() -> None:
    assert certified_growth_factor([0, 4, 3], [0.5, 0.25]).contains(3) is False
    ball = certified_growth_factor([0, 4, 3], [0.5, 0.25])
    assert 2 * ball == 3 or (2 * ball).contains(3)
    b = competition.card_competitors()
    K = np.block([[b["A"], b["B"]], [b["C"], b["D"]]])
    assert float(certified_perron_root(K)) == pytest.approx(1.3325655575634625, abs=1e-15)


def test_the_winner_changes_at_the_balance_of_the_card() -> None:
    """Balance at y0 = c (1, 1), c = 3.92419242806183."""
    b = competition.card_competitors()
    sides = [b[k] for k in "ABCD"]
    for c, winner in ((3.92419242806, 1), (3.92419242807, -1)):
        assert certified_winner(*sides, b["x0"], [c, c]) == winner
    region = winner_region(*sides, b["x0"], [1.0, 1.0], [0.0, 2.0, 3.9, 3.95, 6.0])
    assert region.tolist() == [1, 1, 0, -1]


def test_first_extinctions_of_the_card() -> None:
    """c = 1: step 1, y; 3: 3, y; 3.9: 6, y; 4: 4, x; 6: 2, x; and close to balance x at step 8."""
    program = competition.first_extinction()
    for c, step, winner in (
        (1, 1, 1),
        (3, 3, 1),
        (3.9, 6, 1),
        (4, 4, -1),
        (6, 2, -1),
        (3.92419242806, 8, -1),
    ):
        found = program(**competition.card_competitors(c), steps=100.0)
        assert (int(found["step"]), int(found["winner"])) == (step, winner)


def test_where_nobody_is_out_the_step_is_infinite_in_code_and_reference() -> None:
    from derivax.numeric.programs.claims import balls

    given = {**competition.card_competitors(3.9), "steps": np.asarray(1.0)}
    found = competition.first_extinction()(**given)
    exact = competition.first_extinction().reference(balls(given))
    assert float(found["step"]) == float(exact["step"].item()) == np.inf
    assert int(found["winner"]) == 0


def test_bernardellis_population_has_period_three(tmp_path) -> None:
    found = dx.life_table(survival=[0.5, 1 / 3], fecundity=[0, 0, 6])
    assert found.imprimitivity == 3
    assert found.lam == pytest.approx(1.0, abs=1e-15)
    assert "multiples of 3" in str(found)


def test_the_command_reads_a_table_and_writes_all_formats(tmp_path, capsys) -> None:
    from derivax.cli import main

    path = tmp_path / "table.csv"
    path.write_text("age,survival,fecundity\n1,0.5,0\n2,0.25,4\n3,0,3\n")
    assert main(["life-table", str(path)]) == 0
    assert "growth factor   1.5 per step" in capsys.readouterr().out
    for name in ("out.json", "out.csv", "out.png"):
        assert main(["life-table", str(path), "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 100
    found = json.loads((tmp_path / "out.json").read_text())
    # card: R0 2.375, Tc 2.157895, Tbar 2.111111, ln R0/ln lam 2.133346, w (0.72, 0.24, 0.04)
    assert found["R0"] == pytest.approx(2.375)
    assert found["Tc"] == pytest.approx(2.157895, abs=1e-6)
    assert found["Tbar"] == pytest.approx(2.111111, abs=1e-6)
    assert found["T"] == pytest.approx(2.133346, abs=1e-6)
    assert found["stable_age"] == pytest.approx([0.72, 0.24, 0.04])
    assert found["lam_low"] <= 1.5 <= found["lam_high"]
    assert main(["life-table", str(path), "-o", "out.txt"]) == 2


@pytest.mark.parametrize(
    "survival, fecundity, text",
    [
        ([0.5, 0.25], [0.0, 0.0, 0.0], "growth factor is 0"),
        ([0.5, 1.25], [0.0, 1.0, 1.0], "above 1"),
        ([0.5, 0.5], [0.0, -1.0, 1.0], "negative"),
        ([0.5, float("nan")], [0.0, 1.0, 1.0], "nan"),
        ([0.5], [0.0, 1.0, 1.0], "one survival per age"),
        ([0.5, 0.0], [0.0, 1.0, 1.0], "nobody reaches"),
    ],
)
def test_bad_life_tables_are_named(survival, fecundity, text) -> None:
    with pytest.raises(InputError, match=text):
        dx.life_table(survival=survival, fecundity=fecundity)


def test_bad_input_of_the_programs_is_named() -> None:
    growth, powers = tables.growth_factor(), blocks.matrix_powers()
    b = competition.card_competitors()
    standing = competition.last_species_standing()
    one = {k: np.array([[x]]) for k, x in zip("ABCD", (1.1, 0.0, 0.0, 1.1), strict=True)}
    alone = {**one, "x0": np.ones(1), "y0": np.ones(1)}
    calls = [
        (lambda: growth([0.0, 0.0], [0.5]), "no births"),
        (lambda: growth([0.0, 1.0], [1.5]), "no survival"),
        (lambda: growth([0.0, -1.0], [0.5]), "must be >= 0"),
        (lambda: growth([0.0, 1.0], [0.0]), "must be > 0"),
        (lambda: growth([0.0, np.inf], [0.5]), "NaN or infinite"),
        (lambda: growth([0.0, 1.0, 1.0], [0.5]), "one fewer"),
        (lambda: powers(np.eye(2), np.ones(2), np.array([0.5])), "no number of steps"),
        (lambda: powers(np.eye(2), np.ones(2), np.array([-1.0])), "must be >= 0"),
        (lambda: powers(np.ones((2, 3)), np.ones(2), np.ones(1)), "k is 3 here"),
        (lambda: standing(**{**b, "y0": -b["y0"]}), "must be >= 0"),
        (lambda: standing(**alone), "not primitive"),
        (lambda: certified_perron_root([[0.0, 1.0], [1.0, 0.0]]), "not primitive"),
        (lambda: certified_perron_root([[0.0, -1.0], [1.0, 0.0]]), "negative"),
        (lambda: fit_competition(np.ones((5, 3))), "not \\(days, 2\\)"),
        (lambda: fit_competition(-np.ones((5, 2))), "negative"),
    ]
    for call, text in calls:
        with pytest.raises(InputError, match=text):
            call()


def test_exact_balance_is_called_balanced() -> None:
    one = {k: np.array([[x]]) for k, x in zip("ABCD", (1.1, 0.05, 0.05, 1.1), strict=True)}
    found = competition.last_species_standing()(**one, x0=np.array([7.0]), y0=np.array([7.0]))
    assert int(found["winner"]) == 0


def test_a_growth_factor_of_one_is_no_exception_for_immigration() -> None:
    """L = 1, h = 2: x_t = x_0 + 2t."""
    one, h, start = np.array([[1.0]]), np.array([2.0]), np.array([5.0])
    found = blocks.immigration()(one, h, start, np.array([0.0, 1.0, 1000.0]))
    values = np.asarray(found["z"])[:, 0] * np.exp(np.asarray(found["log_scale"]))
    assert values == pytest.approx([5.0, 7.0, 2005.0], rel=1e-12)


def test_the_baselines_of_gauses_counts() -> None:
    counts = data.paramecium()
    assert logistic_growth(counts.aurelia) == pytest.approx((0.951870, 536.0152), rel=1e-6)
    assert logistic_growth(counts.caudatum) == pytest.approx((0.755000, 202.5769), rel=1e-6)
    expected = [[0.920964, 0.540836], [-0.010478, 1.003155]]
    assert one_step_regression(counts.mixed) == pytest.approx(np.array(expected), abs=1e-6)


@pytest.mark.slow
def test_lotka_volterra_on_gauses_counts() -> None:
    counts = data.paramecium()
    found, error = lotka_volterra(counts.aurelia, counts.caudatum, counts.mixed)
    assert error == pytest.approx(72754.17, rel=1e-5)
    assert found["alpha"] == pytest.approx(2.77334, rel=1e-4)
    assert found["beta"] == pytest.approx(0.426174, rel=1e-4)


@pytest.mark.slow
def test_age_classes_make_the_linear_fit_admissible() -> None:
    """Card: one class 1.05e6 (global), two classes 1.034e5 at best of its starts: not better."""
    mixed = data.paramecium().mixed
    one = fit_competition(mixed, 1, starts=32, logarithmic=False)
    two = fit_competition(mixed, 2, logarithmic=False)
    assert one.sse == pytest.approx(1.05e6, rel=0.01)
    assert two.sse <= 1.035e5
    assert two.undetermined > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_is_verified(name) -> None:
    certificate = dx.verify(name)
    assert certificate.verdict == "verified", certificate


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_three_times_the_resolution_is_refuted_by_the_simulation(name) -> None:
    row = catalog.row(name)
    program = dx.compile(name)
    comparisons = getattr(truth, row["ground_truth"].partition(":")[2])()
    for comparison in comparisons:
        allowed = np.atleast_1d(comparison.tolerance) + 8 * 2.2e-16 * np.abs(
            np.atleast_1d(comparison.measured)
        )

        def planted(_, comparison=comparison, allowed=allowed):
            return np.atleast_1d(comparison.predict(program)) + 3 * allowed + 1e-300

        wrong = type(comparison)(
            comparison.quantity, comparison.measured, planted, comparison.tolerance
        )
        if np.all(allowed > 0) and np.any(np.atleast_1d(comparison.tolerance) > 0):
            assert judge(program, [wrong], "planted").outcome is Outcome.REFUTED
