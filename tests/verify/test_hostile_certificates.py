"""Certificates made by strangers: each is refused with one line, soon, and before its code runs."""

from __future__ import annotations

import json
import os
import resource
from pathlib import Path

import pytest
from sympy import Symbol, exp

from derivax.cli import main
from derivax.errors import CertificateError
from derivax.numeric.verify import recheck, verify
from derivax.numeric.verify.certificate import content_digest, source_digest
from derivax.numeric.verify.plainness import is_plain
from derivax.symbolic.formula import Formula

x = Symbol("x", positive=True)
GOOD = Formula(x * exp(-x), [x], domain={x: (0, 20)}, name="good")
SECONDS = 20  # of processor time for one refusal; most take milliseconds


@pytest.fixture(scope="module")
def good() -> str:
    return verify(GOOD, profile="quick").to_json()


def sealed(data):
    data["sha256"] = content_digest(data)
    return data


def with_source(source):
    def change(data):
        data["code"] = {"source": source, "sha256": source_digest(source), "function": "good"}

    return change


def with_node(head, *rest, place=1):
    """A node of the formula's term in the place of another."""

    def change(data):
        data["statement"]["formula"]["term"]["nodes"][place] = [head, *rest]

    return change


def within(path, value):
    def change(data):
        *inner, last = path
        for key in inner:
            data = data[key]
        data[last] = value

    return change


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


def doubled(count):
    """A term whose n nodes unfold to 2^n: x, x + x*x, ..."""

    def change(data):
        term = data["statement"]["formula"]["term"]
        nodes = [["Symbol", "x", {"positive": True}]]
        for k in range(count):
            nodes.append(["Tuple", k, k])
        term["nodes"], term["root"] = nodes, len(nodes) - 1

    return change


CODE = "__import__('os').system('touch /tmp/derivax-was-here')"
LINES = "def good(x):\n    return {}\n"
CHANGED = {
    # code where names belong
    "code as the name of a symbol": with_node("Symbol", CODE, {"positive": True}),
    "code as a head": with_node(CODE, 0),
    "code as a fact": with_node("Symbol", "x", {CODE: True}),
    "code as a number": with_node("Integer", CODE),
    "code as a function": within(["code", "function"], CODE),
    "code as a point": within(["levels", "L1", "evidence", "float64", "argmax"], {"x": CODE}),
    # source outside the language
    "a call of open": with_source(LINES.format("open('/etc/passwd')")),
    "an attribute of a type": with_source(LINES.format("x.__class__.__mro__")),
    "an import of os": with_source("import os\n\n\n" + LINES.format("x")),
    "a comprehension": with_source(LINES.format("[x for _ in (1, 2)]")),
    "a decorator": with_source("@jax.jit\n" + LINES.format("x")),
    "an expression at the top": with_source("print(1)\n" + LINES.format("x")),
    "a formatted string": with_source(LINES.format('f"{x}"')),
    "brackets without end": with_source(LINES.format("(" * 5000 + "x" + ")" * 5000)),
    "no function of that name": with_source("def other(x):\n    return x\n"),
    # work without end
    "a function that calls itself": with_source(LINES.format("good(x)")),
    # terms
    "a node that is its own argument": with_node("Tuple", 1),
    "a later node as argument": with_node("Tuple", 3),
    "a root that is no node": within(["statement", "formula", "term", "root"], 10**6),
    "a shared term of 2^400 leaves": doubled(400),
    "an absurd integer": with_node("Integer", "9" * 200_000),
    "a node with an object for arguments": with_node("Tuple", {"0": 1}),
    "a term of another version": within(["statement", "formula", "term", "version"], 99),
    # figures
    "a figure that is not a number": within(
        ["levels", "L1", "figures", "max_float64", "value"], "nan"
    ),
    "an infinite figure": within(["levels", "L1", "figures", "max_float64", "value"], "inf"),
    "a negative count": within(["levels", "L1", "figures", "points_float64", "value"], -5),
    "a boolean figure": within(["levels", "L1", "figures", "max_float64", "value"], True),
    # types, schema
    "another schema": within(["schema_version"], 2),
    "a list as schema": within(["schema_version"], nested(40)),
    "levels that are a list": within(["levels"], [1, 2]),
    "an unknown level": within(["levels", "L9"], {}),
    "an unknown entry": within(["run"], "rm -rf /"),
    "a name of control characters": within(["name"], "\x1b[2J\x1b]0;owned\x07"),
    "a name that is written backwards": within(["name"], "good\u202edoog"),
    "a claim of its own": within(["claim"], "code = everything"),
    "a time that is none": within(["created"], "yesterday"),
    "a seed beyond all generators": within(["seed"], 10**80),
    "evidence nested deep": within(["levels", "L1", "evidence", "float64"], nested(100)),
    "a proof by sampling": within(["levels", "L1", "outcome"], "proven"),
}


def processor_time():
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def refused(path: Path, seconds: float = SECONDS) -> str:
    """The line with which a file is refused."""
    start = processor_time()
    with pytest.raises(CertificateError) as caught:
        recheck(path)
    line = str(caught.value)
    assert processor_time() - start < seconds
    assert "\n" not in line
    assert len(line) < 1500
    assert not Path("/tmp/derivax-was-here").exists()
    return line


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_hostile_certificate_is_refused_with_one_line(change, good, tmp_path, capsys):
    data = json.loads(good)
    change(data)
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(sealed(data)))
    start = processor_time()
    refused(path)
    if processor_time() - start > 1:
        return  # it was read by a process of its own; once is enough
    assert main(["recheck", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()


TEXTS = {
    "nothing": "",
    "half of a certificate": lambda good: good[: len(good) // 2],
    "brackets without end": "[" * 10_000_000,
    "an object in an object in an object": '{"a":' * 200_000,
    "an entry twice": lambda good: good.replace('"seed": 0', '"seed": 1, "seed": 0'),
    "a number that is none": lambda good: good.replace('"seed": 0', '"seed": NaN'),
    "a number beyond all floats": lambda good: good.replace('"seed": 0', '"seed": 1e999'),
    "an integer of a million digits": lambda good: good.replace(": 0,", ": " + "9" * 10**6 + ","),
    "half of a pair of surrogates": lambda good: good.replace('e": "good"', 'e": "\\ud800"'),
    "a byte order mark": lambda good: "\ufeff" + good,
    "two certificates": lambda good: good + good,
    "millions of empty lists": lambda good: "[" + "[]," * 6_000_000 + "[]]",
    "a collection that is none": '{"schema_version": 1, "certificates": {"0": 1}}',
    "a word": '"verified"',
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_that_is_no_certificate_is_refused_with_one_line(text, good, tmp_path):
    path = tmp_path / "hostile.json"
    path.write_text(text(good) if callable(text) else text, encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**20  # kB


@pytest.mark.parametrize("kind", ["folder", "device", "missing", "too large", "not UTF-8", "null"])
def test_a_path_that_is_no_file_is_refused_with_one_line(kind, tmp_path):
    path = tmp_path / "hostile.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "too large":
        with path.open("wb") as stream:
            stream.truncate(2**40)  # a file of holes
    elif kind == "not UTF-8":
        path.write_bytes(b"\xff\xfe\x00")
    elif kind == "null":
        path = Path("a\x00b")
    refused(path)


ENDLESS = {
    "a loop that never ends": (
        "import jax\nimport jax.numpy as jnp\nfrom jax import lax\n\n\ndef good(x):\n"
        "    def on(k):\n        return k < 2.0\n"
        "    def step(k):\n        return 0.5 * jnp.sin(x) + 0.5 * k\n"
        "    return x + lax.while_loop(on, step, x - x)\n"
    ),
    "an array larger than the memory": (
        "import jax\nimport jax.numpy as jnp\nfrom jax import lax\n\n\ndef good(x):\n"
        "    return x + jnp.trace(jnp.linalg.inv(jnp.eye(200000) * jnp.trace(x * jnp.eye(2))))\n"
    ),
    "doublings of doublings": "\n\n".join(
        ["def f0(x):\n    return jnp.sin(x) + jnp.cos(x)"]
        + [f"def f{k}(x):\n    return f{k - 1}(f{k - 1}(x))" for k in range(1, 40)]
        + ["def good(x):\n    return f39(x)\n"]
    ),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if k else ()) for k, name in enumerate(ENDLESS)],
)
def test_code_that_does_not_end_is_refused_by_a_process_of_its_own(
    name, good, tmp_path, monkeypatch
):
    monkeypatch.setenv("DERIVAX_TRIAL_SECONDS", "6")
    data = json.loads(good)
    with_source(ENDLESS[name])(data)
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(sealed(data)))
    line = refused(path, 60)
    assert "did not come to an end" in line or "memory" in line


def test_a_good_certificate_of_straight_line_code_is_plain(good, tmp_path):
    from derivax.numeric.verify.certificate import Certificate

    assert is_plain(Certificate.from_json(good))
    path = tmp_path / "good.json"
    path.write_text(good)
    recheck(path)  # what JAX loads when it first compiles does not count
    start = processor_time()
    (again,) = recheck(path)
    assert processor_time() - start < 1.0
    assert again.verdict == "verified"
