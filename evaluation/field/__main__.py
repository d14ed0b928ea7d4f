"""Measure models on field cases: kinds of sentences and texts on which tools of this trade are known to fail.

    python -m evaluation.field --models base small linear lexicon --out evaluation/reports/field

Sentences are labelled one by one, texts are split, and read in context. The two sets, `reported` and `probe`, are never
counted together. `report.json` and `report.md` hold counts, ids and labels, and no sentence; `--failures` prints the
sentences that fail. Without `--out` nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.field.cases import FieldCases, TextCase, load
from evaluation.field.field_page import said_labels, summary, to_markdown
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
from evaluation.command import corpus_entries, guarded, make_parser, provenance, write_report
from hedgerow.classifier import Classifier
from hedgerow.classifier import load as load_model
from hedgerow.report.provenance import model_entry
from hedgerow.measuring.seen import count_trained_on

FIELD = Path("../shared/field")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("field", __doc__)
    parser.add_argument("--models", nargs="+", required=True, help="names of shipped models, or model folders")
    parser.add_argument("--field", type=Path, default=FIELD, help="the folder of sentences.jsonl and texts.jsonl")
    parser.add_argument("--failures", action="store_true", help="print the sentences that fail")
    parser.add_argument("--out", type=Path, help="the folder for report.json and report.md")
    return guarded("field", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    cases = load(options.field)
    report = {**provenance("field", arguments), **measure(list(dict.fromkeys(options.models)), cases)}
    if options.out is not None:
        write_report(options.out, report, to_markdown(report))
    print(summary(report))
    if options.failures:
        print(*_with_text(report["failures"], cases), sep="\n")


def measure(models: Sequence[str], cases: FieldCases) -> dict[str, Any]:
    """Return everything the report says, as plain data: one row of counts per model and group of cases."""
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
        "models": [model_entry(model) for model in models],
        "corpus": corpus_entries(cases.files, models),
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
