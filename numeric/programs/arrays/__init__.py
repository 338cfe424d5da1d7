"""Array code of the Programs: files that import jax only, in the language of `codegen/emit`.

Their functions take the scalar kernels as parameters and hold no formula of a theory, so that every
formula that runs comes from a derivation step.
"""
