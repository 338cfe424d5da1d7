"""The canonical JSON form of expressions: what equality, hashes and certificates are made of.

A term is `{"format": "derivax-term", "version": 1, "nodes": [[head, ...], ...], "root": i}`: a
hash-consed list of nodes, children before their parents, heads from an explicit list (`heads`).
One object has one spelling, on every machine and in every process:

- the arguments of a commutative operation are sorted by the digest of the argument, so the order
  in which a sum was written is not part of the term (it is read back in SymPy's own order);
- bound variables (of Sum, Product, Integral, Lambda, Subs, Limit, ImplicitRoot) are numbered by
  the height of their binder and free Dummies by their place, so that neither names of dummies
  nor SymPy's dummy counter show;
- of the assumptions of a symbol the smallest set is kept that implies the rest.

Main definitions: `to_term` (object -> JSON-ready dict), `from_term` (dict -> the same object,
nothing evaluated), `digest` (sha256 of the canonical JSON).

Implementation notes.  SymPy's `srepr` needs `eval` to be read and unfolds shared parts, so a
formula with 100 nested shared squares has no srepr; `==`, `hash`, `has` and `preorder_traversal`
are exponential on such a graph, or overflow the stack.  Everything here is iterative and goes by
identity of objects; nothing calls `eval`, `sympify` or an evaluating constructor.
"""

from __future__ import annotations

from derivax.symbolic.terms.read import from_term
from derivax.symbolic.terms.write import digest, to_term

__all__ = ["digest", "from_term", "to_term"]
