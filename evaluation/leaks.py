"""Find test rows that a model may know from training: copies, near copies, and rows of the same document.

    python -m evaluation.leaks data/corpus/train.jsonl --test data/corpus/test.jsonl --model linear

A row of the test files is an exact copy (the same text as a training row), a copy (but for case, quotes, dashes and
white space), or a near copy (it shares eight words in a row); beside that its group or document may be in both. It
gives the share of each kind, the pairs of ids, and with `--model` the scores on all rows and without the leaks. Without
--out the page is printed. No sentence is shown.

The keys of its `figures`:

- `rows` and `groups` of the test files, `training_rows`;
- `kinds`, the strongest first: `name`, `rows`, `share`; `clean`: how many rows are of none;
- `pairs`: the ids of a `test` and a `train` row, and their `kind`;
- with a model `seen_sentences`, how many of the test rows it was trained on, or null if it does not say, and `scores`:
  of all rows, and without ever more kinds, `name`, `rows`, `groups`, `heads` (by head `macro_f1`, `accuracy`), `spans`
  (strict F1, or null) and `own_spans`, by head.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.head_scores import labels_of, stated
from hedgerow import corpus
from hedgerow.classifier import load
from hedgerow.corpus.duplicates import RUN, find_near_duplicates, plain_text
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import SPANS, Example
from hedgerow.measuring.seen import count_trained_on
from hedgerow.metrics import SEED, TOO_FEW, measurable_spans, measures, strict_span_f1
from hedgerow.metrics.scoring import present_macro_f1
from hedgerow.report import (
    Cell,
    Page,
    Report,
    Section,
    Table,
    facts,
    literal,
    measured_files,
    measured_model,
    with_interval,
)
from hedgerow.results import Prediction

KINDS = {
    "exact": "the same text as a training row",
    "copy": "the same but for case, quotes, dashes and white space",
    "near copy": f"shares {RUN} words in a row",
    "group": "none of these, but its group or document is in both",
}
NO_SCORES: Mapping[str, Any] = {"rows": 0, "groups": 0, "heads": {}, "spans": None, "own_spans": {}}
SHOWN = 100  # pairs in the page; report.json has all


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("leaks", __doc__)
    parser.add_argument("train", type=Path, nargs="+", help="the files that a model is trained on (JSON Lines)")
    parser.add_argument("--test", type=Path, nargs="+", required=True, help="the files that it is measured on")
    parser.add_argument("--model", help="measure this model with and without the leaks")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("leaks", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    return measure(options.train, options.test, options.model)


def measure(train_files: Sequence[Path], test_files: Sequence[Path], model: str | None) -> Measured:
    """Return what the report says: the test rows that leak, and the scores of a model with and without them."""
    train, test = corpus.load(train_files), corpus.load(test_files)
    found = find_leaks(train, test)
    kinds = {kind: sum(leak == kind for leak, _ in found.values()) for kind in KINDS}
    models = [] if model is None else [model]
    figures = {
        "rows": len(test),
        "groups": len({row.group_key for row in test}),
        "training_rows": len(train),
        "kinds": [{"name": kind, "rows": n, "share": round(n / len(test), 4)} for kind, n in kinds.items()],
        "clean": len(test) - len(found),
        "pairs": [{"test": id_, "train": other, "kind": kind} for id_, (kind, other) in found.items()],
    }
    if model is not None:
        figures |= _measured(model, test, found)
    files = measured_files([*train_files, *test_files], models)
    return Measured(figures, models=[measured_model(name) for name in models], corpus=files)


def find_leaks(train: Sequence[Example], test: Sequence[Example]) -> dict[str, tuple[str, str]]:
    """Return, by the id of each test row that leaks, the strongest kind and the id of the first such training row."""
    texts: dict[str, str] = {}
    plain: dict[str, str] = {}
    groups: dict[str | None, str] = {}
    for row in train:
        texts.setdefault(row.text, row.id)
        plain.setdefault(plain_text(row.text), row.id)
        groups.setdefault(row.group_or_doc, row.id)
    groups.pop(None, None)
    near = {one.id: other.id for one, other in find_near_duplicates(train, {"test": test})["test"]}
    found = {}
    for row in test:
        others = (texts.get(row.text), plain.get(plain_text(row.text)), near.get(row.id), groups.get(row.group_or_doc))
        for kind, other in zip(KINDS, others, strict=True):
            if other is not None:
                found[row.id] = (kind, other)
                break
    return found


def _measured(model: str, test: Sequence[Example], found: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return the scores of a model on all test rows, without copies, without near copies, and without any leak."""
    texts = [row.text for row in test]
    classifier = load(model)
    predicted = classifier.predict(texts)
    left_out: dict[str, tuple[str, ...]] = {
        "all rows": (),
        "without copies": ("exact", "copy"),
        "without near copies": ("exact", "copy", "near copy"),
        "without any leak": tuple(KINDS),
    }
    scores = []
    for name, kinds in left_out.items():
        kept = [at for at, row in enumerate(test) if row.id not in found or found[row.id][0] not in kinds]
        rows, predictions = [test[at] for at in kept], [predicted[at] for at in kept]
        scores.append({"name": name, **(_scores(rows, predictions, classifier.heads) if rows else NO_SCORES)})
    return {"seen_sentences": count_trained_on(model, texts), "scores": scores}


def _scores(gold: Sequence[Example], predicted: Sequence[Prediction], heads: Sequence[Head]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for head in heads:
        if head.kind != "label":
            continue
        truths, labels, groups = stated(gold, predicted, head.name)
        if truths:
            stack = measures.confusion_by_group(truths, labels, labels_of(predicted[0], head.name, truths), groups)
            (accuracy,) = measures.interval(stack, measures.accuracy, seed=SEED)
            figures[head.name] = {"macro_f1": present_macro_f1(stack), "accuracy": accuracy.to_dict()}
    known = {head.name for head in heads if head.kind == "span"}
    spans = {
        name: strict_span_f1(gold, predicted, name).to_dict()
        for name in measurable_spans(gold, predicted)
        if name in known
    }
    return {
        "rows": len(gold),
        "groups": len({row.group_key for row in gold}),
        "heads": figures,
        "spans": spans.get(SPANS),
        "own_spans": {name: score for name, score in spans.items() if name != SPANS},
    }


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    clean, rows = figures["clean"], figures["rows"]
    kinds: list[list[Cell]] = [
        [kind["name"], KINDS[kind["name"]], kind["rows"], f"{kind['share']:.1%}"] for kind in figures["kinds"]
    ]
    kinds.append(["none", "", clean, f"{clean / rows:.1%}"])
    about = (
        f"{count(rows, 'test row')} in {count(figures['groups'], 'group')}, beside "
        f"{count(figures['training_rows'], 'training row')}. A row counts once, as the strongest kind."
    )
    sections = [Section("Test rows", text=(about,), parts=(Table(["kind", "meaning", "rows", "share"], kinds),))]
    if "scores" in figures:
        sections.append(_score_section(report))
    if figures["pairs"]:
        pairs: list[list[Cell]] = [[row["test"], row["train"], row["kind"]] for row in figures["pairs"][:SHOWN]]
        title = f"Pairs: the first {len(pairs)} of {len(figures['pairs']):,}"
        sections.append(Section(title, parts=(Table(["test row", "training row", "kind"], pairs),)))
    few = [f"Only {count(clean, 'row')} without a leak, too few to measure on."] if clean < TOO_FEW else []
    return Page("Leaks between training and test", facts(report), few, sections=sections)


def _score_section(report: Report) -> Section:
    seen, scores, model = report.figures["seen_sentences"], report.figures["scores"], report.model.name
    named = literal(model)
    text = (
        "Macro-F1 over the labels that gold has, and strict span F1; in brackets 95 % intervals (2,000 bootstrap draws "
        "of whole groups). The rows that are left out may be easier or harder for other reasons too.",
        f"{named} does not say which sentences it was trained on."
        if seen is None
        else f"{named} itself was trained on {seen:,} of these sentences.",
    )
    heads, own = list(scores[0]["heads"]), list(scores[0]["own_spans"])  # of all rows
    rows: list[list[Cell]] = []
    for part in scores:
        labels = [with_interval(part["heads"][head]["macro_f1"]) if head in part["heads"] else "" for head in heads]
        spans = [part["spans"], *(part["own_spans"].get(head) for head in own)]
        rows.append([part["name"], part["rows"], *labels, *(with_interval(one) if one else "–" for one in spans)])
    return Section(f"Scores of {model}", text=text, parts=(Table(["part", "rows", *heads, "spans", *own], rows),))


def _summary(report: Report) -> str:
    kinds = report.figures["kinds"]
    shares = ", ".join(f"{kind['name']} {kind['rows']} ({kind['share']:.1%})" for kind in kinds)
    return f"{count(report.figures['rows'], 'test row')}: {shares}"


if __name__ == "__main__":
    sys.exit(main())
