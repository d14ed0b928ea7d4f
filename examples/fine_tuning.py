"""Fine-tuning on 200 rows: base learns a label of our own, and keeps its certainty and stance.

    python examples/fine_tuning.py [MODEL_FOLDER]    # needs pip install 'hedgerow[train]'; runs/topic if not given

The label is the topic of a sentence, which the bundled corpus has as `domain`. The recipe is examples/topic.toml.
"""

# --8<-- [start:code]
from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow import corpus
from hedgerow.training import TrainingInputs, train_model

ROOT = Path(__file__).resolve().parents[1]
ROWS = 200  # of training, and of dev


def main(
    model: Path = ROOT / "runs/topic", rows: int = ROWS, settings: Mapping[str, Any] | None = None, start: str = "base"
) -> None:
    """Train on `rows` rows, and print how often the topic is right on 200 others, and an answer."""
    parts = {part: model.with_name(f"{model.name}.{part}.jsonl") for part in ("train", "dev")}
    model.parent.mkdir(parents=True, exist_ok=True)
    for part, path in parts.items():
        write_topics(path, corpus.load([ROOT / f"data/corpus/{part}.jsonl"]), rows)
    inputs = TrainingInputs(corpora=[parts["train"]], dev=[parts["dev"]], start_from=start, settings=settings or {})
    train_model(ROOT / "examples/topic.toml", model, inputs)
    classifier = hedgerow.load(model)
    held_out = [json.loads(line) for line in parts["dev"].read_text("utf-8").splitlines()]
    predictions = classifier.predict([row["text"] for row in held_out])
    right = sum(topic(one) == row["topic"] for one, row in zip(predictions, held_out, strict=True))
    print(f"topic right in {right} of {len(held_out)} held-out sentences")
    prediction = classifier("The court may hear the appeal in May, a clerk said.")
    print(prediction.certainty, prediction.stance, topic(prediction))


def write_topics(path: Path, examples: list[hedgerow.Example], rows: int) -> None:
    """Write rows with a topic and no other label, drawn in whole groups."""
    drawn: Iterable[hedgerow.Example] = corpus.sample(examples, rows / len(examples), seed=13)
    lines = ({"id": one.id, "group": one.group, "text": one.text, "topic": one.domain} for one in drawn)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


def topic(prediction: hedgerow.Prediction) -> str:
    """Return the topic with the best score."""
    scores = prediction.scores("topic")
    return max(scores, key=scores.__getitem__)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
