"""Choose the threshold of `hedgerow label --abstain` for a wanted precision, on a development file.

    python -m evaluation.thresholds base --corpus data/corpus/dev.jsonl --precision 0.95 --axis certainty

For every axis, and every label of it, it gives the least score from which the lower bound of precision reaches the
wanted one, the share of rows that keep their label, and the precision that a threshold has on documents on which it was
not chosen (cross-fitted). The lower bound counts rows of one document as fewer. Labels without a threshold, and samples
that are too small, are said. Without --out the page is printed.

The keys of its `figures`:

- `rows`, `groups`; `seen_sentences`: how many rows were in the model's training data, or null if it does not say;
  `fitted_rows`: how many its temperatures were fitted on;
- `precision`: the wanted one; `fewest`: how many rows, all right, reach it;
- `heads`, by head: `all` and `by_label`, each with `n`, `groups`, `without` (the precision of all labels), `threshold`
  (or null), and if there is one `kept`, `coverage`, `precision`, and `cross_fitted`, null if it was never chosen.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.label_heads import gold_label, predicted_label
from evaluation.threshold_choice import Labelled, choose, cross_fitted, fewest, labelled, precision_of
from hedgerow.classifier import load
from hedgerow.corpus import CorpusPart
from hedgerow.errors import InputError
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import Example
from hedgerow.measuring.headline import title_of
from hedgerow.measuring.seen import calibration_facts, count_trained_on
from hedgerow.metrics import TOO_FEW
from hedgerow.report import (
    Cell,
    Items,
    Page,
    Report,
    Section,
    Table,
    code,
    facts,
    literal,
    measured_files,
    measured_model,
    plain,
    with_interval,
)
from hedgerow.report.provenance import shown_command
from hedgerow.results import Prediction


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("thresholds", __doc__)
    parser.add_argument("model", help="a shipped model's name, or a model folder")
    parser.add_argument(
        "--corpus", type=Path, nargs="+", required=True, help="labelled files that it did not learn from"
    )
    parser.add_argument("--precision", type=_precision, default=0.95, help="the share of kept labels to be right")
    parser.add_argument("--axis", nargs="+", metavar="HEAD", help="only these heads (default: all that are labelled)")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("thresholds", _measure, page_of, _summary))


def _precision(argument: str) -> float:
    try:
        precision = float(argument)
    except ValueError:
        precision = 0
    if not 0.5 <= precision < 1:
        raise argparse.ArgumentTypeError(f"{argument!r} is not a precision, from 0.5 to less than 1")
    return precision


def _measure(options: argparse.Namespace) -> Measured:
    return measure(options.model, options.corpus, options.precision, options.axis)


def measure(model: str, files: Sequence[Path], precision: float, wanted: Sequence[str] | None) -> Measured:
    """Return what the report says: the threshold of each head and label, and what it keeps."""
    classifier = load(model)
    gold = CorpusPart(files).load(classifier.heads)
    heads = _heads(classifier.heads, gold, wanted)
    texts = [example.text for example in gold]
    predicted = classifier.predict(texts)
    figures = {
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "seen_sentences": count_trained_on(model, texts),
        "fitted_rows": calibration["fitted_rows"] if (calibration := calibration_facts(model, files, texts)) else 0,
        "precision": precision,
        "fewest": fewest(precision),
        "heads": {head.name: _head(head, gold, predicted, precision) for head in heads},
    }
    return Measured(figures, models=[measured_model(model)], corpus=measured_files(files, [model]))


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


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures, wanted = report.figures, report.figures["precision"]
    about = (
        f"{count(figures['rows'], 'row')} in {count(figures['groups'], 'group')}. A label is kept if its score is at "
        f"least the threshold: the least one at which the lower bound of precision is {wanted:g} or more (Wilson's "
        "interval on the effective number of rows, as labels of one document are right or wrong together). "
        "Cross-fitted: the precision on documents on which the threshold was not chosen, in five folds; it is what "
        "to expect."
    )
    header = ["label", "n", "precision of all", "threshold", "kept", "precision", "cross-fitted"]
    sections = [Section("In the command", parts=(Items(advice(report)),))]
    for name, head in figures["heads"].items():
        rows = [_row(f"all of {name}", head["all"]), *(_row(label, row) for label, row in head["by_label"].items())]
        sections.append(Section(title_of(name), parts=(Table(header, rows),)))
    title = f"Thresholds of {report.model.name} for precision {wanted:g}"
    return Page(title, facts(report), [*map(literal, _warnings(figures))], (about,), sections)


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


def _warnings(figures: Mapping[str, Any]) -> list[str]:
    warnings = []
    if figures["groups"] < TOO_FEW:
        warnings.append(f"{count(figures['groups'], 'group')}, too few for bounds that can be trusted.")
    if figures["seen_sentences"]:
        seen = f"{figures['seen_sentences']:,} of {count(figures['rows'], 'row')}"
        warnings.append(f"{seen} were in the training data of this model: its precision there is too good.")
    if figures["fitted_rows"]:
        warnings.append(f"The temperatures of this model were fitted on {figures['fitted_rows']:,} of these rows.")
    for name, head in figures["heads"].items():
        warnings += [
            f"{name}, {label}: {count(row['n'], 'row')} with this label, and {figures['fewest']} without a mistake are "
            "needed at least; label more."
            for label, row in (("all", head["all"]), *head["by_label"].items())
            if row["n"] < figures["fewest"]
        ]
    return warnings


def advice(report: Report) -> list[str]:
    """Return the commands that use the thresholds, or why there is none, as texts: of each head, and of them all."""
    lines = []
    model, heads = report.model.name, report.figures["heads"]
    found = {name: head["all"]["threshold"] for name, head in heads.items()}
    for name, threshold in found.items():
        if threshold is None:
            lines.append(
                f"{literal(name)}: no threshold has a lower bound of {report.figures['precision']:g} on these rows."
            )
            continue
        if threshold == 0:
            lines.append(f"{literal(name)}: no threshold is needed; all labels together are right often enough.")
            continue
        kept = f"keeps {heads[name]['all']['coverage']:.1%} of the labels"
        lines.append(f"{literal(name)}: {code(_command(model, f'{name}={threshold:g}'))} {kept}.")
    chosen = [f"{name}={threshold:g}" for name, threshold in found.items() if threshold]
    if len(chosen) > 1:
        lines.append(f"together: {code(_command(model, ','.join(chosen)))}.")
    return lines


def _command(model: str, thresholds: str) -> str:
    return shown_command(["hedgerow", "label", "TEXTS"], {"model": model, "abstain": thresholds})


def _summary(report: Report) -> str:
    return "\n".join([*_warnings(report.figures), *map(plain, advice(report))])


if __name__ == "__main__":
    sys.exit(main())
