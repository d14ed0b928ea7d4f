"""`hedgerow summary`: a labelled file or run, rolled up."""

from __future__ import annotations

from pathlib import Path

from hedgerow.io.atomic import replaced_folder
from hedgerow.summary import Group, labelled_files, read_labelled, read_report, summarise
from hedgerow.summary.correction import reject_other_model
from hedgerow.summary.page import write_page
from hedgerow.summary.tables import print_summary, write_csv, write_wordings

FILES = ("shares.csv", "wordings.csv", "summary.html")


def run(place: Path, *, by: str | None, report: Path | None, out: Path | None) -> None:
    """Roll up what lies at `place`; nothing is written where something is wrong."""
    confusions = None if report is None else read_report(report)
    files = labelled_files(place)
    if report is not None:
        reject_other_model(report, place)
    summary = summarise(read_labelled(files), Group(by), confusions)
    if out is not None:
        with replaced_folder(out, allowed=FILES) as folder:
            with (folder / "shares.csv").open("w", encoding="utf-8", newline="") as file:
                write_csv(summary, file)
            with (folder / "wordings.csv").open("w", encoding="utf-8", newline="") as file:
                write_wordings(summary, file)
            (folder / "summary.html").write_text(write_page(summary, place.name), "utf-8")
    print_summary(summary)
