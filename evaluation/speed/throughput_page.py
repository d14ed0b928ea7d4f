"""The page of a throughput report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from evaluation.command import head
from evaluation.speed.machine import describe
from evaluation.speed.pipeline import BATCHES, SINGLES
from hedgerow.labels import AXES
from hedgerow.metrics.measures import Score
from hedgerow.report import markdown_table

Row = dict[str, Any]

STAGES = ("read", "split", "tokenise", "infer", "decode", "label", "write")
BUSY = 0.5  # load before: more is other work
MANY = 100_000_000  # sentences, of the costs
PRICE = 0.05  # dollars for an hour of one virtual processor: an example


def to_markdown(report: Row) -> str:
    """Return the report as one Markdown page."""
    start = report["start"]
    sections = [
        head(report, "Sentences per second")
        + f"- machine: {describe(report['machine'])}\n- rows: distinct, recombined from data/corpus/train.jsonl; "
        f"cache off; the median of the rounds, in which all take turns\n{_warning(report['machine'])}",
        "## By threads and rows\n",
        "As many cores as threads. A processor second is one of all threads together, over the most rows; other work "
        "on the machine changes it less. Times the first model: in the same round, over the fewest rows, with the "
        "least and the most of the rounds. Runs that would take too long are left out (–).\n",
        _by_rows(report["speeds"]),
        "## To the first sentence\n",
        f"By the command line, in a new process; `import numpy` takes {start['import_numpy_seconds']} s.\n",
        markdown_table(
            ["model", "seconds", "times `import numpy`"],
            [[row["name"], f"{row['seconds']}", f"{row['times_import_numpy']}"] for row in start["first_sentence"]],
        ),
        "## By stage\n",
        "One thread, one stage after the other; the share of the time, and sentences per second of all stages.\n",
        _by_stage(report["stages"]),
        *(_pipeline(report["pipeline"]) if report["pipeline"] else ()),
        *(_frontier(report) if report["accuracy"] else ()),
        *_cost(report["speeds"]),
    ]
    return "\n".join(f"{section.rstrip()}\n" for section in sections)


def _warning(machine: Row) -> str:
    """Return a warning if other work ran on the machine."""
    if machine["load_before"] < BUSY:
        return ""
    return "\n**The machine was busy.** Only processor seconds say something, and little; measure again.\n"


def _by_rows(speeds: Sequence[Row]) -> str:
    numbers = sorted({row["rows"] for row in speeds})
    table = []
    for rows in _grouped(speeds):
        rates = {row["rows"]: f"{row['sentences_per_second']:,.0f}" for row in rows}
        cells = [rates.get(number, "–") for number in numbers]
        most = f"{rows[-1]['per_processor_second']:,.0f}"
        table.append([rows[0]["name"], str(rows[0]["threads"]), *cells, most, _shown_ratio(rows[0]["times_first"])])
    header = ["model", "threads", *(f"{number:,} rows" for number in numbers), "a processor second", "times the first"]
    return markdown_table(header, table)


def _grouped(speeds: Sequence[Row]) -> Iterable[list[Row]]:
    """Yield the rows of each model and number of threads, the fewest texts first."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in speeds:
        groups.setdefault((row["name"], row["threads"]), []).append(row)
    return groups.values()


def _shown_ratio(ratio: Sequence[float]) -> str:
    value, least, most = ratio
    return f"{value:.2f} [{least:.2f}, {most:.2f}]"


def _by_stage(stages: Sequence[Row]) -> str:
    rows = []
    for figures in stages:
        shares = figures["share"]
        cells = [f"{shares[stage]:.1%}" if stage in shares else "" for stage in STAGES]
        rows.append([figures["name"], *cells, f"{figures['sentences_per_second']:,.0f}"])
    return markdown_table(["model", *STAGES, "sentences per second"], rows)


def _pipeline(rows: Sequence[Row]) -> list[str]:
    table = [
        [
            *(row["way"], str(row["threads"]), f"{row['sentences_per_second']:,.0f}"),
            *(_shown_ratio(row["times_batches"]), _shown_ratio(row["times_singles"])),
        ]
        for row in rows
    ]
    header = ["way", "threads", "sentences per second", f"times {BATCHES}", f"times {SINGLES}"]
    return [
        "## Beside a transformers pipeline\n",
        "Over an encoder of the size of base's, in single precision, in the same rounds.\n",
        markdown_table(header, table),
    ]


def frontier(report: Row) -> list[Row]:
    """Return accuracy and speed of all: on the fewest threads, over the most rows; empty without accuracy."""
    threads = min(row["threads"] for row in report["speeds"])
    fastest = {row["name"]: row for row in report["speeds"] if row["threads"] == threads}  # the last has the most rows
    speed = {name: {key: row[key] for key in ("kind", "rows", "sentences_per_second")} for name, row in fastest.items()}
    return [{**figures, **speed[figures["name"]]} for figures in report["accuracy"]]


def _frontier(report: Row) -> list[str]:
    trained, measured = report["peers_trained_on"], report["accuracy_on"]
    table = [
        [
            *(point["name"], point["kind"], f"{point['sentences_per_second']:,.0f}"),
            *(str(Score(**point[axis])) for axis in AXES),
        ]
        for point in frontier(report)
    ]
    header = ["name", "kind", "sentences per second", *(f"{axis} macro-F1" for axis in AXES)]
    threads = min(row["threads"] for row in report["speeds"])
    return [
        "## Accuracy beside speed\n",
        f"On {', '.join(measured['pooled'])} pooled ({measured['rows']:,} rows); 95 % intervals, from draws of whole "
        f"groups; {_threads(threads)}. Peers are classifiers of other kinds, trained on the same labels "
        f"({trained['rows']:,} rows). They give two labels and no spans. Their settings were chosen by these figures, "
        "which favours them.\n",
        "![macro-F1 over sentences per second](frontier.svg)\n",
        markdown_table(header, table),
    ]


def _threads(number: int) -> str:
    return "one thread" if number == 1 else f"{number} threads"


def _cost(speeds: Sequence[Row]) -> list[str]:
    """Return the cost of MANY sentences with each model, at its rate per processor second on the fewest threads."""
    threads = min(row["threads"] for row in speeds)
    most = {row["name"]: row for row in speeds if row["threads"] == threads and row["kind"] == "model"}
    table = []
    for name, row in most.items():
        hours = MANY / row["per_processor_second"] / 3600
        table.append([name, f"{hours:,.1f}", f"{hours * PRICE:,.2f}"])
    return [
        f"## The cost of {MANY:,} sentences\n",
        "Computed, not measured: from the rate per processor second above, without the cost of starting, reading, "
        f"splitting, writing and waiting; at {PRICE:.2f} dollars for an hour of one virtual processor, an example. The "
        "rate is of the machine above; another processor has another.\n",
        markdown_table(["model", "processor hours", "dollars"], table),
    ]
