"""A good certificate with one thing changed, at random: every change is caught.

Twice: as a careless hand leaves it (the digest of the content tells), and with the digest computed
anew, as a forger would; then the replay has to find what is wrong.  What a forger may still change
is listed, and only a signature protects it.
"""

from __future__ import annotations

import copy
import json
import random

import pytest
from sympy import Eq, Function, exp, symbols

from derivax.errors import CertificateError
from derivax.numeric.verify import recheck, verify
from derivax.numeric.verify.certificate import content_digest, source_digest
from derivax.symbolic.derive import derive_problem
from derivax.symbolic.formula import Formula
from derivax.symbolic.problem import Problem

t, k, u0 = symbols("t k u0", positive=True)
u = Function("u", positive=True)
DECAY = Problem(Eq(u(t).diff(t), -k * u(t)), u(t), given={u(0): u0})
RANGES = {t: (0, 5), k: (0, 3), u0: (0, 10)}


@pytest.fixture(scope="module")
def answered():
    formula = Formula(u0 * exp(-k * t), [t, k, u0], domain=RANGES, name="decay", solves=DECAY)
    return verify(formula, profile="standard").to_dict()


@pytest.fixture(scope="module")
def derived():
    return verify(derive_problem(DECAY), profile="quick").to_dict()


def a_level(rng):
    return rng.choice(["L1", "L2"])


def a_dtype(rng):
    return rng.choice(["float32", "float64"])


def moved(text, rng, relative):
    """A hexadecimal number a little larger or smaller."""
    value = float.fromhex(text)
    return (value * (1 + rng.choice([-1, 1]) * relative)).hex()


def some_row(data, rng, level="L1"):
    rows = data["levels"][level]["evidence"][a_dtype(rng)]["worst"]
    return rng.choice(rows)


def source(data, rng):
    text = data["code"]["source"]
    a, b = rng.choice(
        [("jnp.exp", "jnp.cos"), ("-t", "t"), ("return ", "return 2.0 * "), ("* k", "/ k")]
    )
    assert a in text
    data["code"]["source"] = text.replace(a, b)
    data["code"]["sha256"] = source_digest(data["code"]["source"])


def digest_of_source(data, rng):
    old = data["code"]["sha256"]
    place = rng.randrange(64)
    new = rng.choice([c for c in "0123456789abcdef" if c != old[place]])
    data["code"]["sha256"] = old[:place] + new + old[place + 1 :]


def name_of_function(data, rng):
    data["code"]["function"] = rng.choice(["decay_d_t", "decay_d_k", "decay2"])


def formula(data, rng):
    other = rng.choice([u0 * exp(-2 * k * t), u0 * exp(k * t), k * exp(-u0 * t), u0])
    stated = Formula(other, [t, k, u0], domain=RANGES, name="decay")
    data["statement"].update(formula=stated.to_json(), text=str(stated))


def text_of_formula(data, rng):
    data["statement"]["text"] = data["statement"]["text"].replace("-k", rng.choice(["k", "-2*k"]))


def domain(data, rng):
    ranges = RANGES | {rng.choice([t, k, u0]): (0, 1000 + rng.randrange(1000))}
    stated = Formula(u0 * exp(-k * t), [t, k, u0], domain=ranges, name="decay")
    data["statement"]["formula"] = stated.to_json()


def problem(data, rng):
    rate = rng.choice([2, 3, 5])
    other = Problem(Eq(u(t).diff(t), -rate * k * u(t)), u(t), given={u(0): u0})
    stated = Formula(u0 * exp(-k * t), [t, k, u0], domain=RANGES, name="decay", solves=other)
    fresh = verify(stated, profile="quick").to_dict()["statement"]
    data["statement"].update(problem=fresh["problem"], problem_term=fresh["problem_term"])


def verdict(data, rng):
    data["verdict"] = rng.choice(["incomplete", "refuted"])


def claim(data, rng):
    data["claim"] = rng.choice(["code = formula", "every step follows from the problem", "true"])


def assumptions(data, rng):
    data["assumptions"] = [rng.choice(["u0 > 0", "k < 1", "none"])]


def seed(data, rng):
    data["seed"] = rng.randrange(1, 1000)


def outcome_of_a_level(data, rng):
    level = rng.choice(["L0", "L1", "L2", "L4"])
    now = data["levels"][level]["outcome"]
    # L1 to "open" makes the verdict incomplete: weaker than what is known, no false claim
    choices = {"L0": ["holds", "not_applicable"]}.get(level, ["proven", "instances"])
    data["levels"][level]["outcome"] = rng.choice([c for c in choices if c != now])


def largest_error(data, rng):
    figure = data["levels"][a_level(rng)]["figures"][f"max_{a_dtype(rng)}"]
    figure["value"] *= rng.choice([0.5, 0.9, 1.5])


def quantile(data, rng):
    figure = data["levels"][a_level(rng)]["figures"][f"p50_{a_dtype(rng)}"]
    figure["value"] = 1e3


def resolution(data, rng):
    level = rng.choice(["L1", "L2", "L4"])
    data["levels"][level]["figures"]["resolution"]["value"] *= rng.choice([0.01, 0.5, 2.0])


def count_of_points(data, rng):
    figure = data["levels"]["L1"]["figures"][f"points_{a_dtype(rng)}"]
    figure["value"] += rng.choice([-1, 1, 10**6])


def count_of_checks(data, rng):
    data["levels"]["L0"]["figures"]["checks"]["value"] += rng.choice([1, 7])


def histogram(data, rng):
    counts = data["levels"][a_level(rng)]["evidence"][a_dtype(rng)]["histogram_ulp"]
    counts[-1] += rng.randrange(1, 9)


def worst_point(data, rng):
    row = some_row(data, rng)
    name = rng.choice(["t", "k", "u0"])
    row["at"][name] = moved(row["at"][name], rng, 2**-12)


def exact_value(data, rng):
    row = some_row(data, rng, a_level(rng))
    row["exact"] = moved(row["exact"], rng, 2**-16)


def result_of_the_code(data, rng):
    row = some_row(data, rng, a_level(rng))
    row["result"] = moved(row["result"], rng, 2**-16)


def error_of_a_point(data, rng):
    row = rng.choice(data["levels"][a_level(rng)]["evidence"][a_dtype(rng)]["worst"][1:])
    row["error_ulp"] *= 0.5


def comparison(data, rng):
    record = rng.choice(data["levels"]["L4"]["evidence"]["comparisons"])
    key = rng.choice(["measured", "predicted"])
    record[key][0] = moved(record[key][0], rng, 1e-6)


def allowance(data, rng):
    record = rng.choice(data["levels"]["L4"]["evidence"]["comparisons"])
    record["allowed"][0] = (1e3 * float.fromhex(record["allowed"][0])).hex()


def a_comparison_less(data, rng):
    records = data["levels"]["L4"]["evidence"]["comparisons"]
    del records[rng.randrange(len(records))]


def a_witness(data, rng):
    data["levels"][a_level(rng)]["witness"] = {"t": 1.0}


def finding(data, rng):
    rng.choice(data["levels"]["L0"]["evidence"]["findings"])["outcome"] = "open"


FORGED = [
    source, digest_of_source, name_of_function, formula, text_of_formula, domain, problem, verdict,
    claim, assumptions, seed, outcome_of_a_level, largest_error, quantile, resolution,
    count_of_points, count_of_checks, histogram, worst_point, exact_value, result_of_the_code,
    error_of_a_point, comparison, allowance, a_comparison_less, a_witness, finding,
]  # fmt: skip


def premises(data, rng):
    steps = data["statement"]["steps"]
    number = rng.randrange(1, len(steps))
    steps[number]["premises"] = [number + rng.randrange(3)]


def statement_of_a_step(data, rng):
    step = rng.choice(data["statement"]["steps"])
    step["statement"] = step["statement"].replace("k", "(2*k)").replace("u0", "u1")


def term_of_a_step(data, rng):
    steps = data["statement"]["steps"]
    one, two = rng.sample(range(len(steps)), 2)
    steps[one]["term"], steps[two]["term"] = steps[two]["term"], steps[one]["term"]
    assert steps[one]["term"] != steps[two]["term"]


def last_step(data, rng):
    steps = data["statement"]["steps"]
    stated = [s for s in steps if "exp" in s["statement"]]
    data["statement"]["steps"] = [s for s in steps if s not in stated]


FORGED_STEPS = [premises, statement_of_a_step, term_of_a_step, last_step]


def created(data, rng):
    data["created"] = f"202{rng.randrange(10)}-01-01T00:00:00+00:00"


def environment(data, rng):
    data["environment"][rng.choice(["jax", "machine", "device", "python"])] = "0.0"


def rule_of_a_step(data, rng):
    rng.choice(data["statement"]["steps"])["rule"] = "theorem"


def citation(data, rng):
    data["statement"]["formula"]["source"] = "Euler 1744"


def name(data, rng):
    data["name"] = rng.choice(["growth", "decay2"])


def digest_of_content(data, rng):
    data["sha256"] = f"{rng.getrandbits(256):064x}"


def no_digest(data, rng):
    del data["sha256"]


# what was not computed from anything else: the digest tells of a change, and only a signature of
# who made it
UNFORGED = [created, environment, rule_of_a_step, citation, name, digest_of_content, no_digest]


def caught(data, path):
    path.write_text(json.dumps(data))
    try:
        return all(certificate.verdict != "verified" for certificate in recheck(path))
    except CertificateError as error:
        return "\n" not in str(error)


def changed(original, tamper, turn):
    data = copy.deepcopy(original)
    tamper(data, random.Random(f"{tamper.__name__} {turn}"))
    assert data != original
    return data


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("tamper", [*FORGED, *UNFORGED], ids=lambda f: f.__name__)
def test_a_change_is_caught(tamper, turn, answered, derived, tmp_path):
    original = derived if "step" in tamper.__name__ else answered
    assert caught(changed(original, tamper, turn), tmp_path / "c.json")


@pytest.mark.parametrize("turn", [0, pytest.param(1, marks=pytest.mark.slow),
                                  pytest.param(2, marks=pytest.mark.slow)])  # fmt: skip
@pytest.mark.parametrize("tamper", FORGED, ids=lambda f: f.__name__)
def test_a_change_with_a_new_digest_is_caught_by_the_replay(tamper, turn, answered, tmp_path):
    data = changed(answered, tamper, turn)
    data["sha256"] = content_digest(data)
    assert caught(data, tmp_path / "c.json")


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("tamper", FORGED_STEPS, ids=lambda f: f.__name__)
def test_a_changed_derivation_with_a_new_digest_is_caught(tamper, turn, derived, tmp_path):
    data = changed(derived, tamper, turn)
    data["sha256"] = content_digest(data)
    assert caught(data, tmp_path / "c.json")


def test_the_originals_are_good(answered, derived, tmp_path):
    for number, data in enumerate((answered, derived)):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(data))
        assert [c.verdict for c in recheck(path)] == ["verified"]
