"""The page of models on field cases: kinds in rows, models in columns, and no sentence.

The keys of its `figures`, all of them lists of rows but the last:

- `seen`: by `model`, how many `sentences` were in its training data (null if it does not say);
- `sets`, `kinds`, `confidence`: by `model` and `set` (and `kind`, or `confidence` of gold), the sentences `n`, and of
  them the right ones: `both` labels, `certainty`, `stance`; in `sets` their rates too (`both_rate`, ...);
- `reversed`: by `model`, `set` and `kind`, how many stances take as true or false what gold leaves open;
- `cues`: by `model` and `set`, the checks `n`, and those that were `right`;
- `splits`: by `set` and `kind`, the texts `n`, and those that were split `right`;
- `read`: as `kinds`, of sentences in their text;
- `failures`: ids and labels of the `sentences`, `cues`, `splits` and sentences of texts (`read`) that are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.report import Cell, Folded, Page, Report, Section, Table, facts, literal, table_as_markdown, with_interval

Row = Mapping[str, Any]
Show = Callable[[Row], Cell]
_MEASURES = {"both": "both labels", "certainty": "certainty", "stance": "stance"}
_IN_EACH_CELL = "In each cell: both labels right (certainty right, stance right)."
_NONE = "None."  # in place of a table
_ABOUT = (
    "Each case is of a kind that users of such tools report as broken (`reported`), or of a kind that failed here and "
    "was tried harder (`probe`). The cases were chosen because they are hard: a rate is no estimate of how often a "
    "model is right. The two sets are never counted together. The rules of the lexicon were written with these cases "
    "at hand; the other models learnt from none of them. In brackets 95 % Wilson intervals."
)
_ABOUT_REVERSED = "Negated or unreal reports that get `endorsed` or `disputed` where gold is neither."
_ABOUT_CUES = (
    "Words that a span of a type must cover, and words that no cue may touch: the checks passed, of `n`. A source may "
    "cover words that are no cue."
)
_ABOUT_READ = f"{_IN_EACH_CELL} A sentence that is not split as gold counts as wrong."


def page_of(report: Report) -> Page:
    """Return the report as a page."""
    sections = [
        Section("Sentences", parts=(_rates(report),)),
        *_by_kind(report),
        _section("By confidence of gold", _IN_EACH_CELL, _confidence(report)),
        _section("Reversed", _ABOUT_REVERSED, _reversed(report)),
        _section("Cues", _ABOUT_CUES, _cues(report)),
        Section("Texts", text=("How texts are split, and the labels of their sentences.",)),
        _section("Split as gold", "No model takes part in it.", _splits(report)),
        _section("Read in context", _ABOUT_READ, _read(report)),
        _failures(report),
    ]
    return Page("Models on field cases", facts(report), [*map(literal, _warnings(report))], (_ABOUT,), sections)


def summary(report: Report) -> str:
    """Return the main figures, and the warnings, for the terminal."""
    splits: list[list[Cell]] = [
        [name, sum(row["n"] for row in own), sum(row["right"] for row in own)]
        for name, own in _by_set(report.figures["splits"])
    ]
    tables = [
        _rates(report),
        _reversed(report),
        _cues(report),
        Table(["texts", "n", "split as gold"], splits),
        _read(report),
    ]
    return "\n\n".join([*(table_as_markdown(table) for table in tables if table.rows), *_warnings(report)])


def said_labels(row: Row) -> str:
    """Return the labels that a model gave, or that it has no such sentence."""
    return ", ".join(row[axis] for axis in AXES) if row["stance"] else "no such sentence"


def _section(title: str, about: str, table: Table) -> Section:
    return Section(title, 3, text=(about,) if table.rows else (about, _NONE), parts=(table,) if table.rows else ())


def _rates(report: Report) -> Table:
    rows: dict[tuple[str, str], list[Cell]] = {}
    for row in report.figures["sets"]:
        for name, title in _MEASURES.items():
            cells = rows.setdefault((row["set"], name), [row["set"], title, row["n"]])
            cells.append(f"{row[name]}: {with_interval(row[f'{name}_rate'])}")
    return Table(["set", "right", "n", *_models(report)], list(rows.values()))


def _by_kind(report: Report) -> Iterator[Section]:
    for name, own in _by_set(report.figures["kinds"]):
        yield _section(f"By kind: {name}", _IN_EACH_CELL, _side_by_side(report, own, _labels, "kind"))


def _by_set(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    return [(name, [row for row in rows if row["set"] == name]) for name in dict.fromkeys(row["set"] for row in rows)]


def _confidence(report: Report) -> Table:
    return _side_by_side(report, report.figures["confidence"], _labels, "set", "confidence")


def _reversed(report: Report) -> Table:
    return _side_by_side(report, report.figures["reversed"], lambda row: str(row["reversed"]), "set", "kind")


def _cues(report: Report) -> Table:
    return _side_by_side(report, report.figures["cues"], lambda row: str(row["right"]), "set")


def _read(report: Report) -> Table:
    return _side_by_side(report, report.figures["read"], _labels, "set", "kind")


def _side_by_side(report: Report, counts: Sequence[Row], show: Show, *keys: str) -> Table:
    """Return a table with a row for each group of `keys`, and a column for each model."""
    rows: dict[tuple[str, ...], list[Cell]] = {}
    for row in counts:
        group = tuple(row[key] for key in keys)
        rows.setdefault(group, [*group, row["n"]]).append(show(row))
    return Table([*keys, "n", *_models(report)], list(rows.values()))


def _labels(row: Row) -> str:
    return f"{row['both']} ({row['certainty']}, {row['stance']})"


def _splits(report: Report) -> Table:
    rows = [[row["set"], row["kind"], row["n"], row["right"]] for row in report.figures["splits"]]
    return Table(["set", "kind", "n", "split as gold"], rows)


def _failures(report: Report) -> Section:
    """Return the tables of ids; a cell has the labels of a model that is wrong."""
    failures, models = report.figures["failures"], _models(report)
    labels = {
        name: Table(
            ["id", "gold", *models],
            [
                [row["id"], ", ".join(row["gold"].values()), *_by_model(models, row["predicted"], said_labels)]
                for row in failures[name]
            ],
        )
        for name in ("sentences", "read")
    }
    cues: list[list[Cell]] = [
        [row["id"], *_by_model(models, row["wrong"], lambda one: ", ".join(one["errors"]))] for row in failures["cues"]
    ]
    splits = [[row["id"], row["sentences"]["gold"], row["sentences"]["found"]] for row in failures["splits"]]
    tables = {
        "Labels of sentences": labels["sentences"],
        "Labels of sentences in texts": labels["read"],
        "Cues": Table(["id", *models], cues),
        "Splits": Table(["id", "sentences in gold", "found"], splits),
    }
    folded = [Folded(f"{title}: {len(table.rows)}", (table,)) for title, table in tables.items() if table.rows]
    return Section("Failures", text=() if folded else (_NONE,), parts=folded)


def _by_model(models: Sequence[str], rows: Sequence[Row], show: Show) -> list[Cell]:
    cells = {row["model"]: show(row) for row in rows}
    return [cells.get(model, "") for model in models]


def _models(report: Report) -> list[str]:
    return [model.name for model in report.models]


def _warnings(report: Report) -> list[str]:
    total = sum({row["set"]: row["n"] for row in report.figures["sets"]}.values())
    return [
        f"{row['sentences']:,} of {count(total, 'sentence')} were in the training data of {row['model']}."
        for row in report.figures["seen"]
        if row["sentences"]
    ]
