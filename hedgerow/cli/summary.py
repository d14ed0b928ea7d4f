"""`hedgerow summary`: roll up a labelled file or run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hedgerow.io.atomic import replaced_folder
from hedgerow.summary import Group, Summary, labelled_files, read_labelled, read_report, summarise
from hedgerow.summary.correction import reject_other_model
from hedgerow.summary.page import write_page
from hedgerow.summary.tables import print_summary, write_csv, write_phrases

FILES = ("prevalence.csv", "phrases.csv", "summary.html")

Labelled = Annotated[Path, typer.Argument(help="A file or run folder that hedgerow label wrote.")]
By = Annotated[
    str | None,
    typer.Option(help="doc, source, month (of the column date), month:COLUMN, or a column.", show_default="no groups"),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(help="A report.json: correct prevalence by its confusion matrix.", show_default="no correction"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="A folder for two CSV files and a page with plots.", show_default="terminal only"),
]


def roll_up(labelled: Labelled, by: By = None, report: ReportFile = None, out: Out = None) -> None:
    """Roll up labelled sentences: prevalence of labels with intervals, frequent cues and sources.

    With --out it also writes prevalence.csv, phrases.csv and summary.html.

    Exit codes: 0 fine, 2 wrong usage or an unreadable file, 130 interrupted.

    Example: hedgerow label data/examples/article.txt --out a.jsonl &&
    hedgerow summary a.jsonl
    """
    run(labelled, by=by, report=report, out=out)


def run(labelled: Path, *, by: str | None, report: Path | None, out: Path | None) -> None:
    """Roll up the file or run folder `labelled`; write nothing if something is wrong."""
    confusions = None if report is None else read_report(report)
    files = labelled_files(labelled)
    if report is not None:
        reject_other_model(report, labelled)
    summary = summarise(read_labelled(files), Group(by), confusions)
    if out is not None:
        _write(summary, labelled.name, out)
    print_summary(summary)


def _write(summary: Summary, name: str, out: Path) -> None:
    with replaced_folder(out, allowed=FILES) as folder:
        with (folder / "prevalence.csv").open("w", encoding="utf-8", newline="") as file:
            write_csv(summary, file)
        with (folder / "phrases.csv").open("w", encoding="utf-8", newline="") as file:
            write_phrases(summary, file)
        (folder / "summary.html").write_text(write_page(summary, name), "utf-8")


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("summary")(roll_up)
