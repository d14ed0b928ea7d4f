"""Agreement of two labelled files of the same ids: two people, two passes, or a model's labels and a person's.

    python -m evaluation.agreement first.jsonl second.jsonl --out evaluation/reports/agreement-mine

By axis Cohen's kappa, Krippendorff's alpha, the matrix and the ids that differ; spans by type, strict and overlapping.
Without --out the page goes to the terminal. No sentence is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation import report_files
from hedgerow import corpus
from hedgerow.labels import AXES
from hedgerow.metrics.agreement import axis_agreement, pair, span_agreement


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="How far two labelled files of the same ids agree.")
    parser.add_argument("first", type=Path, help="a labelled file (JSON lines)")
    parser.add_argument("second", type=Path, help="the same ids and texts, labelled once more")
    parser.add_argument("--out", type=Path, help="the folder for report.json and report.md (default: the terminal)")
    return report_files.guarded("agreement", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    files = (options.first, options.second)
    measured = {**report_files.provenance("agreement", arguments), **measure(*files)}
    if options.out is None:
        print(to_markdown(measured))
        return
    report_files.write(options.out, measured, to_markdown(measured))
    print("\n".join(f"{axis}: kappa {_kappa(measured['axes'][axis])}" for axis in AXES))


def measure(first: Path, second: Path) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    pairs = pair(corpus.load([first]), corpus.load([second]), (str(first), str(second)))
    return {
        "corpus": report_files.corpus_entries((first, second)),
        "rows": len(pairs),
        "groups": len({one.group_key for one, _ in pairs}),
        "axes": {axis: axis_agreement(pairs, axis) for axis in AXES},
        "spans": span_agreement(pairs),
    }


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    first, second = (part["file"] for part in measured["corpus"])
    totals = []
    for axis, found in measured["axes"].items():
        alpha = "undefined" if found["alpha"] is None else f"{found['alpha']:.3f}"
        totals.append([axis, report_files.figure(found["agreement"]), _kappa(found), alpha, len(found["differ"])])
    parts = [
        report_files.head(measured, f"Agreement of {first} and {second}"),
        f"{measured['rows']:,} rows in {measured['groups']:,} groups; in brackets 95 % intervals (2,000 bootstrap "
        "draws of whole groups). Kappa is Cohen's, alpha Krippendorff's (nominal).\n",
        report_files.table(["axis", "agreement", "kappa", "alpha", "rows that differ"], totals) + "\n",
    ]
    for axis, found in measured["axes"].items():
        labels, counts = found["confusion"]["labels"], found["confusion"]["counts"]
        matrix = [
            [f"**{name}**", *row, f"{found['by label'][name]:.3f}"] for name, row in zip(labels, counts, strict=True)
        ]
        parts += [f"## {axis}\n", report_files.table(["first \\ second", *labels, "F1"], matrix) + "\n"]
        parts += [_differing(found["differ"])]
    spans = measured["spans"]
    parts += [
        f"## Spans: {len(spans['differ'])} rows differ\n",
        "The first file stands for gold. Strict: same offsets and type. Overlapping: same type, a character shared.\n",
        _span_table(spans["types"]) + "\n",
        ", ".join(f"`{id}`" for id in spans["differ"]) + "\n" if spans["differ"] else "",
    ]
    return "\n".join(parts)


def _kappa(found: dict[str, Any]) -> str:
    return report_files.figure(found["kappa"]) if found["kappa"] else "undefined"


def _span_table(types: dict[str, Any]) -> str:
    ways = ("strict", "overlapping")
    rows = [[kind, *(f"{row[way]:.3f}" for way in ways), *row["counts"]] for kind, row in types.items()]
    return report_files.table(["type", "F1 strict", "F1 overlapping", "first has", "second has"], rows)


def _differing(rows: Sequence[dict[str, str]]) -> str:
    if not rows:
        return "No row differs.\n"
    columns = ["id", "first", "second"]
    return report_files.table(columns, [[row[name] for name in columns] for row in rows]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
