"""Exact computation on one expression: domains, balls, zero test, normal forms, series."""
