"""Label a million distinct rows by the command line, one in a hundred dirty, and check that none is lost.

    python -m evaluation.speed.load_test --rows 1000000 --model small --out runs/million \
      --report evaluation/reports/million

The rows are made from the bundled corpus, and from the shared corpora if they are beside the project. They stay in OUT,
which must not be committed. Measured are the wall time and the peak memory of `hedgerow label` in a process of its own.
It checks that rows in are rows out, rejected and skipped (without a text), and that exactly the dirty ones were. All
rows are distinct; repeated sentences, which the cache can answer, are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.command import guarded, make_parser, write_report
from evaluation.speed.dirty_rows import Row, csv_rows, json_rows, recombined
from evaluation.speed.machine import describe, this_machine
from hedgerow.errors import InputError
from hedgerow.report import markdown_table
from hedgerow.measuring.measurement import REPORT_SCHEMA
from hedgerow.report.provenance import ROOT, commit, short_name, shown_command

SHARED = ROOT.parent / "shared" / "corpora"
IN_CSV = 10  # one row in so many is CSV
FIGURES = (
    *("seconds", "peak_mb", "rows_in", "rows_out", "rows_rejected", "rows_skipped", "rows_dirty"),
    *("shards", "sentences", "repeated_sentences", "rows_per_second", "sentences_per_second"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 1 if rows were lost."""
    parser = make_parser("speed.load_test", __doc__, exit_codes="0 fine, 1 rows were lost, 2 wrong usage")
    parser.add_argument("--rows", type=int, default=1_000_000, help="the number of rows, 1000 or more")
    parser.add_argument("--model", default="base", help="a shipped model's name, or a model folder")
    parser.add_argument("--out", type=Path, required=True, help="a new folder for the rows and the labelled rows")
    parser.add_argument("--report", type=Path, help="a folder for report.json and report.md")
    return guarded("speed.load_test", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> int:
    if options.rows < 1_000:
        raise InputError(f"--rows {options.rows}: give 1000 or more, so that there is every kind of dirty row")
    if options.out.exists() and any(options.out.iterdir()):
        raise InputError(f"--out {options.out}: is not empty; name a new folder")
    measured = measure(options.rows, options.model, options.out)
    if options.report is not None:
        shown = vars(options) | {"out": Path("runs/million")}
        command = shown_command(["python", "-m", "evaluation.speed.load_test"], shown)
        report = {"schema": REPORT_SCHEMA, "command": command, **measured}
        write_report(options.report, report, to_markdown(report))
    print(_table(measured))
    return 0 if measured["nothing_lost"] else 1


def measure(rows: int, model: str, out: Path) -> dict[str, Any]:
    """Write `rows` rows to `out`, label them to `out`/run, and return the counts, times and sizes."""
    machine = this_machine()
    started_at = commit("evaluation")
    out.mkdir(parents=True, exist_ok=True)
    texts, made_from = _texts(rows)
    recombinations = recombined(texts)
    in_csv = rows // IN_CSV
    errors = _write(out / "rows.jsonl", json_rows(recombinations, rows - in_csv))
    errors += _write(out / "rows.csv", csv_rows(recombinations, in_csv), header=b"id,text\n")
    seconds, peak = _label(out, model)
    return {
        "model": Path(model).name,
        "commit": started_at,
        "machine": machine,
        "made_from": made_from,
        "seconds": round(seconds, 1),
        "peak_mb": round(peak / 1e6),
        **_counts(out / "run", rows, errors, seconds),
    }


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
        "dirty": dict(sorted(errors.items())),
        "shards": len(manifest["parts"]),
        "sentences": sentences,
        "repeated_sentences": sentences - len(distinct),
        "rows_per_second": round(rows / seconds),
        "sentences_per_second": round(sentences / seconds),
        "nothing_lost": rows == len(documents) + rejected + skipped and rejected + skipped == dirty,
    }


def _texts(most: int) -> tuple[list[str], dict[str, int]]:
    """Return at most `most` sentences to recombine, and how many are of each file."""
    files = sorted((ROOT / "data" / "corpus").glob("*.jsonl")) + sorted(SHARED.glob("*/*.jsonl"))
    texts: list[str] = []
    counts: dict[str, int] = {}
    for path in files:
        found = (row["text"] for row in _json_lines([path]) if isinstance(row.get("text"), str))
        long_enough = (text for text in found if 4 <= len(text.split()) <= 60)
        taken = list(islice(long_enough, most - len(texts)))
        if taken:
            counts[short_name(path)] = len(taken)
        texts += taken
    return texts, counts


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


def to_markdown(report: dict[str, Any]) -> str:
    """Return the report as one Markdown page."""
    sources = ", ".join(f"{name} ({count:,})" for name, count in report["made_from"].items())
    return (
        f"# {report['rows_in']:,} rows labelled by {report['model']}\n\n- command: `{report['command']}`\n"
        f"- commit: {report['commit']}\n- machine: {describe(report['machine'])}\n"
        f"- rows: first halves of sentences with second halves of others, one in a hundred dirty; from {sources}\n\n"
        f"{_table(report)}\n"
    )


def _table(report: dict[str, Any]) -> str:
    rows = [[name.replace("_", " ").replace("mb", "MB"), f"{report[name]:,}"] for name in FIGURES if name in report]
    rows += [[f"dirty: {error}", f"{count:,}"] for error, count in report["dirty"].items()]
    lost = "nothing" if report["nothing_lost"] else "ROWS WERE LOST, OR REJECTED THAT SHOULD NOT BE"
    return markdown_table(["measure", "figure"], [*rows, ["lost", lost]])


if __name__ == "__main__":
    sys.exit(main())
