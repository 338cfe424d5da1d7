"""The Program noun: calls, shapes, derivatives, claims, and that a changed code is refuted.

`oscillator` is a small program of its own: the position of N damped masses, summed with weights.
Its kernel comes from a derivation, its reference is Taylor integration in balls.
"""

from __future__ import annotations

import ast
import pickle
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sympy import Eq, Function, exp, symbols

import derivax as dx
from derivax.errors import InputError
from derivax.numeric.codegen import emit
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs import Array, ArrayCode, Bounds, Equals, Program, Satisfies
from derivax.numeric.programs.claims import balls
from derivax.numeric.verify import verify
from derivax.numeric.verify.program_levels import (
    claims_level,
    program_derivatives_level,
    program_values_level,
)
from derivax.symbolic.exact.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]

RIGHT = '''
import jax.numpy as jnp


def mixed_decay(decay, t, k, weights):
    """sum_j weights[i, j] decay(t, k[j])"""
    return (jnp.matmul(weights, decay(t, k), precision="highest"),)
'''
PLANTED = {
    "transposed": RIGHT.replace("jnp.matmul(weights, ", "jnp.matmul(jnp.swapaxes(weights, 0, 1), "),
    "scaled": RIGHT.replace("jnp.matmul(weights", "(1.0 + 1e-9) * jnp.matmul(weights"),
    "wrong rate": RIGHT.replace("decay(t, k)", "decay(t, 0.5 * k)"),
    "lost sign": RIGHT.replace("decay(t, k)", "jnp.abs(decay(t, -k))"),
}


class Text(ArrayCode):
    """Array code from a string of this file."""

    text = ""

    def written(self):
        tree = ast.parse(self.text)
        functions = [ast.get_source_segment(self.text, n) for n in tree.body[1:]]
        return "\n\n\n".join(functions), frozenset()


def array_code(text):
    made = Text("tests", "mixed_decay")
    made.text = text
    return made


def decay_derivation():
    t, k = symbols("t k", positive=True)
    y = Function("y", positive=True)
    return dx.derive(Eq(y(t).diff(t), -k * y(t)), given={y(0): 1}), t, k


def exact(values, bits=256):
    """By the series of the exponential of the diagonal matrix, not by the kernel."""
    from flint import arb_mat

    rates = list(values["k"])
    n = len(rates)
    generator = arb_mat(n, n, [-rates[i] if i == j else 0 for i in range(n) for j in range(n)])
    flow = (generator * values["t"].item()).exp()
    column = np.array([flow[i, i] for i in range(n)], dtype=object)
    return {"position": values["weights"] @ column}


def cases(rng):
    for label, shape in (("1", (1, 1)), ("3", (3, 3)), ("rectangular", (2, 5))):
        yield label, {
            "t": np.asarray(0.75),
            "k": rng.uniform(0.2, 3.0, shape[1]),
            "weights": rng.standard_normal(shape),
        }


GIVEN = {
    "t": np.asarray(0.5),
    "k": np.array([1.0, 2.0, 0.25]),
    "weights": np.array([[1.0, -2.0, 4.0], [0.5, 3.0, 1.0], [2.0, 0.0, 1.0]]),
}


def slope(program, given, found):
    """y' = -k y, summed: the rate in t against -sum weights k y, from single masses."""
    _, rate = jax.jvp(
        lambda t: program(t, given["k"], given["weights"])["position"],
        (jnp.asarray(given["t"]),),
        (jnp.asarray(1.0),),
    )
    single = [program(given["t"], given["k"], np.diag(row))["position"] for row in given["weights"]]
    expected = -np.array([np.sum(given["k"] * np.asarray(y)) for y in single])
    return {"decay": (np.asarray(rate) - expected, np.abs(expected))}


def oscillator(text=RIGHT, **changes):
    derivation, t, k = decay_derivation()
    formula = derivation.formula_of("solution", [t, k], name="decay")
    options = {
        "name": "mixture",
        "title": "A mixture of decays",
        "arguments": [
            Array("t", (), "time", low=0.0),
            Array("k", ("n",), "rates", low=0.0, strict=True),
            Array("weights", ("m", "n"), "weights"),
        ],
        "results": [Array("position", ("m",), "weighted sums")],
        "kernels": {"decay": compile_formula(formula)},
        "array_code": array_code(text),
        "derivations": (derivation,),
        "claims": (
            Equals("sum of solutions", "decay", (GIVEN,), exact=exact),
            Satisfies("y' = -k y", "decay", (GIVEN,), residual=slope),
            Bounds(
                "no sum exceeds that of the positive weights",
                "decay",
                (GIVEN,),
                limits=lambda v: {"position": (None, np.array([5.0, 4.5, 3.0]))},
            ),
        ),
        "reference": exact,
        "cases": cases,
        "batch": "m",
    }
    return Program(**{**options, **changes})


@pytest.fixture(scope="module")
def program():
    return oscillator()


def test_a_program_is_called_by_position_or_by_name(program):
    given = {k: v.astype(np.float32) for k, v in GIVEN.items()}
    first = program(*given.values())["position"]
    second = program(given["t"], weights=given["weights"], k=given["k"])["position"]
    assert first.dtype == jnp.float32
    assert (first == second).all()
    assert program.arg_names == ("t", "k", "weights")
    assert str(program.signature.parameters["weights"].annotation) == "weights[m, n]"


def test_the_text_is_inside_the_language_of_generated_code(program):
    emit.check_source(program.source)
    assert program.entry in program.source
    assert "def decay(" in program.source
    loaded = emit.load(program.source)[program.entry]
    found = loaded(*(jnp.asarray(v, jnp.float32) for v in GIVEN.values()))
    np.testing.assert_allclose(found[0], program(**GIVEN)["position"], rtol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": np.ones(4)}, r"weights of shape \(3, 3\).*n is 3 here, but 4 in k"),
        ({"t": np.ones(2)}, r"t of shape \(2,\).*0 dimensions are needed.*vmap"),
        ({"weights": np.ones((0, 3))}, "is empty"),
        ({"k": np.array([1.0, 0.0, 1.0])}, r"k = 0 .*must be > 0"),
        ({"t": -1.0}, r"t = -1 .*must be >= 0"),
        ({"k": np.array([1.0, np.nan, 1.0])}, "NaN"),
        ({"k": np.array([1.0, 1.0, 1j])}, "complex"),
        ({"k": "text"}, "is no array"),
        ({"kk": 1.0}, "no such argument"),
    ],
    ids=lambda x: "" if isinstance(x, dict) else x[:12],
)
def test_a_wrong_argument_is_one_clear_error(program, change, message):
    with pytest.raises(InputError, match=message):
        program(**{**GIVEN, **change})


def test_jit_vmap_grad_and_jvp_apply(program):
    with jax.enable_x64(True):
        given = {k: jnp.asarray(v) for k, v in GIVEN.items()}
        times = jnp.linspace(0.0, 1.0, 4)
        every = jax.jit(jax.vmap(lambda t: program(**{**given, "t": t})["position"]))(times)
        alone = [program(**{**given, "t": t})["position"] for t in times]
        np.testing.assert_allclose(every, np.stack(alone), rtol=1e-14)
        rate = jax.grad(lambda t: program(**{**given, "t": t})["position"][0])(given["t"])
        weights, k = GIVEN["weights"], GIVEN["k"]
        expected = -np.sum(weights[0] * k * np.exp(-0.5 * k))
        assert float(rate) == pytest.approx(expected, rel=1e-13)


def test_one_derivative_more_than_declared_is_refused_not_wrong(program):
    with pytest.raises(InputError, match="derivative of order 2 of mixture"):
        jax.hessian(lambda t: program(t, GIVEN["k"], GIVEN["weights"])["position"][0])(0.5)
    twice = oscillator(derivatives=2)
    found = jax.hessian(lambda t: twice(t, GIVEN["k"], GIVEN["weights"])["position"][0])(0.5)
    expected = np.sum(GIVEN["weights"][0] * GIVEN["k"] ** 2 * np.exp(-0.5 * GIVEN["k"]))
    assert float(found) == pytest.approx(expected, rel=1e-5)
    none = oscillator(derivatives=0)
    with pytest.raises(InputError, match="order 1 of mixture"):
        jax.grad(lambda t: none(t, GIVEN["k"], GIVEN["weights"])["position"][0])(0.5)


def test_a_right_program_is_verified_and_its_certificate_says_by_what(program):
    certificate = verify(program)
    assert certificate.verdict == "verified", str(certificate)
    assert certificate.code["source"] == program.source
    assert certificate.levels["L0"].figures["claims"].value == 3
    assert certificate.levels["L1"].figures["undecided"].value == 0
    assert certificate.levels["L4"].outcome is Outcome.NOT_APPLICABLE
    assert "program" in certificate.claim
    assert dx.Certificate.from_dict(certificate.to_dict()) is not None


@pytest.mark.parametrize("change", PLANTED)
def test_changed_array_code_is_refuted(program, change):
    broken = program.with_array_code(array_code(PLANTED[change]))
    assert claims_level(broken).outcome is Outcome.REFUTED
    level = program_values_level(broken, dtypes=("float64",), labels=("3",))
    assert level.outcome is Outcome.REFUTED
    assert level.witness["case"].startswith("3")


def test_a_wrong_derivative_rule_is_refuted(program):
    wrong = RIGHT.replace("decay(t, k)", "decay(lax.stop_gradient(t), k)")
    broken = program.with_array_code(array_code(wrong))
    one = {"dtypes": ("float64",), "labels": ("3",)}
    assert program_values_level(broken, **one).outcome is Outcome.HOLDS
    assert program_derivatives_level(broken, **one).outcome is Outcome.REFUTED


def test_a_kernel_that_no_step_states_is_refuted(program):
    t, k = symbols("t k", positive=True)
    own = compile_formula(dx.Formula(exp(-2 * k * t), [t, k], name="decay"))
    level = claims_level(oscillator(kernels={"decay": own}))
    assert level.outcome is Outcome.REFUTED
    assert "stated by no step" in level.detail


def test_a_false_bound_and_a_missing_claim_are_told():
    bound = Bounds("too low", "decay", (GIVEN,), limits=lambda v: {"position": (None, np.ones(3))})
    assert claims_level(oscillator(claims=(bound,))).outcome is Outcome.REFUTED
    assert claims_level(oscillator(claims=())).outcome is Outcome.OPEN


def test_a_hopeless_case_counts_as_undecided():
    """Exact values that every rounding changes altogether explain nothing."""

    def chaotic(values, bits=256):
        return {"position": exact(values)["position"] * (values["t"].item() * 10**31).sin()}

    level = program_values_level(oscillator(reference=chaotic), dtypes=("float64",))
    assert level.outcome is Outcome.OPEN
    assert level.figures["undecided"].value == 3


def test_programs_compare_by_what_they_compute(program):
    assert program == oscillator()
    assert program != oscillator(PLANTED["scaled"])
    assert len({program, oscillator()}) == 1
    with pytest.raises(AttributeError, match="immutable"):
        program.name = "other"


def test_a_name_cannot_mean_two_functions():
    with pytest.raises(InputError, match="rename"):
        oscillator(name="mixed_decay")


def test_exact_instances_are_exact():
    assert all(ball.rad() == 0 for ball in balls({"x": np.array([0.1, 3.0])})["x"])


def test_float64_is_refused_while_jax_is_set_to_32_bits(program):
    refused = pytest.raises(dx.errors.PrecisionError, match="jax_enable_x64")
    with jax.enable_x64(False), refused:
        program.with_dtype("float64")(**GIVEN)


@pytest.mark.slow
def test_a_sharding_along_the_batch_is_kept():
    code = textwrap.dedent(
        """
        import jax, numpy as np
        from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
        import derivax as dx
        program = dx.compile("saxe-linear-networks/singular-modes")
        assert program.batch == "T"
        mesh = Mesh(np.array(jax.devices()), ("times",))
        times = np.linspace(0, 4, 8, dtype=np.float32)
        times = jax.device_put(times, NamedSharding(mesh, P("times")))
        sigma = np.array([[2.0, 0.0], [0.0, 1.0], [0.5, 0.5]], dtype=np.float32)
        found = program(times, sigma, np.float32(0.1), np.float32(1.0))["u"]
        assert len(found.sharding.device_set) == 2, found.sharding
        alone = program(np.asarray(times), sigma, np.float32(0.1), np.float32(1.0))["u"]
        np.testing.assert_allclose(found, alone, rtol=1e-6)
        """
    )
    environment = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stderr


# --- what a ground truth may know ----------------------------------------------------------------


def knowledge(module: str, sources: dict[str, str], seen: set[str]) -> set[str]:
    """Every module of derivax that a module leads to, whatever the way."""
    tree = ast.parse(sources[module])
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
        for name in names:
            if name in sources and name not in seen:
                seen.add(name)
                knowledge(name, sources, seen)
    return seen


FORBIDDEN = (
    "derivax.numeric.programs", "derivax.numeric.codegen", "derivax.symbolic.theories",
    "derivax.verbs", "derivax.catalog",
)  # fmt: skip


def derivax_sources() -> dict[str, str]:
    found = {}
    for room in ("numeric", "symbolic", "data"):
        for path in (ROOT / room).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(["derivax", *(parts[:-1] if parts[-1] == "__init__" else parts)])
            found[name] = path.read_text(encoding="utf-8")
    return found


def offences(sources: dict[str, str]) -> list[str]:
    truths = [name for name in sources if name.startswith("derivax.numeric.ground_truth")]
    return [
        f"{truth} leads to {known}"
        for truth in truths
        for known in knowledge(truth, sources, set())
        if known.startswith(FORBIDDEN)
    ]


def test_no_ground_truth_leads_to_a_program_or_to_generated_code():
    """Not even through a third module; calls of `derivax.compile` need the root, also forbidden."""
    sources = derivax_sources()
    assert offences(sources) == []
    for truth, text in sources.items():
        if truth.startswith("derivax.numeric.ground_truth"):
            assert "derivax.compile" not in text
            assert "import derivax" not in text


@pytest.mark.parametrize(
    "line",
    [
        "from derivax.numeric.programs.deep_linear_networks import riccati",
        "from derivax.numeric.programs import Program",
        "def late():\n    from derivax.numeric.codegen.compiled import Compiled",
        "from derivax.symbolic.theories.deep_linear_networks import mode",
        "from derivax.numeric.verify.verifying import verify",
    ],
)
def test_a_ground_truth_that_knows_the_closed_form_is_found(line):
    sources = derivax_sources()
    truth = "derivax.numeric.ground_truth.matrix_flow"
    assert offences({**sources, truth: sources[truth] + "\n" + line})


def test_the_public_face_has_the_noun():
    assert dx.Program is Program
    assert pickle.loads(pickle.dumps(Array("t", ("T",)))) == Array("t", ("T",))


# --- the verbs and the command line --------------------------------------------------------------


def test_a_name_of_the_catalogue_compiles_to_its_program(capsys):
    from derivax.cli import main

    name = "saxe-linear-networks/singular-modes"
    found = dx.compile(name)
    assert isinstance(found, Program)
    assert dx.compile(name, dtype="float32").dtype == "float32"
    with pytest.raises(InputError, match=r"is a Program.*pass dtype alone"):
        dx.compile(name, accuracy="best", name="other")
    assert main(["compile", name]) == 0
    assert capsys.readouterr().out.strip() == found.source.strip()


@pytest.mark.slow
def test_every_program_of_the_catalogue_is_inside_the_language():
    from derivax import catalog

    names = [name for name, row in catalog.RESULTS.items() if "program" in row]
    assert len(names) >= 2
    for name in names:
        made = dx.compile(name)
        emit.check_source(made.source)
        assert made.claims
        assert made.reference is not None
        labels = " ".join(label for label, _ in made.cases(np.random.default_rng(0)))
        words = set(re.findall(r"[\w-]+", labels))
        named = [{size for size in a.shape if isinstance(size, str)} for a in made.arguments]
        wanted = {"1", "2", "3", "7", "32"} if any(named) else set()
        if any(len(sizes) > 1 for sizes in named):
            # an argument that can be rectangular is a matrix, and can lack rank
            wanted |= {"rectangular", "rank-deficient"}
        assert wanted <= words, (name, wanted - words)
