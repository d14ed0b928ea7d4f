"""Transfer: what is learnt from one kind of text, measured on another.

    python -m evaluation.benchmarks.transfer --out evaluation/reports/transfer

The linear model is fitted on the composed text, on the published, on both, and on each published corpus alone, and each
is measured on the development parts of all; the shipped models are more rows. Then the shipped models answer two
questions on corpora labelled by others' rules: is a sentence hedged, is it attributed? Fits are kept in OUT.run, so
that a second run costs only what the shipped models take. Needs the corpora that only developers have.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import report_files
from evaluation.benchmarks.questions import QUESTIONS, answered, ask
from evaluation.provenance import ROOT
from hedgerow import corpus
from hedgerow.classifier import Classifier, load
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES, Example
from hedgerow.metrics import measures
from hedgerow.metrics.evaluate import SEED
from hedgerow.metrics.measures import Floats, Ints
from hedgerow.predictors.folder import trained
from hedgerow.training.linear import kept_linear
from hedgerow.training.recipe import LinearRecipe, read_recipe

RECIPE = ROOT / "model" / "linear" / "recipe.toml"
BUNDLED = ROOT / "data" / "corpus"
Parts = Mapping[str, Sequence[Example]]


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Measure transfer between composed, published and others' corpora.")
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora", help="real/, benchmarks/")
    parser.add_argument("--models", nargs="+", default=[*trained(), "lexicon"], help="what is asked")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many sentences of each of others' corpora")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report; OUT.run keeps the fits")
    return report_files.guarded("transfer", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    real = options.corpora / "real"
    files = {
        "train": (BUNDLED / "train.jsonl", real / "train.jsonl"),
        "dev": (BUNDLED / "dev.jsonl", real / "dev.jsonl"),
    }
    for path in (*files["train"], *files["dev"]):
        if not path.is_file():
            raise CorpusError(f"{path}: is not here; name the folder of real/ and benchmarks/ by --corpora")
    recipe = read_recipe(RECIPE)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{RECIPE}: setting 'kind' is 'network'; transfer is measured by a linear model")
    started = report_files.provenance("transfer", arguments)
    train, test = (parts(*(corpus.load([path]) for path in files[part])) for part in ("train", "dev"))
    models = {name: load(name) for name in options.models}
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    fitted = {name: kept_linear(recipe, rows, run / name.replace(" ", "-"), _say) for name, rows in train.items()}
    known = {example.text for part in (train, test) for rows in part.values() for example in rows}
    benchmarks = options.corpora / "benchmarks"
    measured = {
        **started,
        "models": [report_files.model_entry(name) for name in options.models],
        "corpus": report_files.corpus_entries([*files["train"], *files["dev"]]),
        "learnt from": {name: len(rows) for name, rows in train.items()},
        "measured on": {name: len(rows) for name, rows in test.items()},
        "transfer": {name: _by_part(model, test) for name, model in {**fitted, **models}.items()},
        "questions": _questions(models, benchmarks, known, options.limit),
    }
    report_files.write(options.out, measured, to_markdown(measured))
    print(to_markdown(measured))


def parts(composed: Sequence[Example], real: Sequence[Example]) -> dict[str, list[Example]]:
    """Composed, published, and the published by corpus."""
    by_corpus: dict[str, list[Example]] = {}
    for example in real:
        by_corpus.setdefault(example.corpus or "unnamed", []).append(example)
    return {
        "composed": list(composed),
        "real": list(real),
        "composed and real": [*composed, *real],
        **dict(sorted(by_corpus.items())),
    }


def _by_part(model: Classifier, test: Parts) -> dict[str, Any]:
    """Macro-F1 of both axes by part, over the labels that the part has."""
    _say(f"measuring {model.name}")
    texts = list(dict.fromkeys(example.text for rows in test.values() for example in rows))  # a text is in several
    said = dict(zip(texts, model.predict(texts), strict=True))
    table: dict[str, Any] = {}
    for name, rows in test.items():
        predicted = [said[example.text] for example in rows]
        groups = [example.group_key for example in rows]
        table[name] = {}
        for axis, enum in AXES.items():
            gold, found = ([str(getattr(row, axis)) for row in side] for side in (rows, predicted))
            table[name][axis] = macro_f1(gold, found, [str(label) for label in enum], groups)
    return table


def macro_f1(gold: Sequence[str], found: Sequence[str], labels: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """The mean of F1 over those of `labels` that `gold` has, with its interval."""
    stack = measures.confusion_by_group(gold, found, labels, groups)
    there = np.array([label in gold for label in labels])

    def mean(matrix: Ints) -> Floats:
        score: Floats = measures.f1(matrix)[..., there].mean(axis=-1)
        return score

    return measures.interval(stack, mean, seed=SEED)[0].to_dict() | {"labels": int(there.sum())}


def _questions(models: Mapping[str, Classifier], folder: Path, known: set[str], limit: int) -> dict[str, Any]:
    """By corpus the rule, how many are asked and how many are yes, and each model's precision, recall and F1 of yes."""
    table: dict[str, Any] = {}
    for name, question in QUESTIONS.items():
        _say(f"asking {name}")
        asked = ask(folder, question, known=known, limit=limit)
        table[name] = {
            "file": question.file,
            "sha256": sha256(folder / question.file),
            "asks": question.axis,
            "rule": question.rule,
            "sentences": len(asked),
            "yes": sum(one.yes for one in asked),
            "models": {},
        }
        for model_name, model in models.items():
            predicted = model.predict(one.text for one in asked)
            said = [answered(prediction, question.axis) for prediction in predicted]
            table[name]["models"][model_name] = yes_scores(
                [one.yes for one in asked], said, [one.group for one in asked]
            )
    return table


def yes_scores(gold: Sequence[bool], said: Sequence[bool], groups: Sequence[str]) -> dict[str, Any]:
    """Precision, recall and F1 of yes, each with its interval."""
    stack = measures.confusion_by_group([str(x) for x in gold], [str(x) for x in said], ["False", "True"], groups)
    by_name = (("precision", measures.precision), ("recall", measures.recall), ("f1", measures.f1))
    return {name: measures.interval(stack, measure, seed=SEED)[1].to_dict() for name, measure in by_name}


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    sections = [
        report_files.head(measured, "Transfer"),
        "Rows are what a model learnt from, columns what it was measured on (development parts); macro-F1 over the "
        "labels that the column has, in brackets 95 % intervals (2,000 bootstrap draws of whole groups). The first "
        "rows are linear models fitted for this page; the last ones are trained, and learnt from composed and "
        "published text, or (lexicon) are rules.\n",
    ]
    for axis in AXES:
        sections += [f"## {axis}\n", _transfer_table(measured, axis) + "\n"]
    sections += [
        "## Others' corpora\n",
        "Hedged is any certainty but `certain`, attributed any stance but `asserted`. The corpora answer by rules of "
        "their own. Precision, recall and F1 of yes.\n",
        _question_table(measured) + "\n",
        "\n".join(f"- {name}: yes is {row['rule']}" for name, row in measured["questions"].items()) + "\n",
    ]
    return "\n".join(sections)


def _transfer_table(measured: dict[str, Any], axis: str) -> str:
    columns = measured["measured on"]
    rows = []
    for name, table in measured["transfer"].items():
        learnt = measured["learnt from"].get(name)
        label = f"{name} ({learnt:,})" if learnt else f"**{name}**, shipped"
        rows.append([label, *(report_files.figure(table[part][axis]) for part in columns)])
    return report_files.table(["learnt from", *(f"{part} ({n:,})" for part, n in columns.items())], rows)


def _question_table(measured: dict[str, Any]) -> str:
    rows = []
    for name, row in measured["questions"].items():
        for model, scores in row["models"].items():
            figures = [report_files.figure(scores[what]) for what in ("precision", "recall", "f1")]
            rows.append([name, row["asks"], f"{row['sentences']:,}", row["yes"], model, *figures])
    return report_files.table(["corpus", "asks", "sentences", "yes", "model", "precision", "recall", "F1"], rows)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
