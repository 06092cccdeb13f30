# Everything from a clean checkout. `make` alone lists the targets.
#   make run ARGS="--port 9000 --data-dir D"    passes options on to `switchboard up`

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.stamp
# packages are fetched under a bar in a terminal, in silence otherwise
QUIET := $(shell [ -t 2 ] || echo -q)
ARGS ?=
SEED ?= 1

.PHONY: help
help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name what; do printf '  make %-16s %s\n' "$$name" "$$what"; done

.PHONY: setup
setup: $(STAMP) ## Make the environment in .venv; every other target does it by itself.

$(STAMP): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or later is needed (install it, or set PYTHON=/path/to/python3)." >&2; exit 1; fi
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing; on Debian: apt-get install python3-venv." >&2; exit 1; }
	@echo "setting up .venv (once; some 400 MB)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(BIN)/uv pip sync $(QUIET) --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

# The widget is built where Node is there; without it the service runs all the same.
NODE_OK := $(shell node -e 'const [a, b] = process.versions.node.split("."); process.exit(+!(a > 20 || (a == 20 && b >= 19)))' \
	2>/dev/null && command -v npm >/dev/null && echo yes)
WIDGET := channels/web/static/widget.js

.PHONY: widget
ifeq ($(NODE_OK),yes)
widget: $(WIDGET) ## Build the chat widget of web pages.

node_modules/.package-lock.json: package.json package-lock.json channels/web/widget/package.json
	@echo "fetching the packages that build the widget (once; some 100 MB)"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(WIDGET): node_modules/.package-lock.json $(wildcard channels/web/widget/*.ts channels/web/widget/src/* channels/web/widget/src/view/*)
	@npm run --silent build
	@touch $@
else
widget:
	@echo "the widget is not built: that needs Node 20.19 or later with npm; /demo shows the plain page"
	@[ "$$REQUIRE_SERVICES" != 1 ]
endif

.PHONY: run
run: $(STAMP) widget ## Start everything with the sample company's documents; ARGS="--port 9000" passes options on.
	@exec $(BIN)/switchboard up $(ARGS)

.PHONY: test
test: $(STAMP) services widget ## Run the whole suite.
	@$(BIN)/python -m pytest -q $(ARGS)

.PHONY: quick
quick: $(STAMP) ## Run what needs no models, no browser and no broker; seconds.
	@PYTHONASYNCIODEBUG=1 $(BIN)/python -m pytest -q -n auto --hypothesis-profile=quick -m "not (kafka or browser or models or slow)" $(ARGS)

.PHONY: check
check: $(STAMP) widget ## Check form, types, imports and the rules of the house.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(NODE_OK),npm run --silent typecheck)
	$(BIN)/python -m pytest -q tests/house

.PHONY: format
format: $(STAMP) ## Put the code into its form.
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: services
services: $(STAMP) ## Install the browser and the brokers that some tests need, where that is allowed.
	@if ! { command -v java && command -v mvn; } >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] \
			&& command -v apt-get >/dev/null 2>&1; then \
		echo "installing Java and Maven for the tests with brokers"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless maven; } >/dev/null 2>&1 </dev/null \
			|| echo "Java could not be installed; the tests with brokers will say so"; fi
	@$(BIN)/python -m tests.brokers
	@if ! command -v chromium >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "installing chromium for the browser tests"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >/dev/null 2>&1 </dev/null \
			|| echo "chromium could not be installed; the browser tests will say so"; fi

.PHONY: bench-knowledge
bench-knowledge: $(STAMP) ## Measure search and answers on public sets; ARGS="--data FOLDER" says where they are.
	@$(BIN)/python -m tests.bench.knowledge $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-emotion
bench-emotion: $(STAMP) ## Measure how well feelings and frustration are told; ARGS="--data FOLDER" says where the set is.
	@$(BIN)/python -m tests.bench.emotion $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-understand
bench-understand: $(STAMP) ## Measure how well and how fast intents are told; ARGS="--data FOLDER" says where the set is.
	@$(BIN)/python -m tests.bench.understand $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-turns
bench-turns: $(STAMP) ## Measure turns per second of the whole durable path, beside Postgres alone.
	@$(BIN)/python -m tests.bench.turns $(ARGS)

.PHONY: bench-bursts
bench-bursts: $(STAMP) ## Measure how many bursts of messages get one answer, and what that wastes.
	@$(BIN)/python -m tests.bench.bursts $(ARGS)

.PHONY: bench-models
bench-models: $(STAMP) ## Measure what the way to a model adds to a raw reader, and what is seen of each fault.
	@$(BIN)/python -m tests.bench.models $(ARGS)

.PHONY: bench-widget
bench-widget: $(STAMP) ## Measure widget sockets beside bare aiohttp, and 10,000 of them on one gateway.
	@$(BIN)/python -m tests.bench.widget $(ARGS)

.PHONY: bench-core
bench-core: $(STAMP) services ## Measure processes on Kafka over a model that takes a second, beside what each part can do alone.
	@$(BIN)/python -m tests.bench.core $(ARGS)

.PHONY: chaos
chaos: $(STAMP) ## Kill, freeze and cut a fleet under load, and judge; SEED=n, ARGS="--backend single|postgres".
	@$(BIN)/python -m tests.chaos --seed $(SEED) $(ARGS)

.PHONY: env-example
env-example: $(STAMP) ## Write deploy/env.example anew from the settings.
	@$(BIN)/switchboard config example > deploy/env.example

.PHONY: lock
lock: $(STAMP) ## Choose the newest packages that pyproject.toml allows.
	@$(BIN)/uv pip compile -q --upgrade pyproject.toml --extra embedded --extra dev --universal \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock

.PHONY: clean
clean: ## Remove the environment and everything that was built; ./data stays.
	@rm -rf .venv dist node_modules channels/web/static bench-out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
