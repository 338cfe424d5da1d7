"""Scale of `noether-learning-dynamics`: `python -m benchmarks.noether`."""
