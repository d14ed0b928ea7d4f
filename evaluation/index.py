"""Write the index of a folder of reports, `index.md` and `index.html`, from the report.json files found there.

python -m evaluation.index [--reports evaluation/reports]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.provenance import ROOT
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.report import Page, index_page, to_html, to_markdown

REPORTS = ROOT / "evaluation" / "reports"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.index", description="Write the index of a folder of reports.")
    parser.add_argument("--reports", type=Path, default=REPORTS, help="the folder (default: evaluation/reports)")
    folder: Path = parser.parse_args(arguments).reports
    try:
        page = index_of(folder)
        for name, content in (("index.md", to_markdown(page)), ("index.html", to_html(page))):
            with replaced_file(folder / name) as file:
                file.write(content)
    except HedgerowError as error:
        print(f"evaluation.index: {error}", file=sys.stderr)
        return 2
    print(f"{folder / 'index.md'}, {folder / 'index.html'}: {dict(page.facts)['reports']} reports")
    return 0


def index_of(folder: Path) -> Page:
    """The index of the reports in `folder`. Raises InputError where there is none, or one is broken."""
    paths = sorted(folder.glob("*/report.json"))
    if not paths:
        raise InputError(f"{folder}: no report in it (NAME/report.json); run evaluation.run with --out {folder}/NAME")
    reports = {path.parent.name: read_report(path) for path in paths}
    pages = {path.parent.name: (path.parent / "report.html").is_file() for path in paths}
    return index_page(reports, command="python -m evaluation.index", pages=pages)


def read_report(path: Path) -> dict[str, Any]:
    """What a report.json says. Raises InputError where it is no JSON object."""
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); write the report again") from None
    if not isinstance(report, dict):
        raise InputError(f"{path}: a JSON {type(report).__name__}, not a report; write it again")
    return report


if __name__ == "__main__":
    sys.exit(main())
