"""A news archive by outlet and month: the share of sentences that are certain, with intervals.

    python examples/news_archive.py [ARCHIVE.jsonl] [FOLDER]

A line of the archive is one article: `text`, `outlet`, `date`. The articles in examples/archive.jsonl are invented. The
archive is labelled to a run, FOLDER/run, which a second call resumes. FOLDER/months.csv has a line for each outlet,
month and label; `hedgerow summary FOLDER/run --by outlet,month -o FOLDER/report` makes a page of the same figures.
"""

# --8<-- [start:code]
from __future__ import annotations

import sys
from pathlib import Path

import hedgerow
from hedgerow.summary import Group, find_labelled, read_labelled, summarise
from hedgerow.summary.spreadsheets import write_prevalence

ARCHIVE = Path(__file__).parent / "archive.jsonl"


def main(archive: Path = ARCHIVE, folder: Path = Path("runs/archive")) -> None:
    """Label the archive, write a spreadsheet, and print the share of certain sentences."""
    hedgerow.label_files(archive, folder / "run", model="small")
    group = Group("outlet,month")
    summary = summarise(read_labelled(find_labelled(folder / "run").files, group.columns), group)
    with (folder / "months.csv").open("w", encoding="utf-8", newline="") as file:
        write_prevalence(summary, file)
    for one in summary.groups:
        certain = next(estimate.share for estimate in one.estimates if estimate.label == "certain")
        interval = f"[{certain.low:.0%}, {certain.high:.0%}]"
        print(f"{one.name}: {certain.value:.0%} {interval} of {one.sentences} sentences are certain")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
