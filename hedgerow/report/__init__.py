"""Reports and pages: one record, one page model, Markdown, HTML that needs no other file, charts as SVG."""

from hedgerow.report.chart import Bars, Interval, Intervals, Matrix, Plot, Point, Scale, Series, linear, logarithmic
from hedgerow.report.first_lines import facts
from hedgerow.report.html import page_as_html
from hedgerow.report.markdown import markdown_table, table_as_markdown, to_markdown
from hedgerow.report.page import (
    Bar,
    Cell,
    Definitions,
    Figure,
    Folded,
    Items,
    Link,
    Marked,
    Page,
    Section,
    Strong,
    Table,
)
from hedgerow.report.record import MeasuredFile, MeasuredModel, Report, measured_files, measured_model
from hedgerow.report.report_files import check_folder, page_files, write_report
from hedgerow.report.tables import class_rows, class_table, difference, span_table, with_interval
from hedgerow.report.text import code, literal, plain

__all__ = [
    "Bar",
    "Bars",
    "Cell",
    "Definitions",
    "Figure",
    "Folded",
    "Interval",
    "Intervals",
    "Items",
    "Link",
    "Marked",
    "Matrix",
    "MeasuredFile",
    "MeasuredModel",
    "Page",
    "Plot",
    "Point",
    "Report",
    "Scale",
    "Section",
    "Series",
    "Strong",
    "Table",
    "check_folder",
    "class_rows",
    "class_table",
    "code",
    "difference",
    "facts",
    "linear",
    "literal",
    "logarithmic",
    "markdown_table",
    "measured_files",
    "measured_model",
    "page_as_html",
    "page_files",
    "plain",
    "span_table",
    "table_as_markdown",
    "to_markdown",
    "with_interval",
    "write_report",
]
