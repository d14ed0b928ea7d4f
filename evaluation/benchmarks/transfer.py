"""Transfer: train on one kind of text, measure on another.

    python -m evaluation.benchmarks.transfer --out evaluation/reports/transfer

The linear model is fitted on the composed text, on the published text, on both, and on each large published corpus
alone, and each fit is measured on the development parts of all; the shipped models are more rows. Then the shipped
models answer two questions on corpora that others labelled by their own rules: is a sentence hedged, is it attributed?
Fits are kept in OUT.run, so a second run only measures. Needs the corpora that only developers have.

`figures` of the report: `measured_on`, the parts by name with their number of `sentences`; `transfer`, for each model
its name, the `sentences` that it was fitted on (None if it is shipped), and `scores`, macro-F1 of both axes by part;
`questions`, for each corpus of others its `file`, what it `asks`, the `rule`, and the scores of yes by model.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.benchmarks.linear_cache import cached_linear
from evaluation.benchmarks.questions import QUESTIONS, answer_of, ask
from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow import corpus
from hedgerow.classifier import Classifier, load
from hedgerow.errors import CorpusError, RecipeError
from hedgerow.labels import AXES, Example
from hedgerow.metrics import SEED, measures
from hedgerow.metrics.scoring import axis_confusion, present_macro_f1
from hedgerow.predictors.folder import shipped
from hedgerow.report import (
    Cell,
    Definitions,
    Page,
    Report,
    Section,
    Strong,
    Table,
    facts,
    measured_files,
    measured_model,
    with_interval,
)
from hedgerow.report.provenance import ROOT
from hedgerow.training.recipe import LinearRecipe, read_recipe

logger = logging.getLogger(__name__)

RECIPE = ROOT / "model" / "linear" / "recipe.toml"
BUNDLED = ROOT / "data" / "corpus"
CORPORA = ROOT.parent / "shared" / "corpora"
COMPOSED, REAL = "composed", "real"
BOTH = f"{COMPOSED} and {REAL}"
WHOLE = (COMPOSED, REAL, BOTH)
MIN_ROWS = 700  # training rows of a published corpus that is a part of its own
Parts = Mapping[str, Sequence[Example]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("benchmarks.transfer", __doc__)
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="real/, benchmarks/ (default: ../shared/corpora)")
    parser.add_argument("--models", nargs="+", default=[*shipped()], help="the models that answer the questions")
    parser.add_argument("--limit", type=int, default=1000, help="at most so many sentences of each of others' corpora")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report; OUT.run keeps the fits")
    return run_command(parser, arguments, ReportCommand("transfer", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    files = {part: _files(options.corpora, part) for part in ("train", "dev")}
    recipe = read_recipe(RECIPE)
    if not isinstance(recipe, LinearRecipe):
        raise RecipeError(f"{RECIPE}: 'kind' is 'network'; transfer needs the recipe of a linear model")
    train, test = (split_parts(*(corpus.load([path]) for path in paths)) for paths in files.values())
    train = {name: rows for name, rows in train.items() if can_be_fitted(rows)}
    test = {name: rows for name, rows in test.items() if name in train}
    models = {name: load(name) for name in options.models}
    run = options.out.resolve().with_name(f"{options.out.resolve().name}.run")
    fitted = {name: cached_linear(recipe, rows, run / name.replace(" ", "-")) for name, rows in train.items()}
    known = {example.text for part in (train, test) for rows in part.values() for example in rows}
    figures = {
        "measured_on": [{"name": name, "sentences": len(rows)} for name, rows in test.items()],
        "transfer": [
            *(_transfer(name, model, len(train[name]), test) for name, model in fitted.items()),
            *(_transfer(name, model, None, test) for name, model in models.items()),
        ],
        "questions": _questions(models, options.corpora / "benchmarks", known, options.limit),
    }
    asked = [options.corpora / "benchmarks" / question.file for question in QUESTIONS.values()]
    return Measured(
        figures,
        models=[measured_model(name) for name in options.models],
        corpus=measured_files([*files["train"], *files["dev"], *asked], options.models),
    )


def _files(corpora: Path, part: str) -> tuple[Path, Path]:
    """Return the composed and the published file of a part; raise CorpusError if one is missing."""
    files = (BUNDLED / f"{part}.jsonl", corpora / "real" / f"{part}.jsonl")
    for path in files:
        if not path.is_file():
            raise CorpusError(f"{path}: missing; name the folder of real/ and benchmarks/ with --corpora")
    return files


def split_parts(composed: Sequence[Example], real: Sequence[Example]) -> dict[str, list[Example]]:
    """Return the composed rows, the published ones, both, and the published ones by corpus."""
    by_corpus: dict[str, list[Example]] = {}
    for example in real:
        by_corpus.setdefault(example.corpus or "unnamed", []).append(example)
    return {
        COMPOSED: list(composed),
        REAL: list(real),
        BOTH: [*composed, *real],
        **dict(sorted(by_corpus.items())),
    }


def can_be_fitted(rows: Sequence[Example]) -> bool:
    """Return whether a part has MIN_ROWS rows, and every label of both axes."""
    has_all = all({getattr(row, axis) for row in rows} == set(enum) for axis, enum in AXES.items())
    return len(rows) >= MIN_ROWS and has_all


def _transfer(name: str, model: Classifier, sentences: int | None, test: Parts) -> dict[str, Any]:
    """Return the macro-F1 of both axes by part, over the labels that the part has."""
    logger.info("measuring %s", name)
    texts = list(dict.fromkeys(example.text for rows in test.values() for example in rows))  # each is in several parts
    predictions = dict(zip(texts, model.predict(texts), strict=True))
    scores = []
    for part, rows in test.items():
        predicted = [predictions[example.text] for example in rows]
        by_axis = {axis: present_macro_f1(axis_confusion(rows, predicted, axis)) for axis in AXES}
        scores.append({"name": part, **by_axis})
    return {"name": name, "sentences": sentences, "scores": scores}


def _questions(models: Mapping[str, Classifier], folder: Path, known: set[str], limit: int) -> list[dict[str, Any]]:
    """Return for each corpus the rule, the number of rows and of yes, and each model's precision, recall and F1."""
    table = []
    for name, question in QUESTIONS.items():
        logger.info("asking %s", name)
        asked = ask(folder, question, known=known, limit=limit)
        texts, groups = [row.text for row in asked], [row.group for row in asked]
        gold = [row.yes for row in asked]
        scores = {}
        for model_name, model in models.items():
            answers = [answer_of(prediction, question.axis) for prediction in model.predict(texts)]
            scores[model_name] = yes_scores(gold, answers, groups)
        about = {"name": name, "file": question.file, "asks": question.axis, "rule": question.rule}
        table.append({**about, "sentences": len(asked), "yes": sum(gold), "models": scores})
    return table


def yes_scores(gold: Sequence[bool], predicted: Sequence[bool], groups: Sequence[str]) -> dict[str, Any]:
    """Return precision, recall and F1 of yes, each with its interval."""
    stack = measures.confusion_by_group(
        [str(yes) for yes in gold], [str(yes) for yes in predicted], ["False", "True"], groups
    )
    by_name = {"precision": measures.precision, "recall": measures.recall, "f1": measures.f1}
    return {name: measures.interval(stack, measure, seed=SEED)[1].to_dict() for name, measure in by_name.items()}


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    about = (
        "Rows are the training data of a model, columns the data it was measured on (development parts); macro-F1 over "
        "the labels that the column has, in brackets 95 % intervals (2,000 bootstrap draws of whole groups). The first "
        "rows are linear models fitted for this page. The last ones are shipped: trained on composed and published "
        "text, or (lexicon) rules."
    )
    others = (
        "Hedged is any certainty but `certain`, attributed any stance but `asserted`. The corpora answer by rules of "
        "their own. Precision, recall and F1 of yes."
    )
    questions = report.figures["questions"]
    rules = Definitions([(row["name"], f"yes is {row['rule']}") for row in questions])
    header = ["corpus", "asks", "sentences", "yes", "model", "precision", "recall", "F1"]
    asked = Table(header, [cells for row in questions for cells in _question_rows(row)])
    sections = [Section(axis, parts=_transfer_tables(report.figures, axis)) for axis in AXES]
    sections.append(Section("Others' corpora", text=(others,), parts=(asked, rules)))
    return Page("Transfer", facts(report), text=(about,), sections=sections)


def _transfer_tables(figures: Mapping[str, Any], axis: str) -> list[Table]:
    """Return a table with the parts that are whole, and one with the published corpora, if there are some."""
    names = [part["name"] for part in figures["measured_on"]]
    columns = {"Whole parts": [name for name in names if name in WHOLE]}
    columns["Published corpora"] = [name for name in names if name not in WHOLE]
    return [_transfer_table(figures, axis, caption, chosen) for caption, chosen in columns.items() if chosen]


def _transfer_table(figures: Mapping[str, Any], axis: str, caption: str, names: Sequence[str]) -> Table:
    sizes = {part["name"]: part["sentences"] for part in figures["measured_on"]}
    rows: list[list[Cell]] = []
    for row in figures["transfer"]:
        scores = {scores["name"]: scores[axis] for scores in row["scores"]}
        name: Cell = f"{row['name']} ({row['sentences']:,})" if row["sentences"] else Strong(f"{row['name']}, shipped")
        rows.append([name, *(with_interval(scores[part]) for part in names)])
    return Table(
        ["trained on", *(f"{name} ({sizes[name]:,})" for name in names)], rows, f"{caption}, macro-F1 of {axis}"
    )


def _question_rows(row: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for model, scores in row["models"].items():
        figures = [with_interval(scores[measure]) for measure in ("precision", "recall", "f1")]
        yield [row["name"], row["asks"], f"{row['sentences']:,}", row["yes"], model, *figures]


def _summary(report: Report) -> str:
    return "\n".join(
        f"{row['name']}, on {BOTH}: {', '.join(f'{axis} {with_interval(scores[axis])}' for axis in AXES)}"
        for row in report.figures["transfer"]
        for scores in row["scores"]
        if scores["name"] == BOTH
    )


if __name__ == "__main__":
    sys.exit(main())
