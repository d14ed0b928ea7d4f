"""Write a report to a folder: `report.json`, its page as Markdown and HTML, and the files of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.io.atomic import check_target, replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.report.drawing import chart_as_file
from hedgerow.report.html import page_as_html
from hedgerow.report.markdown import to_markdown
from hedgerow.report.page import Page
from hedgerow.report.record import REPORT, Report

MARKDOWN, HTML = "report.md", "report.html"


def write_report(out: Path, report: Report, page: Page, others: Mapping[str, str] | None = None) -> None:
    """Write a report and `others`, texts by file name, to the folder `out`: all of it, or nothing.

    A report of the same kind is replaced, with its other files. Raises InputError if `out` has files of something else,
    or cannot be written.
    """
    texts = {**page_files(page), **(others or {})}
    files = tuple(sorted(texts.keys() - {MARKDOWN, HTML}))
    with replaced_folder(out, allowed=_files_of_report(out, report.kind)) as folder:
        write_json(folder / REPORT, replace(report, files=files).to_dict())
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")


def page_files(page: Page) -> dict[str, str]:
    """Return the page in both forms, and its figures that have a file, by file name."""
    figures = {name: chart_as_file(figure.chart, figure.caption) for name, figure in page.figures().items()}
    return {MARKDOWN: to_markdown(page), HTML: page_as_html(page), **figures}


def check_folder(out: Path, kind: str) -> None:
    """Raise InputError if a report of this kind cannot be written to `out`: a command asks this before it measures."""
    check_target(out, _files_of_report(out, kind))


def _files_of_report(out: Path, kind: str) -> set[str]:
    """Return the names that a report of `kind` in `out` may have; raise InputError if one of another kind is there."""
    names = {REPORT, MARKDOWN, HTML}
    if not (out / REPORT).is_file():
        return names
    try:
        old = Report.read(out / REPORT)
    except InputError:  # broken, or of another schema: only its three files are known
        others = sorted(entry.name for entry in out.iterdir() if entry.name not in names)
        if others:
            raise InputError(
                f"{out}: has a report that this version cannot read, and other files ({others[0]!r}); move them away"
            ) from None
        return names
    if old.kind != kind:
        raise InputError(f"{out}: has a report of another kind ({old.kind}); name another folder")
    return {*names, *old.files}
