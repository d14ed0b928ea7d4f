"""The page of models on field cases, from its report.json: kinds in rows, models in columns, and no sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evaluation.command import head
from hedgerow.io.plural import count
from hedgerow.labels import AXES
from hedgerow.report import with_interval, markdown_table

Report = Mapping[str, Any]
Row = Mapping[str, Any]
Cell = Callable[[Row], str]
_MEASURES = {"both": "both labels", "certainty": "certainty", "stance": "stance"}
_NONE = "None."  # in place of a table
_ABOUT_REVERSED = "Negated or unreal reports that get `endorsed` or `disputed` where gold is neither.\n"
_ABOUT_CUES = (
    "Words that a span of a type must cover, and words that no cue may touch: the checks passed, of `n`. A source may "
    "cover words that are no cue.\n"
)
_ABOUT = (
    "Each case is of a kind that users of such tools report as broken (`reported`), or of a kind that failed here and "
    "was tried harder (`probe`). The cases were chosen because they are hard: a rate is no estimate of how often a "
    "model is right. The two sets are never counted together. The rules of the lexicon were written with these cases "
    "at hand; the other models learnt from none of them. In brackets 95 % Wilson intervals.\n"
)


def to_markdown(report: Report) -> str:
    """Return the report as one Markdown page."""
    parts = [head(report, "Models on field cases"), *(f"> **{warning}**\n" for warning in _warnings(report)), _ABOUT]
    parts += ["## Sentences\n", _rates(report) + "\n"]
    cell = "In each cell: both labels right (certainty right, stance right).\n"
    for name in dict.fromkeys(row["set"] for row in report["kinds"]):
        own = [row for row in report["kinds"] if row["set"] == name]
        parts += [f"### By kind: {name}\n", cell, _side_by_side(report, own, "kind", _labels) + "\n"]
    parts += ["### By confidence of gold\n", cell, _side_by_side(report, report["confidence"], "confidence", _labels)]
    parts += ["\n### Reversed\n", _ABOUT_REVERSED, _side_by_side(report, report["reversed"], "kind", _reversed)]
    parts += ["\n### Cues\n", _ABOUT_CUES, _side_by_side(report, report["cues"], "set", _passed)]
    parts += ["\n## Texts\n", "### Split as gold\n", "No model takes part in it.\n", _splits(report)]
    parts += ["\n### Read in context\n", cell + "A sentence that is not split as gold counts as wrong.\n"]
    parts += [_side_by_side(report, report["read"], "kind", _labels), "\n## Failures\n", *_failures(report)]
    return "\n".join(parts)


def summary(report: Report) -> str:
    """Return the main figures, and the warnings, for the terminal."""
    splits = [
        [name, sum(row["n"] for row in own), sum(row["right"] for row in own)]
        for name in dict.fromkeys(row["set"] for row in report["splits"])
        if (own := [row for row in report["splits"] if row["set"] == name])
    ]
    tables = [
        _rates(report),
        _side_by_side(report, report["reversed"], "kind", _reversed),
        _side_by_side(report, report["cues"], "set", _passed),
        markdown_table(["texts", "n", "split as gold"], splits),
        _side_by_side(report, report["read"], "kind", _labels),
    ]
    return "\n\n".join([*(table for table in tables if table != _NONE), *_warnings(report)])


def _rates(report: Report) -> str:
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in report["sets"]:
        for name, title in _MEASURES.items():
            cells = rows.setdefault((row["set"], name), [row["set"], title, row["n"]])
            cells.append(f"{row[name]}: {with_interval(row[f'{name}_rate'])}")
    return markdown_table(["set", "right", "n", *_models(report)], rows.values())


def _side_by_side(report: Report, counts: Sequence[Row], kind: str, cell: Cell) -> str:
    """Return a table with the groups of `kind` in rows and models in columns."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in counts:
        first = [row["set"], row["n"]] if kind == "set" else [row["set"], row[kind], row["n"]]
        rows.setdefault((row["set"], row[kind]), first).append(cell(row))
    header = ["set", "n"] if kind == "set" else ["set", kind, "n"]
    return markdown_table([*header, *_models(report)], rows.values()) if rows else _NONE


def _labels(row: Row) -> str:
    return f"{row['both']} ({row['certainty']}, {row['stance']})"


def _passed(row: Row) -> str:
    return str(row["right"])


def _reversed(row: Row) -> str:
    return str(row["reversed"])


def _splits(report: Report) -> str:
    rows = [[row["set"], row["kind"], row["n"], row["right"]] for row in report["splits"]]
    return markdown_table(["set", "kind", "n", "split as gold"], rows)


def _failures(report: Report) -> Iterator[str]:
    """Yield the tables of ids; a cell has the labels of a model that is wrong."""
    failures = report["failures"]
    for title, name in (("Sentences", "sentences"), ("Sentences of texts", "read")):
        rows = [
            [row["id"], ", ".join(row["gold"].values()), *_by_model(report, row["predicted"], said_labels)]
            for row in failures[name]
        ]
        yield f"### {title}\n"
        yield (markdown_table(["id", "gold", *_models(report)], rows) if rows else "None.") + "\n"
    rows = [
        [row["id"], *_by_model(report, row["wrong"], lambda one: ", ".join(one["errors"]))] for row in failures["cues"]
    ]
    yield "### Cues\n"
    yield (markdown_table(["id", *_models(report)], rows) if rows else "None.") + "\n"
    splits = [[row["id"], row["sentences"]["gold"], row["sentences"]["found"]] for row in failures["splits"]]
    yield "### Splits\n"
    yield (markdown_table(["id", "sentences in gold", "found"], splits) if splits else "None.") + "\n"


def _by_model(report: Report, rows: Sequence[Row], cell: Cell) -> list[str]:
    cells = {row["model"]: cell(row) for row in rows}
    return [cells.get(model, "") for model in _models(report)]


def said_labels(row: Row) -> str:
    """Return the labels that a model gave, or that it has no such sentence."""
    return ", ".join(row[axis] for axis in AXES) if row["stance"] else "no such sentence"


def _models(report: Report) -> list[str]:
    return [model["name"] for model in report["models"]]


def _warnings(report: Report) -> list[str]:
    total = sum({row["set"]: row["n"] for row in report["sets"]}.values())
    return [
        f"{row['sentences']:,} of {count(total, 'sentence')} were in the training data of {row['model']}."
        for row in report["seen"]
        if row["sentences"]
    ]
