# Each target sets up what it needs in .venv: a fresh machine has Python >= 3.11 and make, nothing else.
#
#   make demo        the main job on real data; leaves demo-output/
#   make test        the tests, within the budget of tests/budget.toml
#   make lint        ruff and mypy
#   make test-all    the slow tests too
#   make bench       code generation side by side with its peers; BENCH_ARGS=--quick for a look
#   make bench-theories  scale of the theories: diagrams, populations, charges
#   make ulp-table   measured errors of the special functions (docs/special-functions.md)
#   make clean       remove the environment and everything that was built
#
# PYTHON=/path/to/python3.12 chooses the interpreter; PYTEST_ARGS adds arguments; JOBS sets the number of workers.

PYTHON ?=
JOBS ?= 2
PYTEST_ARGS ?=
BENCH_ARGS ?=

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test test-all bench bench-theories ulp-table lint clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   \(make .*\)/\1/p' Makefile

$(BIN)/pip:
	@chosen=; \
	for candidate in "$(PYTHON)" python3.13 python3.12 python3.11 python3 python; do \
	  [ -n "$$candidate" ] || continue; \
	  if "$$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then chosen=$$candidate; break; fi; \
	  if [ -n "$(PYTHON)" ]; then break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	  if [ -n "$(PYTHON)" ]; then echo "derivax: PYTHON=$(PYTHON) is not a Python >= 3.11 with venv." >&2; \
	  else echo "derivax: no Python >= 3.11 with the venv module was found (tried python3.13, python3.12, python3.11, python3, python)." >&2; \
	  echo "Install one (on Debian or Ubuntu with its python3-venv package), or name it: make PYTHON=/path/to/python3.12 demo" >&2; fi; \
	  exit 1; \
	fi; \
	echo "== environment: $$("$$chosen" --version) in $(VENV)"; \
	"$$chosen" -m venv $(VENV)

# Stamps, so that a second call starts at once; a changed pyproject.toml installs again.
$(VENV)/.demo-installed: pyproject.toml | $(BIN)/pip
	@echo "== installing derivax and what the demo needs (once)"
	@$(PIP) install -qq --editable '.[report]'
	@touch $@

$(VENV)/.test-installed: pyproject.toml | $(BIN)/pip
	@echo "== installing derivax and what the tests need (once)"
	@$(PIP) install -qq --editable '.[sim,report,test]'
	@touch $@

demo: $(VENV)/.demo-installed
	@$(BIN)/derivax demo

test: $(VENV)/.test-installed
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --budget $(PYTEST_ARGS)

test-all: $(VENV)/.test-installed
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "slow or not slow" $(PYTEST_ARGS)

# Peers (extra `bench`) are measured where they are installed, and reported as missing where not.
bench: $(VENV)/.test-installed
	@$(BIN)/python -m benchmarks.codegen $(BENCH_ARGS)
	@$(BIN)/python benchmarks/enclosure/rosa.py

bench-theories: $(VENV)/.test-installed
	@$(BIN)/python -m benchmarks.diagrams
	@$(BIN)/python benchmarks/leslie/scale.py
	@$(BIN)/python -m benchmarks.noether $(BENCH_ARGS)

ulp-table: $(VENV)/.test-installed
	@$(BIN)/python benchmarks/special/ulp_table.py

# mypy reads the root as the package `derivax` through a link: a clone may have any directory name.
lint: $(VENV)/.test-installed
	@$(BIN)/python -m ruff check .
	@mkdir -p .mypy && ln -sfn .. .mypy/derivax
	@MYPYPATH=.mypy $(BIN)/python -m mypy -p derivax

clean:
	rm -rf $(VENV) .cache .mypy .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info demo-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
