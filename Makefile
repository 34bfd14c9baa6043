# Two commands are all anybody needs: `make run` and `make test`. The rest serves whoever changes the product.
#
# Needs python3 (3.11 or newer) with venv, and nothing else. Packages come pinned by hash from requirements/*.txt.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --quiet
# One more than the cores of a small machine: whole-product tests wait for browsers and for processes that die.
WORKERS ?= 3

# The tests start the product over and over; without kept byte code each start compiles it anew (0.4 s of 1.9 s).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run test kill format lock bench migration readme clean

help:
	@echo "make run           the product with a simulated Slack and simulated ledgers (FRESH=1: forget what was kept)"
	@echo "make install       dext-bot and what it needs, in .venv/bin"
	@echo "make test          formatting, lint, types, import rules, tests"
	@echo "make kill          the whole life in processes that are killed 700 times; an hour"
	@echo "make format        put the code in its one form"
	@echo "make bench         speed and memory, as tables"
	@echo "make lock          write the pins anew"
	@echo "make migration     write the revision from the newest one to the tables in bot/db: NAME=\"what changes\""
	@echo "make readme        write README's table of packages from each provider's quality.toml"
	@echo "make clean         remove the environment and the caches, never var/"

install: $(VENV)/.runtime
	@echo "dext-bot is in $(BIN)"

run: $(VENV)/.runtime
	exec $(BIN)/dext-bot playground $(if $(filter 1,$(FRESH)),--fresh)

test: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	# A first run takes half a minute over the types, on one core. Meanwhile the tests' byte code is made on another one,
	# which every worker would make for itself.
	if [[ ! -d .mypy_cache ]]; then $(BIN)/pytest --collect-only --quiet &> /dev/null & fi; $(BIN)/mypy; wait
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --durations 15

kill: $(VENV)/.dev
	$(BIN)/python -m tests.kill --database sqlite --kills 500
	$(BIN)/python -m tests.kill --database postgres --kills 200

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.answers
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.imports
	$(BIN)/python -m benchmarks.guard
	$(BIN)/python -m benchmarks.finding
	$(BIN)/python -m benchmarks.alike
	$(BIN)/python -m benchmarks.settings
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.items
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.coding
	$(BIN)/python -m benchmarks.publish

lock: $(VENV)/.dev
	$(LOCK) --upgrade --output-file requirements/runtime.txt pyproject.toml requirements/build.in
	$(LOCK) --upgrade --extra dev --constraint requirements/runtime.txt --output-file requirements/dev.txt \
		pyproject.toml requirements/build.in

migration: $(VENV)/.dev
	$(BIN)/python -m bot.db.migrate "$(NAME)"
	$(BIN)/ruff format bot/db/migrations/versions

readme: $(VENV)/.dev
	$(BIN)/python -m providers.quality

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A stamp for each set-up, so that the second run starts at once and a changed pin or entry point sets up again.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; point at it with make PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed (Debian: python3-venv)"; exit 1; }

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (half a minute, once)…"
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Setting up the tools that check the code…"
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
