"""Write a model folder.

A model folder has no date and no path in it, so that the same recipe and data give the same bytes: `recipe.toml` (a
copy), the weights, `metrics.json` (the scores on dev, and on every part that was measured), the hashes of the labelled
texts (`training_texts.bin`, `calibration_texts.bin`), and the manifest `hedgerow.json` with the hashes of all these and
of the corpora.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.classifier import Classifier
from hedgerow.corpus import CorpusPart
from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, CODEBOOK_VERSION, SPANS, Example
from hedgerow.metrics import axis_scores, measurable_heads, span_scores
from hedgerow.predictors.folder import MANIFEST, SCHEMA, known_files
from hedgerow.version import __version__

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
    """Return the scores on `examples` of the axes, and of spans, that they are labelled on and the model has."""
    predictions = classifier.predict(example.text for example in examples)
    heads = measurable_heads(examples, predictions)
    axes = {axis: axis_scores(examples, predictions, axis) for axis in heads if axis in AXES}
    spans = {SPANS: span_scores(examples, predictions)["all"]} if SPANS in heads else {}
    return {"sentences": len(examples), **axes, **spans}


def totals(metrics: Metrics) -> dict[str, float]:
    """Return one number for each axis (macro-F1) and for spans (strict F1) that was measured."""
    axes = {axis: metrics[axis]["macro_f1"]["value"] for axis in AXES if axis in metrics}
    return axes | ({SPANS: metrics[SPANS]["strict"]["f1"]} if SPANS in metrics else {})


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


def describe_parts(parts: Mapping[str, CorpusPart]) -> list[dict[str, Any]]:
    """Return the files of every part, each with the part's name, and its conditions if it has some."""
    return [
        {**entry, "part": name, **({"where": part.conditions} if part.where else {})}
        for name, part in parts.items()
        for entry in describe_files(part.files)
    ]
