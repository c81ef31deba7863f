# Every target also works by hand: read its lines.
SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
PY    ?= python3
T     ?= tests
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-e2e test-postgresql test-spark lint fix check golden bench bench-peers clean

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make .venv with the command in .venv/bin/homeward
setup-dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml constraints.txt tools/install
	@PY=$(PY) tools/install $(VENV) ".[web]"
	@touch $@
$(VENV)/.installed-dev: pyproject.toml constraints.txt tools/install
	@PY=$(PY) tools/install $(VENV) ".[dev]"
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-spark: $(VENV)/.installed-dev
	@PY=$(PY) tools/install $(VENV) ".[dev,spark]"
	@touch $@

demo: setup ## Play a whole 150-for-150 exchange between three nodes
	@$(BIN)/homeward demo

test: setup-dev ## Run the tests (T=tests/unit/terms for some)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore=tests/e2e $(T)

test-e2e: setup-dev ## Look at every page in Chromium, with axe (skips where there is no Chromium)
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/e2e

test-postgresql: setup-dev ## The node's tests again, with its tables on PostgreSQL
	@HOMEWARD_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile \
		tests/unit/node tests/scenario tests/web --ignore=tests/web/test_messages.py \
		-k "not nothing_inline or en]"

test-spark: $(VENV)/.installed-spark ## DuckDB and Spark give the same pairs (needs Java 17; 490 MB)
	@$(BIN)/python -m pytest -m spark tests/unit/matching

lint: setup-dev ## Format, style, types, and the rules of the house
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy && $(BIN)/lint-imports --no-cache

fix: setup-dev ## Mend what can be mended by itself
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

check: lint test test-postgresql test-e2e ## Everything that must pass

golden: setup-dev ## Write the golden files anew; read the difference before you commit it
	@$(BIN)/python -m pytest -q tests/golden --write-golden

bench: setup-dev ## Measure (ratios against a sort, an fsync, a peer)
	@$(BIN)/python bench/run.py

bench-peers: setup-dev ## Measure matching and planning beside their peers, each in an environment of its own
	@$(BIN)/python bench/matching/peers.py
	@$(BIN)/python bench/planning/peers.py

clean: ## Remove what was made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
