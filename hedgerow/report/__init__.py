"""Scores to pages and tables: Markdown, and HTML that needs no other file."""

from hedgerow.report.index import index_page
from hedgerow.report.measured import measured_page
from hedgerow.report.page import Figure, Link, Marked, Page, Section, Table
from hedgerow.report.rendering import to_html, to_markdown
from hedgerow.report.tables import class_table, markdown

__all__ = [
    "Figure",
    "Link",
    "Marked",
    "Page",
    "Section",
    "Table",
    "class_table",
    "index_page",
    "markdown",
    "measured_page",
    "to_html",
    "to_markdown",
]
