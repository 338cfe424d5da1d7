"""LaTeX and Unicode text of formulas and derivations; one escaper for every name."""
