"""Write a model folder.

A model folder has no date and no path in it, so that the same recipe and data give the same bytes: `recipe.toml` (a
copy), the weights, `metrics.json` (the scores on dev, and on every part that was measured), the hashes of the labelled
texts (`training_texts.bin`, `calibration_texts.bin`), and the manifest `hedgerow.json` with the hashes of all these and
of the corpora.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hedgerow.classifier import Classifier
from hedgerow.corpus import CorpusPart
from hedgerow.head import Head
from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, CODEBOOK_VERSION, SPANS, Example, Span
from hedgerow.metrics import axis_scores, label_scores, span_scores
from hedgerow.predictors.folder import MANIFEST, SCHEMA, known_files
from hedgerow.results import Prediction
from hedgerow.training.inputs import TrainingFiles
from hedgerow.version import __version__

OTHERS = ("auxiliary", "replay")  # in a manifest's data: the files of rows beside the training files
Metrics = Mapping[str, Any]  # the scores of one file, as metrics.json has them


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, loaded from the files that training wrote, and the entries of its manifest that its kind adds.

    `other_texts` are the hashes of what it learnt from beside the labelled rows: texts that teachers scored, and what
    the model that the training started from had learnt from.
    """

    classifier: Classifier
    manifest: Mapping[str, Any]
    other_texts: frozenset[bytes] = frozenset()


def measure(classifier: Classifier, examples: Sequence[Example]) -> Metrics:
    """Return the scores on `examples` of each head that the model has and some row is labelled on.

    Labels of the user's own heads are written as these write them.
    """
    predictions = classifier.predict(example.text for example in examples)
    scores: dict[str, Any] = {"sentences": len(examples)}
    for head in classifier.heads:
        rows = [at for at, example in enumerate(examples) if example.is_labelled_on(head.name)]
        if rows:
            score = _label_scores if head.kind == "label" else _span_scores
            scores[head.name] = score(head, [examples[at] for at in rows], [predictions[at] for at in rows])
    return scores


def _label_scores(head: Head, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Metrics:
    if head.name in AXES:
        return axis_scores(examples, predictions, head.name)
    gold = [str(example.extra[head.name]) for example in examples]
    scores = [prediction.other_scores[head.name] for prediction in predictions]
    predicted = [max(by_label, key=by_label.__getitem__) for by_label in scores]
    groups = [example.group_key for example in examples]
    return label_scores(gold, predicted, list(head.labels), groups)


def _span_scores(head: Head, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Metrics:
    """Return precision, recall and F1 of the spans of all types that the head has."""
    if head.name == SPANS:
        known = set(head.labels)
        spans = ([span for span in example.spans or () if span.type in known] for example in examples)
        examples = [replace(example, spans=tuple(kept)) for example, kept in zip(examples, spans, strict=True)]
    else:
        examples = [
            replace(example, spans=tuple(map(Span.from_dict, example.extra[head.name]))) for example in examples
        ]
        predictions = [
            replace(prediction, spans=prediction.other_spans.get(head.name, ())) for prediction in predictions
        ]
    figures: Metrics = span_scores(examples, predictions)["all"]
    return figures


def totals(metrics: Metrics) -> dict[str, float]:
    """Return one number for each head that was measured: macro-F1 of labels, strict F1 of spans."""
    heads = {head: scores for head, scores in metrics.items() if isinstance(scores, Mapping)}
    return {
        head: scores["macro_f1"]["value"] if "macro_f1" in scores else scores["strict"]["f1"]
        for head, scores in heads.items()
    }


def write_manifest(folder: Path, kind: str, fitted: Fitted, data: Mapping[str, Any]) -> None:
    """Write the manifest of the model in `folder`, whose other files are complete; `data` describes its corpora."""
    manifest = {
        "schema": SCHEMA,
        "kind": kind,
        "hedgerow": __version__,
        "codebook": CODEBOOK_VERSION,
        "labels": {head.name: list(head.labels) for head in fitted.classifier.heads if head.name in AXES},
        **fitted.manifest,
        "data": data,
        "files": {name: sha256(folder / name) for name in known_files(kind) if (folder / name).is_file()},
    }
    write_json(folder / MANIFEST, manifest)


def describe_files(paths: Iterable[Path]) -> list[dict[str, str]]:
    """Return the name and hash of each file, without its folder."""
    return [{"file": path.name, "sha256": sha256(path)} for path in paths]


def describe_others(files: TrainingFiles) -> dict[str, Any]:
    """Return the files of auxiliary corpora, with their dev files, and of those to replay; nothing without them."""
    found = {
        "auxiliary": [path for file in files.auxiliary for path in (file.path, *file.dev)],
        "replay": files.replay,
    }
    return {name: describe_files(found[name]) for name in OTHERS if found[name]}


def describe_parts(parts: Mapping[str, CorpusPart]) -> list[dict[str, Any]]:
    """Return the files of every part, each with the part's name, and its conditions if it has some."""
    return [
        {**entry, "part": name, **({"where": part.conditions} if part.where else {})}
        for name, part in parts.items()
        for entry in describe_files(part.files)
    ]
