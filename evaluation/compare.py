"""Compare two models on the same data: the gains and losses of the second, and the rows that changed.

    python -m evaluation.compare linear base --corpus data/corpus/test.jsonl --out evaluation/reports/base-over-linear

It gives macro-F1, accuracy and F1 by label and span type of both, for the heads that both have, the paired difference
with its 95 % interval (bootstrap of whole groups), a permutation test by group and an exact McNemar test by row, and
the rows that were fixed and broken. Of a fine-tuned model beside base on base's own dev file it says what was
forgotten, by label. Without --out the page is printed, with sentences. A report shows sentences if they are the
project's own (in data/), and those of other corpora only with --with-text, outside the project.

The keys of its `figures`:

- `rows`, `groups`; `labelled`: by head how many rows are labelled on it;
- `axes`, by label head: `macro_f1`, `accuracy` and `classes` by label (with `support`), each with `old`, `new` and
  `difference`; `macro_f1_p` and `accuracy_p`, of the permutation test, and `mcnemar_p`; of an ordered head
  `level_error` and `level_error_p`;
- `span_heads`, by span head and type: `old`, `new`, `difference`, `support`, and of all types `p`;
- `changes`, by label head: `id`, `outcome` (fixed or broken), `gold`, `old`, `new`, and `text` if sentences are shown.

A difference is `{"value", "low", "high"}`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow.classifier import load
from hedgerow.corpus import CorpusPart
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import Head
from hedgerow.labels import SPANS, labelled_on
from hedgerow.measuring.measurement import reject_text_in_project
from hedgerow.metrics import measurable_labels, measurable_spans
from hedgerow.metrics.paired import compare_by_label, compare_spans, list_changes
from hedgerow.report import (
    Cell,
    Page,
    Report,
    Section,
    Table,
    difference,
    facts,
    literal,
    measured_files,
    measured_model,
)
from hedgerow.report.provenance import is_own_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("compare", __doc__)
    parser.add_argument("old", metavar="A", help="a shipped model's name, or a model folder")
    parser.add_argument("new", metavar="B", help="the model that is compared with it")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files (JSON Lines)")
    parser.add_argument("--out", type=Path, help="the folder for the report (default: the terminal)")
    parser.add_argument("--with-text", action="store_true", help="show sentences, in a folder outside the project")
    return run_command(parser, arguments, ReportCommand("comparison", _measure, page_of, _summary))


def _measure(options: argparse.Namespace) -> Measured:
    is_own = is_own_text(options.corpus)
    if options.with_text and options.out is not None and not is_own:
        reject_text_in_project(options.out)
    with_text = is_own or options.with_text or options.out is None
    return measure(options.old, options.new, options.corpus, with_text=with_text)


def measure(old: str, new: str, files: Sequence[Path], *, with_text: bool) -> Measured:
    """Return what the report says: figures of both models by head, and the rows that changed."""
    classifiers = [load(name) for name in (old, new)]
    gold = CorpusPart(files).load(classifiers[1].heads)
    shared = shared_heads(*(classifier.heads for classifier in classifiers))
    sentences = [example.text for example in gold]
    old_rows, new_rows = (classifier.predict(sentences) for classifier in classifiers)
    every = [*gold, *gold], [*old_rows, *new_rows]
    labels, spans = (
        [head for head in measurable(*every) if head in shared] for measurable in (measurable_labels, measurable_spans)
    )
    if not labels and not spans:
        names = ", ".join(sorted(shared)) or "there is none"
        raise CorpusError(f"no row is labelled on a head that both models have ({names}); measure on rows that are")
    texts = {example.id: {"text": example.text} if with_text else {} for example in gold}
    changes = {
        head: [change.to_dict() | texts[change.id] for change in list_changes(gold, old_rows, new_rows, head)]
        for head in labels
    }
    figures = {
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "labelled": {head: len(labelled_on(gold, head)) for head in (*labels, *spans)},
        "axes": {head: compare_by_label(gold, old_rows, new_rows, head) for head in labels},
        "span_heads": {head: compare_spans(gold, old_rows, new_rows, head) for head in spans},
        "changes": changes,
    }
    models = [measured_model(name) for name in (old, new)]
    return Measured(figures, models=models, corpus=measured_files(files, (old, new)))


def shared_heads(old: Sequence[Head], new: Sequence[Head]) -> set[str]:
    """Return the names of the heads that both models have.

    Raises InputError if their labels of a label head of one's own differ, or are in another order.
    """
    before = {head.name: head for head in old}
    shared = {head.name for head in new} & before.keys()
    for one in new:
        if one.name in shared and one.is_own and one.kind == "label" and one.labels != before[one.name].labels:
            first, second = (", ".join(both.labels) for both in (before[one.name], one))
            raise InputError(
                f"head {one.name!r}: one model has the labels {first}, the other {second}; compare models that have "
                "the same labels in the same order"
            )
    return shared


def page_of(report: Report) -> Page:
    """Return the comparison as a page."""
    figures, (old, new) = report.figures, (model.name for model in report.models)
    about = (
        f"{figures['rows']:,} sentences in {figures['groups']:,} groups.{literal(_labelled(figures))} A difference is "
        f"{literal(new)} minus {literal(old)}, paired on the same rows; in brackets 95 % intervals (2,000 bootstrap "
        "draws of whole groups)."
    )
    tests = (
        "p by group is of a permutation test in which the models change places in whole groups; p by row is of an "
        "exact McNemar test, which takes rows as independent: whether as many rows were fixed as broken."
    )
    sections = [Section("Totals", parts=(_totals(figures, old, new),), notes=(tests,))]
    for axis, scores in figures["axes"].items():
        table = _differences(scores["classes"], "label", old, new)
        sections.append(Section(f"{axis}, F1 by label", parts=(table,)))
    for name, by_type in figures["span_heads"].items():
        title = "Spans" if name == SPANS else name
        sections.append(Section(f"{title}, strict F1 by type", parts=(_differences(by_type, "type", old, new),)))
    for axis in figures["axes"]:
        for outcome in ("broken", "fixed"):
            rows = [change for change in figures["changes"][axis] if change["outcome"] == outcome]
            sections.append(_changes(f"{axis}: {len(rows)} {outcome}", rows, old, new))
    return Page(f"{new} against {old}", facts(report), text=(about,), sections=sections)


def _labelled(figures: Mapping[str, Any]) -> str:
    """Say how many rows are labelled on a head, if they are not all."""
    few = [f"{n:,} on {name}" for name, n in figures["labelled"].items() if n != figures["rows"]]
    return f" Labelled are {', '.join(few)}; a head counts those that are." if few else ""


def _totals(figures: Mapping[str, Any], old: str, new: str) -> Table:
    rows: list[list[Cell]] = []
    for axis, scores in figures["axes"].items():
        counts = [_count(figures, axis, outcome) for outcome in ("fixed", "broken")]
        by_group = [f"{scores[name]:.2g}" for name in ("macro_f1_p", "accuracy_p")]
        rows.append([f"{axis} macro-F1", *_cells(scores["macro_f1"]), "", "", by_group[0], ""])
        rows.append(
            [f"{axis} accuracy", *_cells(scores["accuracy"]), *counts, by_group[1], f"{scores['mcnemar_p']:.2g}"]
        )
        if "level_error" in scores:
            name, by_group_p = f"{axis} level error (less is better)", f"{scores['level_error_p']:.2g}"
            rows.append([name, *_cells(scores["level_error"]), "", "", by_group_p, ""])
    for name, table in figures["span_heads"].items():
        rows.append([f"{name} F1, strict", *_cells(table["all"]), "", "", f"{table['all']['p']:.2g}", ""])
    return Table(["", old, new, "difference", "fixed", "broken", "p by group", "p by row"], rows)


def _count(figures: Mapping[str, Any], axis: str, outcome: str) -> int:
    return sum(change["outcome"] == outcome for change in figures["changes"][axis])


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [f"{row['old']:.3f}", f"{row['new']:.3f}", difference(row["difference"])]


def _differences(table: Mapping[str, Any], kind: str, old: str, new: str) -> Table:
    rows: list[list[Cell]] = [[name, *_cells(row), row["support"]] for name, row in table.items()]
    return Table([kind, old, new, "difference", "support"], rows)


def _changes(title: str, rows: Sequence[Mapping[str, str]], old: str, new: str) -> Section:
    if not rows:
        return Section(title, text=("None.",))
    columns = ["id", "gold", "old", "new", *(["text"] if "text" in rows[0] else [])]
    header = [{"old": old, "new": new}.get(name, name) for name in columns]
    return Section(title, parts=(Table(header, [[row[name] for name in columns] for row in rows]),))


def _summary(report: Report) -> str:
    lines = []
    for axis, scores in report.figures["axes"].items():
        fixed, broken = (_count(report.figures, axis, outcome) for outcome in ("fixed", "broken"))
        gained = difference(scores["macro_f1"]["difference"])
        lines.append(
            f"{axis}: macro-F1 {gained}, fixed {fixed}, broken {broken}, p by group {scores['macro_f1_p']:.2g}"
        )
    for name, table in report.figures["span_heads"].items():
        lines.append(f"{name}: F1 {difference(table['all']['difference'])}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
