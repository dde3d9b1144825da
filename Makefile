# Everything a person does with a clone. `make help` lists it.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
RUN_READY := .venv/ready-to-run
TEST_READY := .venv/ready-to-test

.DEFAULT_GOAL := help
.PHONY: help run test check bench pictures soak pins clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_READY) ## the whole system with demo data, on http://127.0.0.1:$PORT (8000)
	@exec $(BIN)/flask --app dashboard up

test: check ## every check and test, on SQLite and PostgreSQL; below 15 minutes
	@scripts/tests.sh

check: $(TEST_READY) ## style, types, import contracts, templates, dependencies
	@scripts/checks.sh

bench: $(TEST_READY) ## the speed figures, each with its floor
	@$(BIN)/python -m bench

pictures: $(TEST_READY) ## a screenshot of every page, light and dark, in pictures/
	@$(BIN)/python -m tests.browser.pictures

soak: $(TEST_READY) ## the kill tests for as long as SOAK_SECONDS (600)
	@SOAK_SECONDS=$${SOAK_SECONDS:-600} $(BIN)/pytest -m faults

pins: requirements.in requirements-dev.in ## resolve the pinned, hashed requirements anew
	@scripts/pins.sh

clean: ## remove what set-up and tests made; DATA_DIR stays
	rm -rf .venv node_modules static/vendor tests/browser/vendor pictures .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The files below are stamps: set-up repeats only when a list of pins or a script changed.
SET_UP := scripts/system_programs.py scripts/environment.sh scripts/assets.py
$(RUN_READY): requirements.txt package-lock.json $(SET_UP)
	@$(PYTHON) scripts/system_programs.py run
	@PYTHON=$(PYTHON) scripts/environment.sh requirements.txt
	@$(BIN)/python scripts/assets.py run || echo "Going on without htmx: every page works without JavaScript."
	@touch $@

$(TEST_READY): $(RUN_READY) requirements-dev.txt
	@$(PYTHON) scripts/system_programs.py test
	@PYTHON=$(PYTHON) scripts/environment.sh requirements.txt requirements-dev.txt
	@$(BIN)/python scripts/assets.py test
	@touch $@
