"""Scores to pages and tables: Markdown, and HTML that needs no other file."""

from hedgerow.report.forms import to_html, to_markdown
from hedgerow.report.index import index_page
from hedgerow.report.measured import measured_page
from hedgerow.report.page import Figure, Link, Marked, Page, Section, Table
from hedgerow.report.tables import class_table, confusion_table, markdown, span_table

__all__ = [
    "Figure",
    "Link",
    "Marked",
    "Page",
    "Section",
    "Table",
    "class_table",
    "confusion_table",
    "index_page",
    "markdown",
    "measured_page",
    "span_table",
    "to_html",
    "to_markdown",
]
