"""Find test rows that a model may know from training: copies, near copies, and rows of the same document.

    python -m evaluation.leaks data/corpus/train.jsonl --test data/corpus/test.jsonl --model linear

A row of the test files is an exact copy (the same text as a training row), a copy (but for case, quotes, dashes and
white space), or a near copy (it shares eight words in a row); beside that its group or document may be in both. It
gives the share of each kind, the pairs of ids, and with `--model` the scores on all rows and without the leaks. Without
--out the page is printed. No sentence is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.command import corpus_entries, facts, guarded, make_parser, provenance, write_pages
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
from hedgerow.report import Page, Section, Table, to_markdown, with_interval
from hedgerow.report.page import Cell
from hedgerow.report.provenance import model_entry
from hedgerow.results import Prediction

KINDS = {
    "exact": "the same text as a training row",
    "copy": "the same but for case, quotes, dashes and white space",
    "near copy": f"shares {RUN} words in a row",
    "group": "none of these, but its group or document is in both",
}
SHOWN = 100  # pairs in the page; report.json has all


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("leaks", __doc__)
    parser.add_argument("train", type=Path, nargs="+", help="the files that a model is trained on (JSON Lines)")
    parser.add_argument("--test", type=Path, nargs="+", required=True, help="the files that it is measured on")
    parser.add_argument("--model", help="measure this model with and without the leaks")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return guarded("leaks", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    report = {**provenance("leaks", arguments), **measure(options.train, options.test, options.model)}
    page = page_of(report)
    if options.out is None:
        print(to_markdown(page))
        return
    write_pages(options.out, report, page)
    shares = ", ".join(f"{kind} {row['rows']} ({row['share']:.1%})" for kind, row in report["kinds"].items())
    print(f"{count(report['rows'], 'test row')}: {shares}")


def measure(train_files: Sequence[Path], test_files: Sequence[Path], model: str | None) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    train, test = corpus.load(train_files), corpus.load(test_files)
    found = find_leaks(train, test)
    kinds = {kind: sum(leak == kind for leak, _ in found.values()) for kind in KINDS}
    report = {
        "corpus": corpus_entries([*train_files, *test_files]),
        "rows": len(test),
        "groups": len({row.group_key for row in test}),
        "training_rows": len(train),
        "kinds": {kind: {"rows": n, "share": round(n / len(test), 4)} for kind, n in kinds.items()},
        "clean": len(test) - len(found),
        "pairs": [{"test": id_, "train": other, "kind": kind} for id_, (kind, other) in found.items()],
    }
    return report if model is None else report | _measured(model, test, found)


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
    scores = {}
    for name, kinds in left_out.items():
        kept = [at for at, row in enumerate(test) if row.id not in found or found[row.id][0] not in kinds]
        rows, predictions = [test[at] for at in kept], [predicted[at] for at in kept]
        scores[name] = (
            _scores(rows, predictions, classifier.heads)
            if rows
            else {"rows": 0, "groups": 0, "heads": {}, "spans": None, "own_spans": {}}
        )
    return {"models": [model_entry(model)], "seen_sentences": count_trained_on(model, texts), "scores": scores}


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


def page_of(report: Mapping[str, Any]) -> Page:
    """Return the report as a page."""
    kinds: list[list[Cell]] = [
        [kind, KINDS[kind], row["rows"], f"{row['share']:.1%}"] for kind, row in report["kinds"].items()
    ]
    kinds.append(["none", "", report["clean"], f"{report['clean'] / report['rows']:.1%}"])
    about = (
        f"{count(report['rows'], 'test row')} in {count(report['groups'], 'group')}, beside "
        f"{count(report['training_rows'], 'training row')}. A row counts once, as the strongest kind.",
    )
    sections = [Section("Test rows", text=about, parts=(Table(["kind", "meaning", "rows", "share"], kinds),))]
    if "scores" in report:
        sections.append(_score_section(report))
    if report["pairs"]:
        pairs: list[list[Cell]] = [[row["test"], row["train"], row["kind"]] for row in report["pairs"][:SHOWN]]
        title = f"Pairs: the first {len(pairs)} of {len(report['pairs']):,}"
        sections.append(Section(title, parts=(Table(["test row", "training row", "kind"], pairs),)))
    return Page("Leaks between training and test", facts(report), _warnings(report), sections)


def _score_section(report: Mapping[str, Any]) -> Section:
    seen = report["seen_sentences"]
    model = report["models"][0]["name"]
    text = (
        "Macro-F1 over the labels that gold has, and strict span F1; in brackets 95 % intervals (2,000 bootstrap draws "
        "of whole groups). The rows that are left out may be easier or harder for other reasons too.",
        f"{model} does not say which sentences it was trained on."
        if seen is None
        else f"{model} itself was trained on {seen:,} of these sentences.",
    )
    heads, own = (list(report["scores"]["all rows"].get(kind, ())) for kind in ("heads", "own_spans"))
    rows: list[list[Cell]] = []
    for name, part in report["scores"].items():
        figures = [with_interval(part["heads"][head]["macro_f1"]) if head in part["heads"] else "" for head in heads]
        spans = [part["spans"], *(part.get("own_spans", {}).get(head) for head in own)]
        rows.append([name, part["rows"], *figures, *(with_interval(score) if score else "–" for score in spans)])
    return Section(f"Scores of {model}", text=text, parts=(Table(["part", "rows", *heads, "spans", *own], rows),))


def _warnings(report: Mapping[str, Any]) -> list[str]:
    clean = report["clean"]
    return [f"Only {count(clean, 'row')} without a leak, too few to measure on."] if clean < TOO_FEW else []


if __name__ == "__main__":
    sys.exit(main())
