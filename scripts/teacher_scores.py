"""Score sentences with a trained model, for another network to learn from where the model itself is not at hand.

    python scripts/teacher_scores.py MODEL-FOLDER --texts FILE... --out model/teacher/scores/NAME.npz

FILES are JSON Lines with "id" and "text". The output has no text: `ids` (one string, an id per line), `hashes` (the
first 8 bytes of the sha256 of each text), and the probabilities of each label head in 8 bits, (sentences, labels) as
p * 255, with the labels in the order of the codebook. Spans are not in it. A text that occurs twice is scored once.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import hedgerow
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import AXES

HASH_BYTES = 8


def main(arguments: list[str] | None = None) -> int:
    """Write the scores, and print how many sentences they are of."""
    parser = argparse.ArgumentParser(description="Score sentences with a trained model; the output has no text.")
    parser.add_argument("model", help="a shipped model's name, or a model folder")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help='JSON Lines with "id" and "text"')
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    options = parser.parse_args(arguments)
    try:
        texts = dict(read_texts(options.texts))
        arrays = score(hedgerow.load(options.model), texts)
    except (hedgerow.HedgerowError, OSError) as error:
        print(f"teacher_scores: {error}; nothing was written", file=sys.stderr)
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out, **arrays)
    print(f"{options.out}: {len(texts):,} sentences")
    return 0


def read_texts(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield each text and its id; raise InputError that names the line of a row without one."""
    for path in files:
        with path.open("rb") as file:
            for line in read_lines(file):
                row = parse_object(line.raw)
                if not isinstance(row.get("text"), str) or not isinstance(row.get("id"), str):
                    raise hedgerow.InputError(f"{path}:{line.number}: no 'text' and 'id'; add both as strings")
                yield row["text"], row["id"]


def score(classifier: hedgerow.Classifier, texts: dict[str, str]) -> dict[str, Any]:
    """Return the arrays of the output file for `texts`, an id by text."""
    predictions = classifier.predict(texts)
    hashes = b"".join(hashlib.sha256(text.encode()).digest()[:HASH_BYTES] for text in texts)
    arrays: dict[str, Any] = {
        "ids": np.array("\n".join(texts.values())),
        "hashes": np.frombuffer(hashes, dtype=np.uint8).reshape(-1, HASH_BYTES),
    }
    for axis, labels in AXES.items():
        scores = np.array([[prediction.scores(axis)[label] for label in labels] for prediction in predictions])
        arrays[axis] = np.round(scores * 255).astype(np.uint8)
    return arrays


if __name__ == "__main__":
    sys.exit(main())
