"""Measure a model on labelled files and write the report, for `hedgerow evaluate` and `evaluation.run`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hedgerow.classifier import Classifier, load
from hedgerow.corpus import CorpusPart
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import Head
from hedgerow.io.optional import library
from hedgerow.io.plural import count
from hedgerow.labels import AXES, SPANS, Example, labelled_on
from hedgerow.measuring.annotator_agreement import compare_annotators
from hedgerow.measuring.headline import headline
from hedgerow.measuring.measured import KIND, page_of
from hedgerow.measuring.seen import calibration_facts, count_trained_on
from hedgerow.metrics import (
    SEED,
    TOO_FEW,
    axis_scores,
    compare,
    full_scores,
    measurable_heads,
    measurable_labels,
    mistakes,
    slice_scores,
    span_intervals,
)
from hedgerow.metrics.labelled import gold_label, labels_of
from hedgerow.predictors.majority import Majority
from hedgerow.report import (
    MeasuredFile,
    Report,
    check_folder,
    measured_files,
    measured_model,
    write_report,
)
from hedgerow.report.provenance import ROOT, UNKNOWN, is_own_text
from hedgerow.results import Prediction

LIBRARIES = ("scipy",)  # that measuring needs and labelling does not
EXTRA = "eval"  # the extra that installs them


def evaluate_to_folder(model: str, part: CorpusPart, out: Path, *, command: str, with_text: bool = False) -> str:
    """Measure `model` on `part`, write the report to the folder `out`, and return its main figures as text.

    The report shows `command` as the command that made it. Nothing is written if something is wrong. Raises
    ModelError, CorpusError, or InputError if a library is missing, `out` holds other files, or `with_text` would write
    sentences of others into the project.
    """
    for name in LIBRARIES:
        library(name, needed_for="measuring", extra=EXTRA)
    if with_text:
        reject_text_in_project(out)
    check_folder(out, KIND)
    report = measure(model, part, command=command, with_text=with_text)
    write_report(out, report, page_of(report))
    return headline(report)


def reject_text_in_project(out: Path) -> None:
    """Raise InputError if a report with sentences of others would be in the project, except in runs/."""
    # As named and as resolved: a link can lead out of the project, or into it.
    for folder in (Path(os.path.abspath(out)), out.resolve()):  # noqa: PTH100, resolve() follows links
        if folder.is_relative_to(ROOT) and not folder.is_relative_to(ROOT / "runs"):
            raise InputError(f"--with-text --out {out}: shows sentences, and this folder is in the project; use runs/")


def measure(model: str, part: CorpusPart, *, command: str = UNKNOWN, with_text: bool = False) -> Report:
    """Return the report of `model` on `part` (see `measured.py`), which shows `command` as the one that made it.

    Mistakes show their sentence if the sentences are the project's own, or if `with_text` is set.
    """
    report = Report.begin(KIND, command)
    classifier = load(model)
    gold = part.load(classifier.heads)
    texts = [example.text for example in gold]
    predicted = classifier.predict(texts)
    heads = _measured_heads(gold, predicted, classifier.heads, part.files)
    labels = [head for head in measurable_labels(gold, predicted) if head in heads]
    codebook = [head for head in heads if head in AXES or head == SPANS]
    compared = _baselines(model) if codebook else {}
    baselines = {name: baseline.predict(texts) for name, baseline in compared.items()}
    files = measured_files(part.files, (model,))
    trained_on = count_trained_on(model, texts)
    shown = with_text or is_own_text(part.files)
    figures = {
        **({"where": part.conditions} if part.where else {}),
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "labelled": {head: len(labelled_on(gold, head)) for head in heads},
        "not_measured": _not_measured(gold, classifier.heads, heads),
        "seen_sentences": trained_on,
        "calibration": calibration_facts(model, part.files, texts),
        "warnings": _about_training(files, trained_on, len(gold)) + _warnings(gold, predicted, labels),
        "scores": full_scores(gold, predicted, heads),
        "slices": slice_scores(gold, predicted, seed=SEED),
        "baselines": {
            name: _baseline_scores(gold, rows, _shared(compared[name], codebook)) for name, rows in baselines.items()
        },
        "annotator_agreement": compare_annotators(part, gold),
        "comparisons": {
            name: {
                axis: compare(gold, predicted, rows, axis) for axis in _shared(compared[name], codebook) if axis in AXES
            }
            for name, rows in baselines.items()
        },
        "mistakes": {head: mistakes(gold, predicted, head, with_text=shown) for head in labels},
    }
    return replace(report, models=(measured_model(model),), corpus=files, figures=figures)


def _measured_heads(
    gold: Sequence[Example], predicted: Sequence[Prediction], known: Sequence[Head], files: Sequence[Path]
) -> tuple[str, ...]:
    """Return the heads that the model has and some row is labelled on; raise CorpusError if there are none."""
    names = [head.name for head in known]
    heads = measurable_heads(gold, predicted, names)
    if not heads:
        raise CorpusError(
            f"{', '.join(map(str, files))}: no row is labelled on a head of the model ({', '.join(names)}); "
            "measure on rows that are"
        )
    return heads


def _not_measured(gold: Sequence[Example], known: Sequence[Head], measured: Sequence[str]) -> dict[str, str]:
    """Return why each other head that the model or the rows have has no figures."""
    names = dict.fromkeys((*AXES, SPANS, *(head.name for head in known)))
    reasons = {}
    for name in names:
        if name in measured:
            continue
        if any(head.name == name for head in known):
            reasons[name] = "no row is labelled on it"
        elif labelled_on(gold, name):
            reasons[name] = "the model has no head for it"
    return reasons


def _baselines(model: str) -> dict[str, Classifier]:
    """Return the models to beat, without the measured one."""
    shipped = {name: load(name) for name in ("linear", "lexicon") if name != model}
    return shipped | {"majority": Classifier(Majority.bundled())}


def _shared(baseline: Classifier, heads: Sequence[str]) -> list[str]:
    """Return those of the heads that a baseline has: majority marks no spans, so it has no figure of them."""
    known = {head.name for head in baseline.heads}
    return [head for head in heads if head in known]


def _baseline_scores(gold: Sequence[Example], predicted: Sequence[Prediction], heads: Sequence[str]) -> dict[str, Any]:
    """Return the scores of a baseline on those of the codebook's heads that are measured."""
    axes = {axis: axis_scores(gold, predicted, axis) for axis in AXES if axis in heads}
    return axes | ({SPANS: span_intervals(gold, predicted)} if SPANS in heads else {})


def _about_training(files: Sequence[MeasuredFile], trained_on: int | None, rows: int) -> list[str]:
    """Return what the model has seen of the measured files and sentences."""
    warnings = [f"{one.file} was training data of this model." for one in files if one.seen_in_training_by]
    warnings += [
        f"{one.file} was measured on while this model was made: a development set, not a test."
        for one in files
        if one.seen_in_choosing_by and not one.seen_in_training_by
    ]
    if trained_on and not all(one.seen_in_training_by for one in files):
        warnings.append(f"{trained_on:,} of {count(rows, 'sentence')} were in the training data of this model.")
    return warnings


def _warnings(gold: Sequence[Example], predicted: Sequence[Prediction], heads: Sequence[str]) -> list[str]:
    """Return the facts of the sentences that a reader must know before the figures of the label heads `heads`."""
    warnings = []
    groups = len({example.group_key for example in gold})
    if groups < TOO_FEW:
        warnings.append(f"{groups} independent group{'s' * (groups > 1)}, too few for intervals that can be trusted.")
    for head in heads:
        found = {gold_label(example, head) for example in labelled_on(gold, head)}
        absent = [label for label in labels_of(labelled_on(gold, head), predicted, head) if label not in found]
        if absent:
            names = ", ".join(absent)
            warnings.append(f"No sentence is {names} in gold: F1 counts 0 there, and macro-F1 of {head} is low for it.")
    cut = sum(prediction.read_to is not None for prediction in predicted)
    return warnings + ([f"{cut} sentences were too long for the model and were read in part."] if cut else [])
