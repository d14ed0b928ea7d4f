"""What `report.json` of a model on a corpus says, as a page: facts, the figures in short, each axis, spans, slices.

Its keys: `command`, `commit`, `date`, `model`, `corpus`, `rows`, `groups`, `versions`, `warnings`; `scores`, by axis
`macro_f1`, `accuracy`, `kappa`, `classes`, `confusion` (`labels`, and `counts` with gold in rows), `ece`, `brier`,
`bins`, `coverage`, `shares`, of certainty `order` too, and `spans` by type; `baselines` and `ceiling` (or null), of the
same shape but shorter; `against`, by baseline and axis; `slices`, by family and name; `mistakes`, by axis. A figure
with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from hedgerow.labels import AXES
from hedgerow.metrics import FEW
from hedgerow.report.axis import axis_sections
from hedgerow.report.page import Cell, Marked, Page, Section, Table
from hedgerow.report.tables import figure

Measured = Mapping[str, Any]

_STATES = ("found", "missed", "wrong")
HOW = (
    "Figures in brackets are 95 % intervals: percentiles of 2,000 bootstrap draws of whole groups (documents, pairs), "
    "not of sentences, for neighbours share an author and a topic (Field & Welsh 2007). Macro-F1 is the mean over all "
    "labels of the codebook, one that is not in gold counting 0.",
    "Differences to a baseline are paired: both models are drawn on the same groups. p (macro-F1) is the two-sided p "
    "of that bootstrap, which cannot be smaller than 0.001; p (accuracy) is the exact McNemar test (1947), which takes "
    "sentences for independent, and so is too sure where groups are large. Neither is corrected for how many "
    "comparisons stand here.",
    "Majority always gives the most frequent label of `data/corpus/train.jsonl`; lexicon is the rules of the codebook "
    "as data; linear is a logistic regression on n-grams.",
)


def measured_page(measured: Measured) -> Page:
    """The whole report."""
    files = ", ".join(part["file"] for part in measured["corpus"])
    sections = [Section("In short", text=_in_short(measured), parts=(_totals(measured),))]
    for axis in AXES:
        sections += axis_sections(measured, axis)
    sections += [_spans(measured), _slices(measured), *_mistakes(measured), Section("How it was measured", text=HOW)]
    return Page(f"{measured['model']['name']} on {files}", _facts(measured), measured["warnings"], sections)


def _facts(measured: Measured) -> list[tuple[str, str]]:
    model = measured["model"]
    data = ", ".join(f"`{part['file']}`, sha256 `{part['sha256'][:16]}`" for part in measured["corpus"])
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return [
        ("command", f"`{measured['command']}`"),
        ("commit", f"{measured['commit']}, {measured['date']}"),
        ("model", f"`{model['name']}`, sha256 `{(model['sha256'] or 'none, rules')[:16]}`"),
        ("data", f"{data}; {measured['rows']:,} sentences in {measured['groups']:,} groups"),
        ("versions", versions),
    ]


def _in_short(measured: Measured) -> tuple[str, ...]:
    ceiling = measured["ceiling"]
    if ceiling is None:
        return ()
    files = " and ".join(f"`{part['file']}`" for part in ceiling["passes"])
    return (
        f"The last row compares {files}, two independent labellings of the same {ceiling['rows']:,} sentences by one "
        "language model under the codebook: how far such labels agree, and no "
        "upper bound, for gold was settled from both. It is not agreement "
        "between people.",
    )


def _totals(measured: Measured) -> Table:
    rows: list[list[Cell]] = []
    for name, scores in by_name(measured):
        axes = [figure(scores[axis]["macro_f1"]) for axis in AXES]
        rows.append([name, measured["rows"], *axes, _span_figure(scores["spans"]["all"]["strict"], "f1")])
    return Table(["model", "n", *(f"{axis} macro-F1" for axis in AXES), "spans F1, strict"], rows)


def by_name(measured: Measured) -> list[tuple[str, Any]]:
    """The model, its baselines, and the ceiling where there is one, each with its scores."""
    rows = [(measured["model"]["name"], measured["scores"]), *measured["baselines"].items()]
    return rows + ([("ceiling", measured["ceiling"])] if measured["ceiling"] else [])


def _spans(measured: Measured) -> Section:
    captions = {
        "strict": "Strict: same offsets and type",
        "overlapping": "Overlapping: same type, a character shared, each span used once",
    }
    tables = []
    for how, caption in captions.items():
        rows: list[list[Cell]] = []
        for kind, ways in measured["scores"]["spans"].items():
            way = ways[how]
            cells = [_span_figure(way, name) for name in ("precision", "recall", "f1")]
            rows.append([kind, *cells, way["support"]])
        tables.append(Table(["type", "precision", "recall", "F1", "support"], rows, caption))
    return Section("Spans", parts=tables)


def _span_figure(way: Mapping[str, Any], name: str) -> str:
    low, high = way["interval"][name]
    return figure({"value": way[name], "low": low, "high": high})


def _slices(measured: Measured) -> Section:
    header = ["slice", "n", "groups", *(f"{axis} {what}" for axis in AXES for what in ("accuracy", "macro-F1"))]
    tables = []
    for family, slices in measured["slices"].items():
        rows: list[list[Cell]] = []
        for name, row in slices.items():
            cells = [figure(row[axis][what]) for axis in AXES for what in ("accuracy", "macro_f1")]
            rows.append(
                [name, f"{row['n']} (few)" if min(row["n"], row["groups"]) < FEW else row["n"], row["groups"], *cells]
            )
        tables.append(Table(header, rows, caption=f"By {family}"))
    few = f"Slices of fewer than {FEW} sentences or groups are marked (few): their figures are too unsure to act on."
    what = (
        "Named by the gold row and its text, never by what the model said. A sentence may lie in several slices of the "
        "types of cue. Macro-F1 is over the labels that are gold in the slice."
    )
    return Section("Slices", text=(what, few), parts=tables)


def _mistakes(measured: Measured) -> Iterator[Section]:
    what = [
        "The wrong labels given with the highest scores, the most frequent pair first. Spans are `found` when offsets "
        "and type agree with gold, `missed` when only gold has them, `wrong` when only the model does.",
    ]
    if any("text" in row for rows in measured["mistakes"].values() for row in rows):
        what.append(
            "In a sentence what was found is green, what was missed red and struck through, what was marked wrongly "
            "yellow over dots (in Markdown `[found]`, `[-missed-]`, `{+wrong+}`), by character and whatever the type."
        )
    yield Section("Mistakes to look at", text=what)
    for axis in AXES:
        rows = measured["mistakes"][axis]
        counts = measured["scores"][axis]["confusion"]
        tables = []
        for (gold, said), pair in groupby(rows, key=lambda row: (row["gold"], row["predicted"])):
            n = counts["counts"][counts["labels"].index(gold)][counts["labels"].index(said)]
            tables.append(_pair(f"{gold} taken for {said}: {n}", list(pair)))
        yield Section(axis, 3, text=() if rows else ("None.",), parts=tables)


def _pair(caption: str, mistakes: list[dict[str, Any]]) -> Table:
    with_text = "text" in mistakes[0]
    header = [*(["sentence"] if with_text else []), "score", "id", *_STATES]
    rows: list[list[Cell]] = []
    for row in mistakes:
        text: list[Cell] = [Marked(row["text"], row["spans"])] if with_text else []
        spans = [", ".join(_span(span, row.get("text")) for span in row["spans"][state]) for state in _STATES]
        rows.append([*text, f"{row['score']:.3f}", row["id"], *spans])
    return Table(header, rows, caption)


def _span(span: Mapping[str, Any], text: str | None) -> str:
    """A span by its wording where the text may be shown, else by its offsets (code points, end exclusive)."""
    start, end = span["start"], span["end"]
    return f"{span['type']} {start}–{end}" if text is None else f"{span['type']} “{text[start:end]}”"
