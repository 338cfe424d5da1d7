r"""Programs: JAX functions of arrays whose scalar kernels come from derivation steps.

Main definitions: `Program`, `Array`, `ArrayCode`; the claims `Equals`, `Satisfies`, `Bounds`.

How a theory adds one (a kernel recursion, a dynamic program over diagrams, a growth factor with its
eigenvectors, a scan, a branch and bound all fit):

1. *Array code*: a file in `numeric/programs/arrays/` that imports jax only and stays inside the
   language of `codegen/emit` (plain defs, assignments, one return; loops as `lax.scan`,
   `fori_loop`, `while_loop`), so that its text can be copied into exported modules.  It never
   spells out a formula of the theory: scalar kernels are its first parameters.

       def recursion(kernel, depth_values, gram): ...

2. *Declaration*: a function in `numeric/programs/<theory>.py` that returns a `Program`:

       Program(
           name="nngp", title="...", source="...",
           arguments=(Array("gram", ("n", "n")), Array("sigma", ())),
           results=(Array("kernel", ("n", "n")),),
           kernels={"dual": compile_formula(derivation.formula_of("dual", [...]))},
           array_code=ArrayCode("derivax.numeric.programs.arrays.nngp", "recursion"),
           derivations=(derivation,),
           claims=(Equals(...), Satisfies(...), Bounds(...)),
           reference=exact_values,      # arrays of Arb balls in, dict of arrays of Arb balls out
           cases=small_instances,       # shapes {1, 2, 3, 7, 32, rectangular, rank-deficient}
           derivatives=1, batch="n",
       )

   A kernel is compiled from a *named step*; a formula typed into array code would escape the proof.
   `reference` and every claim go a different way than the array code: exact or ball arithmetic,
   a defining equation, a matrix exponential instead of an eigenvector formula.
3. *Catalogue*: the row of the result names the function under `program`; `derivax.compile(NAME)`
   then returns the Program, and `verify`, `export`, `derivax list` know it.
4. *Ground truth*: `numeric/ground_truth/` simulates the original system; a test walks its imports
   and refuses a Program, generated code or the theory there.
"""

from __future__ import annotations

from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds, Claim, Equals, Satisfies
from derivax.numeric.programs.program import Array, Program

__all__ = ["Array", "ArrayCode", "Bounds", "Claim", "Equals", "Program", "Satisfies"]
