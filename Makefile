# Everything a person needs, on a machine with Python 3 and make. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
WORKERS ?= auto

# A uv that is already here, or one of our own.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .uv/bin/uv)

.PHONY: help run test check laws crash mutants bench pictures format setup setup-dev browser clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: setup ## set up and serve the platform with a demo merchant on http://127.0.0.1:8000 (PORT, DATA_DIR)
	@exec .venv/bin/giftwell run

test: setup-dev browser ## all tests, with coverage
	@bash tests/run.sh $(WORKERS)

check: setup-dev ## format, lint, types, imports, migrations, templates, dependencies
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy src tests/architecture
	.venv/bin/lint-imports
	$(PYTHON) -m giftwell.config.checks
	.venv/bin/djlint src --lint --quiet
	.venv/bin/deptry src

laws: setup-dev ## the laws of money at length: make laws N=1000000 SEED=7
	N=$(or $(N),100000) ATTEMPTS=$(or $(ATTEMPTS),10000) SEED=$(SEED) .venv/bin/pytest tests/laws -q -n $(WORKERS)

crash: setup-dev ## kill -9 of every process in mid-load: make crash KILLS=500 SEED=7
	KILLS=$(or $(KILLS),500) SEED=$(SEED) .venv/bin/pytest tests/laws/test_crash.py -q -s

mutants: setup-dev ## small changes of the money code that tests must notice: make mutants ARGS="domain/ledger --count 50"
	$(PYTHON) -m tests.mutants $(ARGS)

bench: setup-dev ## measure against the yardsticks; writes bench/results.json
	$(PYTHON) -m bench

pictures: setup-dev browser ## take the pictures under docs/pictures
	$(PYTHON) -m tests.journeys.pictures

format: setup-dev ## format and mend what a tool can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

clean: ## forget the data of `make run`
	rm -rf .data

.uv/bin/uv:
	@echo "Fetching uv…"
	@python3 -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/bin/python: | $(if $(filter uv,$(UV)),,.uv/bin/uv)
	@$(UV) venv --quiet --python "$$(cat .python-version)" .venv

# Only what is locked, each file by its hash.
.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Installing…"
	@$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/runtime.txt
	@$(UV) pip install --quiet --python $(PYTHON) --no-build-isolation --no-deps -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@echo "Installing the tools…"
	@$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/.runtime
setup-dev: .venv/.dev

browser: setup-dev
	@$(PYTHON) -m tests.browser
