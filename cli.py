"""The command line: the verbs of derivax in one grammar.

    derivax VERB [SUBJECT] [options]

A subject is a NAME of the catalogue (a theory alone stands for all its results) or text:
`--expr "u0*exp(k*t)" --args "t k u0"`, or `--equation "u'(t) = k*u(t)" --given "u(0) = u0"`, or
both: a formula, and the problem that it claims to solve.

Exit status: 0 done or verified, 1 refuted or incomplete, 2 wrong usage or input (one line on
standard error), 130 interrupted.

Main definitions: `main`, `build_parser`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from derivax import catalog
from derivax.errors import DerivaxError, InputError
from derivax.terminal import (
    busy,
    complain,
    emit,
    emit_certificate,
    emit_json,
    emit_table,
    level_progress,
)

__all__ = ["build_parser", "main"]

DONE, REFUTED_OR_INCOMPLETE, WRONG_INPUT, DEFECT, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 70, 130, 141

# choices of the verbs, written out: reading them from the rooms would load SymPy for `--help`
STYLES = ("equation", "align", "derivation", "document")
PROFILES = ("quick", "standard", "full")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    >>> main(["list", "saxe-linear-networks/mode"])
    saxe-linear-networks/mode  Learning curve of one balanced mode, in closed form
    0
    """
    for stream in (sys.stdout, sys.stderr):  # a terminal without Greek letters shows escapes
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        args = build_parser().parse_args(argv)
        status = args.run(args)
        sys.stdout.flush()
        return int(status)
    except _Printed:
        return DONE
    except DerivaxError as error:
        complain(str(error))
        return WRONG_INPUT
    except RecursionError:
        complain("the input: is nested too deep; write it with fewer nested brackets")
        return WRONG_INPUT
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader (head, less) has gone; Python must not find a closed pipe when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        if os.environ.get("DERIVAX_TRACEBACK"):
            raise
        complain(
            f"this is a defect of derivax, not of the input: {type(error).__name__}: {error}; "
            "DERIVAX_TRACEBACK=1 shows where"
        )
        return DEFECT


# --- grammar ---------------------------------------------------------------------------------


class _Printed(BaseException):
    """`--help` or `--version` has printed what was asked."""


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line, and which never ends the process."""

    def error(self, message: str) -> NoReturn:
        place = self.prog.removeprefix("derivax").strip() or "command line"
        raise InputError(place, message, f"see {self.prog} --help")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise _Printed


class _Version(argparse.Action):
    """`--version`, read from the installation only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        import derivax

        print(f"derivax {derivax.__version__}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    parser = _Parser(
        prog="derivax",
        description="From a starting equation to a checked derivation, LaTeX and JAX code.",
        epilog="exit status: 0 done or verified, 1 refuted or incomplete, 2 wrong usage or input",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def verb(name: str, run: Any, description: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(
            name, help=description, description=description[0].upper() + description[1:] + ".",
            allow_abbrev=False,
        )  # fmt: skip
        added.set_defaults(run=run)
        return added

    one = verb("list", _list, "list the results that ship with derivax")
    one.add_argument("name", metavar="NAME", nargs="?", help="a theory or a result (default: all)")
    _add_output(one)

    one = verb("derive", _derive, "derive a result step by step, each step checked")
    _add_subject(one)
    one.add_argument("--method", help="the method to use (default: the first that matches)")
    _add_output(one)

    one = verb("latex", _latex, "typeset a formula or a derivation")
    _add_subject(one)
    one.add_argument("--style", choices=STYLES, default="equation", help="default: equation")
    _add_output(one)

    one = verb("compile", _compile, "print the JAX source of a formula")
    _add_subject(one)
    _add_compilation(one)
    _add_output(one)

    one = verb("verify", _verify, "check formula and code, and write a certificate")
    _add_subject(one)
    one.add_argument("--profile", choices=PROFILES, default="standard", help="default: standard")
    one.add_argument("--seed", type=int, default=0, help="of the sampled points (default: 0)")
    one.add_argument("--budget", metavar="TIME", help="begin no level after TIME: 30s, 2min")
    _add_output(one)

    one = verb("equal", _equal, "decide whether two expressions are equal on a domain")
    one.add_argument("sides", metavar="A B", nargs="*", help="two texts or NAMEs")
    one.add_argument(
        "--expr", metavar="TEXT", action="append", default=[], help="a side; give it twice"
    )
    one.add_argument("--args", metavar="NAMES", help="all variables: 't k u0'")
    one.add_argument("--integer", metavar="NAMES", help="variables that are integers: 'n k'")
    one.add_argument("--complex", metavar="NAMES", help="variables over the complex plane: 'z'")
    one.add_argument("--points", type=int, default=32, help="random points (default: 32)")
    one.add_argument("--seed", type=int, default=0, help="of the random points (default: 0)")
    one.add_argument("--seconds", type=float, default=20.0, help="time limit (default: 20)")
    _add_ranges(one)
    _add_output(one)

    one = verb("recheck", _recheck, "compute again what a certificate claims")
    one.add_argument("file", metavar="FILE", type=Path, help="as `derivax verify -o FILE` wrote it")
    one.add_argument("--full", action="store_true", help="also derive and simulate again")
    one.add_argument("--signature", type=Path, metavar="SIG", help="default: FILE.sig")
    one.add_argument("--public-key", type=Path, metavar="KEY",
                     help="whose signature the file must carry (Ed25519)")  # fmt: skip
    _add_output(one)

    one = verb("sign", _sign, "sign a certificate file with an Ed25519 key")
    one.add_argument("file", metavar="FILE", type=Path, help="as `derivax verify -o FILE` wrote it")
    one.add_argument("--key", type=Path, required=True, metavar="KEY",
                     help="private key (openssl genpkey -algorithm ed25519)")  # fmt: skip
    one.add_argument("-o", "--output", type=Path, metavar="SIG", help="default: FILE.sig")

    one = verb("predict", _predict, "predict how a linear network learns your data")
    one.add_argument("--inputs", type=Path, required=True, metavar="FILE",
                     help="one example a row, .csv or .npy")  # fmt: skip
    one.add_argument("--targets", type=Path, required=True, metavar="FILE",
                     help="one row per example, .csv or .npy")  # fmt: skip
    one.add_argument("--labels", action="store_true", help="the targets are class numbers")
    one.add_argument("--lr", type=float, metavar="RATE", help="then times count steps")
    one.add_argument("--u0", type=float, default=1e-3, help="initial strength (default: 0.001)")
    one.add_argument("--times", metavar="LIST", help="'0, 10, 50' or 'FIRST:LAST:COUNT'")
    one.add_argument("--reduction", choices=("sum", "mean"), default="sum",
                     help="of the loss over examples (default: sum)")  # fmt: skip
    one.add_argument("--no-whitening", action="store_true", help="take the inputs as they are")
    one.add_argument("--rank", type=int, help="components kept when whitening (default: all)")
    one.add_argument("--hidden", type=int, metavar="WIDTH", help="width of the hidden layer")
    one.add_argument("--fraction", type=float, default=0.99, help="learned means (default: 0.99)")
    one.add_argument("--tolerance", type=float, default=1e-3,
                     help="largest coupling without whitening (default: 0.001)")  # fmt: skip
    one.add_argument("--L", type=int, dest="matrices", metavar="N", help="weight matrices: 2")
    one.add_argument("--n-layers", type=int, metavar="N", help="layers of neurons: 3")
    _add_output(one)

    one = verb("life-table", _life_table, "growth, structure and elasticities of a life table")
    one.add_argument("table", metavar="FILE", type=Path,
                     help="columns age, survival, fecundity; .csv or .npy")  # fmt: skip
    _add_output(one)

    one = verb("export", _export, "write a formula as a module that needs JAX alone")
    _add_subject(one)
    _add_compilation(one)
    one.add_argument("-o", "--output", type=Path, metavar="FILE", required=True,
                     help="the module to write; for a theory, a folder")  # fmt: skip
    one.add_argument(
        "--certificate", type=Path, metavar="FILE", help="of this code: the module names its hash"
    )
    one.add_argument(
        "--derivatives", type=int, metavar="N",
        help="up to which order they are symbolic (default: 2, for long formulas 1)",
    )  # fmt: skip

    one = verb("doctor", _doctor, "show versions, devices, and what here changes results")
    _add_output(one)

    one = verb("demo", _demo, "predict and train a linear network on handwritten digits")
    one.add_argument("--quick", action="store_true", help="fewer modes and steps")
    one.add_argument("-o", "--output", type=Path, metavar="FOLDER", default=Path("demo-output"),
                     help="default: demo-output")  # fmt: skip
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to FILE instead of the terminal"
    )


def _add_subject(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("subject")
    group.add_argument("name", metavar="NAME", nargs="?", help="see `derivax list`")
    group.add_argument("--expr", metavar="TEXT", help="a formula: 'u0*exp(k*t)'")
    group.add_argument("--args", metavar="NAMES", help="its arguments in calling order: 't k u0'")
    group.add_argument(
        "--equation", metavar="TEXT", help='a problem: "u\'(t) = k*u(t)"; several with ;'
    )
    group.add_argument("--given", metavar="TEXT", help="given values: 'u(0) = u0'; several with ;")
    group.add_argument("--unknown", metavar="TEXT", help="what is asked: 'u(t)' (default: found)")
    group.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings",
        help="a parameter of the result (L=2), or a value for a symbol of the text; repeatable",
    )  # fmt: skip
    _add_ranges(parser)


def _add_ranges(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--domain", metavar="RANGES", help="'t=0:inf, s=0:20'")
    parser.add_argument("--where", metavar="RELATIONS", help="'u0 < s, tau > 0'")


def _add_compilation(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("compilation")
    group.add_argument(
        "--dtype", choices=("float32", "float64"), help="default: that of the inputs"
    )
    group.add_argument("--accuracy", choices=("fast", "balanced", "best"))
    group.add_argument("--function", metavar="NAME", help="name of the generated function")


# --- the verbs -------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    wanted = catalog.RESULTS if args.name is None else catalog.expand(args.name)
    rows = [row for row in catalog.rows() if row["name"] in wanted]
    if args.json:
        emit_json(rows, args.output)
    else:
        emit_table(("name", "title"), [(r["name"], r["title"]) for r in rows], args.output)
    return DONE


def _derive(args: argparse.Namespace) -> int:
    from derivax.subjects import as_json, derivations

    found: list[Any] = []
    for derivation in busy("deriving", derivations(args, method=args.method)):
        if args.output is None and not args.json:
            emit(f"\n{derivation}" if found else str(derivation))
        found.append(derivation)
    if args.json:
        emit_json([as_json(derivation) for derivation in found], args.output)
    elif args.output is not None:
        emit("\n\n".join(map(str, found)), args.output)
    return _status(derivation.outcome.established for derivation in found)


def _latex(args: argparse.Namespace) -> int:
    from derivax import verbs
    from derivax.subjects import subjects

    texts = {name: verbs.latex(subject, style=args.style) for name, subject in subjects(args)}
    if args.json:
        emit_json([{"name": name, "latex": text} for name, text in texts.items()], args.output)
    else:
        emit("\n\n".join(texts.values()), args.output)
    return DONE


def _compile(args: argparse.Namespace) -> int:
    from derivax.subjects import compiled_subjects

    found = list(compiled_subjects(args))
    if args.json:
        described = [
            {"name": name, "signature": str(compiled.signature), "source": compiled.source}
            for name, compiled in found
        ]
        emit_json(described, args.output)
    else:
        emit("\n\n".join(compiled.source for _, compiled in found), args.output)
    return DONE


def _verify(args: argparse.Namespace) -> int:
    from derivax import verbs
    from derivax.subjects import enable_float64, subjects

    enable_float64()
    certificates = (
        verbs.verify(
            subject,
            profile=args.profile,
            seed=args.seed,
            budget=args.budget,
            progress=level_progress(),
        )
        for _, subject in subjects(args)
    )
    return _certify(args, busy("verifying", certificates))


def _recheck(args: argparse.Namespace) -> int:
    from derivax import verbs
    from derivax.subjects import enable_float64

    enable_float64()
    found = verbs.recheck(
        args.file, full=args.full, signature=args.signature, public_key=args.public_key
    )
    return _certify(args, found)


def _sign(args: argparse.Namespace) -> int:
    from derivax.numeric.verify.signature import sign

    emit(f"{args.file}: {sign(args.file, args.key, args.output)}")
    return DONE


def _certify(args: argparse.Namespace, certificates: Iterable[Any]) -> int:
    """Show each certificate when it is there; then write them all, or none."""
    from derivax.numeric.verify.certificate import write_certificates

    found = []
    for certificate in certificates:
        found.append(certificate)
        if not args.json:
            emit_certificate(certificate)
    if args.json:
        emit_json([certificate.to_dict() for certificate in found])
    if args.output is not None:
        write_certificates(args.output, found)
    return _status(certificate.verdict == "verified" for certificate in found)


def _equal(args: argparse.Namespace) -> int:
    from derivax import verbs
    from derivax.subjects import compared

    sides, how = compared(args)
    finding = verbs.equal(*sides, **how)
    first, second = args.sides + args.expr
    if args.json:
        report = {
            "outcome": str(finding.outcome),
            "method": finding.method,
            "detail": finding.detail,
            "resolution": finding.resolution,
            "witness": None if finding.witness is None else dict(finding.witness),
            "figures": dict(finding.figures),
        }
        emit_json(report, args.output)
    else:
        lines = [f"{finding.outcome}: {first} = {second}  ({finding.method})"]
        lines += [finding.detail] if finding.detail else []
        if finding.resolution is not None:
            lines.append(f"resolution: {finding.resolution:.0e}")
        if finding.witness is not None:
            witness = dict(finding.witness)
            point = ", ".join(f"{k} = {v}" for k, v in witness.pop("point", {}).items())
            lines.append(f"witness: {point or 'every point'}")
            lines += [f"  {k}: {v}" for k, v in witness.items() if k != "bits"]
        emit("\n".join(lines), args.output)
    return _status([finding.outcome.established])


def _predict(args: argparse.Namespace) -> int:
    from derivax.predicting import run

    return run(args)


def _life_table(args: argparse.Namespace) -> int:
    from derivax.surveying import run

    return run(args)


def _export(args: argparse.Namespace) -> int:
    from derivax import verbs
    from derivax.subjects import compiled_subjects

    found = list(compiled_subjects(args))
    if len(found) > 1:
        args.output.mkdir(parents=True, exist_ok=True)
    for name, compiled in found:
        path = args.output / f"{compiled.name}.py" if len(found) > 1 else args.output
        written = verbs.export(
            compiled, path, certificate=args.certificate, derivatives=args.derivatives
        )
        emit(f"{name}: {written}")
    return DONE


def _doctor(args: argparse.Namespace) -> int:
    from derivax.doctor import describe, examine

    found = examine()
    if args.json:
        emit_json(found, args.output)
    else:
        emit(describe(found), args.output)
    return _status([not found["warnings"]])


def _demo(args: argparse.Namespace) -> int:
    from rich.console import Console

    from derivax.demo import run
    from derivax.subjects import enable_float64

    enable_float64()
    return run(args.output, args.quick, Console())


def _status(established: Iterable[bool]) -> int:
    return DONE if all(established) else REFUTED_OR_INCOMPLETE
