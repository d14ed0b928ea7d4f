"""Write the table of the published benchmarks from the reports in `benchmark-NAME/`.

    python -m evaluation.benchmarks.table

`evaluation.benchmarks.run` updates it after each run. The page names the benchmarks without a report.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.benchmarks.tasks import TASKS
from evaluation.index import REPORTS
from evaluation.command import guarded, make_parser
from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.report import with_interval, markdown_table

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
    paths = {name: reports / f"benchmark-{name}" / "report.json" for name in TASKS}
    by_name = {name: _read(path) for name, path in paths.items() if path.exists()}
    if not by_name:
        raise InputError(f"{reports}: no benchmark-NAME/report.json in it; run evaluation.benchmarks.run first")
    with replaced_file(reports / PAGE) as file:
        file.write(to_markdown(by_name))
    return reports / PAGE


def _read(path: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))
        _row(path.parent.name, report)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a benchmark's report ({error!r}); run evaluation.benchmarks.run again") from None
    return report


def to_markdown(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page: one row per report, by the benchmark's name."""
    missing = [name for name in TASKS if name not in reports]
    backbones = ", ".join(sorted({report["backbone"] for report in reports.values()}))
    head = ["benchmark", "measure", "here, 95 % interval", "best published", "train / held out / test", "our data"]
    return (
        "# Published benchmarks\n\n"
        f"{backbones} with base's settings, trained on each benchmark's own training part; a tenth of it chose the "
        "epoch and the threshold; tested once, unless a second look is mentioned. These weights are not shipped: the "
        "comparison is of the method. Published figures are as printed by their authors and were not reproduced here; "
        "those of TF-IDF are this project's. Intervals are of 2,000 bootstrap draws of sentences, not of documents.\n\n"
        + markdown_table(head, [_row(name, report) for name, report in reports.items()])
        + "\n"
        + (f"\nNot run: {', '.join(missing)}.\n" if missing else "")
    )


def _row(name: str, report: Mapping[str, Any]) -> list[str]:
    counts = " / ".join(f"{report['rows'][part]:,}" for part in ("train", "held_out", "test"))
    link = f"[{name}](benchmark-{name}/report.md)"
    return [link, report["measure"], with_interval(report), report["published"], counts, report["differs"]]


if __name__ == "__main__":
    sys.exit(main())
