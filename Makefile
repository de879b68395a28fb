# Thin targets over the command line: each is one line. ARGS= passes further flags on.
PYTHON ?= python3
BIN := .venv/bin
REPLAY := $(BIN)/kubectl-replay
export FAST KEEP DRY_RUN JSON REPLAY_ALLOW_PRIVILEGED REPLAY_ALLOW_ANY_CLUSTER REPLAY_ALLOW_CONTEXT REPLAY_NAMESPACE
export REPLAY_SCENARIOS_PATH REPLAY_POD_PATCH FALCO_NAMESPACE FALCO_VERIFY_TIMEOUT CURL_EGRESS_TARGET KIND_CLUSTER
export FALCO_CHART FALCO_CHART_VERSION FALCO_VALUES
REQUIRE := $(if $(filter 1 true yes on,$(STRICT)),detection,behavior)

.DEFAULT_GOAL := help
.PHONY: help demo test check e2e bench docs setup-local teardown-local list-scenarios cleanup doctor setup-kind setup-falco reset
.PHONY: doctor-falco logs-falco logs-falco-raw list-rules

help: ## Show these targets
	@grep -hE '^[a-z0-9%.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([^:]+):.*## /  \1\t/' | expand -t 24

.venv: pyproject.toml ## Make the virtual environment with everything a developer needs
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kubectl-replay needs Python 3.11 or newer: make PYTHON=/path/to/python3")' >&2
	@$(PYTHON) -m venv .venv >&2 && $(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' >&2
	@$(BIN)/pip install --quiet --editable . --group dev >&2 && touch .venv

demo: .venv ## Find or make a cluster and run shell-spawn on it
	@$(BIN)/python -m tests.cluster demo

test: check ## Check the code and run the unit tests
	@$(BIN)/pytest -W error -n auto $(ARGS)

check: .venv ## Run the linters and the type checker
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check . && $(BIN)/mypy --no-error-summary && $(BIN)/python -m tests.generated --check

e2e: .venv ## Run the tests on a real cluster (REPLAY_E2E_CONTEXT, else the local one)
	@$(BIN)/pytest -W error -n 3 --dist loadgroup tests/e2e $(ARGS)

bench: .venv ## Compare a run with bare kubectl, side by side
	@$(BIN)/python -m tests.bench $(ARGS)

docs: .venv ## Write the generated documents
	@$(BIN)/python -m tests.generated

setup-local: .venv ## Start a real Kubernetes on this machine (Linux, root, Go)
	@$(BIN)/python -m tests.cluster up $(ARGS)

teardown-local: .venv ## Stop it and remove what it left
	@$(BIN)/python -m tests.cluster down $(ARGS)

list-scenarios: .venv ## List the scenarios
	@$(REPLAY) list $(ARGS)

scenario-%: .venv ## Run a scenario: JSON=1 KEEP=1 STRICT=1 ARGS='--context NAME'
	@$(REPLAY) run $* --require $(REQUIRE) $(ARGS)

cleanup-%: .venv ## Remove what runs of one scenario left
	@$(REPLAY) cleanup $* $(ARGS)

cleanup: .venv ## Remove what all runs left
	@$(REPLAY) cleanup --all $(ARGS)

doctor: .venv ## Look for what stands in the way of a replay
	@$(REPLAY) doctor $(ARGS)

doctor-falco: .venv ## Look at Falco: where it runs, how it prints, what it has loaded
	@$(REPLAY) doctor falco $(ARGS)

logs-falco: .venv ## Show the alerts of Falco: ARGS='--since 1h --scenario ID -f'
	@$(REPLAY) logs falco $(ARGS)

logs-falco-raw: .venv ## Show the lines of Falco as they are
	@$(REPLAY) logs falco --raw $(ARGS)

list-rules: .venv ## List the rules that Falco has loaded
	@$(REPLAY) rules falco $(ARGS)

setup-kind: .venv ## Make a kind cluster (KIND_CLUSTER=NAME)
	@$(REPLAY) setup kind $(ARGS)

setup-falco: .venv ## Install Falco with helm, or bring ours up to date (FALCO_NAMESPACE=NAME FALCO_CHART=CHART)
	@$(REPLAY) setup falco $(ARGS)

reset: .venv ## Delete the kind cluster that setup-kind made
	@$(REPLAY) reset $(ARGS)
