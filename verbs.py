"""The public verbs: each resolves its subject and calls the room that does the work.

Main definitions: `theories`, `derive`, `latex`, `compile`, `verify`, `equal`, `recheck`, `export`.

A subject is a name of the catalogue (`theory/result`), a Derivation, a Formula, a Problem, or SymPy
expressions.  Each verb imports its room when it is called, so that deriving does not load JAX.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivax import catalog
from derivax.errors import InputError

if TYPE_CHECKING:
    from derivax.numeric.codegen.compiled import Compiled
    from derivax.numeric.programs import Program
    from derivax.numeric.verify.certificate import Certificate
    from derivax.symbolic.derivation import Derivation
    from derivax.symbolic.exact.outcome import Finding
    from derivax.symbolic.formula import Formula
    from derivax.symbolic.problem import Problem

__all__ = ["compile", "derive", "equal", "export", "latex", "recheck", "save", "theories", "verify"]


def theories() -> tuple[dict[str, str], ...]:
    """The catalogue: one row {name, title, source} per result.

    >>> [row["name"] for row in theories()][:1]
    ['saxe-linear-networks/gradient-flow']
    """
    return tuple(catalog.rows())


def derive(
    what: Any,
    *,
    unknown: Any = None,
    given: Any = None,
    assume: Iterable[Any] | str = (),
    method: str | None = None,
    **params: Any,
) -> Derivation:
    """Derive a result of the catalogue, or solve a problem of your own, by checked steps.

    Args:
        what: a name `theory/result`; or an equation (`Eq`, or text: `"u'(t) = k*u(t)"`), a list of
            them, a `Problem`, a `Lagrangian` (its equations of motion), or a
            `derivax.diagrams.RuleSet` (the sum of its diagrams, order by order).
        unknown: what is asked, e.g. `u(t)` (default: the function that is differentiated).
        given: values, `{u(0): u0}`; for an equation in text, text: `"u(0) = u0"`.
        assume: relations between the symbols; in text `"k > 0, u(t) > 0"` makes k and u positive, a
            relation on t asks for a solution on that interval.
        method: the name of one method; default: all, in order.
        params: parameters of a named result, e.g. `L=2`.

    Returns:
        The derivation; `.formula` is its result, `.outcome` the weakest outcome of its steps.

    Raises:
        NotDerived: no method applies; `tried` says why.
        UnknownName: the catalogue has no such result.

    >>> from sympy import Eq, Function, symbols
    >>> t, k, u0 = symbols("t k u0", positive=True)
    >>> u = Function("u", positive=True)
    >>> derive(Eq(u(t).diff(t), -k*u(t)), given={u(0): u0}).formula
    Formula u(t, k, u0) = u0*exp(-k*t)
    """
    if isinstance(what, str) and "=" not in what:
        if unknown is not None or given is not None or assume or method is not None:
            raise InputError(
                what, "is a result of the catalogue; it has its own problem", "drop the rest"
            )
        return _named(what, params)
    if params:
        raise InputError(
            f"{next(iter(params))}=...", "is a parameter of named results only", "drop it"
        )
    from derivax.symbolic.derive import derive_problem
    from derivax.symbolic.lagrangian import Lagrangian
    from derivax.symbolic.methods.euler_lagrange import equations_of_motion

    if type(what).__module__ == "derivax.diagrams.ruleset":
        from derivax.diagrams.expansion import derive_rule_set

        if unknown is not None or given is not None or assume or method is not None:
            raise InputError("a rule set", "says itself what is asked", "pass it alone")
        return derive_rule_set(what)
    if isinstance(what, Lagrangian):
        if unknown is not None or given is not None or assume or method is not None:
            raise InputError("a Lagrangian", "holds its coordinates already", "pass it alone")
        return equations_of_motion(what)
    return derive_problem(_problem(what, unknown, given, assume), method)


def _named(name: str, params: Mapping[str, Any]) -> Derivation:
    if "/" not in name:
        results = catalog.expand(name)
        raise InputError(
            name, "is a theory with several results", f"name one: {', '.join(results)}"
        )
    function = _attribute(catalog.row(name)["derivation"])
    _refuse_strangers(name, function, params)
    derived = function(**params)
    if derived.name != name and derived.name in catalog.RESULTS:
        # results that share a derivation: its name chooses the Program and the ground truth
        derived = derived.renamed(name, catalog.row(name)["title"])
    return derived


def _attribute(path: str) -> Any:
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)


def _problem(what: Any, unknown: Any, given: Any, assume: Any) -> Problem:
    from sympy.core.function import AppliedUndef, Derivative

    from derivax.symbolic.problem import Problem
    from derivax.symbolic.texts import Texts

    if isinstance(what, Problem):
        if unknown is not None or given is not None or assume:
            raise InputError(
                "a Problem", "holds its unknown, given and assume already", "pass it alone"
            )
        return what
    if isinstance(what, str):
        for name, value in (("unknown", unknown), ("given", given), ("assume", assume or "")):
            if value is not None and not isinstance(value, str):
                raise InputError(
                    f"{name}={value}", "must be text, as the equation is", f'{name}="..."'
                )
        return Texts.read(where=assume or "").problem(what, given or "", unknown)
    if isinstance(given, str) or isinstance(assume, str) or isinstance(unknown, str):
        raise InputError(str(what), "is not text, but unknown, given or assume is", "use one kind")
    if unknown is None:
        listed = what if isinstance(what, Sequence) else [what]
        found = {d.expr for e in listed if hasattr(e, "atoms") for d in e.atoms(Derivative)}
        unknown = sorted((f for f in found if isinstance(f, AppliedUndef)), key=str)
        if not unknown:
            raise InputError(str(what), "does not say what is unknown", "pass unknown=u(t)")
    return Problem(what, unknown, given, assume)


def _formula(x: Any, args: Sequence[Any] | None = None, **options: Any) -> Formula:
    """The Formula that a subject stands for."""
    from derivax.symbolic.derivation import Derivation
    from derivax.symbolic.formula import Formula

    options = {key: value for key, value in options.items() if value not in (None, ())}
    if isinstance(x, str):
        x = derive(x)
    if isinstance(x, Derivation):
        if x.formula is None:
            raise InputError(
                x.name or repr(x), "derives statements, not one formula", "use formula_of(step)"
            )
        x = x.formula
    if isinstance(x, Formula):
        if args is None and not options:
            return x
        merged: dict[str, Any] = {
            "domain": x.domain,
            "name": x.name,
            "title": x.title,
            "source": x.source,
            "solves": x.solves,
        }
        given_domain = options.pop("domain", None)
        if given_domain is not None:
            merged["domain"] = {**{s: x.domain[s] for s in x.domain.symbols}, **dict(given_domain)}
            merged["where"] = (*x.domain.where, *options.pop("where", ()))
        return Formula(x.expr, x.args if args is None else args, **{**merged, **options})
    return Formula(x, args, **options)


def _program(name: str, parameters: Mapping[str, Any] | None = None) -> Program | None:
    """The Program of a result of the catalogue, where it is one."""
    path = catalog.RESULTS[name].get("program", "") if name in catalog.RESULTS else ""
    if not path:
        return None
    function, chosen = _attribute(path), dict(parameters or {})
    _refuse_strangers(name, function, chosen)
    return function(**chosen)


def _refuse_strangers(name: str, function: Any, parameters: Mapping[str, Any]) -> None:
    known = inspect.signature(function).parameters
    for parameter in parameters:
        if parameter not in known:
            has = f"parameters: {', '.join(known)}" if known else "it has no parameters"
            raise InputError(f"{parameter}=...", f"is not a parameter of {name}", has)


def latex(x: Any, style: str = "equation") -> str:
    """LaTeX of a named result, derivation, formula, statement or expression.

    Args:
        x: the subject.
        style: "equation", "align", "derivation" or "document".

    >>> from sympy import exp, symbols
    >>> t, tau = symbols("t tau", positive=True)
    >>> print(latex(exp(-t/tau)))
    e^{- \\frac{t}{\\tau}}
    """
    from derivax.symbolic.typeset.latex import latex as typeset

    return typeset(derive(x) if isinstance(x, str) else x, style=style)


def compile(
    x: Any,
    args: Sequence[Any] | None = None,
    *,
    domain: Mapping[Any, Any] | None = None,
    where: Iterable[Any] = (),
    functions: Mapping[str, Any] | None = None,
    names: Mapping[Any, str] | None = None,
    dtype: Any = None,
    precision: str = "working",
    derivatives: int = 1,
    accuracy: str = "balanced",
    optimize: str = "balanced",
    name: str | None = None,
    cache: str | PathLike[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Compiled | Program:
    """Compile to a pure JAX function: jit, vmap and grad apply, on CPU and GPU.

    Args:
        x: a named result, Derivation, Formula, SymPy expression or matrix, or dict / tuple of them.
        args: arguments in calling order (default: those of the formula; free symbols by name).
        domain: {symbol: (low, high)}.
        where: relations between arguments.
        functions: {name: JAX function} for undefined functions.
        names: {symbol: name} where two symbols would be spelled alike.
        dtype: "float32" or "float64"; None follows the inputs.
        precision: "working".
        derivatives: order of the derivatives that are compiled from symbolic derivatives.
        accuracy: "fast" (as written), "balanced" or "best".
        optimize: "compile" (short compile time), "balanced" (by size), or "run" (several ways are
            tried at the first call, the fastest is kept).
        name: the name of the generated function.
        cache: a directory that keeps the compiled programs for later processes.
        parameters: of a named result, `{"L": 4, "activation": "gelu"}`, as for `derive`.

    Raises:
        CompileError: something in the expression has no lowering; the message names it.
        PrecisionError: float64 was asked for while JAX has it switched off.

    >>> import jax
    >>> from sympy import exp, symbols
    >>> t, k = symbols("t k", positive=True)
    >>> decay = compile(exp(-k*t), [t, k], name="decay")
    >>> float(decay(0.0, k=0.5)), float(jax.grad(decay)(0.0, 0.5))
    (1.0, -0.5)
    """
    program = _program(x, parameters) if isinstance(x, str) else None
    if parameters and program is None:
        if not isinstance(x, str):
            raise InputError("parameters", "belong to a named result", "pass its name")
        x = derive(x, **parameters)
    if program is not None:
        kept = (args, domain, functions, names, name, cache)
        if any(option is not None for option in kept) or (precision, optimize) != (
            "working", "balanced"
        ):  # fmt: skip
            raise InputError(
                str(x), "is a Program: its arguments and kernels are declared", "pass dtype alone"
            )
        return program if dtype is None else program.with_dtype(dtype)
    from derivax.numeric.codegen.compiling import compile_formula

    formula = _formula(x, args, domain=domain, where=tuple(where))
    return compile_formula(
        formula,
        functions=functions,
        names=names,
        dtype=dtype,
        precision=precision,
        derivatives=derivatives,
        accuracy=accuracy,
        optimize=optimize,
        name=name,
        cache=cache,
    )


def verify(
    x: Any,
    *,
    profile: str = "standard",
    seed: int = 0,
    budget: float | str | None = None,
    progress: Any = None,
) -> Certificate:
    """Check a result and write down what was proved and what was measured.

    Args:
        x: a named result, Derivation, Program or Formula (with `solves=` it is judged against its
            problem).
        profile: "quick" (L0, L1), "standard" (+ L2, and L4 where a ground truth exists), "full"
            (+ L3).
        seed: of the sample points.
        budget: seconds, or text such as "30s" or "2min"; what does not fit is `not_run`.
        progress: called with name and `Level` of each level when it is finished.

    >>> from sympy import Eq, Function, exp, symbols
    >>> from derivax import Formula, Problem
    >>> t, k, u0 = symbols("t k u0", positive=True)
    >>> u = Function("u")
    >>> problem = Problem(Eq(u(t).diff(t), -k*u(t)), u(t), given={u(0): u0})
    >>> verify(Formula(u0*exp(-k*t), [t, k, u0], solves=problem), profile="quick").verdict
    'verified'
    >>> verify(Formula(u0*exp(-2*k*t), [t, k, u0], solves=problem), profile="quick").verdict
    'refuted'
    """
    from derivax.numeric.verify import verify as judge

    ground_truth = ""
    if isinstance(x, str):
        ground_truth = catalog.row(x)["ground_truth"]
        x = _program(x) or derive(x)
    elif hasattr(x, "claims") and hasattr(x, "kernels"):
        ground_truth = next(
            (
                row["ground_truth"]
                for row in catalog.RESULTS.values()
                if row.get("program", "").endswith(f":{x.name}")
            ),
            "",
        )
    elif getattr(x, "name", "") in catalog.RESULTS:
        ground_truth = catalog.row(x.name)["ground_truth"]
        x = _program(x.name) or x
    elif not hasattr(x, "problem") and not hasattr(x, "solves"):
        x = _formula(x)
    truth = _attribute(ground_truth) if ground_truth else None
    return judge(
        x, profile=profile, seed=seed, budget=budget, ground_truth=truth, progress=progress
    )


def equal(
    a: Any,
    b: Any,
    domain: Mapping[Any, Any] | None = None,
    *,
    where: Iterable[Any] | str = (),
    args: Sequence[Any] | None = None,
    points: int = 32,
    seed: int = 0,
    seconds: float | None = 20.0,
) -> Finding:
    r"""Are two formulas the same on a domain, \(a(x) = b(x)\) for all \(x\)?

    Equal means: at every point of the domain the same complex value (principal branches of log,
    roots and inverse functions; for real x, log(x**2) and 2*log(x) differ at x < 0), or no value on
    either side.  Where exactly one side has a value the two differ, except at isolated points
    ((x**2 - 1)/(x - 1) against x + 1 at 1), which are listed in `figures["conditions"]`.

    Args:
        a, b: each an expression, a matrix or matrix expression, text, a Formula, a Derivation, a
            NAME of the catalogue, or a dict / tuple of expressions (compared output by output).
            Names in text mean the symbols of the other side, else real symbols.
        domain: {symbol or name: (low, high)}; narrows what assumptions and Formulas say.
        where: relations between the symbols, as expressions or text: `"u0 < s"`.
        args: all variables, where each side has some that the other lacks.
        points: random points of the ball test (special points and switches come on top).
        seed: of these points.
        seconds: time limit; what is undecided then is `open`.

    Returns:
        A finding: `proven`; `holds`, with `resolution`, the smallest relative difference that would
        have been seen; `refuted`, with `witness` {point (exact), first, second, difference, bits};
        or `open`, with `detail` saying what was undecided.

    Raises:
        InputError: not expressions, shapes or keys that do not match, one name for two symbols,
            functions of different variables.
        DomainError: the domain is empty or contradicts assumptions.

    >>> from sympy import cos, sin, symbols
    >>> x = symbols("x", real=True)
    >>> str(equal(sin(2*x), 2*sin(x)*cos(x)).outcome), str(equal(sin(2*x), 2*sin(x)).outcome)
    ('proven', 'refuted')
    >>> equal("log(x^2)", "2*log(x)").witness["difference"]
    '-6.283185307*I'
    >>> str(equal("log(x^2)", "2*log(x)", where="x > 0").outcome)
    'proven'
    """
    from derivax.symbolic.equality import equality

    return equality(
        _compared(a),
        _compared(b),
        domain,
        where=where,
        args=args,
        points=points,
        seed=seed,
        seconds=seconds,
    )


def _compared(x: Any) -> Any:
    """A side of `equal`: names and derivations become formulas, the rest stays."""
    from derivax.symbolic.derivation import Derivation

    if isinstance(x, str) and x.partition("/")[0] in {n.partition("/")[0] for n in catalog.RESULTS}:
        return _formula(x)
    return _formula(x) if isinstance(x, Derivation) else x


def recheck(
    path: str | Path,
    *,
    full: bool = False,
    signature: str | Path | None = None,
    public_key: str | Path | None = None,
) -> tuple[Certificate, ...]:
    """Recompute what a certificate file claims; independent of the code generator.

    Args:
        path: a file written by `verify -o`, or a single certificate.
        full: also derive named results again, step by step, and repeat the simulations.
        signature: the detached signature of the file (default, with a key: the file and `.sig`).
        public_key: the key of whoever should have signed it (Ed25519, PEM or OpenSSH).

    Raises:
        CertificateError: it is no certificate, was changed, or is not what was signed.

    >>> import tempfile
    >>> from sympy import exp, symbols
    >>> t, k = symbols("t k", positive=True)
    >>> path = tempfile.mkdtemp() + "/certificate.json"
    >>> _ = verify(exp(-k*t), profile="quick").save(path)
    >>> [certificate.verdict for certificate in recheck(path)]
    ['verified']
    """
    from derivax.numeric.verify import recheck as again

    return again(
        Path(path), full=full, known=_known, signature=signature, public_key=public_key
    )


def _known(name: str) -> tuple[Derivation, Any, Any] | None:
    """Derivation, ground truth and Program of a result, by its name or that of its Program."""
    for result, row in catalog.RESULTS.items():
        if name == result or row.get("program", "").endswith(f":{name}"):
            truth = row["ground_truth"]
            program = _program(result) if "/" not in name else None
            return derive(result), _attribute(truth) if truth else None, program
    return None


def export(
    x: Any,
    path: str | Path,
    *,
    certificate: Certificate | str | Path | None = None,
    derivatives: int | None = None,
) -> Path:
    """Write one standalone Python module that needs JAX alone; `python FILE --self-test` checks it.

    Args:
        x: a named result, Derivation, Formula, Program, or what `compile` returned.
        path: the file; it is written whole or not at all.
        certificate: of this code, or its file: the module then names its hash, else `unverified`.
        derivatives: up to which order derivatives are symbolic (default: 2, for long formulas 1).

    >>> import tempfile
    >>> from sympy import exp, symbols
    >>> t, k = symbols("t k", positive=True)
    >>> export(exp(-k*t), tempfile.mkdtemp() + "/decay.py").name
    'decay.py'
    """
    from derivax.numeric.codegen.compiled import Compiled
    from derivax.numeric.export import export as write
    from derivax.numeric.programs.program import Program

    compiled = x if isinstance(x, Compiled | Program) else compile(x)
    if isinstance(certificate, str | Path):
        from derivax.numeric.verify.certificate import read_certificates

        found = read_certificates(certificate)
        fitting = [c for c in found if c.code is not None and c.code["source"] == compiled.source]
        certificate = (fitting or found)[0]
    return write(compiled, Path(path), certificate=certificate, derivatives=derivatives)


def save(x: Any, path: str | Path, *, sizes: Mapping[str, int] | None = None) -> Path:
    """Write a formula or a Program as StableHLO (jax.export), with derivatives; `load` reads it.

    Args:
        x: what `compile` returned, or anything that `compile` takes.
        path: the file; it is written whole or not at all.
        sizes: of a Program, sizes of its arrays to fix, such as {"inputs": 64}; others stay open.

    Raises:
        CompileError: a part cannot be exported; the message names it, or the sizes to fix.

    >>> import tempfile
    >>> from sympy import exp, symbols
    >>> from derivax import load
    >>> t, k = symbols("t k", positive=True)
    >>> decay = load(save(exp(-k*t), tempfile.mkdtemp() + "/decay.jax"))
    >>> float(decay(t=0.0, k=0.5))
    1.0
    """
    from derivax.numeric.codegen.compiled import Compiled
    from derivax.numeric.programs.program import Program
    from derivax.numeric.storage.saving import save as write

    compiled = x if isinstance(x, Compiled | Program) else compile(x)
    return write(compiled, Path(path), sizes=sizes)
