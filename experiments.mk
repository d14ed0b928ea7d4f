# Training and experiments that need corpora outside the repository. `make help` lists these targets too.

CORPORA ?= ../shared/corpora
FIELD ?= ../shared/field
REAL := $(CORPORA)/real
BENCHMARKS := $(CORPORA)/benchmarks

BUNDLED := data/corpus/train.jsonl
# Text as it runs: whole articles, and the sentences of dev that were drawn at random. It calibrates the networks.
RUNNING := running=$(REAL)/articles_dev.jsonl running=$(REAL)/dev.jsonl
# All parts are measured, so that training rejects or leaves out what stands in one of them.
LABELLED := --corpus $(BUNDLED) $(REAL)/train.jsonl --where running:picked=false --measure $(RUNNING) \
  real-dev=$(REAL)/dev.jsonl news=$(REAL)/news_dev.jsonl new_sources=$(REAL)/new_sources_dev.jsonl
# The parts to measure on. The first three were labelled in two passes; new_sources has sources of which training has none.
DEV_PARTS := dev=$(REAL)/dev.jsonl news=$(REAL)/news_dev.jsonl articles=$(REAL)/articles_dev.jsonl \
  new_sources=$(REAL)/new_sources_dev.jsonl
# Openly licensed text that base scores for small, and that both are quantised on. No sentence of a part to measure on is
# in it.
TEXTS := $(CORPORA)/unlabelled.jsonl

.PHONY: train-linear train-base train-small train-teacher parts field transfer learning-curve
.PHONY: speed million scaling serving quantisation finetuning picking

train-linear: $(REAL)/train.jsonl $(REAL)/dev.jsonl | $(VENV)/demo  ## train the linear model into model/linear
	$(PY) train.py model/linear/recipe.toml $(LABELLED) --out model/linear

# A killed training resumes if the same command runs again. The first stage is trained again if its recipe or a corpus is
# newer than it.
train-base: $(REAL)/train.jsonl $(REAL)/dev.jsonl $(TEXTS) | runs/base-first/hedgerow.json  ## train the base network: hours on one core, see model/LOG.md
	$(PY) train.py model/base/recipe.toml $(LABELLED) --out runs/base --texts $(TEXTS)

runs/base-first/hedgerow.json: model/base-first/recipe.toml $(BUNDLED) $(REAL)/train.jsonl | runs/backbones/minilm
	$(PY) train.py model/base-first/recipe.toml $(LABELLED) --out runs/base-first

train-small: $(REAL)/train.jsonl $(REAL)/dev.jsonl $(TEXTS) | runs/backbones/minilm  ## train the small network, with base as its teacher
	$(PY) train.py model/small/recipe.toml $(LABELLED) --out runs/small --teacher model/base --texts $(TEXTS)

train-teacher: $(REAL)/train.jsonl $(REAL)/dev.jsonl | runs/backbones/mpnet  ## train a larger teacher, which is not shipped: two hours on two cores
	$(PY) train.py model/teacher/recipe.toml $(LABELLED) --out runs/teacher

ship-%:  ## copy runs/NAME to model/NAME: the model that is shipped
	for file in runs/$*/*; do cp "$$file" model/$*/; done

parts: $(REAL)/dev.jsonl | $(VENV)/demo  ## compare the shipped models on the parts of the published corpora
	$(PY) -m evaluation.parts --models base small linear lexicon --part $(DEV_PARTS) \
	  --part $(RUNNING) --where running:picked=false \
	  --out evaluation/reports/parts

field: | $(VENV)/demo  ## compare the shipped models on field cases, kinds of input on which such tools fail
	$(PY) -m evaluation.field --models base small linear lexicon --field $(FIELD) --out evaluation/reports/field

transfer: $(REAL)/train.jsonl | $(VENV)/demo  ## train on one kind of text, measure on another
	$(PY) -m evaluation.benchmarks.transfer --out evaluation/reports/transfer

learning-curve: $(REAL)/train.jsonl $(REAL)/dev.jsonl | $(VENV)/test  ## measure the linear model with more and more labels
	$(PY) -m evaluation.learning_curve model/linear/recipe.toml --fractions 0.1 0.25 0.5 1 --seeds 13 14 15 \
	  $(LABELLED) --out evaluation/reports/learning-curve-linear

picking: $(BENCHMARKS)/factappeal.jsonl $(BENCHMARKS)/pei_jurgens_certainty.jsonl | $(VENV)/test  ## measure the labels that active picking saves against random: five minutes of one core
	$(PY) -m evaluation.components.picking --seeds 5 --out evaluation/reports/picking

speed: $(REAL)/train.jsonl $(REAL)/dev.jsonl | $(VENV)/test runs/backbones/minilm  ## measure sentences per second, and accuracy beside speed, on a quiet machine
	$(PY) -m evaluation.speed.throughput --models base small linear lexicon --encoder runs/backbones/minilm \
	  --train $(BUNDLED) $(REAL)/train.jsonl \
	  --part dev=$(REAL)/dev.jsonl news=$(REAL)/news_dev.jsonl articles=$(REAL)/articles_dev.jsonl \
	  --out evaluation/reports/throughput

million: | $(VENV)/test  ## label a million rows with small, one in a hundred dirty, and count them
	$(PY) -m evaluation.speed.load_test --rows 1000000 --model small --runs runs/million \
	  --out evaluation/reports/million

scaling: | $(VENV)/test  ## label the same rows in one process, in two, and on Ray if it is installed
	$(PY) -m evaluation.speed.scaling --model small --rows 20000 --workers 2

serving: | $(VENV)/test  ## send requests of 200 clients to hedgerow serve for a minute, and stop it in the middle
	$(PY) -m evaluation.speed.serving --model small --clients 200 --seconds 60 --out evaluation/reports/serving

quantisation: $(REAL)/dev.jsonl | $(VENV)/test  ## measure the cost of 8-bit weights for base, after `make train-base`
	$(PY) -m evaluation.components.quantisation --model base --run runs/base.run --corpus $(REAL)/dev.jsonl \
	  --out evaluation/reports/base-quantisation

finetuning: $(REAL)/dev.jsonl $(BENCHMARKS)/factappeal.jsonl | $(VENV)/test runs/backbones/minilm  ## fine-tune base and MiniLM on rows of another scheme: 80 minutes of processor time
	$(PY) -m evaluation.components.finetuning --data $(CORPORA) --draws 200:3 1000:3 --runs runs/finetuning \
	  --out evaluation/reports/base-finetuning

$(CORPORA)/%:
	@echo "$@ is missing: this target needs corpora that are not in the repository; if you have them: make CORPORA=FOLDER"
	@exit 1
