# The verbs of the project. Each does its own set-up: Python 3.11 or newer and make are all that has to be there.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
REAL := ../shared/corpora/real

.PHONY: demo test train train-teacher train-base train-small report transfer learning-curve label-errors quantisation speed format clean

demo: $(VENV)/demo      ## train on the bundled corpus, report on dev, label an article
	$(PY) train.py model/linear/recipe.toml
	$(PY) -m hedgerow label data/examples/article.txt --model runs/linear --table

test: $(VENV)/test      ## the one check: format, lint, types, tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	OMP_NUM_THREADS=1 $(PY) -m pytest -q -n 2 --dist worksteal

train: $(VENV)/demo     ## the shipped model, from bundled and real text (needs the real corpora beside the project)
	$(PY) train.py model/linear/recipe.toml --corpus data/corpus/train.jsonl $(REAL)/train.jsonl \
	  --measure real-dev=$(REAL)/dev.jsonl --out model/linear

CORRECTED := runs/real-train.jsonl
LABELLED := --corpus data/corpus/train.jsonl $(CORRECTED) --measure real-dev=$(REAL)/dev.jsonl
OTHERS := ../shared/corpora/benchmarks
# Openly licensed text that a teacher scores: of base, and beside these of small.
TEXTS := $(addprefix $(OTHERS)/,factappeal.jsonl gum_attribution.jsonl meantime.jsonl pei_jurgens_certainty.jsonl)
MORE := $(addprefix $(OTHERS)/,uds_ih2.jsonl conll2010_wiki.jsonl)

$(CORRECTED): data/corrections/real-train.jsonl | $(VENV)/test
	$(PY) -m hedgerow corpus correct $(REAL)/train.jsonl $< --out $@

runs/backbones/%: | $(VENV)/test
	$(PY) scripts/fetch_backbone.py $* $@

# Every training goes on where it was killed.
train-teacher: $(CORRECTED) | runs/backbones/mpnet    ## a larger teacher, which is not shipped; two hours on two cores
	$(PY) train.py model/teacher/recipe.toml $(LABELLED) --out runs/teacher

# What base learns from beside the labels: by default the base that is there. TEACHERS="model/base runs/teacher.run/network"
TEACHERS ?= model/base

train-base: $(CORRECTED) | runs/backbones/minilm      ## the base network; an hour on two cores
	$(PY) train.py model/base/recipe.toml $(LABELLED) --out runs/base --teacher $(TEACHERS) --texts $(TEXTS)

train-small: $(CORRECTED) | runs/backbones/minilm     ## the small network, taught by base; half an hour
	$(PY) train.py model/small/recipe.toml $(LABELLED) --out runs/small --teacher model/base --texts $(TEXTS) $(MORE)

ship-%:                       ## runs/NAME becomes model/NAME: what is shipped
	for file in runs/$*/*; do cp "$$file" model/$*/; done

report: $(VENV)/demo    ## measure every shipped model; what cannot be rebuilt here is left out, and said so
	$(PY) -m evaluation.rebuild

transfer: $(VENV)/demo  ## train on one kind of text, measure on another (needs the real corpora and the benchmarks)
	$(PY) -m evaluation.benchmarks.transfer --out evaluation/reports/transfer

learning-curve: $(VENV)/test  ## what the linear model gains from more labels (needs the real corpora)
	$(PY) -m evaluation.learning_curve model/linear/recipe.toml --shares 0.1 0.25 0.5 1 --seeds 13 14 15 \
	  --corpus data/corpus/train.jsonl $(REAL)/train.jsonl --measure real-dev=$(REAL)/dev.jsonl \
	  --out evaluation/reports/learning-curve-linear

label-errors: $(VENV)/demo    ## likely label errors of the bundled corpus, ranked
	$(PY) -m evaluation.label_errors data/corpus/train.jsonl data/corpus/dev.jsonl data/corpus/test.jsonl \
	  --out evaluation/reports/label-errors-bundled

speed: $(VENV)/test   ## sentences a second, by stage and beside others; on a quiet machine, after `make train-base`
	$(PY) -m evaluation.speed.throughput --network runs/base.run/network --out evaluation/reports/throughput

quantisation: $(VENV)/test   ## measure what 8 bits cost base (after `make train-base`)
	$(PY) -m evaluation.components.quantisation --model base --run runs/base.run --corpus $(REAL)/dev.jsonl \
	  --out evaluation/reports/base-quantisation

format: $(VENV)/test    ## write the format that `make test` checks
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

clean:
	rm -rf $(VENV) runs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A stamp for each set-up, so that a second call is fast; it is made again when the dependencies change.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hedgerow needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: pyproject.toml | $(PY)
	$(PIP) -e '.[linear]'
	@touch $@

# torch first and by itself: any other way may bring gigabytes for graphics cards.
$(VENV)/test: pyproject.toml | $(PY)
	$(PIP) torch==2.13.0
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/demo
