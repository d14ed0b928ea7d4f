"""Compare the labels, spans and scores that two checkouts of this project give the same texts.

    python scripts/compare_trees.py ../before . [--corpus data/corpus/test.jsonl] [--article data/examples/article.txt]

Each checkout labels with its own code and its own models, in a process of its own. Use it to show that a change of the
code changes no prediction. Spans that differ are printed: check that each change is wanted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MODELS = ("base", "small", "linear", "lexicon")
# Runs in each checkout, and so uses only what every version has.
LABEL = """
import json, sys
import hedgerow
models, texts, article = json.load(sys.stdin)
rows = {}
for name in models:
    classifier = hedgerow.load(name)
    rows[name] = [one.to_dict() for one in classifier.predict(texts)]
    rows[name] += [one.to_dict() for one in classifier.read(article)]
json.dump(rows, sys.stdout)
"""


def main(arguments: list[str] | None = None) -> int:
    """Print a line per model, and the spans that differ; return 1 if a label or score differs."""
    parser = argparse.ArgumentParser(
        description="Compare the predictions of two checkouts of this project.",
        epilog="Exit codes: 0 no label or score differs, 1 one differs, 2 wrong usage. "
        "Example: python scripts/compare_trees.py ../before .",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("old", type=Path, help="the folder of the first checkout")
    parser.add_argument("new", type=Path, help="the folder of the second checkout")
    parser.add_argument(
        "--corpus", type=Path, default=Path("data/corpus/test.jsonl"), help="rows to predict, each alone"
    )
    parser.add_argument("--article", type=Path, default=Path("data/examples/article.txt"), help="a text to read")
    options = parser.parse_args(arguments)
    texts = [json.loads(line)["text"] for line in options.corpus.read_text("utf-8").splitlines()]
    article = options.article.read_text("utf-8")
    old, new = (label(tree, texts, article) for tree in (options.old, options.new))
    return max([report(model, old[model], new[model]) for model in MODELS])


def label(tree: Path, texts: list[str], article: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every model, labelled by the code in `tree`."""
    ran = subprocess.run(
        [sys.executable, "-c", LABEL],
        input=json.dumps([MODELS, texts, article]),
        env=os.environ | {"PYTHONPATH": str(tree.resolve())},
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    rows: dict[str, list[dict[str, Any]]] = json.loads(ran.stdout)
    return rows


def report(model: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> int:
    """Print how far the rows of one model differ; return 1 if a label does, or a score by more than 1e-6."""
    labels, scores, changes = 0, 0.0, []
    for before, after in zip(old, new, strict=True):
        labels += any(before[name] != after[name] for name in ("text", "start", "end", "certainty", "stance"))
        for name in ("certainty_scores", "stance_scores"):
            scores = max(scores, *(abs(before[name][label] - after[name][label]) for label in before[name]))
        old_spans, new_spans = (
            {(span["start"], span["end"], span["type"], span["text"]) for span in row["spans"]}
            for row in (before, after)
        )
        if old_spans != new_spans:
            changes.append((sorted(old_spans - new_spans), sorted(new_spans - old_spans)))
    print(
        f"{model}: {len(old)} sentences, {labels} labels differ, scores by up to {scores:.1e}, spans in {len(changes)}"
    )
    for removed, added in changes:
        print("  - " + ", ".join(map(_shown, removed)) + "   + " + ", ".join(map(_shown, added)))
    return int(labels > 0 or scores > 1e-6)


def _shown(span: tuple[int, int, str, str]) -> str:
    return f"{span[3]!r} ({span[2]})"


if __name__ == "__main__":
    sys.exit(main())
