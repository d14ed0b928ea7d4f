"""`hedgerow models`: the shipped models with their scores."""

from __future__ import annotations

import typer

from hedgerow.labels import AXES
from hedgerow.predictors.catalogue import ModelInfo, models


def list_models() -> None:
    """List the shipped models and their scores.

    Exit codes: 0 fine, 2 a shipped model is damaged.

    Example: hedgerow models
    """
    for model in models():
        print("\n".join(_lines(model)))


def _lines(model: ModelInfo) -> list[str]:
    lines = [f"{model.name}: {model.kind}, {model.bytes / 1e6:.1f} MB, hash {model.sha256[:12]}"]
    if not model.scores:
        return [f"{lines[0]}, rules as data, no training"]
    lines[0] += f", {model.training_sentences:,} training sentences"
    for corpus in sorted(model.scores, key=lambda corpus: corpus == "dev"):  # published text first
        caption = "the recipe's dev corpus, composed text: optimistic" if corpus == "dev" else corpus
        scores = model.scores[corpus]
        lines.append(f"  on {caption} ({scores['sentences']:,} sentences), macro-F1 with 95 % intervals:")
        own = [name for name, row in scores.items() if name not in AXES and isinstance(row, dict) and "macro_f1" in row]
        for head in (*AXES, *own):
            score = scores[head]["macro_f1"] if head in scores else None
            shown = f"{score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]" if score else "\u2013"
            lines.append(f"    {head} {shown}")
    return lines


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("models")(list_models)
