"""The published benchmarks that were run, side by side: one page of the reports in `benchmark-NAME/`.

    python -m evaluation.benchmarks.table

`evaluation.benchmarks.run` rewrites it after each run. A benchmark without a report has no row; the page says so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.benchmarks.tasks import TASKS
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.report import markdown

ROOT = Path(__file__).resolve().parents[2]
PAGE = "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the page of the benchmarks from their reports.")
    parser.add_argument("--reports", type=Path, default=ROOT / "evaluation" / "reports", help="the folder of reports")
    options = parser.parse_args(arguments)
    try:
        write_table(options.reports)
    except HedgerowError as error:
        print(f"evaluation.benchmarks.table: {error}", file=sys.stderr)
        return 2
    print(options.reports / PAGE)
    return 0


def write_table(reports: Path) -> None:
    """Write `reports`/benchmarks.md. Raises InputError where there is no report, or one that is not a benchmark's."""
    found = {name: reports / f"benchmark-{name}" / "report.json" for name in TASKS}
    measured = {name: _read(path) for name, path in found.items() if path.exists()}
    if not measured:
        raise InputError(f"{reports}: no benchmark-NAME/report.json is here; run evaluation.benchmarks.run first")
    with replaced_file(reports / PAGE) as file:
        file.write(to_markdown(measured))


def _read(path: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(path.read_text("utf-8"))
        _row(path.parent.name, report)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a benchmark's report ({error!r}); run evaluation.benchmarks.run again") from None
    return report


def to_markdown(measured: Mapping[str, Mapping[str, Any]]) -> str:
    """The page: a row for each report, by the benchmark's name."""
    missing = [name for name in TASKS if name not in measured]
    backbones = ", ".join(sorted({report["backbone"] for report in measured.values()}))
    head = ["benchmark", "measure", "here, 95 % interval", "best published", "train / chosen on / test", "our data"]
    return (
        "# Published benchmarks\n\n"
        f"{backbones} with base's settings, trained on each benchmark's own training part; a tenth of that chose the "
        "epoch and the threshold; tested once, but where another look is told. "
        "These weights are not shipped: what is compared is the method. "
        "Published figures stand as others printed them and were not run again here; those of TF-IDF are of this "
        "project. Intervals are of 2,000 bootstrap draws of sentences, not of documents.\n\n"
        + markdown(head, [_row(name, report) for name, report in measured.items()])
        + "\n"
        + (f"\nNot run: {', '.join(missing)}.\n" if missing else "")
    )


def _row(name: str, report: Mapping[str, Any]) -> list[str]:
    value = f"{report['value']:.3f} [{report['low']:.3f}, {report['high']:.3f}]"
    counts = " / ".join(f"{report['rows'][part]:,}" for part in ("train", "chosen on", "test"))
    link = f"[{name}](benchmark-{name}/report.md)"
    return [link, report["measure"], value, report["published"], counts, report["differs"]]


if __name__ == "__main__":
    sys.exit(main())
