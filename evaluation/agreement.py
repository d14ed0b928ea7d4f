"""Agreement of two labelled files of the same ids: two people, two passes, or a model's labels and a person's.

    python -m evaluation.agreement first.jsonl second.jsonl --out evaluation/reports/agreement-mine

By axis it gives Cohen's kappa, Krippendorff's alpha, the matrix and the ids that differ; spans by type, strict and
overlapping. Without --out the page is printed. No sentence is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.report_files import corpus_entries, guarded, head, make_parser, provenance, write_report
from hedgerow import corpus
from hedgerow.corpus.journal import reject_undecided
from hedgerow.labels import AXES
from hedgerow.metrics.agreement import axis_agreement, pair, span_agreement
from hedgerow.metrics.spans import METHODS
from hedgerow.report import figure, markdown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("agreement", __doc__)
    parser.add_argument("first", type=Path, help="a labelled file (JSON Lines)")
    parser.add_argument("second", type=Path, help="the same ids and texts, labelled once more")
    parser.add_argument("--out", type=Path, help="the folder for report.json and report.md (default: the terminal)")
    return guarded("agreement", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    report = {**provenance("agreement", arguments), **measure(options.first, options.second)}
    if options.out is None:
        print(to_markdown(report))
        return
    write_report(options.out, report, to_markdown(report))
    print("\n".join(f"{axis}: kappa {_kappa(report['axes'][axis])}" for axis in AXES))


def measure(first: Path, second: Path) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    labellings = corpus.load([first]), corpus.load([second])
    for path, rows in zip((first, second), labellings, strict=True):
        reject_undecided(path, rows)
    pairs = pair(*labellings, (str(first), str(second)))
    return {
        "corpus": corpus_entries((first, second)),
        "rows": len(pairs),
        "groups": len({one.group_key for one, _ in pairs}),
        "axes": {axis: axis_agreement(pairs, axis) for axis in AXES},
        "spans": span_agreement(pairs),
    }


def to_markdown(report: dict[str, Any]) -> str:
    """Return the report as one Markdown page."""
    first, second = (part["file"] for part in report["corpus"])
    parts = [
        head(report, f"Agreement of {first} and {second}"),
        f"{report['rows']:,} rows in {report['groups']:,} groups; in brackets 95 % intervals (2,000 bootstrap "
        "draws of whole groups). Kappa is Cohen's, alpha Krippendorff's (nominal).\n",
        _totals(report) + "\n",
    ]
    for axis, scores in report["axes"].items():
        parts += [f"## {axis}\n", _matrix(scores) + "\n", _differing_table(scores["differing"])]
    spans = report["spans"]
    parts += [
        f"## Spans: {len(spans['differing'])} rows differ\n",
        "The first file is taken as gold. Strict: same offsets and type. Overlapping: same type, a character shared.\n",
        _span_table(spans["types"]) + "\n",
        ", ".join(f"`{id}`" for id in spans["differing"]) + "\n" if spans["differing"] else "",
    ]
    return "\n".join(parts)


def _totals(report: dict[str, Any]) -> str:
    rows = []
    for axis, scores in report["axes"].items():
        alpha = "undefined" if scores["alpha"] is None else f"{scores['alpha']:.3f}"
        rows.append([axis, figure(scores["agreement"]), _kappa(scores), alpha, len(scores["differing"])])
    return markdown(["axis", "agreement", "kappa", "alpha", "rows that differ"], rows)


def _matrix(scores: dict[str, Any]) -> str:
    labels, counts = scores["confusion"]["labels"], scores["confusion"]["counts"]
    rows = [[f"**{name}**", *row, f"{scores['by_label'][name]:.3f}"] for name, row in zip(labels, counts, strict=True)]
    return markdown(["first \\ second", *labels, "F1"], rows)


def _kappa(scores: dict[str, Any]) -> str:
    return figure(scores["kappa"]) if scores["kappa"] else "undefined"


def _span_table(types: dict[str, Any]) -> str:
    rows = [[kind, *(f"{row[method]:.3f}" for method in METHODS), *row["counts"]] for kind, row in types.items()]
    return markdown(["type", *(f"F1 {method}" for method in METHODS), "first has", "second has"], rows)


def _differing_table(rows: Sequence[dict[str, str]]) -> str:
    if not rows:
        return "No row differs.\n"
    columns = ["id", "first", "second"]
    return markdown(columns, [[row[name] for name in columns] for row in rows]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
