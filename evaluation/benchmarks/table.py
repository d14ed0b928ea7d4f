"""Write the table of the published benchmarks from the reports in `benchmark-NAME/`.

    python -m evaluation.benchmarks.table

`evaluation.benchmarks.run` updates it after each run. The page names the benchmarks without a report.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluation.benchmarks.tasks import TASKS
from evaluation.command import guarded, make_parser
from evaluation.index import REPORTS
from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.report import Cell, Link, Page, Report, Section, Table, literal, to_markdown, with_interval
from hedgerow.report.record import REPORT
from hedgerow.report.report_files import MARKDOWN

PAGE = "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("benchmarks.table", __doc__)
    parser.add_argument("--reports", type=Path, default=REPORTS, help="the folder (default: evaluation/reports)")
    options = parser.parse_args(arguments)
    return guarded("benchmarks.table", lambda: print(write_table(options.reports)))


def write_table(reports: Path) -> Path:
    """Write benchmarks.md to the folder `reports`, and return its path.

    Raises InputError if there is no report, or one that is not a benchmark's.
    """
    paths = {name: reports / f"benchmark-{name}" / REPORT for name in TASKS}
    by_name = {name: _read(path) for name, path in paths.items() if path.exists()}
    if not by_name:
        raise InputError(f"{reports}: no benchmark-NAME/{REPORT} in it; run evaluation.benchmarks.run first")
    with replaced_file(reports / PAGE) as file:
        file.write(to_markdown(table_page(by_name)))
    return reports / PAGE


def _read(path: Path) -> Report:
    report = Report.read(path)
    if report.kind != "benchmark":
        raise InputError(f"{path}: a report of the kind {report.kind!r}; run evaluation.benchmarks.run again")
    return report


def table_page(reports: Mapping[str, Report]) -> Page:
    """Return the page: one row per report, by the benchmark's name."""
    backbones = literal(", ".join(sorted({report.figures["backbone"] for report in reports.values()})))
    text = (
        f"{backbones} with base's settings, trained on each benchmark's own training part; a tenth of it chose the "
        "epoch and the threshold; tested once, unless a second look is mentioned. These weights are not shipped: the "
        "comparison is of the method. Published figures are as printed by their authors and were not reproduced here; "
        "those of TF-IDF are this project's. Intervals are of 2,000 bootstrap draws of sentences, not of documents."
    )
    header = ["benchmark", "measure", "here, 95 % interval", "best published", "train / held out / test", "our data"]
    table = Table(header, [_row(name, report) for name, report in reports.items()])
    missing = [name for name in TASKS if name not in reports]
    notes = (f"Not run: {', '.join(missing)}.",) if missing else ()
    return Page("Published benchmarks", text=(text,), sections=(Section("Results", parts=(table,), notes=notes),))


def _row(name: str, report: Report) -> list[Cell]:
    figures, folder = report.figures, f"benchmark-{name}"
    counts = " / ".join(f"{figures['rows'][part]:,}" for part in ("train", "held_out", "test"))
    link = Link(name, f"{folder}/{MARKDOWN}")
    return [link, figures["measure"], with_interval(figures), figures["published"], counts, figures["differs"]]


if __name__ == "__main__":
    sys.exit(main())
