"""`python -m derivax`: the command line."""

from derivax.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
