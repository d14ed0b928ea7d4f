"""Compare models on the parts of a corpus, on parts pooled, and by the corpus that rows are from.

    python -m evaluation.parts --models base linear --part dev=dev.jsonl news=news.jsonl --out evaluation/reports/parts

A part is one file or several, with one name: `--part running=articles.jsonl running=dev.jsonl`. With `--where
running:picked=false` only the rows of the part with this value are measured; files without the field are kept whole.
Each row counts once in `pooled`: the parts that `--pool` names, or by default the whole files that were labelled in two
independent passes (`agreement/NAME.pass-*.jsonl` beside them). `report.json` and `report.md` show macro-F1 of both
axes, strict span F1 and calibration error with 95 % intervals, and no sentence.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from evaluation.parts_page import POOLED, page_of, summary
from hedgerow.classifier import load
from hedgerow.corpus.selecting import CorpusPart, parse_parts
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import Example
from hedgerow.measuring.annotator_agreement import find_passes
from hedgerow.measuring.seen import calibration_facts, count_trained_on
from hedgerow.metrics import SEED, measurable_labels, measurable_spans, strict_span_f1
from hedgerow.metrics.confidence import calibration_score
from hedgerow.metrics.scoring import axis_confusion, macro_f1, present_macro_f1
from hedgerow.report import measured_files, measured_model
from hedgerow.results import Prediction

Rows = Sequence[Example]
NO_CORPUS = "(none)"  # the corpus of rows that name none


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("parts", __doc__)
    parser.add_argument("--models", nargs="+", required=True, help="names of shipped models, or model folders")
    parser.add_argument("--part", metavar="NAME=FILE", nargs="+", action="extend", required=True, help="labelled files")
    parser.add_argument("--where", metavar="NAME:FIELD=VALUE", nargs="+", action="extend", help="limit a part")
    parser.add_argument(
        "--pool", metavar="NAME", nargs="+", help="parts to pool (default: whole ones with two labellings)"
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return run_command(parser, arguments, ReportCommand("parts", _measure, page_of, summary))


def _measure(options: argparse.Namespace) -> Measured:
    parts = parse_parts(options.part, options.where or (), option="--part")
    if POOLED in parts:
        raise InputError(f"--part {POOLED}=FILE: {POOLED!r} is the name of the parts together; give another name")
    return measure(list(dict.fromkeys(options.models)), parts, parts_to_pool(parts, options.pool))


def parts_to_pool(parts: Mapping[str, CorpusPart], wanted: Sequence[str] | None) -> list[str]:
    """Return the names of the parts to pool: those `wanted`, or by default whole ones with two labellings."""
    if wanted is None:
        return [name for name, part in parts.items() if _has_two_passes(part) and not part.where]
    if unknown := [name for name in wanted if name not in parts]:
        raise InputError(f"--pool {' '.join(unknown)}: no part has this name; parts are {', '.join(parts)}")
    return list(dict.fromkeys(wanted))


def _has_two_passes(part: CorpusPart) -> bool:
    return all(len(find_passes(path)) == 2 for path in part.files)


def measure(models: Sequence[str], parts: Mapping[str, CorpusPart], pooled: Sequence[str]) -> Measured:
    """Return what the report says: one row of figures per model and part, and per model and corpus."""
    classifiers = {model: load(model) for model in models}
    heads = {head.name: head for classifier in classifiers.values() for head in classifier.heads}
    gold: dict[str, Rows] = {name: part.load(list(heads.values())) for name, part in parts.items()}
    if pooled:
        gold[POOLED] = union(gold[name] for name in pooled)
    every = union(gold.values())
    corpora: dict[str, list[Example]] = {}
    for example in every:
        corpora.setdefault(example.corpus or NO_CORPUS, []).append(example)
    by_part, by_corpus = [], []
    for model, classifier in classifiers.items():
        texts = list(dict.fromkeys(example.text for example in every))
        known = {head.name for head in classifier.heads}
        predictions = dict(zip(texts, classifier.predict(texts), strict=True))
        for name, rows in gold.items():
            files = [path for own in (pooled if name == POOLED else [name]) for path in parts[own].files]
            keys = {"model": model, "part": name} | _seen(model, files, rows)
            by_part.append(keys | _figures(rows, [predictions[row.text] for row in rows], known))
        for name, rows in sorted(corpora.items()):
            scores = _corpus_figures(rows, [predictions[row.text] for row in rows], known)
            by_corpus.append({"model": model, "corpus": name, **scores})
    if not any(isinstance(found, Mapping) for row in by_part for found in row.values()):
        raise CorpusError(f"no row is labelled on a head of a model ({', '.join(heads)}); measure on rows that are")
    figures = {
        "parts": [_describe(name, part, gold[name]) for name, part in parts.items()],
        "pooled": list(pooled),
        "calibration": [{"model": model, **facts} for model in models if (facts := _cross_fitted(model))],
        "by_part": by_part,
        "by_corpus": by_corpus,
    }
    return Measured(figures, models=[measured_model(name) for name in models])


def union(parts: Iterable[Rows]) -> list[Example]:
    """Return the rows of all parts, each once."""
    return list({(example.id, example.text): example for rows in parts for example in rows}.values())


def _describe(name: str, part: CorpusPart, rows: Rows) -> dict[str, Any]:
    return {
        "part": name,
        "corpus": [{"file": one.file, "sha256": one.sha256} for one in measured_files(part.files)],
        "where": part.conditions,
        "two_passes": _has_two_passes(part),
        **_sizes(rows),
    }


def _sizes(rows: Rows) -> dict[str, int]:
    return {"rows": len(rows), "groups": len({example.group_key for example in rows})}


def _seen(model: str, files: Sequence[Path], rows: Rows) -> dict[str, Any]:
    """Return how many of the rows the model was trained on, and its temperatures were fitted on; None if unknown."""
    texts = [example.text for example in rows]
    facts = calibration_facts(model, list(dict.fromkeys(files)), texts)
    return {"seen_sentences": count_trained_on(model, texts), "fitted_rows": facts["fitted_rows"] if facts else 0}


def _cross_fitted(model: str) -> dict[str, Any] | None:
    facts = calibration_facts(model, (), ())
    return {name: facts[name] for name in ("on", "sentences", "cross_fitted")} if facts else None


def _figures(gold: Rows, predicted: Sequence[Prediction], known: Collection[str]) -> dict[str, Any]:
    """Return the figures of one part; `known` are the heads of the model, and one that is not measured is not there."""
    labels = {
        head: {
            "macro_f1": macro_f1(axis_confusion(gold, predicted, head)).to_dict(),
            "calibration_error": calibration_score(gold, predicted, head, seed=SEED),
        }
        for head in measurable_labels(gold, predicted)
        if head in known
    }
    return {**_sizes(gold), **labels, **_span_figures(gold, predicted, known)}


def _corpus_figures(gold: Rows, predicted: Sequence[Prediction], known: Collection[str]) -> dict[str, Any]:
    """Return the figures of one corpus, with macro-F1 over the labels that are gold in it."""
    labels = {
        head: {"macro_f1": present_macro_f1(axis_confusion(gold, predicted, head))}
        for head in measurable_labels(gold, predicted)
        if head in known
    }
    return {**_sizes(gold), **labels, **_span_figures(gold, predicted, known)}


def _span_figures(gold: Rows, predicted: Sequence[Prediction], known: Collection[str]) -> dict[str, Any]:
    return {
        head: {"strict_f1": strict_span_f1(gold, predicted, head).to_dict()}
        for head in measurable_spans(gold, predicted)
        if head in known
    }


if __name__ == "__main__":
    sys.exit(main())
