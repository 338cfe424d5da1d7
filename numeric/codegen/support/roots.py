"""Roots in a bracket."""
