"""verify and recheck: from a formula or derivation to a certificate and back from its file."""

import json
from dataclasses import replace

import pytest
from sympy import Eq, Function, Symbol, exp, symbols

from derivax.errors import CertificateError, InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.verify import (
    Certificate,
    read_certificates,
    recheck,
    verify,
    write_certificates,
)
from derivax.numeric.verify.automatic_truth import automatic_level
from derivax.numeric.verify.certificate import STEPS_FOLLOW, content_digest, source_digest
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula
from derivax.symbolic.lagrangian import Lagrangian
from derivax.symbolic.methods.euler_lagrange import equations_of_motion
from derivax.symbolic.problem import Problem

t, k, u0 = symbols("t k u0", positive=True)
u, v = Function("u", positive=True), Function("v", positive=True)
DECAY = Problem(Eq(u(t).diff(t), -k * u(t)), u(t), given={u(0): u0})
RANGES = {t: (0, 5), k: (0, 3), u0: (0, 10)}


def answer(expr):
    return Formula(expr, [t, k, u0], domain=RANGES, name="decay", solves=DECAY)


@pytest.fixture(scope="module")
def right():
    return verify(answer(u0 * exp(-k * t)), profile="standard")


@pytest.fixture
def stored(right, tmp_path):
    return right.save(tmp_path / "decay.json")


def test_a_right_answer_is_verified_and_says_what_was_claimed(right):
    assert right.verdict == "verified", right
    assert right.claim == "code = formula = solution of the problem"
    outcomes = {name: level.outcome for name, level in right.levels.items()}
    assert outcomes["L0"] is Outcome.PROVEN
    assert [outcomes[name] for name in ("L1", "L2", "L4")] == [Outcome.HOLDS] * 3
    assert right.levels["L1"].figures["points_float64"].value >= 512
    assert right.code["sha256"] == source_digest(right.code["source"])


@pytest.mark.parametrize(
    "wrong",
    [u0 * exp(-2 * k * t), u0 * exp(k * t), k * exp(-u0 * t), 2 * u0 * exp(-k * t), u0 - k * t],
    ids=["lost factor", "sign", "swapped symbols", "initial value", "first order only"],
)
def test_a_wrong_answer_is_refuted_with_a_witness(wrong):
    certificate = verify(answer(wrong), profile="quick")
    assert certificate.verdict == "refuted"
    assert certificate.levels["L0"].outcome is Outcome.REFUTED
    assert certificate.levels["L1"].outcome is Outcome.HOLDS  # the code is the formula
    assert {"t", "k", "u0"} & set(certificate.witness)


def test_level_4_alone_sees_a_wrong_solution():
    """The reference integration knows the equation only, not the formula."""
    wrong = answer(u0 * exp(-k * t) * (1 + t / 10**9))
    level = automatic_level(compile_formula(wrong), wrong)
    assert level.outcome is Outcome.REFUTED
    assert "measured" in level.witness


def test_a_system_is_integrated_too():
    problem = Problem(
        [Eq(u(t).diff(t), -k * u(t)), Eq(v(t).diff(t), k * u(t))],
        [u(t), v(t)],
        given={u(0): u0, v(0): 0},
    )
    made = {"u": u0 * exp(-k * t), "v": u0 * (1 - exp(-k * t))}
    formula = Formula(made, [t, k, u0], domain=RANGES, name="chain", solves=problem)
    level = automatic_level(compile_formula(formula), formula)
    assert level.outcome is Outcome.HOLDS, level.detail
    made["v"] = u0 * (1 - exp(-k * t / 2))
    wrong = Formula(made, [t, k, u0], domain=RANGES, name="chain", solves=problem)
    assert automatic_level(compile_formula(wrong), wrong).outcome is Outcome.REFUTED


def test_code_of_another_formula_is_refuted_by_level_1():
    other = compile_formula(answer(u0 * exp(-k * t / 2)))
    certificate = verify(answer(u0 * exp(-k * t)), profile="quick", compiled=other)
    assert certificate.levels["L0"].outcome is Outcome.PROVEN
    assert certificate.levels["L1"].outcome is Outcome.REFUTED
    assert certificate.verdict == "refuted"


def test_a_derivation_is_verified_step_by_step_with_its_code():
    derivation = derive_problem(DECAY)
    certificate = verify(derivation, profile="quick")
    assert certificate.verdict == "verified", certificate
    assert certificate.claim == "code = formula = solution of the problem"
    assert len(certificate.statement["steps"]) == len(derivation)


def test_a_formula_that_no_step_states_is_not_called_derived():
    derivation = derive_problem(DECAY)
    stray = derivation.concluded(Formula(u0 * exp(-3 * k * t), [t, k, u0], name="stray"))
    level = verify(stray, profile="quick").levels["L0"]
    assert level.outcome is Outcome.OPEN
    assert "not stated" in level.detail


def test_without_a_formula_no_code_is_claimed():
    derivation = replace(derive_problem(DECAY), formula=None)
    certificate = verify(derivation, profile="standard")
    assert certificate.claim == "every step follows from the problem"
    assert certificate.code is None
    assert certificate.verdict == "verified"


def test_what_holds_for_any_function_has_no_code_to_judge():
    q, time = Function("q", real=True), Symbol("t", real=True)
    speed = q(time).diff(time)
    motion = equations_of_motion(Lagrangian(speed**2 / 2 - Function("V")(q(time)), q(time)))
    certificate = verify(motion, profile="quick")
    assert certificate.levels["L1"].outcome is Outcome.NOT_APPLICABLE
    assert "any V" in certificate.levels["L1"].detail
    assert (certificate.verdict, certificate.claim) == ("verified", STEPS_FOLLOW)


def test_without_a_problem_only_the_code_is_claimed():
    x = Symbol("x", real=True)
    certificate = verify(Formula(x**2, [x], name="square"), profile="quick")
    assert certificate.claim == "code = formula"
    assert certificate.levels["L0"].outcome is Outcome.NOT_APPLICABLE
    assert certificate.verdict == "verified"


def test_what_does_not_fit_the_budget_is_not_run():
    certificate = verify(answer(u0 * exp(-k * t)), budget=1e-6)
    assert certificate.levels["L2"].outcome is Outcome.NOT_RUN
    assert certificate.verdict == "incomplete"


def test_bad_options_are_one_clear_error():
    with pytest.raises(InputError, match="quick, standard, full"):
        verify(answer(u0), profile="thorough")
    with pytest.raises(InputError, match="budget"):
        verify(answer(u0), budget=-1)
    with pytest.raises(InputError, match="not a formula"):
        verify(42)


# --- recheck -------------------------------------------------------------------------------------


def spoiled(path, change):
    """The certificate changed, with a digest that fits."""
    data = json.loads(path.read_text())
    change(data)
    data["sha256"] = content_digest(data)
    path.write_text(json.dumps(data))
    return path


def test_recheck_confirms_what_was_written(stored, right):
    (again,) = recheck(stored)
    assert again.verdict == "verified", again
    assert again.code == right.code


def test_recheck_reads_collections(right, tmp_path):
    path = write_certificates(tmp_path / "two.json", [right, right])
    assert [c.verdict for c in recheck(path)] == ["verified", "verified"]
    assert len(read_certificates(path)) == 2


def test_recheck_refutes_a_changed_source(stored):
    spoiled(
        stored, lambda d: d["code"].update(source=d["code"]["source"].replace("jnp.exp", "jnp.sin"))
    )
    (again,) = recheck(stored)
    assert again.verdict == "refuted"
    assert "sha256" in str(again.witness)


def test_recheck_refutes_wrong_code_with_a_matching_digest(stored):
    def change(data):
        source = data["code"]["source"].replace("-t * k", "-2.0 * t * k")
        assert source != data["code"]["source"]
        data["code"].update(source=source, sha256=source_digest(source))

    (again,) = recheck(spoiled(stored, change))
    assert again.verdict == "refuted"
    assert again.levels["L1"].outcome is Outcome.REFUTED
    assert "exact" in again.levels["L1"].witness


@pytest.mark.parametrize(
    "hostile",
    [
        "import os\n\n\ndef decay(t, k, u0):\n    return u0\n",
        "def decay(t, k, u0):\n    return open('/etc/passwd')\n",
        "def decay(t, k, u0):\n    return ().__class__\n",
        "def decay(t, k, u0):\n    while True:\n        t = t\n    return t\n",
        "def other(t):\n    return t\n",
        "not python(",
    ],
)
def test_recheck_never_runs_what_is_outside_the_language_of_generated_code(stored, hostile):
    change = {"source": hostile, "sha256": source_digest(hostile)}
    with pytest.raises(CertificateError, match="the certificate's source") as caught:
        recheck(spoiled(stored, lambda d: d["code"].update(change)))
    assert "\n" not in str(caught.value)


def test_recheck_refutes_a_changed_formula(stored):
    def change(data):
        other = verify(answer(u0 * exp(-2 * k * t)), profile="quick").to_dict()["statement"]
        data["statement"].update(formula=other["formula"], text=other["text"])

    (again,) = recheck(spoiled(stored, change))
    assert again.verdict == "refuted"
    assert again.levels["L0"].outcome is Outcome.REFUTED


def test_recheck_refutes_a_comparison_beyond_its_bound(stored):
    def change(data):
        record = data["levels"]["L4"]["evidence"]["comparisons"][0]
        record["measured"][0] = (float.fromhex(record["measured"][0]) * 1.001).hex()

    (again,) = recheck(spoiled(stored, change))
    assert again.levels["L4"].outcome is Outcome.REFUTED


def test_recheck_refutes_a_bound_that_was_written_too_low(stored):
    def change(data):
        figure = data["levels"]["L1"]["figures"]["max_float64"]
        assert figure["value"] >= 1
        figure["value"] = 0

    with pytest.raises(CertificateError, match=r"L1: its largest float64 error is 0 ulp"):
        recheck(spoiled(stored, change))


def test_recheck_refutes_points_that_cannot_be_read(stored):
    def change(data):
        data["levels"]["L1"]["evidence"]["float64"]["worst"][1]["at"]["t"] = "nonsense"

    assert recheck(spoiled(stored, change))[0].verdict == "refuted"


def test_recheck_of_no_certificate_is_one_clear_error(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(CertificateError):
        recheck(tmp_path / "x.json")


def test_a_certificate_is_read_back_as_it_was_written(right, stored):
    assert read_certificates(stored) == (right,)
    assert Certificate.from_json(right.to_json()) == right
