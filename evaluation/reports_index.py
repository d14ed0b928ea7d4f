"""The index of a folder of reports: one row per report, from their `report.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.labels import AXES, SPANS
from hedgerow.measuring.headline import NOT_MEASURED
from hedgerow.report import Cell, Link, Page, Report, Section, Table, literal, with_interval
from hedgerow.report.provenance import short_hash
from hedgerow.report.report_files import MARKDOWN

Reports = Mapping[str, Report]  # by folder


def index_page(reports: Reports, *, command: str) -> Page:
    """Return the index of `reports`; it shows `command` as the command that made it."""
    sections = [
        *_scores(_of_kind(reports, "evaluation")),
        *_rates(_of_kind(reports, "behaviour")),
        *_benchmarks(_of_kind(reports, "benchmark")),
        *_others({name: one for name, one in reports.items() if one.kind not in _LISTED}),
    ]
    return Page("Reports", [("command", f"`{command}`"), ("reports", str(len(reports)))], sections=sections)


_LISTED = ("evaluation", "behaviour", "benchmark")  # kinds that have a table with their main figures


def _of_kind(reports: Reports, kind: str) -> Reports:
    return {name: report for name, report in sorted(reports.items()) if report.kind == kind}


def _scores(reports: Reports) -> list[Section]:
    """Return one table per corpus, the best certainty first."""
    by_corpus: dict[str, list[str]] = {}
    for name, report in reports.items():
        files = ", ".join(part.file for part in report.corpus)
        by_corpus.setdefault(", where ".join([files, *report.figures.get("where", ())]), []).append(name)
    header = ["report", "model", "sha256", "n", *(f"{axis} macro-F1" for axis in AXES), "spans F1", "commit"]
    tables = []
    for corpus, names in sorted(by_corpus.items()):
        best_first = sorted(names, key=lambda name: -_first_figure(reports[name].figures["scores"]))
        tables.append(Table(header, [_score_row(name, reports[name]) for name in best_first], literal(corpus)))
    text = (
        "Figures in brackets are 95 % intervals. Each report says whether its corpus is a development set. A report "
        "that takes long may be of earlier weights or data: its commit and hashes say which.",
    )
    return [Section("Models on labelled sentences", text=text, parts=tables)] if tables else []


def _score_row(name: str, report: Report) -> list[Cell]:
    scores = report.figures["scores"]
    spans = f"{scores[SPANS]['all']['strict']['f1']:.3f}" if SPANS in scores else NOT_MEASURED
    axes = [with_interval(scores[axis]["macro_f1"]) if axis in scores else NOT_MEASURED for axis in AXES]
    return [_link(name), *_model(report), report.figures["rows"], *axes, spans, report.commit]


def _first_figure(scores: Mapping[str, Any]) -> float:
    """Return macro-F1 of the first label head that was measured; 0 if only spans were."""
    figures: list[float] = [row["macro_f1"]["value"] for row in scores.values() if "macro_f1" in row]
    return figures[0] if figures else 0.0


def _rates(reports: Reports) -> list[Section]:
    """Return the share of behaviour cases passed."""
    rows: list[list[Cell]] = []
    for name, report in reports.items():
        passed = report.figures["rates"][report.model.name]["all"]
        rows.append([_link(name), *_model(report), passed["n"], with_interval(passed["rate"]), report.commit])
    header = ["report", "model", "sha256", "cases", "passed", "commit"]
    return [Section("Behaviour", parts=(Table(header, rows),))] if rows else []


def _benchmarks(reports: Reports) -> list[Section]:
    rows: list[list[Cell]] = [
        [_link(name), report.figures["measure"], with_interval(report.figures), report.commit]
        for name, report in reports.items()
    ]
    table = Table(["report", "measure", "here", "commit"], rows)
    return [Section("Published benchmarks", parts=(table,))] if rows else []


def _others(reports: Reports) -> list[Section]:
    rows: list[list[Cell]] = [[_link(name), report.command, report.commit] for name, report in reports.items()]
    return [Section("Others", parts=(Table(["report", "command", "commit"], rows),))] if rows else []


def _model(report: Report) -> list[Cell]:
    return [report.model.name, short_hash(report.model.sha256)]


def _link(name: str) -> Link:
    return Link(name, f"{name}/{MARKDOWN}")
