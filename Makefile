# The commands of this project; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install -qq --disable-pip-version-check
export PORT CARDS QUICK

.DEFAULT_GOAL := help
.PHONY: help venv run test bench lint format hooks

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 10

run: venv ## the site with invented people on http://127.0.0.1:8000 (PORT=…, CARDS=…)
	@exec $(RUN) -m bekasi_ektp.run

test: $(VENV)/.dev ## the whole suite, browser tests too (ARGS=… for pytest)
	@$(RUN) -m tests.chromium
	@exec $(RUN) -m pytest -n auto $(ARGS)

bench: $(VENV)/.dev ## the figures of bench/results.json (QUICK=1: at a tenth)
	@exec $(RUN) -m bench

lint: $(VENV)/.dev ## ruff, types, migrations, deployment settings, direction of imports
	@$(RUN) -m ruff check --quiet
	@$(RUN) -m ruff format --check --quiet
	@$(RUN) -m mypy --no-error-summary .
	@var=$$(mktemp -d) && trap 'rm -rf "$$var"' EXIT \
	  && production="env DEBUG=0 DEMO=0 EKTP_VAR=$$var ALLOWED_HOSTS=localhost $$($(RUN) -m bekasi_ektp.environment)" \
	  && $$production $(RUN) manage.py makemigrations --check --dry-run \
	  && $$production $(RUN) manage.py check --deploy --fail-level WARNING
	@$(VENV)/bin/lint-imports --no-cache

format: $(VENV)/.dev ## put the code into its form
	@$(RUN) -m ruff check --quiet --fix
	@$(RUN) -m ruff format --quiet

hooks: ## run `make lint` before every commit
	@printf '#!/bin/sh\nexec make lint\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

venv: $(VENV)/.installed ## the virtual environment and what the site needs

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "No virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed: requirements.txt | $(RUN)
	@echo "Installing what the site needs …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(RUN)
	@echo "Installing what tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/.installed
