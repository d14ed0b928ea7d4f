"""`hedgerow summary`: roll up a labelled file or run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, TextIO

import typer

from hedgerow.io.atomic import check_target, replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.report import page_as_html
from hedgerow.report.provenance import shown_command
from hedgerow.summary import Group, Origin, Summary, find_labelled, read_labelled, read_report, summarise
from hedgerow.summary.correction import reject_other_model
from hedgerow.summary.page import summary_page
from hedgerow.summary.spreadsheets import write_differences, write_examples, write_phrases, write_prevalence
from hedgerow.summary.summary_record import summary_report
from hedgerow.summary.tables import print_summary

PAGE, RECORD = "summary.html", "summary.json"
TABLES: Mapping[str, Callable[[Summary, TextIO], None]] = {
    "prevalence.csv": write_prevalence,
    "differences.csv": write_differences,
    "phrases.csv": write_phrases,
    "examples.csv": write_examples,
}
FILES = (*TABLES, RECORD, PAGE)

Labelled = Annotated[Path, typer.Argument(help="A file or run folder that hedgerow label wrote.")]
By = Annotated[
    str | None,
    typer.Option(
        help="doc, source, a column, or year, quarter, month, week or day of the column date (month:COLUMN: of another "
        "one); several with commas.",
        show_default="no groups",
    ),
]
Compare = Annotated[
    tuple[str, str] | None,
    typer.Option(help="The two groups whose differences are given.", show_default="two groups, or each with the rest"),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        help="A report.json of the model that labelled: correct prevalence by its confusion matrix.",
        show_default="no correction",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="A folder for CSV, JSON and a page with charts.", show_default="terminal only"),
]


def roll_up(
    labelled: Labelled, by: By = None, compare: Compare = None, report: ReportFile = None, out: Out = None
) -> None:
    """Roll up labelled sentences: prevalence of labels with intervals, frequent cues and sources.

    With --out it also writes prevalence.csv, differences.csv, phrases.csv, examples.csv,
    summary.json with all of their figures, and summary.html, a page with charts.

    Exit codes: 0 fine, 2 wrong usage or an unreadable file, 130 interrupted.

    Example: hedgerow label article.txt --out a.jsonl &&
    hedgerow summary a.jsonl
    """
    run(labelled, by=by, compare=compare, report=report, out=out)


def run(
    labelled: Path,
    *,
    by: str | None = None,
    compare: tuple[str, str] | None = None,
    report: Path | None = None,
    out: Path | None = None,
) -> None:
    """Roll up the file or run folder `labelled`; write nothing if something is wrong."""
    group = Group(by)
    if out is not None:
        check_target(out, FILES)
    confusions = None if report is None else read_report(report)
    origin = find_labelled(labelled)
    if report is not None:
        reject_other_model(report, origin)
    summary = summarise(read_labelled(origin.files, group.columns), group, confusions, compare)
    if out is not None:
        options = {"by": by, "compare": None if compare is None else list(compare), "report": report, "out": out}
        command = shown_command(["hedgerow", "summary", str(labelled)], options)
        _write(summary, origin, out, command)
    print_summary(summary, origin)


def _write(summary: Summary, origin: Origin, out: Path, command: str) -> None:
    record = summary_report(summary, origin, command)
    with replaced_folder(out, allowed=FILES) as folder:
        for name, write in TABLES.items():
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                write(summary, file)
        write_json(folder / RECORD, record.to_dict())
        (folder / PAGE).write_text(page_as_html(summary_page(summary, origin, record)), "utf-8")


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("summary")(roll_up)
