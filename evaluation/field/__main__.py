"""Measure models on field cases: kinds of sentences and texts on which tools of this trade are known to fail.

    python -m evaluation.field --models base small linear lexicon --out evaluation/reports/field

Sentences are labelled one by one, texts are split, and read in context. The two sets, `reported` and `probe`, are never
counted together. `report.json` and `report.md` hold counts, ids and labels, and no sentence; `--failures` prints the
sentences that fail. Without `--out` the page is printed, and nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.field.cases import FieldCases, TextCase, load
from evaluation.field.field_page import page_of, said_labels, summary
from evaluation.field.judging import Verdict, cue_errors, judge_sentence, judge_text, split_texts
from evaluation.field.tally import (
    Rows,
    count_cues,
    count_reversed,
    count_right,
    count_splits,
    cue_failures,
    label_failures,
    split_failures,
)
from hedgerow.classifier import Classifier
from hedgerow.classifier import load as load_model
from hedgerow.measuring.seen import count_trained_on
from hedgerow.report import measured_files, measured_model

FIELD = Path("../shared/field")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("field", __doc__)
    parser.add_argument("--models", nargs="+", required=True, help="names of shipped models, or model folders")
    parser.add_argument("--field", type=Path, default=FIELD, help="the folder of sentences.jsonl and texts.jsonl")
    parser.add_argument("--failures", action="store_true", help="print the sentences that fail")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("field", _measure, page_of, summary))


def _measure(options: argparse.Namespace) -> Measured:
    cases = load(options.field)
    models = list(dict.fromkeys(options.models))
    figures = measure(models, cases)
    return Measured(
        figures,
        models=[measured_model(name) for name in models],
        corpus=measured_files(cases.files, models),
        printed="\n".join(_with_text(figures["failures"], cases)) if options.failures else "",
    )


def measure(models: Sequence[str], cases: FieldCases) -> dict[str, Any]:
    """Return the figures: one row of counts per model and group of cases."""
    texts = [case.text for case in cases.sentences]
    sentences: dict[str, list[Verdict]] = {}
    read: dict[str, list[Verdict]] = {}
    marks: dict[str, list[list[str]]] = {}
    for model in models:
        classifier = load_model(model)
        predictions = classifier.predict(texts)
        pairs = list(zip(cases.sentences, predictions, strict=True))
        sentences[model] = [judge_sentence(case, said) for case, said in pairs]
        marks[model] = [cue_errors(case, said) for case, said in pairs]
        read[model] = list(_read(classifier, cases.texts))
    return {
        "seen": [{"model": model, "sentences": count_trained_on(model, texts)} for model in models],
        "sets": count_right(sentences, "set", with_rates=True),
        "kinds": count_right(sentences, "set", "kind"),
        "confidence": count_right(sentences, "set", "confidence"),
        "reversed": list(count_reversed(sentences)),
        "cues": list(count_cues(marks, cases)),
        "splits": list(count_splits(cases.texts)),
        "read": count_right(read, "set", "kind"),
        "failures": {
            "sentences": label_failures(sentences),
            "cues": cue_failures(marks, cases),
            "splits": split_failures(cases.texts),
            "read": label_failures(read),
        },
    }


def _read(classifier: Classifier, texts: Iterable[TextCase]) -> Iterator[Verdict]:
    for case in texts:
        if case.is_labelled:
            yield from judge_text(case, classifier.read(case.text).sentences)


def _with_text(failures: Mapping[str, Rows], cases: FieldCases) -> Iterator[str]:
    """Yield every failure with its sentence, for the terminal."""
    texts = {case.id: case.text for case in cases.sentences}
    texts |= {f"{case.id}:{at}": one.text for case in cases.texts for at, one in enumerate(case.gold, 1)}
    for row in (*failures["sentences"], *failures["read"]):
        yield f"\n{row['id']}  {row['kind']}: {', '.join(row['gold'].values())}\n  {texts[row['id']]}"
        for said in row["predicted"]:
            yield f"  {said['model']}: {said_labels(said)}"
    for row in failures["cues"]:
        wrong = "; ".join(f"{one['model']}: {', '.join(one['errors'])}" for one in row["wrong"])
        yield f"\n{row['id']}  {row['kind']}: cues\n  {texts[row['id']]}\n  {wrong}"
    wrong_splits = {row["id"] for row in failures["splits"]}
    for case in cases.texts:
        if case.id in wrong_splits:
            yield f"\n{case.id}  {case.kind}"
            yield from (f"  found: {sentence}" for sentence in split_texts(case))


if __name__ == "__main__":
    sys.exit(main())
