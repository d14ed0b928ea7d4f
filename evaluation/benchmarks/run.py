"""Train on a published benchmark's own training part, choose on a tenth of it, and measure its test part once.

    python -m evaluation.benchmarks.run wikipedia --data ../shared/corpora/benchmarks \
      --out evaluation/reports/benchmark-wikipedia

Benchmarks: wikipedia and biological (CoNLL-2010, Farkas et al. 2010: is a sentence uncertain?), factappeal (Mor-Lan &
Sheafer 2025: does it state a fact, and by appeal to a source?), certainty (Pei & Jurgens 2021: how certain, 1 to 6).

The encoder and its training are those of base. The comparison with published figures is of the method, not of the
shipped weights: none of these weights are shipped. A tenth of the training part, drawn by group, chooses the epoch (by
the sentences first: the cues count half) and the threshold (the median of the best of many bootstrap draws, because the
best of one draw is chance). Certainty is learnt as a distribution over 1 to 6, whose mean is the answer.

`figures` of the report: the `benchmark`; the name of its `measure`, with `value`, `low` and `high`; the `threshold`, if
one was chosen; the `published` figure; how our data `differs`; the `rows` of each part; the `backbone`, and the
`minutes` of training.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.benchmarks.scoring import score
from evaluation.benchmarks.table import write_table
from evaluation.benchmarks.tasks import TASKS, Task, rows_of
from evaluation.command import Measured, ReportCommand, guarded, make_parser, run_command
from hedgerow.errors import RecipeError
from hedgerow.metrics.measures import DRAWS
from hedgerow.report import Definitions, Page, Report, Section, facts, literal, measured_files, with_interval
from hedgerow.report.provenance import ROOT
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
    options = parser.parse_args(arguments)
    code = run_command(parser, arguments, ReportCommand("benchmark", _measure, page_of, _summary))
    if code == 0 and options.out.name == f"benchmark-{options.name}":
        return guarded("benchmarks.run", lambda: print(write_table(options.out.parent)))
    return code


def _measure(options: argparse.Namespace) -> Measured:
    recipe = read_recipe(options.recipe)
    if not isinstance(recipe, NetworkRecipe):
        raise RecipeError(f"{options.recipe}: 'kind' is 'linear'; a benchmark needs the recipe of a network")
    task = TASKS[options.name]
    figures = {"benchmark": options.name, **measure(task, recipe, options.recipe.parent, options.data)}
    files = [options.data / name for name in sorted({task.train[0], task.test[0]})]
    return Measured(figures, corpus=measured_files(files))


def measure(task: Task, recipe: NetworkRecipe, recipe_folder: Path, data: Path) -> dict[str, Any]:
    """Return the figures of the report but the benchmark's name."""
    from evaluation.benchmarks.method import Method, probabilities  # imports torch, which pages do not need

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
        "backbone": (recipe.backbone or recipe.start_from).rsplit("/", 1)[-1],
        "minutes": round(minutes, 1),
    }


def _is_held_out(group: str, seed: int) -> bool:
    return hashlib.sha256(f"{seed}/{group}".encode()).digest()[0] < 26  # of 256: a tenth


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in figures["rows"].items())
    training = f"{figures['backbone']}, {figures['minutes']} minutes"
    if "threshold" in figures:
        training += f"; threshold {figures['threshold']}, chosen on a tenth of the training part"
    result = Definitions(
        [
            (figures["measure"], with_interval(figures)),
            ("best published", figures["published"]),
            ("our data", figures["differs"]),
        ]
    )
    note = f"The interval is of {DRAWS:,} bootstrap draws of sentences, not of documents."
    return Page(
        f"Published benchmark: {figures['benchmark']}",
        facts(report, ("sentences", counts), ("training", literal(training))),
        sections=(Section("Test part", parts=(result,), notes=(note,)),),
    )


def _summary(report: Report) -> str:
    return f"{report.figures['benchmark']}: {report.figures['measure']} {with_interval(report.figures)}"


if __name__ == "__main__":
    sys.exit(main())
