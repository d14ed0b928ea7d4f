"""Write the index of a folder of reports, `index.md` and `index.html`, from their report.json files.

    python -m evaluation.index --reports evaluation/reports

A folder without a report, or with a broken one, is an error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.report_files import guarded, make_parser
from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.report import Page, to_html, to_markdown
from hedgerow.report.provenance import ROOT
from hedgerow.report.reports_index import index_page

REPORTS = ROOT / "evaluation" / "reports"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("index", __doc__)
    parser.add_argument("--reports", type=Path, default=REPORTS, help="the folder (default: evaluation/reports)")
    folder: Path = parser.parse_args(arguments).reports
    return guarded("index", lambda: _write(folder))


def _write(folder: Path) -> None:
    page = index_of(folder)
    for name, content in (("index.md", to_markdown(page)), ("index.html", to_html(page))):
        with replaced_file(folder / name) as file:
            file.write(content)
    print(f"{folder / 'index.md'}, {folder / 'index.html'}: {dict(page.facts)['reports']} reports")


def index_of(folder: Path) -> Page:
    """Return the index of the reports in `folder`; raise InputError if there is none, or one is broken."""
    paths = sorted(folder.glob("*/report.json"))
    if not paths:
        raise InputError(f"{folder}: no report in it (NAME/report.json); run evaluation.run with --out {folder}/NAME")
    reports = {path.parent.name: read_report(path) for path in paths}
    html_pages = {path.parent.name: (path.parent / "report.html").is_file() for path in paths}
    return index_page(reports, command="python -m evaluation.index", html_pages=html_pages)


def read_report(path: Path) -> dict[str, Any]:
    """Return the contents of a report.json; raise InputError if it is not a JSON object."""
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); write the report again") from None
    if not isinstance(report, dict):
        raise InputError(f"{path}: a JSON {type(report).__name__}, not a report; write it again")
    return report


if __name__ == "__main__":
    sys.exit(main())
