# Dezhurny: `make demo` shows it, `make test` proves it. `make help` lists the rest.

# The first Python that is new enough; name another one with `make env PYTHON=/path/to/python`.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# Tests wait for processes and sockets more than they compute; beyond four workers they only disturb each other.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 4 || echo $$n)
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help env dev demo test test-all chaos check format bench bench-peers fuzz lock contracts python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: python ## make .venv from the pinned lock; quick when nothing changed (EXTRAS=otel adds OpenTelemetry)
	@$(PYTHON) scripts/environment.py $(if $(EXTRAS),--extras "$(EXTRAS)")

dev: python ## the same with what tests and checks need
	@$(PYTHON) scripts/environment.py --dev

demo: env ## portal, web and worker on this machine; prints one address (ARGS="--lang en" and the like)
	@$(BIN)/dezhurny demo $(ARGS)

test: dev ## all tests that need no extra server; the others run where their servers are (ARGS="-k clock")
	@$(PYTEST) $(ARGS)

test-all: dev ## install PostgreSQL, Redis and Chromium where missing, and run every test
	@scripts/servers env DEZHURNY_TEST_ALL=1 $(PYTEST) $(ARGS)

chaos: dev ## break everything that can break, for half an hour, and count what was lost or done twice (ARGS="-k f_11")
	@DEZHURNY_CHAOS=1 scripts/servers env DEZHURNY_TEST_ALL=1 $(BIN)/pytest -o faulthandler_timeout=900 -v tests/chaos $(ARGS)

check: dev ## format, lint, types, import contracts; tells of known holes in what we depend on
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/audit.py

audit: dev ## fail when a pinned package has a known hole, or when nobody can say
	@$(BIN)/python scripts/audit.py --strict

format: dev ## put the code into the house's format
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

bench-peers: dev ## the same faults for queues one might take instead, and for ours (ARGS="arq Dezhurny")
	@scripts/servers $(BIN)/python -m bench.peers $(ARGS)

bench: dev ## measure everything once, print one table, write bench/results.json
	@$(BIN)/python -m bench

fuzz: dev ## look for an hour for a request that breaks something (ARGS="MINUTES SEED")
	@$(BIN)/python -m tests.fuzz $(ARGS)

contracts: dev ## write tests/contracts/<code>.json for robots that have none yet
	@$(BIN)/python -m tests.contracts

lock: ## choose versions anew (needs uv) and write the lock files
	@uv lock --quiet --upgrade
	@uv export --quiet --no-emit-project --no-dev --group build --no-header -o requirements.lock
	@uv export --quiet --no-emit-project --no-dev --group build --extra otel --no-header -o requirements-otel.lock
	@uv export --quiet --no-emit-project --group build --group dev --extra otel --no-header -o requirements-dev.lock

python:
	@test -n "$(PYTHON)" || { echo "Dezhurny needs Python 3.11 or newer with venv; on Debian and Ubuntu: apt install python3 python3-venv" >&2; exit 1; }
