"""Write the index of a folder of reports, `index.md`, from their report.json files, and the schema of those.

    python -m evaluation.index --reports evaluation/reports

A folder without a report, or with a broken one, is an error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from evaluation.command import guarded, make_parser
from evaluation.kinds import read_reports, schema_of_kinds
from evaluation.reports_index import index_page
from hedgerow.io.atomic import replaced_file
from hedgerow.report import to_markdown
from hedgerow.report.provenance import ROOT

REPORTS = ROOT / "evaluation" / "reports"
INDEX, JSON_SCHEMA = "index.md", "schema.json"
COMMAND = "python -m evaluation.index"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("index", __doc__)
    parser.add_argument("--reports", type=Path, default=REPORTS, help="the folder (default: evaluation/reports)")
    folder: Path = parser.parse_args(arguments).reports
    return guarded("index", lambda: _write(folder))


def _write(folder: Path) -> None:
    reports = read_reports(folder)
    with replaced_file(folder / INDEX) as file:
        file.write(to_markdown(index_page(reports, command=COMMAND)))
    with replaced_file(folder / JSON_SCHEMA) as file:
        file.write(schema_as_json())
    print(f"{folder / INDEX}: {len(reports)} reports")


def schema_as_json() -> str:
    """Return the JSON schema of every report.json, as text."""
    return json.dumps(schema_of_kinds(), indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
