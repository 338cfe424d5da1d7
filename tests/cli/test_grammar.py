"""The grammar of the command line: what is accepted, what is refused, and with which status."""

from __future__ import annotations

import json

import pytest

from derivax import catalog
from derivax.cli import build_parser, main

VERBS = (
    "list",
    "derive",
    "latex",
    "compile",
    "verify",
    "equal",
    "recheck",
    "export",
    "doctor",
    "demo",
)


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_list_shows_every_result(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = outcome(capsys, "list")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(catalog.RESULTS)


def test_list_as_json_is_an_array_of_name_title_source(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = outcome(capsys, "list", "--json")
    rows = json.loads(out)
    assert status == 0
    assert [set(row) for row in rows] == [{"name", "title", "source"}] * len(catalog.RESULTS)


def test_list_of_a_theory_or_a_result(capsys: pytest.CaptureFixture[str]) -> None:
    theory = outcome(capsys, "list", "saxe-linear-networks")[1]
    result = outcome(capsys, "list", "saxe-linear-networks/mode")[1]
    named = [name for name in catalog.RESULTS if name.startswith("saxe-linear-networks/")]
    assert len(theory.splitlines()) == len(named)
    assert result.splitlines() == [result.strip()]


def test_list_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "list.json"
    assert outcome(capsys, "list", "--json", "-o", str(path)) == (0, "", "")
    assert len(json.loads(path.read_text())) == len(catalog.RESULTS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.json"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = outcome(capsys, verb, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: derivax {verb}")


def test_help_names_every_verb_and_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = outcome(capsys, "--help")
    assert status == 0
    assert all(f"\n    {verb} " in out for verb in VERBS)
    assert "exit status" in out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    import derivax

    assert outcome(capsys, "--version") == (0, f"derivax {derivax.__version__}\n", "")


WRONG_USAGE = {
    "no verb": [],
    "unknown verb": ["integrate"],
    "unknown option": ["list", "--jsn"],
    "abbreviated option": ["list", "--js"],
    "unknown choice": ["verify", "saxe-linear-networks/mode", "--profile", "thorough"],
    "seed that is no number": ["verify", "saxe-linear-networks/mode", "--seed", "many"],
    "option without value": ["latex", "--style"],
    "unknown theory": ["list", "saxe"],
    "unknown result": ["derive", "saxe-linear-networks/modes"],
    "result without theory": ["verify", "mode"],
    "no subject": ["derive"],
    "no subject to verify": ["verify"],
    "name and text": ["verify", "saxe-linear-networks/mode", "--expr", "s"],
    "given without equation": ["verify", "--expr", "s", "--given", "u(0)=1"],
    "expr to derive": ["derive", "--expr", "s"],
    "unknown in no equation": ["derive", "--equation", "x = 2"],
    "setting without value": ["derive", "saxe-linear-networks/mode", "--set", "L"],
    "setting twice": ["derive", "saxe-linear-networks/mode", "--set", "L=2", "--set", "L=2"],
    "setting that is no number": ["derive", "saxe-linear-networks/mode", "--set", "L=x"],
    "unknown parameter": ["derive", "saxe-linear-networks/mode", "--set", "depth=2"],
    "depth that is not derived yet": ["derive", "saxe-linear-networks/mode", "--set", "L=3"],
    "depth below one": ["derive", "saxe-linear-networks/mode", "--set", "L=0"],
    "method of a name": ["derive", "saxe-linear-networks/mode", "--method", "separable_ode"],
    "unknown method": ["derive", "--equation", "u'(t) = u(t)", "--method", "magic"],
    "domain of a stranger": ["equal", "x", "x", "--domain", "q=0:1"],
    "domain of a stranger to it": ["compile", "saxe-linear-networks/mode", "--domain", "q=0:1"],
    "domain upside down": ["equal", "x", "x", "--domain", "x=1:0"],
    "domain that is no range": ["equal", "x", "x", "--domain", "x"],
    "relation that is none": ["equal", "x", "x", "--where", "x + 1"],
    "contradiction": ["equal", "x", "x", "--where", "x > 1, x < 0"],
    "contradiction of strict bounds": ["equal", "x", "x", "--where", "x > 1", "--domain", "x=0:1"],
    "argument that is no name": ["latex", "--expr", "s", "--args", "s 2"],
    "argument twice": ["latex", "--expr", "s", "--args", "s s"],
    "symbol that is no argument": ["compile", "--expr", "s*t", "--args", "s"],
    "file that is not there": ["recheck", "no-such-file.json"],
    "folder that is not there": ["list", "-o", "no/such/folder/list.txt"],
    "export without a file": ["export", "saxe-linear-networks/mode"],
    "blow-up inside the interval": [
        "derive", "--equation", "u'(t) = u(t)^2", "--given", "u(0) = 1", "--domain", "t=0:2",
    ],
    "not separable": ["derive", "--equation", "u'(t) = u(t) + t", "--given", "u(0) = u0"],
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage_is_status_2_and_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = outcome(capsys, *words)
    assert status == 2
    assert out == ""
    assert err.startswith("derivax: ")
    assert err.count("\n") == 1
    assert "defect" not in err
    assert len(err) > 30


def test_an_error_of_usage_says_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = outcome(capsys, "verify", "--profile", "thorough")
    assert err.startswith("derivax: verify: ")
    assert "see derivax verify --help" in err


def test_the_nearest_name_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'mode'" in outcome(capsys, "derive", "saxe-linear-networks/modes")[2]
    assert "saxe-linear-networks/mode" in outcome(capsys, "verify", "mode")[2]
    assert "did you mean" in outcome(capsys, "list", "saxe-linear-network")[2]


def test_the_choices_are_those_of_the_rooms() -> None:
    """cli.py writes them out, so that `--help` loads no SymPy."""
    from derivax.cli import PROFILES
    from derivax.numeric.verify.certificate import PROFILES as CERTIFIED

    assert tuple(CERTIFIED) == PROFILES
    assert build_parser().prog == "derivax"
