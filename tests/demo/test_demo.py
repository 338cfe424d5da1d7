"""The demo: what it leaves, and that it fails when theory and training differ.

The literal figures (singular values; half-learning step of mode 1 at lr = 2e-3: 142.607 measured,
142.609 with the step correction, 141.343 by gradient flow) are those of the theory card
`saxe-linear-networks`, sections 5 and 7.
"""

import io
import json
import struct
import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console

from derivax import demo
from derivax.errors import InputError
from derivax.numeric.verify import recheck

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "new" / "demo-output"
    console = Console(file=io.StringIO(), width=100)
    status = demo.run(folder, quick=True, console=console)
    return folder, status, console.file.getvalue()


@pytest.fixture(scope="module")
def outcome():
    """The trainings at full resolution, compared with the compiled theory."""
    console = Console(file=io.StringIO())
    modes, data = demo._digits(console)
    curve, correction = (result["code"] for result in demo._theory(console))
    runs = demo._trainings(data, modes, demo.LR, console)
    return demo._compared(modes, runs, curve, correction), curve, correction


def test_the_quick_demo_succeeds_and_leaves_its_four_files(quick):
    folder, status, shown = quick
    assert status == 0, shown
    assert sorted(path.name for path in folder.iterdir()) == sorted(demo.FILES)
    assert "agree in 9 of 9 modes" in " ".join(shown.split())
    assert shown.count("agrees") == 9


def test_the_table_fits_a_narrow_terminal(outcome):
    console = Console(file=io.StringIO(), width=80)
    console.print(demo._table(outcome[0]))
    shown = console.file.getvalue()
    assert "…" not in shown
    assert "142.609" in shown


def test_the_figure_is_a_picture_of_a_printable_size(quick):
    content = (quick[0] / "learning_curves.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert 1200 <= width <= 3000
    assert 500 <= height <= 2000


def test_the_certificates_are_verified_and_hold_on_recheck(quick):
    file = quick[0] / "certificate.json"
    written = json.loads(file.read_text())
    assert written["schema_version"] == 1
    assert [c["name"] for c in written["certificates"]] == [
        "saxe-linear-networks/mode",
        "saxe-linear-networks/step-correction",
    ]
    assert {c["verdict"] for c in written["certificates"]} == {"verified"}
    assert {c.verdict for c in recheck(file)} == {"verified"}


def test_the_exported_module_tests_itself_with_jax_alone(quick):
    run = subprocess.run(
        [sys.executable, "-S", "-c", _WITHOUT_DERIVAX, str(quick[0] / "mode.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "pass" in run.stdout


# the site packages, but no derivax: what is imported is the file and jax
_WITHOUT_DERIVAX = f"""
import runpy, sys
sys.path += {[p for p in sys.path if "site-packages" in p]!r}
sys.modules["derivax"] = None
file = sys.argv[1]
sys.argv = [file, "--self-test"]
runpy.run_path(file, run_name="__main__")
"""


def test_the_latex_is_a_whole_document(quick):
    text = (quick[0] / "mode.tex").read_text()
    assert text.lstrip().startswith((r"\documentclass", "%"))
    assert text.rstrip().endswith(r"\end{document}")


def test_the_figures_of_the_card_are_reproduced(outcome):
    found = outcome[0]
    np.testing.assert_allclose(found.modes.s[:3], [12.629574, 12.177208, 12.100755], atol=6e-7)
    assert found.measured[1, 0] == pytest.approx(142.607, abs=6e-4)
    assert found.predicted[1, 0] == pytest.approx(142.609, abs=6e-4)
    assert found.flow[1, 0] == pytest.approx(141.343, abs=6e-4)
    assert found.measured[2, 0] == pytest.approx(283.951, abs=6e-4)  # at lr = 1e-3


def test_what_is_left_halves_with_the_rate_and_vanishes_in_the_limit(outcome):
    found = outcome[0]
    left = found.measured - found.predicted
    np.testing.assert_allclose(left[0] / left[1], 2, atol=0.1)
    np.testing.assert_allclose(left[1] / left[2], 2, atol=0.05)
    assert found.agrees.all()
    assert (np.abs(found.limit) < 2e-6).all()


def planted(correction, change):
    return lambda **arguments: change(correction(**arguments), arguments)


@pytest.mark.parametrize(
    "change",
    [
        lambda n, at: n + 1e-4,
        lambda n, at: n * (1 - 1e-6),
        lambda n, at: n + 0.01 * at["s"] / 12,
        lambda n, at: (
            np.log(at["uf"] * (at["s"] - demo.U0) / (demo.U0 * (at["s"] - at["uf"])))
            / (2 * at["s"] * at["lr"])
        ),
    ],
    ids=["offset", "factor", "in proportion to s", "without the correction"],
)
def test_a_planted_error_of_the_prediction_is_seen_in_every_mode(outcome, change):
    found, curve, correction = outcome
    wrong = demo._compared(found.modes, found.runs, curve, planted(correction, change))
    assert not wrong.agrees.any()
    assert demo._conclude(wrong, [], "", Console(file=io.StringIO())) == 1


def test_planted_errors_refute_the_comparisons_of_the_certificates(outcome):
    from derivax.numeric.verify.level_ground_truth import judge
    from derivax.symbolic.exact.outcome import Outcome

    found, curve, correction = outcome
    for comparison, code in (
        (demo._curve_comparison(found), curve),
        (demo._step_comparison(found), correction),
    ):
        level = judge(code, [comparison], "training")
        assert level.outcome is Outcome.HOLDS, level.detail
        factor = 1 + 3 * level.figures["resolution"].value
        off = planted(code, lambda value, at, factor=factor: value * factor)
        assert judge(off, [comparison], "training").outcome is Outcome.REFUTED


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        demo.run(tmp_path / "file" / "below", quick=True, console=Console(file=io.StringIO()))
