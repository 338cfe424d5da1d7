"""Noether's learning dynamics."""
