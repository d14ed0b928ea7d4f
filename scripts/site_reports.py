"""The reports on the docs site: their index as a page, and every report as an HTML file, from its report.json."""

from __future__ import annotations

import re

from evaluation.index import COMMAND, JSON_SCHEMA, REPORTS, read_reports, schema_as_json
from evaluation.render import page_of
from evaluation.reports_index import index_page
from hedgerow.report import page_as_html, to_markdown

FOLDER = "reports"  # of the site
SCHEMA = f"{FOLDER}/{JSON_SCHEMA}"
_LINK = re.compile(r"(?<=\]\()(?P<name>[\w-]+)/report\.md(?=\))")


def index() -> str:
    """Return the index as Markdown, with links to the files of the site."""
    page = to_markdown(index_page(read_reports(REPORTS), command=COMMAND))
    return _LINK.sub(lambda link: file_of(link["name"]), page)


def files() -> dict[str, str]:
    """Return the HTML of every report by its file, and the schema of their report.json."""
    return {SCHEMA: schema_as_json()} | {file_of(name): page_as_html(page_of(report)) for name, report in read_reports(REPORTS).items()}


def file_of(name: str) -> str:
    """Return the file of a report on the site."""
    return f"{FOLDER}/{name}.html"
