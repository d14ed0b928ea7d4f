"""Label a million distinct rows by the command line, one in a hundred dirty, and check that none is lost.

    python -m evaluation.speed.load_test --rows 1000000 --model small --runs runs/million \
      --out evaluation/reports/million

The rows are made from the bundled corpus, and from the shared corpora if they are beside the project. They stay in
RUNS, which must not be committed. Measured are the wall time and the peak memory of `hedgerow label` in a process of
its own. It checks that rows in are rows out, rejected and skipped (without a text), and that exactly the dirty ones
were. All rows are distinct; repeated sentences, which the cache can answer, are counted.

The keys of the report's `figures`: `seconds`, `peak_mb`; `rows_in`, `rows_out`, `rows_rejected`, `rows_skipped`, and of
all `rows_dirty`; `shards`; `sentences`, of them `repeated_sentences`; `rows_per_second`, `sentences_per_second`;
`made_from`, by `file` how many `sentences` the rows were made of; `dirty`, by the `name` of an error how many `rows`
have it; `nothing_lost`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.command import CLOSED_OUTPUT, Measured, ReportCommand, make_parser, run_command
from evaluation.speed.dirty_rows import Row, csv_rows, json_rows, recombined
from hedgerow.errors import InputError
from hedgerow.predictors.folder import find
from hedgerow.report import Folded, Page, Report, Section, Table, facts, measured_model, table_as_markdown
from hedgerow.report.machine import load_average, this_machine
from hedgerow.report.provenance import ROOT, short_name

SHARED = ROOT.parent / "shared" / "corpora"
IN_CSV = 10  # one row in so many is CSV
LOST = "Rows were lost, or rejected that should not be."
FIGURES = (
    *("seconds", "peak_mb", "rows_in", "rows_out", "rows_rejected", "rows_skipped", "rows_dirty"),
    *("shards", "sentences", "repeated_sentences", "rows_per_second", "sentences_per_second"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 1 if rows were lost."""
    parser = make_parser(
        "speed.load_test",
        __doc__,
        exit_codes=f"0 fine, 1 rows were lost or {CLOSED_OUTPUT}, 2 wrong usage, 130 interrupted",
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="the number of rows, 1000 or more")
    parser.add_argument("--model", default="base", help="a shipped model's name, or a model folder")
    parser.add_argument("--runs", type=Path, required=True, help="a new folder for the rows and the labelled rows")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("load_test", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    if options.rows < 1_000:
        raise InputError(f"--rows {options.rows}: give 1000 or more, so that there is every kind of dirty row")
    if options.runs.exists() and any(options.runs.iterdir()):
        raise InputError(f"--runs {options.runs}: is not empty; name a new folder")
    if options.out is not None and options.runs.resolve().is_relative_to(options.out.resolve()):
        raise InputError(f"--runs {options.runs}: is in the folder of the report; name another")
    return measure(options.rows, options.model, options.runs)


def measure(rows: int, model: str, folder: Path) -> Measured:
    """Write `rows` rows to `folder`, label them to its folder `run`, and return the counts, times and sizes."""
    measured, machine = measured_model(model), this_machine()
    folder.mkdir(parents=True, exist_ok=True)
    texts, made_from = _texts(rows)
    recombinations = recombined(texts)
    in_csv = rows // IN_CSV
    errors = _write(folder / "rows.jsonl", json_rows(recombinations, rows - in_csv))
    errors += _write(folder / "rows.csv", csv_rows(recombinations, in_csv), header=b"id,text\n")
    seconds, peak = _label(folder, str(find(model).resolve()))
    figures = {
        "made_from": made_from,
        "seconds": round(seconds, 1),
        "peak_mb": round(peak / 1e6),
        **_counts(folder / "run", rows, errors, seconds),
    }
    machine = replace(machine, load_after=load_average())
    return Measured(
        figures,
        models=[measured],
        machine=machine,
        exit_code=0 if figures["nothing_lost"] else 1,
    )


def _label(folder: Path, model: str) -> tuple[float, int]:
    """Label the rows in `folder` by the command line; return seconds and peak memory in bytes."""
    command = [sys.executable, "-m", "hedgerow", "label", "rows.jsonl", "rows.csv", "--out", "run", "--model", model]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder)
    try:
        # Only of this child; at least the peak of this process, which a child begins with on Linux.
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise InputError(f"hedgerow label ended with {process.returncode}; its message is above")
    return time.perf_counter() - started, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _counts(run: Path, rows: int, errors: Counter[str], seconds: float) -> dict[str, Any]:
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    skipped = manifest["counts"]["skipped"]
    sentences = 0
    documents: set[str] = set()
    distinct: set[int] = set()
    for row in _json_lines(sorted((run / "parts").glob("part-*.jsonl"))):
        sentences += 1
        documents.add(row["doc"])
        distinct.add(hash(row["text"]))
    rejected = sum(1 for _ in _json_lines([run / "rejected.jsonl"]))
    dirty = sum(errors.values())
    return {
        "rows_in": rows,
        "rows_out": len(documents),
        "rows_rejected": rejected,
        "rows_skipped": skipped,
        "rows_dirty": dirty,
        "dirty": [{"name": error, "rows": count} for error, count in sorted(errors.items())],
        "shards": len(manifest["parts"]),
        "sentences": sentences,
        "repeated_sentences": sentences - len(distinct),
        "rows_per_second": round(rows / seconds),
        "sentences_per_second": round(sentences / seconds),
        "nothing_lost": rows == len(documents) + rejected + skipped and rejected + skipped == dirty,
    }


def _texts(most: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Return at most `most` sentences to recombine, and how many are of each file."""
    files = sorted((ROOT / "data" / "corpus").glob("*.jsonl")) + sorted(SHARED.glob("*/*.jsonl"))
    texts: list[str] = []
    made_from: list[dict[str, Any]] = []
    for path in files:
        found = (row["text"] for row in _json_lines([path]) if isinstance(row.get("text"), str))
        long_enough = (text for text in found if 4 <= len(text.split()) <= 60)
        taken = list(islice(long_enough, most - len(texts)))
        if taken:
            made_from.append({"file": short_name(path), "sentences": len(taken)})
        texts += taken
    return texts, made_from


def _write(path: Path, rows: Iterable[Row], header: bytes = b"") -> Counter[str]:
    """Write `rows`, and return how many have which error."""
    errors: Counter[str] = Counter()
    with path.open("wb") as file:
        file.write(header)
        for row in rows:
            file.write(row.raw + b"\n")
            if row.error is not None:
                errors[row.error] += 1
    return errors


def _json_lines(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with path.open("rb") as file:
            yield from map(json.loads, file)


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    figures = report.figures
    made = (
        "First halves of sentences with second halves of others, one row in a hundred dirty, one in "
        f"{IN_CSV} CSV and the others JSON Lines."
    )
    files = Table(["file", "sentences"], [[one["file"], f"{one['sentences']:,}"] for one in figures["made_from"]])
    faults = Table(["fault", "rows"], [[one["name"], f"{one['rows']:,}"] for one in figures["dirty"]])
    sections = [
        Section("Figures", text=(_outcome(figures),), parts=(_counted(figures),)),
        Section("Dirty rows", parts=(faults,)),
        Section("The rows", text=(made,), parts=(Folded("The files that the sentences are from", (files,)),)),
    ]
    title = f"{figures['rows_in']:,} rows labelled by {report.model.name}"
    warnings = () if figures["nothing_lost"] else (LOST,)
    return Page(title, facts(report), warnings, sections=sections)


def _outcome(figures: Mapping[str, Any]) -> str:
    if not figures["nothing_lost"]:
        return LOST
    return "Nothing was lost: every row is labelled, rejected or skipped, and no clean row is rejected or skipped."


def _counted(figures: Mapping[str, Any]) -> Table:
    rows = [[name.replace("_", " ").replace("mb", "MB"), f"{figures[name]:,}"] for name in FIGURES]
    return Table(["measure", "figure"], rows)


def _summary(report: Report) -> str:
    return f"{table_as_markdown(_counted(report.figures))}\n{_outcome(report.figures)}"


if __name__ == "__main__":
    sys.exit(main())
