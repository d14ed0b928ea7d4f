"""Measure a model on labelled files, beside the baselines linear, lexicon and majority.

    python -m evaluation.run --model linear --corpus data/corpus/test.jsonl --out evaluation/reports/linear-test

This is `hedgerow evaluate` for the committed reports: `report.json`, `report.md` and `report.html`. Mistakes show their
sentence only if it is the project's own (in data/), or with `--with-text`, which is rejected if the report could be
committed. Of other corpora the report holds ids, labels and offsets only. `--where picked=false` measures a subset.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from evaluation.command import guarded, make_parser
from hedgerow.corpus.selecting import CorpusPart, parse_conditions
from hedgerow.measuring.measurement import evaluate_to_folder
from hedgerow.report.provenance import shown_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)

    def run() -> None:
        part = CorpusPart(options.corpus, parse_conditions(options.where or ()))
        command = shown_command(["python", "-m", "evaluation.run"], vars(options))
        print(evaluate_to_folder(options.model, part, options.out, command=command, with_text=options.with_text))

    return guarded("run", run)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("run", __doc__)
    parser.add_argument("--model", default="base", help="a shipped model's name, or a model folder")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files (JSON Lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    parser.add_argument("--where", metavar="FIELD=VALUE", nargs="+", help="measure only rows with this value")
    parser.add_argument("--with-text", action="store_true", help="show the sentences of mistakes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
