"""Compare two models on the same data: what the second does better and worse than the first, and on which rows.

    python -m evaluation.compare linear base --corpus data/corpus/test.jsonl --out evaluation/reports/base-over-linear

Macro-F1, accuracy and F1 by label and span type of both, the paired difference with its 95 % interval (bootstrap of
whole groups), an exact McNemar test of accuracy, and the rows that were fixed and broken. Without --out all goes to
the terminal, sentences too. In a report sentences are shown where they are the project's own (in data/), and of other
corpora with --with-text, in a place outside the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation import report_files
from hedgerow import corpus
from hedgerow.classifier import load
from hedgerow.labels import AXES
from hedgerow.metrics.paired import changes, paired_axis, paired_spans


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(description="Compare two models on the same labelled data.")
    parser.add_argument("old", metavar="A", help="a shipped model's name, 'lexicon', or a model folder")
    parser.add_argument("new", metavar="B", help="the model that is compared with it")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files (JSON lines)")
    parser.add_argument("--out", type=Path, help="the folder for report.json and report.md (default: the terminal)")
    parser.add_argument("--with-text", action="store_true", help="show sentences, to a place outside the repository")
    return report_files.guarded("compare", lambda: _run(parser.parse_args(arguments), arguments))


def _run(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    own = report_files.is_own(options.corpus)
    if options.with_text and not own:
        report_files.reject_text_inside(options.out)
    with_text = own or options.with_text or options.out is None
    started = report_files.provenance("compare", arguments)
    measured = {**started, **measure(options.old, options.new, options.corpus, with_text=with_text)}
    if options.out is None:
        print(to_markdown(measured))
        return
    report_files.write(options.out, measured, to_markdown(measured))
    print(_summary(measured))


def measure(old: str, new: str, files: Sequence[Path], *, with_text: bool) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    models = [load(name) for name in (old, new)]
    gold = corpus.load(files)
    before, after = (list(model.predict(example.text for example in gold)) for model in models)
    texts = {example.id: {"text": example.text} if with_text else {} for example in gold}
    return {
        "models": [report_files.model_entry(name) for name in (old, new)],
        "corpus": report_files.corpus_entries(files, (old, new)),
        "rows": len(gold),
        "groups": len({example.group_key for example in gold}),
        "axes": {axis: paired_axis(gold, before, after, axis) for axis in AXES},
        "spans": paired_spans(gold, before, after),
        "changes": {
            axis: [change.to_dict() | texts[change.id] for change in changes(gold, before, after, axis)]
            for axis in AXES
        },
    }


def to_markdown(measured: dict[str, Any]) -> str:
    """The comparison as one Markdown page."""
    old, new = (model["name"] for model in measured["models"])
    parts = [
        report_files.head(measured, f"{new} against {old}"),
        f"{measured['rows']:,} sentences in {measured['groups']:,} groups. A difference is {new} less {old}, paired on "
        "the same rows; in brackets 95 % intervals (2,000 bootstrap draws of whole groups).\n",
        "## In all\n",
        _totals(measured) + "\n",
        "p is that of an exact McNemar test of accuracy: whether as many rows were fixed as broken.\n",
    ]
    for axis in AXES:
        parts += [f"## {axis}, F1 by label\n", _differences(measured["axes"][axis]["classes"], "label", old, new)]
    parts += ["## Spans, strict F1 by type\n", _differences(measured["spans"], "type", old, new)]
    for axis in AXES:
        for outcome in ("broken", "fixed"):
            rows = [change for change in measured["changes"][axis] if change["outcome"] == outcome]
            parts += [f"## {axis}: {len(rows)} {outcome}\n", _changes(rows, old, new)]
    return "\n".join(parts)


def _totals(measured: dict[str, Any]) -> str:
    old, new = (model["name"] for model in measured["models"])
    rows = []
    for axis in AXES:
        for name in ("macro_f1", "accuracy"):
            total = measured["axes"][axis][name]
            counts = [_count(measured, axis, outcome) for outcome in ("fixed", "broken")]
            tested = [*counts, f"{measured['axes'][axis]['mcnemar p']:.2g}"] if name == "accuracy" else ["", "", ""]
            rows.append([f"{axis} {name.replace('_f1', '-F1')}", *_cells(total), *tested])
    rows.append(["spans F1, strict", *_cells(measured["spans"]["all"]), "", "", ""])
    return report_files.table(["", old, new, "difference", "fixed", "broken", "p"], rows)


def _count(measured: dict[str, Any], axis: str, outcome: str) -> int:
    return sum(change["outcome"] == outcome for change in measured["changes"][axis])


def _cells(row: dict[str, Any]) -> list[str]:
    return [f"{row['old']:.3f}", f"{row['new']:.3f}", report_files.figure(row["difference"], sign=True)]


def _differences(table: dict[str, Any], kind: str, old: str, new: str) -> str:
    rows = [[name, *_cells(row), row["support"]] for name, row in table.items()]
    return report_files.table([kind, old, new, "difference", "support"], rows) + "\n"


def _changes(rows: list[dict[str, str]], old: str, new: str) -> str:
    if not rows:
        return "None.\n"
    columns = ["id", "gold", "old", "new", *(["text"] if "text" in rows[0] else [])]
    header = [{"old": old, "new": new}.get(name, name) for name in columns]
    return report_files.table(header, [[row[name] for name in columns] for row in rows]) + "\n"


def _summary(measured: dict[str, Any]) -> str:
    lines = []
    for axis in AXES:
        row = measured["axes"][axis]
        fixed, broken = (_count(measured, axis, outcome) for outcome in ("fixed", "broken"))
        gained = report_files.figure(row["macro_f1"]["difference"], sign=True)
        lines.append(f"{axis}: macro-F1 {gained}, fixed {fixed}, broken {broken}, p {row['mcnemar p']:.2g}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
