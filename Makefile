# From an empty machine to a first result: needs make and Python 3.11, and nothing else.
#
#   make demo                                       a small study: trainings, table, figures, report
#   make test                                       the tests
#   make rehearsal                                  every study of config/, whole but tiny
#   make rehearsal STUDY="MINE.yaml OTHER.yaml"      some studies
#   make reference                                  results/reference anew, from what is finished of results/evidence
#   make demo PYTHON=/opt/python3.11/bin/python3    another interpreter
#   make demo PIP_ARGS="--index-url ADDRESS"        a site's mirror, or an index with torch for CPUs only
#   make demo MPI=site                              the machine's own MPI instead of the mpich wheel
#   make demo CORES=2                               fewer cores than there are

PYTHON ?= python3.11
PIP_ARGS ?=
MPI ?= wheel
CORES ?= all
STUDY ?= $(wildcard config/*.yaml)
RESULTS := results/demo

ifeq ($(MPI),wheel)
EXTRAS := all,dev
else ifeq ($(MPI),site)
EXTRAS := analysis,archive,bullet,dmc,mpi-site,torch,workflow,dev
else
$(error MPI=$(MPI): unknown; MPI=wheel installs the mpich wheel, MPI=site uses the MPI of this machine)
endif

BIN := .venv/bin
INSTALLED := .venv/.installed-with-$(MPI)-mpi

# The tools of .venv are found whether it is activated or not, and packages from elsewhere are not.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONNOUSERSITE := 1
unexport PYTHONHOME PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo rehearsal reference test test-slow test-faults test-cluster lint format pins clean

help: ## this list
	@sed -n 's/^#   make/make/p' Makefile
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s%s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## set up .venv with the versions of constraints.txt

# The stamp is written last, so an installation that was interrupted is taken up again.
$(INSTALLED): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" > /dev/null || { echo "$(PYTHON) not found: install Python 3.11, or say make PYTHON=..." >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "$(PYTHON) is not Python 3.11, for which constraints.txt was made" >&2; exit 2; }
	@rm -f .venv/.installed-*
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install $(PIP_ARGS) --constraint constraints.txt --editable ".[$(EXTRAS)]"
ifeq ($(MPI),site)
	$(BIN)/python -m pip uninstall --quiet --yes mpich
endif
	@touch $@

demo: $(INSTALLED) ## run the demo study and show what it gave
	$(BIN)/snakemake --profile profiles/local --cores $(CORES) --config study=config/demo.yaml
	@echo
	@cat $(RESULTS)/tables/scores.md
	@echo
	@echo "Tables:  $(RESULTS)/tables/ (scores.md and others, against.md: every number of the paper beside ours)"
	@echo "Figures: $(RESULTS)/figures/"
	@echo "Report:  $(RESULTS)/report.html (open it in a browser)"

# A rehearsal of yesterday's code says nothing about today's, so it begins anew. No study has such a name.
rehearsal: $(INSTALLED) ## play a study whole but tiny, to its archive: STUDY, or all of config/
	rm -rf results/*-rehearsal
	@set -e; for study in $(STUDY); do \
		echo "Rehearsing $$study"; \
		$(BIN)/snakemake all archive --profile profiles/local --cores $(CORES) --config study="$$study" rehearsal=true; \
	done

# What is not in results/evidence falls out of results/reference: git shows it.
reference: $(INSTALLED) ## select results/reference from what is finished of results/evidence
	$(BIN)/snakemake tables figures --profile profiles/local --cores $(CORES) --config study=config/evidence.yaml partial=true
	rm -rf build/reference && $(BIN)/itt reference results/evidence --out build/reference
	rm -rf $(addprefix results/reference/,tables figures policies records) && cp -R build/reference/. results/reference

# The kernels first, else both processes compile them. A process keeps to its half while the other is busy: what tests of a
# file share is then made once.
test: $(INSTALLED) ## run the tests but the long ones
	$(BIN)/itt kernels
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

test-slow: $(INSTALLED) ## run the long proofs
	$(BIN)/python -m pytest -m slow

test-faults: $(INSTALLED) ## run the tests of docs/reliability.md, and let 10,000 harmed files be read
	$(BIN)/python -m pytest -m fault --hypothesis-profile=fuzz

test-cluster: $(INSTALLED) ## run a study on a Slurm of its own: needs slurmctld, slurmd, slurm-client and munge
	$(BIN)/itt kernels
	$(BIN)/python -m pytest -m cluster tests/cluster

lint: $(INSTALLED) ## check style, types and the workflow
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(INSTALLED) ## put code and workflow into the project's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow

# torch's wheels carry the kind of machine in their version (2.13.0+cpu), which would tie the pin to one index.
pins: ## renew constraints.txt and environment.yml from what pip installs today within the bounds of pyproject.toml
	rm -rf build/pins
	"$(PYTHON)" -m venv build/pins
	build/pins/bin/python -m pip install $(PIP_ARGS) --editable ".[all,dev]"
	build/pins/bin/python -m pip freeze --exclude-editable | sed 's/+[a-z0-9.]*$$//' > build/pins/freeze.txt
	{ sed -n '/^#/p' constraints.txt; cat build/pins/freeze.txt; } > build/pins/constraints.txt
	{ sed '/- pip:/q' environment.yml; sed 's/^/      - /' build/pins/freeze.txt; } > build/pins/environment.yml
	mv build/pins/constraints.txt build/pins/environment.yml .
	rm -rf build/pins

clean: ## remove .venv and all caches; results stay
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis
