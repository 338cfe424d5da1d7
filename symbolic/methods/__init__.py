"""Moves that theories share, one per file: how a rule concludes, and what is then checked.

substitute, combine          put in, rewrite, multiply, add
differentiate, integrate     and separate; `separable_ode` chains them for u' = f(u) g(t)
solve_for                    explicit with its branch, as a root in a bracket, put back
limit, series_to_order       with an exact argument, or a test that can fail
closed_form, induction       recursions: the n-th value, statements for every n
duhamel                      linear equations with a source, continuous and discrete
enumeration                  statements proven at each listed size
cases, extremum, inequality  case distinctions, extreme values, certificates of inequalities
spectral, hessian            eigenpairs, second derivatives
determinant                  determinants of symbolic size, by expansion along the last column
implicit_slope               derivatives of roots
series_solution              solutions of equations as power series, inverse series
boson_operators              identities between boson operators, by normal ordering
matrix_identity, matrix_gradient   for all shapes
invariant                    charges along flows and maps, or their balance law
modified_equation            the differential equation that a small-step map follows
slow_manifold                the same for recursions of several steps (momentum)
euler_lagrange, noether      equations of motion and charges of a Lagrangian; their steps in
                             noether_steps, the calculus in variation
point_symmetry               symmetries found from their determining equations
consequence, carry_out       what follows on the motion; derivatives carried out
theorem, identity            a citation; a scalar identity from nothing
"""
