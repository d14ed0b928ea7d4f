"""The page of a load test of `hedgerow serve`.

The keys of its `figures`:

- `clients`: how many asked at the same time;
- `under_load`: `requests` that were answered and their `sentences`, both per second, the seconds of an answer
  (`seconds_p50`, ...), `busy` (answers 503, after which a client waits), `untaken` (requests on connections that were
  closed before an answer), and other `errors`, by `name` how many `requests`;
- `batch_sentences_per_second`: the speed of `hedgerow label` on the same sentences;
- `memory_mb`: before, and after each tenth of the requests that followed;
- `stopped`: after SIGTERM, with so many `clients`: requests that the log has (`accepted`), `answers` that clients have,
  `untaken`, `lost` (answered by the log, and no client has it), and the `exit_code`;
- `wrong_answers`: that are not the classifier's own, or another request's; `all_right`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hedgerow.report import Page, Report, Section, Table, facts, table_as_markdown

SIZES = (1, 1, 2, 5, 10, 1, 3, 20)  # sentences of the requests, in turn
_UNTAKEN = "sent on a connection that was being closed"
_UNDER_LOAD = {
    "requests": "requests",
    "sentences": "sentences",
    "requests_per_second": "requests per second",
    "sentences_per_second": "sentences per second",
    "seconds_p50": "latency in seconds, median",
    "seconds_p95": "latency in seconds, 95th percentile",
    "seconds_max": "latency in seconds, longest",
    "busy": "answers 503",
    "untaken": _UNTAKEN,
}
_AFTER_SIGTERM = {
    "accepted": "accepted",
    "answers": "answered",
    "lost": "lost",
    "untaken": _UNTAKEN,
    "exit_code": "exit code",
}
_NOT_RIGHT = "An answer was wrong or lost, the exit code was not 0, or the memory grew: see the figures."


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    about = (
        f"Requests of {', '.join(map(str, SIZES))} distinct sentences in turn. A client that gets 503 waits as long as "
        "the answer says. The clients share the machine with the server."
    )
    about_memory = "In MB, before and after each tenth of the requests that followed."
    about_stop = f"{figures['stopped']['clients']} clients asked when the server got SIGTERM."
    sections = [
        Section("Under load", text=(about,), parts=(_load(figures),)),
        Section("Memory", text=(about_memory,), parts=(_memory(figures["memory_mb"]),)),
        Section("Stopped in the middle", text=(about_stop,), parts=(_stopped(figures["stopped"]),)),
    ]
    title = f"{figures['clients']} clients of hedgerow serve with {report.model.name}"
    return Page(title, facts(report), () if figures["all_right"] else (_NOT_RIGHT,), sections=sections)


def summary(report: Report) -> str:
    """Return the main figures for the terminal."""
    tables = (_load(report.figures), _memory(report.figures["memory_mb"]), _stopped(report.figures["stopped"]))
    outcome = "All is right." if report.figures["all_right"] else _NOT_RIGHT
    return "\n\n".join([*map(table_as_markdown, tables), outcome])


def _load(figures: Mapping[str, Any]) -> Table:
    load = figures["under_load"]
    rows = [
        *([shown, f"{load[name]:,}"] for name, shown in _UNDER_LOAD.items()),
        ["other errors", ", ".join(f"{error['name']}: {error['requests']:,}" for error in load["errors"]) or "0"],
        ["wrong or crossed answers", f"{figures['wrong_answers']:,}"],
        ["sentences per second of hedgerow label", f"{figures['batch_sentences_per_second']:,}"],
    ]
    return Table(["measure", "figure"], rows)


def _memory(memory: Sequence[float]) -> Table:
    steps = len(memory) - 1
    return Table(
        ["requests", *(f"{step / steps:.0%}" for step in range(len(memory)))],
        [["MB", *(f"{megabytes:,.0f}" for megabytes in memory)]],
    )


def _stopped(stopped: Mapping[str, Any]) -> Table:
    rows = [[shown, f"{stopped[name]:,}"] for name, shown in _AFTER_SIGTERM.items()]
    return Table(["measure", "figure"], rows)
