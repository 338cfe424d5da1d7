"""Partial derivatives of the special functions, one file per family, through public functions."""
