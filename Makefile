# Everything runs in .venv, which make builds from requirements/dev.txt (locked, with hashes) when it is missing or
# when the lock has changed. Needs make, git and Python 3.11 or later (PYTHON=... chooses one).

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
CANDIDATES := $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python
# Documents of others, used by `make corpus` where they are there.
CORPUS ?= ../shared/corpus
BIG ?= ../shared/big
SUITE ?= ../shared/json-schema-test-suite
ARGS ?=

# What `make review` compares the document with: where this branch left the main one.
REV ?= $(shell git merge-base HEAD origin/HEAD 2>/dev/null || echo HEAD)
SPEC ?= spec/openapi.json

.PHONY: help generate check review test golden serve bench bench-big bench-diff lint format corpus schema-suite instances narrowness verify change-soundness python-soundness hostile fuzz fuzz-readers audit schemathesis interop docs docs-serve venv lock clean
.DELETE_ON_ERROR:

help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|' 2>/dev/null \
		|| sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1  \2/p' $(firstword $(MAKEFILE_LIST))

# The second example's package is its own project; ARGS are about the first one, but for --force.
BOOKSHOP = $(if $(filter-out --force,$(ARGS)),:,$(PY) -m generator --project examples/bookshop)

generate: venv ## write generated/ from spec/openapi.json, and the bookshop's package (ARGS="--force" and so on)
	@$(PY) -m generator generate $(ARGS)
	@$(BOOKSHOP) generate $(ARGS)

check: venv ## show how generated/ differs from what the document gives; writes nothing
	@$(PY) -m generator check $(ARGS)
	@$(BOOKSHOP) check

review: venv ## write review.html: what the document's changes since REV mean, beside the generated lines
	@$(PY) -m generator diff $(REV): $(SPEC) --format html -o review.html $(ARGS)

verify: venv ## prove the generated package: imports, types, every operation there and back
	@$(PY) -m generator verify $(ARGS)

# Tests write a hundred thousand small files: into memory, if there is enough of it and programs may run from there. So does
# `bench-big`: some disks take longer to make a file than a program takes to write it.
MEMORY := $(shell grep -qs '^[^ ]* /dev/shm tmpfs ' /proc/mounts && ! grep -qs '^[^ ]* /dev/shm .*noexec' /proc/mounts \
	&& [ -w /dev/shm ] && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')

test: venv ## all tests (LAYOUT=split: with split packages, but where tests read the text of files)
	@$(if $(MEMORY),TMPDIR=$${TMPDIR:-$(MEMORY)}) $(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

golden: venv ## accept what the generator gives now as the expected files of tests/golden and tests/errors
	@$(PY) -m pytest -m golden --rewrite-golden $(ARGS)

lint: venv ## formatting, rules and types
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

format: venv ## format and mend what ruff can
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

serve: venv ## the example service on 127.0.0.1
	@$(PY) -m examples.cost_service serve $(ARGS)

bench: venv $(VENV)/.bench ## ratios of speed and size, against other generators and hand-written code
	@$(PY) -m tests.tools.bench $(ARGS)

bench-big: venv $(VENV)-githubkit/.ready ## what big documents cost to generate, import and compare (ARGS="--quick --only github")
	@$(if $(MEMORY),TMPDIR=$${TMPDIR:-$(MEMORY)}) $(PY) -m tests.tools.bench_big --big $(BIG) --corpus $(CORPUS) --python $(VENV)-githubkit/bin/python $(ARGS)

$(VENV)-githubkit/.ready: requirements/githubkit.txt $(VENV)/.locked
	@$(PY) -m venv --clear $(VENV)-githubkit
	@$(VENV)-githubkit/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/githubkit.txt
	@touch $@

bench-diff: venv ## time and memory of `diff` for a document of 5 MB and 800 operations (ARGS=--no-python)
	@$(PY) -m tests.tools.bench_diff $(ARGS)

corpus: venv ## generate and verify the documents in CORPUS
	@$(PY) -m tests.tools.corpus $(CORPUS) $(ARGS)

schema-suite: venv ## judge the models by the JSON Schema test suite in SUITE
	@$(PY) -m tests.tools.schema_suite $(SUITE) $(ARGS)

instances: venv ## judge the models of the documents in CORPUS by generated values (ARGS="--only NAME --seed 1")
	@$(PY) -m tests.tools.instances $(CORPUS) $(ARGS)

narrowness: venv ## count each `Value` in the models of the documents in CORPUS, by its reason (ARGS="--only NAME --show 5")
	@$(PY) -m tests.tools.narrowness $(CORPUS) $(ARGS)

change-soundness: venv ## mutate the documents in CORPUS and hold what diff says against values (ARGS="25 0": how many, seed)
	@$(PY) -m tests.tools.change_soundness $(CORPUS) $(ARGS)

python-soundness: venv ## edit a document at random and hold what diff says of Python against mypy (ARGS="200 0": how many, seed)
	@$(PY) -m tests.tools.python_soundness $(ARGS)

hostile: venv ## attack the generator with hostile documents
	@$(PY) -m tests.tools.hostile $(ARGS)

schemathesis: venv ## every check of schemathesis against mocks: the cost API and documents of CORPUS
	@$(PY) -m tests.tools.conformance $(CORPUS) $(ARGS)

interop: venv $(VENV)-interop/.ready ## W&B's published clients against the example service, in an environment of their own
	@$(PY) -m tests.tools.interop --python $(VENV)-interop/bin/python $(ARGS)

$(VENV)-interop/.ready: $(VENV)/.locked
	@$(PY) -m venv --clear $(VENV)-interop
	@$(VENV)-interop/bin/python -m pip install --quiet --disable-pip-version-check weave==0.54
	@touch $@

fuzz: venv ## break documents at random: no traceback, no hang (ARGS="--documents 100000 --seconds 3600")
	@$(PY) -m tests.tools.fuzz $(ARGS)

fuzz-readers: venv ## read values of random schemas: bounded time and memory (ARGS="--documents 500 --values 100")
	@$(PY) -m tests.tools.fuzz_readers $(ARGS)

audit: venv ## ask the advisory database about each locked dependency; skipped, and said, where it can't be reached
	@$(PY) -m tests.tools.audit $(ARGS)

docs: venv ## build the site of the documentation into build/site; what is generated of it is made anew
	@$(PY) -m tests.tools.reference
	@$(PY) -m zensical build --clean $(ARGS)

docs-serve: venv ## the site on 127.0.0.1:8001, built again whenever a page changes
	@$(PY) -m zensical serve -a 127.0.0.1:8001 $(ARGS)

venv: $(VENV)/.locked $(VENV)/.editable

# A virtual environment that has no working pip is half made: begin again.
$(VENV)/.locked: requirements/dev.txt
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
		for python in $(CANDIDATES); do \
			"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
			echo "Building $(VENV) with $$python (once, a minute or so)"; \
			exec "$$python" -m venv --clear $(VENV); \
		done; \
		echo "No Python 3.11 or later with venv was found; name one: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.editable: pyproject.toml $(VENV)/.locked
	@$(PIP) install --no-deps --no-build-isolation -e . $(if $(wildcard generated/pyproject.toml),-e ./generated)
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.locked
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header
lock: ## make requirements/*.txt anew from pyproject.toml (needs uv; LOCK_ARGS=--upgrade for the newest versions)
	@$(LOCK) $(LOCK_ARGS) pyproject.toml --extra test -o requirements/dev.txt
	@$(LOCK) $(LOCK_ARGS) pyproject.toml --extra bench -c requirements/dev.txt -o requirements/bench.txt

clean: ## remove caches and build results, not the virtual environment
	@rm -rf build dist generated/build .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
