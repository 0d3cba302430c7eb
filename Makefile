# The doors. Each makes the locked environment in .venv first (hash-checked), then does its one thing.
#   make figures [SCALE=smoke|desk|paper] [PAPERS=key,key] [CORES=n] [PROFILE=name]     every figure and verdict
#   make test                                                                  the fast tests and a smoke run
#   make help                                                                  the other doors

SCALE  ?=
PAPERS ?=
CORES  ?=
PROFILE ?=
PYTHON ?= python3
WHAT   ?=
PAPER  ?= kinetic-energy
SEEDS  ?= 5
KEY    ?=
TITLE  ?=
FIGURES ?=
CLAIMS ?=
BUDGET ?=
PROBE  ?=
KEEP   ?=
BIN := .venv/bin
comma := ,
export PYTHONNOUSERSITE := 1
RUN_OPTIONS := $(if $(SCALE),--scale $(SCALE)) $(if $(PAPERS),--papers $(PAPERS)) $(if $(CORES),--cores $(CORES)) $(if $(PROFILE),--profile $(PROFILE))

.DEFAULT_GOAL := help
.PHONY: help figures test test-fast test-slow test-slurm lint format page report audit verdicts determinism stability bench plan sizes costs paper schema lock conda-pins container clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1@/' | awk -F@ '{printf "%-18s %s\n", $$1, $$2}'

# The lock is installed by uv, itself installed by pip; both check the hashes. A changed lock makes its stamp stale.
.venv/installer.stamp: requirements/installer.lock
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; Python 3.11 or later is needed (make PYTHON=/path/to/python3)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11; name a newer one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "making the environment in .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

.venv/runtime.stamp: requirements/runtime.lock .venv/installer.stamp
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement $<
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/runtime.stamp
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement $<
	@touch $@

figures: .venv/runtime.stamp ## run the pipeline (SCALE=desk): every figure, a table of verdicts, the time it took
	@$(BIN)/python scripts/run.py $(RUN_OPTIONS)

test: test-fast ## lint, types, the fast tests, then those that run the workflow (a smoke run of one paper included)
	@$(BIN)/python -m pytest -m "workflow and not slow and not slurm" -n 2 --dist loadfile

test-fast: .venv/dev.stamp ## lint, types and the fast tests alone: no whole run of the workflow
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -m "not workflow and not slow and not slurm" -n 2 --dist loadfile

test-slow: .venv/dev.stamp ## the slow tests, on the results of make figures SCALE=smoke and of a desk run
	@$(BIN)/python -m pytest -m "slow and not slurm" -n 2 -rs

test-slurm: .venv/dev.stamp ## the tests on a real Slurm of one node; installs it from Debian's packages where it may
	@bash tests/scheduler/install.sh
	@$(BIN)/python -m pytest -m slurm -rs tests/scheduler

lint: .venv/dev.stamp ## ruff, snakefmt, snakemake --lint, the import laws, mypy
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/snakefmt --check Snakefile workflow >.lint.log 2>&1 || { cat .lint.log; rm -f .lint.log; exit 1; }
	@$(BIN)/snakemake --lint >.lint.log 2>&1 || { cat .lint.log; rm -f .lint.log; exit 1; }
	@PYTHONPATH=scripts $(BIN)/lint-imports --no-cache >.lint.log 2>&1 || { cat .lint.log; rm -f .lint.log; exit 1; }
	@rm -f .lint.log
	@$(BIN)/mypy --no-error-summary

format: .venv/dev.stamp ## rewrite Python and Snakemake files in the house's format
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet . ; $(BIN)/snakefmt Snakefile workflow

page: .venv/runtime.stamp ## the site of the results that are there (SCALE=desk): results/<scale>/index.html
	@$(BIN)/python scripts/page.py $(if $(SCALE),--scale $(SCALE)) $(if $(PAPERS),--papers $(subst $(comma), ,$(PAPERS)))

report: .venv/runtime.stamp ## Snakemake's own report of the results that are there (SCALE=desk): results/<scale>/report.html
	@$(BIN)/snakemake --quiet --report results/$(or $(SCALE),desk)/report.html --config scale=$(or $(SCALE),desk) $(if $(PAPERS),papers=$(PAPERS))

audit: .venv/runtime.stamp ## WHAT="explain kinetic-energy.C2" | "verify" | "diff A B" | "environment"
	@$(BIN)/python scripts/audit.py $(or $(WHAT),verify)

verdicts: .venv/runtime.stamp ## compare the verdicts with the committed expectation; fails on an unexplained change
	@$(BIN)/python scripts/expect.py --check $(if $(SCALE),--scale $(SCALE)) $(if $(PAPERS),--papers $(PAPERS))

determinism: .venv/runtime.stamp ## a paper under other cores, orders, chunks, threads, kernels (PAPER=key SCALE=smoke)
	@$(BIN)/python scripts/determinism.py --paper $(PAPER) --scale $(or $(SCALE),smoke)

stability: .venv/runtime.stamp ## verdicts over several root seeds (PAPER=key SEEDS=5 SCALE=smoke)
	@$(BIN)/python scripts/stability.py --paper $(PAPER) --seeds $(SEEDS) --scale $(or $(SCALE),smoke)

bench: .venv/runtime.stamp ## kernels and solvers against the machine's measured limits, side by side (KEEP=1: keep the ratios)
	@$(BIN)/python scripts/bench.py --json results/bench.json $(if $(KEEP),--keep config/benchmarks.csv)

plan: .venv/runtime.stamp ## jobs, core hours, memory of a scale (SCALE=paper); BUDGET=2h CORES=2: what fits
	@$(BIN)/python scripts/plan.py $(if $(SCALE),--scale $(SCALE)) $(if $(PAPERS),--papers $(PAPERS)) $(if $(BUDGET),--budget "$(BUDGET)") $(if $(CORES),--cores $(CORES))

sizes: .venv/runtime.stamp ## networks for errors of a third of the tolerances (SCALE=desk PAPERS=key BUDGET=10m for one check)
	@$(BIN)/python scripts/sizes.py $(if $(SCALE),--scale $(SCALE)) $(if $(PAPERS),--papers $(PAPERS)) $(if $(BUDGET),--budget "$(BUDGET)")

costs: .venv/runtime.stamp ## keep costs and error bars of the runs in results/ for `make plan`; PROBE=1 measures items of each size anew
	@$(BIN)/python scripts/costs.py $(if $(PROBE),--probe $(or $(PAPERS),all))

paper: export ATLAS_KEY = $(KEY)
paper: export ATLAS_TITLE = $(TITLE)
paper: export ATLAS_FIGURES = $(FIGURES)
paper: export ATLAS_CLAIMS = $(CLAIMS)
paper: .venv/runtime.stamp ## the skeleton of the next paper: KEY=some-key [TITLE="..."] [FIGURES=F1,F2] [CLAIMS=C1,C2]
	@$(BIN)/python scripts/paper.py --key="$$ATLAS_KEY" --title="$$ATLAS_TITLE" --figures="$$ATLAS_FIGURES" --claims="$$ATLAS_CLAIMS"
	@$(BIN)/python scripts/schema.py

schema: .venv/dev.stamp ## regenerate the JSON schema and the documentation of the configs
	@$(BIN)/python scripts/schema.py

lock: .venv/dev.stamp ## resolve pyproject.toml anew and write requirements/*.lock, envs/*.yaml, container/*
	@$(BIN)/python scripts/lock.py
	@$(BIN)/python scripts/container.py

conda-pins: .venv/runtime.stamp ## explicit pins of envs/*.yaml, where conda and conda-forge can be reached
	@$(BIN)/python scripts/pins.py

container: .venv/runtime.stamp ## write container/atlas.def and container/Dockerfile from the lock
	@$(BIN)/python scripts/container.py

clean: ## remove the results (not the environment)
	@rm -rf results/smoke results/desk results/paper results/.cache results/.determinism results/stability .snakemake
