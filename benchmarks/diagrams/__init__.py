"""Benchmarks of the diagram engine."""
