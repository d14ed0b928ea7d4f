"""The index of a folder of reports: one row per report, from their `report.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.labels import AXES, SPANS
from hedgerow.report.headline import NOT_MEASURED
from hedgerow.report.page import Cell, Link, Page, Section, Table
from hedgerow.report.provenance import UNKNOWN, short_hash
from hedgerow.report.tables import figure

Report = Mapping[str, Any]
Reports = Mapping[str, Report]  # by folder
HtmlPages = Mapping[str, bool]  # by folder: whether it has a report.html beside its report.md


def index_page(reports: Reports, *, command: str, html_pages: HtmlPages) -> Page:
    """Return the index of `reports`; it shows `command` as the command that made it."""
    by_kind: dict[str, dict[str, Report]] = {"scores": {}, "rates": {}, "benchmark": {}, "other": {}}
    for name, report in reports.items():
        by_kind[_kind(report)][name] = report
    sections = [
        section
        for kind, list_reports in (
            ("scores", _scores),
            ("rates", _rates),
            ("benchmark", _benchmarks),
            ("other", _others),
        )
        for section in list_reports(by_kind[kind], html_pages)
    ]
    facts = [("command", f"`{command}`"), ("reports", str(len(reports)))]
    return Page("Reports", facts, sections=sections)


def _kind(report: Report) -> str:
    """Return the kind of a report: of a model on labelled sentences or on behaviour cases, a benchmark, or other."""
    if "model" in report:
        return next((kind for kind in ("scores", "rates") if kind in report), "other")
    return "benchmark" if {"benchmark", "measure", "value"} <= report.keys() else "other"


def _scores(reports: Reports, html_pages: HtmlPages) -> list[Section]:
    """Return one table per corpus, the best certainty first."""
    by_corpus: dict[str, list[str]] = {}
    for name, report in reports.items():
        files = ", ".join(part["file"] for part in report["corpus"])
        by_corpus.setdefault(", where ".join([files, *report.get("where", ())]), []).append(name)
    header = ["report", "model", "sha256", "n", *(f"{axis} macro-F1" for axis in AXES), "spans F1", "commit"]
    tables = []
    for corpus, names in sorted(by_corpus.items()):
        best_first = sorted(names, key=lambda name: -_first_figure(reports[name]["scores"]))
        tables.append(Table(header, [_score_row(name, reports[name], html_pages) for name in best_first], corpus))
    text = (
        "Figures in brackets are 95 % intervals. Each report says whether its corpus is a development set. A report "
        "that takes long may be of earlier weights or data: its commit and hashes say which.",
    )
    return [Section("Models on labelled sentences", text=text, parts=tables)] if tables else []


def _score_row(name: str, report: Report, html_pages: HtmlPages) -> list[Cell]:
    scores = report["scores"]
    spans = f"{scores[SPANS]['all']['strict']['f1']:.3f}" if SPANS in scores else NOT_MEASURED
    axes = [figure(scores[axis]["macro_f1"]) if axis in scores else NOT_MEASURED for axis in AXES]
    return [_link(name, html_pages), *_model(report), report["rows"], *axes, spans, report["commit"]]


def _first_figure(scores: Mapping[str, Any]) -> float:
    """Return macro-F1 of the first label head that was measured; 0 if only spans were."""
    figures: list[float] = [row["macro_f1"]["value"] for row in scores.values() if "macro_f1" in row]
    return figures[0] if figures else 0.0


def _rates(reports: Reports, html_pages: HtmlPages) -> list[Section]:
    """Return the share of behaviour cases passed."""
    rows: list[list[Cell]] = []
    for name, report in sorted(reports.items()):
        passed = report["rates"][report["model"]["name"]]["all"]
        rows.append([_link(name, html_pages), *_model(report), passed["n"], figure(passed["rate"]), report["commit"]])
    header = ["report", "model", "sha256", "cases", "passed", "commit"]
    return [Section("Behaviour", parts=(Table(header, rows),))] if rows else []


def _benchmarks(reports: Reports, html_pages: HtmlPages) -> list[Section]:
    rows: list[list[Cell]] = [
        [_link(name, html_pages), report["measure"], figure(report), report["commit"]]
        for name, report in sorted(reports.items())
    ]
    table = Table(["report", "measure", "here", "commit"], rows)
    return [Section("Published benchmarks", parts=(table,))] if rows else []


def _others(reports: Reports, html_pages: HtmlPages) -> list[Section]:
    rows: list[list[Cell]] = [
        [_link(name, html_pages), report.get("command", UNKNOWN), report.get("commit", UNKNOWN)]
        for name, report in sorted(reports.items())
    ]
    return [Section("Others", parts=(Table(["report", "command", "commit"], rows),))] if rows else []


def _model(report: Report) -> list[Cell]:
    return [report["model"]["name"], short_hash(report["model"]["sha256"])]


def _link(name: str, html_pages: HtmlPages) -> Link:
    return Link(name, f"{name}/report.md", f"{name}/report.{'html' if html_pages[name] else 'md'}")
