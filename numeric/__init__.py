"""Numerical side of derivax: code generation, verification, independent ground truth."""
