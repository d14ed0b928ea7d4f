"""The way into a folder of reports: a line for each, in both forms, from what their `report.json` say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.labels import AXES
from hedgerow.report.page import Cell, Link, Page, Section, Table
from hedgerow.report.tables import figure

Report = Mapping[str, Any]


def index_page(reports: Mapping[str, Report], *, command: str, pages: Mapping[str, bool]) -> Page:
    """`reports` are the contents of report.json by folder; `pages` says which folders hold a report.html too."""
    by_kind: dict[str, dict[str, Report]] = {"scores": {}, "rates": {}, "benchmark": {}, "other": {}}
    for name, report in reports.items():
        by_kind[_kind(report)][name] = report
    sections = [
        section
        for kind, shown in (("scores", _scores), ("rates", _rates), ("benchmark", _benchmarks), ("other", _others))
        for section in shown(by_kind[kind], pages)
    ]
    facts = [("command", f"`{command}`"), ("reports", str(len(reports)))]
    return Page("Reports", facts, sections=sections)


def _kind(report: Report) -> str:
    """What a report is of: a model on labelled sentences, on behaviour cases, a published benchmark, or other."""
    if "model" in report:
        return next((kind for kind in ("scores", "rates") if kind in report), "other")
    return "benchmark" if {"benchmark", "measure", "value"} <= report.keys() else "other"


def _scores(reports: Mapping[str, Report], pages: Mapping[str, bool]) -> list[Section]:
    """A table for each corpus, the best certainty first."""
    corpora: dict[str, list[str]] = {}
    for name, report in reports.items():
        corpora.setdefault(", ".join(part["file"] for part in report["corpus"]), []).append(name)
    header = ["report", "model", "sha256", "n", *(f"{axis} macro-F1" for axis in AXES), "spans F1", "commit"]
    tables = []
    for corpus, names in sorted(corpora.items()):
        best_first = sorted(names, key=lambda name: -reports[name]["scores"]["certainty"]["macro_f1"]["value"])
        tables.append(Table(header, [_score_row(name, reports[name], pages) for name in best_first], corpus))
    text = ("Figures in brackets are 95 % intervals. Which corpus is a development set its report says.",)
    return [Section("Models on labelled sentences", text=text, parts=tables)] if tables else []


def _score_row(name: str, report: Report, pages: Mapping[str, bool]) -> list[Cell]:
    scores = report["scores"]
    spans = f"{scores['spans']['all']['strict']['f1']:.3f}"
    axes = [figure(scores[axis]["macro_f1"]) for axis in AXES]
    return [_link(name, pages), *_model(report), report["rows"], *axes, spans, report["commit"]]


def _rates(reports: Mapping[str, Report], pages: Mapping[str, bool]) -> list[Section]:
    """The share of behaviour cases passed."""
    rows: list[list[Cell]] = []
    for name, report in sorted(reports.items()):
        passed = report["rates"][report["model"]["name"]]["all"]
        rows.append([_link(name, pages), *_model(report), passed["n"], figure(passed["rate"]), report["commit"]])
    header = ["report", "model", "sha256", "cases", "passed", "commit"]
    return [Section("Behaviour", parts=(Table(header, rows),))] if rows else []


def _benchmarks(reports: Mapping[str, Report], pages: Mapping[str, bool]) -> list[Section]:
    rows: list[list[Cell]] = [
        [_link(name, pages), report["measure"], figure(report), report["commit"]]
        for name, report in sorted(reports.items())
    ]
    return (
        [Section("Published benchmarks", parts=(Table(["report", "measure", "here", "commit"], rows),))] if rows else []
    )


def _others(reports: Mapping[str, Report], pages: Mapping[str, bool]) -> list[Section]:
    rows: list[list[Cell]] = [
        [_link(name, pages), report.get("command", "not told"), report.get("commit", "not told")]
        for name, report in sorted(reports.items())
    ]
    return [Section("Others", parts=(Table(["report", "command", "commit"], rows),))] if rows else []


def _model(report: Report) -> list[Cell]:
    model = report["model"]
    return [model["name"], (model["sha256"] or "none, rules")[:12]]


def _link(name: str, pages: Mapping[str, bool]) -> Link:
    return Link(name, f"{name}/report.md", f"{name}/report.{'html' if pages[name] else 'md'}")
