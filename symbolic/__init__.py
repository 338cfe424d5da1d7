"""The SymPy layer: what is derived.  Imports no JAX."""
