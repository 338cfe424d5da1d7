r"""Hierarchical data: the singular values of items that hang on a tree, and with them their stages.

Main result: `tree_modes`.

Implementation notes.  The sums over levels stay sums: their closed form divides by
$B(1-2\epsilon)^2 - 1$, which may vanish, and the code takes no longer for a loop over few levels.
"""

from __future__ import annotations

from sympy import Expr, Function, Integer, Rational, Sum, Symbol, sqrt

from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.closed_form import ClosedForm
from derivax.symbolic.methods.solve_for import SolveFor
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.deep_linear_networks.notation import SOURCE, THEORY

__all__ = ["tree_modes"]

m, k = (Symbol(name, integer=True, nonnegative=True) for name in ("m", "k"))
h, D, B = (Symbol(name, integer=True, positive=True) for name in ("h", "D", "B"))
flip, features = Symbol("epsilon", nonnegative=True), Symbol("N_f", positive=True)


def tree_modes() -> Derivation:
    r"""Singular values of a balanced tree of items with noisy binary features.

    Each node of a tree with B branches and D levels inherits a feature $\pm1$ from its parent and
    flips it with probability $\epsilon$; the $B^D$ leaves are the items (one-hot inputs, $N_f$
    features).  With $\rho = (1-2\epsilon)^2$ the split at height h has
    $$s_h = \sqrt{N_f\Big(1+\sum_{k=1}^{h-1}(B^k-B^{k-1})\rho^k - B^{h-1}\rho^h\Big)}$$
    with multiplicity $(B-1)B^{D-h}$, and the mode common to all items
    $s_0 = \sqrt{N_f(1+\sum_{k=1}^{D}(B^k-B^{k-1})\rho^k)}$: broad distinctions are larger, and are
    learned first.

    Returns:
        A derivation whose formula is {split, common, multiplicity} of (h, D, B, epsilon, N_f).
    """
    c, leaves = Function("c", real=True), Function("N", positive=True)
    derivation = Derivation.begin(
        Problem(Statement(c(m + 1), "=", ((1 - flip) - flip) * c(m)), c(m)),
        name=f"{THEORY}/tree-modes",
        title="Singular values of a tree of items: broad distinctions first",
        source=SOURCE,
    )
    half = (flip <= Rational(1, 2),)
    derivation = derivation.assume(
        Statement(c(0), "=", Integer(1)),
        name="same",
        say="The covariance of a feature m edges apart falls by (1 - eps) - eps per edge, from",
    ).then(ClosedForm(c(m), (1 - 2 * flip) ** m), 0, "same", name="apart", say="Hence")
    derivation = derivation.then(
        Substitute({m: 2 * k}),
        "apart",
        name="covariance",
        say="Leaves whose common ancestor is k levels up are 2 k edges apart:",
    )
    derivation = derivation.assume(
        Statement(leaves(k + 1), "=", B * leaves(k)), name="branching", say="Leaves below a node:"
    ).assume(Statement(leaves(0), "=", Integer(1)), name="leaf")
    derivation = derivation.then(
        ClosedForm(leaves(k), B**k), "branching", "leaf", name="leaves", say="Hence"
    )

    def within(levels: Expr) -> Expr:
        terms = (B**k - B ** (k - 1)) * (1 - 2 * flip) ** (2 * k)
        return 1 + Sum(terms, (k, 1, levels))

    here, rest = Symbol("x", positive=True), Symbol("x_rest", real=True)
    eigenvalue, common = Symbol("lambda", real=True), Symbol("lambda_0", real=True)
    across = leaves(h - 1) * (1 - 2 * flip) ** (2 * h)
    derivation = derivation.assume(
        Statement(eigenvalue * here, "=", within(h - 1) * here + across * rest, given=half),
        name="row",
        say="A row of the covariance times a vector that is x on the leaves of one branch of a "
        "node of height h, and adds up to x_rest on its other branches (one value on each):",
    ).assume(
        Statement(rest, "=", -here),
        name="balanced",
        say="The vectors that split the node have the sum zero:",
    )
    derivation = derivation.then(Substitute({k: h - 1}), "leaves", name="leaves-of-branch").then(
        Substitute(), "row", "balanced", "leaves-of-branch", name="split-row", say="Hence"
    )
    derivation = (
        derivation.then(SolveFor(eigenvalue), "split-row", name="split-solved")
        .then(
            Rewrite(rhs=within(h - 1) - B ** (h - 1) * (1 - 2 * flip) ** (2 * h)),
            "split-solved",
            name="split-eigenvalue",
            say="the eigenvalue of the split, and of the vector of ones:",
        )
        .assume(
            Statement(common, "=", within(D), given=half),
            name="common-eigenvalue",
            say="(its row adds up all levels)",
        )
    )
    return _with_singular_values(derivation, eigenvalue, common)


def _with_singular_values(derivation: Derivation, split: Symbol, common: Symbol) -> Derivation:
    """s^2 = N_f lambda for N_f independent features and one-hot items."""
    named = {}
    for value, name in ((split, "split"), (common, "common")):
        s = Symbol(f"s_{name}", nonnegative=True)
        derivation = derivation.assume(
            Statement(s, "=", sqrt(features * value)),
            name=f"{name}-definition",
            say="For N_f independent features and one-hot items the singular value is",
        ).then(
            Substitute(),
            f"{name}-definition",
            f"{name}-eigenvalue",
            name=name,
        )
        named[name] = name
    count = Symbol("multiplicity", positive=True)
    derivation = derivation.assume(
        Statement(count, "=", (B - 1) * B ** (D - h), given=(h <= D,)),
        name="multiplicity",
        say="There are B^(D-h) nodes of height h, each with B - 1 independent splits:",
    )
    formula = derivation.formula_of(
        {**named, "multiplicity": "multiplicity"},
        [h, D, B, flip, features],
        # where code is compared: beyond, leaves outnumber what floats count exactly
        domain={h: (1, 12), D: (1, 12), B: (2, 8), flip: (0, Rational(1, 2)), features: (1, 10**6)},
        name="tree_modes",
    )
    return derivation.concluded(formula)
