"""A sentence as HTML: its words with cues and sources marked, its labels as data and as a short mark.

The data are what the page's script shows and filters by; without it, the tooltip and the marks say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hedgerow.labels import AXES, Span
from hedgerow.view.markup import Element, add, add_text
from hedgerow.view.remarks import remarks
from hedgerow.writers.records import LabelledSentence

# A label is never told by colour alone. `certain` and `asserted` are the ground, and have no mark.
MARKS = {
    "certain": "", "probable": "◕", "possible": "◑", "uncommitted": "○",
    "asserted": "", "attributed": "“", "endorsed": "✓", "distanced": "~", "disputed": "✗",
}  # fmt: skip


def add_sentence(
    parent: Element, sentence: LabelledSentence, identity: str | None = None, sources: Sequence[int] = ()
) -> None:
    """Add a sentence to its block.

    `identity` is its id in the page, and makes it one that can be chosen; `sources` are the numbers of its sources in
    the document.
    """
    prediction = sentence.prediction
    chosen: dict[str, Any] = {} if identity is None else _data(sentence, sources)
    kinds = " ".join(f"h-{sentence.label(axis) or 'none'}" for axis in AXES)
    made = add(
        parent, "span", class_=f"h-s {kinds}", id=identity, title=describe(sentence), data_g=mark(sentence), **chosen
    )
    for words, span in _pieces(prediction.text, visible_spans(sentence)):
        if span is None:
            add_text(made, words)
        else:
            side = "h-source" if span.is_source else "h-cue"
            score = None if span.score is None else round(100 * span.score)
            add(made, "mark", words, class_=f"{side} h-{span.type}", data_k=span.type, data_w=score)
    if spoken := [label for axis in AXES if MARKS.get(label := sentence.label(axis) or "", "")]:
        add(made, "span", f" ({', '.join(spoken)}) ", class_="h-spoken")


def mark(sentence: LabelledSentence) -> str | None:
    """Return the short mark that stands after a sentence, None if it is certain and asserted."""
    labels = (sentence.label(axis) for axis in sentence.prediction.axes)
    return "".join("–" if label is None else MARKS[label] for label in labels) or None


def describe(sentence: LabelledSentence) -> str:
    """Return the labels with their scores, and what else is to be said, in one text."""
    heads = sentence.prediction.label_heads
    told = [f"{sentence.label(head) or 'no label'} {_percent(sentence, head)} %" for head in heads]
    cues = [f"{span.type}: {span.text}" for span in visible_spans(sentence)]
    return ". ".join([", ".join(told), *cues, *remarks(sentence.prediction)])


def visible_spans(sentence: LabelledSentence) -> list[Span]:
    """Return the spans in order, the codebook's first, without those that begin inside another or are empty."""
    prediction = sentence.prediction
    own = [span for spans in prediction.other_spans.values() for span in spans]
    taken: list[Span] = []
    for group in (prediction.spans, own):
        for span in sorted(group, key=lambda span: (span.start, -span.end)):
            inside = 0 <= span.start < span.end <= len(prediction.text)
            if inside and all(span.end <= one.start or one.end <= span.start for one in taken):
                taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, Span | None]]:
    end = 0
    for span in spans:
        if end < span.start:
            yield text[end : span.start], None
        yield text[span.start : span.end], span
        end = span.end
    if end < len(text):
        yield text[end:], None


def _data(sentence: LabelledSentence, sources: Sequence[int]) -> dict[str, str | int | None]:
    prediction = sentence.prediction
    own = "; ".join(f"{head}: {sentence.label(head)} {_percent(sentence, head)} %" for head in prediction.other_scores)
    return {
        "tabindex": -1,
        "data_c": sentence.label("certainty") or "none",
        "data_t": sentence.label("stance") or "none",
        "data_cs": _scores(prediction.certainty_scores, "certainty"),
        "data_ts": _scores(prediction.stance_scores, "stance"),
        "data_src": " ".join(map(str, sources)) or None,
        "data_own": own or None,
        "data_note": "\n".join(remarks(prediction)) or None,
        "data_speaker": prediction.speaker,
        "data_time": None if sentence.time is None else f"{sentence.time:.1f}",
    }


def _scores(scores: Mapping[Any, float], axis: str) -> str:
    """Return the scores of an axis in the codebook's order, as whole percents."""
    return " ".join(str(round(100 * scores.get(label, 0.0))) for label in AXES[axis])


def _percent(sentence: LabelledSentence, head: str) -> int:
    return round(100 * max(sentence.prediction.scores(head).values()))
