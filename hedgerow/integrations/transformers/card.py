"""The card of an exported network: front matter from the manifest and metrics.json, and how to use it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import hedgerow.predictors.folder as model_folders
from hedgerow.predictors.folder import model_hash
from hedgerow.version import __version__

_LICENCE = "apache-2.0"  # of the shipped models
_USE = """```python
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("FOLDER", trust_remote_code=True)
model = AutoModel.from_pretrained("FOLDER", trust_remote_code=True)
model.label(["He may resign."], tokenizer)  # one dict per sentence: labels, and calibrated scores
logits = model(**tokenizer(["He may resign."], return_tensors="pt"))  # by head
```"""
_SHIPPED = (
    "All labels that it learnt from and is measured on were given by a language model under version 2 of hedgerow's "
    "codebook, not by people. The scores are on development text: the model was chosen on it."
)


def write_card(folder: Path, manifest: Mapping[str, Any], path: Path) -> None:
    """Write README.md for the model in `folder`."""
    from huggingface_hub import ModelCardData

    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    data = ModelCardData(
        language="en",
        license=_LICENCE if _is_shipped(folder) else None,
        library_name="transformers",
        tags=["hedgerow", "hedging", "certainty", "factuality", "attribution", "stance"],
        metrics=["f1", "accuracy"],
        model_name=f"hedgerow-{folder.name}",
        eval_results=list(_results(metrics)),
    )
    path.write_text("\n".join([f"---\n{data.to_yaml()}\n---", "", *_body(folder, manifest, metrics)]) + "\n", "utf-8")


def write_notice(folder: Path, manifest: Mapping[str, Any], path: Path) -> None:
    """Write NOTICE: the project's for a shipped model, else what is known of the model."""
    if _is_shipped(folder):
        path.write_text(_project_notice(), "utf-8")
        return
    lines = [
        f"{folder.name}: a network trained with hedgerow {manifest['hedgerow']}.",
        f"Its encoder comes from {manifest['backbone']!r}; the licence of that, and of the data in README.md, applies.",
        f"The code (*.py) is of hedgerow {__version__}, Copyright 2026 The hedgerow authors, Apache License 2.0.",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _is_shipped(folder: Path) -> bool:
    return model_hash(folder) in {model_hash(shipped) for shipped in model_folders.trained().values()}


def _project_notice() -> str:
    """Return the project's NOTICE: beside the package in a clone, in the metadata of an installed one."""
    package = Path(model_folders.__file__).parents[1]
    if not (package / "model").is_dir():
        return (package.parent / "NOTICE").read_text("utf-8")
    text = distribution("hedgerow").read_text("licenses/NOTICE")
    assert text is not None, "the wheel has NOTICE among its licence files"
    return text


def _results(metrics: Mapping[str, Any]) -> Iterator[Any]:
    """Yield each measured score of a label head."""
    from huggingface_hub import EvalResult

    for part, scores in metrics.items():
        for head, measured in _label_heads(scores):
            for metric, name in (("macro_f1", "f1"), ("accuracy", "accuracy")):
                yield EvalResult(
                    task_type="text-classification",
                    task_name="labels of a sentence",
                    dataset_type=part,
                    dataset_name=part,
                    metric_type=name,
                    metric_name=f"{head} {'macro-F1' if metric == 'macro_f1' else name}",
                    metric_value=measured[metric]["value"],
                )


def _label_heads(scores: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(head, one) for head, one in scores.items() if isinstance(one, Mapping) and "macro_f1" in one]


def _body(folder: Path, manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"# hedgerow-{folder.name}"
    yield ""
    yield "How certain a sentence is, what stance it takes, which words say so, and whose words they are (English)."
    yield ""
    yield _USE
    yield ""
    yield (
        "This folder has code, which `trust_remote_code` runs; it needs torch and transformers. Hedgerow itself "
        "(`pip install hedgerow`) runs no code of a folder, is faster on a processor, splits texts into sentences, "
        "reads them in context, and gives spans as words; here a span head gives the logits of a BIO tag per token."
    )
    yield from ("", "| head | kind | labels |", "| --- | --- | --- |")
    for head in manifest["heads"]:
        yield f"| {head['name']} | {head['kind']} | {', '.join(head['labels'])} |"
    yield from ("", "| measured on | sentences | head | macro-F1 | 95 % interval |", "| --- | --- | --- | --- | --- |")
    for part, scores in metrics.items():
        for head, measured in _label_heads(scores):
            score = measured["macro_f1"]
            interval = f"{score['low']:.3f} to {score['high']:.3f}"
            yield f"| {part} | {scores['sentences']:,} | {head} | {score['value']:.3f} | {interval} |"
    files = [f"{entry['file']} (sha256 {entry['sha256'][:12]})" for entry in manifest["data"].get("train", [])]
    yield ""
    yield f"It learnt from {', '.join(files)}."
    yield ""
    yield _SHIPPED if _is_shipped(folder) else "Its licence is not recorded: add `license` above before you publish it."
    yield f"Exported by hedgerow {__version__} from the model of sha256 {model_hash(folder)}."
