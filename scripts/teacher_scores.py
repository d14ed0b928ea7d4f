"""Score sentences with a trained model, for another network to learn from where the model itself is not at hand.

    python scripts/teacher_scores.py MODEL-FOLDER --texts FILE... --out model/teacher/scores/NAME.npz

FILES are JSON Lines with "id" and "text". The output has no text (see hedgerow.training.network.score_file), and
`train.py --teacher` takes it. A text that occurs twice is scored once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import hedgerow
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import AXES
from hedgerow.predictors.folder import find, read_manifest
from hedgerow.training.network.score_file import write_scores


def main(arguments: list[str] | None = None) -> int:
    """Write the scores, and print how many sentences they are of."""
    parser = argparse.ArgumentParser(description="Score sentences with a trained model; the output has no text.")
    parser.add_argument("model", help="a shipped model's name, or a model folder")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help='JSON Lines with "id" and "text"')
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    options = parser.parse_args(arguments)
    try:
        texts = dict(read_texts(options.texts))
        if options.out.suffix != ".npz":
            raise hedgerow.InputError(f"--out {options.out}: its name does not end in .npz")
        scores = score(hedgerow.load(options.model), texts)
        write_scores(options.out, texts, scores, temperatures(find(options.model)))
    except (hedgerow.HedgerowError, OSError) as error:
        print(f"teacher_scores: {error}; nothing was written", file=sys.stderr)
        return 2
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


def score(classifier: hedgerow.Classifier, texts: Iterable[str]) -> dict[str, Any]:
    """Return the probabilities of `texts` by axis, (texts, labels)."""
    predictions = classifier.predict(texts)
    return {
        axis: np.array([[prediction.scores(axis)[label] for label in labels] for prediction in predictions])
        for axis, labels in AXES.items()
        if any(head.name == axis for head in classifier.heads)
    }


def temperatures(folder: Path) -> dict[str, float]:
    """Return what the logits of each axis are divided by in the model in `folder`; 1 if it is not calibrated."""
    found = {head["name"]: head.get("temperature", 1.0) for head in read_manifest(folder).get("heads", ())}
    return {axis: found.get(axis, 1.0) for axis in AXES}


if __name__ == "__main__":
    sys.exit(main())
