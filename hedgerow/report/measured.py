"""The page of a measured model, from its `report.json`: facts, main figures, each axis, spans, slices, mistakes.

The keys of `report.json`:

- `schema` (1), `command`, `commit`, `date`, `versions`, `warnings`;
- `model` (`name`, `sha256`), `corpus` (a list of `file`, `sha256`, `seen_in_training`, `seen_in_choosing`), `rows`,
  `groups`; `where` (FIELD=VALUE, ...) if only some rows were measured;
- `labelled`: by head how many rows are labelled on it; `not_measured`: by head why it has no figures;
- `seen_sentences`: how many of the rows were in the training data, or null if the model does not say;
- `calibration`: null, or `on`, `sentences`, `fitted_rows`, `cross_fitted` (see `calibration_facts` in `seen.py`);
- `scores`: by axis, and label head of the user's own, `macro_f1`, `accuracy`, `kappa`, `classes`, `confusion`
  (`labels`; `counts`, whose rows are gold), `ece`, `brier`, `bins`, `coverage`, `label_distribution`, for certainty
  `order`, for an ordered head `levels`; `spans`, and own span heads, by type. What was not measured is not there;
- `baselines`, by name, and `annotator_agreement` (or null): the first keys of `scores`;
- `comparisons`, by baseline and axis: `mcnemar_p`, `macro_f1_difference`, `macro_f1_p`;
- `slices`, by family and name; `mistakes`, by label head.

A figure with an interval is `{"value", "low", "high"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from hedgerow.labels import SPANS
from hedgerow.metrics import TOO_FEW
from hedgerow.metrics.slices import ROW_FIELDS
from hedgerow.report.axis import axis_sections
from hedgerow.report.headline import NOT_MEASURED, about_rows, label_heads, span_heads, title_of
from hedgerow.report.page import Cell, Marked, Page, Section, Table
from hedgerow.report.provenance import short_hash
from hedgerow.report.tables import figure

Report = Mapping[str, Any]

_OUTCOMES = ("found", "missed", "wrong")
METHODS = (
    "Figures in brackets are 95 % intervals: percentiles of 2,000 bootstrap draws of whole groups (documents, pairs), "
    "not of sentences, because neighbours share an author and a topic (Field & Welsh 2007). Macro-F1 is the mean over "
    "all labels of the codebook; a label without gold sentences counts 0.",
    "Differences to a baseline are paired: both models are drawn on the same groups. p (macro-F1) is the two-sided p "
    "of that bootstrap, at least 0.001. p (accuracy) is the exact McNemar test (1947), which takes sentences as "
    "independent, so it is too small if groups are large. Neither is corrected for the number of comparisons.",
    "Majority always gives the most frequent label of `data/corpus/train.jsonl`; lexicon is the rules of the codebook "
    "as data; linear is a logistic regression on n-grams.",
)


def measured_page(report: Report) -> Page:
    """Return the whole report as a page."""
    files = ", ".join(part["file"] for part in report["corpus"])
    sections = [Section("Main figures", text=_about_heads(report), parts=(_totals(report),))]
    for head in label_heads(report):
        sections += axis_sections(report, head)
    sections += [_spans(report, head) for head in span_heads(report)]
    if label_heads(report):
        sections += [_slices(report), *_mistakes(report)]
    sections.append(Section("Methods", text=METHODS if report["baselines"] else METHODS[:1]))
    return Page(
        f"{report['model']['name']} on {files}{_conditions(report)}", _facts(report), report["warnings"], sections
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    model = report["model"]
    data = ", ".join(f"`{part['file']}`, sha256 `{short_hash(part['sha256'], 16)}`" for part in report["corpus"])
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    return [
        ("command", f"`{report['command']}`"),
        ("commit", f"{report['commit']}, {report['date']}"),
        ("model", f"`{model['name']}`, sha256 `{short_hash(model['sha256'], 16)}`"),
        ("data", f"{data}{_conditions(report)}; {report['rows']:,} sentences in {report['groups']:,} groups"),
        ("versions", versions),
    ]


def _conditions(report: Report) -> str:
    return f", where {' and '.join(report['where'])}" if "where" in report else ""


def _about_heads(report: Report) -> tuple[str, ...]:
    """Say what was not measured, and what the row of the annotators is."""
    unmeasured = [f"{head} ({reason})" for head, reason in report.get("not_measured", {}).items()]
    about = (f"Not measured: {', '.join(unmeasured)}.",) if unmeasured else ()
    return (*about, *_about_annotators(report))


def _about_annotators(report: Report) -> tuple[str, ...]:
    agreement = report["annotator_agreement"]
    if agreement is None:
        return ()
    files = " and ".join(f"`{part['file']}`" for part in agreement["passes"])
    return (
        f"The last row compares {files}, two independent labellings of the same {agreement['rows']:,} sentences by one "
        "language model with the codebook. It says how far such labels agree. It is no upper bound, because the gold "
        "labels were settled from both, and it is not agreement between people.",
    )


def _totals(report: Report) -> Table:
    rows: list[list[Cell]] = []
    for name, scores in _scores_by_name(report):
        labels = [figure(scores[head]["macro_f1"]) if head in scores else NOT_MEASURED for head in label_heads(report)]
        spans = [
            _span_figure(scores[head]["all"]["strict"], "f1") if head in scores else NOT_MEASURED
            for head in span_heads(report)
        ]
        rows.append([name, report["rows"], *labels, *spans])
    titles = [
        *(f"{head} macro-F1" for head in label_heads(report)),
        *(f"{head} F1, strict" for head in span_heads(report)),
    ]
    return Table(["model", "n", *titles], rows)


def _scores_by_name(report: Report) -> list[tuple[str, Any]]:
    """Return the model, its baselines, and the annotators if there are two, each with its scores."""
    rows = [(report["model"]["name"], report["scores"]), *report["baselines"].items()]
    agreement = report["annotator_agreement"]
    return rows + ([("annotator agreement", agreement)] if agreement else [])


def _spans(report: Report, head: str) -> Section:
    captions = {
        "strict": "Strict: same offsets and type",
        "overlapping": "Overlapping: same type, a character shared, each span used once",
    }
    tables = []
    for method, caption in captions.items():
        rows: list[list[Cell]] = []
        for kind, by_method in report["scores"][head].items():
            scores = by_method[method]
            cells = [_span_figure(scores, name) for name in ("precision", "recall", "f1")]
            rows.append([kind, *cells, scores["support"]])
        tables.append(Table(["type", "precision", "recall", "F1", "support"], rows, caption))
    return Section(title_of(head), text=about_rows(report, head), parts=tables)


def _span_figure(scores: Mapping[str, Any], name: str) -> str:
    low, high = scores["interval"][name]
    return figure({"value": scores[name], "low": low, "high": high})


def _slices(report: Report) -> Section:
    heads = label_heads(report)
    header = ["slice", "n", "groups", *(f"{head} {measure}" for head in heads for measure in ("accuracy", "macro-F1"))]
    tables = []
    for family, slices in report["slices"].items():
        rows: list[list[Cell]] = []
        for name, row in slices.items():
            cells = [
                figure(row[head][measure]) if head in row else NOT_MEASURED
                for head in heads
                for measure in ("accuracy", "macro_f1")
            ]
            too_few = min(row["n"], row["groups"]) < TOO_FEW
            shown = name if family in ROW_FIELDS else _words(name)
            rows.append([shown, f"{row['n']} (few)" if too_few else row["n"], row["groups"], *cells])
        tables.append(Table(header, rows, caption=f"By {_words(family)}"))
    definition = (
        "A slice is defined by the gold row and its text, never by a prediction. A sentence can be in several slices "
        "of the types of cue. Macro-F1 is over the labels that are gold in the slice."
    )
    marked = (
        f"Slices of fewer than {TOO_FEW} sentences or groups are marked (few): their figures are too unsure to act on."
    )
    text = [definition, marked]
    if "passive_of_opinion" in report["slices"].get("distanced", {}):
        text.append("A passive of opinion is a hearsay cue such as “is widely regarded as” or “was considered”.")
    return Section("Slices", text=text, parts=tables)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _mistakes(report: Report) -> Iterator[Section]:
    text = [
        "The wrong labels with the highest scores, the most frequent pair first. Spans are `found` if offsets and type "
        "agree with gold, `missed` if only gold has them, `wrong` if only the model has them.",
    ]
    if any("text" in row for rows in report["mistakes"].values() for row in rows):
        text.append(
            "In a sentence, found characters are green, missed ones red and struck through, wrong ones yellow over "
            "dots (in Markdown `[found]`, `[-missed-]`, `{+wrong+}`), whatever the type."
        )
    yield Section("Mistakes to look at", text=text)
    for head in label_heads(report):
        rows = report["mistakes"][head]
        confusion = report["scores"][head]["confusion"]
        tables = []
        for (gold, predicted), pair in groupby(rows, key=lambda row: (row["gold"], row["predicted"])):
            n = confusion["counts"][confusion["labels"].index(gold)][confusion["labels"].index(predicted)]
            tables.append(_pair_table(f"{gold} taken for {predicted}: {n}", list(pair)))
        yield Section(head, 3, text=() if rows else ("None.",), parts=tables)


def _pair_table(caption: str, mistakes: list[dict[str, Any]]) -> Table:
    with_text = "text" in mistakes[0]
    with_spans = any(SPANS in row for row in mistakes)
    header = [*(["sentence"] if with_text else []), "score", "id", *(_OUTCOMES if with_spans else ())]
    rows: list[list[Cell]] = []
    for row in mistakes:
        found = row.get(SPANS)
        text: list[Cell] = [Marked(row["text"], found or dict.fromkeys(_OUTCOMES, ()))] if with_text else []
        cells: list[Cell] = [_outcome(row, outcome) for outcome in _OUTCOMES] if with_spans else []
        rows.append([*text, f"{row['score']:.3f}", row["id"], *cells])
    return Table(header, rows, caption)


def _outcome(row: Mapping[str, Any], outcome: str) -> str:
    """Return the spans of one outcome in a mistake; a dash if the sentence is not labelled with spans."""
    if SPANS not in row:
        return NOT_MEASURED
    return ", ".join(_span(span, row.get("text")) for span in row[SPANS][outcome])


def _span(span: Mapping[str, Any], text: str | None) -> str:
    """Return a span's type and words, or its offsets (code points, end exclusive) if the text is not shown."""
    start, end = span["start"], span["end"]
    return f"{span['type']} {start}–{end}" if text is None else f"{span['type']} “{text[start:end]}”"
