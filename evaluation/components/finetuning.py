"""Measure fine-tuning: base goes on with rows of another scheme, against training from MiniLM on the same rows.

    python -m evaluation.components.finetuning --data ../shared/corpora --draws 200:3 1000:3 --runs runs/finetuning \
      --out evaluation/reports/base-finetuning

The scheme is FactAppeal's (Mor-Lan & Sheafer 2025): whether a sentence of news states no fact, a fact, or a fact with
an appeal to a source. Rows are drawn from its training part with the seed, without texts that stand in two parts; half
of its dev part chooses the epoch and is measured. So are data/corpus/dev.jsonl and every fourth row of real/dev.jsonl,
for what base forgets. Figures are of the network in single precision. Every training is on one thread; its processor
time is from its start to the end of the training. A finished training is kept in `--runs`, and not repeated.

`figures` of the report: `dev`, the number of sentences that measure the new head; `before`, the scores of base's heads,
by head and file; `ways`, for each way and number of rows, the number of draws, and mean and standard deviation of each
score and of the minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow.corpus.duplicates import plain_text
from hedgerow.corpus.external import objects
from hedgerow.errors import InputError
from hedgerow.io.atomic import publish
from hedgerow.labels import AXES, SPANS
from hedgerow.report import Cell, Page, Report, Section, Table, facts, measured_files, measured_model
from hedgerow.report.provenance import ROOT

FILE = Path("benchmarks") / "factappeal.jsonl"
PUBLISHED = Path("real") / "dev.jsonl"
OWN = "appeal"
LABELS = ("no_fact", "fact_no_appeal", "fact_appeal")
BUNDLED = ROOT / "data" / "corpus"
MINILM = ROOT / "runs" / "backbones" / "minilm"
KEPT = (*AXES, SPANS)
FIRST = ("way", "rows", "draws")  # columns
# The settings of each way beside those of model/finetune/recipe.toml.
WAYS: Mapping[str, Mapping[str, Any]] = {
    "from MiniLM": {
        "retention": None,
        "backbone": str(MINILM),
        "optimisation.encoder_lr": 1e-4,
        "optimisation.epochs": 10,
    },
    "from base, nothing kept": {"retention": None},
    "from base, retention": {},
    "from base, replay": {"retention": None, "replay.corpora": [str(BUNDLED / "train.jsonl")], "replay.share": 0.5},
}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Data:
    """The rows to train on, those of dev, and the files by name that show what base forgets."""

    train: Sequence[Row]
    dev: Sequence[Row]
    kept: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Case:
    """A training: the way it goes, the number of rows, and the seed that draws them."""

    way: str
    rows: int
    seed: int

    @property
    def name(self) -> str:
        """A name for its file."""
        return f"{self.way.replace(', ', '-').replace(' ', '-')}-{self.rows}-{self.seed}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.finetuning", __doc__)
    parser.add_argument("--data", type=Path, required=True, help=f"the folder with {FILE} and {PUBLISHED}")
    parser.add_argument("--draws", metavar="ROWS:DRAWS", nargs="+", type=_draws, required=True, help="as in 200:3")
    parser.add_argument("--runs", type=Path, required=True, help="a folder that keeps the finished trainings")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return run_command(parser, arguments, ReportCommand("fine_tuning", _measure, page_of, _summary))


def _draws(text: str) -> tuple[int, int]:
    try:
        rows, draws = map(int, text.split(":"))
    except ValueError:
        rows = draws = 0
    if min(rows, draws) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not ROWS:DRAWS, as in 200:3")
    return rows, draws


def _measure(options: argparse.Namespace) -> Measured:
    train, dev = (read_part(options.data / FILE, part) for part in ("train", "dev"))
    dev = dev[::2]
    kept = {"composed": BUNDLED / "dev.jsonl", "published": options.data / PUBLISHED}
    for rows, draws in options.draws:
        if rows > len(train):
            raise InputError(f"--draws {rows}:{draws}: {FILE} has {len(train):,} rows to train on; ask for fewer")
    cases = [Case(way, rows, seed + 1) for rows, draws in options.draws for seed in range(draws) for way in WAYS]
    results = {case: _finished(case, options.runs, Data(train, dev, kept)) for case in cases}
    figures = {
        "dev": len(dev),
        "before": _before(options.runs, kept),
        "ways": [_of_way(way, rows, results) for rows, _ in options.draws for way in WAYS],
    }
    files = [options.data / FILE, BUNDLED / "train.jsonl", *kept.values()]
    return Measured(figures, models=[measured_model("base")], corpus=measured_files(files, ["base"]))


def read_part(path: Path, part: str) -> list[Row]:
    """Return the rows {"text", OWN} of a part, each text once, without texts that stand in two parts."""
    raw = [row for _, row in objects(path)]
    parts: dict[str, set[str]] = {}
    for row in raw:
        parts.setdefault(plain_text(row["text"]), set()).add(row["split"])
    rows: dict[str, Row] = {}
    for row in raw:
        key, kind = plain_text(row["text"]), row["labels"]["sentence_class"]
        if parts[key] == {part}:
            rows.setdefault(key, {"text": row["text"], OWN: "fact_appeal" if kind == "mixed" else kind})
    return list(rows.values())


def _finished(case: Case, runs: Path, data: Data) -> dict[str, Any]:
    """Return the figures of a case, from its file if it has one."""
    path = runs / f"{case.name}.json"
    if not path.is_file():
        from evaluation.components.finetuned import fit  # imports torch, which pages do not need

        drawn = random.Random(case.seed).sample(data.train, case.rows)
        _keep(path, fit(WAYS[case.way], replace(data, train=drawn), case.seed))
    figures: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return figures


def _before(runs: Path, kept: Mapping[str, Path]) -> dict[str, float]:
    """Return the scores of base's heads before any training."""
    path = runs / "before.json"
    if not path.is_file():
        from evaluation.components.finetuned import scores_of_base

        _keep(path, scores_of_base(kept))
    scores: dict[str, float] = json.loads(path.read_text("utf-8"))
    return scores


def _keep(path: Path, figures: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    publish((json.dumps(figures) + "\n").encode(), path.with_suffix(".tmp"), path)


def _of_way(way: str, rows: int, results: Mapping[Case, Mapping[str, Any]]) -> dict[str, Any]:
    """Return mean and standard deviation over the seeds of each figure of a way."""
    runs = [figures for case, figures in results.items() if (case.way, case.rows) == (way, rows)]
    return {
        "way": way,
        "rows": rows,
        "draws": len(runs),
        "figures": {name: _spread([run[name] for run in runs]) for name in runs[0]},
    }


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    return {"mean": round(mean(values), 4), "deviation": round(stdev(values), 4) if len(values) > 1 else None}


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    recipe = f"`model/finetune/recipe.toml`; the label of FactAppeal is a head of its own, `{OWN}`"
    title = "Fine-tuning base on rows of another scheme"
    about = (
        "Mean ± standard deviation over draws of the rows. Retention: base's own answers on the rows are targets too. "
        "Replay: half as many rows of data/corpus/train.jsonl beside, on which base was trained."
    )
    sections = (_new_head(report.figures), _heads_of_base(report.figures))
    return Page(title, facts(report, ("recipe", recipe)), text=(about,), sections=sections)


def _new_head(figures: Mapping[str, Any]) -> Section:
    about = (
        f"Macro-F1 of {OWN} on half of FactAppeal's dev part, {figures['dev']} sentences, which chose the epoch too. "
        "Minutes of processor time, on one thread."
    )
    rows: list[list[Cell]] = []
    for way in figures["ways"]:
        minutes = f"{way['figures']['minutes']['mean']:.1f}"
        rows.append([way["way"], way["rows"], way["draws"], _spread_of(way, OWN), minutes])
    note = "base has learnt from sentences of FactAppeal's training part, with labels of our codebook, not with these."
    return Section("The new head", text=(about,), parts=(Table([*FIRST, OWN, "minutes"], rows),), notes=(note,))


def _heads_of_base(figures: Mapping[str, Any]) -> Section:
    about = (
        "For what base forgets: macro-F1 of certainty and stance, strict F1 of spans, on data/corpus/dev.jsonl "
        "(composed) and on every fourth row of real/dev.jsonl (published)."
    )
    names = list(figures["before"])
    rows: list[list[Cell]] = [["base before", "", "", *(f"{figures['before'][name]:.3f}" for name in names)]]
    for way in figures["ways"]:
        if set(names) <= set(way["figures"]):
            rows.append([way["way"], way["rows"], way["draws"], *(_spread_of(way, name) for name in names)])
    table = Table([*FIRST, *(name.replace("_", " ") for name in names)], rows)
    return Section("The heads of base", text=(about,), parts=(table,))


def _spread_of(way: Mapping[str, Any], name: str) -> str:
    score = way["figures"][name]
    deviation = "" if score["deviation"] is None else f" ± {score['deviation']:.3f}"
    return f"{score['mean']:.3f}{deviation}"


def _summary(report: Report) -> str:
    return "\n".join(
        f"{way['way']}, {way['rows']} rows: {OWN} {_spread_of(way, OWN)}" for way in report.figures["ways"]
    )


if __name__ == "__main__":
    sys.exit(main())
