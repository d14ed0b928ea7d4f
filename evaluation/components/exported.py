"""Compare networks with their exports to transformers: equal labels, and the largest difference of a score.

    python -m evaluation.components.exported base small --corpus data/corpus/dev.jsonl

Each network is exported to a folder that is removed again, and read there by transformers with the code of the export.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hedgerow
from evaluation.command import guarded, make_parser
from hedgerow import corpus
from hedgerow.integrations.transformers.exporting import export_to_transformers
from hedgerow.report import markdown_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.exported", __doc__)
    parser.add_argument("models", nargs="+", help="names of shipped networks, or networks' folders")
    parser.add_argument(
        "--corpus", type=Path, nargs="+", required=True, help="labelled files, whose texts are labelled"
    )
    return guarded("components.exported", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    texts = [example.text for example in corpus.load(options.corpus)]
    rows = [row for model in options.models for row in compared(model, texts)]
    print(markdown_table(["model", "head", "sentences", "equal labels", "largest difference of a score"], rows))


def compared(model: str, texts: Sequence[str]) -> list[list[object]]:
    """Return a row for each label head of `model`: how far its export agrees with it on `texts`."""
    predictions = hedgerow.load(model).predict(texts)
    with tempfile.TemporaryDirectory() as folder:
        export_to_transformers(model, Path(folder) / "exported")
        exported = _label(Path(folder) / "exported", texts)
    rows: list[list[object]] = []
    for head in predictions[0].label_heads:
        ours = [{str(label): score for label, score in one.scores(head).items()} for one in predictions]
        theirs = [row[f"{head}_scores"] for row in exported]
        pairs = list(zip(ours, theirs, strict=True))
        equal = sum(max(mine, key=mine.__getitem__) == max(its, key=its.__getitem__) for mine, its in pairs)
        largest = max(abs(mine[label] - its[label]) for mine, its in pairs for label in mine)
        rows.append([model, head, len(texts), f"{equal / len(texts):.2%}", f"{largest:.4f}"])
    return rows


def _label(folder: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    from transformers import AutoModel, AutoTokenizer

    loaded = AutoModel.from_pretrained(folder, trust_remote_code=True)
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
    rows: list[dict[str, Any]] = []
    for start in range(0, len(texts), 32):
        rows += loaded.label(list(texts[start : start + 32]), tokenizer)
    return rows


if __name__ == "__main__":
    sys.exit(main())
