"""The page of speed: by threads and rows, by stage, beside a pipeline, accuracy beside speed, and the cost.

The keys of its `figures`:

- `start`: `import_numpy_seconds`, and by model (`name`) the `seconds` to the `first_sentence`;
- `speeds`: by `name` and `kind` (model or peer), `threads` and `rows`: `sentences_per_second`, `per_processor_second`,
  and `times_first`, how many times as fast as the first model (median of the rounds, least, most);
- `stages`: by model, `seconds` and `share` of each of STAGES that it has, and `sentences_per_second`;
- `pipeline`: null, or by `way` and `threads`: `sentences_per_second`, and how many times as fast as the pipeline in
  batches (`times_batches`) and without (`times_singles`);
- `accuracy`: by `name`, macro-F1 of each axis; empty without labels. With labels, `peers_trained_on` (`files`, `rows`)
  and `accuracy_on` (`files`, the names of the parts that were `pooled`, `rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaluation.speed.frontier_section import frontier_section
from evaluation.speed.pipeline import BATCHES, SINGLES
from hedgerow.report import Cell, Page, Report, Section, Table, facts

Row = Mapping[str, Any]

STAGES = ("read", "split", "tokenise", "infer", "decode", "label", "write")
BUSY = 0.5  # load before: more is other work
MANY = 100_000_000  # sentences, of the costs
PRICE = 0.05  # dollars for an hour of one virtual processor: an example
_ROWS = (
    "distinct, recombined from `data/corpus/train.jsonl`; cache off; the median of the rounds, in which all take turns"
)
_BY_ROWS = (
    "As many cores as threads. A processor second is one of all threads together, over the most rows; other work on "
    "the machine changes it less. Times the first model: in the same round, over the fewest rows, with the least and "
    "the most of the rounds. Runs that would take too long are left out (–)."
)
_BY_STAGE = "One thread, one stage after the other; the share of the time, and sentences per second of all stages."
_PIPELINE = "Over an encoder of the size of base's, in single precision, in the same rounds."
_COST = (
    "Computed, not measured: from the rate per processor second above, without the cost of starting, reading, "
    f"splitting, writing and waiting; at {PRICE:.2f} dollars for an hour of one virtual processor, an example. The "
    "rate is of the machine above; another processor has another."
)


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    sections = [
        Section("By threads and rows", text=(_BY_ROWS,), parts=(_by_rows(figures["speeds"]),)),
        _first_sentence(figures["start"]),
        Section("By stage", text=(_BY_STAGE,), parts=(_by_stage(figures["stages"]),)),
    ]
    if figures["pipeline"]:
        parts = (_pipeline(figures["pipeline"]),)
        sections.append(Section("Beside a transformers pipeline", text=(_PIPELINE,), parts=parts))
    if figures["accuracy"]:
        sections.append(frontier_section(figures))
    sections.append(Section(f"The cost of {MANY:,} sentences", text=(_COST,), parts=(_cost(figures["speeds"]),)))
    return Page("Sentences per second", facts(report, ("rows", _ROWS)), _warnings(report), sections=sections)


def summary(report: Report) -> str:
    """Return the speed of each model and peer over the most rows, for the terminal."""
    lines = []
    for rows in _grouped(report.figures["speeds"]):
        last = rows[-1]
        rate = f"{last['sentences_per_second']:,.0f} sentences per second over {last['rows']:,} rows"
        lines.append(f"{last['name']}, {_threads(last['threads'])}: {rate}")
    return "\n".join([*lines, *_warnings(report)])


def _warnings(report: Report) -> Sequence[str]:
    """Return a warning if other work ran on the machine."""
    if report.machine is None or report.machine.load_before is None or report.machine.load_before < BUSY:
        return ()
    return ("The machine was busy: only processor seconds say something, and little. Measure again.",)


def _by_rows(speeds: Sequence[Row]) -> Table:
    numbers = sorted({row["rows"] for row in speeds})
    table = []
    for rows in _grouped(speeds):
        rates = {row["rows"]: f"{row['sentences_per_second']:,.0f}" for row in rows}
        cells = [rates.get(number, "–") for number in numbers]
        most = f"{rows[-1]['per_processor_second']:,.0f}"
        table.append([rows[0]["name"], rows[0]["threads"], *cells, most, _ratio(rows[0]["times_first"])])
    header = ["model", "threads", *(f"{number:,} rows" for number in numbers), "a processor second", "times the first"]
    return Table(header, table)


def _grouped(speeds: Sequence[Row]) -> Iterable[list[Row]]:
    """Yield the rows of each model and number of threads, the fewest texts first."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in speeds:
        groups.setdefault((row["name"], row["threads"]), []).append(row)
    return groups.values()


def _ratio(ratio: Sequence[float]) -> str:
    value, least, most = ratio
    return f"{value:.2f} [{least:.2f}, {most:.2f}]"


def _threads(number: int) -> str:
    return "one thread" if number == 1 else f"{number} threads"


def _first_sentence(start: Row) -> Section:
    about = f"By the command line, in a new process; `import numpy` takes {start['import_numpy_seconds']} s."
    rows: list[list[Cell]] = [
        [row["name"], f"{row['seconds']:.3f}", f"{row['times_import_numpy']}"] for row in start["first_sentence"]
    ]
    return Section(
        "To the first sentence", text=(about,), parts=(Table(["model", "seconds", "times import numpy"], rows),)
    )


def _by_stage(stages: Sequence[Row]) -> Table:
    rows: list[list[Cell]] = []
    for figures in stages:
        shares = figures["share"]
        cells = [f"{shares[stage]:.1%}" if stage in shares else "" for stage in STAGES]
        rows.append([figures["name"], *cells, f"{figures['sentences_per_second']:,.0f}"])
    return Table(["model", *STAGES, "sentences per second"], rows)


def _pipeline(rows: Sequence[Row]) -> Table:
    table: list[list[Cell]] = [
        [
            *(row["way"], row["threads"], f"{row['sentences_per_second']:,.0f}"),
            *(_ratio(row["times_batches"]), _ratio(row["times_singles"])),
        ]
        for row in rows
    ]
    return Table(["way", "threads", "sentences per second", f"times {BATCHES}", f"times {SINGLES}"], table)


def _cost(speeds: Sequence[Row]) -> Table:
    """Return the cost of MANY sentences with each model, at its rate per processor second on the fewest threads."""
    threads = min(row["threads"] for row in speeds)
    most = {row["name"]: row for row in speeds if row["threads"] == threads and row["kind"] == "model"}
    table: list[list[Cell]] = []
    for name, row in most.items():
        hours = MANY / row["per_processor_second"] / 3600
        table.append([name, f"{hours:,.1f}", f"{hours * PRICE:,.2f}"])
    return Table(["model", "processor hours", "dollars"], table)
