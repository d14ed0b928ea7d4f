"""The page of a measured model: facts, main figures, each axis, spans, slices, mistakes.

The keys of its `figures`:

- `rows`, `groups`, `warnings`; `where` (FIELD=VALUE, ...) if only some rows were measured;
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
from hedgerow.measuring.axis import axis_sections
from hedgerow.measuring.headline import NOT_MEASURED, about_rows, label_heads, span_heads, title_of
from hedgerow.metrics import TOO_FEW
from hedgerow.metrics.slices import ROW_FIELDS
from hedgerow.report import Cell, Marked, Page, Report, Section, Table, code, facts, literal, with_interval

KIND = "evaluation"
Figures = Mapping[str, Any]

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


def page_of(report: Report) -> Page:
    """Return the whole report as a page."""
    measured = report.figures
    files = ", ".join(part.file for part in report.corpus)
    sections = [Section("Main figures", text=_about_heads(measured), parts=(_totals(report),))]
    for head in label_heads(measured):
        sections += axis_sections(report, head)
    sections += [_spans(measured, head) for head in span_heads(measured)]
    if label_heads(measured):
        sections += [_slices(measured), *_mistakes(measured)]
    sections.append(Section("Methods", text=METHODS if measured["baselines"] else METHODS[:1]))
    size = f"{measured['rows']:,} sentences in {measured['groups']:,} groups{literal(_conditions(measured))}"
    title = f"{report.model.name} on {files}{_conditions(measured)}"
    return Page(title, facts(report, ("data", size)), [*map(literal, measured["warnings"])], sections=sections)


def _conditions(figures: Figures) -> str:
    return f", where {' and '.join(figures['where'])}" if "where" in figures else ""


def _about_heads(figures: Figures) -> tuple[str, ...]:
    """Say what was not measured, and what the row of the annotators is."""
    unmeasured = [f"{head} ({reason})" for head, reason in figures["not_measured"].items()]
    about = (f"Not measured: {literal(', '.join(unmeasured))}.",) if unmeasured else ()
    return (*about, *_about_annotators(figures))


def _about_annotators(figures: Figures) -> tuple[str, ...]:
    agreement = figures["annotator_agreement"]
    if agreement is None:
        return ()
    files = " and ".join(code(part["file"]) for part in agreement["passes"])
    return (
        f"The last row compares {files}, two independent labellings of the same {agreement['rows']:,} sentences by one "
        "language model with the codebook. It says how far such labels agree. It is no upper bound, because the gold "
        "labels were settled from both, and it is not agreement between people.",
    )


def _totals(report: Report) -> Table:
    figures, labels_of = report.figures, label_heads(report.figures)
    rows: list[list[Cell]] = []
    for name, scores in _scores_by_name(report):
        labels = [with_interval(scores[head]["macro_f1"]) if head in scores else NOT_MEASURED for head in labels_of]
        spans = [
            _span_figure(scores[head]["all"]["strict"], "f1") if head in scores else NOT_MEASURED
            for head in span_heads(figures)
        ]
        rows.append([name, figures["rows"], *labels, *spans])
    titles = [
        *(f"{head} macro-F1" for head in labels_of),
        *(f"{head} F1, strict" for head in span_heads(figures)),
    ]
    return Table(["model", "n", *titles], rows)


def _scores_by_name(report: Report) -> list[tuple[str, Any]]:
    """Return the model, its baselines, and the annotators if there are two, each with its scores."""
    rows = [(report.model.name, report.figures["scores"]), *report.figures["baselines"].items()]
    agreement = report.figures["annotator_agreement"]
    return rows + ([("annotator agreement", agreement)] if agreement else [])


def _spans(figures: Figures, head: str) -> Section:
    captions = {
        "strict": "Strict: same offsets and type",
        "overlapping": "Overlapping: same type, a character shared, each span used once",
    }
    tables = []
    for method, caption in captions.items():
        rows: list[list[Cell]] = []
        for kind, by_method in figures["scores"][head].items():
            scores = by_method[method]
            cells = [_span_figure(scores, name) for name in ("precision", "recall", "f1")]
            rows.append([kind, *cells, scores["support"]])
        tables.append(Table(["type", "precision", "recall", "F1", "support"], rows, caption))
    return Section(title_of(head), text=[*map(literal, about_rows(figures, head))], parts=tables)


def _span_figure(scores: Mapping[str, Any], name: str) -> str:
    low, high = scores["interval"][name]
    return with_interval({"value": scores[name], "low": low, "high": high})


def _slices(figures: Figures) -> Section:
    heads = label_heads(figures)
    header = ["slice", "n", "groups", *(f"{head} {measure}" for head in heads for measure in ("accuracy", "macro-F1"))]
    tables = []
    for family, slices in figures["slices"].items():
        rows: list[list[Cell]] = []
        for name, row in slices.items():
            cells = [
                with_interval(row[head][measure]) if head in row else NOT_MEASURED
                for head in heads
                for measure in ("accuracy", "macro_f1")
            ]
            too_few = min(row["n"], row["groups"]) < TOO_FEW
            shown = name if family in ROW_FIELDS else _words(name)
            rows.append([shown, f"{row['n']} (few)" if too_few else row["n"], row["groups"], *cells])
        tables.append(Table(header, rows, caption=f"By {literal(_words(family))}"))
    definition = (
        "A slice is defined by the gold row and its text, never by a prediction. A sentence can be in several slices "
        "of the types of cue. Macro-F1 is over the labels that are gold in the slice."
    )
    marked = (
        f"Slices of fewer than {TOO_FEW} sentences or groups are marked (few): their figures are too unsure to act on."
    )
    text = [definition, marked]
    if "passive_of_opinion" in figures["slices"].get("distanced", {}):
        text.append("A passive of opinion is a hearsay cue such as “is widely regarded as” or “was considered”.")
    return Section("Slices", text=text, parts=tables)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _mistakes(figures: Figures) -> Iterator[Section]:
    text = [
        "The wrong labels with the highest scores, the most frequent pair first. Spans are `found` if offsets and type "
        "agree with gold, `missed` if only gold has them, `wrong` if only the model has them.",
    ]
    if any("text" in row for rows in figures["mistakes"].values() for row in rows):
        text.append(
            "In a sentence, found characters are green, missed ones red and struck through, wrong ones yellow over "
            "dots (in Markdown `[found]`, `[-missed-]`, `{+wrong+}`), whatever the type."
        )
    yield Section("Mistakes to look at", text=text)
    for head in label_heads(figures):
        rows = figures["mistakes"][head]
        confusion = figures["scores"][head]["confusion"]
        tables = []
        for (gold, predicted), pair in groupby(rows, key=lambda row: (row["gold"], row["predicted"])):
            n = confusion["counts"][confusion["labels"].index(gold)][confusion["labels"].index(predicted)]
            tables.append(_pair_table(literal(f"{gold} taken for {predicted}: {n}"), list(pair)))
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
