"""Train on a published benchmark's own training part, choose on a tenth of it, and measure its test part once.

    python -m evaluation.benchmarks.run wikipedia --data ../shared/corpora/benchmarks \
      --out evaluation/reports/benchmark-wikipedia

Benchmarks: wikipedia and biological (CoNLL-2010, Farkas et al. 2010: is a sentence uncertain?), factappeal (Mor-Lan &
Sheafer 2025: does it state a fact, and by appeal to a source?), certainty (Pei & Jurgens 2021: how certain, 1 to 6).

The encoder and its training are those of base. The comparison with published figures is of the method, not of the
shipped weights: none of these weights are shipped. A tenth of the training part, drawn by group, chooses the epoch (by
the sentences first: the cues count half) and the threshold (the median of the best of many bootstrap draws, because the
best of one draw is chance). Certainty is learnt as a distribution over 1 to 6, whose mean is the answer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.benchmarks.scoring import score
from evaluation.benchmarks.table import write_table
from evaluation.benchmarks.tasks import TASKS, Task, rows_of
from evaluation.command import guarded, make_parser, write_report
from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.metrics.measures import DRAWS
from hedgerow.report import with_interval, markdown_table
from hedgerow.measuring.measurement import REPORT_SCHEMA
from hedgerow.report.provenance import ROOT, commit, short_hash, shown_command
from hedgerow.training.recipe import NetworkRecipe, read_recipe

RECIPE = ROOT / "model" / "base" / "recipe.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("benchmarks.run", __doc__)
    parser.add_argument("name", choices=sorted(TASKS), help="the benchmark")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the benchmarks' files (JSON Lines)")
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="encoder and settings (default: those of base)")
    parser.add_argument(
        "--out", type=Path, required=True, help="a folder; if it is named benchmark-NAME, benchmarks.md is updated"
    )
    return guarded("benchmarks.run", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    recipe = read_recipe(options.recipe)
    if not isinstance(recipe, NetworkRecipe):
        raise RecipeError(f"{options.recipe}: 'kind' is 'linear'; a benchmark needs the recipe of a network")
    measured = measure(TASKS[options.name], recipe, options.recipe.parent, options.data)
    report = {"schema": REPORT_SCHEMA, "benchmark": options.name, "command": _command(options), **measured}
    write_report(options.out, report, to_markdown(report))
    if options.out.name == f"benchmark-{options.name}":
        write_table(options.out.parent)
    print(to_markdown(report))


def _command(options: argparse.Namespace) -> str:
    """Return the command as one would type it in the project's folder."""
    given = {name: value for name, value in vars(options).items() if name != "name"}
    if options.recipe.resolve().is_relative_to(ROOT):
        given["recipe"] = options.recipe.resolve().relative_to(ROOT)
    return shown_command(["python", "-m", "evaluation.benchmarks.run", options.name], given)


def measure(task: Task, recipe: NetworkRecipe, recipe_folder: Path, data: Path) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    from evaluation.benchmarks.method import Method, probabilities  # imports torch, which pages do not need

    started_at = commit("evaluation")  # before hours in which the working tree can change
    rows, test = rows_of(data, task)
    held_out = [row for row in rows if _is_held_out(row["group"], recipe.seed)]
    train = [row for row in rows if not _is_held_out(row["group"], recipe.seed)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as run:
        network, tokenizer = Method(task, recipe, recipe_folder).fit(train, held_out, Path(run))
    minutes = (time.monotonic() - started) / 60
    parts = [(part, probabilities(network, tokenizer, part)) for part in (held_out, test)]
    return {
        "measure": task.measure,
        **score(task, *parts),
        "published": task.published,
        "differs": task.differs,
        "rows": {"train": len(train), "held_out": len(held_out), "test": len(test)},
        "files": {name: sha256(data / name) for name in sorted({task.train[0], task.test[0]})},
        "backbone": (recipe.backbone or recipe.start_from).rsplit("/", 1)[-1],
        "minutes": round(minutes, 1),
        "commit": started_at,
    }


def _is_held_out(group: str, seed: int) -> bool:
    return hashlib.sha256(f"{seed}/{group}".encode()).digest()[0] < 26  # of 256: a tenth


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as one Markdown page."""
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in report["rows"].items())
    files = ", ".join(f"`{name}` ({short_hash(digest)})" for name, digest in report["files"].items())
    threshold = (
        f"; threshold {report['threshold']}, chosen on a tenth of the training part" if "threshold" in report else ""
    )
    return (
        f"# {report['benchmark']}\n\n- command: `{report['command']}`\n- commit: {report['commit']}\n"
        f"- data: {files}; sentences: {counts}\n- {report['backbone']}, {report['minutes']} minutes{threshold}\n\n"
        + markdown_table([report["measure"], "best published"], [[with_interval(report), report["published"]]])
        + f"\n\nThe interval is of {DRAWS:,} bootstrap draws of sentences, not of documents."
        + f"\n\nOur data: {report['differs']}.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
