"""The reports on the docs site: every report as an HTML file, from its report.json, and the schema of those."""

from __future__ import annotations

from evaluation.index import JSON_SCHEMA, REPORTS, schema_as_json
from evaluation.kinds import read_reports
from evaluation.render import page_of
from hedgerow.report import Report, page_as_html
from hedgerow.report.record import REPORT
from hedgerow.report.report_files import HTML, MARKDOWN

FOLDER = "reports"  # of the site
_SCHEMA = f"{FOLDER}/{JSON_SCHEMA}"
# The file of the site that a link to a file of the repository leads to.
FILES = {f"evaluation/{_SCHEMA}": _SCHEMA} | {
    f"evaluation/{FOLDER}/{path.parent.name}/{MARKDOWN}": f"{FOLDER}/{path.parent.name}/{HTML}"
    for path in sorted(REPORTS.glob(f"*/{REPORT}"))
}


def texts() -> dict[str, str]:
    """Return the files of the site by their path: pages, the files that belong to a report, the schema."""
    found = {_SCHEMA: schema_as_json()}
    for name, report in read_reports(REPORTS).items():
        found[f"{FOLDER}/{name}/{HTML}"] = _page(report)
        found |= {f"{FOLDER}/{name}/{file}": (REPORTS / name / file).read_text("utf-8") for file in report.files}
    return found


def _page(report: Report) -> str:
    """Return the page of a report, with a link to the list of all."""
    return page_as_html(page_of(report)).replace("<main>", '<main><p><a href="../index.html">All reports</a></p>', 1)
