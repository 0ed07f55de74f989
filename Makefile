# Every command makes .venv and installs what it needs first; `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
OPTIONS = $(if $(SETTING),--setting $(SETTING)) $(if $(SEEDS),--seeds $(SEEDS))
PLACE = $(if $(WORKERS),--workers $(WORKERS)) $(if $(EXECUTOR),--executor $(EXECUTOR))
PYTEST = $(BIN)/pytest -n auto --dist worksteal
QUICK = $(addprefix tests/,test_api.py analysis budget cli plan project recipes report settings stats store study) \
	--ignore=tests/report/formats/latex --ignore=tests/stats/test_stats_simulation.py
RUNNING = $(PLACE) $(if $(TIMEOUT),--timeout $(TIMEOUT)) $(if $(WANDB),--wandb $(WANDB))

.DEFAULT_GOAL := help
.PHONY: help study gallery check plan status report reports compare list test test-fast test-all coverage lint format golden bench clean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s%s\n", $$1, $$2 }' Makefile

study: .venv/installed need-study  ## run a study and report: STUDY=pos_embedding [SETTING= SEEDS= WORKERS= EXECUTOR= TIMEOUT= WANDB=]
	@$(BIN)/ablate run $(STUDY) $(OPTIONS) $(RUNNING)

check: .venv/installed need-study  ## prove that every factor of a study acts: STUDY= [SETTING=]
	@$(BIN)/ablate check $(STUDY) $(OPTIONS)

plan: .venv/installed need-study  ## show what a study will run, cost and can find: STUDY= [SETTING= SEEDS= WORKERS= EXECUTOR=]
	@$(BIN)/ablate plan $(STUDY) $(OPTIONS) $(PLACE)

gallery: .venv/installed  ## run every study and report: the whole of reports/, in under two hours on 2 cores
	@for file in studies/*.yaml; do \
		name=$$(basename $$file .yaml); \
		$(BIN)/ablate run $$name $(RUNNING) || incomplete="$$incomplete $$name"; \
	done; test -z "$$incomplete" || { echo "incomplete:$$incomplete" >&2; exit 1; }

status: .venv/installed need-study  ## show the state of every trial: STUDY= [SETTING= SEEDS=]
	@$(BIN)/ablate status $(STUDY) $(OPTIONS)

report: .venv/installed need-study  ## write the report from what is finished: STUDY= [SETTING= SEEDS=]
	@$(BIN)/ablate report $(STUDY) $(OPTIONS)

reports: .venv/installed  ## render every report in reports/ from its analysis.json, without training
	@for file in reports/*/*/analysis.json; do \
		$(BIN)/ablate report $$file || incomplete="$$incomplete $$file"; \
	done; test -z "$$incomplete" || { echo "incomplete:$$incomplete" >&2; exit 1; }

compare: .venv/installed  ## what changed beyond chance between two settings, commits or reports: A= B=
	@test -n "$(A)" -a -n "$(B)" || { echo 'which two? for example: make compare A=pos_embedding B=pos_embedding@digits_shifted' >&2; exit 2; }
	@$(BIN)/ablate compare "$(A)" "$(B)"

list: .venv/installed  ## list studies and settings
	@$(BIN)/ablate list

test: .venv/dev lint  ## lint, types and tests: the gate [ARGS=]
	$(PYTEST) -m "not slow" $(ARGS)

test-fast: .venv/dev  ## what a change usually breaks, in about two minutes: all that trains, simulates and compiles nothing
	$(PYTEST) $(QUICK) -m "not slow" $(ARGS)

test-all: .venv/dev lint  ## the gate with the slow tests
	$(PYTEST) $(ARGS)

coverage: .venv/dev  ## the gate's tests, and which lines they do not reach
	$(PYTEST) -m "not slow" --cov=ablate --cov-report=term:skip-covered --cov-report=html $(ARGS)

lint: .venv/dev  ## format, lint and types, checked only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/dev  ## put the format right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: .venv/dev  ## accept today's reports as the expected ones; look at the diff before committing
	ACCEPT_GOLDEN=1 $(BIN)/pytest tests/report/test_golden.py tests/report/sections/test_comparison.py tests/cli/test_models.py tests/budget/test_budget.py

bench: .venv/dev  ## measure speed: scheduling overhead, start of the command line, reports, 10,000 runs
	$(BIN)/python -m tests.bench

clean:  ## remove the virtual environment and caches; runs and reports stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: need-study
need-study:
	@test -n "$(STUDY)" || { echo 'which study? for example: make study STUDY=pos_embedding' >&2; exit 2; }

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Ablate needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@echo "installing Ablate into .venv; PyTorch is large, this takes a few minutes"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev: pyproject.toml
	@$(MAKE) --no-print-directory .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
