# Everything that a newcomer needs, without root rights and without a running server. `make help` lists it.

# The newest installed Python. PYTHON names another one: `make run PYTHON=/usr/local/bin/python3.12`
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3.14 python3.13 python3.12 python3.11 python3)
SUPPORTED := import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 14)
VENV := .venv
BENCH ?=
AGENTS ?=
DATA := $(or $(WARTA_DATA_DIR),var)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test check bench docs locale agents lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Load the sample newsroom into an empty store, and serve it on http://127.0.0.1:8000
	@test -e $(DATA)/sample-loaded || { $(BIN)/warta demo && touch $(DATA)/sample-loaded; }
	@exec $(BIN)/warta serve

test: check ## Run the linters and the whole suite: SQLite, PostgreSQL, Redis, a browser
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

check: $(VENV)/.test ## Run the linters only
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m tests.support.prose
	@$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

bench: $(VENV)/.bench ## Measure speed and growth beside nginx, Flask and Django; prints figures and ratios
	@$(BIN)/python -m bench $(BENCH)

docs: $(VENV)/.test ## Write the references that are made from the code
	@$(BIN)/python docs/generate.py

locale: $(VENV)/.test ## Add the new texts of the pages to their translations in service/web/locale
	@$(BIN)/pybabel -q extract -F pyproject.toml --add-location=file --no-wrap --sort-by-file -o $(VENV)/texts.pot service
	@$(BIN)/pybabel -q update -i $(VENV)/texts.pot -d service/web/locale --no-wrap --ignore-obsolete \
	  --no-fuzzy-matching --ignore-pot-creation-date

agents: $(VENV)/.test ## Remove lines of bots.toml that crawlerdetect has learned; AGENTS=FILE lists bots that are missing
	@$(BIN)/python -m tests.support.agents $(AGENTS)

# Run it with the oldest supported Python (`make lock PYTHON=python3.11`): the lock must have the packages that only this one needs.
lock: $(VENV)/.test ## Lock the newest versions that fit pyproject.toml, with hashes
	@$(PIP) install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header --allow-unsafe --all-build-deps \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements/run.txt pyproject.toml
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header --allow-unsafe --all-build-deps --extra test \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements/test.txt pyproject.toml
	@$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header --allow-unsafe \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements/bench.txt requirements/bench.in

# Make an environment again if it is incomplete, was moved, or has lost its Python in an upgrade.
BROKEN := $(shell $(BIN)/python -m pip --version > /dev/null 2>&1 && grep -q '$(CURDIR)/$(VENV)$$' $(VENV)/pyvenv.cfg \
  || echo broken)
.PHONY: broken

$(VENV)/bin/python: $(BROKEN)
	@for python in $(PYTHONS); do \
	  $$python -c '$(SUPPORTED); import venv, ensurepip' 2> /dev/null || continue; \
	  rm -rf $(VENV); $$python -m venv $(VENV) && exit 0; \
	  rm -rf $(VENV); exit 1; \
	done; \
	for python in $(PYTHONS); do \
	  name=$$($$python -c '$(SUPPORTED); print("python%d.%d" % sys.version_info[:2])' 2> /dev/null) || continue; \
	  echo "$$python has no venv or no pip (ensurepip); on Debian: apt-get install $$name-venv" >&2; exit 1; \
	done; \
	echo "$(or $(PYTHON),there) is no Python 3.11 to 3.14; on Debian: apt-get install python3 python3-venv" >&2; exit 1

$(VENV)/.run: requirements/run.txt pyproject.toml $(VENV)/bin/python
	@echo "setting up $(VENV) ..."
	@$(PIP) install --quiet --no-warn-script-location --require-hashes -r requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "adding the test tools ..."
	@$(PIP) install --quiet --no-warn-script-location --require-hashes -r requirements/test.txt
	@touch $@

# The programs that Warta is compared with, and matplotlib, have an environment of their own.
$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	@echo "adding the programs to compare with, and matplotlib ..."
	@$(BIN)/python -m venv $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip --disable-pip-version-check install --quiet --no-warn-script-location \
	  --use-pep517 --require-hashes -r requirements/bench.txt
	@touch $@

clean: ## Remove what make and the service wrote: environment, caches, sample data
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
