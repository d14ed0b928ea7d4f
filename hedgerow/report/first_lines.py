"""The first lines of every report's page: how it was made, and from what."""

from __future__ import annotations

from collections.abc import Iterator

from hedgerow.report.provenance import UNKNOWN, short_hash
from hedgerow.report.record import MeasuredFile, Report
from hedgerow.report.text import code, literal

Fact = tuple[str, str]


def facts(report: Report, *others: Fact) -> list[Fact]:
    """Return the facts that every kind of report has, (name, text), and `others` after them."""
    return [*_common(report), *others]


def _common(report: Report) -> Iterator[Fact]:
    yield "command", code(report.command)
    at = "" if report.commit == UNKNOWN else f", commit {report.commit}"
    yield "made", f"{report.date}, hedgerow {report.version}{at}"
    for model in report.models:
        yield "model", f"{code(model.name)}, sha256 `{short_hash(model.sha256)}`"
    for file in report.corpus:
        yield "file", f"{code(file.file)}, sha256 `{short_hash(file.sha256)}`{_seen(file)}"
    if report.libraries:
        yield "libraries", ", ".join(f"{name} {version}" for name, version in report.libraries.items())
    if report.machine is not None:
        yield "machine", str(report.machine)


def _seen(file: MeasuredFile) -> str:
    """Say which models have seen a file: one that was trained on it is not also called chosen by it."""
    chosen_by = [name for name in file.seen_in_choosing_by if name not in file.seen_in_training_by]
    told = []
    if file.seen_in_training_by:
        told.append(f"training data of {', '.join(file.seen_in_training_by)}")
    if chosen_by:
        told.append(f"a development set of {', '.join(chosen_by)}")
    return literal(f"; {'; '.join(told)}") if told else ""
