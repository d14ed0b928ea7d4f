"""Agreement of labelled files of the same ids: people, passes, or a model's labels and a person's.

    python -m evaluation.agreement first.jsonl second.jsonl --out evaluation/reports/agreement-mine

Of two files it gives, by axis that both are labelled on, Cohen's kappa, Krippendorff's alpha, the matrix and the ids
that differ; spans by type, strict and overlapping. Of three or more, in which rows may be missing, it gives
Krippendorff's alpha by axis and label, for certainty also as an order, and kappa and spans of every pair. `--head` adds
fields of your own, and gives this second report of two files too. Without --out the page is printed. No sentence is
shown.

Of what `hedgerow serve` wrote, rows that nobody has decided are refused, and the first answer of a row counts if it was
changed when its labels had been shown. With --person the last file is a person's, decided with --blind, or is refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation import agreement_many
from evaluation.agreement_many import TOO_RARE, figure_if_known
from evaluation.answers import load_answers, seen_first, seen_told
from evaluation.command import corpus_entries, guarded, head, make_parser, provenance, write_pages, write_report
from hedgerow import corpus
from hedgerow.corpus.decisions import reject_undecided
from hedgerow.errors import CorpusError
from hedgerow.labels import AXES, SPANS
from hedgerow.metrics.agreement import axis_agreement, labelled_on_both, pair, span_agreement
from hedgerow.metrics.spans import ALL, METHODS
from hedgerow.report import markdown_table, with_interval
from hedgerow.report import to_markdown as page_markdown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser("agreement", __doc__)
    parser.add_argument("first", type=Path, help="a labelled file (JSON Lines)")
    parser.add_argument("others", type=Path, nargs="+", help="the same ids and texts, labelled once more")
    parser.add_argument("--head", nargs="+", action="extend", help="fields of your own to compare too")
    parser.add_argument("--person", action="store_true", help="the last file is a person's: all rows decided blind")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return guarded("agreement", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    first_keys = provenance("agreement", arguments)
    files = [options.first, *options.others]
    if options.person:
        reject_undecided(files[-1], corpus.load([files[-1]]), is_person=True)
    if len(files) > 2 or options.head:
        _run_many(first_keys | agreement_many.measure(files, options.head or ()), options.out)
        return
    report = {**first_keys, **measure(*files)}
    if options.out is None:
        print(to_markdown(report))
        return
    write_report(options.out, report, to_markdown(report))
    lines = [f"{axis}: kappa {_kappa(scores)}" for axis, scores in report["axes"].items()]
    lines += [f"spans: F1 {report['spans']['types'][ALL]['strict']:.3f}, strict"] if report["spans"] else []
    print("\n".join(lines))


def _run_many(report: dict[str, Any], out: Path | None) -> None:
    page = agreement_many.page_of(report)
    if out is None:
        print(page_markdown(page))
        return
    write_pages(out, report, page)
    print(agreement_many.summary(report))


def measure(first: Path, second: Path) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    labellings = load_answers((first, second))
    one, other = labellings
    pairs = pair(one, other, (str(first), str(second)))
    labelled = {head: len(labelled_on_both(pairs, head)) for head in (*AXES, SPANS)}
    if not any(labelled.values()):
        raise CorpusError(
            f"{first}, {second}: no row has a certainty, a stance or spans in both; name your own fields with --head"
        )
    return {
        "corpus": corpus_entries((first, second)),
        **seen_first((first, second), labellings),
        "rows": len(pairs),
        "groups": len({one.group_key for one, _ in pairs}),
        "labelled": labelled,
        "axes": {axis: axis_agreement(pairs, axis) for axis in AXES if labelled[axis]},
        "spans": span_agreement(pairs) if labelled[SPANS] else None,
    }


def to_markdown(report: dict[str, Any]) -> str:
    """Return the report as one Markdown page."""
    first, second = (part["file"] for part in report["corpus"])
    axes = report["axes"].values()
    parts = [
        head(report, f"Agreement of {first} and {second}"),
        f"{report['rows']:,} rows in {report['groups']:,} groups; in brackets 95 % intervals (2,000 bootstrap "
        f"draws of whole groups). Kappa is Cohen's, alpha Krippendorff's (nominal).{_labelled(report)}\n",
        *[f"**{line}**\n" for line in seen_told(report)],
        _totals(report) + "\n",
        *([f"{TOO_RARE}\n"] if any(scores["kappa"] and "low" not in scores["kappa"] for scores in axes) else []),
    ]
    for axis, scores in report["axes"].items():
        parts += [f"## {axis}\n", _matrix(scores) + "\n", _differing_table(scores["differing"])]
    spans = report["spans"]
    if spans is None:
        return "\n".join(parts)
    parts += [
        f"## Spans: {len(spans['differing'])} rows differ\n",
        "The first file is taken as gold. Strict: same offsets and type. Overlapping: same type, a character shared.\n",
        _span_table(spans["types"]) + "\n",
        ", ".join(f"`{id}`" for id in spans["differing"]) + "\n" if spans["differing"] else "",
    ]
    return "\n".join(parts)


def _labelled(report: dict[str, Any]) -> str:
    """Say how many rows are labelled on a head in both files, if they are not all."""
    few = [f"{n:,} on {head}" for head, n in report.get("labelled", {}).items() if n != report["rows"]]
    return f" Labelled in both files are {', '.join(few)}; the others are left out." if few else ""


def _totals(report: dict[str, Any]) -> str:
    rows = []
    for axis, scores in report["axes"].items():
        alpha = "undefined" if scores["alpha"] is None else f"{scores['alpha']:.3f}"
        rows.append([axis, with_interval(scores["agreement"]), _kappa(scores), alpha, len(scores["differing"])])
    return markdown_table(["axis", "agreement", "kappa", "alpha", "rows that differ"], rows)


def _matrix(scores: dict[str, Any]) -> str:
    labels, counts = scores["confusion"]["labels"], scores["confusion"]["counts"]
    rows = [[f"**{name}**", *row, f"{scores['by_label'][name]:.3f}"] for name, row in zip(labels, counts, strict=True)]
    return markdown_table(["first \\ second", *labels, "F1"], rows)


def _kappa(scores: dict[str, Any]) -> str:
    return figure_if_known(scores["kappa"])


def _span_table(types: dict[str, Any]) -> str:
    rows = [[kind, *(f"{row[method]:.3f}" for method in METHODS), *row["counts"]] for kind, row in types.items()]
    return markdown_table(["type", *(f"F1 {method}" for method in METHODS), "first has", "second has"], rows)


def _differing_table(rows: Sequence[dict[str, str]]) -> str:
    if not rows:
        return "No row differs.\n"
    columns = ["id", "first", "second"]
    return markdown_table(columns, [[row[name] for name in columns] for row in rows]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
