# Studio Steward: `make help` tells what there is.
PYTHON ?=
export PYTHON
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run install test lint format bench noise soak lock

help: ## tell what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## install what is needed and serve the web chat at http://127.0.0.1:8000
	@$(BIN)/steward serve

install: ## make .venv with the pinned requirements and the project itself
	@scripts/install.sh

.PHONY: environment browser peers
environment:
	@scripts/install.sh dev

browser: environment
	@scripts/browser.sh

peers: environment
	@scripts/peers.sh

test: lint browser peers ## check and test everything, installing what that needs
	$(BIN)/python -m pytest --cov -n auto --dist worksteal

lint: environment ## style, types, the imports between the floors, and the container files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

format: environment ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: environment ## measure time and memory of answering
	$(BIN)/python -m bench

noise: environment ## measure how answers bear slips of the keyboard, other scripts, words in front
	$(BIN)/python -m tests.questions.noise

soak: environment ## the slow tests: many conversations, many crashes, much odd input
	$(BIN)/python -m pytest -m soak

lock: ## pin requirements*.in anew into requirements*.txt
	@scripts/lock.sh
