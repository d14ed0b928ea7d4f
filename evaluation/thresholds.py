"""Choose the threshold of `hedgerow label --abstain` for a wanted precision, on a development file.

    python -m evaluation.thresholds base --corpus data/corpus/dev.jsonl --precision 0.95 --axis certainty

For every axis, and every label of it, it gives the least score from which the lower bound of precision reaches the
wanted one, the share of rows that keep their label, and the precision that a threshold has on documents on which it was
not chosen (cross-fitted). The lower bound counts rows of one document as fewer. Labels without a threshold, and samples
that are too small, are said. Without --out the page is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.command import corpus_entries, facts, guarded, make_parser, provenance, write_pages
from evaluation.label_heads import gold_label, predicted_label
from evaluation.threshold_choice import Labelled, choose, cross_fitted, fewest, labelled, precision_of
from hedgerow.classifier import load
from hedgerow.corpus import CorpusPart
from hedgerow.errors import InputError
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import Example
from hedgerow.measuring.seen import calibration_facts, count_trained_on
from hedgerow.metrics import TOO_FEW
from hedgerow.report import Page, Section, Table, to_markdown, with_interval
from hedgerow.report.page import Cell
from hedgerow.report.provenance import model_entry, shown_command
from hedgerow.results import Prediction


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("thresholds", __doc__)
    parser.add_argument("model", help="a shipped model's name, or a model folder")
    parser.add_argument(
        "--corpus", type=Path, nargs="+", required=True, help="labelled files that it did not learn from"
    )
    parser.add_argument("--precision", type=_precision, default=0.95, help="the share of kept labels to be right")
    parser.add_argument("--axis", nargs="+", metavar="HEAD", help="only these heads (default: all that are labelled)")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return guarded("thresholds", lambda: _run(parser.parse_args(arguments), arguments))


def _precision(argument: str) -> float:
    try:
        precision = float(argument)
    except ValueError:
        precision = 0
    if not 0.5 <= precision < 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a precision, from 0.5 to less than 1")
    return precision


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    first_keys = provenance("thresholds", arguments)
    report = {**first_keys, **measure(options.model, options.corpus, options.precision, options.axis)}
    page = page_of(report)
    if options.out is None:
        print(to_markdown(page))
        return
    write_pages(options.out, report, page)
    print("\n".join([*page.warnings, *advice(report)]))


def measure(model: str, files: Sequence[Path], precision: float, wanted: Sequence[str] | None) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    classifier = load(model)
    gold = CorpusPart(files).load(classifier.heads)
    heads = _heads(classifier.heads, gold, wanted)
    texts = [example.text for example in gold]
    predicted = classifier.predict(texts)
    return {
        "models": [model_entry(model)],
        "corpus": corpus_entries(files, [model]),
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "seen_sentences": count_trained_on(model, texts),
        "fitted_rows": calibration["fitted_rows"] if (calibration := calibration_facts(model, files, texts)) else 0,
        "precision": precision,
        "fewest": fewest(precision),
        "heads": {head.name: _head(head, gold, predicted, precision) for head in heads},
    }


def _heads(known: Sequence[Head], gold: Sequence[Example], wanted: Sequence[str] | None) -> list[Head]:
    """Return the label heads of the model that rows are labelled on, only those `wanted`."""
    heads = {head.name: head for head in known if head.kind == "label"}
    present = [name for name in heads if any(gold_label(row, name) is not None for row in gold)]
    if unknown := [name for name in wanted or () if name not in present]:
        known_names = ", ".join(present) or "none"
        raise InputError(f"--axis {unknown[0]}: not a head of the model with labelled rows; those are {known_names}")
    if not present:
        raise InputError("no row is labelled on a head of the model; name a file that is")
    return [heads[name] for name in wanted or present]


def _head(head: Head, gold: Sequence[Example], predicted: Sequence[Prediction], precision: float) -> dict[str, Any]:
    rows = [
        (max(prediction.scores(head.name).values()), predicted_label(prediction, head.name), truth, example.group_key)
        for example, prediction in zip(gold, predicted, strict=True)
        if (truth := gold_label(example, head.name)) is not None
    ]
    scores, labels, truths, groups = zip(*rows, strict=True)
    every = labelled(scores, [label == truth for label, truth in zip(labels, truths, strict=True)], groups)
    of_label = {label: every.where(np.array([one == label for one in labels])) for label in head.labels}
    return {
        "all": _choice(every, precision),
        "by_label": {label: _choice(own, precision) for label, own in of_label.items()},
    }


def _choice(rows: Labelled, precision: float) -> dict[str, Any]:
    n = len(rows.right)
    found: dict[str, Any] = {"n": n, "groups": len(set(rows.groups.tolist())), "threshold": None}
    if not n:
        return found
    found["without"] = precision_of(rows).to_dict()
    threshold = choose(rows, precision)
    if threshold is None:
        return found
    kept = rows.kept(threshold)
    held_out = cross_fitted(rows, precision)
    return found | {
        "threshold": round(threshold, 4),
        "kept": len(kept.right),
        "coverage": round(len(kept.right) / n, 4),
        "precision": precision_of(kept).to_dict(),
        "cross_fitted": held_out.to_dict() if held_out else None,
    }


def page_of(report: Mapping[str, Any]) -> Page:
    """Return the report as a page."""
    model, wanted = report["models"][0]["name"], report["precision"]
    about = (
        f"{count(report['rows'], 'row')} in {count(report['groups'], 'group')}. A label is kept if its score is at "
        f"least the threshold: the least one at which the lower bound of precision is {wanted:g} or more (Wilson's "
        "interval on the effective number of rows, as labels of one document are right or wrong together). "
        "Cross-fitted: the precision on documents on which the threshold was not chosen, in five folds; it is what "
        "to expect.",
    )
    sections = [Section("In the command", text=advice(report))]
    for name, head in report["heads"].items():
        rows = [_row(f"all of {name}", head["all"]), *(_row(label, row) for label, row in head["by_label"].items())]
        header = ["label", "n", "precision of all", "threshold", "kept", "precision", "cross-fitted"]
        sections.append(
            Section(name.capitalize(), text=about if not sections[1:] else (), parts=(Table(header, rows),))
        )
    return Page(f"Thresholds of {model} for precision {wanted:g}", facts(report), _warnings(report), sections)


def _row(label: str, choice: Mapping[str, Any]) -> list[Cell]:
    without = with_interval(choice["without"]) if choice["n"] else ""
    if choice["threshold"] is None:
        return [label, choice["n"], without, "none", "", "", ""]
    held_out = choice["cross_fitted"]
    return [
        label,
        choice["n"],
        without,
        f"{choice['threshold']:.4f}",
        f"{choice['kept']} ({choice['coverage']:.1%})",
        with_interval(choice["precision"]),
        with_interval(held_out) if held_out else "never chosen",
    ]


def _warnings(report: Mapping[str, Any]) -> list[str]:
    warnings = []
    if report["groups"] < TOO_FEW:
        warnings.append(f"{count(report['groups'], 'group')}, too few for bounds that can be trusted.")
    if report["seen_sentences"]:
        seen = f"{report['seen_sentences']:,} of {count(report['rows'], 'row')}"
        warnings.append(f"{seen} were in the training data of this model: its precision there is too good.")
    if report["fitted_rows"]:
        warnings.append(f"The temperatures of this model were fitted on {report['fitted_rows']:,} of these rows.")
    for name, head in report["heads"].items():
        warnings += [
            f"{name}, {label}: {count(row['n'], 'row')} with this label, and {report['fewest']} without a mistake are "
            "needed at least; label more."
            for label, row in (("all", head["all"]), *head["by_label"].items())
            if row["n"] < report["fewest"]
        ]
    return warnings


def advice(report: Mapping[str, Any]) -> list[str]:
    """Return the commands that use the thresholds, or why there is none: one for each head, and one for them all."""
    lines = []
    model = report["models"][0]["name"]
    found = {name: head["all"]["threshold"] for name, head in report["heads"].items()}
    for name, threshold in found.items():
        if threshold is None:
            lines.append(f"{name}: no threshold has a lower bound of {report['precision']:g} on these rows.")
            continue
        if threshold == 0:
            lines.append(f"{name}: no threshold is needed; all labels together are right often enough.")
            continue
        kept = f"keeps {report['heads'][name]['all']['coverage']:.1%} of the labels"
        lines.append(f"{name}: `{_command(model, f'{name}={threshold:g}')}` {kept}.")
    chosen = [f"{name}={threshold:g}" for name, threshold in found.items() if threshold]
    if len(chosen) > 1:
        lines.append(f"together: `{_command(model, ','.join(chosen))}`.")
    return lines


def _command(model: str, thresholds: str) -> str:
    return shown_command(["hedgerow", "label", "TEXTS"], {"model": model, "abstain": thresholds})


if __name__ == "__main__":
    sys.exit(main())
