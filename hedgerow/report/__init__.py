"""Scores to pages and tables."""

from hedgerow.report.tables import class_table, confusion_table, markdown, span_table

__all__ = ["class_table", "confusion_table", "markdown", "span_table"]
