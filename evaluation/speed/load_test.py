"""Label a million distinct rows by the command line, one in a hundred dirty, and see that none is lost.

    python -m evaluation.speed.load_test --rows 1000000 --model small --out runs/million \
        [--report evaluation/reports/million]

The rows are made from the bundled corpus, and from the shared corpora where they lie beside the project; they stay in
OUT, which is not to be committed. Measured are the wall time and the peak memory of `hedgerow label` in a process of
its own; of its output it is checked that rows in are rows out and rows rejected, and that just the dirty ones were
rejected. No row stands twice; how many sentences do, and may be answered from memory, is counted.
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

from evaluation.run import commit, shown_command
from evaluation.speed.dirty_rows import Row, csv_rows, json_rows, recombined
from evaluation.speed.machine import described, machine
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.strict_json import write_json
from hedgerow.report import markdown

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "corpora"
IN_CSV = 10  # one row in so many comes as CSV


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Label a million rows and see that none is lost.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--model", default="base", help="a shipped model's name, 'lexicon', or a model folder")
    parser.add_argument("--out", type=Path, required=True, help="a new folder for the rows and what comes out")
    parser.add_argument("--report", type=Path, help="a folder for report.json and report.md")
    options = parser.parse_args(arguments)
    try:
        if options.rows < 1_000:
            raise InputError(f"--rows {options.rows}: give 1000 or more, so that every kind of dirt is among them")
        if options.out.exists() and any(options.out.iterdir()):
            raise InputError(f"--out {options.out}: is not empty; name a new folder")
        measured = measure(options.rows, options.model, options.out)
        if options.report is not None:
            measured["command"] = shown_command("million", vars(options) | {"out": Path("runs/million")})
            with replaced_folder(options.report, allowed=("report.json", "report.md")) as folder:
                write_json(folder / "report.json", measured)
                (folder / "report.md").write_text(to_markdown(measured), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.speed.load_test: {error}", file=sys.stderr)
        return 2
    print(_table(measured))
    return 0 if measured["nothing lost"] else 1


def measure(rows: int, model: str, out: Path) -> dict[str, Any]:
    """Make `rows` rows in `out`, label them to `out`/run, count what came of them."""
    found, began_at = machine(), commit("evaluation")
    out.mkdir(parents=True, exist_ok=True)
    texts, sources = _texts(rows)
    made = recombined(texts)
    in_csv = rows // IN_CSV
    faults = _write(out / "rows.jsonl", json_rows(made, rows - in_csv))
    faults += _write(out / "rows.csv", csv_rows(made, in_csv), header=b"id,text\n")
    command = [sys.executable, "-m", "hedgerow", "label", "rows.jsonl", "rows.csv", "--out", "run", "--model", model]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=out)
    try:
        # Not of others that ended before; no less than the peak of this process, which a child begins with on Linux.
        _, status, used = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if process.returncode not in (0, 1):
        raise InputError(f"hedgerow label ended with {process.returncode}; what it said stands above")
    return {
        "model": Path(model).name,
        "commit": began_at,
        "machine": found,
        "made from": sources,
        "seconds": round(seconds, 1),
        "peak_mb": round(peak / 1e6),
        **_counted(out / "run", rows, faults, seconds),
    }


def _counted(run: Path, rows: int, faults: Counter[str], seconds: float) -> dict[str, Any]:
    parts = json.loads((run / "manifest.json").read_text("utf-8"))["parts"]
    sentences, documents, distinct = 0, set(), set()
    for row in _json_lines(sorted((run / "parts").glob("part-*.jsonl"))):
        sentences += 1
        documents.add(row["doc"])
        distinct.add(hash(row["text"]))
    rejected = sum(1 for _ in _json_lines([run / "rejected.jsonl"]))
    dirty = sum(faults.values())
    return {
        "rows in": rows,
        "rows out": len(documents),
        "rows rejected": rejected,
        "rows dirty": dirty,
        "dirt": dict(sorted(faults.items())),
        "shards": len(parts),
        "sentences": sentences,
        "sentences that stand twice": sentences - len(distinct),
        "rows a second": round(rows / seconds),
        "sentences a second": round(sentences / seconds),
        "nothing lost": rows == len(documents) + rejected and rejected == dirty,
    }


def _texts(most: int) -> tuple[list[str], dict[str, int]]:
    """At most `most` sentences to recombine, and how many of each file."""
    files = sorted((ROOT / "data" / "corpus").glob("*.jsonl")) + sorted(SHARED.glob("*/*.jsonl"))
    texts: list[str] = []
    counts = {}
    for path in files:
        long_enough = (row["text"] for row in _json_lines([path]) if 4 <= len(row["text"].split()) <= 60)
        found = list(islice(long_enough, most - len(texts)))
        if found:
            counts["/".join(path.parts[-2:])] = len(found)
        texts += found
    return texts, counts


def _write(path: Path, rows: Iterable[Row], header: bytes = b"") -> Counter[str]:
    """Write `rows` and count what is wrong with them."""
    faults: Counter[str] = Counter()
    with path.open("wb") as file:
        file.write(header)
        for row in rows:
            file.write(row.raw + b"\n")
            if row.fault is not None:
                faults[row.fault] += 1
    return faults


def _json_lines(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with path.open("rb") as file:
            yield from map(json.loads, file)


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    sources = ", ".join(f"{name} ({count:,})" for name, count in measured["made from"].items())
    return (
        f"# {measured['rows in']:,} rows through {measured['model']}\n\n- command: `{measured['command']}`\n"
        f"- commit: {measured['commit']}\n- machine: {described(measured['machine'])}\n"
        f"- rows: first halves of sentences with second halves of others, one in a hundred dirty; from {sources}\n\n"
        f"{_table(measured)}\n"
    )


def _table(measured: dict[str, Any]) -> str:
    shown = [name for name in measured if isinstance(measured[name], int | float)]
    rows = [[name, f"{measured[name]:,}"] for name in shown if not isinstance(measured[name], bool)]
    rows += [["dirty: " + kind, f"{count:,}"] for kind, count in measured["dirt"].items()]
    lost = "nothing" if measured["nothing lost"] else "ROWS WERE LOST OR REJECTED THAT SHOULD NOT BE"
    return markdown(["what", "figure"], [*rows, ["lost", lost]])


if __name__ == "__main__":
    sys.exit(main())
