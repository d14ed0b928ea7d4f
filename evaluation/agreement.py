"""Agreement of labelled files of the same ids: people, passes, or a model's labels and a person's.

    python -m evaluation.agreement first.jsonl second.jsonl --out evaluation/reports/agreement-mine

Of two files it gives, by axis that both are labelled on, Cohen's kappa, Krippendorff's alpha, the matrix and the ids
that differ; spans by type, strict and overlapping. Of three or more, in which rows may be missing, it gives
Krippendorff's alpha by axis and label, for certainty also as an order, and kappa and spans of every pair. `--head` adds
fields of your own, and gives this second report of two files too. Without --out the page is printed. No sentence is
shown.

Of what `hedgerow serve` wrote, rows that nobody has decided are refused, and the first answer of a row counts if it was
changed when its labels had been shown. With --person the last file is a person's, decided with --blind, or is refused.

The keys of the `figures` of two files; `agreement_many.py` describes those of more, which have `annotators`:

- `rows`, `groups`; `labelled`: by head how many rows are labelled on it in both files;
- `seen`: the files with rows that were decided with labels in view: `file`, `rows`;
- `axes`, by axis: `agreement`, `kappa`, `alpha`, `confusion` (`labels`; `counts`, whose rows are the first file),
  `by_label` (F1), `differing` (`id`, `first`, `second`);
- `spans`: `types`, by type (`strict`, `overlapping`, `counts` of both files), and `differing`, ids; null if no row is
  labelled with spans in both.

A figure with an interval is `{"value", "low", "high"}`, without one `{"value"}`, and null if it is undefined.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation import agreement_many, agreement_many_page
from evaluation.agreement_many_page import TOO_RARE, figure_if_known
from evaluation.answers import load_answers, seen_first, seen_told
from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow import corpus
from hedgerow.corpus.decisions import reject_undecided
from hedgerow.errors import CorpusError
from hedgerow.io.plural import count
from hedgerow.labels import AXES, SPANS
from hedgerow.metrics.agreement import axis_agreement, labelled_on_both, pair, span_agreement
from hedgerow.metrics.spans import ALL, METHODS
from hedgerow.report import (
    Cell,
    Figure,
    Folded,
    Matrix,
    Page,
    Report,
    Section,
    Table,
    code,
    facts,
    measured_files,
    with_interval,
)

Figures = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("agreement", __doc__)
    parser.add_argument("first", type=Path, help="a labelled file (JSON Lines)")
    parser.add_argument("others", type=Path, nargs="+", help="the same ids and texts, labelled once more")
    parser.add_argument("--head", nargs="+", action="extend", help="fields of your own to compare too")
    parser.add_argument("--person", action="store_true", help="the last file is a person's: all rows decided blind")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    return run_command(parser, arguments, ReportCommand("agreement", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    files = [options.first, *options.others]
    if options.person:
        reject_undecided(files[-1], corpus.load([files[-1]]), is_person=True)
    if len(files) > 2 or options.head:
        return agreement_many.measure(files, options.head or ())
    return measure(*files)


def measure(first: Path, second: Path) -> Measured:
    """Return what the report of two files says: agreement by axis, and of spans."""
    labellings = load_answers((first, second))
    one, other = labellings
    pairs = pair(one, other, (str(first), str(second)))
    labelled = {head: len(labelled_on_both(pairs, head)) for head in (*AXES, SPANS)}
    if not any(labelled.values()):
        raise CorpusError(
            f"{first}, {second}: no row has a certainty, a stance or spans in both; name your own fields with --head"
        )
    figures = {
        "rows": len(pairs),
        "groups": len({one.group_key for one, _ in pairs}),
        "labelled": labelled,
        "seen": seen_first((first, second), labellings),
        "axes": {axis: axis_agreement(pairs, axis) for axis in AXES if labelled[axis]},
        "spans": span_agreement(pairs) if labelled[SPANS] else None,
    }
    return Measured(figures, corpus=measured_files((first, second)))


def page_of(report: Report) -> Page:
    """Return the report as a page: that of two files, or of more."""
    return agreement_many_page.page_of(report) if _is_of_many(report) else _page_of_two(report)


def _is_of_many(report: Report) -> bool:
    return "annotators" in report.figures


def _page_of_two(report: Report) -> Page:
    figures, (first, second) = report.figures, (part.file for part in report.corpus)
    about = (
        f"{count(figures['rows'], 'row')} in {count(figures['groups'], 'group')}; in brackets 95 % intervals (2,000 "
        f"bootstrap draws of whole groups). Kappa is Cohen's, alpha Krippendorff's (nominal).{_labelled(figures)}"
    )
    sections = [*_labels(figures), *_spans(figures)]
    return Page(f"Agreement of {first} and {second}", facts(report), seen_told(figures["seen"]), (about,), sections)


def _labelled(figures: Figures) -> str:
    """Say how many rows are labelled on a head in both files, if they are not all."""
    few = [f"{n:,} on {head}" for head, n in figures["labelled"].items() if n != figures["rows"]]
    return f" Labelled in both files are {', '.join(few)}; the others are left out." if few else ""


def _labels(figures: Figures) -> Iterator[Section]:
    if not figures["axes"]:
        return
    rows: list[list[Cell]] = []
    for axis, scores in figures["axes"].items():
        alpha = "undefined" if scores["alpha"] is None else f"{scores['alpha']:.3f}"
        kappa = figure_if_known(scores["kappa"])
        rows.append([axis, with_interval(scores["agreement"]), kappa, alpha, len(scores["differing"])])
    kappas = [scores["kappa"] for scores in figures["axes"].values()]
    notes = (TOO_RARE,) if any(kappa and "low" not in kappa for kappa in kappas) else ()
    table = Table(["axis", "agreement", "kappa", "alpha", "rows that differ"], rows)
    yield Section("Labels", parts=(table,), notes=notes)
    for axis, scores in figures["axes"].items():
        yield _axis(axis, scores)


def _axis(axis: str, scores: Figures) -> Section:
    labels, counts, differing = scores["confusion"]["labels"], scores["confusion"]["counts"], scores["differing"]
    rows: list[list[Cell]] = [
        [name, *row, f"{scores['by_label'][name]:.3f}"] for name, row in zip(labels, counts, strict=True)
    ]
    picture = Figure(Matrix(labels, counts, "first ↓ second →"), "Labels of both files; the shade is by row")
    matrix = Table(["first \\ second", *labels, "F1"], rows)
    columns = ["id", "first", "second"]
    listed = Table(columns, [[row[name] for name in columns] for row in differing])
    which = Folded(f"Rows that differ: {len(differing):,}", (listed,), is_open=True)
    notes = () if differing else ("No row differs.",)
    return Section(axis.capitalize(), parts=(picture, matrix, *([which] if differing else [])), notes=notes)


def _spans(figures: Figures) -> Iterator[Section]:
    spans = figures["spans"]
    if spans is None:
        return
    rows: list[list[Cell]] = [
        [kind, *(f"{row[method]:.3f}" for method in METHODS), *row["counts"]] for kind, row in spans["types"].items()
    ]
    table = Table(["type", *(f"F1 {method}" for method in METHODS), "first has", "second has"], rows)
    about = (
        "The first file is taken as gold. Strict: same offsets and type. Overlapping: same type, a character shared."
    )
    ids = ", ".join(map(code, spans["differing"]))
    which = f"Rows that differ: {len(spans['differing']):,}. {ids}" if ids else "No row differs."
    yield Section("Spans", text=(about,), parts=(table,), notes=(which,))


def _summary(report: Report) -> str:
    if _is_of_many(report):
        return agreement_many_page.summary(report)
    lines = [f"{axis}: kappa {figure_if_known(scores['kappa'])}" for axis, scores in report.figures["axes"].items()]
    spans = report.figures["spans"]
    return "\n".join([*lines, *([f"spans: F1 {spans['types'][ALL]['strict']:.3f}, strict"] if spans else [])])


if __name__ == "__main__":
    sys.exit(main())
