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

# Pages are built where Node is there; without it the service runs all the same.
NODE_OK := $(if $(filter 1,$(SWITCHBOARD_SKIP_UI)),,$(shell node -e \
	'const [a, b] = process.versions.node.split("."); process.exit(+!(a > 20 || (a == 20 && b >= 19)))' \
	2>/dev/null && command -v npm >/dev/null && echo yes))
WIDGET := channels/web/static/widget.js
CONSOLE := handoff/console/static/console.html

.PHONY: widget console
ifeq ($(NODE_OK),yes)
widget: $(WIDGET) ## Build the chat widget of web pages.

console: $(CONSOLE) ## Build the console of agents.

node_modules/.package-lock.json: package.json package-lock.json channels/web/widget/package.json handoff/console/ui/package.json
	@echo "fetching the packages that build the pages (once; some 140 MB)"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(WIDGET): node_modules/.package-lock.json $(wildcard channels/web/widget/*.ts channels/web/widget/src/* channels/web/widget/src/view/*)
	@npm run --silent build -w @switchboard/widget
	@touch $@

$(CONSOLE): node_modules/.package-lock.json $(wildcard handoff/console/ui/*.* handoff/console/ui/src/*.* handoff/console/ui/src/*/*.*)
	@npm run --silent build -w @switchboard/console
	@touch $@
else
widget:
	@echo "the widget is not built: that needs Node 20.19 or later with npm; /demo shows the plain page"
	@[ "$$REQUIRE_SERVICES" != 1 ]

console:
	@echo "the console is not built: that needs Node 20.19 or later with npm"
	@[ "$$REQUIRE_SERVICES" != 1 ]
endif

.PHONY: run
run: $(STAMP) widget console ## Start everything with the sample company's documents; ARGS="--port 9000" passes options on.
	@exec $(BIN)/switchboard up $(ARGS)

.PHONY: test
test: $(STAMP) services widget console ## Run the whole suite.
	@failed=0; none=5; \
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not alone" $(ARGS) || { [ $$? = $$none ] || failed=1; }; \
	$(BIN)/python -m pytest -q -m alone $(ARGS) || { [ $$? = $$none ] || failed=1; }; \
	exit $$failed

.PHONY: test-models
test-models: $(STAMP) ## Install torch and transformers (3 GB on Linux), and test models in this process.
	@echo "installing torch and transformers (once; 3 GB on Linux, for torch brings CUDA with it)"
	@$(BIN)/uv pip install $(QUIET) --python $(BIN)/python -r models.lock
	@REQUIRE_MODELS=1 $(BIN)/python -m pytest -q tests/core/models/local tests/core/nlu/classifiers $(ARGS)

.PHONY: quick
quick: $(STAMP) ## Run what needs no models, no browser and no broker; seconds.
	@PYTHONASYNCIODEBUG=1 $(BIN)/python -m pytest -q -n auto --hypothesis-profile=quick -m "not (kafka or browser or models or slow)" $(ARGS)

.PHONY: check
check: $(STAMP) widget console ## Check form, types, imports and the rules of the house.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(NODE_OK),npm run --silent typecheck)
	$(if $(NODE_OK),npm run --silent test)
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

.PHONY: screenshots
screenshots: $(STAMP) services widget console ## Walk the whole story in three browsers; pictures of each station go to bench-out/screenshots, or to TO=folder.
	@SWITCHBOARD_SCREENSHOTS=$(or $(TO),bench-out/screenshots) $(BIN)/python -m pytest -q tests/walk/test_story.py $(ARGS)
	@echo "the pictures are in $(or $(TO),bench-out/screenshots)"

.PHONY: bench-knowledge
bench-knowledge: $(STAMP) ## Measure search and answers on public sets; ARGS="--data FOLDER" says where they are.
	@$(BIN)/python -m tests.bench.knowledge $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-emotion
bench-emotion: $(STAMP) ## Measure how well feelings and frustration are told; ARGS="--data FOLDER" says where the set is.
	@$(BIN)/python -m tests.bench.emotion $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-memory
bench-memory: $(STAMP) ## Measure what a prompt still has of long conversations, and at what cost; ARGS="--data FOLDER".
	@$(BIN)/python -m tests.bench.memory $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-grounding
bench-grounding: $(STAMP) ## Measure how well sentences are told that their passages do not carry; ARGS="--data FOLDER".
	@$(BIN)/python -m tests.bench.grounding $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-injection
bench-injection: $(STAMP) ## Measure what leaves when a model obeys everything it reads; ARGS="--data FOLDER".
	@$(BIN)/python -m tests.bench.injection $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-understand
bench-understand: $(STAMP) ## Measure how well and how fast intents are told; ARGS="--data FOLDER" says where the set is.
	@$(BIN)/python -m tests.bench.understand $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-answers
bench-answers: $(STAMP) ## Measure how often approved and kept answers are said, and how often rightly; ARGS="--data FOLDER".
	@$(BIN)/python -m tests.bench.approved $(if $(SETS),--data $(SETS)) $(ARGS)

.PHONY: bench-turns
bench-turns: $(STAMP) ## Measure turns per second of the whole durable path, beside Postgres alone.
	@$(BIN)/python -m tests.bench.turns $(ARGS)

.PHONY: bench-bursts
bench-bursts: $(STAMP) ## Measure how many bursts of messages get one answer, and what that wastes.
	@$(BIN)/python -m tests.bench.bursts $(ARGS)

.PHONY: bench-models
bench-models: $(STAMP) ## Measure what the way to a model adds to a raw reader, and what is seen of each fault.
	@$(BIN)/python -m tests.bench.models $(ARGS)

.PHONY: bench-faults
bench-faults: $(STAMP) ## Show what a customer sees of each fault of a model server, and when, on every wire.
	@$(BIN)/python -m tests.bench.faults $(ARGS)

.PHONY: bench-widget
bench-widget: $(STAMP) ## Measure widget sockets beside bare aiohttp, and 10,000 of them on one gateway.
	@$(BIN)/python -m tests.bench.widget $(ARGS)

.PHONY: bench-core
bench-core: $(STAMP) services ## Measure processes on Kafka over a model that takes a second, beside what each part can do alone.
	@$(BIN)/python -m tests.bench.core $(ARGS)

.PHONY: bench-queue
bench-queue: $(STAMP) ## Simulate a day of 50 agents and 5,000 customers at the desk: who waits how long; ARGS="--seed 2".
	@$(BIN)/python -m tests.bench.desk $(ARGS)

.PHONY: bench-desk
bench-desk: $(STAMP) ## Measure the agents' console: its list with 1,000,000 conversations stored, and 50 pages beside 200 talks.
	@$(BIN)/python -m tests.bench.console $(ARGS)

.PHONY: ownership
ownership: $(STAMP) ## Play 100,000 interleavings of who wants to speak in a conversation, some of them in a real store.
	@$(BIN)/python -m tests.bench.desk_ownership $(ARGS)

.PHONY: reported
reported: $(STAMP) services widget console ## Run the tests of faults that users report of other products.
	@$(BIN)/python -c 'import tomllib; print("\n".join(sorted({test \
		for fault in tomllib.load(open("tests/reported.toml", "rb"))["fault"] for test in fault["tests"]})))' \
		| xargs $(BIN)/python -m pytest -q $(ARGS)

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
	@# torch itself says which CUDA goes with it, so that its builds without CUDA fit, too
	@$(BIN)/uv pip compile -q --upgrade pyproject.toml --extra models --universal -c requirements.lock \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		| grep -vE '^(cuda|nvidia|triton)' > models.lock

.PHONY: clean
clean: ## Remove the environment and everything that was built; ./data stays.
	@rm -rf .venv dist node_modules channels/web/static handoff/console/static bench-out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
