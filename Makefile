# Varsity: `make help` lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Some tests wait for processes: half as many again as there are cores keep these busy.
TESTERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2); echo $$((n + n / 2)))
export UV_COMPILE_BYTECODE := 1
# Tests start the product in hundreds of processes: what one has compiled, the next ones read.
unexport PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT := $(VENV)

.DEFAULT_GOAL := help
.PHONY: help install demo dev test test-all check format catalogues reference screenshots clean

help: ## Say what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## Set everything up in .venv, from the lock file

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Varsity needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=python3.12, say." >&2; exit 1; }
	@$(PYTHON) -m venv --help > /dev/null 2>&1 || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "-- making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: pyproject.toml uv.lock | $(BIN)/uv
	@echo "-- installing what uv.lock names (about 1.5 GB with the tests' tools; some minutes on a slow line)"
	@$(BIN)/uv sync --frozen --all-extras --quiet
	@touch $@

demo: install ## Start the product with real content at http://127.0.0.1:8000
	@$(BIN)/varsity demo $(ARGS)

dev: install ## Start the product on instance/, reloading on change
	@VARSITY_LOG_FORMAT=text $(BIN)/varsity serve --data instance --reload

test: install ## Run the tests, in parallel, without the long ones
	@$(BIN)/python tests/prepare.py
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal -m "not long" -q

test-all: install ## Run all tests, also the long ones and those on PostgreSQL and Redis
	@bash tests/all.sh

check: install ## Format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install ## Put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

catalogues: install ## Collect every message into the catalogue
	@$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k sentence -k lazy_gettext -k _l --add-location=file --project=Varsity --version=0.1.0 -o server/translations/messages.pot .

reference: install ## Write docs/scorer-reference.md from the scorers
	@$(BIN)/python -m scorers.reference docs/scorer-reference.md

screenshots: install ## Picture each page of a running demo into screenshots/, and some for docs/
	@$(BIN)/python -m tests.journeys.picturing --url $(or $(URL),http://127.0.0.1:8000)
	@$(BIN)/python -m tests.journeys.shooting --url $(or $(URL),http://127.0.0.1:8000) $(ARGS)

clean: ## Remove what tools left behind (not your instance)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
