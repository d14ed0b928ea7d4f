"""Fine-tuning on 200 rows: base learns a label of our own, and keeps its certainty and stance.

    python examples/fine_tuning.py [MODEL_FOLDER]    # needs pip install 'hedgerow[train]'; runs/sourcing if not given

The label is how a sentence names its source: not at all, anonymously, or by name. It is made from the spans of the
bundled corpus. The recipe is examples/sourcing.toml.
"""

# --8<-- [start:code]
from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hedgerow
from hedgerow import corpus
from hedgerow.training import TrainingInputs, train_model

ROOT = Path(__file__).resolve().parents[1]
ROWS = 200  # of training, and of dev


def main(
    model: Path = ROOT / "runs/sourcing",
    rows: int = ROWS,
    settings: Mapping[str, Any] | None = None,
    start: str = "base",
) -> None:
    """Train on `rows` rows, and print how often the label is right on others, beside the most frequent one."""
    parts = {part: model.with_name(f"{model.name}.{part}.jsonl") for part in ("train", "dev")}
    model.parent.mkdir(parents=True, exist_ok=True)
    for part, path in parts.items():
        write_rows(path, corpus.load([ROOT / f"data/corpus/{part}.jsonl"]), rows)
    inputs = TrainingInputs(corpora=[parts["train"]], dev=[parts["dev"]], start_from=start, settings=settings or {})
    train_model(ROOT / "examples/sourcing.toml", model, inputs)
    classifier = hedgerow.load(model)
    held_out = [json.loads(line) for line in parts["dev"].read_text("utf-8").splitlines()]
    predictions = classifier.predict([row["text"] for row in held_out])
    right = sum(best(one) == row["sourcing"] for one, row in zip(predictions, held_out, strict=True))
    most = Counter(row["sourcing"] for row in held_out).most_common(1)[0][1]
    print(f"right in {right} of {len(held_out)} held-out sentences; the most frequent label in {most}")
    prediction = classifier("The court may hear the appeal in May, a clerk said.")
    print(prediction.certainty, prediction.stance, best(prediction))


def write_rows(path: Path, examples: list[hedgerow.Example], rows: int) -> None:
    """Write rows with our label and no other, drawn in whole groups."""
    drawn = corpus.sample(examples, rows / len(examples), seed=13)
    lines = ({"id": one.id, "group": one.group, "text": one.text, "sourcing": sourcing(one)} for one in drawn)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


def sourcing(example: hedgerow.Example) -> str:
    """Return the label of a row of the bundled corpus."""
    types = {span.type for span in example.spans or () if span.is_source}
    return "named" if hedgerow.SpanType.SOURCE_NAMED in types else "anonymous" if types else "none"


def best(prediction: hedgerow.Prediction) -> str:
    """Return the label with the best score."""
    scores: Mapping[str, float] = prediction.scores("sourcing")
    return max(scores, key=scores.__getitem__)


if __name__ == "__main__":
    main(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
