"""How SymPy heads are lowered: one file per family, one explicit table (`table.py`)."""
