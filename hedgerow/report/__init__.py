"""Scores as pages and tables: Markdown, and HTML that needs no other file."""

from hedgerow.report.page import Figure, Link, Marked, Page, Section, Table
from hedgerow.report.rendering import to_html, to_markdown
from hedgerow.report.tables import class_table, difference, figure, markdown, span_table

__all__ = [
    "Figure",
    "Link",
    "Marked",
    "Page",
    "Section",
    "Table",
    "class_table",
    "difference",
    "figure",
    "markdown",
    "span_table",
    "to_html",
    "to_markdown",
]
