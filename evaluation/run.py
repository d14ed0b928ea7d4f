"""Measure a model on a labelled corpus, beside majority, lexicon and linear.

    python -m evaluation.run --model linear --corpus data/corpus/test.jsonl --out evaluation/reports/linear-test

Writes one report in three forms, `report.json`, `report.md`, `report.html`: for each axis precision, recall and F1 by
label with 95 % bootstrap intervals (groups are drawn, not rows), macro-F1, accuracy, Cohen's kappa, the ordered part of
certainty, the confusion matrix, calibration, abstaining, shares; what is gained on the baselines, and how sure that is;
spans by type, strict and overlapping; slices; the most confident mistakes. A mistake is shown with its sentence only
where the sentence is the project's own (it lies in data/), or with `--with-text`, which rejects to write where it could
be committed; of other corpora only ids, labels and offsets are written.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import hedgerow
from evaluation.annotator_agreement import ceiling
from evaluation.provenance import ROOT, commit, shown_command
from hedgerow import corpus
from hedgerow.classifier import Classifier, load
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.labels import AXES, Example, Prediction
from hedgerow.metrics import FEW, SEED, axis_scores, compare, full_scores, mistakes, slice_scores, span_intervals
from hedgerow.predictors.folder import find, model_hash, read_manifest
from hedgerow.predictors.majority import Majority
from hedgerow.report import measured_page, to_html, to_markdown

__all__ = ["FILES", "ROOT", "commit", "main", "shown_command"]

FILES = ("report.json", "report.md", "report.html")
SEEN = "seen in training"
CHOSEN = "seen in choosing"
TRAIN = ROOT / "data" / "corpus" / "train.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.with_text:
            reject_committed(options.out)
        measured = measure(options.model, options.corpus, with_text=options.with_text)
        measured = {"command": shown_command("run", vars(options)), **measured}
        page = measured_page(measured)
        with replaced_folder(options.out, allowed=FILES) as folder:
            write_json(folder / "report.json", measured)
            (folder / "report.md").write_text(to_markdown(page), "utf-8")
            (folder / "report.html").write_text(to_html(page), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.run: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"evaluation.run: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"evaluation.run: {error}; measuring needs more than labelling: pip install '.[eval]'", file=sys.stderr)
        return 2
    print(_headline(measured))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evaluation.run", description="Measure a model on a labelled corpus.")
    parser.add_argument("--model", default="base", help="a shipped model's name, 'lexicon', or a model folder")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files (JSON lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report's three forms")
    parser.add_argument("--with-text", action="store_true", help="show the sentences of mistakes, whosever they are")
    return parser


def reject_committed(out: Path) -> None:
    """Raise InputError where a report with sentences would lie in the repository (but runs/, which git ignores)."""
    place = out.resolve()
    if place.is_relative_to(ROOT) and not place.is_relative_to(ROOT / "runs"):
        raise InputError(f"{out}: --with-text shows sentences, and this lies in the repository; write to runs/ instead")


def measure(name: str, files: Sequence[Path], *, with_text: bool = False) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    classifier = load(name)
    gold = corpus.load(files)
    predicted = list(classifier.predict(example.text for example in gold))
    rivals = {rival: list(model.predict(example.text for example in gold)) for rival, model in _baselines(name).items()}
    described = _describe(name, files)
    shown = with_text or all(path.resolve().is_relative_to(ROOT / "data") for path in files)
    return {
        "model": {"name": name, "sha256": model_hash(find(name))},
        "corpus": described,
        "date": datetime.now(UTC).date().isoformat(),
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "commit": commit("evaluation/ceiling.py"),
        "versions": {"hedgerow": hedgerow.__version__, "python": platform.python_version(), "numpy": np.__version__},
        "warnings": _warnings(described, gold, predicted),
        "scores": full_scores(gold, predicted),
        "slices": slice_scores(gold, predicted, seed=SEED),
        "baselines": {rival: _scores(gold, found) for rival, found in rivals.items()},
        "ceiling": ceiling(files, gold),
        "against": {
            rival: {axis: compare(gold, predicted, found, axis) for axis in AXES} for rival, found in rivals.items()
        },
        "mistakes": {axis: mistakes(gold, predicted, axis, with_text=shown) for axis in AXES},
    }


def _baselines(name: str) -> dict[str, Classifier]:
    """What the model has to beat, itself left out."""
    baselines = {"linear": load("linear"), "lexicon": load("lexicon")}
    others = {rival: model for rival, model in baselines.items() if rival != name}
    return others | {"majority": Classifier(Majority.fit(corpus.load([TRAIN])))}


def _scores(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    return {**{axis: axis_scores(gold, predicted, axis) for axis in AXES}, "spans": span_intervals(gold, predicted)}


def _describe(name: str, files: Sequence[Path]) -> list[dict[str, Any]]:
    """Each file, and whether the model's manifest names it among what it learnt from or was measured on before."""
    data = read_manifest(find(name))["data"]
    learnt, looked_at = (
        {part["sha256"] for key in keys for part in data.get(key, [])} for keys in (("train",), ("dev", "measured"))
    )
    hashes = [sha256(path) for path in files]
    return [
        {
            "file": "/".join(path.resolve().parts[-2:]),
            "sha256": digest,
            SEEN: digest in learnt,
            CHOSEN: digest in looked_at,
        }
        for path, digest in zip(files, hashes, strict=True)
    ]


def _warnings(
    described: Sequence[Mapping[str, Any]], gold: Sequence[Example], predicted: Sequence[Prediction]
) -> list[str]:
    """What a reader must know before the figures."""
    warnings = [f"{part['file']} was training data of this model." for part in described if part[SEEN]]
    warnings += [
        f"{part['file']} was measured on while this model was made: a development set, not a test."
        for part in described
        if part[CHOSEN] and not part[SEEN]
    ]
    groups = len({example.group_key for example in gold})
    if groups < FEW:
        warnings.append(f"{groups} independent group{'s' * (groups > 1)}, too few for intervals that can be trusted.")
    for axis, enum in AXES.items():
        absent = [label for label in enum if label not in {getattr(example, axis) for example in gold}]
        if absent:
            names = ", ".join(absent)
            warnings.append(f"No sentence is {names} in gold: F1 counts 0 there, and macro-F1 of {axis} is low for it.")
    cut = sum(prediction.read_to is not None for prediction in predicted)
    return warnings + ([f"{cut} sentences were too long for the model and were read in part."] if cut else [])


def _headline(measured: Mapping[str, Any]) -> str:
    lines = [f"{measured['rows']:,} sentences"]
    for name, scores in ((measured["model"]["name"], measured["scores"]), *measured["baselines"].items()):
        totals = "  ".join(f"{axis} {scores[axis]['macro_f1']['value']:.3f}" for axis in AXES)
        lines.append(f"{name:>12}: macro-F1 {totals}  spans F1 {scores['spans']['all']['strict']['f1']:.3f}")
    return "\n".join(lines + measured["warnings"])


if __name__ == "__main__":
    sys.exit(main())
